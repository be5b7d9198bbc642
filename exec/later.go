package exec

import (
	"slices"

	"bythebook/runbook"
)

// An Unready is something that a scenario holds and this program does not carry
// out yet. A dry run simulates it as it is documented.
type Unready struct {
	Step int    // its index, -1 where it concerns the whole scenario, or its way back to safety
	Line int    // where that stands in the document
	What string // key and meaning, in words
}

// later is all that can be written and is not carried out yet, each row with
// the steps that hold it. A row goes when its piece of work comes.
var later = []struct {
	what  string
	holds func(runbook.Step) bool
}{
	{"`opens`, from another terminal than the local one", func(s runbook.Step) bool { return s.Opens != "" && away(s) }},
	{"`isolated`, in another terminal than the local one", func(s runbook.Step) bool { return s.Isolated && away(s) }},
}

// away reports whether a step runs in a terminal that another one opens.
func away(s runbook.Step) bool {
	return slices.ContainsFunc(s.At, func(name string) bool { return name != runbook.LocalTerminal })
}

// Later is what of a scenario can't be carried out yet, in the order of the
// document.
func Later(sc *runbook.Scenario) []Unready {
	var all []Unready
	for i, step := range slices.Concat(sc.Steps, sc.Abort.Steps) {
		if i >= len(sc.Steps) {
			i = -1
		}
		for _, row := range later {
			if row.holds(step) {
				all = append(all, Unready{i, step.Line, row.what})
			}
		}
	}
	return all
}
