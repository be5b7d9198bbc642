package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
)

// Foreign text becomes Markdown only in exec/clean. Its words are short here, for
// the sections are full of them.
type md = clean.MD

func text(s string) md                  { return clean.Prose(s) }
func code(s string) md                  { return clean.Code(s) }
func joined(sep string, parts ...md) md { return clean.Join(sep, parts...) }

// say is clean.Say, but durations and instants are written as reports write them.
func say(format string, args ...any) md {
	said := slices.Clone(args)
	for i, a := range args {
		switch a := a.(type) {
		case time.Duration:
			said[i] = md(exec.Long(a))
		case time.Time:
			said[i] = md(stamp(a))
		}
	}
	return clean.Say(format, said...)
}

// stamp is an instant as reports write it: UTC, to the second.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
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
	if lines := joined("\n- ", items...); lines != "" {
		p.block("- " + string(lines))
	}
}

func (p *page) table(head []md, rows ...[]md) { p.block(clean.Table(head, rows...)) }

// fence shows foreign text of many lines, with its tabs expanded as terminals do.
func (p *page) fence(info, s string) {
	p.block(clean.Fence(info, strings.TrimRight(clean.Text(s), "\n")))
}
