package ui

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// stripRows is how much of the checklist is shown over a step: five rows, or
// three where the step has much to say.
func stripRows(sc scene, lay layout) int {
	step, _, _ := sc.step()
	need := len(part.Instruction(sc.look, step, lay.W)) + len(stepFacts(sc, step, lay.W)) + 3
	return min(5, max(3, lay.body.H-need))
}

// stepFacts are what is obeyed literally at a step, and whom it has called.
func stepFacts(sc scene, step runbook.Step, w int) []string {
	rows := part.Facts(sc.look, step, w)
	if m, ok := sc.medians[step.ID]; ok {
		rows = append(rows, part.Fact("time", part.Usual(step, m), w)...)
	}
	rows = append(approvals(sc, w), rows...)
	if step.Kind == runbook.Notify {
		return append(calls(sc, step, w), rows...)
	}
	return rows
}

// approvals are those who must approve the step that is shown, and what they said.
func approvals(sc scene, w int) []string {
	var rows []string
	for _, a := range sc.st.Approvers(sc.at()) {
		rows = append(rows, part.Remark("ok by", clean.Line(a.Named+": "+said(sc, a.Word)), w)...)
	}
	return rows
}

// said is somebody's word on a step.
func said(sc scene, word exec.Approval) string {
	text := word.Who + " approves it"
	switch {
	case word.At.IsZero():
		return "nobody yet"
	case word.Refused:
		text = word.Who + " REFUSES: " + word.Reason
	}
	if word.Named() {
		text += " (said by " + word.By + ")"
	}
	return text + ", " + sc.clock(word.At)
}

// calls are what a step asks for that tells people.
func calls(sc scene, step runbook.Step, w int) []string {
	return part.Told(exec.Call(sc.st.Book, sc.st.Of(sc.at()), exec.Duty(sc.st.Book, step)), w)
}

// stepPane draws the step that is shown: what is written, and what it printed.
// The command and its expectation come first when there is little room.
func stepPane(sc scene, size part.Size) []string {
	step, st, ok := sc.step()
	if !ok {
		return part.Tall(nil, size.H)
	}
	text := part.Instruction(sc.look, step, size.W)
	facts := append(stepFacts(sc, step, size.W), part.Values(step, sc.st.Values, size.W)...)
	lines, total, running := sc.output()
	if !running {
		facts = append(facts, past(sc, st, size.W)...)
	}
	room := max(0, size.H-1)
	out := 1
	switch _, a, ok := sc.st.Newest(); {
	case running || total > 0:
		out = min(10, 2+max(3, len(lines)), max(5, room-len(facts)))
	case ok && !sc.looking():
		out = min(10, 1+len(noted(a, size.W))+len(excerpt(a.Result.Output)), max(1, room-len(facts)-len(text)-1))
	}
	facts = part.Capped(facts, max(1, room-out), "v = in full")
	if running && size.H < 20 {
		text = nil
	}
	text = part.Capped(text, max(0, room-out-len(facts)-1), "v = in full")
	rows := append([]string{stepRule(sc, step, st, size.W)}, text...)
	if len(text) > 0 && len(rows)+len(facts)+out < size.H {
		rows = append(rows, "")
	}
	rows = append(rows, facts...)
	return part.Tall(append(rows, outputPane(sc, lines, total, running, part.Size{W: size.W, H: size.H - len(rows)})...), size.H)
}

func stepRule(sc scene, step runbook.Step, st exec.StepState, w int) string {
	title := fmt.Sprintf("Step %d of %d: %s", sc.at()+1, sc.steps(), clean.Line(step.ID))
	right := part.Meeting(step) + blockOf(sc, sc.at(), ", block %d") + siteOf(sc, sc.at())
	a, _ := st.Newest()
	switch {
	case st.Status == exec.Active:
		right = running(step, sc.now.Sub(a.Began))
	case sc.looking():
		title, right = fmt.Sprintf("LOOKING AT STEP %d: %s", sc.at()+1, clean.Line(step.ID)), ". = back"
	case st.Status == exec.Failed:
		right = fmt.Sprintf("FAILED, try %d", st.Tries())
	}
	return sc.look.Paint(look.Strong, part.Rule(sc.look, title, right, w))
}

