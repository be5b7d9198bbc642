package stage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bythebook/exec/clean"

	"github.com/charmbracelet/x/ansi"
)

// Text is the standing for a terminal of a width in cells. Commands and lines
// of YAML are never wrapped: they are copied.
func (l Library) Text(width int) string {
	p := &sheet{width: max(30, width)}
	if l.Where == "" {
		for _, s := range l.Books {
			p.whole(s, l.Now)
		}
	} else {
		p.library(l)
	}
	p.damaged(l)
	return strings.TrimRight(p.String(), "\n") + "\n"
}

// A sheet is text being written.
type sheet struct {
	strings.Builder
	width int
}

// line writes prose, which may be foreign, indented and wrapped. What follows the
// first line stands below what comes after the lead.
func (p *sheet) line(indent int, lead, text string) {
	for i, l := range wrapped(clean.Line(text), max(20, p.width-indent-len(lead))) {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		p.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+lead+l, " ") + "\n")
	}
}

// wrapped parts text between its words only: paths and ids stay whole.
func wrapped(text string, cells int) []string {
	lines, used := []string{""}, 0
	for _, word := range strings.Fields(text) {
		last, long := &lines[len(lines)-1], ansi.StringWidth(word)
		switch {
		case used == 0:
			*last, used = word, long
		case used+1+long <= cells:
			*last, used = *last+" "+word, used+1+long
		default:
			lines, used = append(lines, word), long
		}
	}
	return lines
}

// copied writes what is copied as it stands.
func (p *sheet) copied(indent int, text string) {
	for l := range strings.SplitSeq(strings.TrimRight(clean.Text(text), "\n"), "\n") {
		p.WriteString(strings.Repeat(" ", indent) + l + "\n")
	}
}

func (p *sheet) space() { p.WriteByte('\n') }

// whole is everything about one playbook.
func (p *sheet) whole(s Standing, now time.Time) {
	p.line(0, "", named(s))
	p.line(0, "", s.Path)
	p.space()
	p.line(0, "", sentence(s.headline()))
	if s.Begin != nil {
		p.space()
		p.missing(2, *s.Begin)
	}
	for i, g := range s.Gates {
		p.space()
		p.line(0, fmt.Sprintf("  [%c] %2d  ", g.mark(), i+1), g.Name)
		p.gate(g)
	}
	if bound(s) {
		p.space()
		p.line(0, "", firstTheEdits)
	}
	p.dues(s, now)
	p.rest(s, now)
}

// firstTheEdits says why the order matters.
const firstTheEdits = "Edits come first: what people agree to, find published and exercise is exactly one text, and each edit makes it another."

// bound reports whether edits are missing beside what they would undo.
func bound(s Standing) bool {
	all := s.Missing()
	return len(all) > 0 && !all[0].Mend.Binds && all[len(all)-1].Mend.Binds
}

// inside is how far what belongs to a gate is indented.
const inside = 10

func (p *sheet) gate(g Gate) {
	if g.Left != "" {
		p.line(inside, "", "does not apply: "+g.Left)
	}
	for _, e := range g.Evidence {
		p.line(inside, "", e)
	}
	for _, m := range g.Missing {
		p.missing(inside, m)
	}
}

func (p *sheet) missing(indent int, m Missing) {
	p.line(indent, "! ", m.What)
	p.mend(indent+2, m.Mend)
}

// mend says what to type, or what to write where.
func (p *sheet) mend(indent int, m Mend) {
	switch {
	case m.Command != "":
		p.copied(indent, m.Command)
	case m.Edit.YAML != "":
		p.line(indent, "", m.Edit.where()+", let it say:")
		p.copied(indent+2, m.Edit.YAML)
	default:
		p.line(indent, "", m.Edit.where()+": "+m.Edit.Do)
	}
	if m.Note != "" {
		p.line(indent, "", "("+m.Note+")")
	}
}

// where is the place of an edit, as editors understand it, and how many more
// there are.
func (e Edit) where() string {
	at := "in " + e.File
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
	}
	if e.Path != "" && e.YAML == "" && e.Also == nil {
		at += ", " + e.Path
	}
	var lines []string
	for _, other := range e.Also {
		lines = append(lines, strconv.Itoa(other.Line))
	}
	if lines != nil {
		at += ", and in " + counted(len(lines), "more line") + " (" + several(lines) + ")"
	}
	return at
}

func (p *sheet) dues(s Standing, now time.Time) {
	if len(s.Due)+len(s.Unfinished) == 0 {
		return
	}
	p.heading("Due")
	for _, u := range s.Unfinished {
		p.line(2, "", u.What())
		p.mend(4, u.Mend)
	}
	for _, d := range s.Due {
		p.line(2, "", d.What()+": "+d.when(now))
		if d.soon(now) {
			p.mend(4, d.Mend)
		}
	}
}

