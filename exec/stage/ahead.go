package stage

import (
	"slices"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/runbook/check"
)

// Ahead is one thing that the stage after this one asks for: its failure tests of
// critical dependencies, outside of production, by injection, with results that
// everybody can read. It tells, and asks for nothing.
type Ahead struct {
	What     string
	Done, Of int
}

// ahead is how far the way there is.
func (in Input) ahead() []Ahead {
	tests := slices.DeleteFunc(slices.Clone(in.Book.Scenarios), func(sc runbook.Scenario) bool {
		d, known := in.Book.Dependency(sc.Component)
		return sc.Class != runbook.CriticalDependency && !(known && d.Critical())
	})
	held := map[string]bool{}
	for _, r := range in.Records {
		if r.Real() && r.Verdicts.Completion == exec.Completed && r.State.Began.Kind == exec.Rehearsal {
			held[r.State.Began.Scenario] = true
		}
	}
	plan, named := in.Book.Exercise, 0
	if plan != nil && plan.Environment.Name != "" && len(plan.Environment.Targets) > 0 {
		named = 1
	}
	ready := check.Readiness(in.Book)
	return []Ahead{
		{"failure tests of critical dependencies rehearsed", count(tests, func(sc runbook.Scenario) bool { return held[sc.ID] }), len(tests)},
		{"of them with documented steps that bring the failure about", count(tests, func(sc runbook.Scenario) bool { return sc.Last(runbook.Inject) >= 0 }), len(tests)},
		{"environment and targets named, below `exercise.environment`", named, 1},
		{"commands that could be carried out without a person", ready.Ready, ready.Of},
	}
}

// towards names the next stage by its content: its number differs from book to book.
const towards = "Towards failure tests of critical dependencies, outside of production"
