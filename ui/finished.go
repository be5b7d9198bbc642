package ui

import (
	"fmt"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// finished is an exercise that has ended: the verdicts, where the time went,
// and the report.
type finished struct{ steady }

func (finished) enter(scene) want { return want{leave: true} }

func (finished) next(sc scene) nextLine {
	return nextLine{sc.next.Key, sc.next.Words, sc.next.Aside}
}

func (finished) body(sc scene, lay layout) []string {
	if lay.class != wide {
		rows := append(summary(sc, lay.W), "")
		rows = append(rows, sc.look.Paint(look.Quiet, part.Rule(sc.look, "Report", "v = in full", lay.W)))
		rows = append(rows, sc.page.Lines(sc.look, sc.report, lay.W)...)
		return part.Tall(scrolled(sc, rows, lay.body.H), lay.body.H)
	}
	right := lay.right()
	page := sc.page.Lines(sc.look, sc.report, right.W)
	from := min(sc.view.scroll, max(0, len(page)-right.H+1))
	title := fmt.Sprintf("line %d-%d of %d", min(from+1, len(page)), min(len(page), from+right.H-1), len(page))
	rows := append([]string{sc.look.Paint(look.Quiet, part.Rule(sc.look, "Report", title, right.W))}, page[from:]...)
	return part.Columns(sc.look, part.Tall(summary(sc, lay.left-1), lay.body.H), rows, lay.left, lay.body.H)
}

func summary(sc scene, w int) []string {
	l := sc.look
	rule := func(title string) string { return l.Paint(look.Quiet, part.Rule(l, title, "", w)) }
	v := exec.Judge(sc.st)
	rows := []string{rule("Result"), " Outcome     " + string(v.Outcome), " Fidelity    " + string(v.Fidelity), " Completion  " + string(v.Completion)}
	if sc.st.Ended != nil && sc.st.Ended.Reason != "" {
		rows = append(rows, part.Remark("because", sc.st.Ended.Reason, w)...)
	}
	rows = append(rows, goals(sc, w)...)
	rows = append(append(rows, rule("Where the time went")), times(sc, w)...)
	rows = append(rows, rule(fmt.Sprintf("Deviations %d", len(sc.devs))))
	for _, d := range sc.devs {
		rows = append(rows, part.Cut(fmt.Sprintf(" %s %-8s %s: %s", d.Code, d.Severity, d.Name, clean.Line(d.Actual)), w))
	}
	if len(sc.devs) == 0 {
		rows = append(rows, " none")
	}
	if left := leftRunning(sc, w); len(left) > 0 {
		rows = append(append(rows, rule("Still running")), left...)
	}
	rows = append(rows, rule("Evidence"), fmt.Sprintf(" %s on record", part.Count(int(sc.st.Events), "event", "events")))
	return append(rows, part.Cut(" playbook digest "+short(sc.st.Began.Digest), w))
}

// times tells for each procedure what was planned and what it took.
func times(sc scene, w int) []string {
	var rows []string
	var spent time.Duration
	for _, p := range runbook.Procedures {
		var plan, real time.Duration
		n := 0
		for i, step := range sc.st.Scenario.Steps {
			if step.Procedure != p {
				continue
			}
			n++
			plan, real = plan+exec.Planned(step), real+sc.st.Step(i).Took()
		}
		if n > 0 {
			over := ""
			if plan > 0 && real > plan {
				over = "   over by " + part.Clock(real-plan)
			}
			rows = append(rows, part.Cut(fmt.Sprintf(" %-9s planned %6s   took %6s%s", p, part.Clock(plan), part.Clock(real), over), w))
			spent += real
		}
	}
	if between := sc.st.Last.Sub(sc.st.Started) - spent; !sc.st.Started.IsZero() && between > 0 {
		rows = append(rows, part.Cut(fmt.Sprintf(" %-9s                  took %6s", "between", part.Clock(between)), w))
	}
	return rows
}
