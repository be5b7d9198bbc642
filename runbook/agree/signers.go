package agree

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxList is the largest list of keys in bytes that is read.
const maxList = 1 << 20

// Signers says whose key is whose. It is OpenSSH's allowed_signers file (man
// ssh-keygen, ALLOWED SIGNERS), read as ssh-keygen reads it where both can make
// sense of a line, and never more leniently.
type Signers struct {
	Sum     string   // SHA-256 of the file, "" where there is none
	Skipped []string // the lines that count for nothing, by place, with why and what to do

	path  string
	text  []byte
	lines []signer
}

// A signer is one line: a key, for whom it counts, and within which bounds.
type signer struct {
	number int
	people string // a list of patterns
	key    Key
	bounds
}

// bounds are the options of a line.
type bounds struct {
	authority  bool
	limited    bool   // to the namespaces, of which there may be none
	namespaces string // a list of patterns
	after      time.Time
	before     time.Time
}

// ReadSigners reads an allowed_signers file. Where there is none, nobody is
// listed. A line that can't be understood counts for nothing, as it does for
// ssh-keygen, and is told of in Skipped.
func ReadSigners(path string) (Signers, error) {
	text, err := readList(path)
	if err != nil || text == nil {
		return Signers{path: path}, err
	}
	return parseSigners(path, text, time.Local), nil
}

// readList is nil where there is no such file.
func readList(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrList, shown(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	if len(text) > maxList {
		return nil, fmt.Errorf("%w: %s is longer than 1 MiB; take out the keys that nobody signs with", ErrList, shown(path))
	}
	return text, nil
}

// parseSigners reads times without a Z as of the place zone, as OpenSSH does.
func parseSigners(path string, text []byte, zone *time.Location) Signers {
	sum := sha256.Sum256(text)
	s := Signers{Sum: hex.EncodeToString(sum[:]), path: path, text: text}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		one, err := readSigner(line, zone)
		if err != nil {
			s.Skipped = append(s.Skipped, fmt.Sprintf("%s: %v", s.at(number), err))
			continue
		}
		one.number = number
		s.lines = append(s.lines, one)
	}
	return s
}

func (s Signers) at(number int) string { return fmt.Sprintf("%s line %d", shown(s.path), number) }

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
	case own.authority:
		return signer{}, errors.New("keys that only vouch for other keys (cert-authority) count for nothing here; list each person's own key")
	}
	return signer{people: people, key: key, bounds: own}, nil
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
	for {
		name, value, rest, err := cutOption(text)
		if err == nil {
			err = b.set(name, value, zone)
		}
		if err != nil {
			return bounds{}, err
		}
		if rest == "" {
			break
		}
		text = rest[1:]
	}
	if !b.after.IsZero() && !b.before.IsZero() && !b.after.Before(b.before) {
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
	twice := fmt.Errorf("%s stands there twice; leave one", shown(name))
	switch {
	case name == "cert-authority" && value == nil:
		b.authority = true
	case name == "namespaces" && value != nil:
		if b.limited {
			return twice
		}
		b.limited, b.namespaces = true, *value
	case name == "valid-after" && value != nil:
		if !b.after.IsZero() {
			return twice
		}
		b.after, err = readTime(name, *value, zone)
	case name == "valid-before" && value != nil:
		if !b.before.IsZero() {
			return twice
		}
		b.before, err = readTime(name, *value, zone)
	default:
		return fmt.Errorf("%s is no option of such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen", shown(name))
	}
	return err
}

// readTime reads YYYYMMDD or YYYYMMDDHHMM[SS], in UTC with a Z behind it.
func readTime(name, text string, zone *time.Location) (time.Time, error) {
	digits := strings.TrimSuffix(strings.TrimSuffix(text, "Z"), "z")
	layout := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	at, err := time.Parse(layout, digits)
	if len(text)-len(digits) > 1 || layout == "" || err != nil || at.Unix() <= 0 {
		return time.Time{}, fmt.Errorf("%s is no time; write YYYYMMDD or YYYYMMDDHHMMSS, with a Z behind it for UTC", shown(name))
	}
	if len(digits) == len(text) {
		at = at.Add(-standard(at, zone))
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

// Keys are the keys that are listed for somebody, whether they count now or not.
func (s Signers) Keys(identity string) []Key {
	var keys []Key
	for _, one := range s.lines {
		same := func(k Key) bool { return k.Is(one.key) }
		if listed(identity, one.people) && !slices.ContainsFunc(keys, same) {
			keys = append(keys, one.key)
		}
	}
	return keys
}

// Admits says why a key does not count for somebody at a time; nil if it does.
// One line that lets it count is enough.
func (s Signers) Admits(key Key, identity string, now time.Time) error {
	var why error
	for _, one := range s.lines {
		if !one.key.Is(key) || !listed(identity, one.people) {
			continue
		}
		err := one.counts(now)
		if err == nil {
			return nil
		}
		if why == nil {
			why = fmt.Errorf("%s: %w", s.at(one.number), err)
		}
	}
	if why == nil {
		return fmt.Errorf("%s: %w", key.Fingerprint(), ErrUnlisted)
	}
	return why
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

// With is the file's text with one line more, by which a key counts for
// somebody's agreements, and for nothing else.
func (s Signers) With(identity string, key Key) ([]byte, error) {
	if identity == "" || strings.ContainsFunc(identity, func(r rune) bool { return strings.ContainsRune("*?!,\"#\\", r) }) ||
		shown(identity) != identity || strings.ContainsRune(identity, ' ') {
		return nil, fmt.Errorf("%w: %q can't be listed; give the contact a plain email address", ErrList, identity)
	}
	text := slices.Clone(s.text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	line := fmt.Sprintf("%s namespaces=%q %s", identity, Namespace, ssh.MarshalAuthorizedKey(key.pub))
	return append(text, line...), nil
}

// maxPattern is the longest pattern in bytes that OpenSSH looks at. A longer one
// makes its list match nothing.
const maxPattern = 1022

// listed reports whether a list of patterns, parted by commas, holds a text: one
// of them matches it, and none that begins with a ! does.
func listed(text, patterns string) bool {
	found := false
	for pattern := range strings.SplitSeq(patterns, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if len(pattern) > maxPattern {
			return false
		}
		if matches(text, pattern) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found && text != ""
}

// matches reports whether a pattern, in which * is any text and ? any byte,
// matches a text. It goes back to the last * only, so it is never slow.
func matches(text, pattern string) bool {
	t, p, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			t++
			p++
		case star >= 0:
			mark++
			t, p = mark, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
