package exec

import (
	"maps"
	"slices"
	"time"

	"bythebook/runbook"
)

// Apply is everything true of an exercise after one more event. It is pure and
// total: an event that makes no sense changes nothing but the count.
func Apply(s State, e Event) State {
	s = apply(s, e)
	s.own = false
	return s
}

func apply(s State, e Event) State {
	s.Events++
	if s.First.IsZero() {
		s.First = e.At
	}
	before := s.Last
	s.Last = e.At
	if b, ok := e.Body.(Began); ok {
		return s.begin(b, e)
	}
	if s.Scenario == nil {
		return s
	}
	if i := s.find(e.Step); i >= 0 {
		return s.applyStep(i, e)
	}
	return s.applyExercise(e, before)
}

// Replay folds events over a playbook.
func Replay(book *runbook.Playbook, events []Event) State {
	s := New(book)
	s.lone = true
	for _, e := range events {
		s = apply(s, e)
	}
	s.own, s.lone = false, false
	return s
}

// grown is a list with one more, in a place of its own where others may see the
// list as it was.
func grown[T any](lone bool, list []T, one T) []T {
	if !lone {
		list = slices.Clip(list)
	}
	return append(list, one)
}

// owned is a list that may be written to.
func owned[T any](lone bool, list []T) []T {
	if lone {
		return list
	}
	return slices.Clone(list)
}

func (s State) begin(b Began, e Event) State {
	sc, ok := s.Book.Scenario(b.Scenario)
	if !ok || s.Scenario != nil {
		return s
	}
	s.Began, s.Scenario, s.Operator, s.writer = b, sc, b.Operator, b.Process
	s.legs, s.groups, s.openers = []Leg{{Scenario: sc}}, grouped(sc.Steps, 0), map[string]int{}
	s.steps = make([]*StepState, len(sc.Steps))
	s.index = make(map[string]int, len(sc.Steps))
	for i := range s.steps {
		s.steps[i], s.index[sc.Steps[i].ID] = &StepState{Sites: sc.Steps[i].At}, i
	}
	if b.Kind == Incident { // it really broke: nothing is injected
		for s.At < sc.First(runbook.Recovery) {
			s.steps[s.At] = &StepState{Status: NotApplicable}
			s.At++
		}
	}
	return s
}

// applyExercise takes the events that concern no step.
func (s State) applyExercise(e Event, before time.Time) State {
	switch b := e.Body.(type) {
	case GateDecided:
		s.gate(b, e)
	case RoleTaken:
		s.Roles = grown(s.lone, s.Roles, b)
	case RoleHanded:
		s.Operator = b.To
	case InputGiven:
		s.know(b.Name, b.Value, b.Secret)
	case Marked:
		s.set(Moment{Name: runbook.Mark(b.Name), At: b.Instant, Basis: b.Basis, Notional: b.Notional, leg: anyLeg})
	case Resumed:
		s.resume(b, e, before)
	case TerminalOpened:
		s.shells = grown(s.lone, s.shells, b)
	case Ended:
		s.Ended, s.Survivors, s.Unlisted = &b, b.Survivors, b.Unlisted
		if b.Digest != "" {
			s.Digests = grown(s.lone, s.Digests, b.Digest)
		}
	case Deviated:
		s.Declared = grown(s.lone, s.Declared, Declaration{At: e.At, By: e.By, Deviated: b})
	case Noted:
		s.Notes = grown(s.lone, s.Notes, Note{At: e.At, By: e.By, Text: b.Text})
	case Held:
		s.Holds = grown(s.lone, s.Holds, Span{From: e.At, Reason: b.Reason})
	case Released:
		s.release(e.At)
	case Aborting:
		if s.Back == nil {
			s.retreat(Retreat{At: e.At, By: e.By, Reason: b.Reason})
		}
	case StopCalled:
		s.Stops = grown(s.lone, s.Stops, Stop{At: e.At, By: e.By, Reason: b.Reason})
	case ClockJumped:
		s.Jumps = grown(s.lone, s.Jumps, b.By)
	}
	return s
}

// release ends a hold.
func (s *State) release(at time.Time) {
	if s.Held() {
		s.Holds = owned(s.lone, s.Holds)
		s.Holds[len(s.Holds)-1].To = at
	}
}

