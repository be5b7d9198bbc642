package match

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// nothing is what stands behind the last line.
const nothing = "(end of the output)"

// maxShown is the longest text in a Check, in bytes.
const maxShown = 400

// normalise is the text as a person saw it: line ends are \n, and what a
// carriage return let be written over is gone.
func normalise(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.Contains(text, "\r") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = overwrite(l)
	}
	return strings.Join(lines, "\n")
}

// overwrite is what is left of a line after its carriage returns: each writes
// over the beginning of what stood there.
func overwrite(line string) string {
	parts := strings.Split(line, "\r")
	if len(parts) == 1 {
		return line
	}
	var cells []rune
	for _, p := range parts {
		runes := []rune(p)
		if len(runes) < len(cells) {
			copy(cells, runes)
		} else {
			cells = runes
		}
	}
	return string(cells)
}

// linesOf splits a text into lines, without blank ones before and after it.
func linesOf(text string) []string {
	lines := strings.Split(text, "\n")
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// name is how an expectation names a value.
var name = regexp.MustCompile(`\$[A-Z][A-Z0-9_]*`)

// expand puts the values in, literally.
func expand(text string, values map[string]string) string {
	return name.ReplaceAllStringFunc(text, func(n string) string {
		if v, ok := values[n[1:]]; ok {
			return v
		}
		return n
	})
}

// nameOrEscape finds names in a regular expression, where `\$` is a dollar.
var nameOrEscape = regexp.MustCompile(`(?s)\\.|\$[A-Z][A-Z0-9_]*`)

// expandPattern puts the values into a regular expression, where they stand for
// themselves and nothing else.
func expandPattern(pattern string, values map[string]string) string {
	return nameOrEscape.ReplaceAllStringFunc(pattern, func(n string) string {
		if v, ok := values[n[1:]]; ok && n[0] == '$' {
			return regexp.QuoteMeta(v)
		}
		return n
	})
}

// clip shortens a text for a Check.
func clip(text string) string {
	text = strings.Trim(text, "\n")
	if len(text) <= maxShown {
		return text
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// nearest is the line that has the most words in common with want: something to
// look at, never a reason for a verdict. Without any it is the last line.
func nearest(want, text string) string {
	wanted := map[string]bool{}
	for _, w := range strings.Fields(want) {
		wanted[w] = true
	}
	best, most := nothing, 0
	for l := range strings.Lines(text) {
		n := 0
		for _, w := range strings.Fields(l) {
			if wanted[w] {
				n++
			}
		}
		if n > most || most == 0 && strings.TrimSpace(l) != "" {
			best, most = strings.TrimRight(l, " \t\n"), n
		}
	}
	return clip(best)
}

// lineAround is the line of the text that the byte at offset i is in.
func lineAround(text string, i int) string {
	from := strings.LastIndexByte(text[:i], '\n') + 1
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return clip(text[from : i+n])
	}
	return clip(text[from:])
}
