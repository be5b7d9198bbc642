package ui

import (
	"fmt"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/part"
)

// Here are all forms, each with what it asks and the intent that comes of it.

// seen is the line that dates a form.
func seen(sc scene) string {
	c := sc.st.Clock(sc.now)
	line := "at " + sc.clock(sc.now)
	if !c.Started.IsZero() && c.RTO > 0 {
		line += "   T+" + part.Clock(c.Elapsed) + "   LEFT " + part.Clock(c.Left)
	}
	return line + "   by " + clean.Line(sc.cfg.Who)
}

// title names a step in a form's title.
func titled(sc scene, words, id string) string {
	return fmt.Sprintf("%s step %d '%s'", words, sc.st.Scenario.Find(id)+1, clean.Line(id))
}

const (
	askReason = "Why is the document left?"
	askAgreed = "Who agreed? (empty = nobody)"
)

// reasonForm asks why the document is left and who agreed to that.
func reasonForm(sc scene, i exec.Intent) overlay {
	words, id := departing(sc, i)
	return form{
		id: "reason " + words + id, title: titled(sc, words, id), head: []string{seen(sc)}, tied: true,
		entry: []entry{{label: askReason}, {label: askAgreed}},
		foot:  "This is a deviation. It is recorded under your name and cannot be removed later, only answered.",
		verb:  words + " this step, as a deviation",
		intent: func(v []string) exec.Intent {
			return exec.Departed(i, exec.Departure{Reason: v[0], Agreed: v[1]})
		},
	}
}

// departing names what is about to be done, and to which step.
func departing(sc scene, i exec.Intent) (words, id string) {
	switch i := i.(type) {
	case exec.Skip:
		return "SKIP", i.Step
	case exec.Accept:
		return "ACCEPT", i.Step
	case exec.Attest:
		return begun(sc, i.Step, "DO", "DO"), i.Step
	case exec.Run:
		return begun(sc, i.Step, "RUN", "REPEAT"), i.Step
	}
	return "LEAVE THE DOCUMENT AT", ""
}

// begun names how a step would be begun that leaves the document: out of order,
// without its approval, or otherwise.
func begun(sc scene, id, verb, otherwise string) string {
	switch n := sc.st.Scenario.Find(id); {
	case !sc.st.Offers(n):
		return verb + " OUT OF ORDER"
	case len(sc.st.Awaits(n)) > 0:
		return verb + " WITHOUT APPROVAL"
	}
	return otherwise
}

// overrideForm asks why an exercise begins although something bars it, and who
// says that it does. What was said on the command line stands there already.
func overrideForm(sc scene, i exec.Intent) overlay {
	head := []string{seen(sc)}
	for _, b := range sc.st.Bars() {
		head = append(head, "barred by "+b.Gate+": "+b.Why)
	}
	given := sc.ex.Override
	return form{
		id: "override", title: "BEGIN ALL THE SAME?", head: head, tied: true,
		entry: []entry{
			{label: "Why does it begin all the same?", field: part.Field{}.Insert(given.Reason)},
			{label: "Who overrides it? (a name)", field: part.Field{}.Insert(given.Agreed)},
		},
		foot:   "This is a material deviation. It is recorded with that name and cannot be removed later, only answered.",
		verb:   "BEGIN, overriding what bars it",
		intent: func(v []string) exec.Intent { return exec.Departed(i, exec.Departure{Reason: v[0], Agreed: v[1]}) },
	}
}

// giveForm asks for the value of an input. That of a secret is not shown.
func giveForm(sc scene, in runbook.Input) overlay {
	head := []string{seen(sc)}
	if in.Pattern != "" {
		head = append(head, "It must match "+in.Pattern)
	}
	if in.Secret != nil {
		head = append(head, "What you type is not shown, and not put on record.")
	}
	return form{
		id: "give " + in.Name, title: "GIVE THE VALUE OF " + in.Name, head: head, tied: true, enter: true,
		entry:  []entry{{label: clean.Line(exec.QuestionOf(in)), field: part.Field{Hidden: in.Secret != nil}}},
		foot:   "Commands find it in their environment, as " + in.Name + ".",
		verb:   "TAKE this value",
		intent: func(v []string) exec.Intent { return exec.Give{Name: in.Name, Value: v[0], From: "asked"} },
	}
}

