package clean

import "testing"

func TestUndrawn(t *testing.T) {
	const note = "[a program filled the screen here; the transcript has all that it drew]\n"
	for _, c := range []struct{ name, raw, want string }{
		{"none", "a\r\n\x1b[?25l\x1b[31mb", "a\r\n\x1b[?25l\x1b[31mb"},
		{"one", "a\r\n\x1b[?1049h\x1b[2;2H~\n~\x1b[?1049lb", "a\r\n" + note + "b"},
		{"two, with other modes", "\x1b[?25;1049hx\x1b[?1049;25l-\x1b[?47hy\x1b[?47l", note + "-" + note},
		{"one that never switches back", "a\x1b[?1049hhidden", "a\x1b[?1049hhidden"},
		{"back only", "hidden\x1b[?1049l", "hidden\x1b[?1049l"},
		{"another number", "\x1b[?2047hx\x1b[?2047l", "\x1b[?2047hx\x1b[?2047l"},
	} {
		if got, any := Undrawn([]byte(c.raw)); string(got) != c.want || any != (c.raw != c.want) {
			t.Errorf("%s: %q, %t, want %q", c.name, got, any, c.want)
		}
	}
}
