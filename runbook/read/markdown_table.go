package read

import (
	"html"
	"strings"
	"unicode/utf8"
)

// A tableCell is what stands between two bars of a table's row.
type tableCell struct {
	text string
	at   place
}

// cells splits a row at its bars. A bar behind a backslash is text.
func cells(l textLine) []tableCell {
	text := strings.TrimRight(l.text, " \t")
	if !strings.Contains(text, "|") {
		return nil
	}
	column := l.at.column
	skip := func(n int) {
		column += utf8.RuneCountInString(text[:n])
		text = text[n:]
	}
	skip(len(text) - len(strings.TrimLeft(text, " \t")))
	if strings.HasPrefix(text, "|") {
		skip(1)
	}
	var out []tableCell
	for text != "" {
		end := bar(text)
		inner := strings.TrimLeft(text[:end], " \t")
		at := place{l.at.line, column + utf8.RuneCountInString(text[:end-len(inner)])}
		out = append(out, tableCell{strings.ReplaceAll(strings.TrimRight(inner, " \t"), `\|`, "|"), at})
		skip(min(end+1, len(text)))
	}
	return out
}

// bar is where the next bar stands, or the end.
func bar(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return len(text)
}

// delimiters counts the columns of the row below a table's header: | --- | :-: |
func delimiters(text string) int {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "|") || !strings.Contains(text, "-") || strings.Trim(text, "|-: \t") != "" {
		return 0
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "|"), "|")
	columns := 0
	for part := range strings.SplitSeq(text, "|") {
		part = strings.TrimSpace(part)
		if part = strings.TrimPrefix(strings.TrimSuffix(part, ":"), ":"); part == "" || strings.Trim(part, "-") != "" {
			return 0
		}
		columns++
	}
	return columns
}

var (
	image    = compiled(`!\[([^\]]*)\]\([^)]*\)`)
	linkMark = compiled(`\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])`)
	linkTo   = compiled(`\[([^\]]*)\]\(<?([a-z]+:[^\s<>()]+)>?(?:\s[^)]*)?\)`)
	autolink = compiled(`<((?:https?://|mailto:)?[^<>\s]+[@/.][^<>\s]*)>`)
	lineTag  = compiled(`(?i)<br\s*/?>`)
	anyTag   = compiled(`</?[A-Za-z][^<>]*>`)
	marks    = compiled("\\\\([!-/:-@\\[-`{-~])|\\*\\*|__|\\*|~~|`+")
	under    = compiled(`(^|[\s(])_+([^_]+)_+($|[\s).,:;])`)
	blanks   = compiled(`[ \t]+`)
)

// withLinks is unmarked, with where each link leads behind its words.
func withLinks(s string) string {
	return unmarked(linkTo().ReplaceAllString(s, "$1 ($2)"))
}

// unmarked is the text that a reader sees of Markdown on one line. A line break
// in a cell becomes a semicolon.
func unmarked(s string) string {
	if !strings.ContainsAny(s, "*_`~[<&\\") {
		return strings.TrimSpace(blanks().ReplaceAllString(s, " "))
	}
	s = lineTag().ReplaceAllString(s, "; ")
	s = image().ReplaceAllString(s, "$1")
	s = linkMark().ReplaceAllString(s, "$1")
	s = autolink().ReplaceAllString(s, "$1")
	s = anyTag().ReplaceAllString(s, "")
	s = under().ReplaceAllString(s, "$1$2$3")
	s = marks().ReplaceAllString(s, "$1") // but for those behind a backslash
	return strings.TrimSpace(blanks().ReplaceAllString(html.UnescapeString(s), " "))
}
