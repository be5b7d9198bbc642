package exec

import (
	"time"

	"bythebook/runbook"
)

// A Clock is the RTO clock as it stands at some instant.
type Clock struct {
	RTO      time.Duration // 0: no objective is documented
	Started  time.Time     // zero: it has not started
	Stopped  time.Time     // zero: it runs
	Elapsed  time.Duration // gross; a hold never stops it
	Left     time.Duration // RTO minus elapsed; negative when over
	Spare    time.Duration // left minus what the document still plans until the clock stops
	Notional bool          // the outage is simulated
	OnHold   time.Duration // within elapsed
}

// Pace puts SPARE into a word, so that it is never told by colour alone.
func (c Clock) Pace() string {
	switch {
	case c.RTO == 0 || c.Started.IsZero():
		return ""
	case c.Left < 0:
		return "OVER"
	case c.Spare < 0:
		return "LATE"
	case c.Spare < c.RTO/10:
		return "TIGHT"
	}
	return "on pace"
}

// Anchors are the marks that start and stop the RTO clock; left out, from the
// disruption to verified recovery.
func Anchors(sc *runbook.Scenario) (starts, stops runbook.Mark) {
	starts, stops = runbook.Disruption, runbook.Verified
	if sc.Clock.Starts != "" {
		starts = sc.Clock.Starts
	}
	if sc.Clock.Stops != "" {
		stops = sc.Clock.Stops
	}
	return starts, stops
}

// Clock is the RTO clock at an instant. Wall time decides.
func (s State) Clock(now time.Time) Clock {
	if s.Scenario == nil {
		return Clock{}
	}
	c := Clock{RTO: s.Scenario.RTO}
	starts, _ := Anchors(s.Scenario)
	from, ok := s.Moment(starts)
	if !ok {
		c.Left, c.Spare = c.RTO, c.RTO-s.Remaining(s.At)-s.unsettled(now)
		return c
	}
	c.Started, c.Notional = from.At, from.Notional
	until := now
	if to, ok := s.stopped(); ok && (!to.After(now) || s.Scenario.Clock.Steady == 0) {
		c.Stopped, until = to, to
	}
	c.Elapsed = max(0, until.Sub(from.At))
	c.OnHold = s.held(from.At, until)
	c.Left = c.RTO - c.Elapsed
	c.Spare = c.Left
	if c.Stopped.IsZero() {
		c.Spare -= s.rest(now) + s.unsettled(now)
	}
	return c
}

// rest is what the document still plans from now on, the running step's share
// reduced by what it has used already.
func (s State) rest(now time.Time) time.Duration {
	rest := s.Remaining(s.At)
	step, ok := s.Current()
	if !ok {
		return rest
	}
	if a, running := s.Step(s.At).LastAttempt(); running && a.Ended.IsZero() && s.Step(s.At).Status == Active {
		rest -= min(Planned(step), now.Sub(a.Began))
	}
	return max(0, rest)
}

// held is how much of a stretch of time was spent on hold.
func (s State) held(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, h := range s.Holds {
		end := h.To
		if end.IsZero() || end.After(to) {
			end = to
		}
		begin := h.From
		if begin.Before(from) {
			begin = from
		}
		sum += max(0, end.Sub(begin))
	}
	return sum
}

// Planned is the time that the document plans for a step, 0 where it says none.
func Planned(step runbook.Step) time.Duration {
	if step.Estimate == 0 && step.Kind == runbook.Wait {
		return step.Wait
	}
	return step.Estimate
}

// Overrun reports whether a step that has run for so long takes longer than the
// document plans for it. Nothing is done about that; the report says so.
func Overrun(step runbook.Step, ran time.Duration) bool {
	plan := Planned(step)
	return plan > 0 && ran > plan
}

// Nearing reports whether a step that has run for so long will soon be stopped,
// for its limit is near: ten seconds before it, or a tenth of a longer limit, or
// half of a shorter one.
func Nearing(step runbook.Step, ran time.Duration) bool {
	limit := step.Timeout
	return limit > 0 && ran >= limit-min(limit/2, max(10*time.Second, limit/10))
}

// A Median is how long a step took in earlier exercises.
type Median struct {
	Took time.Duration // of an even number of exercises, halfway between the middle two
	Of   int           // exercises
}

// Remaining is the planned time from the step at index i to where the RTO clock
// stops, on the shortest documented path. Answers that lead back are not taken,
// and a step that is over already costs nothing.
func (s State) Remaining(i int) time.Duration {
	end := s.clockEnd()
	if i >= end {
		return 0
	}
	costs := make([]time.Duration, end+1)
	for k := end - 1; k >= i; k-- {
		costs[k] = s.stepCost(k) + s.onward(k, costs)
		if Undecided(s.Scenario.Steps[k], *s.steps[k]) {
			costs[k] = min(costs[k], costs[k+1])
		}
	}
	return costs[i]
}

func (s State) stepCost(k int) time.Duration {
	if s.steps[k].Over() {
		return 0
	}
	return Planned(s.Scenario.Steps[k])
}

// onward is the cheapest documented continuation after step k.
func (s State) onward(k int, costs []time.Duration) time.Duration {
	step, end := &s.Scenario.Steps[k], len(costs)-1
	cost := func(t runbook.Target) time.Duration {
		if to := min(s.Goes(k, t), end); to > k {
			return costs[to]
		}
		return costs[k+1]
	}
	if step.Kind != runbook.Decide {
		return cost(step.Then)
	}
	best := time.Duration(-1)
	for _, a := range step.Answers {
		if to := s.Goes(k, a.Go); to > k && (best < 0 || cost(a.Go) < best) {
			best = cost(a.Go)
		}
	}
	if best < 0 {
		return costs[k+1]
	}
	return best
}

// clockEnd is the index after the last step before the RTO clock stops.
func (s State) clockEnd() int {
	_, stops := Anchors(s.Scenario)
	for i := range s.Scenario.Steps {
		if s.Scenario.Steps[i].Mark == stops {
			return i + 1
		}
	}
	for _, row := range procedureMarks {
		if last := s.Scenario.Last(row.Procedure); row.Mark == stops && last >= 0 {
			return last + 1
		}
	}
	return len(s.Scenario.Steps)
}

// SpareAfter is what SPARE would become if the document went on at a target.
// Going back means doing again what lies between.
func (s State) SpareAfter(now time.Time, t runbook.Target) time.Duration {
	to, left := s.Goes(s.At, t), s.Clock(now).Left-s.unsettled(now)
	if to > s.At {
		return left - s.Remaining(to)
	}
	for k := max(0, to); k <= s.At; k++ {
		left -= Planned(s.Scenario.Steps[k])
	}
	return left - s.Remaining(s.At+1)
}