// gate takes a go: for the exercise as a whole, after a stop that was called, or
// through a gate that bars it.
func (s *State) gate(b GateDecided, e Event) {
	switch {
	case !b.Go:
	case b.Gate == GateStart:
		s.Started = e.At
		s.arrive(s.At, e.At)
	case b.Gate == GateStop:
		s.goOn(b, e)
	default:
		s.Overrides = grown(s.lone, s.Overrides, Override{At: e.At, By: e.By, Gate: b.Gate, Reason: b.Reason, Agreed: b.Agreed})
	}
}

// goOn answers the stop that was called.
func (s *State) goOn(b GateDecided, e Event) {
	if _, called := s.Called(); !called {
		return
	}
	s.Stops = owned(s.lone, s.Stops)
	stop := &s.Stops[len(s.Stops)-1]
	stop.Answered, stop.AnsweredBy, stop.Answer = e.At, e.By, b.Reason
}

// resume notes the time that nobody recorded. How the text stands is what it is
// at the go: until then people may object, and words run out.
func (s *State) resume(b Resumed, e Event, before time.Time) {
	if s.Started.IsZero() && b.Agreement != nil {
		s.Began.Agreement, s.Began.Errors = b.Agreement, b.Errors
	}
	gap := Gap{From: before, To: e.At, Torn: b.Torn}
	if i := s.Running(); i >= 0 {
		gap.Step = s.Scenario.Steps[i].ID
	}
	s.Gaps = grown(s.lone, s.Gaps, gap)
	s.moved(b.Process)
	s.Survivors, s.Unlisted = b.Survivors, b.Unlisted
	s.Operator = e.By
	s.forget()
	if b.Digest != "" {
		s.Digests = grown(s.lone, s.Digests, b.Digest)
	}
}

// applyStep takes the events that concern the step at index i.
func (s State) applyStep(i int, e Event) State {
	s.turnTo(i, e.Body)
	switch b := e.Body.(type) {
	case StepBegan:
		if b.Condition {
			s.lookBegan(i, b, e)
			break
		}
		s.stepBegan(i, b, e)
	case StepEnded:
		if s.steps[i].looking() {
			s.lookEnded(i, b, e)
			break
		}
		s.stepEnded(i, b, e)
	case StepDone:
		s.stepDone(i, b, e)
	case StepSkipped:
		st := s.edit(i)
		st.Reason, st.Agreed = b.Reason, b.Agreed
		s.close(i, Skipped, e)
	case StepBlocked:
		s.Stuck = b.Reason
	case StepUnknown:
		if s.steps[i].looking() {
			s.lookLost(i)
			break
		}
		s.stepUnseen(i, b)
	case StepResolved:
		s.resolve(i, b, e)
	case Answered:
		s.answer(i, b, e)
	case Approved:
		s.approval(i, b, e)
	case Captured:
		s.know(b.Name, b.Value, b.Secret)
	case PointObserved:
		s.Point = &b
		s.legs = slices.Clone(s.legs)
		s.legs[s.legOf(i)].point = &b
	case CopyChanged:
		s.Altered = append(slices.Clip(s.Altered), Alteration{At: e.At, Step: e.Step, CopyChanged: b})
	case Deviated:
		s.Declared = grown(s.lone, s.Declared, Declaration{At: e.At, By: e.By, Step: e.Step, Deviated: b})
		if s.Began.Rule != Lockstep {
			s.Stuck = ""
		}
	case Noted:
		s.Notes = grown(s.lone, s.Notes, Note{At: e.At, By: e.By, Step: e.Step, Text: b.Text})
	}
	return s
}

// stepDone takes a person's word on a step by hand, or on an expectation that was
// not met.
func (s *State) stepDone(i int, b StepDone, e Event) {
	s.move(i, e)
	st := s.edit(i)
	st.Text, st.Agreed, st.Reason, st.Accepted = b.Text, b.Agreed, b.Accepted, b.Accepted != ""
	st.File = b.File
	if st.Accepted && st.elsewhere() {
		return
	}
	s.close(i, statusOfDone(b), e)
}

