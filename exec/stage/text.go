package stage

import (
	"fmt"
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
	room := max(20, p.width-indent-len(lead))
	for i, l := range strings.Split(ansi.Wordwrap(clean.Line(text), room, ""), "\n") {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		p.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+lead+l, " ") + "\n")
	}
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

// where is the place of an edit, as editors understand it.
func (e Edit) where() string {
	at := "in " + e.File
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
	}
	if e.YAML == "" && e.Path != "" {
		at += ", " + e.Path
	}
	return at
}

func (p *sheet) dues(s Standing, now time.Time) {
	if len(s.Due)+len(s.Unfinished) == 0 {
		return
	}
	p.heading("Due")
	for _, u := range s.Unfinished {
		p.line(2, "", fmt.Sprintf("%s of %s was begun on %s and is not ended", u.ID, u.Scenario, day(u.Since)))
		p.mend(4, u.Mend)
	}
	for _, d := range s.Due {
		p.line(2, "", d.What+": "+d.when(now))
		p.mend(4, d.Mend)
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
	if len(s.Next) > 0 {
		p.heading(towards)
		for _, a := range s.Next {
			p.line(2, fmt.Sprintf("%*s  ", 7, fmt.Sprintf("%d/%d", a.Done, a.Of)), a.What)
		}
		p.line(2, "         ", "and results that everybody can read: `report -o` writes each to a file")
	}
}

// library is a row for each playbook, and then what the ones lack that are not
// complete.
func (p *sheet) library(l Library) {
	p.line(0, "", fmt.Sprintf("%s: %s, %s", l.Where, counted(len(l.Books), "playbook"), day(l.Now)))
	p.space()
	if l.Begin != nil {
		p.missing(0, *l.Begin)
		return
	}
	p.row(summary{"Playbook", "Gates", "Agreed", "Last exercise", "Due"})
	for _, s := range l.Books {
		p.row(s.summary(l.Now))
	}
	p.space()
	p.line(0, "", "x passed, - does not apply, . missing: "+legend())
	for _, s := range l.Books {
		if !s.Complete() {
			p.lacks(s)
		}
	}
}

// row is one line of the summary, or two where the terminal is narrow.
func (p *sheet) row(s summary) {
	const left, right = 18 + 2 + 16 + 2 + 6 + 2, 30
	first := fmt.Sprintf("%s  %-16s  %-6s", fit(s.playbook, 18), s.gates, s.agreed)
	switch {
	case p.width < left:
		p.WriteString(fit(s.playbook, p.width) + "\n")
		p.line(2, "", strings.Trim(s.gates+", "+s.agreed+", "+s.last+", "+s.due, ", "))
	case p.width < left+right:
		p.line(0, "", first)
		p.line(20, "", s.last+", "+s.due)
	default:
		due := ansi.Truncate(clean.Line(s.due), p.width-left-16, "...")
		p.WriteString(strings.TrimRight(fmt.Sprintf("%s  %s  %s", first, fit(s.last, 14), due), " ") + "\n")
	}
}

// fit is foreign text in exactly so many cells.
func fit(s string, cells int) string {
	s = ansi.Truncate(clean.Line(s), cells, "...")
	return s + strings.Repeat(" ", max(0, cells-ansi.StringWidth(s)))
}

// lacks is the first thing that each gate of a playbook lacks, and how many more
// there are.
func (p *sheet) lacks(s Standing) {
	p.space()
	p.line(0, "", s.Playbook+": "+s.headline())
	if s.Begin != nil {
		p.missing(2, *s.Begin)
	}
	for i, g := range s.Gates {
		if g.Passed() {
			continue
		}
		p.line(2, fmt.Sprintf("%2d ", i+1), g.Missing[0].What)
		p.mend(5, g.Missing[0].Mend)
		if n := len(g.Missing) - 1; n > 0 {
			p.line(5, "", fmt.Sprintf("and %d more", n))
		}
	}
	p.copied(2, "all of it: "+s.More)
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
