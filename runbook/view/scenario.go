package view

import (
	"cmp"
	"strings"

	"bythebook/runbook"
)

// A guide leads through one scenario. It knows its steps by number, as people
// do who read them out.
type guide struct {
	*view
	s      *runbook.Scenario
	places map[string]md // what a target means, in words
}

func (v *view) guide(s *runbook.Scenario) *guide {
	g := &guide{v, s, map[string]md{}}
	for i, step := range s.Steps {
		g.places[step.ID] = say("step %s, %s", i+1, code(step.ID))
	}
	for i, step := range s.Abort.Steps {
		g.places[step.ID] = say("abort step %s, %s", i+1, code(step.ID))
	}
	for _, p := range runbook.Procedures {
		g.places[string(p)] = "the end"
		if i := s.First(p); i < len(s.Steps) {
			g.places[string(p)] = g.places[s.Steps[i].ID]
		}
	}
	g.places[string(runbook.Aborting)] = "the abort procedure"
	return g
}

// place is where a target leads to, or a step that is named.
func (g *guide) place(id string) md { return cmp.Or(g.places[id], text(id)) }

// procedures are the titles of the parts of a scenario.
var procedures = map[runbook.Procedure]md{
	runbook.Inject:   "Bringing the failure about (in exercises only)",
	runbook.Recovery: "Recovery procedure",
	runbook.Test:     "Test procedure",
	runbook.Resume:   "Resume procedure",
	runbook.Aborting: "Abort: back to safety from anywhere",
}

// writeScenario writes a scenario below its heading.
func (v *view) writeScenario(p *page, s *runbook.Scenario) {
	g := v.guide(s)
	p.table([]md{"What", "In this scenario"}, telling(g.facts()...)...)
	if s.Overview != "" {
		p.heading(3, "Overview")
		p.prose(s.Overview)
	}
	g.writeAssumptions(p)
	for i, step := range s.Steps {
		if i == 0 || step.Procedure != s.Steps[i-1].Procedure {
			p.heading(3, cmp.Or(procedures[step.Procedure], text(string(step.Procedure))))
		}
		g.writePart(p, s.Steps, i)
		g.writeStep(p, i+1, step)
	}
	g.writeAbort(p)
}

func (g *guide) facts() [][]md {
	s := g.s
	promise, _ := g.book.Dependency(s.Component)
	return [][]md{
		{"Class", text(s.Class)},
		{"Fails", joined(" ", g.component(s.Component), text(s.FailureMode))},
		{"Seen by", g.detection(s)},
		{"Primary lead", g.person(s.Primary)},
		{"Secondary lead", g.person(s.Secondary)},
		{"Severity", g.severity()},
		{"Recovery time objective", cmp.Or(long(s.RTO), "none is documented")},
		{"Recovery point objective", cmp.Or(long(s.RPO), "none is documented")},
		{"RTO clock", g.clock()},
		{"Downtime that can be borne", long(promise.MTD)},
		{"Meanwhile", text(short(promise.Workaround))},
		{"Restored means", text(cmp.Or(s.Success, short(g.book.Success)))},
		{"Recovery platform", text(s.Platform)},
		{"Its failure domain", text(s.Landing.Domain)},
		{"Its capacity", text(s.Landing.Capacity)},
		{"Access to it", text(s.Landing.Access)},
		{"An injected failure may reach", text(s.BlastRadius)},
	}
}

// who is a person, seen from within the scenario, which has leads.
func (g *guide) who(id string) md {
	lead := map[string]string{runbook.PrimaryLead: g.s.Primary, runbook.SecondaryLead: g.s.Secondary}[id]
	if lead == "" {
		return g.person(id)
	}
	return say("%s (%s)", g.person(id), g.contact(lead))
}

// severity is the scenario's, with what the document means by it.
func (g *guide) severity() md {
	for _, row := range g.book.Severities {
		if row.ID == g.s.Severity {
			return say("%s: %s", row.ID, short(row.Text))
		}
	}
	return text(g.s.Severity)
}

// clock says from when to when the RTO counts, also where the document leaves
// that to the rule.
func (g *guide) clock() md {
	c := g.s.Clock
	return joined(", ",
		say("from %s to %s", cmp.Or(c.Starts, runbook.Disruption), cmp.Or(c.Stops, runbook.Verified)),
		after("once all has been well for ", long(c.Steady)))
}

func (g *guide) writeAssumptions(p *page) {
	if len(g.s.Assumptions) == 0 {
		return
	}
	p.heading(3, "Basic assumptions")
	for _, a := range g.s.Assumptions {
		aside := joined("; ", text(a.Kind), after("who knows: ", g.who(a.Owner)))
		if aside != "" {
			aside = "(" + aside + ")"
		}
		p.item("-", joined(" ", "[ ]", text(a.Text), aside), func() { p.probe("Look:", a.Probe) })
	}
}

func (g *guide) writeAbort(p *page) {
	a := g.s.Abort
	if len(a.When)+len(a.Steps) == 0 {
		return
	}
	p.heading(3, procedures[runbook.Aborting])
	p.para(after("It is called when: ", sentences(a.When)))
	for i, step := range a.Steps {
		g.writePart(p, a.Steps, i)
		g.writeStep(p, i+1, step)
	}
}

// writePart writes the heading under which a step and its followers stand in a
// document without procedures.
func (g *guide) writePart(p *page, steps []runbook.Step, i int) {
	if part := text(steps[i].Part); part != "" && (i == 0 || steps[i].Part != steps[i-1].Part) {
		p.heading(4, part)
	}
}

// probe writes a command that looks, and what it must see.
func (p *page) probe(label md, probe *runbook.Probe) {
	if probe == nil {
		return
	}
	p.para(label)
	p.fence("sh", probe.Run)
	p.expect(probe.Expect, true)
}

// expect writes what must be seen. Text of many lines stands in a fence.
func (p *page) expect(e runbook.Expect, command bool) {
	clauses := e.Clauses()
	switch {
	case !e.Stated && command:
		p.para("Expected: exit 0. Nothing more is documented.")
		return
	case !e.Stated:
		return
	case !command:
		clauses = clauses[1:] // a person has no exit status
	}
	var short []md
	for _, c := range clauses {
		if !strings.Contains(strings.TrimSpace(c.Text), "\n") {
			short = append(short, clause(e, c))
		}
	}
	p.para(after("Expected: ", joined("; ", short...)))
	for _, c := range clauses {
		if strings.Contains(strings.TrimSpace(c.Text), "\n") {
			p.para(say("Expected: %s", c.Words) + ":")
			p.fence("text", c.Text)
		}
	}
}

// clause is a part of an expectation on one line. What a person must see is
// said in prose.
func clause(e runbook.Expect, c runbook.Clause) md {
	if c.Text != "" && c.Text == e.State {
		return text(c.Text)
	}
	return joined(" ", text(c.Words), optional(strings.TrimSpace(c.Text), code))
}
