package exec

import (
	"fmt"
	"strings"
	"time"

	"bythebook/runbook"
)

// A Situation is what a person is faced with; a screen is chosen by it.
type Situation string

// The situations, in the order in which they are looked for.
const (
	Wanting   Situation = "wanting"     // a value is wanted first
	Ready     Situation = "ready"       // on record, not begun
	Finished  Situation = "finished"    // ended; the report is there
	InDoubt   Situation = "in doubt"    // a step's end was not seen
	Busy      Situation = "busy"        // a step runs
	Called    Situation = "stop called" // somebody calls stop, and nothing runs
	OnHold    Situation = "on hold"
	Gapped    Situation = "gap"       // the document does not say how to go on
	AtEnd     Situation = "at end"    // the document is through
	Guarding  Situation = "guarding"  // a step's condition is asked
	Picking   Situation = "picking"   // which of several blocks is run
	Unmet     Situation = "unmet"     // an expectation failed
	Approving Situation = "approving" // others are asked to approve the step
	Deciding  Situation = "deciding"
	ToRun     Situation = "to run"
	ToAttest  Situation = "to attest"
)

// Next is the one obvious next action: in words, and as the intent behind it.
type Next struct {
	Situation Situation
	Step      int    // the index it concerns, -1 for none
	Key       string // the key that does it; "" when there is nothing to press
	Words     string // RUN step 7
	Aside     string // what else there is, or what will be asked
	Intent    Intent // nil when there is nothing to press
}

// Next says what the one obvious next action is. now is only needed to tell how
// long something lasts already.
func (s State) Next(now time.Time) Next {
	n := s.next()
	if calm := s.Calm(); n.Situation == AtEnd && now.Before(calm) {
		n.Aside = "all must be well for " + Long(s.Of(s.At).Clock.Steady) + "; the clock stops in " + Long(calm.Sub(now).Round(time.Second))
	}
	if n.Situation == Busy && n.Key == "" {
		if a, ok := s.Step(n.Step).Newest(); ok {
			n.Aside = fmt.Sprintf("running for %s; ctrl+c = stop it", now.Sub(a.Began).Round(time.Second))
		}
	}
	return n
}

func (s State) next() Next {
	step, open := s.Current()
	in, wanted := s.Wanted()
	number := fmt.Sprintf("step %d", s.At+1)
	stop, called := s.Called()
	switch {
	case s.Ended != nil:
		return Next{Situation: Finished, Step: -1, Key: "enter", Words: "LEAVE; the report is written", Aside: "v = read it first"}
	case called && s.Running() >= 0:
		return Next{Situation: Busy, Step: s.Running(), Key: "G", Words: "ANSWER " + stop.By + ", who calls stop", Aside: fmt.Sprintf("step %d runs on", s.Running()+1)}
	case called:
		return Next{Situation: Called, Step: -1, Key: "G", Words: "ANSWER " + stop.By + ", who calls stop", Aside: "H = halt instead"}
	case wanted && s.Started.IsZero():
		return giving(in)
	case s.Started.IsZero():
		return s.nextStart()
	case s.Running() >= 0:
		return Next{Situation: Busy, Step: s.Running(), Words: fmt.Sprintf("step %d is running, nothing to press", s.Running()+1)}
	case s.unknown() >= 0:
		return s.nextDoubt(s.unknown())
	case s.Held():
		return Next{Situation: OnHold, Step: -1, Key: "P", Words: "RELEASE the hold", Intent: Release{}}
	case !open:
		return Next{Situation: AtEnd, Step: -1, Key: "enter", Words: s.finishing(), Aside: "n = add a note first", Intent: Finish{}}
	case s.Stuck != "":
		return Next{Situation: Gapped, Step: s.At, Key: "enter", Words: "END as blocked by " + s.blocking(),
			Aside: s.wayBack(), Intent: Finish{}}
	case wanted:
		return giving(in)
	}
	n := s.nextStep(step, number)
	if others := s.Others(); len(others) > 0 {
		n.Aside = strings.TrimPrefix(n.Aside+"; in any order with "+Numbers(others), "; ")
	}
	if mark := s.Unmarked(); mark != "" && n.Situation != Unmet {
		n.Aside = "M = say first when it was " + string(mark) + "; the clock waits"
		if mark == runbook.Disruption {
			n.Aside = "M = say first when it broke; the clock waits"
		}
	}
	return n
}

// nextDoubt asks what a person must say of the step at index i: how it ended, or
// whether that was as documented.
func (s State) nextDoubt(i int) Next {
	n := Next{Situation: InDoubt, Step: i, Key: "1 or 2", Words: fmt.Sprintf("say what happened in step %d", i+1), Aside: "nothing runs again by itself"}
	if s.Step(i).Uncompared() {
		n.Words, n.Aside = fmt.Sprintf("say whether step %d went as documented", i+1), "it could not be compared"
	}
	return n
}

// nextStart is the go, or what has to be said before it.
func (s State) nextStart() Next {
	n := Next{Situation: Ready, Step: -1, Key: "enter", Words: "BEGIN; nothing runs yet", Intent: Begin{}}
	if len(s.Bars()) > 0 {
		n.Aside = "barred: asks why, and by whom"
	}
	return n
}