func statusOfDone(b StepDone) Status {
	switch {
	case b.Accepted != "":
		return Failed
	case b.Simulated:
		return Simulated
	}
	return Done
}

func (s *State) stepBegan(i int, b StepBegan, e Event) {
	s.move(i, e)
	st := s.edit(i)
	if st.Visit == 0 {
		st.Visit, st.Reached = 1, e.At
	}
	st.Status = Active
	st.Attempts = grown(s.lone, st.Attempts, Attempt{
		Visit: st.Visit, N: b.Attempt, Block: b.Block, At: b.At, opener: s.openers[b.At], Began: e.At, began: e.Mono, By: e.By, Confirmed: b.Confirmed, Command: b.Command,
	})
	if name := s.Scenario.Steps[i].Opens; name != "" {
		s.openers = maps.Clone(s.openers)
		s.openers[name] = i + 1
	}
	if m := s.Scenario.Steps[i].Mark; m == runbook.Disruption && st.Ran == 0 {
		s.set(Moment{Name: m, At: e.At, Basis: "step " + s.Scenario.Steps[i].ID + " began", Notional: s.Began.DryRun, leg: s.legOf(i)})
	}
}

func (s *State) stepEnded(i int, b StepEnded, e Event) {
	s.newest = i + 1
	s.Unlisted += b.Unlisted
	for _, left := range b.Survivors {
		s.Survivors = grown(s.lone, s.Survivors, left)
	}
	st := s.edit(i)
	if n := len(st.Attempts); n > 0 {
		st.Attempts = owned(s.lone, st.Attempts)
		a := &st.Attempts[n-1]
		a.Ended, a.Took, a.Result = e.At, max(0, e.Mono-a.began), &b
	}
	switch {
	case b.Simulated:
		s.through(i, Simulated, e)
	case b.Outcome == Exited && b.Match == Matched:
		s.through(i, Passed, e)
	case b.Outcome == OutcomeUnknown || b.Outcome == Suspended:
		st.Status, st.Reason = Unknown, b.Reason
	case b.Outcome == Exited && b.Match == NotComparable:
		st.Status, st.Reason = Unknown, b.Uncompared
	default:
		st.Status = Failed
	}
}

// stepUnseen says that nobody saw how an attempt ended.
func (s *State) stepUnseen(i int, b StepUnknown) {
	st := s.edit(i)
	st.Status, st.Reason = Unknown, b.Reason
	if n := len(st.Attempts); n > 0 {
		st.Attempts = owned(s.lone, st.Attempts)
		st.Attempts[n-1].Unseen = &b
	}
}

// resolve takes a person's word on what nobody saw.
func (s *State) resolve(i int, b StepResolved, e Event) {
	if s.steps[i].Status != Unknown {
		return
	}
	st := s.edit(i)
	st.Text = b.Text
	uncompared := st.Uncompared()
	if uncompared {
		st.Reason = "" // the machine's, and a person has judged now
	}
	switch {
	case b.Done:
		s.through(i, Done, e)
		return
	case uncompared:
		st.Status = Failed
		return
	}
	st.Status = Open
	if n := len(st.Attempts); n > 0 {
		st.Attempts = owned(s.lone, st.Attempts)
		st.Attempts[n-1].Void = true
	}
}

// answer takes a decision, a guard, or the documented way out.
func (s *State) answer(i int, b Answered, e Event) {
	if i != s.At {
		return // only what the document asks is answered
	}
	step := s.Scenario.Steps[i]
	st := s.edit(i)
	switch {
	case b.Choice == 0:
		st.WayOut, st.Status, st.Closed, st.By = true, Failed, e.At, e.By
		s.leave(i, step.IfNot, e)
	case unguarded(step, *st) && unpicked(step, *st):
		st.Blocks = picked(step, b.Choice)
	case step.Kind == runbook.Decide && unguarded(step, *st):
		if b.Choice < 1 || b.Choice > len(step.Answers) {
			return
		}
		s.move(i, e)
		st = s.edit(i)
		st.Choice, st.Chosen = b.Choice, grown(s.lone, st.Chosen, b.Choice)
		st.Status, st.Closed, st.By = doneOr(s.Began.DryRun), e.At, e.By
		s.endMarks(i, e)
		s.leave(i, step.Answers[b.Choice-1].Go, e)
	case b.Choice == 1:
		st.Guard = Yes
	default:
		st.Guard = No
		s.close(i, NotApplicable, e)
	}
}