// evidenceForm asks what a person saw or did, where that must be left behind.
func evidenceForm(sc scene, i exec.Intent) overlay {
	done, _ := i.(exec.Attest)
	ask := "What did you see? The document asks for it."
	if n := sc.st.Scenario.Find(done.Step); n >= 0 && sc.st.Scenario.Steps[n].Kind == runbook.Notify {
		ask = "Who was reached, and when? Who was not?"
	}
	if n := sc.st.Scenario.Find(done.Step); n >= 0 && sc.st.Scenario.Steps[n].Evidence == exec.FileEvidence {
		ask = "Which file shows it? Its whole path, from the root:"
	}
	return form{
		id: "evidence " + done.Step, title: titled(sc, "DONE:", done.Step), head: []string{seen(sc)}, tied: true,
		entry: []entry{{label: ask}}, enter: true,
		verb: "RECORD the step as done",
		intent: func(v []string) exec.Intent {
			done.Text = v[0]
			return done
		},
	}
}

// deviationForm declares a difference that only a person can know of.
func deviationForm(sc scene) overlay {
	step, _, _ := sc.step()
	kinds := make([]string, len(exec.Declarable))
	for i, k := range exec.Declarable {
		kinds[i] = k.Name
	}
	return form{
		id: "deviation " + step.ID, title: titled(sc, "DEVIATION from", step.ID), head: []string{seen(sc)},
		entry: []entry{{label: "What kind?", options: kinds}, {label: "What was done instead?"}, {label: "Why?"}, {label: askAgreed}},
		foot:  "It cannot be removed later, only answered.",
		verb:  "RECORD this deviation",
		intent: func(v []string) exec.Intent {
			return exec.Deviate{Step: step.ID, Kind: v[0], What: v[1], Departure: exec.Departure{Reason: v[2], Agreed: v[3]}}
		},
	}
}

// noteForm adds a remark, on the step that is shown while the work goes on.
func noteForm(sc scene) overlay {
	step, title := runbook.Step{}, "NOTE on the whole exercise"
	if sc.working() && sc.st.At < sc.steps() || sc.looking() {
		step, _, _ = sc.step()
		title = titled(sc, "NOTE on", step.ID)
	}
	return form{
		id: "note " + step.ID, title: title, head: []string{seen(sc)}, entry: []entry{{label: "What is worth remembering?"}},
		verb: "RECORD the note", enter: true,
		intent: func(v []string) exec.Intent { return exec.Remark{Step: step.ID, Text: v[0]} },
	}
}

// markForm sets a clock mark by a person's word: in an incident nobody else knows
// when it broke.
func markForm(sc scene) overlay {
	names := make([]string, len(exec.Tellable))
	for i, m := range exec.Tellable {
		names[i] = string(m)
	}
	now := sc.now
	return form{
		id: "mark", title: "MARK A MOMENT", head: []string{seen(sc)},
		entry: []entry{
			{label: "Which mark?", options: names},
			{label: "When, in UTC, as 12:04:05?   (empty = now)"},
			{label: "What does that rest on?"},
		},
		foot: "Clocks start and stop at marks. It can be set once.", verb: "SET the mark", enter: true,
		intent: func(v []string) exec.Intent {
			return exec.Mark{Name: runbook.Mark(v[0]), Instant: exec.OnDay(now, v[1]), Basis: v[2]}
		},
	}
}

// approval is the approval that may come from here: of whoever sits here, or, where
// they act, in the name of somebody who is asked.
func approval(sc scene) exec.Approve {
	i := exec.Approve{Step: id(sc), Seat: sc.cfg.Who}
	if sc.onlooking() {
		return i
	}
	for _, a := range sc.st.Approvers(sc.at()) {
		if !a.Agrees() && len(a.People) > 0 {
			i.By = a.People[0]
		}
	}
	return i
}

// approvalForm takes somebody's word on the step: that of whoever sits here, or,
// where they act, that of somebody whom they name.
func approvalForm(sc scene) overlay {
	step, _, _ := sc.step()
	head := []string{seen(sc), "asked: " + strings.Join(sc.st.Awaits(sc.at()), ", ")}
	entries := []entry{{label: "What is the word?", options: []string{"approve", "refuse"}}, {label: "Why, where it is refused?"}}
	if !sc.onlooking() {
		head = append(head, "You say it in their name, and the record says so.")
		entries = append(entries, entry{label: "Whose word is it? (a name)"})
	}
	return form{
		id: "approval " + step.ID, title: titled(sc, "APPROVE", step.ID), head: head, tied: true, entry: entries, enter: true,
		foot: "The step does not begin before all who are asked approve. A refusal blocks it.",
		verb: "RECORD this word",
		intent: func(v []string) exec.Intent {
			by := "" // whoever sits here
			if len(v) > 2 {
				by = v[2]
			}
			if v[0] == "refuse" {
				return exec.Refuse{Step: step.ID, By: by, Reason: v[1], Seat: sc.cfg.Who}
			}
			return exec.Approve{Step: step.ID, By: by, Seat: sc.cfg.Who}
		},
	}
}

