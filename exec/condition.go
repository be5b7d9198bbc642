package exec

import (
	"cmp"

	"bythebook/runbook"
)

// A step with a condition is only for some cases. A person answers the condition,
// or the machine does: its command is run as a part of the step of its own, with
// its own begin and end on record. What comes out as documented is a yes, and the
// step is mandatory; what differs is a no, and the step is not for this case.
// Where that can't be told, a person is asked after all.

// Conditional reports whether a step has a condition.
func Conditional(step runbook.Step) bool { return step.If != "" || step.IfProbe != nil }

// Condition is what is asked where a person answers a step's condition.
func Condition(step runbook.Step) string {
	if step.IfProbe == nil {
		return step.If
	}
	return cmp.Or(step.If, "Does it come out as documented ("+step.IfProbe.Expect.String()+"): "+step.IfProbe.Run)
}

// Undecided reports whether a step's condition has no answer yet.
func Undecided(step runbook.Step, st StepState) bool { return Conditional(step) && st.Guard == Unasked }

// unguarded reports whether a step's condition is out of the way.
func unguarded(step runbook.Step, st StepState) bool { return !Conditional(step) || st.Guard == Yes }

// Probing reports whether the machine is to answer the condition of the step at
// index i: it is asked once each time that the document comes there.
func (s State) Probing(i int) bool {
	if !s.Offers(i) {
		return false
	}
	step, st := s.Scenario.Steps[i], s.Step(i)
	_, looked := st.look()
	return step.IfProbe != nil && Undecided(step, st) && !looked
}

// probe is the command that answers a step's condition, as a step. It only looks.
func probe(step runbook.Step) runbook.Step {
	return runbook.Step{
		ID: step.ID, Procedure: step.Procedure, Part: step.Part, Kind: runbook.Run, Effect: runbook.Read, Line: step.Line,
		Do:  "Look whether this step is for this case:\n\n" + step.Do,
		Run: step.IfProbe.Run, Expect: step.IfProbe.Expect,
		At: step.At, In: step.In, Who: step.Who, Timeout: step.Timeout, Redact: step.Redact,
	}
}

// look is the look at the condition on this visit, false where there was none.
func (st StepState) look() (Attempt, bool) {
	if n := len(st.Looks); n > 0 && st.Looks[n-1].Visit == st.Visit {
		return st.Looks[n-1], true
	}
	return Attempt{}, false
}

// Unsure says why the machine could not answer the condition, "" where it was
// not asked or could.
func (st StepState) Unsure() string {
	a, looked := st.look()
	switch {
	case !looked || st.Guard != Unasked || st.Status == Active:
		return ""
	case a.Result == nil:
		return ends[OutcomeUnknown]
	}
	return cmp.Or(a.Result.Uncompared, a.Result.Reason, "what it printed could not be compared")
}

// Newest is what was begun last at the step: an attempt at it, or a look at its
// condition.
func (st StepState) Newest() (Attempt, bool) {
	a, tried := st.LastAttempt()
	if n := len(st.Looks); n > 0 && st.Looks[n-1].event > a.event {
		return st.Looks[n-1], true
	}
	return a, tried
}

// looking reports whether a look at the condition is what runs.
func (st StepState) looking() bool {
	a, ok := st.Newest()
	return ok && a.Look && a.Result == nil && !a.Void
}

func (s *State) lookBegan(i int, b StepBegan, e Event) {
	st := s.edit(i)
	st.Status = Active
	st.Looks = grown(s.lone, st.Looks, Attempt{Look: true, Visit: st.Visit, N: b.Attempt, Began: e.At, event: s.Events, By: e.By, Command: b.Command})
}

// lookEnded takes the machine's answer, if it is one. What a dry run only
// simulates is a yes: the step is gone through.
func (s *State) lookEnded(i int, b StepEnded, e Event) {
	s.newest = i + 1
	st := s.edit(i)
	st.Looks = owned(s.lone, st.Looks)
	last := &st.Looks[len(st.Looks)-1]
	last.Ended, last.Result = e.At, &b
	st.Status = Open
	switch {
	case b.Simulated, b.Outcome == Exited && b.Match == Matched:
		st.Guard = Yes
	case b.Outcome == Exited && b.Match == Differs:
		st.Guard = No
		s.close(i, NotApplicable, e)
	}
}

// lookLost says that nobody saw how a look ended.
func (s *State) lookLost(i int) {
	st := s.edit(i)
	st.Looks = owned(s.lone, st.Looks)
	st.Looks[len(st.Looks)-1].Void = true
	st.Status = Open
}
