package part

import (
	"strings"
	"unicode/utf8"

	"bythebook/exec/clean"
)

// A Field is one line to type into. It is a value; its methods return the
// field as it is afterwards.
type Field struct {
	Hidden bool // what is typed is not shown
	text   []rune
	at     int // where the next character goes
}

// fieldLimit is how many characters a field holds: more than anybody types,
// less than would slow anything down.
const fieldLimit = 4000

// Text is what was typed.
func (f Field) Text() string { return string(f.text) }

// Insert types or pastes text. Line feeds become blanks, and what could not be
// shown is left out, so that what is read is what is recorded.
func (f Field) Insert(s string) Field {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == utf8.RuneError || !clean.Printable(r):
			return -1
		}
		return r
	}, s)
	in := []rune(s)
	in = in[:min(len(in), max(0, fieldLimit-len(f.text)))]
	out := make([]rune, 0, len(f.text)+len(in))
	out = append(append(append(out, f.text[:f.at]...), in...), f.text[f.at:]...)
	f.text, f.at = out, f.at+len(in)
	return f
}

// Press moves in the field or deletes from it; false where the key means
// nothing to a field.
func (f Field) Press(key string) (Field, bool) {
	switch key {
	case "left", "ctrl+b":
		f.at = max(0, f.at-1)
	case "right", "ctrl+f":
		f.at = min(len(f.text), f.at+1)
	case "home", "ctrl+a":
		f.at = 0
	case "end", "ctrl+e":
		f.at = len(f.text)
	case "backspace", "ctrl+h":
		f = f.delete(f.at-1, f.at)
	case "delete":
		f = f.delete(f.at, f.at+1)
	case "ctrl+u":
		f = f.delete(0, f.at)
	case "ctrl+w":
		f = f.delete(f.wordStart(), f.at)
	default:
		return f, false
	}
	return f, true
}

func (f Field) delete(from, to int) Field {
	from, to = max(0, from), min(len(f.text), to)
	if from >= to {
		return f
	}
	f.text = append(append([]rune{}, f.text[:from]...), f.text[to:]...)
	f.at = from
	return f
}

func (f Field) wordStart() int {
	i := f.at
	for i > 0 && f.text[i-1] == ' ' {
		i--
	}
	for i > 0 && f.text[i-1] != ' ' {
		i--
	}
	return i
}

// View draws the field in w cells, [text____], and says in which cell of it the
// cursor stands. A long text is shown around the cursor.
func (f Field) View(w int) (line string, cursor int) {
	room := max(1, w-2)
	shown, at := f.text, f.at
	if f.Hidden {
		shown, at = nil, 0
	}
	for at > 0 && Width(string(shown[:at])) > room-1 {
		shown, at = shown[1:], at-1
	}
	text := Cut(string(shown), room)
	return "[" + text + strings.Repeat("_", max(0, room-Width(text))) + "]", 1 + Width(string(shown[:at]))
}
