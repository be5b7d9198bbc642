package exec

import (
	"time"

	"bythebook/runbook"
)

// Where the document wants all to have been well for a while (`clock.steady`),
// the RTO clock does not stop with its mark but that much later, since only then
// can anybody say so. What ends before that, or fails a test meanwhile, leaves the
// RTO not evaluated.

// Calm is the instant at which all has been well for as long as the document
// wants, zero where it does not ask for it or the clock's mark is not set.
func (s State) Calm() time.Time {
	if s.Scenario == nil || s.Scenario.Clock.Steady == 0 || s.Began.DryRun {
		return time.Time{}
	}
	_, stops := Anchors(s.Scenario)
	m, ok := s.Moment(stops)
	if !ok {
		return time.Time{}
	}
	return m.At.Add(s.Scenario.Clock.Steady)
}

// stopped is the instant at which the RTO clock stops, false where its mark is
// not set.
func (s State) stopped() (time.Time, bool) {
	_, stops := Anchors(s.Scenario)
	m, ok := s.Moment(stops)
	if calm := s.Calm(); ok && !calm.IsZero() {
		return calm, true
	}
	return m.At, ok
}

// unsteady says why it can't be said that all was well for long enough, "" where
// it can or nobody asks.
func (s State) unsteady() string {
	calm := s.Calm()
	if calm.IsZero() {
		return ""
	}
	steady := s.Scenario.Clock.Steady
	if step := s.relapsed(calm); step != "" {
		return "step " + step + " failed within the " + Long(steady) + " in which all must be well"
	}
	switch {
	case !s.Last.Before(calm):
		return ""
	case s.Ended != nil:
		return "the exercise ended before all had been well for " + Long(steady)
	}
	return "all must be well for " + Long(steady) + ", until " + stamp(calm)
}

// relapsed is the first test step that did not go as documented between the mark
// and the end of the calm, "" for none.
func (s State) relapsed(calm time.Time) string {
	from := calm.Add(-s.Scenario.Clock.Steady)
	for i, step := range s.Scenario.Steps {
		for _, a := range s.steps[i].Attempts {
			bad := a.Result != nil && !a.Result.Simulated && a.Result.Match != Matched
			if bad && step.Procedure == runbook.Test && a.Ended.After(from) && !a.Ended.After(calm) {
				return step.ID
			}
		}
	}
	return ""
}

// unsettled is how much of the calm is still to come at an instant: all of it
// before the mark.
func (s State) unsettled(now time.Time) time.Duration {
	if calm := s.Calm(); !calm.IsZero() {
		return max(0, calm.Sub(now))
	}
	if s.Began.DryRun {
		return 0
	}
	return s.Scenario.Clock.Steady
}
