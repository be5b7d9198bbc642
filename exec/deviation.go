package exec

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A Deviation is a difference between what is written and what was done. It is
// a finding about the document before it is anything else.
type Deviation struct {
	Code       string // of the taxonomy: F01, R02 ...
	Severity   Severity
	Name       string // what kind of difference it is
	Step       string // the step's id, where it concerns one
	At         time.Time
	By         string
	Detection  string // rule or declared
	Documented string // what the playbook says
	Actual     string // what happened
	Reason     string
	Agreed     string
	Proposal   string // the change to the playbook, in words
}

// Severity weighs a deviation.
type Severity string

// The severities. Major and critical ones are material: the documented
// procedure was not validated as written.
const (
	Info     Severity = "info"
	Minor    Severity = "minor"
	Major    Severity = "major"
	Critical Severity = "critical"
)

// Material reports whether the deviation decides the fidelity. An objective
// that could not be measured never does.
func (d Deviation) Material() bool {
	return (d.Severity == Major || d.Severity == Critical) && d.Code != "O03"
}

// A rule finds one kind of deviation in what is known of an exercise. It fills
// in everything but the code, the name and the detection.
type rule struct {
	code, name string
	severity   Severity // unless the finding states its own
	find       func(State) []Deviation
}

// rules is every kind that is found by rule, in the order of the report.
var rules = []rule{
	{"F01", "documented step skipped", Major, findSkipped},
	{"F03", "out of order", Major, findOutOfOrder},
	{"F07", "undocumented repeat", Minor, findRepeats},
	{"F09", "test procedure bypassed", Critical, findBypassed},
	{"F11", "ended before the document did", Major, findPremature},
	{"F12", "not executable as written", Major, findBlocked},
	{"C08", "blocks without a word on their order", Minor, findAmbiguous},
	{"R01", "unexpected exit status", Major, findExit},
	{"R02", "unexpected output", Major, findOutput},
	{"R05", "no expectation documented", Minor, findUnexpecting},
	{"R06", "did not end by itself", Major, findEndings},
	{"R12", "a test failed and was accepted", Critical, findWaivedTests},
	{"T01", "overran its estimate", Minor, findOverruns},
	{"P01", "not the documented person", Minor, findActors},
	{"V02", "playbook file changed during the exercise", Critical, findChanged},
	{"V07", "no agreement on this text", Major, findUnagreed},
	{"V08", "prerequisite gate overridden", Major, findOverridden},
	{"O01", "RTO missed", Major, findRTO},
	{"O02", "RPO missed", Major, findRPO},
	{"O03", "objective not measured", Major, findUnmeasured},
	{"J01", "gap in the record", Minor, findGaps},
	{"J02", "clock jumped", Minor, findJumps},
}

// A DeclarableKind is a kind of deviation that only a person can know of.
type DeclarableKind struct {
	Name, Code string
	Severity   Severity
	Proposal   string
}

// Declarable lists the kinds that a person may declare, in the order of the form.
var Declarable = []DeclarableKind{
	{"did it another way", "C04", Major, "Replace the step's text with what was done, or document it as an alternative."},
	{"left part of it out", "R04", Major, "Split the step, so that each part is done or left out on purpose."},
	{"extra action", "F04", Major, "Add a step at this place with what was done."},
	{"text is unclear", "V05", Minor, "Rewrite the step with the interpretation that was used."},
	{"needed help", "P04", Major, "Write what was known by heart into the step."},
	{"safety", "S00", Info, "Write down the condition under which this step must not be done as written."},
	{"something else", "D00", Minor, "Decide what the document should say here."},
}

func declarable(name string) (DeclarableKind, bool) {
	for _, k := range Declarable {
		if k.Name == name {
			return k, true
		}
	}
	return DeclarableKind{}, false
}

