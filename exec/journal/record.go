package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bythebook/exec"
)

const (
	version = 1
	maxLine = 64 << 10 // bytes of one line with its newline
	sealLen = len(hashKey) + hashLen + len(ending)
	stamp   = "2006-01-02T15:04:05.000000Z"
	opening = `{"v":`
	prevKey = `,"prev":"`
	ending  = "\"}\n"
	hashKey = `,"hash":"`
	hashLen = sha256.Size * 2
	// start is what the first line names as the hash of the line before it.
	start = "0000000000000000000000000000000000000000000000000000000000000000"
)

// keys are the fields of a line in their order, up to the two that seal it. No
// string of JSON holds a bare `,"`, so a line can be cut at them.
var keys = [...]string{opening, `,"seq":`, `,"at":`, `,"mono":`, `,"type":`, `,"actor":`, `,"step":`, `,"data":`}

// settle makes an event what a reader will make of it: whole microseconds, UTC,
// valid UTF-8, and a body that comes out of its own JSON. It returns that JSON.
func settle(e exec.Event) (exec.Event, []byte, error) {
	if e.Body == nil {
		return e, nil, errors.New("an event without a body can't be recorded")
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	if y := e.At.Year(); y < 0 || y > 9999 {
		return e, nil, fmt.Errorf("the year %d can't be recorded", y)
	}
	e.Mono = e.Mono.Truncate(time.Microsecond)
	e.By = strings.ToValidUTF8(e.By, "\uFFFD")
	e.Step = strings.ToValidUTF8(e.Step, "\uFFFD")
	// Encoding may change a value (a broken character, a time zone), and so the
	// spelling of the next encoding: once more until it stays as it is.
	kind := e.Body.Type()
	data, err := marshal(e.Body)
	for tries := 0; err == nil && tries < 3; tries++ {
		was := data
		if e.Body, err = exec.DecodeBody(kind, was); err != nil {
			break
		}
		if data, err = marshal(e.Body); err == nil && bytes.Equal(was, data) {
			return e, data, nil
		}
	}
	if err == nil {
		err = errors.New("its JSON doesn't come out as it went in")
	}
	return e, nil, fmt.Errorf("record event %s: %w", kind, err)
}

// Text is the record of some events as Append would have written it, numbers
// and hashes included: for whoever has to make a record that is past.
func Text(events []exec.Event) ([]byte, error) {
	var text []byte
	head := start
	for i, e := range events {
		e.Seq = uint64(i) + 1
		_, line, hash, err := link(e, head)
		if err != nil {
			return nil, err
		}
		text, head = append(text, line...), hash
	}
	return text, nil
}

// link is an event as a reader will see it, its line, newline included, behind
// the one whose hash is prev, and the line's own hash.
func link(e exec.Event, prev string) (settled exec.Event, line []byte, hash string, err error) {
	e, data, err := settle(e)
	if err != nil {
		return exec.Event{}, nil, "", fmt.Errorf("%w: %w", exec.ErrUnwritable, err)
	}
	line, hash = encode(e, data, prev)
	if len(line) > maxLine {
		return exec.Event{}, nil, "", fmt.Errorf("%w: %w: %d bytes, and %d are the most", exec.ErrUnwritable, ErrTooLong, len(line), maxLine)
	}
	return e, line, hash, nil
}

// encode writes a settled event as its line, newline included, and returns the
// line's hash.
func encode(e exec.Event, data []byte, prev string) ([]byte, string) {
	b := unsealed(make([]byte, 0, len(data)+384), e, data, prev)
	hash := digest(b)
	b = append(append(b, hashKey...), hash...)
	return append(b, ending...), hash
}

// unsealed appends an event's line up to its hash.
func unsealed[text string | []byte](b []byte, e exec.Event, data []byte, prev text) []byte {
	b = strconv.AppendInt(append(b, keys[0]...), version, 10)
	b = strconv.AppendUint(append(b, keys[1]...), e.Seq, 10)
	b = appendString(append(b, keys[2]...), e.At.Format(stamp))
	b = strconv.AppendInt(append(b, keys[3]...), e.Mono.Microseconds(), 10)
	b = appendString(append(b, keys[4]...), e.Body.Type())
	b = appendString(append(b, keys[5]...), e.By)
	b = appendString(append(b, keys[6]...), e.Step)
	b = append(append(b, keys[7]...), data...)
	return append(append(append(b, prevKey...), prev...), '"')
}

// decode reads one line, newline included, and refuses every line that encode
// would have written differently. It writes the line again in a space that is
// kept from one line to the next.
func decode(b []byte, space *[]byte) line {
	l := line{length: len(b)}
	if len(b) > maxLine {
		return line{err: fmt.Errorf("it has %d bytes, and %d are the most", len(b), maxLine)}
	}
	var ok bool
	if l.hash, ok = sealed(b); !ok {
		return line{err: errors.New("its hash does not fit its bytes")}
	}
	if l.event, l.prev, l.err = parse(b); l.err != nil {
		return l
	}
	var data []byte
	if data, l.err = marshal(l.event.Body); l.err != nil {
		return l
	}
	*space = unsealed((*space)[:0], l.event, data, l.prev)
	if !bytes.Equal(*space, b[:len(b)-sealLen]) { // its seal is its hash
		l.err = errors.New("it can be read in more than one way")
	}
	return l
}

// parse takes a line apart. It is lenient: decode compares afterwards.
func parse(b []byte) (e exec.Event, prev []byte, err error) {
	end := len(b) - sealLen - len(prevKey) - hashLen - len(`"`)
	if end < 0 {
		return e, nil, errors.New("it is too short")
	}
	prev = b[end+len(prevKey):][:hashLen]
	rest := b[:end]
	var part [len(keys)][]byte
	for i, key := range keys {
		before, after, ok := bytes.Cut(rest, []byte(key))
		if !ok {
			return e, nil, fmt.Errorf("%s is not where it should be", strings.Trim(key, `{,:`))
		}
		if i > 0 {
			part[i-1] = before
		}
		rest = after
	}
	if v := string(part[0]); v != strconv.Itoa(version) {
		return e, nil, fmt.Errorf("its layout is version %.20q, and this program knows version %d", v, version)
	}
	var errs [6]error
	var at, kind string
	var mono int64
	e.Seq, errs[0] = strconv.ParseUint(string(part[1]), 10, 64)
	at, errs[1] = parseString(part[2])
	mono, errs[2] = strconv.ParseInt(string(part[3]), 10, 64)
	kind, errs[3] = parseString(part[4])
	e.By, errs[4] = parseString(part[5])
	e.Step, errs[5] = parseString(part[6])
	if err := errors.Join(errs[:]...); err != nil {
		return e, nil, err
	}
	e.Mono = time.Duration(mono) * time.Microsecond
	if e.At, err = time.Parse(stamp, at); err == nil {
		e.Body, err = exec.DecodeBody(kind, rest)
	}
	return e, prev, err
}

// sealed reports whether the line, newline included, has the hash it names, and
// where in it that is. That alone doesn't make it the right line at its place.
func sealed(b []byte) (hash []byte, ok bool) {
	at := len(b) - sealLen
	if at < 0 || !bytes.HasPrefix(b, []byte(opening)) || !bytes.HasSuffix(b, []byte(ending)) {
		return nil, false
	}
	if !bytes.HasPrefix(b[at:], []byte(hashKey)) {
		return nil, false
	}
	hash = b[at+len(hashKey):][:hashLen]
	return hash, digest(b[:at]) == string(hash)
}

// digest is the SHA-256 of b in lower-case hex.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// marshal is JSON as it stands in the record: without HTML's escapes, so that
// a command in it reads as it was typed.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, _ := marshal(s) // a string always has a JSON form
	return append(b, quoted...)
}

// parseString reads a JSON string.
func parseString(b []byte) (s string, err error) {
	if n := len(b); n >= 2 && b[0] == '"' && b[n-1] == '"' && plain(string(b[1:n-1])) {
		return string(b[1 : n-1]), nil
	}
	err = json.Unmarshal(b, &s)
	return s, err
}

// plain reports whether a string's JSON is itself between quotes.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
