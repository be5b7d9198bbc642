package match

import (
	"regexp"
	"strings"
)

// The modes that look for text: exact, contains, absent, matches.

func checkExact(want string, s seen) Check {
	text := strings.TrimRight(expand(want, s.values), "\n")
	got := strings.TrimRight(s.text, "\n")
	if got == text {
		return Check{Want: clip(want), Seen: clip(got), OK: true}
	}
	wanted, lines := strings.Split(text, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(wanted) && i < len(lines) && wanted[i] == lines[i] {
		i++
	}
	return Check{Want: clip(lineAt(wanted, i)), Seen: clip(lineAt(lines, i))}
}

func checkContains(want string, s seen) Check {
	text := expand(want, s.values)
	c := Check{Want: clip(text)}
	if i := strings.Index(s.text, text); i >= 0 {
		c.OK, c.Seen = true, lineAround(s.text, i)
		return c
	}
	c.Seen = nearest(text, s.text)
	return c
}

func checkAbsent(want string, s seen) Check {
	text := expand(want, s.values)
	c := Check{Want: clip(text), OK: true}
	if i := strings.Index(s.text, text); i >= 0 {
		c.OK, c.Seen = false, lineAround(s.text, i)
	}
	return c
}

func checkMatches(want string, s seen) Check {
	pattern := expandPattern(want, s.values)
	c := Check{Want: clip(pattern)}
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		c.Seen = "not a pattern: " + err.Error()
		return c
	}
	if at := re.FindStringIndex(s.text); at != nil {
		c.OK, c.Seen = true, lineAround(s.text, at[0])
		return c
	}
	c.Seen = nearest(pattern, s.text)
	return c
}

// lineAt is the i-th line, or the words for there being none.
func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return nothing
}
