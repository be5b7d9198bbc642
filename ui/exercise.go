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

// toDo is a step that waits to be started or done.
type toDo struct{ steady }

func (toDo) body(sc scene, lay layout) []string { return beside(sc, lay, stripRows(sc, lay), stepPane) }

// busy is a step that runs.
type busy struct{ steady }

func (busy) body(sc scene, lay layout) []string {
	switch {
	case sc.update.Screen != nil && lay.class == small:
		return picture(sc, lay.body)
	case sc.update.Screen != nil:
		return beside(sc, lay, 0, picture)
	}
	return beside(sc, lay, stripRows(sc, lay), stepPane)
}

func (busy) next(sc scene) nextLine {
	step := fmt.Sprintf("step %d ", sc.next.Step+1)
	switch w := sc.update.Waiting; {
	case w == "" || sc.next.Key != "":
		return steady{}.next(sc)
	case w == exec.WaitsForKeys:
		return nextLine{"i", "GIVE IT THE KEYS; " + step + w.Words(), "g = the whole terminal"}
	default:
		return nextLine{"i", "TYPE AN ANSWER; " + step + w.Words(), "ctrl+c = stop it"}
	}
}

// looking is any step but the current one. Only looking is possible.
type looking struct{ steady }

func (looking) body(sc scene, lay layout) []string { return beside(sc, lay, 5, stepPane) }

func (looking) next(sc scene) nextLine {
	step, _, _ := sc.step()
	back := ". = back to the current step"
	if sc.view.aim {
		key, word := "r", "RUN"
		if step.Kind.Interaction() == runbook.Attests {
			key, word = "d", "DONE,"
		}
		return nextLine{key, fmt.Sprintf("%s step %d OUT OF ORDER: a deviation", word, sc.at()+1), back}
	}
	if done := (exec.Attest{Step: step.ID}); sc.st.Offers(sc.at()) && sc.update.Allow(done).Verdict != exec.Refused {
		return nextLine{"d", fmt.Sprintf("DONE, when you have done step %d; step %d runs beside it", sc.at()+1, sc.next.Step+1), back}
	}
	n := sc.screen.next(sc)
	if n.key != "" {
		return nextLine{"", fmt.Sprintf("you are looking at step %d", sc.at()+1), back}
	}
	return nextLine{"", n.words, back}
}

func (looking) enter(scene) want { return want{say: "looking only; . = back to the current step"} }

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
	return fmt.Sprintf("%s, %d bytes, SHA-256 %s", st.File.Name, st.File.Bytes, st.File.SHA256)
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

// unmet is an expectation that failed. The document's way out comes first.
type unmet struct{ steady }

func (unmet) body(sc scene, lay layout) []string { return beside(sc, lay, 1, unmetPane) }

func unmetPane(sc scene, size part.Size) []string {
	step, st, _ := sc.step()
	a, _ := st.LastAttempt()
	checks, ways := part.Checks(sc.look, a, size.W), waysOn(sc, step, st, size)
	lines, total, _ := sc.output()
	said := append(part.Prose(step.Do, size.W), part.Fact("ran", step.Run, size.W)...)
	room := size.H - len(checks) - len(ways) - min(len(lines), 4) - 2
	rows := []string{stepRule(sc, step, st, size.W)}
	if room >= 2 {
		rows = append(rows, part.Capped(said, room, "v = in full")...)
	}
	rows = append(rows, checks...)
	room = max(0, size.H-len(rows)-len(ways)-1)
	show := part.Output(lines, total, sc.view.top, part.Size{W: size.W, H: min(room-1, 10)})
	rows = append(rows, part.OutputRule(sc.look, "The end of its output", false, total, sc.view.top, size.W))
	rows = append(rows, show...)
	return part.Tall(append(rows, ways...), size.H)
}

// waysOn are the ways on from a failed expectation, each with what it costs.
func waysOn(sc scene, step runbook.Step, st exec.StepState, size part.Size) []string {
	l := sc.look
	rows := []string{l.Paint(look.Strong, part.Rule(l, "What now?", "the document's own ways first", size.W))}
	left := max(1, step.Tries) - st.Tries()
	again := "  r  run it again: the document does not say so" + deviationWord(sc, exec.Run{Step: step.ID})
	if left > 0 {
		again = fmt.Sprintf("  r  try again, as documented: %s left", part.Count(left, "try", "tries"))
	}
	if left > 0 || sc.st.Began.Rule != exec.Lockstep {
		rows = append(rows, again)
	}
	if step.IfNot != "" {
		rows = append(rows, "  t  the documented way out: go to "+clean.Line(string(step.IfNot)), "     "+spareAfter(sc, step.IfNot))
	}
	for _, way := range []struct {
		words  string
		intent exec.Intent
	}{
		{"  w  accept it although it failed", exec.Accept{Step: step.ID}},
		{"  s  skip it", exec.Skip{Step: step.ID}},
		{"  b  blocked: the document does not say how to go on", nil},
	} {
		if way.intent == nil || sc.update.Allow(way.intent).Verdict != exec.Refused {
			rows = append(rows, way.words+deviationWord(sc, way.intent))
		}
	}
	return rows
}

// deviationWord says that a way leaves the document.
func deviationWord(sc scene, i exec.Intent) string {
	if i != nil && sc.update.Allow(i).Ask == exec.ForReason {
		return "   (deviation)"
	}
	return ""
}