// when is the day with how far off it is.
func (d Due) when(now time.Time) string {
	if d.At.IsZero() {
		return d.Days(now)
	}
	return day(d.At) + ", " + d.Days(now)
}

func (p *sheet) heading(title string) {
	p.space()
	p.WriteString(title + "\n")
}

// rest is what no gate asks for.
func (p *sheet) rest(s Standing, now time.Time) {
	if len(s.Improvements) > 0 {
		p.heading("Open improvements")
		for _, im := range s.Improvements {
			p.line(2, "- ", aged(im, now))
		}
	}
	if len(s.Baselines) > 0 {
		p.heading("To ask the owner of the service")
		for _, b := range s.Baselines {
			p.line(2, "- ", asked(b))
		}
	}
	if len(s.Strays) > 0 {
		p.heading("Not to be trusted, in the folder of the agreement")
		for _, stray := range s.Strays {
			p.line(2, "- ", stray)
		}
	}
	if len(s.Next) > 0 {
		p.heading(towards)
		for _, a := range s.Next {
			p.line(2, fmt.Sprintf("%*s  ", 7, fmt.Sprintf("%d/%d", a.Done, a.Of)), a.What)
		}
		p.line(2, "         ", "and results that everybody can read: `report -o` writes each to a file")
	}
}

// library is a row for each playbook, and then what each of them lacks.
func (p *sheet) library(l Library) {
	p.line(0, "", fmt.Sprintf("%s: %s, %s", l.Where, counted(len(l.Books), "playbook"), day(l.Now)))
	p.space()
	if l.Begin != nil {
		p.missing(0, *l.Begin)
		p.space()
	}
	if len(l.Books) == 0 {
		return
	}
	rows := []summary{{"Playbook", "Gates", "Agreed", "Exercised", "Due"}}
	widest := 0
	for _, s := range l.Books {
		rows = append(rows, s.summary(l.Now))
	}
	for _, r := range rows {
		widest = max(widest, ansi.StringWidth(clean.Line(r.playbook)))
	}
	for _, r := range rows {
		p.row(r, min(widest, 20))
	}
	p.space()
	p.line(0, "", "x passed, - does not apply, . missing: "+legend())
	if l.Begin != nil { // what is listed is not the team's own: a line each is enough
		p.space()
		p.missing(0, *l.Begin)
		return
	}
	if slices.ContainsFunc(l.Books, bound) {
		p.space()
		p.line(0, "", firstTheEdits)
	}
	for _, s := range l.Books {
		p.lacks(s)
	}
}

// row is one line of the summary, or a few where the terminal is narrow.
func (p *sheet) row(s summary, name int) {
	if p.width < 64 {
		p.line(0, "", s.playbook)
		p.line(2, "", strings.Join(slices.DeleteFunc([]string{s.gates, s.agreed, s.last, s.due}, func(s string) bool { return s == "" }), ", "))
		return
	}
	row := fmt.Sprintf("%s  %-16s  %-6s  %-10s  ", fit(s.playbook, name), s.gates, s.agreed, s.last)
	p.WriteString(strings.TrimRight(row+fit(s.due, p.width-len(row)), " ") + "\n")
}

// fit is foreign text in exactly so many cells.
func fit(s string, cells int) string {
	s = ansi.Truncate(clean.Line(s), cells, "...")
	return s + strings.Repeat(" ", max(0, cells-ansi.StringWidth(s)))
}

// lacks is the first thing that each gate of a playbook lacks, where that is
// mended, and how many more there are.
func (p *sheet) lacks(s Standing) {
	p.space()
	p.line(0, "", s.Playbook+": "+s.headline())
	if s.Complete() {
		return
	}
	if s.Begin != nil { // the rest comes when that is done
		p.missing(2, *s.Begin)
		return
	}
	for i, g := range s.Gates {
		if g.Passed() {
			continue
		}
		more := ""
		if n := len(g.Missing) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		p.line(2, fmt.Sprintf("%2d ", i+1), g.Name+": "+g.Missing[0].What+more)
		p.inShort(5, g.Missing[0].Mend)
	}
	p.copied(2, "With the lines to write: "+s.More)
}

// inShort says what to type, or where to write something, but not what.
func (p *sheet) inShort(indent int, m Mend) {
	if m.Command == "" && m.Edit.YAML != "" {
		p.line(indent, "", m.Edit.where()+", "+m.Edit.Path)
		return
	}
	m.Note = ""
	p.mend(indent, m)
}

// damaged are the records that can't be trusted.
func (p *sheet) damaged(l Library) {
	if len(l.Damaged) == 0 {
		return
	}
	p.heading("Damaged records, which count for nothing")
	for _, r := range l.Damaged {
		p.line(2, "- ", fmt.Sprintf("%s: %v", r.Dir, r.Damage))
	}
}
