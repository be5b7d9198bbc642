package history

import (
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// Of are the records of a scenario of a playbook, the oldest first, those that are damaged left out.
func Of(all []Record, playbook, scenario string) []Record {
	var of []Record
	for _, r := range all {
		if b := r.State.Began; r.Damage == nil && b.Playbook == playbook && b.Scenario == scenario {
			of = append(of, r)
		}
	}
	return of
}

// Medians are those of a scenario's steps, by their ids. Only real exercises in
// which the step was carried out count, and of those only the ones in which it
// was the step that it is in the newest record: what another command or another
// instruction took says nothing about this one.
func Medians(all []Record, playbook, scenario string) map[string]exec.Median {
	of := Of(all, playbook, scenario)
	if len(of) == 0 {
		return nil
	}
	newest := of[len(of)-1].State.Scenario
	took := map[string][]time.Duration{}
	for _, r := range of {
		if !r.Real() {
			continue
		}
		for i, step := range r.State.Scenario.Steps {
			if st := r.State.Step(i); carriedOut(st.Status) && same(newest, step) {
				took[step.ID] = append(took[step.ID], st.Took())
			}
		}
	}
	medians := make(map[string]exec.Median, len(took))
	for id, all := range took {
		f := figure(all)
		medians[id] = exec.Median{Took: f.Median, Of: f.Of}
	}
	return medians
}

func carriedOut(s exec.Status) bool { return s == exec.Passed || s == exec.Done }

// same reports whether a scenario has a step in the same words.
func same(sc *runbook.Scenario, step runbook.Step) bool {
	i := sc.Find(step.ID)
	if i < 0 {
		return false
	}
	other := &sc.Steps[i]
	return other.Kind == step.Kind && other.Do == step.Do && other.Run == step.Run && slices.Equal(other.Runs, step.Runs) && other.Wait == step.Wait
}
