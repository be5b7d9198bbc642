package view

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// md is Markdown of one line. Our own text becomes one by being a constant;
// foreign text only through text, code and say.
//
// Package exec/report writes its pages by the same rules. It stands above, and
// siblings share nothing, so these few functions exist there too.
type md string

// text makes foreign prose safe, even at the beginning of a line. Line breaks
// become blanks. Pairs of backticks stay code and addresses can be followed, for
// instructions are Markdown and that much of it is harmless; everything else
// that Markdown would act upon is escaped.
func text(s string) md {
	s = visible(strings.Join(strings.Fields(s), " "), "")
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "`")
		inner, after, closed := strings.Cut(rest, "`")
		if !ok || !closed || inner == "" {
			b.WriteString(words(s, b.Len() == 0))
			return md(b.String())
		}
		b.WriteString(words(before, b.Len() == 0) + string(code(inner)))
		s = after
	}
}

// address is the form of what may be followed from the page.
var address = regexp.MustCompile(`^https?://[\w\-.~:/?#@!$'()*+,;=%&]+$`)

// words escapes word by word, and puts addresses between angles. Bare ones would
// be found by forges, together with whatever stands behind them: even the
// backslash or the backtick that keeps it from being more than text.
func words(s string, start bool) string {
	all := strings.Split(s, " ")
	for i, w := range all {
		if url := strings.TrimRight(w, ".,;:!?)"); address.MatchString(url) {
			all[i] = "<" + url + ">" + escape(w[len(url):], false)
			continue
		}
		all[i] = escape(w, start && i == 0)
	}
	return strings.Join(all, " ")
}

// visible spells out what draws nothing, or makes text look like other text:
// control characters, marks that turn the order round, blanks without width.
// Those in keep stay.
func visible(s, keep string) string {
	var b strings.Builder
	for _, r := range s {
		if printable(r) || strings.ContainsRune(keep, r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "<U+%04X>", r)
	}
	return b.String()
}

