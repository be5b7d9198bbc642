package history

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// latest is how many exercises tell how things stand now. What was before them
// is how they were.
const latest = 5

// Objective is what was promised under a name, RTO, RPO or MTD, beside what was
// measured.
func (r Record) Objective(name string) exec.Objective {
	for _, o := range r.Objectives {
		if o.Name == name {
			return o
		}
	}
	return exec.Objective{Name: name, Verdict: exec.NotEvaluated, Why: "the document promises none"}
}

// Tries is how often the command of a step was started, or its wait.
func (r Record) Tries() int {
	n := 0
	if r.State.Scenario == nil {
		return n
	}
	for i := range r.State.Scenario.Steps {
		for _, a := range r.State.Step(i).Attempts {
			if !a.Void {
				n++
			}
		}
	}
	return n
}

// Aside says why an exercise is no part of any figure, "" where it is: only
// those count that were real and went to the end of the document. One that
// measured an objective counts for that one.
func (r Record) Aside() string {
	s := r.State
	switch {
	case r.Damage != nil:
		return "damaged"
	case s.Ended == nil && s.Started.IsZero():
		return "not begun"
	case s.Waits():
		return "unfinished" + at(s)
	case s.Ended != nil && s.Ended.Completion != exec.Completed:
		return string(s.Ended.Completion) + at(s)
	case s.Began.Kind == exec.Tabletop:
		return "talked through"
	case s.Began.DryRun:
		return "dry run"
	}
	return ""
}

// at says where an exercise stands, "" behind its last step.
func at(s exec.State) string {
	if _, open := s.Current(); !open {
		return ""
	}
	return fmt.Sprintf(" at step %d of %d", s.At+1, len(s.Scenario.Steps))
}

// counted are those that figures are made of.
func counted(of []Record) []Record {
	return slices.DeleteFunc(slices.Clone(of), func(r Record) bool { return r.Aside() != "" })
}

// newest are the last n at most.
func newest[T any](of []T, n int) []T { return of[max(0, len(of)-n):] }

// A Figure is how something went over the exercises that count.
type Figure[N int | time.Duration] struct {
	First, Best, Last N
	Median            N // of an even number, halfway between the middle two, upwards
	Of                int
}

func figure[N int | time.Duration](all []N) Figure[N] {
	n := len(all)
	if n == 0 {
		return Figure[N]{}
	}
	sorted := slices.Sorted(slices.Values(all))
	return Figure[N]{
		First: all[0], Best: sorted[0], Last: all[n-1],
		Median: (sorted[(n-1)/2] + sorted[n/2] + 1) / 2, Of: n,
	}
}

// A Slow is a step that takes longer than the document plans.
type Slow struct {
	Step       string
	N          int    // its number in the document, from 1
	Do         string // its instruction
	Plan, Took time.Duration
	Of         int // exercises that Took is the median of
}

// Ratio is how many times as long as planned it takes.
func (s Slow) Ratio() float64 { return float64(s.Took) / float64(s.Plan) }

// An Again is a deviation that came back: the same kind at the same step, in two
// or more exercises.
type Again struct {
	Code, Name, Step string
	Exercises        []string // the oldest first
	When             []time.Time
	Not              string // the newest exercise that was completed later and did not show it; "" where none was
}

// A Trend is what the exercises of one scenario show together.
type Trend struct {
	Playbook, Scenario string
	Title              string
	RTO, RPO           time.Duration // of the present text, or of the newest known; 0: none
	Exercises          []Record      // all of them, the oldest first

	RTA, RPA          Figure[time.Duration]
	Deviations, Tries Figure[int]
	Met, Of           int // how many of the newest that measured it met their RTO
	Slowest           []Slow
	Again             []Again
}

// trend reads the exercises of a scenario together.
func trend(all []Record, playbook string, sc *runbook.Scenario) Trend {
	t := Trend{Playbook: playbook, Scenario: sc.ID, Title: sc.Title, RTO: sc.RTO, RPO: sc.RPO, Exercises: Of(all, playbook, sc.ID)}
	count := counted(t.Exercises)
	rtas := measured(count, "RTO")
	t.RTA, t.RPA = figure(actuals(rtas)), figure(actuals(measured(count, "RPO")))
	var deviations, tries []int
	for _, r := range count {
		deviations, tries = append(deviations, len(r.Deviations)), append(tries, r.Tries())
	}
	t.Deviations, t.Tries = figure(deviations), figure(tries)
	for _, o := range newest(rtas, latest) {
		t.Of++
		if o.Verdict == exec.Met {
			t.Met++
		}
	}
	t.Slowest = slowest(newest(count, latest), playbook, sc)
	t.Again = again(t.Exercises)
	return t
}

// measured are the judgements on an objective that rest on a measurement.
func measured(of []Record, name string) []exec.Objective {
	var all []exec.Objective
	for _, r := range of {
		if o := r.Objective(name); o.Measured {
			all = append(all, o)
		}
	}
	return all
}

func actuals(of []exec.Objective) []time.Duration {
	all := make([]time.Duration, len(of))
	for i, o := range of {
		all[i] = o.Actual
	}
	return all
}

// slowest are the steps that take more than a tenth longer than planned, those
// first that cost most. How long a step took that was worded otherwise says
// nothing about the present one.
func slowest(of []Record, playbook string, sc *runbook.Scenario) []Slow {
	medians := Medians(of, playbook, sc.ID)
	var all []Slow
	for i, step := range sc.Steps {
		m, plan := medians[step.ID], exec.Planned(step)
		if plan > 0 && m.Of > 0 && same(of[len(of)-1].State.Scenario, step) && m.Took > plan+plan/10 {
			all = append(all, Slow{Step: step.ID, N: i + 1, Do: step.Do, Plan: plan, Took: m.Took, Of: m.Of})
		}
	}
	slices.SortStableFunc(all, func(a, b Slow) int { return cmp.Compare(b.Took-b.Plan, a.Took-a.Plan) })
	return all
}

// again are the deviations that came back, those first that came most often.
// What is for information only does not count, and neither does what a dry run
// shows, or an exercise that goes on.
func again(of []Record) []Again {
	of = slices.DeleteFunc(slices.Clone(of), func(r Record) bool { return !r.Real() || r.State.Ended == nil })
	var order []mark
	seen := map[mark]*Again{}
	for _, r := range of {
		if r.Aside() == "" {
			for _, a := range seen {
				a.Not = r.ID
			}
		}
		for _, d := range r.Deviations {
			if d.Severity == exec.Info {
				continue
			}
			at := mark{code: d.Code, step: d.Step}
			a, known := seen[at]
			if !known {
				a = &Again{Code: d.Code, Name: d.Name, Step: d.Step}
				seen[at], order = a, append(order, at)
			}
			if slices.Contains(newest(a.Exercises, 1), r.ID) {
				continue
			}
			a.Exercises, a.When, a.Not = append(a.Exercises, r.ID), append(a.When, r.State.First), ""
		}
	}
	var all []Again
	for _, at := range order {
		if a := seen[at]; len(a.Exercises) > 1 {
			all = append(all, *a)
		}
	}
	slices.SortStableFunc(all, func(a, b Again) int { return len(b.Exercises) - len(a.Exercises) })
	return all
}
