package clean

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile is text that a terminal would obey, or draw as something it is not.
var hostile = []struct{ name, in, line, text string }{
	{"plain", "pg_ctl promote", "pg_ctl promote", "pg_ctl promote"},
	{"letters of other scripts", "sauvegarde à Zürich 東京 🚒", "sauvegarde à Zürich 東京 🚒", "sauvegarde à Zürich 東京 🚒"},
	{"emoji form", "\u2764\uFE0F", "\u2764\uFE0F", "\u2764\uFE0F"},
	{"line feed", "echo a\nrm b", "echo a^Jrm b", "echo a\nrm b"},
	{"carriage return", "rm b\recho a", "rm b^Mecho a", "rm b^Mecho a"},
	{"crlf", "a\r\nb", "a^M^Jb", "a^M\nb"},
	{"tab", "a\tb", "a b", "a       b"},
	{"backspace", "rm b\b\b\b\bls", "rm b^H^H^H^Hls", "rm b^H^H^H^Hls"},
	{"colour", "\x1b[31mred\x1b[0m", "^[[31mred^[[0m", "^[[31mred^[[0m"},
	{"title", "\x1b]0;x\x07", "^[]0;x^G", "^[]0;x^G"},
	{"clipboard", "\x1b]52;c;cm0=\x1b\\", "^[]52;c;cm0=^[\\", "^[]52;c;cm0=^[\\"},
	{"nul and del", "a\x00b\x7f", "a^@b^?", "a^@b^?"},
	{"shift out", "\x0e\x0f\x05", "^N^O^E", "^N^O^E"},
	{"c1 as utf-8", "\u009b31m", "<U+009B>31m", "<U+009B>31m"},
	{"c1 raw", "\x9b31m", "\uFFFD31m", "\uFFFD31m"},
	{"next line", "a\u0085b", "a<U+0085>b", "a<U+0085>b"},
	{"bidi override", "\u202Ecod.exe", "<U+202E>cod.exe", "<U+202E>cod.exe"},
	{"bidi isolate", "\u2066a\u2069", "<U+2066>a<U+2069>", "<U+2066>a<U+2069>"},
	{"marks", "\u200e\u200f\u061c", "<U+200E><U+200F><U+061C>", "<U+200E><U+200F><U+061C>"},
	{"zero width", "a\u200bb\u200d\ufeff\u2060", "a<U+200B>b<U+200D><U+FEFF><U+2060>", "a<U+200B>b<U+200D><U+FEFF><U+2060>"},
	{"soft hyphen", "a\u00adb", "a<U+00AD>b", "a<U+00AD>b"},
	{"fillers", "\u3164\u115f\u034f", "<U+3164><U+115F><U+034F>", "<U+3164><U+115F><U+034F>"},
	{"tags", "\U000E0041\U000E007F", "<U+E0041><U+E007F>", "<U+E0041><U+E007F>"},
	{"smuggled selectors", "a\U000E0101\uFE00", "a<U+E0101><U+FE00>", "a<U+E0101><U+FE00>"},
	{"separators", "a\u2028b\u2029c", "a<U+2028>b<U+2029>c", "a<U+2028>b<U+2029>c"},
	{"blank that is none", "echo\u00a0hi\u3000", "echo<U+00A0>hi<U+3000>", "echo<U+00A0>hi<U+3000>"},
	{"noncharacter", "\uFFFE", "<U+FFFE>", "<U+FFFE>"},
	{"invalid utf-8", "a\xff\xc3(b\xe2\x82", "a\uFFFD\uFFFD(b\uFFFD\uFFFD", "a\uFFFD\uFFFD(b\uFFFD\uFFFD"},
}

func TestLineAndText(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.in); got != c.line {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
			}
			if got := Text(c.in); got != c.text {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.text)
			}
		})
	}
}

func TestTextAlignsTabs(t *testing.T) {
	if got, want := Text("ab\tc\n\td\n1234567\te"), "ab      c\n        d\n1234567 e"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

// safe fails the test unless s can be shown: valid, printable, line feeds only
// where they are allowed.
func safe(t *testing.T, s string, lines bool) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if !Printable(r) && (r != '\n' || !lines) {
			t.Errorf("%q holds %U", s, r)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe(t, Line(s), false)
		safe(t, Text(s), true)
		if Line(Line(s)) != Line(s) {
			t.Errorf("Line(%q) changes when cleaned again", s)
		}
		if utf8.RuneCountInString(Line(s)) < utf8.RuneCountInString(s) {
			t.Errorf("Line(%q) = %q dropped something", s, Line(s))
		}
		if strings.Count(Text(s), "\n") != strings.Count(s, "\n") {
			t.Errorf("Text(%q) changed the number of lines", s)
		}
	})
}