// printable says whether a character shows what it is. Of those that draw
// nothing only the two that choose between the forms of a sign do.
func printable(r rune) bool {
	if r == '\uFE0E' || r == '\uFE0F' {
		return true
	}
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// escape puts a backslash before whatever Markdown would act upon in a word, and
// before nothing else, so that the source stays readable. At the start of a line
// there is more of it.
func escape(s string, start bool) string {
	var b strings.Builder
	var before rune
	number := start // nothing but digits so far
	for i, r := range s {
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case acts(before, r, after),
			start && i == 0 && strings.ContainsRune("#>+-", r),
			number && i > 0 && i == len(s)-1 && (r == '.' || r == ')'),
			r == '.' && strings.HasSuffix(s[:i], "www"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before, number = r, number && '0' <= r && r <= '9'
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
	case ':':
		return after == '/'
	}
	return false
}

func word(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// code shows foreign text of one line letter by letter, between more backticks
// than it holds in a row. A backslash before a bar can't be shown as code in a
// table, where both are needed; it is shown as prose.
func code(s string) md {
	s = visible(strings.ReplaceAll(s, "\t", " "), "")
	switch {
	case strings.TrimSpace(s) == "":
		return "(empty)"
	case strings.Contains(s, `\|`):
		return md(words(s, true))
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
// safe on its way in. Durations are written as long writes them.
func say(format string, args ...any) md {
	safe := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case md:
			safe[i] = string(a)
		case time.Duration:
			safe[i] = string(long(a))
		default:
			safe[i] = string(text(fmt.Sprint(a)))
		}
	}
	return md(fmt.Sprintf(format, safe...))
}

// long is a duration as reports write it, 12h or 1m30s, but for whole days from
// a week on: 90d. It is "" for none.
func long(d time.Duration) md {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return ""
	case d >= 7*day && d%day == 0:
		return md(fmt.Sprintf("%dd", d/day))
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return md(s)
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

// after puts our words before a part, unless there is none.
func after(words, part md) md {
	if part == "" {
		return ""
	}
	return words + part
}

// every makes Markdown, or rows of it, of many.
func every[T, Made any](all []T, how func(T) Made) []Made {
	out := make([]Made, len(all))
	for i, one := range all {
		out[i] = how(one)
	}
	return out
}

// each is many on one line.
func each[T any](all []T, how func(T) md) md { return joined(", ", every(all, how)...) }

// sentences is many on one line that may each be a whole sentence.
func sentences(all []string) md {
	parts := every(all, text)
	for i := range max(0, len(parts)-1) {
		parts[i] = md(strings.TrimSuffix(string(parts[i]), "."))
	}
	return joined("; ", parts...)
}

// A page is Markdown being written, block by block.
type page struct {
	b      strings.Builder
	indent string // of the list item that is being written
}

// String is the page, ended by one line feed.
func (p *page) String() string { return strings.TrimRight(p.b.String(), "\n") + "\n" }

// block writes lines and the blank one that ends them.
func (p *page) block(s string) {
	for _, line := range strings.Split(s, "\n") {
		if line != "" {
			p.b.WriteString(p.indent + line)
		}
		p.b.WriteByte('\n')
	}
	p.b.WriteByte('\n')
}

func (p *page) heading(level int, title md) {
	p.block(strings.Repeat("#", level) + " " + string(title))
}

func (p *page) para(s md) {
	if s != "" {
		p.block(string(s))
	}
}

// list writes the items that are not empty.
func (p *page) list(items ...md) {
	if lines := joined("\n- ", items...); lines != "" {
		p.block("- " + string(lines))
	}
}

// item writes one item of a list that holds more than a line.
func (p *page) item(marker string, head md, body func()) {
	p.block(marker + " " + string(head))
	outer := p.indent
	p.indent += strings.Repeat(" ", len(marker)+1)
	body()
	p.indent = outer
}

// table writes a table without the columns that are empty in every row. A bar
// ends a cell even within code, so cells are the one place where it is escaped.
func (p *page) table(head []md, rows ...[]md) {
	if len(rows) == 0 {
		return
	}
	var shown []int
	for i := range head {
		if i == 0 || slices.ContainsFunc(rows, func(r []md) bool { return r[i] != "" }) {
			shown = append(shown, i)
		}
	}
	var b strings.Builder
	write := func(cells []md) {
		for _, i := range shown {
			b.WriteString("| " + strings.ReplaceAll(string(cells[i]), "|", `\|`) + " ")
		}
		b.WriteString("|\n")
	}
	write(head)
	b.WriteString("|" + strings.Repeat(" --- |", len(shown)) + "\n")
	for _, r := range rows {
		write(r)
	}
	p.block(strings.TrimSuffix(b.String(), "\n"))
}

// telling are the rows that say more than what they are about.
func telling(rows ...[]md) [][]md {
	var kept [][]md
	for _, r := range rows {
		if joined("", r[1:]...) != "" {
			kept = append(kept, r)
		}
	}
	return kept
}

// fence shows foreign text of many lines letter by letter, between fences that
// are longer than any row of backticks in it.
func (p *page) fence(info, s string) {
	s = strings.TrimSuffix(visible(s, "\n\t"), "\n")
	tick := strings.Repeat("`", max(3, ticks(s)+1))
	p.block(tick + info + "\n" + s + "\n" + tick)
}

// bullet is what begins an item of a list in foreign prose.
var bullet = regexp.MustCompile(`^\s*([-*+]|[0-9]{1,9}[.)])\s+`)

// prose writes foreign Markdown of many lines. Paragraphs, items of lists and
// fenced blocks stay what they are; within them it is text like any other.
func (p *page) prose(s string) {
	for lines := strings.Split(s, "\n"); len(lines) > 0; {
		n, fenced := 1, fenceOf(lines[0]) != ""
		for n < len(lines) && (fenced && !strings.HasPrefix(strings.TrimSpace(lines[n]), fenceOf(lines[0])) || !fenced && goesOn(lines[n])) {
			n++
		}
		if fenced {
			p.fence("", strings.Join(lines[1:n], "\n"))
			n = min(n+1, len(lines)) // the fence that closes it
		} else {
			p.paragraph(strings.Join(lines[:n], "\n"))
		}
		lines = lines[n:]
	}
}

// fenceOf is the fence that a line opens, "" where it opens none.
func fenceOf(line string) string {
	for _, f := range []string{"```", "~~~"} {
		if strings.HasPrefix(strings.TrimSpace(line), f) {
			return f
		}
	}
	return ""
}

// goesOn reports whether a line continues the paragraph before it.
func goesOn(line string) bool {
	return strings.TrimSpace(line) != "" && !bullet.MatchString(line) && fenceOf(line) == ""
}

// paragraph writes one paragraph, or one item of a list, of foreign prose.
func (p *page) paragraph(s string) {
	marker := bullet.FindString(s)
	words := text(s[len(marker):])
	if words == "" {
		return
	}
	switch mark := strings.TrimSpace(marker); {
	case mark == "":
		p.para(words)
	case len(mark) == 1:
		p.para("- " + words)
	default:
		p.para(md(mark[:len(mark)-1]+". ") + words)
	}
}

// labelled writes foreign prose behind a word of ours, what follows its first
// paragraph below it.
func (p *page) labelled(label md, s string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	first, rest := firstOf(s)
	p.para(joined(" ", label, text(first)))
	p.prose(rest)
}

// firstOf parts the first paragraph of foreign prose from the rest.
func firstOf(s string) (first, rest string) {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	n := 0
	for n < len(lines) && (goesOn(lines[n]) || n == 0 && fenceOf(lines[n]) == "") {
		n++
	}
	return strings.Join(lines[:n], "\n"), strings.Join(lines[n:], "\n")
}
