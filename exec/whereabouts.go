package exec

import (
	"strings"

	"bythebook/runbook"
)

// Whereabouts say where a step's command runs, with what, and what becomes of
// its terminal.
func Whereabouts(step runbook.Step) []Fact {
	in := []string{step.In.Dir}
	for _, e := range step.In.Env {
		in = append(in, e.ID+"="+e.Text)
	}
	alone, again := "", ""
	if step.Isolated {
		alone = "a process of its own; what it sets is gone with it"
	}
	if step.Setup {
		again = "in a terminal that replaces a lost one"
	}
	var facts []Fact
	for _, f := range []Fact{
		{"at", strings.Join(step.At, ", then ")}, {"opens", step.Opens}, {"closes", step.Closes},
		{"in", strings.TrimSpace(strings.Join(append(in, step.In.Shell), " "))}, {"alone", alone}, {"again", again},
	} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}
