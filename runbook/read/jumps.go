package read

import (
	"strings"

	"bythebook/runbook"
)

// target is where a procedure goes on. What it names is looked up when all
// steps of the scenario are known.
func target(v value) runbook.Target {
	t := v.text()
	if t == "abort" || strings.Contains(t, ":") {
		v.fault("the target "+show(t)+" is not supported yet", "")
		return runbook.Next
	}
	return runbook.Target(t)
}

// checkJumps looks up every target of the scenario's steps.
func (s *scene) checkJumps() {
	places := map[runbook.Target]int{}
	var names []string
	for i, st := range s.Steps {
		places[runbook.Target(st.ID)] = i
		names = append(names, st.ID)
	}
	for _, p := range []runbook.Procedure{runbook.Recovery, runbook.Test, runbook.Resume} {
		places[runbook.Target(p)] = s.First(p)
		names = append(names, string(p))
	}
	names = append(names, string(runbook.Next))
	known := func(i int, v value, t runbook.Target) (int, bool) {
		if t == "" || t == runbook.Next {
			return i + 1, true
		}
		to, ok := places[t]
		if !ok {
			v.fault("there is no step "+show(string(t))+" in this scenario", s.at.r.meant(string(t), names))
		}
		return to, ok
	}
	for i, d := range s.drafts {
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

// checkLeads wants the scenario to have the lead that a step is given to.
func (s *scene) checkLeads() {
	for _, d := range s.drafts {
		if d.Who == "lead.primary" && s.Primary == "" || d.Who == "lead.secondary" && s.Secondary == "" {
			pick(d.pairs, "who").fault("this scenario has no "+show(d.Who), "name one in `leads`")
		}
	}
}
