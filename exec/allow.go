package exec

import (
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// An Answer says whether an intent may be carried out now.
type Answer struct {
	Verdict Permission
	Why     string // of a no, and of what bars a start, in words for a person
	Ask     Question
	Word    string // what must be typed, when Ask is ForWord
}

// A Permission is the kind of an answer.
type Permission int

// The permissions.
const (
	Refused Permission = iota
	Allowed
	AskFirst
)

// A Question is what must be asked before an intent is allowed.
type Question int

// The questions.
const (
	Nothing     Question = iota
	ForYes               // y, on a panel that shows the exact command
	ForWord              // a word, typed exactly
	ForReason            // why the document is left, and who agreed
	ForText              // what the document wants as evidence
	ForOverride          // why what bars the start is overridden, and who does that
)

func yes() Answer             { return Answer{Verdict: Allowed} }
func no(why string) Answer    { return Answer{Verdict: Refused, Why: why} }
func ask(q Question) Answer   { return Answer{Verdict: AskFirst, Ask: q} }
func askWord(w string) Answer { return Answer{Verdict: AskFirst, Ask: ForWord, Word: w} }
func said(text string) bool   { return strings.TrimSpace(text) != "" }

// Allow says whether an intent may be carried out in a state: yes, no with the
// reason, or what to ask first. Every screen, the plain mode and the unattended
// mode ask here, and nowhere else.
func Allow(s State, i Intent) Answer {
	if s.Scenario == nil {
		return no("the exercise has no record yet")
	}
	if s.Ended != nil {
		return no("the exercise has ended; nothing recorded is changed")
	}
	if why := tooLong(i); why != "" {
		return no(why)
	}
	switch i := i.(type) {
	case Begin:
		return allowBegin(s, i)
	case Decline:
		return allowStart(s)
	case Give:
		return allowGive(s, i)
	case Remark:
		return needs(said(i.Text), "a note needs a text")
	case CallStop:
		return allowCall(s, i)
	case GoOn:
		_, called := s.Called()
		return needs(called && said(i.Reason), "only a stop that was called is answered, with a reason to go on")
	case Resize, Take:
		return yes()
	case Halt:
		if i.Confirm != HaltWord {
			return askWord(HaltWord)
		}
		return needs(said(i.Reason), "say why the exercise is halted")
	}
	if s.Started.IsZero() {
		return no("the exercise has not begun; nothing can be done before the go")
	}
	return allowStarted(s, i)
}

func needs(ok bool, why string) Answer {
	if ok {
		return yes()
	}
	return no(why)
}

func allowStart(s State) Answer {
	return needs(s.Started.IsZero(), "the exercise has begun already")
}

func allowBegin(s State, i Begin) Answer {
	if in, wanted := s.Wanted(); wanted {
		return no(in.Name + " has no value yet; give it first")
	}
	if stop, called := s.Called(); called {
		return no(stop.first())
	}
	if all := s.Bars(); len(all) > 0 && !(said(i.Reason) && said(i.Agreed)) {
		return Answer{Verdict: AskFirst, Ask: ForOverride, Why: barred(all)}
	}
	return allowStart(s)
}

// allowGive takes values until the go, and those that are wanted after it: a
// secret is on no record, and is asked for again when the exercise is resumed.
func allowGive(s State, i Give) Answer {
	in, known := s.Book.Input(i.Name)
	if !known {
		return no("the document has no input " + i.Name)
	}
	if _, given := s.Values[in.Name]; given && !s.Started.IsZero() {
		return no("the exercise has begun with a value for " + in.Name)
	}
	why := Unfit(in, i.Value)
	return needs(why == "", why)
}

// allowCall takes one call at a time, so that no answer can be to a call that
// nobody had seen.
func allowCall(s State, i CallStop) Answer {
	if stop, called := s.Called(); called {
		return no(stop.Words() + "; that is not answered yet, and a note adds to it")
	}
	return needs(said(i.Reason), "say why the exercise has to stop")
}

// allowStarted judges what needs the go to have been given.
func allowStarted(s State, i Intent) Answer {
	switch i := i.(type) {
	case Interrupt, Input:
		return needs(s.Running() >= 0, "no step is running")
	case Relay:
		return needs(!i.On || s.Running() >= 0, "no step is running")
	case Deviate:
		return allowDeviate(s, i)
	case Hold:
		return needs(!s.Held() && said(i.Reason), "a hold needs a reason, and ends before the next one")
	case Release:
		return needs(s.Held(), "nothing is held up")
	case Mark:
		return allowMark(s, i)
	case Finish:
		return allowFinish(s, i)
	case Block:
		return allowBlock(s, i)
	case Approve:
		return allowApproval(s, i.Step, i.By, i.Seat)
	case Refuse:
		return allowRefuse(s, i)
	case Resolve:
		return needs(s.status(i.Step) == Unknown, "the outcome of that step is not in doubt")
	}
	if stop, called := s.Called(); called {
		return no(stop.first())
	}
	if s.Held() {
		return no("the work is held up; release it first")
	}
	if r := s.Running(); r >= 0 && !s.beside(i, r) {
		return no("step " + s.Scenario.Steps[r].ID + " is running")
	}
	if u := s.unknown(); u >= 0 && s.Step(u).Uncompared() {
		return no("what step " + s.Scenario.Steps[u].ID + " printed could not be compared; say first whether it went as documented")
	} else if u >= 0 {
		return no("nobody saw how step " + s.Scenario.Steps[u].ID + " ended; say what happened first")
	}
	return allowWork(s, i)
}

// allowWork judges what carries the document out.
func allowWork(s State, i Intent) Answer {
	switch i := i.(type) {
	case Run:
		return allowRun(s, i)
	case Attest:
		return allowAttest(s, i)
	case Choose:
		return allowChoose(s, i)
	case WayOut:
		return allowWayOut(s, i)
	case Accept:
		if s.status(i.Step) != Failed || !s.here(i.Step) {
			return no("only an expectation that failed, at the current step, can be accepted")
		}
		return s.depart(i.Departure, true)
	case Skip:
		return allowSkip(s, i)
	}
	return no("this program does not know how to do that")
}

// depart is the rule's answer to leaving the document. always says that a
// reason is wanted even where the rule is guided.
func (s State) depart(d Departure, always bool) Answer {
	switch {
	case s.Began.Rule == Lockstep:
		return no("under lockstep the document is not left; b = blocked is the way")
	case said(d.Reason), s.Began.Rule == Guided && !always:
		return yes()
	}
	return ask(ForReason)
}

func allowRun(s State, i Run) Answer {
	n := s.find(i.Step)
	if n < 0 {
		return no("the document has no step " + i.Step)
	}
	step, st := s.Scenario.Steps[n], s.Step(n)
	switch {
	case s.Probing(n) && s.Stuck == "":
		return needs(s.lacks(n) == "", s.lacks(n))
	case s.Probing(n):
		return no("the step was said to be blocked: " + s.Stuck)
	case step.Kind != runbook.Run && step.Kind != runbook.Until && step.Kind != runbook.Wait:
		return no("step " + i.Step + " is not run; it is done by a person")
	case s.Offers(n) && Undecided(step, st):
		return no("answer the step's condition first: " + Condition(step))
	case s.Offers(n) && s.Stuck != "":
		return no("the step was said to be blocked: " + s.Stuck)
	case unpicked(step, st) && s.Offers(n):
		return no("say first which of the step's blocks is to be run")
	case unpicked(step, st):
		return no("the step has several blocks; which of them is run is asked when its turn comes")
	case s.lacks(n) != "":
		return no(s.lacks(n))
	case s.regains(n):
	case !s.Offers(n) || st.Tries() >= max(1, step.Tries):
		if a := s.depart(i.Departure, false); a.Verdict != Allowed {
			return a
		}
	}
	if a := s.unawaited(n, i.Departure); a.Verdict != Allowed {
		return a
	}
	return confirm(step, i.Confirm)
}

// lacks says which value is still wanted before the command that is due at the
// step at index i can run, "" where it has all.
func (s State) lacks(i int) string {
	in, wanted := s.Wanted()
	switch step := s.Due(i); {
	case !step.Kind.Commands():
		return ""
	case wanted:
		return in.Name + " has no value yet; give it first"
	}
	return s.misses(i)
}

// confirm makes a start as hard as the step is dangerous.
func confirm(step runbook.Step, given string) Answer {
	switch {
	case step.Effect == runbook.Final && given != step.Aim:
		return askWord(step.Aim)
	case step.Effect == runbook.Change && given != "y":
		return ask(ForYes)
	}
	return yes()
}

func allowAttest(s State, i Attest) Answer {
	n := s.find(i.Step)
	if n < 0 {
		return no("the document has no step " + i.Step)
	}
	step, st := s.Scenario.Steps[n], s.Step(n)
	switch {
	case step.Kind.Interaction() != runbook.Attests:
		return no("step " + i.Step + " is not done by hand")
	case st.Over():
		return no("step " + i.Step + " is done already")
	case s.Offers(n) && Undecided(step, st):
		return no("answer the step's condition first: " + Condition(step))
	case !s.Offers(n):
		if a := s.depart(i.Departure, false); a.Verdict != Allowed {
			return a
		}
	}
	if a := s.unawaited(n, i.Departure); a.Verdict != Allowed {
		return a
	}
	if WantsEvidence(step) && !said(i.Text) && !(s.Began.DryRun && step.Evidence == FileEvidence) {
		return ask(ForText)
	}
	return yes()
}

func allowChoose(s State, i Choose) Answer {
	n := s.find(i.Step)
	if !s.here(i.Step) {
		return no("only the current step's question can be answered")
	}
	step, st := s.Scenario.Steps[n], s.Step(n)
	if s.Probing(n) {
		return no("run the step's condition first: it answers by itself, and you are asked where it can't")
	}
	if !unguarded(step, st) {
		return needs(i.Choice == 1 || i.Choice == 2, "answer 1 for yes or 2 for no")
	}
	if unpicked(step, st) {
		return needs(i.Choice >= 1 && i.Choice <= len(step.Runs)+1, "the step has no such block")
	}
	if step.Kind != runbook.Decide || i.Choice < 1 || i.Choice > len(step.Answers) {
		return no("the document gives no such answer")
	}
	if lacking := s.Awaits(n); len(lacking) > 0 {
		return no("the answer waits for the approval of " + list(lacking))
	}
	a := step.Answers[i.Choice-1]
	if a.AtMost > 0 && count(st.Chosen, i.Choice) >= a.AtMost {
		return no("the document allows this answer no more than it was given already")
	}
	return yes()
}

// FileEvidence is what `evidence` says where a file is to be left behind. In a dry
// run nothing is done that could leave one.
const FileEvidence = "file"

// WantsEvidence reports whether a step by hand is done only with a line that tells
// of it: where the document asks for one, and wherever somebody was to be told.
func WantsEvidence(step runbook.Step) bool { return step.Evidence != "" || step.Kind == runbook.Notify }

func count(all []int, one int) int {
	n := 0
	for _, c := range all {
		if c == one {
			n++
		}
	}
	return n
}

func allowWayOut(s State, i WayOut) Answer {
	n := s.find(i.Step)
	if !s.here(i.Step) || s.Step(n).Status != Failed {
		return no("a way out is for the current step, when its expectation failed")
	}
	return needs(s.Scenario.Steps[n].IfNot != "", "the document gives no way out here")
}

func allowSkip(s State, i Skip) Answer {
	if !s.here(i.Step) {
		return no("only the current step can be skipped")
	}
	if s.Scenario.Steps[s.find(i.Step)].Optional {
		return yes()
	}
	return s.depart(i.Departure, true)
}

func allowDeviate(s State, i Deviate) Answer {
	if _, ok := declarable(i.Kind); !ok {
		return no("that is not a kind of deviation: " + i.Kind)
	}
	if i.Step != "" && s.find(i.Step) < 0 {
		return no("the document has no step " + i.Step)
	}
	return needs(said(i.What) && said(i.Reason), "say what was done instead, and why")
}

// Tellable are the marks that a person may set by word: what happened outside
// of this program. Recovered, verified and resumed follow from the procedures.
var Tellable = []runbook.Mark{runbook.Disruption, runbook.Detected, runbook.Acknowledged, runbook.Declared}

func allowMark(s State, i Mark) Answer {
	if !slices.Contains(Tellable, i.Name) {
		return no("the mark " + string(i.Name) + " follows from the procedures and can't be told")
	}
	if m, ok := s.Moment(i.Name); ok && !m.Notional {
		return no("the mark " + string(i.Name) + " is set already")
	}
	if !datable(i.Instant) {
		return no("the record has the years 1 to 9999")
	}
	return needs(!i.Instant.IsZero() && said(i.Basis) && !i.Instant.After(s.Last.Add(time.Minute)),
		"a mark needs an instant that has passed, and what it rests on")
}

func allowBlock(s State, i Block) Answer {
	if !s.here(i.Step) || s.Running() >= 0 {
		return no("only the current step can be blocked, while it is not running")
	}
	return needs(said(i.Reason), "say what the document does not say")
}

func allowFinish(s State, i Finish) Answer {
	if stop, called := s.Called(); called {
		return no(stop.first())
	}
	_, open := s.Current()
	if open && s.Stuck != "" && i.Confirm != EndWord {
		return askWord(EndWord)
	}
	return needs(s.Running() < 0 && s.unknown() < 0 && (!open || s.Stuck != ""), "the document has not come to its end")
}

// here reports whether the document wants a step done now.
func (s State) here(step string) bool {
	i := s.find(step)
	return s.Offers(i) && !s.steps[i].Over()
}

func (s State) status(step string) Status { return s.Step(s.find(step)).Status }

// unknown is the index of a step whose end nobody saw, -1 when there is none.
func (s State) unknown() int {
	for i, st := range s.steps {
		if st.Status == Unknown {
			return i
		}
	}
	return -1
}
