package view

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
)

// Foreign text becomes Markdown only in exec/clean. Its words are short here, for
// the tables are full of them.
type md = clean.MD

func text(s string) md                  { return clean.Prose(s) }
func code(s string) md                  { return clean.Code(s) }
func say(format string, args ...any) md { return clean.Say(format, args...) }
func joined(sep string, parts ...md) md { return clean.Join(sep, parts...) }

// long is a duration as documents write it, "" for none.
func long(d time.Duration) md { return md(runbook.Spell(d)) }

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

// table writes a table without the columns that are empty in every row.
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
	kept := func(cells []md) []md { return every(shown, func(i int) md { return cells[i] }) }
	p.block(clean.Table(kept(head), every(rows, kept)...))
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

// fence shows foreign text of many lines letter by letter.
func (p *page) fence(info, s string) { p.block(clean.Fence(info, s)) }

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