// giving asks for the value of an input.
func giving(in runbook.Input) Next {
	n := Next{Situation: Wanting, Step: -1, Key: "enter", Words: "GIVE the value of " + in.Name, Aside: "nothing runs yet"}
	if in.Secret != nil {
		n.Aside = "it is not shown, nor put on record"
	}
	return n
}

// nextStep is the next action at the current step.
func (s State) nextStep(step runbook.Step, number string) Next {
	st := s.Step(s.At)
	n := Next{Step: s.At}
	switch {
	case s.Probing(s.At):
		n.Situation, n.Key = ToRun, "r"
		n.Words, n.Intent = "RUN the condition of "+number, Run{Step: step.ID}
		n.Aside = "it looks whether the step is for this case"
	case Undecided(step, st):
		n.Situation, n.Key = Guarding, "1 or 2"
		n.Words = "answer the condition of " + number + ": 1 = yes, 2 = no"
		n.Aside = "then enter"
	case unpicked(step, st):
		n.Situation, n.Key = Picking, fmt.Sprintf("1-%d", len(step.Runs)+1)
		n.Words, n.Aside = "choose which block of "+number+" is run", "then enter; choosing runs nothing"
	case st.Status == Failed:
		return s.nextUnmet(step, st, number)
	case len(s.Awaits(s.At)) > 0:
		n.Situation, n.Key = Approving, "a"
		n.Words = "APPROVE or refuse " + number + "; asked: " + list(s.Awaits(s.At))
		if s.Began.Rule != Lockstep {
			n.Aside = "without it: a deviation"
		}
	case step.Kind == runbook.Decide:
		n.Situation, n.Key = Deciding, fmt.Sprintf("1-%d", len(step.Answers))
		n.Words, n.Aside = "choose an answer to "+number, "then enter; choosing does nothing yet"
	case step.Kind.Interaction() == runbook.Attests:
		n.Situation, n.Key = ToAttest, "d"
		n.Words, n.Intent = "DONE, when you have done "+number, Attest{Step: step.ID}
		n.Aside = asideOf(step)
	default:
		n.Situation, n.Key = ToRun, "r"
		n.Words, n.Intent = verb(step)+turnOf(st, number), Run{Step: step.ID}
		n.Aside = asideOf(step)
	}
	return n
}

func verb(step runbook.Step) string {
	if step.Kind == runbook.Wait {
		return "start the WAIT of "
	}
	return "RUN "
}

// turnOf is a step's number with what of it is due: its block, and the terminal.
func turnOf(st StepState, number string) string {
	if n := st.Block(); n > 0 {
		number = fmt.Sprintf("block %d of %s", n, number)
	}
	number += st.letter()
	if at := st.Terminal(); at != "" && at != runbook.LocalTerminal {
		number += " at " + at
	}
	return number
}

// asideOf says what will be asked, and what else may be done.
func asideOf(step runbook.Step) string {
	switch {
	case step.Kind.Commands() && step.Effect == runbook.Final:
		return "asks you to type the target"
	case step.Kind.Commands() && step.Effect == runbook.Change:
		return "asks y first"
	case step.Optional:
		return "optional: s = leave it out"
	case step.Kind == runbook.Notify:
		return "asks who was reached, and when"
	case step.Evidence == FileEvidence:
		return "asks for the path of a file"
	case step.Evidence != "":
		return "asks what you saw"
	}
	return ""
}

// nextUnmet offers the document's own way first.
func (s State) nextUnmet(step runbook.Step, st StepState, number string) Next {
	n := Next{Situation: Unmet, Step: s.At}
	tries := max(1, step.Tries)
	switch {
	case st.Tries() < tries:
		n.Key, n.Intent = "r", Run{Step: step.ID}
		n.Words = fmt.Sprintf("TRY AGAIN (try %d of %d), as documented", st.Tries()+1, tries)
	case step.IfNot != "":
		n.Key, n.Words, n.Intent = "t", "take the documented way out: "+string(step.IfNot), WayOut{Step: step.ID}
	default:
		n.Key, n.Words = "b", "BLOCKED: nothing is documented for this"
		if s.Began.Rule != Lockstep {
			n.Aside = "r s w = deviations"
		}
	}
	return n
}

// Numbers names steps, given by their indexes, as people count them.
func Numbers(steps []int) string {
	words := make([]string, len(steps))
	for k, i := range steps {
		words[k] = fmt.Sprint(i + 1)
	}
	return list(words)
}

// finishing is what ending the exercise is at the end of its document.
func (s State) finishing() string {
	if s.Back != nil {
		return "FINISH as aborted; writes the report"
	}
	return "FINISH; writes the report"
}

// blocking is what keeps the current step from being carried out.
func (s State) blocking() string {
	if s.Refused() {
		return "a refusal"
	}
	return "a gap in the document"
}

// wayBack says what else there is than to end as blocked.
func (s State) wayBack() string {
	if s.Began.Rule == Lockstep {
		return "asks for a word"
	}
	return "asks for a word; ! = deviate and go on"
}
