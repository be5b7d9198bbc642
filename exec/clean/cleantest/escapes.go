package cleantest

import (
	"fmt"
	"reflect"
	"unicode/utf8"

	"bythebook/exec/clean"

	"pgregory.net/rapid"
)

// An Escape is foreign text that a terminal would obey, or that would hide
// something from whoever reads it.
type Escape struct{ Name, Text string }

// Escapes are all kinds of those: what has misled terminals before, each in the
// shortest form that shows it.
var Escapes = []Escape{
	{"colours", "\x1b[31mred"}, {"clear the screen", "\x1b[2J\x1b[H"}, {"move the cursor", "\x1b[1;1Hover"}, {"a scroll region", "\x1b[1;99999r"},
	{"a giant count", "\x1b[99999999b"}, {"other screen", "\x1b[?1049h"}, {"mouse", "\x1b[?1000h"}, {"report the title", "\x1b[21t"}, {"where is the cursor", "\x1b[6n"},
	{"set the title", "\x1b]0;stolen\x07"}, {"a link", "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\"}, {"a font", "\x1b]50;?\x07"},
	{"the clipboard", "\x1b]52;c;c3RvbGVu\x07"}, {"an image", "\x1b]1337;File=inline=1:AAAA\x07"}, {"run something", "\x1b]9;7;calc\x1b\\"},
	{"a device's string", "\x1bP$q\"p\x1b\\"}, {"a program's command", "\x1b_Gi=1;AAAA\x1b\\"}, {"a private message", "\x1b^x\x1b\\"}, {"a start of string", "\x1bXx\x1b\\"},
	{"C1 as bytes", "\x9b31m\x9d0;stolen\x9c"}, {"C1 as characters", "\u009b31m\u009d0;stolen\u009c"}, {"return over it", "rm -rf /\recho hello"},
	{"step back over it", "evil\b\b\b\bgood"}, {"another set of characters", "\x0elqqk\x0f"}, {"reset", "\x1bc"}, {"never ends", "\x1b]0;never"},
	{"a bell", "\x07"}, {"turned round", "\u202egnp.exe\u2066x"}, {"no width", "a\u200bb\u2060c\ufeff"}, {"another line feed", "a\u2028b\u2029c\u0085d"},
	{"deleted", "a\x7fb"}, {"no text at all", "\xff\xfe\xc0\x80"},
}

// Fields calls f with every text of a value, however deep it stands, and with the
// way there. Texts of a type of their own are names out of a closed set, and no
// text.
func Fields(of any, f func(path string, text *string)) { fields("", reflect.ValueOf(of), f) }

func fields(path string, v reflect.Value, f func(string, *string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fields(path, v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fields(fmt.Sprintf("%s[%d]", path, i), v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fields(path+"."+v.Type().Field(i).Name, v.Field(i), f)
			}
		}
	case reflect.String:
		if text, ok := v.Addr().Interface().(*string); ok {
			f(path, text)
		}
	}
}

// Harmless fails the test where a text holds anything but printable characters
// and line feeds.
func Harmless(t rapid.TB, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: it is no UTF-8:\n%q", what, text)
	}
	for i, r := range text {
		if !clean.Printable(r) && r != '\n' {
			t.Errorf("%s: it holds %U: %q", what, r, text[max(0, i-60):min(len(text), i+20)])
			return
		}
	}
}
