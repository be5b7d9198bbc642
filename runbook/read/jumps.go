package read

import (
	"slices"
	"strings"

	"bythebook/runbook"
)

// readTarget is where a procedure goes on. What it names is looked up when all
// steps of the scenario are known; another scenario, when all of those are.
func readTarget(v value) runbook.Target {
	t := runbook.Target(v.text())
	if other := t.Other(); other != "" {
		named := v
		node := *v.node
		node.Value, node.Column = other, node.Column+len(t)-len(other)
		named.node = &node
		v.r.refs = append(v.r.refs, reference{named, []kind{scenario}})
	} else if strings.Contains(string(t), ":") {
		v.fault(show(string(t))+" leads nowhere", "another scenario is written scenario:ID")
		return runbook.Next
	}
	return t
}

// A map of places says where each target of a scenario leads.
type places map[runbook.Target]int

// checkJumps looks up every target of the scenario's steps, and of those that
// lead back to safety, which know only each other.
func (s *scene) checkJumps() {
	at := places{runbook.Target(runbook.Aborting): len(s.Steps)}
	for i, st := range s.Steps {
		at[runbook.Target(st.ID)] = i
	}
	for _, p := range []runbook.Procedure{runbook.Recovery, runbook.Test, runbook.Resume} {
		at[runbook.Target(p)] = s.First(p)
	}
	s.follow(s.drafts, at)
	back := places{}
	for i, d := range s.aborts {
		back[runbook.Target(d.ID)] = i
	}
	s.follow(s.aborts, back)
}

func (s *scene) follow(drafts []draft, at places) {
	var names []string
	known := func(i int, v value, t runbook.Target) (int, bool) {
		if t == "" || t == runbook.Next || t.Other() != "" {
			return i + 1, true
		}
		to, ok := at[t]
		if !ok && names == nil {
			for name := range at {
				names = append(names, string(name))
			}
			slices.Sort(names)
		}
		if !ok {
			v.fault("there is no step "+show(string(t))+" in this scenario", s.at.r.meant(string(t), append(names, string(runbook.Next))))
		}
		return to, ok
	}
	for i, d := range drafts {
		known(i, pick(d.pairs, "then"), d.Then)
		known(i, pick(d.pairs, "if_not"), d.IfNot)
		for j, r := range d.replies {
			to, ok := known(i, r.goes, d.Answers[j].Go)
			if ok && to > i && r.atMost.written() {
				r.atMost.faultKey("`at_most` bounds an answer that goes back, and this one goes on", "")
			}
		}
	}
}

// checkOrder looks up the steps that others wait for, the terminals that they
// run in, and whether steps that go together stand together.
func (s *scene) checkOrder() {
	all := slices.Concat(s.drafts, s.aborts)
	opened := map[string]bool{runbook.LocalTerminal: true}
	for _, d := range all {
		opened[d.Opens] = true
	}
	before, last := map[string]bool{}, map[string]int{}
	for i, d := range all {
		for _, name := range d.At {
			s.checkTerminal(opened, name, pick(d.pairs, "at"))
		}
		s.checkTerminal(opened, d.Closes, pick(d.pairs, "closes"))
		for _, id := range d.DependsOn {
			if !before[id] {
				pick(d.pairs, "depends_on").fault("no step up to here is called "+show(id), "")
			}
		}
		before[d.ID] = true
		if at, others := last[d.Together]; d.Together != "" && others && at != i-1 {
			pick(d.pairs, "together").fault("other steps stand between this one and the others of "+show(d.Together), "steps that go together follow one another")
		}
		last[d.Together] = i
	}
}

func (s *scene) checkTerminal(opened map[string]bool, name string, at value) {
	if at.written() && name != "" && !opened[name] {
		at.fault("no step opens the terminal "+show(name), "a step opens one with `opens`")
	}
}

// checkPoints wants the value of every recovery point captured before it.
func (s *scene) checkPoints() {
	captured := map[string]bool{}
	for _, d := range s.drafts {
		for _, c := range d.Capture {
			captured[c.Name] = true
		}
		if d.Point != nil && d.Point.From != "" && !captured[d.Point.From] {
			at := pick(pick(d.pairs, "point").pairs(), "from")
			at.fault("no step up to here captures "+show(d.Point.From), "")
		}
	}
}

// checkMarks leaves it to the test procedure to verify: what counts as verified
// without its steps would be an objective met on somebody's word.
func (s *scene) checkMarks() {
	for _, d := range slices.Concat(s.drafts, s.aborts) {
		if d.Mark == runbook.Verified && d.Procedure != runbook.Test {
			pick(d.pairs, "mark").fault("only a step of `test` can verify", "move the step to the test procedure")
		}
	}
}

// checkLeads wants the scenario to have the lead that a step is given to.
func (s *scene) checkLeads() {
	for _, d := range s.drafts {
		if d.Who == runbook.PrimaryLead && s.Primary == "" || d.Who == runbook.SecondaryLead && s.Secondary == "" {
			pick(d.pairs, "who").fault("this scenario has no "+show(d.Who), "name one in `leads`")
		}
	}
}
