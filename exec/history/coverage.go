package history

import "bythebook/exec"

// Carried are the ids of the steps that were carried out, in the document's
// order. Nothing is in what was not real.
func (r Record) Carried() []string {
	if r.Damage != nil || !r.Real() {
		return nil
	}
	var ids []string
	for i, step := range r.State.Scenario.Steps {
		if carried(r.State.Step(i)) {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

// carried reports whether a step was carried out, however that ended.
func carried(st exec.StepState) bool {
	if st.Status == exec.Passed || st.Status == exec.Done {
		return true
	}
	for _, a := range st.Attempts {
		if a.Result != nil && !a.Result.Simulated && !a.Void {
			return true
		}
	}
	return false
}
