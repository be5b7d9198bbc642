package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bythebook/exec"
	"bythebook/exec/clean"
)

// md is Markdown of one line that is safe to place anywhere behind a word of
// ours. Our own text becomes one by being a constant; foreign text only through
// text, code and say.
type md string

// text makes foreign prose safe. Line breaks become blanks. Pairs of backticks
// stay code, for instructions are Markdown and that much of it is harmless;
// everything else that Markdown would act upon is escaped.
func text(s string) md {
	s = clean.Line(strings.Join(strings.Fields(s), " "))
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "`")
		inner, after, closed := strings.Cut(rest, "`")
		if !ok || !closed || inner == "" {
			b.WriteString(escape(s))
			return md(b.String())
		}
		b.WriteString(escape(before))
		b.WriteString(string(code(inner)))
		s = after
	}
}

// escape puts a backslash before whatever Markdown would act upon, and before
// nothing else, so that the source stays readable.
func escape(s string) string {
	var b strings.Builder
	var before rune
	for i, r := range s {
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if acts(before, r, after) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// acts says whether Markdown would act upon r between its neighbours, which are
// 0 or invalid at the ends.
func acts(before, r, after rune) bool {
	switch r {
	case '\\', '`', '*', '[', '<', '~':
		return true
	case '_':
		return !word(before) || !word(after)
	case '&':
		return word(after) || after == '#'
	case '#', '>', '+', '-', '=':
		return before == 0
	case '.', ')':
		return unicode.IsDigit(before) && after == ' '
	}
	return false
}

func word(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// code shows foreign text of one line letter by letter, between more backticks
// than it holds in a row. A backslash before a bar can't be shown as code in a
// table, where both are needed; it is shown as prose.
func code(s string) md {
	s = clean.Line(s)
	switch {
	case strings.TrimSpace(s) == "":
		return "(empty)"
	case strings.Contains(s, `\|`):
		return md(escape(s))
	}
	tick, pad := strings.Repeat("`", ticks(s)+1), ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s[0] == ' ' && s[len(s)-1] == ' ' {
		pad = " "
	}
	return md(tick + pad + s + pad + tick)
}

// ticks is the longest row of backticks in a text.
func ticks(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if r != '`' {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}

// say is Sprintf for Markdown: an argument that is no md is foreign, and made
// safe on its way in. Durations and instants are written as reports write them.
func say(format string, args ...any) md {
	safe := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case md:
			safe[i] = string(a)
		case time.Duration:
			safe[i] = exec.Long(a)
		case time.Time:
			safe[i] = stamp(a)
		default:
			safe[i] = string(text(fmt.Sprint(a)))
		}
	}
	return md(fmt.Sprintf(format, safe...))
}

// stamp is an instant as reports write it: UTC, to the second.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// joined puts parts into one, without the empty ones.
func joined(sep string, parts ...md) md {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, string(p))
		}
	}
	return md(strings.Join(kept, sep))
}

// counted is a number with its noun.
func counted(n int, one, many string) md {
	if n == 1 {
		return md("1 " + one)
	}
	return md(fmt.Sprintf("%d %s", n, many))
}

// short cuts a text to n characters.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return strings.TrimRight(string(r[:n-3]), " ") + "..."
	}
	return s
}

// A page is Markdown being written, block by block.
type page struct{ b strings.Builder }

func (p *page) block(s string) { p.b.WriteString(s + "\n\n") }

func (p *page) heading(level int, title md) {
	p.block(strings.Repeat("#", level) + " " + string(title))
}

func (p *page) para(text md) {
	if text != "" {
		p.block(string(text))
	}
}

func (p *page) list(items ...md) {
	var lines []string
	for _, item := range items {
		if item != "" {
			lines = append(lines, "- "+string(item))
		}
	}
	if len(lines) > 0 {
		p.block(strings.Join(lines, "\n"))
	}
}

// table writes a table. A bar ends a cell even within code, so cells are the
// one place where it is escaped.
func (p *page) table(head []md, rows ...[]md) {
	line := func(cells []md) string {
		var b strings.Builder
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + strings.ReplaceAll(string(c), "|", `\|`) + " |")
		}
		return b.String()
	}
	lines := []string{line(head), "|" + strings.Repeat(" --- |", len(head))}
	for _, r := range rows {
		lines = append(lines, line(r))
	}
	p.block(strings.Join(lines, "\n"))
}

// fence shows foreign text of many lines letter by letter, between fences that
// are longer than any row of backticks in it.
func (p *page) fence(info, text string) {
	text = strings.TrimRight(clean.Text(text), "\n")
	tick := strings.Repeat("`", max(3, ticks(text)+1))
	p.block(tick + info + "\n" + text + "\n" + tick)
}
