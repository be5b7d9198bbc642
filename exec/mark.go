package exec

import (
	"slices"
	"time"

	"bythebook/runbook"
)

// procedureMarks are the marks that the end of a procedure sets where no step
// of the scenario carries them.
var procedureMarks = []struct {
	Procedure runbook.Procedure
	Mark      runbook.Mark
}{
	{runbook.Recovery, runbook.Recovered},
	{runbook.Test, runbook.Verified},
	{runbook.Resume, runbook.Resumed},
}

// endProcedures sets the marks of the procedures that end as the document goes
// on from one step to another. Verified is only set where the whole of test
// was passed: an objective must not look met on a test that was left out.
func (s *State) endProcedures(from, to int, at time.Time) {
	for _, row := range procedureMarks {
		last := s.legs[s.leg].last(row.Procedure)
		if last < 0 || from > last || to <= last || s.carried(row.Mark) {
			continue
		}
		if row.Mark == runbook.Verified && !s.tested(last) {
			continue
		}
		if row.Mark != runbook.Verified && !s.performed(row.Procedure) {
			continue
		}
		s.set(Moment{Name: row.Mark, At: at, Basis: "end of " + string(row.Procedure), Notional: s.Began.DryRun, leg: s.leg})
	}
}

// carried reports whether some step of the leg carries the mark.
func (s *State) carried(m runbook.Mark) bool {
	steps := s.legs[s.leg].Scenario.Steps
	for i := range steps {
		if steps[i].Mark == m {
			return true
		}
	}
	return false
}

// Unmarked is the mark that starts a clock, that nothing in the scenario sets,
// and that nobody has set yet: until a person does, an objective of what is under
// way can't be measured. "" where there is none.
func (s State) Unmarked() runbook.Mark {
	if s.Scenario == nil || s.Started.IsZero() || s.Ended != nil || s.Back != nil || s.Began.DryRun {
		return ""
	}
	sc := s.Of(s.At)
	starts, _ := Anchors(sc)
	for _, need := range []struct {
		mark   runbook.Mark
		wanted bool
	}{{starts, sc.RTO > 0}, {runbook.Disruption, sc.RPO > 0}} {
		_, set := s.Moment(need.mark)
		if need.wanted && !set && !s.carried(need.mark) && slices.Contains(Tellable, need.mark) {
			return need.mark
		}
	}
	return ""
}

// tested reports whether every mandatory step of test, up to the one at last,
// was passed. A test that a documented guard left out does not count against
// it, a jump over it does.
func (s *State) tested(last int) bool {
	any := false
	for i := s.legs[s.legOf(last)].From; i <= last; i++ {
		step := &s.Scenario.Steps[i]
		if step.Procedure != runbook.Test {
			continue
		}
		st := s.steps[i]
		switch {
		case st.Status == Passed || st.Status == Done || st.Status == Simulated:
			any = true
		case step.Optional || st.Guard == No:
		default:
			return false
		}
	}
	return any
}

// performed reports whether anything of a procedure of the leg was done.
func (s *State) performed(p runbook.Procedure) bool {
	l := s.legs[s.leg]
	for i := l.From; i < l.End(); i++ {
		if s.Scenario.Steps[i].Procedure != p {
			continue
		}
		switch s.steps[i].Status {
		case Passed, Done, Simulated, Failed:
			return true
		}
	}
	return false
}

// OnDay is a time of day, in UTC and written as 12:04:05, as the newest moment with
// it that is not to come; now for "", and no time where it can't be read.
func OnDay(now time.Time, text string) time.Time {
	if text == "" {
		return now
	}
	clock, err := time.Parse("15:04:05", text)
	if err != nil {
		return time.Time{}
	}
	y, m, d := now.UTC().Date()
	at := time.Date(y, m, d, clock.Hour(), clock.Minute(), clock.Second(), 0, time.UTC)
	if at.After(now) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}
