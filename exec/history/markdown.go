package history

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
)

// Foreign text becomes Markdown only in exec/clean.
type md = clean.MD

// A page is Markdown being written, block by block.
type page struct{ b strings.Builder }

func (p *page) block(s string) { p.b.WriteString(s + "\n\n") }

func (p *page) heading(level int, title md) {
	p.block(strings.Repeat("#", level) + " " + string(title))
}

func (p *page) para(text md) { p.block(string(text)) }

func (p *page) table(head []md, rows ...[]md) { p.block(clean.Table(head, rows...)) }

func (p *page) String() string { return strings.TrimRight(p.b.String(), "\n") + "\n" }

// damaged lists the records that can't be trusted.
func (p *page) damaged(of []Record) {
	if len(of) == 0 {
		return
	}
	p.heading(2, "Records that can't be read")
	p.para("They are part of no figure on this page.")
	p.table([]md{"Exercise", "What is wrong"}, each(of, func(r Record) []md {
		return []md{clean.Code(r.ID), clean.Prose(r.Damage.Error())}
	})...)
}

// Markdown is the overview as a page to publish.
func Markdown(o Overview) string {
	p := &page{}
	p.heading(1, clean.Say("Exercises of %s", titled(o.Title, o.Playbook)))
	p.para(clean.Say("As of %s UTC. Figures are those of real exercises that went to the end of the document; the others are listed with why they are part of none.", o.Now.UTC().Format("2006-01-02 15:04")))
	if o.Gone {
		p.para("The playbook is not here; only its records are.")
	}
	if len(o.Covered) > 0 {
		p.para(clean.Say("Tried of the present text: %s.", o.total()))
	}
	for _, t := range o.Trends {
		o.section(p, t)
	}
	o.plan(p)
	o.objectives(p)
	p.damaged(o.Damaged)
	return p.String()
}

// titled is a title with its id.
func titled(title, id string) md {
	if title == "" {
		return clean.Code(id)
	}
	return clean.Say("%s (%s)", title, clean.Code(id))
}

// section is one scenario.
func (o Overview) section(p *page, t Trend) {
	p.heading(2, titled(t.Title, t.Scenario))
	if len(t.Exercises) == 0 {
		p.para("Never exercised.")
		return
	}
	p.para(clean.Prose(t.share() + "; " + strings.Join(t.summary(), "; ") + "."))
	p.table(exerciseHead, each(t.Exercises, exerciseRow)...)
	t.sums(p)
	if len(t.Slowest) > 0 {
		p.heading(3, "Slowest against plan")
		p.table([]md{"No.", "Step", "Plan", "Took", "Ratio", "Median of"}, each(t.Slowest, slowRow)...)
	}
	if len(t.Again) > 0 {
		p.heading(3, "Deviations that came back")
		p.table([]md{"Deviation", "Step", "When", "Exercises"}, each(t.Again, againRow)...)
	}
	o.touched(p, t.Scenario)
}

var exerciseHead = []md{"Exercise", "When (UTC)", "Scenario", "Type, rule", "Completion", "Outcome", "Fidelity", "RTA / RTO", "RPA / RPO", "Deviations", "Tries"}

// exerciseRow is one exercise with its verdicts.
func exerciseRow(r Record) []md {
	if r.Damage != nil {
		return []md{clean.Code(r.ID), "", "", "", "**damaged**", "", "", "", "", "", ""}
	}
	s, v := r.State, r.Verdicts
	completion := clean.Prose(string(v.Completion))
	if r.Aside() != "" {
		completion = clean.Say("%s; part of no figure", r.Aside())
	}
	return []md{
		clean.Code(r.ID), md(s.First.UTC().Format("2006-01-02 15:04")), clean.Code(s.Began.Playbook + " > " + s.Began.Scenario), clean.Say("%s, %s", s.Began.Kind, s.Began.Rule),
		completion, md(v.Outcome), md(v.Fidelity), beside(r.Objective("RTO")), beside(r.Objective("RPO")), md(fmt.Sprint(len(r.Deviations))), md(fmt.Sprint(r.Tries())),
	}
}

