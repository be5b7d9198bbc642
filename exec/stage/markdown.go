package stage

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec/clean"
)

// Markdown is the standing as a page to publish. No heading of it begins with
// foreign text: a library must not take the page for a playbook.
func (l Library) Markdown() string {
	p := &page{}
	p.block("# Where we stand: stage 1")
	p.block(string(clean.Say("On %s.", day(l.Now))))
	if l.Begin != nil {
		p.missing(*l.Begin)
	}
	if len(l.Books) > 1 {
		p.summary(l)
	}
	for _, s := range l.Books {
		p.book(s, l.Now)
	}
	if len(l.Damaged) > 0 {
		p.block("## Damaged records, which count for nothing")
		for _, r := range l.Damaged {
			p.item(clean.Say("%s: %v", clean.Code(r.ID), r.Damage))
		}
	}
	return strings.TrimRight(p.String(), "\n") + "\n"
}

// A page is Markdown being written, block by block.
type page struct{ strings.Builder }

func (p *page) block(s string) { p.WriteString(strings.TrimRight(s, "\n") + "\n\n") }

func (p *page) item(text clean.MD) { p.WriteString("- " + string(text) + "\n") }

func (p *page) summary(l Library) {
	var rows [][]clean.MD
	for _, s := range l.Books {
		r := s.summary(l.Now)
		rows = append(rows, []clean.MD{clean.Code(r.playbook), clean.Prose(s.headline()), clean.Code(r.gates), clean.Prose(r.agreed), clean.Prose(r.last), clean.Prose(r.due)})
	}
	p.block(clean.Table([]clean.MD{"Playbook", "Stage 1", "Gates", "Agreed", "Last exercise", "Due"}, rows...))
	p.block(string(clean.Prose("x passed, - does not apply, . missing: " + legend())))
}

// book is everything about one playbook.
func (p *page) book(s Standing, now time.Time) {
	p.block("## Playbook " + string(clean.Code(s.Playbook)))
	p.block(string(clean.Say("%s: **%s.** File %s, SHA-256 %s.", named(s), clean.MD(s.headline()), clean.Code(s.Path), clean.Code(s.Digest))))
	if s.Begin != nil {
		p.missing(*s.Begin)
	}
	var rows [][]clean.MD
	for i, g := range s.Gates {
		rows = append(rows, []clean.MD{clean.MD(fmt.Sprint(i + 1)), clean.Prose(g.Name), g.state(), g.shown()})
	}
	if rows != nil {
		p.block(clean.Table([]clean.MD{"", "Gate", "State", "Evidence"}, rows...))
	}
	p.lacks(s)
	p.dues(s, now)
	p.rest(s, now)
}

func (g Gate) state() clean.MD {
	return map[byte]clean.MD{'x': "passed", '-': "does not apply", '.': "**missing**"}[g.mark()]
}

func (g Gate) shown() clean.MD {
	said := clean.Prose(g.Left)
	for _, e := range g.Evidence {
		said = clean.Join("; ", said, clean.Prose(e))
	}
	return said
}

// lacks is all that is missing, with what mends it.
func (p *page) lacks(s Standing) {
	if s.Passed() == len(s.Gates) {
		return
	}
	p.block("### What is missing")
	if bound(s) {
		p.block(firstTheEdits)
	}
	for i, g := range s.Gates {
		for _, m := range g.Missing {
			p.block(fmt.Sprintf("**%d %s**: %s", i+1, g.Name, clean.Prose(m.What)))
			p.mend(m.Mend)
		}
	}
}

func (p *page) missing(m Missing) {
	p.block(string(clean.Prose(m.What)))
	p.mend(m.Mend)
}

func (p *page) mend(m Mend) {
	switch {
	case m.Command != "":
		p.block(clean.Fence("sh", m.Command))
	case m.Edit.YAML != "":
		p.block(string(clean.Say("In %s let it say:", clean.Code(strings.TrimPrefix(m.Edit.where(), "in ")))))
		p.block(clean.Fence("yaml", strings.TrimRight(m.Edit.YAML, "\n")))
	default:
		p.block(string(clean.Prose(sentence(m.Edit.where() + ": " + m.Edit.Do))))
	}
	if m.Note != "" {
		p.block(string(clean.Prose(sentence(m.Note))))
	}
}

func (p *page) dues(s Standing, now time.Time) {
	var rows [][]clean.MD
	for _, u := range s.Unfinished {
		rows = append(rows, []clean.MD{clean.Say("%s, %s of %s, not ended", u.ID, string(u.Kind), u.Scenario), clean.Prose(day(u.Since)), u.Mend.short()})
	}
	for _, d := range s.Due {
		rows = append(rows, []clean.MD{clean.Prose(d.What()), clean.Prose(d.when(now)), d.Mend.short()})
	}
	if rows != nil {
		p.block("### Due")
		p.block(clean.Table([]clean.MD{"What", "When", "How"}, rows...))
	}
}

// short is a mend in a cell.
func (m Mend) short() clean.MD {
	if m.Command != "" {
		return clean.Code(m.Command)
	}
	return clean.Say("in %s: %s", clean.Code(m.Edit.File), clean.Code(strings.Join(strings.Fields(m.Edit.YAML), " ")))
}

// rest is what no gate asks for.
func (p *page) rest(s Standing, now time.Time) {
	list := func(title string, items []clean.MD) {
		if len(items) > 0 {
			p.block("### " + title + "\n\n- " + string(clean.Join("\n- ", items...)))
		}
	}
	var open, questions, strays, next []clean.MD
	for _, stray := range s.Strays {
		strays = append(strays, clean.Prose(stray))
	}
	for _, im := range s.Improvements {
		open = append(open, clean.Prose(aged(im, now)))
	}
	for _, b := range s.Baselines {
		questions = append(questions, clean.Prose(asked(b)))
	}
	for _, a := range s.Next {
		next = append(next, clean.Say("%s of %s: %s", a.Done, a.Of, a.What))
	}
	list("Open improvements", open)
	list("To ask the owner of the service", questions)
	list("Not to be trusted, in the folder of the agreement", strays)
	list(towards, next)
}
