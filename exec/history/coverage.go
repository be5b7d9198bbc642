package history

import (
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// A Covered is what of a scenario, as its text is now, real exercises have
// tried.
type Covered struct {
	Scenario, Title string
	Exercised       time.Time // when a real exercise of it was last completed; zero: never
	Steps           []Tried
	Branches        []Tried // the answers of decisions and guards
}

// A Tried is a part of a scenario, and when it was last tried.
type Tried struct {
	Step string
	Say  string // of a branch, the answer
	Last time.Time
}

// Share is how many of some parts were ever tried.
func Share(of []Tried) (tried int) {
	for _, t := range of {
		if !t.Last.IsZero() {
			tried++
		}
	}
	return tried
}

// Coverage is what was tried of each scenario of a playbook. What the present
// text words otherwise than the exercise's has not been tried as it is now.
func Coverage(all []Record, book *runbook.Playbook) []Covered {
	covered := make([]Covered, len(book.Scenarios))
	for i := range book.Scenarios {
		covered[i] = cover(Of(all, book.ID, book.Scenarios[i].ID), &book.Scenarios[i])
	}
	return covered
}

func cover(of []Record, sc *runbook.Scenario) Covered {
	c := Covered{Scenario: sc.ID, Title: sc.Title}
	last := map[Tried]time.Time{}
	for _, r := range of {
		if !r.Real() {
			continue
		}
		if r.Aside() == "" {
			c.Exercised = r.State.First
		}
		for i, step := range r.State.Scenario.Steps {
			if !same(sc, step) {
				continue
			}
			st := r.State.Step(i)
			if tried(st) {
				last[Tried{Step: step.ID}] = r.State.First
			}
			for _, say := range chosen(step, st) {
				last[Tried{Step: step.ID, Say: say}] = r.State.First
			}
		}
	}
	for _, step := range sc.Steps {
		part := Tried{Step: step.ID}
		c.Steps = append(c.Steps, Tried{Step: step.ID, Last: last[part]})
		for _, say := range branches(step) {
			part.Say = say
			c.Branches = append(c.Branches, Tried{Step: step.ID, Say: say, Last: last[part]})
		}
	}
	return c
}

// branches are the answers that a step allows for, in their order.
func branches(step runbook.Step) []string {
	var all []string
	if exec.Conditional(step) {
		all = append(all, string(exec.Yes), string(exec.No))
	}
	for _, a := range step.Answers {
		all = append(all, a.Say)
	}
	return all
}

// chosen are the answers that were given at a step. Where the document went
// back over a guard, yes is known from what was done then, and no is not known.
func chosen(step runbook.Step, st exec.StepState) []string {
	var all []string
	switch {
	case !exec.Conditional(step):
	case st.Guard == exec.No:
		all = append(all, string(exec.No))
	case st.Guard == exec.Yes || tried(st):
		all = append(all, string(exec.Yes))
	}
	for _, n := range st.Chosen {
		if n <= len(step.Answers) {
			all = append(all, step.Answers[n-1].Say)
		}
	}
	return all
}

// Carried are the ids of the steps that were carried out, in the document's
// order. Nothing is in what was not real.
func (r Record) Carried() []string {
	if !r.Real() {
		return nil
	}
	var ids []string
	for i, step := range r.State.Scenario.Steps {
		if tried(r.State.Step(i)) {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

// tried reports whether a step was carried out, however that ended, on the last
// way through it or on an earlier one.
func tried(st exec.StepState) bool {
	if carriedOut(st.Status) {
		return true
	}
	for _, a := range st.Attempts {
		if a.Result != nil && !a.Result.Simulated && !a.Void {
			return true
		}
	}
	return false
}
