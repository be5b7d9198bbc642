package agree

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A signer is one line: a key, for whom it counts, and within which bounds.
type signer struct {
	number int
	people string // a list of patterns
	key    Key
	id     string // of the key: asked for often, and slow to make
	bounds
}

// bounds are the options of a line.
type bounds struct {
	limited    bool   // to the namespaces, of which there may be none
	namespaces string // a list of patterns
	after      time.Time
	before     time.Time
}

// readSigner reads a line: the people, their options if there are any, a key.
func readSigner(line string, zone *time.Location) (signer, error) {
	if strings.ContainsRune(line, 0) {
		return signer{}, errors.New("there is a NUL character in it; write the line anew")
	}
	people, rest, err := cutPeople(line)
	if err != nil {
		return signer{}, err
	}
	var own bounds
	if kind, _ := cutField(rest); formats[kind] == nil {
		var options string
		if options, rest, err = cutOptions(rest); err != nil {
			return signer{}, err
		}
		if own, err = readOptions(options, zone); err != nil {
			return signer{}, err
		}
	}
	key, err := readKey(rest)
	switch {
	case err != nil:
		return signer{}, err
	case formats[key.Kind()] == nil:
		return signer{}, fmt.Errorf("a key of the kind %s can't sign an agreement; list another", key.Kind())
	case key.weak():
		return signer{}, ErrWeak
	}
	return signer{people: people, key: key, id: key.id(), bounds: own}, nil
}

// cutPeople parts the patterns of a line from the rest of it. They may be in
// quotes, from anywhere in them on.
func cutPeople(line string) (people, rest string, err error) {
	end := strings.IndexAny(line, " \t\r\"")
	if end < 0 {
		return "", "", errors.New("there is no key in it; a line is: EMAIL KIND KEY")
	}
	people, rest = line[:end], line[end+1:]
	if line[end] == '"' {
		quoted, behind, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", "", errors.New("the quote is never closed; add the other one")
		}
		people, rest = people+quoted, behind
	}
	return people, strings.TrimLeft(rest, " \t\r"), nil
}

// cutOptions parts the options from the key behind them. Only in quotes may
// there be blanks in them.
func cutOptions(text string) (options, rest string, err error) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && strings.HasPrefix(text[i+1:], `"`):
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return text[:i], strings.TrimLeft(text[i:], " \t"), nil
		}
	}
	if quoted {
		return "", "", errors.New("the quote is never closed; add the other one")
	}
	return "", "", errors.New("there is no key in it; a line is: EMAIL KIND KEY")
}

// readOptions reads options that commas part. None may be there twice.
func readOptions(text string, zone *time.Location) (bounds, error) {
	var b bounds
	seen := map[string]bool{}
	for text = "," + text; text != ""; {
		name, value, rest, err := cutOption(text[1:])
		switch {
		case err != nil:
			return bounds{}, err
		case seen[name]:
			return bounds{}, fmt.Errorf("%s stands there twice; leave one", shown(name))
		}
		if err := b.set(name, value, zone); err != nil {
			return bounds{}, err
		}
		seen[name] = true
		text = rest
	}
	if seen["valid-after"] && seen["valid-before"] && !b.after.Before(b.before) {
		return bounds{}, errors.New("valid-before is not later than valid-after; correct one of them")
	}
	return b, nil
}

// cutOption reads the first option: a name, or name="value", in which \" is a
// quote. What is left begins with a comma, or is nothing.
func cutOption(text string) (name string, value *string, rest string, err error) {
	end := len(text)
	if i := strings.IndexAny(text, "=,"); i >= 0 {
		end = i
	}
	name, rest = strings.ToLower(text[:end]), text[end:]
	if !strings.HasPrefix(rest, "=") {
		return name, nil, rest, nil
	}
	inside, rest, ok := cutQuoted(rest[1:])
	switch {
	case !ok:
		return "", nil, "", fmt.Errorf("the value of %s has to stand in quotes", shown(name))
	case rest != "" && rest[0] != ',':
		return "", nil, "", errors.New("there is no comma between two options; add it")
	}
	return name, &inside, rest, nil
}

// cutQuoted reads a value in quotes.
func cutQuoted(text string) (inside, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] == '"' {
			return b.String(), text[i+1:], true
		}
		if strings.HasPrefix(text[i:], `\"`) {
			i++
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// set takes one option.
func (b *bounds) set(name string, value *string, zone *time.Location) (err error) {
	switch {
	case name == "cert-authority" && value == nil:
		return errors.New("keys that only vouch for other keys (cert-authority) count for nothing here; list each person's own key")
	case name == "namespaces" && value != nil:
		b.limited, b.namespaces = true, *value
	case name == "valid-after" && value != nil:
		b.after, err = readTime(name, *value, zone)
	case name == "valid-before" && value != nil:
		b.before, err = readTime(name, *value, zone)
	default:
		return fmt.Errorf("there is no option %s in such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen", shown(name))
	}
	return err
}

// layouts are the forms of a time, by how many digits it has.
var layouts = map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}

// readTime reads a time, in UTC with a Z behind it, else of the place.
func readTime(name, text string, zone *time.Location) (time.Time, error) {
	digits, utc := strings.CutSuffix(strings.ToUpper(text), "Z")
	at, err := time.Parse(layouts[len(digits)], digits)
	if !utc {
		at = at.Add(-standard(at, zone))
	}
	if err != nil || at.Unix() <= 0 {
		return time.Time{}, fmt.Errorf("%s is no time; write YYYYMMDD or YYYYMMDDHHMMSS, with a Z behind it for UTC", shown(name))
	}
	return at, nil
}

// standard is how far clocks at a place are ahead of UTC at a time, but for
// daylight saving: OpenSSH reads a summer's time as if there were none.
func standard(at time.Time, zone *time.Location) time.Duration {
	local := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone)
	if begin, _ := local.ZoneBounds(); local.IsDST() && !begin.IsZero() {
		local = begin.Add(-time.Second)
	}
	_, seconds := local.Zone()
	return time.Duration(seconds) * time.Second
}

// counts holds the bounds against whole seconds, both ends of which count.
func (b bounds) counts(now time.Time) error {
	switch {
	case b.limited && !listed(Namespace, b.namespaces):
		return ErrPurpose
	case !b.after.IsZero() && now.Unix() < b.after.Unix():
		return ErrEarly
	case !b.before.IsZero() && now.Unix() > b.before.Unix():
		return ErrExpired
	}
	return nil
}