func doneOr(dry bool) Status {
	if dry {
		return Simulated
	}
	return Done
}

// move notes that a step was performed, and where the document stood if that
// was elsewhere. To repeat what is over already is no other order.
func (s *State) move(i int, e Event) {
	s.Performed++
	st := s.steps[i]
	if lacking := s.Unapproved(i, e.By); len(lacking) > 0 && !st.begun() && len(st.Unapproved.Lacking) == 0 {
		s.edit(i).Unapproved = Unapproved{At: e.At, By: e.By, Lacking: lacking}
		st = s.steps[i]
	}
	if s.Offers(i) || !st.Stray.At.IsZero() || st.Over() && i < s.At {
		return
	}
	s.edit(i).Stray = Stray{At: e.At, By: e.By, Expected: s.At}
}

// through ends a step whose command is through, or goes on with its next block.
func (s *State) through(i int, status Status, e Event) {
	if st := s.edit(i); st.More() {
		st.Ran++
		st.Status = Open
		return
	} else if st.Let {
		st.Accepted, status = true, Failed
	}
	s.close(i, status, e)
}

// close ends a step, sets the marks it carries and goes on.
func (s *State) close(i int, status Status, e Event) {
	st := s.edit(i)
	st.Status, st.Closed, st.By = status, e.At, e.By
	if i == s.At {
		s.Stuck = ""
	}
	s.endMarks(i, e)
	if i != s.At {
		return
	}
	if status == NotApplicable || status == Skipped {
		s.leave(i, runbook.Next, e)
		return
	}
	s.leave(i, s.Scenario.Steps[i].Then, e)
}

// jump goes on at another step. What lies between is not for this case; going
// back opens what was closed, because the document wants it done again.
func (s *State) jump(i, to int, at time.Time) {
	from, end := s.Group(i)
	if to <= i {
		s.reopen(to, end)
	} else {
		s.pass(from, min(to, s.legs[s.leg].End()))
	}
	s.arrive(to, at)
}

// reopen wants some steps done again. What was tried there stays known.
func (s *State) reopen(from, to int) {
	for i := from; i < to; i++ {
		st := s.edit(i)
		*st = StepState{Sites: st.Sites, Visit: st.Visit, Attempts: st.Attempts, Looks: st.Looks, Chosen: st.Chosen, Stray: st.Stray, Unapproved: st.Unapproved}
	}
}

// pass goes over some steps that are not for this case.
func (s *State) pass(from, to int) {
	for i := from; i < to; i++ {
		if !s.steps[i].Over() {
			s.edit(i).Status = NotApplicable
		}
	}
}

// arrive stands at the first step of the leg from i on that is not over yet, and
// at the end of all where there is none. One way back leads to the next.
func (s *State) arrive(i int, at time.Time) {
	end := s.legs[s.leg].End()
	if s.Back != nil {
		end = len(s.steps)
	}
	for i < end && s.steps[i].Over() {
		i++
	}
	if i >= end {
		i = len(s.steps)
	}
	s.endProcedures(s.At, i, at)
	s.At, s.leg = i, s.legOf(i)
	if i == len(s.steps) {
		return
	}
	from, end := s.Group(i)
	for k := from; k < end; k++ {
		if s.steps[k].Over() {
			continue
		}
		st := s.edit(k)
		st.Visit++
		st.Reached = at
		if st.Status == Failed { // tried before its turn: it is its turn now
			st.Status = Open
		}
	}
}

// endMarks sets the mark that a step carries at its end.
func (s *State) endMarks(i int, e Event) {
	m := s.Scenario.Steps[i].Mark
	st := s.steps[i]
	if m == "" || m == runbook.Disruption || st.Status == Skipped || st.Status == NotApplicable || st.Status == Failed {
		return
	}
	if m == runbook.Verified && !s.tested(i) {
		return // a test before this one was left out, or failed
	}
	s.set(Moment{Name: m, At: e.At, Basis: "step " + s.Scenario.Steps[i].ID + " ended", Notional: s.Began.DryRun, leg: s.legOf(i)})
}
