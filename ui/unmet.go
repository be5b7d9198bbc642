package ui

import (
	"fmt"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

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