// Deviations are all that the rules find and all that people declared, in the
// order of the table.
func Deviations(s State) []Deviation {
	if s.Scenario == nil {
		return nil
	}
	var all []Deviation
	for _, d := range s.Declared {
		if k, ok := declarable(d.Kind); ok {
			all = append(all, Deviation{
				Code: k.Code, Severity: k.Severity, Name: k.Name, Step: d.Step, At: d.At, By: d.By, Detection: "declared",
				Documented: s.documented(d.Step), Actual: d.What, Reason: d.Reason, Agreed: d.Agreed, Proposal: k.Proposal,
			})
		}
	}
	for _, r := range rules {
		for _, d := range r.find(s) {
			d.Code, d.Name, d.Detection = r.code, r.name, "rule"
			if d.Severity == "" {
				d.Severity = r.severity
			}
			all = append(all, d)
		}
	}
	return all
}

// documented is what the playbook says at a step.
func (s State) documented(id string) string {
	i := s.find(id)
	if i < 0 {
		return "nothing"
	}
	step := s.Scenario.Steps[i]
	blocks := step.Runs
	if len(blocks) == 0 && step.Run != "" {
		blocks = []string{step.Run}
	}
	return strings.Join(append([]string{step.Do}, blocks...), "\n")
}

// each calls f for every step and collects what it finds.
func (s State) each(f func(runbook.Step, StepState) (Deviation, bool)) []Deviation {
	var found []Deviation
	for i, step := range s.Scenario.Steps {
		if d, ok := f(step, *s.steps[i]); ok {
			if d.Step == "" {
				d.Step = step.ID
			}
			if d.Documented == "" {
				d.Documented = s.documented(step.ID)
			}
			found = append(found, d)
		}
	}
	return found
}

func findSkipped(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		return Deviation{
			At: st.Closed, By: st.By, Actual: "The step was left out.", Reason: st.Reason, Agreed: st.Agreed,
			Proposal: fmt.Sprintf("Remove step %s, make it optional with its condition, or say why it must be done.", step.ID),
		}, st.Status == Skipped && !step.Optional
	})
}

func findOutOfOrder(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		if st.Stray.At.IsZero() {
			return Deviation{}, false
		}
		due := "the end"
		if st.Stray.Expected < len(s.steps) {
			due = s.Scenario.Steps[st.Stray.Expected].ID
		}
		reason, agreed := s.declaredFor(step.ID, DepartOrder)
		return Deviation{
			At: st.Stray.At, By: st.Stray.By, Reason: reason, Agreed: agreed,
			Documented: "The next step was " + due + ".", Actual: "Step " + step.ID + " was done instead.",
			Proposal: fmt.Sprintf("Move step %s before %s, or say that their order is free.", step.ID, due),
		}, true
	})
}

// The departures that the record notes when a rule asked for a reason.
const (
	DepartOrder  = "another order"
	DepartRepeat = "undocumented repeat"
)

// declaredFor is the reason that was given for a departure at a step.
func (s State) declaredFor(step, kind string) (reason, agreed string) {
	for _, d := range s.Declared {
		if d.Step == step && d.Kind == kind {
			return d.Reason, d.Agreed
		}
	}
	return "", ""
}