// running says how long a step has run, beside the time that the document gives
// it.
func running(step runbook.Step, ran time.Duration) string {
	words := "RUNNING " + part.Clock(ran)
	if step.Timeout > 0 {
		words += " of " + part.Clock(step.Timeout)
	}
	switch {
	case step.Timeout > 0 && ran > step.Timeout:
		return "OVER ITS LIMIT " + part.Clock(step.Timeout) + ", being stopped"
	case exec.Nearing(step, ran):
		return words + ", STOPPED IN " + part.Clock(step.Timeout-ran)
	case exec.Overrun(step, ran):
		return words + ", planned " + part.Clock(exec.Planned(step))
	}
	return words
}

// past is what became of a step: what was seen, by whom, why.
func past(sc scene, st exec.StepState, w int) []string {
	var rows []string
	if a, tried := st.LastAttempt(); tried && !st.Earlier(a) {
		rows = append(rows, part.Checks(sc.look, a, w)...)
	}
	if st.Over() {
		word := string(st.Status)
		if st.By != "" {
			word += " by " + st.By
		}
		if !st.Closed.IsZero() {
			word += ", " + sc.clock(st.Closed)
		}
		rows = append(rows, part.Remark("was", word, w)...)
	}
	for _, more := range []struct{ label, text string }{{"seen", st.Text}, {"file", fileLeft(st)}, {"reason", st.Reason}, {"agreed", st.Agreed}} {
		if more.text != "" {
			rows = append(rows, part.Remark(more.label, more.text, w)...)
		}
	}
	return rows
}

// fileLeft is the file that a person left as evidence, in words.
func fileLeft(st exec.StepState) string {
	if st.File == nil {
		return ""
	}
	return st.File.String()
}

func outputPane(sc scene, lines []string, total int, running bool, size part.Size) []string {
	if size.H <= 0 {
		return nil
	}
	step, _, _ := sc.step()
	if !running && total == 0 {
		if rows := newest(sc, size); rows != nil || !step.Kind.Commands() {
			return rows
		}
		return []string{sc.look.Paint(look.Quiet, part.Rule(sc.look, "Output", "not run yet", size.W))}
	}
	rule := part.OutputRule(sc.look, "Output", running, total, sc.view.top, size.W)
	return append([]string{rule}, part.Output(lines, total, sc.view.top, part.Size{W: size.W, H: size.H - 1})...)
}

// newest is what the newest command printed: the step that is next may well be
// about that. It is nothing where there is no room, or nothing was printed.
func newest(sc scene, size part.Size) []string {
	i, a, ok := sc.st.Newest()
	if !ok || sc.looking() || i == sc.at() && !sc.st.Step(i).Earlier(a) || size.H < 2 {
		return nil
	}
	of := fmt.Sprintf("Output of step %d", i+1)
	if a.Look {
		of = fmt.Sprintf("Output of the condition of step %d", i+1)
	}
	if turn := a.Turn(); turn != "" {
		of += ", " + clean.Line(turn)
	}
	lines := excerpt(a.Result.Output)
	if len(lines) == 0 {
		return nil
	}
	total := max(a.Result.Output.Lines, len(lines))
	rows := append([]string{part.OutputRule(sc.look, of, false, total, -1, size.W)}, part.Capped(noted(a, size.W), size.H/2, "up = look at it")...)
	return append(rows, part.Output(lines, total, -1, part.Size{W: size.W, H: size.H - len(rows)})...)
}

// noted is what a person should know of an attempt that ended.
func noted(a exec.Attempt, w int) []string {
	var rows []string
	for _, note := range a.Result.Notes() {
		rows = append(rows, part.Remark("note", note, w)...)
	}
	return rows
}

// document is the whole of a step, for a page of its own.
func document(sc scene, w int) []string {
	step, st, ok := sc.step()
	if !ok {
		return nil
	}
	rows := append(part.Instruction(sc.look, step, w), "")
	rows = append(rows, stepFacts(sc, step, w)...)
	for _, a := range step.Answers {
		rows = append(rows, part.Remark("answer", a.Say+"  ->  "+string(a.Go), w)...)
	}
	if exec.Conditional(step) {
		rows = append(rows, part.Remark("if", exec.Condition(step), w)...)
	}
	if step.Sample != "" {
		rows = append(rows, part.Fact("sample", step.Sample, w)...)
	}
	for _, r := range step.Refs {
		rows = append(rows, part.Fact("see", r, w)...)
	}
	rows = append(rows, past(sc, st, w)...)
	for _, d := range sc.devs {
		if d.Step == step.ID {
			rows = append(rows, part.Remark(d.Code, strings.Join([]string{d.Name, d.Actual, d.Reason}, " / "), w)...)
		}
	}
	return append(rows, safety(sc, w)...)
}
