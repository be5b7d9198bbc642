package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// Unattended carries an exercise out from a sheet of answers and tells it on
// out. It returns when the exercise has ended, when ctx is done, or when an
// outcome is in doubt that the sheet says nothing about. override is what was
// said beforehand for a start that is barred.
func Unattended(ctx context.Context, seat exec.Seat, answers read.Sheet, override exec.Departure, out io.Writer) error {
	t := newTeller(out)
	defer t.out.Flush()
	var u exec.Update
	var calm <-chan time.Time // all has been well for long enough
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-calm:
		case u = <-seat.Watch():
		}
		now := time.Now()
		t.update(u, now)
		if !u.Gone.IsZero() {
			return errors.New("nobody records the exercise any more")
		}
		if u.Err != nil {
			return u.Err
		}
		n := u.State.Next(now)
		if wait := u.State.Calm().Sub(now); n.Situation == exec.AtEnd && wait > 0 {
			t.say("The document wants all to be well for %s: it is ended in %s.", exec.Long(u.State.Of(u.State.At).Clock.Steady), exec.Long(wait.Round(time.Second)))
			t.out.Flush()
			calm = time.After(wait)
			continue
		}
		if over, err := respond(seat, u, n, answers, override, t); over || err != nil {
			return err
		}
	}
}

// respond does what the sheet says to a situation. It is over when the exercise
// is, or when only a person can go on.
func respond(seat exec.Seat, u exec.Update, n exec.Next, answers read.Sheet, override exec.Departure, t *teller) (over bool, err error) {
	if n.Situation == exec.Finished {
		return true, nil
	}
	if n.Situation == exec.Busy || u.Pen.Away { // it goes on when that is over
		return false, nil
	}
	if in, wanted := u.State.Wanted(); wanted && n.Situation == exec.Wanting {
		return true, fmt.Errorf("%s has no value, and there is nobody to ask", in.Name)
	}
	i := reply(u.State, n, answers)
	if _, start := i.(exec.Begin); start {
		i = exec.Begin{Departure: override}
	}
	if i == nil {
		t.say("The answers do not say what happened in step %d. Resume the exercise and say so.", n.Step+1)
		return true, nil
	}
	return false, submit(seat, u.State, n, i, t)
}

// submit does what the sheet answers. What the rules refuse ends the exercise
// blocked at its step: nothing is guessed, and nothing is done instead.
func submit(seat exec.Seat, s exec.State, n exec.Next, i exec.Intent, t *teller) error {
	err := seat.Do(i)
	var no exec.Refusal
	if !errors.As(err, &no) {
		return err
	}
	if _, blocking := i.(exec.Block); blocking || n.Step < 0 {
		return fmt.Errorf("going on unattended: %w", err)
	}
	t.say("Refused: %s.", no)
	return seat.Do(exec.Block{Step: s.Scenario.Steps[n.Step].ID, Reason: "the answers ask for what is not allowed: " + no.Error()})
}

// reply is what the sheet answers to a situation, nil where only a person can.
func reply(s exec.State, n exec.Next, answers read.Sheet) exec.Intent {
	if n.Situation == exec.Gapped {
		return exec.Finish{Confirm: exec.EndWord}
	}
	if n.Step < 0 {
		return n.Intent
	}
	step := s.Scenario.Steps[n.Step]
	a, given := answers.Steps[step.ID]
	switch n.Situation {
	case exec.InDoubt:
		if a.Unknown != "" {
			return exec.Resolve{Step: step.ID, Done: a.Unknown == "done", Text: "answered beforehand"}
		}
		return nil
	case exec.Unmet:
		return replyUnmet(s, step, n, a)
	}
	if a.Do == read.DoSkip {
		return exec.Skip{Step: step.ID, Departure: exec.Departure{Reason: a.Reason, Agreed: a.Agreed}}
	}
	if s.Probing(n.Step) {
		return exec.Run{Step: step.ID}
	}
	if n.Situation == exec.Approving {
		return replyApproving(s, n, a)
	}
	if n.Situation == exec.ToRun {
		return replyRun(step, a, given, answers.RunChanges)
	}
	if i := replyAsked(step, n.Situation, a); i != nil {
		return i
	}
	return exec.Block{Step: step.ID, Reason: "the answers have no line for it"}
}

// replyAsked answers what a person is asked: a condition, a decision, a step by hand.
func replyAsked(step runbook.Step, at exec.Situation, a read.Answer) exec.Intent {
	switch {
	case at == exec.Guarding && a.Do == read.DoYes:
		return exec.Choose{Step: step.ID, Choice: 1}
	case at == exec.Guarding && a.Do == read.DoNo:
		return exec.Choose{Step: step.ID, Choice: 2}
	case at == exec.Guarding && (a.Do == read.DoDone || a.Do == read.DoRun || a.Do == read.DoChoose):
		return exec.Choose{Step: step.ID, Choice: 1} // what is only done when it is the case
	case (at == exec.Deciding || at == exec.Picking) && a.Do == read.DoChoose:
		return exec.Choose{Step: step.ID, Choice: a.Choice}
	case at == exec.ToAttest && a.Do == read.DoDone:
		return exec.Attest{Step: step.ID, Text: a.Evidence, Confirm: a.Target}
	}
	return nil
}

// replyApproving says in the name of the next one whom the sheet names that they
// approve.
func replyApproving(s exec.State, n exec.Next, a read.Answer) exec.Intent {
	step := s.Scenario.Steps[n.Step].ID
	for _, name := range a.Approved {
		said := slices.ContainsFunc(s.Step(n.Step).Approvals, func(word exec.Approval) bool { return word.Who == s.Person(name) })
		if !said {
			return exec.Approve{Step: step, By: name}
		}
	}
	return exec.Block{Step: step, Reason: "it waits for the approval of " + strings.Join(s.Awaits(n.Step), ", ") + ", and the answers do not say that they gave it"}
}

// replyRun runs what is harmless, and what the sheet names.
func replyRun(step runbook.Step, a read.Answer, given, changes bool) exec.Intent {
	harmless := step.Effect == runbook.None || step.Effect == runbook.Read
	named := given && (a.Do == read.DoRun || a.Do == read.DoWayOut || a.Do == read.DoChoose && len(step.Runs) > 1) || changes && step.Effect == runbook.Change
	switch {
	case harmless:
		return exec.Run{Step: step.ID}
	case named && step.Effect == runbook.Final:
		return exec.Run{Step: step.ID, Confirm: a.Target}
	case named:
		return exec.Run{Step: step.ID, Confirm: "y"}
	}
	return exec.Block{Step: step.ID, Reason: "it changes something, and the answers have no line for it"}
}

// replyUnmet takes what the document itself provides: a further try, or the way
// out where the sheet says so.
func replyUnmet(s exec.State, step runbook.Step, n exec.Next, a read.Answer) exec.Intent {
	switch {
	case a.Do == read.DoWayOut && step.IfNot != "":
		return exec.WayOut{Step: step.ID}
	case n.Key == "r":
		confirm := "y"
		if step.Effect == runbook.Final {
			confirm = a.Target
		}
		return exec.Run{Step: step.ID, Confirm: confirm}
	case a.Do == read.DoSkip:
		return exec.Skip{Step: step.ID, Departure: exec.Departure{Reason: a.Reason, Agreed: a.Agreed}}
	}
	return exec.Block{Step: step.ID, Reason: "its expectation was not met, and the answers do not say how to go on"}
}
