package check

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"bythebook/runbook"
)

// plannedTime is how long recovery and test of a scenario take by their own
// estimates, on the longest way through them. What may be left out, a way out
// after a failure and a way back take nothing: it is the least that the
// document itself plans for. 0 says that it plans nothing.
func plannedTime(sc *runbook.Scenario) time.Duration {
	begin, end := sc.First(runbook.Recovery), sc.First(runbook.Resume)
	at := map[runbook.Target]int{
		runbook.Target(runbook.Recovery): begin, runbook.Target(runbook.Test): sc.First(runbook.Test), runbook.Target(runbook.Resume): end,
	}
	for i := range sc.Steps {
		at[runbook.Target(sc.Steps[i].ID)] = i
	}
	left := make([]time.Duration, len(sc.Steps)+1) // from the beginning of a step on
	for i := end - 1; i >= begin; i-- {
		for _, to := range goesTo(&sc.Steps[i]) {
			next, known := at[to]
			switch {
			case to == "" || to == runbook.Next:
				next = i + 1
			case !known || next <= i:
				continue
			}
			if next < end {
				left[i] = max(left[i], left[next])
			}
		}
		left[i] += takes(sc.Steps, i)
	}
	return left[begin]
}

// goesTo is where a step may go on when it was done as documented.
func goesTo(st *runbook.Step) []runbook.Target {
	if len(st.Answers) == 0 {
		return []runbook.Target{st.Then}
	}
	var all []runbook.Target
	for _, a := range st.Answers {
		all = append(all, a.Go)
	}
	return all
}

// takes is the planned time of a step. Steps that are done together take as
// long as the longest of them, which is counted at the first.
func takes(steps []runbook.Step, i int) time.Duration {
	name := steps[i].Together
	if name == "" {
		return estimate(&steps[i])
	}
	if i > 0 && steps[i-1].Together == name {
		return 0
	}
	var longest time.Duration
	for ; i < len(steps) && steps[i].Together == name; i++ {
		longest = max(longest, estimate(&steps[i]))
	}
	return longest
}

func estimate(st *runbook.Step) time.Duration {
	switch {
	case st.Optional || st.If != "" || st.IfProbe != nil:
		return 0
	case st.Estimate == 0:
		return st.Wait
	}
	return st.Estimate
}

// inWords is a length of time as a sentence says it: 64 h, 2 h 30 min, 90 d.
func inWords(d time.Duration) string {
	var parts []string
	for _, a := range runbook.Amounts(d) {
		if a.Name == "m" {
			a.Name = "min"
		}
		parts = append(parts, fmt.Sprintf("%d %s", a.N, a.Name))
	}
	return cmp.Or(strings.Join(parts, " "), "0 s")
}
