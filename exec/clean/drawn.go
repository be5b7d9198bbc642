package clean

import "regexp"

// drawn is what a program does between switching to the alternate screen, which
// editors and pagers draw on, and switching back.
var drawn = regexp.MustCompile(`(?s)\x1b\[\?(?:[0-9;]*;)?(?:47|1047|1049)(?:;[0-9;]*)?h.*?\x1b\[\?(?:[0-9;]*;)?(?:47|1047|1049)(?:;[0-9;]*)?l`)

// Undrawn is output with a line in place of each full-screen program: what such a
// one draws makes no sense as lines, and is gone from a terminal too when the
// program ends. What a program draws that never switches back stays. It reports
// whether there was one at all.
func Undrawn(raw []byte) (rest []byte, any bool) {
	if !drawn.Match(raw) {
		return raw, false
	}
	return drawn.ReplaceAll(raw, []byte("[a program filled the screen here; the transcript has all that it drew]\n")), true
}
