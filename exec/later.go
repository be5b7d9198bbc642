package exec

import (
	"slices"

	"bythebook/runbook"
)

// An Unready is something that a scenario holds and this program does not carry
// out yet. A dry run simulates it as it is documented.
type Unready struct {
	Step int    // its index
	Line int    // where that stands in the document
	What string // key and meaning, in words
}

// later is all that can be written and is not carried out yet, each row with
// the steps that hold it. A row goes when its piece of work comes.
var later = []struct {
	what  string
	holds func(runbook.Step) bool
}{
	{"`approve`, somebody else's approval", func(s runbook.Step) bool { return len(s.Approve) > 0 }},
	{"`opens`, from another terminal than the local one", func(s runbook.Step) bool { return s.Opens != "" && away(s) }},
	{"`isolated`, in another terminal than the local one", func(s runbook.Step) bool { return s.Isolated && away(s) }},
	{"`together`, steps in any order", func(s runbook.Step) bool { return s.Together != "" }},
	{"the way to `abort`", func(s runbook.Step) bool {
		return leads(s, func(t runbook.Target) bool { return t == runbook.Target(runbook.Aborting) })
	}},
	{"the way to another `scenario:`", func(s runbook.Step) bool { return leads(s, func(t runbook.Target) bool { return t.Other() != "" }) }},
}

// away reports whether a step runs in a terminal that another one opens.
func away(s runbook.Step) bool {
	return slices.ContainsFunc(s.At, func(name string) bool { return name != runbook.LocalTerminal })
}

// leads reports whether a step may lead to such a target.
func leads(s runbook.Step, to func(runbook.Target) bool) bool {
	return to(s.Then) || to(s.IfNot) || slices.ContainsFunc(s.Answers, func(a runbook.Answer) bool { return to(a.Go) })
}

// Later is what of a scenario can't be carried out yet, in the order of the
// document.
func Later(sc *runbook.Scenario) []Unready {
	var all []Unready
	for i, step := range sc.Steps {
		for _, row := range later {
			if row.holds(step) {
				all = append(all, Unready{i, step.Line, row.what})
			}
		}
	}
	return all
}