// spareAfter says in words what SPARE would become at a target.
func spareAfter(sc scene, t runbook.Target) string {
	c := sc.st.Clock(sc.now)
	if t.Leaves() || c.RTO == 0 || c.Started.IsZero() || !c.Stopped.IsZero() {
		return ""
	}
	spare := sc.st.SpareAfter(sc.now, t)
	word, verb := "", "becomes"
	switch {
	case spare < 0 && c.Spare >= 0:
		word = "  RTO WILL BE MISSED"
	case spare < 0:
		word = "  LATE"
	}
	if d := spare - c.Spare; d.Abs() < 1e9 {
		verb = "stays"
	}
	return "SPARE " + verb + " " + part.Signed(spare) + word
}

// plainly is a situation that is told in a few words under a title.
type plainly struct {
	tell func(scene, int) (title string, lines []string)
}

func (plainly) next(sc scene) nextLine      { return steady{}.next(sc) }
func (plainly) enter(sc scene) want         { return steady{}.enter(sc) }
func (plainly) choose(sc scene, n int) want { return steady{}.choose(sc, n) }
func (p plainly) body(sc scene, lay layout) []string {
	pane := func(sc scene, size part.Size) []string {
		title, lines := p.tell(sc, size.W)
		rule := sc.look.Paint(look.Strong, part.Rule(sc.look, title, "", size.W))
		return part.Tall(append([]string{rule}, lines...), size.H)
	}
	if lay.class == small {
		return pane(sc, lay.body)
	}
	return beside(sc, lay, 5, pane)
}

func stopCalled(sc scene, w int) (string, []string) {
	stop, _ := sc.st.Called()
	title := "STOP CALLED by " + clean.Line(stop.By) + " at " + sc.clock(stop.At)
	rows := part.Remark("reason", stop.Reason, w)
	return title, append(append(rows, ""), part.Prose("Nothing new starts until whoever has the pen has answered: G goes on, with a reason, "+
		"and H ends the exercise. All clocks go on.", w)...)
}

func onHold(sc scene, w int) (string, []string) {
	h := sc.st.Holds[len(sc.st.Holds)-1]
	title := "ON HOLD since " + sc.clock(h.From) + ", for " + part.Clock(sc.now.Sub(h.From))
	rows := part.Remark("reason", h.Reason, w)
	return title, append(append(rows, ""), part.Prose("The work is held up. The clock of a real outage goes on; where the outage "+
		"is simulated, the report shows the time on hold beside the total.", w)...)
}

// keeperGone is an exercise that nobody records any more.
func keeperGone(sc scene, w int) (string, []string) {
	rows := append(part.Prose("Nothing is recorded from here on.", w), part.Prose("Leave with q, then go on with:", w)...)
	rows = append(append(rows, part.Indent(part.Hard(sc.ex.Resume, w-2), 2)...), "")
	if i := sc.update.State.Running(); i >= 0 {
		rows = append(rows, part.Prose(fmt.Sprintf("Step %d was running then. Whether it still runs, and how it ends, is not known from here: whoever resumes is asked what happened.", i+1), w)...)
		rows = append(rows, "")
	}
	rows = append(rows, part.Prose("What was on record by then is safe. No key reaches the exercise from here. "+
		"If somebody resumes it elsewhere, this screen goes on with what comes on record.", w)...)
	return "THE KEEPER IS GONE since " + sc.clock(sc.update.Gone), rows
}

func gapped(sc scene, w int) (string, []string) {
	step, _, _ := sc.step()
	rows := part.Remark("reason", sc.st.Stuck, w)
	rows = append(rows, "")
	why := "The document does not say how to go on here. To end the exercise as blocked is correct: it is a finding about the document, not about anybody."
	if sc.st.Refused() {
		why = "The step does not begin before whoever refused approves it: a takes their word. To end the exercise as blocked is correct too."
	}
	rows = append(rows, part.Prose(why, w)...)
	if sc.st.Began.Rule != exec.Lockstep {
		rows = append(append(rows, ""), part.Prose("Or declare with ! what was done instead; then the exercise goes on at this step.", w)...)
	}
	return fmt.Sprintf("BLOCKED at step %d: %s", sc.at()+1, clean.Line(step.ID)), rows
}

func atEnd(sc scene, w int) (string, []string) {
	rows := append(goals(sc, w), "")
	if sc.st.Back != nil {
		rows = append(rows, part.Prose("The exercise was given up; it ends as aborted. "+wayBack(sc), w)...)
	}
	rows = append(rows, fmt.Sprintf("%s so far. Notes can still be added: n.", part.Count(len(sc.devs), "deviation", "deviations")))
	if sc.st.Back != nil {
		return "BACK TO SAFETY", rows
	}
	return "THE DOCUMENT IS THROUGH", rows
}

// wayBack says whether the way back to safety was walked.
func wayBack(sc scene) string {
	if !sc.st.WayBack() {
		return "The document does not say how to get back to safety, which is a finding: do it, or say who will."
	}
	return "The documented way back to safety is through."
}

// goals are the objectives, judged.
func goals(sc scene, w int) []string {
	var rows []string
	for _, o := range sc.goals {
		line := fmt.Sprintf(" %s  %s   ", clean.Line(o.Called()), part.Clock(o.Target))
		role, verb := look.Plain, "took "
		if o.Name == "RPO" {
			verb = "lost "
		}
		switch o.Verdict {
		case exec.Met:
			line, role = line+verb+part.Clock(o.Actual)+"   MET, "+part.Clock(o.Margin())+" to spare", look.Good
		case exec.Missed:
			line, role = line+verb+part.Clock(o.Actual)+"   MISSED by "+part.Clock(-o.Margin()), look.Bad
		default:
			line += "not evaluated: " + clean.Line(o.Why)
		}
		if o.Notional {
			line += " (simulated outage)"
		}
		rows = append(rows, sc.look.Paint(role, part.Cut(line, w)))
	}
	if len(rows) == 0 {
		rows = append(rows, " No objective is documented.")
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
