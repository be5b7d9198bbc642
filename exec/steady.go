package exec

import (
	"slices"
	"time"

	"bythebook/runbook"
)

// Where the document wants all to have been well for a while (`clock.steady`),
// the RTO clock does not stop with its mark but that much later, since only then
// can anybody say so. What ends before that, fails a test meanwhile, or has its clock
// set, leaves the RTO not evaluated.

// Calm is the instant at which all has been well for as long as the document
// wants, zero where it does not ask for it or the clock's mark is not set.
func (s State) Calm() time.Time {
	if s.Scenario == nil || s.Back != nil {
		return time.Time{}
	}
	return s.calm(s.leg)
}

func (s State) calm(leg int) time.Time {
	sc := s.legs[leg].Scenario
	if sc.Clock.Steady == 0 || s.Began.DryRun {
		return time.Time{}
	}
	_, stops := Anchors(sc)
	m, ok := s.momentIn(leg, stops)
	if !ok {
		return time.Time{}
	}
	return m.At.Add(sc.Clock.Steady)
}

// stopped is the instant at which the RTO clock stops, false where its mark is
// not set.
func (s State) stopped() (time.Time, bool) {
	_, stops := Anchors(s.legs[s.leg].Scenario)
	m, ok := s.momentIn(s.leg, stops)
	if calm := s.calm(s.leg); ok && !calm.IsZero() {
		return calm, true
	}
	return m.At, ok
}

// unsteady says why it can't be said that all was well for long enough, "" where
// it can or nobody asks.
func (s State) unsteady(leg int) string {
	calm := s.calm(leg)
	if calm.IsZero() {
		return ""
	}
	steady := s.legs[leg].Scenario.Clock.Steady
	if step := s.relapsed(leg, calm); step != "" {
		return "step " + step + " failed within the " + Long(steady) + " in which all must be well"
	}
	switch {
	case s.jumped(leg, calm):
		return "the clock was set, or the machine slept, within the " + Long(steady) + " in which all must be well"
	case !s.Last.Before(calm):
		return ""
	case s.Ended != nil:
		return "the exercise ended before all had been well for " + Long(steady)
	}
	return "all must be well for " + Long(steady) + ", until " + stamp(calm)
}

// relapsed is the first test step that did not go as documented between the mark
// and the end of the calm, "" for none.
func (s State) relapsed(leg int, calm time.Time) string {
	l := s.legs[leg]
	from := calm.Add(-l.Scenario.Clock.Steady)
	for i := l.From; i < l.End(); i++ {
		step := s.Scenario.Steps[i]
		for _, a := range s.steps[i].Attempts {
			bad := a.Result != nil && !a.Result.Simulated && a.Result.Match != Matched
			if bad && step.Procedure == runbook.Test && a.Ended.After(from) && !a.Ended.After(calm) {
				return step.ID
			}
		}
	}
	return ""
}

// jumped reports whether the clock was set between the mark and the end of the
// calm, by which nobody can say then how long all has been well.
func (s State) jumped(leg int, calm time.Time) bool {
	_, stops := Anchors(s.legs[leg].Scenario)
	m, _ := s.momentIn(leg, stops)
	return slices.ContainsFunc(s.Jumps, func(j Jump) bool { return j.event > m.event && j.At.Add(-j.By).Before(calm) })
}

// unsettled is how much of the calm is still to come at an instant: all of it
// before the mark.
func (s State) unsettled(now time.Time) time.Duration {
	if calm := s.calm(s.leg); !calm.IsZero() {
		return max(0, calm.Sub(now))
	}
	if s.Began.DryRun {
		return 0
	}
	return s.legs[s.leg].Scenario.Clock.Steady
}
