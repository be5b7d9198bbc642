package shell

import "bytes"

// modes are what programs switch on in a terminal for themselves, and should
// switch off again. A terminal's settings are the system's, and put right after
// each step; these are in the output, and only a screen minds them.
var modes = []struct{ on, off, what string }{
	{fullScreen, "\x1b[?1049l", "the screen of editors and pagers"},
	{"\x1b[?1000h", "\x1b[?1000l", "reports of the mouse's buttons"},
	{"\x1b[?1002h", "\x1b[?1002l", "reports of the mouse's movements"},
	{"\x1b[?1003h", "\x1b[?1003l", "reports of all of the mouse's movements"},
	{"\x1b[?25l", "\x1b[?25h", "a hidden cursor"},
	{"\x1b(0", "\x1b(B", "line drawing in place of letters"},
}

const fullScreen = "\x1b[?1049h"

// leftOn are the modes that an output leaves switched on, in words.
func leftOn(output []byte) []string {
	var left []string
	for _, m := range modes {
		if bytes.LastIndex(output, []byte(m.on)) > bytes.LastIndex(output, []byte(m.off)) {
			left = append(left, m.what)
		}
	}
	return left
}

// fillsScreen says whether a program has switched to the screen that editors and
// pagers draw on. Nothing is typed into one of those.
func (s *Session) fillsScreen() bool {
	left := leftOn(s.out.latest())
	return len(left) > 0 && left[0] == modes[0].what
}
