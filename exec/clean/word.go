package clean

import (
	"regexp"
	"strings"
)

var bare = regexp.MustCompile(`^[A-Za-z0-9_./:@+-][A-Za-z0-9_./:@%+=,-]*$`)

// Word is one line of foreign text as a shell takes it: one word, in which
// nothing is expanded or carried out. It is for commands that people copy.
func Word(s string) string {
	if bare.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(Line(s), "'", `'\''`) + "'"
}