func findRepeats(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		most := 0
		for _, a := range st.Attempts {
			most = max(most, st.triesOf(a.Visit, a.Block, a.At))
		}
		tries := max(1, step.Tries)
		d := Deviation{
			At: st.Closed, By: st.By, Documented: fmt.Sprintf("%s allowed.", plural(tries, "try", "tries")),
			Actual:   fmt.Sprintf("It was tried %s.", plural(most, "time", "times")),
			Proposal: fmt.Sprintf("Say in step %s how often it may be tried (`tries: %d`) and how long to wait between, or mend the cause.", step.ID, most),
		}
		if most > tries+1 {
			d.Severity = Major
		}
		d.Reason, d.Agreed = s.declaredFor(step.ID, DepartRepeat)
		return d, most > tries
	})
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func findBypassed(s State) []Deviation {
	last := s.Scenario.Last(runbook.Test)
	if last < 0 || s.tested(last) || !s.declaredRecovered() || s.Leads != "" {
		return nil
	}
	var open []string
	for i, step := range s.Scenario.Steps {
		if st := s.steps[i]; step.Procedure == runbook.Test && !step.Optional && st.Guard != No &&
			(st.Status == Open || st.Status == NotApplicable || st.Status == Skipped) {
			open = append(open, step.ID)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []Deviation{{
		Step: open[0], At: s.Last, Documented: "The test procedure proves that the service is back.",
		Actual:   "The exercise went on to the end without " + strings.Join(open, ", ") + ".",
		Proposal: "Let every path of the recovery procedure lead through the test procedure before resume.",
	}}
}

// declaredRecovered reports whether the work went on behind the test procedure.
func (s State) declaredRecovered() bool {
	return s.At > s.Scenario.Last(runbook.Test) && (s.performed(runbook.Recovery) || s.performed(runbook.Resume))
}

func findPremature(s State) []Deviation {
	if s.Ended == nil || s.Ended.Completion != Aborted || s.Started.IsZero() {
		return nil
	}
	var open []string
	for i, step := range s.Scenario.Steps {
		if !s.steps[i].Over() && !step.Optional {
			open = append(open, step.ID)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []Deviation{{
		Step: open[0], At: s.Last, Documented: fmt.Sprintf("%s more to do.", plural(len(open), "step", "steps")),
		Actual: "The exercise was ended at step " + open[0] + ".", Reason: s.Ended.Reason,
		Proposal: "Say under which conditions the procedure is complete, and under which it is given up.",
	}}
}

func findBlocked(s State) []Deviation {
	if s.Ended == nil || s.Ended.Completion != Blocked {
		return nil
	}
	step, ok := s.Current()
	if !ok {
		return nil
	}
	return []Deviation{{
		Step: step.ID, At: s.Last, Documented: s.documented(step.ID), Actual: "It could not be carried out as it is written.",
		Reason: s.Ended.Reason, Proposal: "Write the missing instruction: what to do at step " + step.ID + " in the situation that was met.",
	}}
}

// findAmbiguous speaks where more than one of a step's blocks was run, although
// they may have been meant as alternatives.
func findAmbiguous(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		return Deviation{
			At: st.Closed, By: st.By, Actual: fmt.Sprintf("The document does not say how its blocks go together; %d of them were run, in order.", min(st.Ran+1, len(st.Blocks))),
			Proposal: fmt.Sprintf("Make each block of step %s a step of its own, or say which of them is run when.", step.ID),
		}, len(st.Blocks) > 1 && st.Ran > 0 && st.Over() && !s.Began.DryRun
	})
}

func findExit(s State) []Deviation {
	return s.failed(func(step runbook.Step, r *StepEnded) (Deviation, bool) {
		c, ok := failedCheck(r, "exit")
		return Deviation{
			Actual:   fmt.Sprintf("Exit status %s; documented is %s.", c.Seen, c.Want),
			Proposal: fmt.Sprintf("Correct the command of step %s, or say what exit status %s means and what to do then.", step.ID, c.Seen),
		}, ok
	})
}

func findOutput(s State) []Deviation {
	found := s.failed(func(step runbook.Step, r *StepEnded) (Deviation, bool) {
		for _, c := range r.Checks {
			if !c.OK && c.Mode != "exit" && r.Match == Differs {
				return Deviation{
					Actual:   fmt.Sprintf("The output does not satisfy `%s`: expected %s, saw %s.", c.Mode, oneLine(c.Want), oneLine(c.Seen)),
					Proposal: fmt.Sprintf("Correct the expectation of step %s, or say what this output means and what to do then.", step.ID),
				}, true
			}
		}
		return Deviation{
			Actual:   sentence("The output could not be compared with what is documented: " + r.Uncompared),
			Proposal: fmt.Sprintf("Give step %s an expectation that can be compared: a status, or less output.", step.ID),
		}, r.Match == NotComparable
	})
	return append(found, s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		a, ok := st.LastAttempt()
		return Deviation{
			Severity: Minor, At: a.Ended, By: a.By, Actual: "The output is not the one that the document shows.",
			Proposal: "Replace the sample of step " + step.ID + " with the output that was recorded.",
		}, ok && st.Status == Passed && a.Result != nil && a.Result.Sample == Differs
	})...)
}