// beside is what was measured beside what was promised.
func beside(o exec.Objective) md {
	switch {
	case o.Target == 0:
		return "no objective"
	case !o.Measured:
		return clean.Say("not measured (%s) / %s", o.Why, exec.Long(o.Target))
	case o.Notional:
		return clean.Say("%s / %s, simulated outage", exec.Long(o.Actual), exec.Long(o.Target))
	}
	return clean.Say("%s / %s", exec.Long(o.Actual), exec.Long(o.Target))
}

// sums are first, best, last and median of what can be counted.
func (t Trend) sums(p *page) {
	var rows [][]md
	for _, f := range []struct {
		name md
		of   Figure[time.Duration]
	}{{"Recovery", t.RTA}, {"Data lost", t.RPA}} {
		if f.of.Of > 0 {
			rows = append(rows, []md{f.name, long(f.of.First), long(f.of.Best), long(f.of.Last), long(f.of.Median), md(fmt.Sprint(f.of.Of))})
		}
	}
	for _, f := range []struct {
		name md
		of   Figure[int]
	}{{"Deviations", t.Deviations}, {"Tries", t.Tries}} {
		if f.of.Of > 0 {
			rows = append(rows, []md{f.name, clean.Say("%s", f.of.First), clean.Say("%s", f.of.Best), clean.Say("%s", f.of.Last), clean.Say("%s", f.of.Median), clean.Say("%s", f.of.Of)})
		}
	}
	if len(rows) > 0 {
		p.table([]md{"", "First", "Best", "Last", "Median", "Of"}, rows...)
	}
}

func long(d time.Duration) md { return md(exec.Long(d)) }

func slowRow(s Slow) []md {
	return []md{clean.Say("%s", s.N), clean.Say("%s %s", clean.Code(s.Step), s.Do), long(s.Plan), long(s.Took), clean.Say("%s", fmt.Sprintf("%.1f", s.Ratio())), clean.Say("%s", s.Of)}
}

func againRow(a Again) []md {
	step := md("the whole")
	if a.Step != "" {
		step = clean.Code(a.Step)
	}
	return []md{clean.Say("%s %s", a.Code, a.Name), step, clean.Prose(a.times()), clean.Join(", ", each(a.Exercises, clean.Code)...)}
}

// touched is what was tried of the scenario's present text.
func (o Overview) touched(p *page, scenario string) {
	c, ok := o.covered(scenario)
	if !ok {
		if !o.Gone {
			p.para("The playbook has no such scenario any more.")
		}
		return
	}
	p.heading(3, "Tried of the present text")
	p.table([]md{"", "Tried", "Of", "Never"},
		[]md{"Steps", clean.Say("%s", Share(c.Steps)), clean.Say("%s", len(c.Steps)), clean.Join(", ", each(names(c.Steps), clean.Code)...)},
		[]md{"Answers", clean.Say("%s", Share(c.Branches)), clean.Say("%s", len(c.Branches)), clean.Join(", ", each(names(c.Branches), clean.Code)...)})
	p.para(clean.Say("A real exercise was last completed: %s.", day(c.Exercised)))
}

// plan are the open improvements.
func (o Overview) plan(p *page) {
	p.heading(2, "Open improvements")
	if len(o.Improvements) == 0 {
		p.para("None.")
		return
	}
	p.para("An improvement is closed by the next real exercise of its scenario that goes through the same step without the like.")
	p.table([]md{"Weight", "Kind", "Scenario", "Step", "Change", "Owner", "Since", "Age", "Shown by"}, each(o.Improvements, func(im Improvement) []md {
		return []md{
			md(im.Severity), clean.Prose(im.Code), clean.Code(im.Scenario), optional(im.Step), clean.Prose(im.Text), clean.Prose(named(im.Owner)),
			md(day(im.Since)), clean.Prose(o.age(im)), clean.Join(", ", each(append([]string{im.Exercise}, im.Again...), clean.Code)...),
		}
	})...)
}

func optional(id string) md {
	if id == "" {
		return ""
	}
	return clean.Code(id)
}

// objectives are those that exercises suggest to think over.
func (o Overview) objectives(p *page) {
	if len(o.Baselines) == 0 {
		return
	}
	p.heading(2, "Objectives to think over")
	p.para("These are questions to whoever owns the service. Nothing was changed.")
	p.table([]md{"Scenario", "Objective", "Why"}, each(o.Baselines, func(b Baseline) []md {
		return []md{clean.Code(b.Scenario), clean.Prose(b.Question()), clean.Prose(b.Why)}
	})...)
}
