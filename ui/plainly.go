package ui

import (
	"fmt"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// plainly is a situation that is told in a few words under a title.
type plainly struct {
	tell func(scene, int) (title string, lines []string)
}

func (plainly) next(sc scene) nextLine { return steady{}.next(sc) }

func (plainly) enter(sc scene) want { return steady{}.enter(sc) }

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
		"and H gives the exercise up. All clocks go on.", w)...)
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