// sentence ends with a full stop, and not with a colon that nothing follows.
func sentence(text string) string { return strings.TrimRight(text, ": ") + "." }

func oneLine(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", " / ")
	if r := []rune(text); len(r) > 120 {
		text = string(r[:120]) + "..."
	}
	return fmt.Sprintf("%q", text)
}

func failedCheck(r *StepEnded, mode string) (Check, bool) {
	for _, c := range r.Checks {
		if c.Mode == mode && !c.OK {
			return c, true
		}
	}
	return Check{}, false
}

// failed looks at the attempts that ended without what was expected. One that
// the document itself answers, by a further try that succeeded or by a way out,
// is no more than information; one that a person repeated until it passed is
// minor; one that stands is major.
func (s State) failed(f func(runbook.Step, *StepEnded) (Deviation, bool)) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		for _, a := range st.Attempts {
			if a.Result == nil || a.Result.Outcome != Exited || a.Result.Match == Matched || a.Result.Simulated {
				continue
			}
			d, ok := f(step, a.Result)
			if !ok {
				continue
			}
			d.At, d.By, d.Reason, d.Agreed = a.Ended, a.By, st.Reason, st.Agreed
			switch {
			case st.WayOut, st.Status == Passed && st.triesOf(a.Visit, a.Block, a.At) <= max(1, step.Tries), a.Visit < st.Visit:
				d.Severity = Info
			case st.Status == Passed, st.Status == Done: // on a person\'s word
				d.Severity = Minor
			}
			return d, true
		}
		return Deviation{}, false
	})
}

// findUnexpecting says once a playbook that expectations are missing.
func findUnexpecting(s State) []Deviation {
	if s.Began.DryRun {
		return nil // nothing was run
	}
	var ids []string
	for i, step := range s.Scenario.Steps {
		if step.Kind == runbook.Run && !step.Expect.Stated && len(s.steps[i].Attempts) > 0 {
			ids = append(ids, step.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return []Deviation{{
		Step: ids[0], At: s.First, Documented: "No expectation; exit 0 was assumed.",
		Actual:   plural(len(ids), "step was", "steps were") + " run without one: " + strings.Join(ids, ", ") + ".",
		Proposal: "Write `expect:` for these steps; what was recorded can serve as a draft.",
	}}
}

func findEndings(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		for _, a := range slices.Concat(st.Looks, st.Attempts) {
			if a.Result == nil {
				continue
			}
			end, ok := endings[a.Result.Outcome]
			if a.Result.Stopped {
				end, ok = endings[WasInterrupted], true
			}
			if ok {
				return Deviation{
					At: a.Ended, By: a.By, Actual: strings.TrimSpace("The command " + end.words + ". " + a.Result.Reason),
					Proposal: fmt.Sprintf(end.proposal, step.ID), Reason: st.Reason, Agreed: st.Agreed,
				}, true
			}
		}
		return Deviation{}, false
	})
}

// endings says how an attempt ended that did not exit by itself, and what the
// document could do about it.
var endings = map[Outcome]struct{ words, proposal string }{
	Suspended:      {"was suspended", "Write step %s so that its command needs no suspending."},
	SessionEnded:   {"ended its terminal", "Keep the command of step %s from ending the terminal that later steps need."},
	WasInterrupted: {"was stopped by hand", "Say in step %s when its command may be stopped, or how it comes to an end."},
	TimedOut:       {"ran into its limit", "Give step %s a limit that fits, or say what to do when it is reached."},
}

func findWaivedTests(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		return Deviation{
			At: st.Closed, By: st.By, Actual: "The test failed and the exercise went on.", Reason: st.Reason, Agreed: st.Agreed,
			Proposal: "Say who may accept a failed test at step " + step.ID + ", and on what grounds.",
		}, step.Procedure == runbook.Test && st.Status == Failed && st.Accepted
	})
}

// RuleCodes are the codes of all kinds that are found by rule.
func RuleCodes() []string {
	codes := make([]string, len(rules))
	for i, r := range rules {
		codes[i] = r.code
	}
	return codes
}