// blockForm says that the document does not say how to go on.
func blockForm(sc scene) overlay {
	step, _ := sc.st.Current()
	return form{
		id: "block " + step.ID, title: titled(sc, "BLOCKED at", step.ID), head: []string{seen(sc)}, tied: true,
		entry: []entry{{label: "What does the document not say?"}}, enter: true,
		foot:   "This is a finding about the document, and the correct thing to do where it does not say how to go on.",
		verb:   "RECORD that the step is blocked",
		intent: func(v []string) exec.Intent { return exec.Block{Step: step.ID, Reason: v[0]} },
	}
}

// holdForm stops the work for a while.
func holdForm(sc scene) overlay {
	return form{
		id: "hold", title: "HOLD the work", head: []string{seen(sc)}, entry: []entry{{label: "Why?"}}, enter: true,
		foot:   "What runs goes on. The clock of a real outage is not stopped.",
		verb:   "HOLD",
		intent: func(v []string) exec.Intent { return exec.Hold{Reason: v[0]} },
	}
}

// stopForm calls stop, from whichever seat.
func stopForm(sc scene) overlay {
	return form{
		id: "stop", title: "CALL STOP", head: []string{seen(sc)}, entry: []entry{{label: "What is wrong?"}}, enter: true,
		foot:   "Nothing new starts until whoever has the pen has answered. What runs goes on.",
		verb:   "CALL STOP",
		intent: func(v []string) exec.Intent { return exec.CallStop{Reason: v[0]} },
	}
}

// goOnForm answers a stop that was called.
func goOnForm(sc scene) overlay {
	stop, _ := sc.st.Called()
	return form{
		id: "go on", title: "GO ON ALTHOUGH STOP WAS CALLED?", head: []string{clean.Line(stop.Words())}, tied: true, enter: true,
		entry:  []entry{{label: "Why can it go on? It is your answer."}},
		verb:   "GO ON",
		intent: func(v []string) exec.Intent { return exec.GoOn{Reason: v[0]} },
	}
}

// endForm ends an exercise as blocked, for good.
func endForm(sc scene) overlay {
	return form{
		id: "end", title: "END AS BLOCKED?", enter: true, tied: true,
		head: []string{
			"This ends " + clean.Line(sc.ex.ID) + " at a gap in the document. It cannot be resumed; it can be repeated.",
		},
		entry:  []entry{{label: "To end it, type:  " + exec.EndWord}},
		verb:   "END as blocked, once '" + exec.EndWord + "' is typed",
		intent: func(v []string) exec.Intent { return exec.Finish{Confirm: v[0]} },
	}
}

// haltForm gives the exercise up: back to safety where the document says how, else
// for good.
func haltForm(sc scene) overlay {
	where := "before it began"
	if step, open := sc.st.Current(); open && !sc.st.Started.IsZero() {
		where = fmt.Sprintf("at step %d", sc.st.Scenario.Find(step.ID)+1)
	}
	head := []string{"This ends " + clean.Line(sc.ex.ID) + " " + where + ". It cannot be resumed; it can be repeated."}
	switch s := sc.st; {
	case !s.Started.IsZero() && s.Back == nil && s.WayBack():
		head = []string{"This gives " + clean.Line(sc.ex.ID) + " up " + where + ". What follows is the document's way back to safety; then it ends as aborted."}
	case s.Back != nil:
		head = append(head, "The way back to safety is given up too. Say who will bring the system back.")
	case s.Started.IsZero():
	default:
		head = append(head, "The document does NOT say how to get back to safety. Do that first, or say who will.")
	}
	if sc.st.Running() >= 0 {
		head = append(head, fmt.Sprintf("Step %d, which runs, is asked to stop.", sc.st.Running()+1))
	}
	return form{
		id: "halt", title: "HALT THE EXERCISE?", enter: true, head: head,
		entry:  []entry{{label: "Reason, and who takes over"}, {label: "To halt, type:  " + exec.HaltWord}},
		verb:   "HALT, once '" + exec.HaltWord + "' is typed",
		intent: func(v []string) exec.Intent { return exec.Halt{Reason: v[0], Confirm: v[1]} },
	}
}
