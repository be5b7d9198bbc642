package check

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"bythebook/runbook"
)

// The checks of the time that a document plans for, and how it adds up on the
// ways through a scenario.

// planned is how long a step is expected to take, at the most that its
// document says; known is false where it says nothing.
func (st *step) planned() (d time.Duration, known bool) {
	switch {
	case st.EstimateMax > 0:
		return st.EstimateMax, true
	case st.Estimate > 0:
		return st.Estimate, true
	case st.Kind == runbook.Wait:
		return st.Wait, true
	case st.Kind == runbook.Until:
		return st.Within, true
	}
	return 0, false
}

// findPlannedTime is LS15.
func findPlannedTime(s *subject) {
	for _, sc := range s.procedures().scenes {
		if sc.RTO == 0 {
			continue
		}
		first, stop := sc.flow.first[runbook.Recovery], sc.stops()
		var unknown []string
		for i := first; i <= stop; i++ {
			if _, known := sc.steps[i].planned(); !known {
				unknown = append(unknown, sc.steps[i].ID)
			}
		}
		if len(unknown) > 0 {
			s.reportAs(Warning, scenarioPath(sc.Scenario, "recovery"), fmt.Sprintf("no estimate is given for %s that count towards the RTO: %s", outOf(len(unknown), stop+1-first), few(unknown)), "")
		}
		if worst := sc.worst(first, stop) + sc.Clock.Steady; worst > sc.RTO {
			s.report(scenarioPath(sc.Scenario, "rto"), fmt.Sprintf("the longest way through takes %s as planned, and the RTO is %s; noticing the failure and calling people come on top", inWords(worst), inWords(sc.RTO)),
				"shorten the way, or promise what can be kept")
		}
	}
}

// stops is the last step that the RTO clock waits for.
func (sc *scene) stops() int {
	mark := sc.Clock.Stops
	if mark == "" {
		mark = runbook.Verified
	}
	for i := len(sc.steps) - 1; i >= 0; i-- {
		if sc.steps[i].Mark == mark {
			return i
		}
	}
	switch mark {
	case runbook.Recovered:
		return sc.flow.first[runbook.Test] - 1
	case runbook.Verified:
		return sc.flow.first[runbook.Resume] - 1
	}
	return len(sc.steps) - 1
}

// worst is the longest planned way from a step to the end of another one, at
// the most that the document says.
func (sc *scene) worst(first, stop int) time.Duration {
	most := func(st *step) time.Duration { d, _ := st.planned(); return d }
	return sc.longest(first, stop, most, func(way) bool { return true })
}

// least is how long recovery and test take at the least that the document
// itself plans for, 0 where it plans nothing: of what must be done on the longest
// way, what is likely. What may be left out, and a way out after a failure, take
// nothing.
func (sc *scene) least() time.Duration {
	return sc.longest(sc.flow.first[runbook.Recovery], sc.flow.first[runbook.Resume]-1, (*step).likely, func(w way) bool { return w.key != "if_not" })
}

// likely is the time that a step needs where nothing goes wrong.
func (st *step) likely() time.Duration {
	switch {
	case st.conditional():
		return 0
	case st.Estimate == 0:
		return st.Wait
	}
	return st.Estimate
}

// longest is the longest way from a step to the end of another one by what the
// steps take, on ways that count, going back left out. Steps that are done
// together take as long as the longest of them.
func (sc *scene) longest(first, stop int, takes func(*step) time.Duration, counts func(way) bool) time.Duration {
	until := make([]time.Duration, len(sc.steps)+1) // a step begins
	come := make([]bool, len(sc.steps)+1)           // some way leads to it
	come[first] = true
	var all, together time.Duration
	for i := first; i <= stop; i++ {
		st := &sc.steps[i]
		if i == first || st.Together == "" || st.Together != sc.steps[i-1].Together {
			together = 0
		}
		adds := max(0, takes(st)-together)
		together = max(together, takes(st))
		if !come[i] {
			continue
		}
		all = max(all, until[i]+adds)
		for _, w := range sc.flow.ways[i] {
			if w.to > i && counts(w) {
				come[w.to] = true
				until[w.to] = max(until[w.to], until[i]+w.takes(adds))
			}
		}
	}
	return all
}

// takes is the time that a step adds on this way: none where it is left out.
func (w way) takes(d time.Duration) time.Duration {
	if !w.done && w.key == "" {
		return 0
	}
	return d
}

// coarse is the finest that people plan in: that a command of ten seconds is
// planned as a minute contradicts nothing.
const coarse = time.Minute

// findTimeouts is LS16, said once a scenario.
func findTimeouts(s *subject) {
	for _, sc := range s.procedures().scenes {
		var without []string
		var short []*step
		for _, st := range sc.all() {
			takes, _ := st.planned()
			switch limit := st.limit(); {
			case limit == 0 && st.Kind == runbook.Run && st.Opens == "":
				without = append(without, st.ID)
			case limit > 0 && limit < takes && takes > coarse:
				short = append(short, st)
			}
		}
		if len(short) > 0 {
			s.reportShort(short)
		}
		if len(without) > 0 {
			s.report(scenarioPath(sc.Scenario, ""), "no `timeout` stops "+few(without), "")
		}
	}
}

// limit is the time after which a step is stopped, 0 for never.
func (st *step) limit() time.Duration {
	if st.Kind == runbook.Until {
		return max(st.Timeout, st.Within)
	}
	return st.Timeout
}

func (s *subject) reportShort(steps []*step) {
	first := steps[0]
	takes, _ := first.planned()
	message := fmt.Sprintf("it is stopped after %s, and planned to take %s", inWords(first.limit()), inWords(takes))
	if len(steps) > 1 {
		var others []string
		for _, st := range steps[1:] {
			others = append(others, st.ID)
		}
		message += "; likewise " + few(others)
	}
	s.report(first.path, message, "allow more time than is planned, or plan less")
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
