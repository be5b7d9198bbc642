package ui

import (
	"fmt"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/ui/part"
)

// leave asks before the program is left while nothing runs.
type leave struct{ keep }

func (leave) name() string                  { return "leave" }
func (l leave) paste(scene, string) overlay { return l }
func (leave) keys() string                  { return "l leave  esc stay" }

func (l leave) press(sc scene, p press) (overlay, want) {
	switch {
	case p.key == "esc":
		return nil, want{}
	case p.key == "l" && !p.acts():
		return l, want{say: tooSoon}
	case p.key == "l":
		return nil, want{leave: true}
	}
	return l, want{say: "l = leave, esc = stay"}
}

func (leave) panel(sc scene, w int) panel {
	if sc.lost() {
		lines := part.Prose("What was on record when its keeper went is safe. To go on, type:", w)
		return panel{title: "LEAVE " + clean.Line(sc.ex.ID) + "?", lines: append(append(lines, ""), part.Indent(part.Hard(sc.ex.Resume, w-2), 2)...), y: -1}
	}
	lines := part.Prose("Nothing is lost: all that happened is on record. To go on later, type:", w)
	lines = append(append(lines, ""), part.Indent(part.Hard(again(sc), w-2), 2)...)
	if sc.st.Started.IsZero() {
		return panel{title: "LEAVE " + clean.Line(sc.ex.ID) + "?", lines: lines, y: -1}
	}
	lines = append(lines, "")
	if !sc.ex.Stays {
		lines = append(lines, part.Prose("Nobody records meanwhile: the report shows the time until then as a gap, which is minor.", w)...)
	}
	if sc.st.Clock(sc.now).Stopped.IsZero() && !sc.st.Clock(sc.now).Started.IsZero() {
		lines = append(lines, part.Prose("The clock goes on.", w)...)
	}
	return panel{title: "LEAVE " + clean.Line(sc.ex.ID) + "?", lines: lines, y: -1}
}

// again is what to type to come back.
func again(sc scene) string {
	if sc.ex.Again != "" {
		return sc.ex.Again
	}
	return sc.cfg.Again
}

func (leave) next(scene) nextLine { return nextLine{"l", "LEAVE", "esc = stay"} }

// stop asks what to do with a step that runs when ctrl+c is pressed.
type stop struct{ asked bool }

func (stop) name() string                  { return "stop" }
func (stop) how() how                      { return how{output: true, bound: true} }
func (s stop) paste(scene, string) overlay { return s }
func (stop) keys() string                  { return "k keep  x stop it  l leave" }

func (s stop) press(sc scene, p press) (overlay, want) {
	step, _, _ := sc.step()
	switch p.key {
	case "k", "esc":
		return nil, want{}
	case "x", "l":
		if !p.acts() {
			return s, want{say: tooSoon}
		}
		if p.key == "l" {
			return nil, want{leave: true}
		}
		return stop{asked: true}, want{do: exec.Interrupt{Step: step.ID}, say: "asked to stop; x again insists"}
	}
	return s, want{say: "k = keep it running"}
}

func (s stop) panel(sc scene, w int) panel {
	step, st, _ := sc.step()
	a, _ := st.Newest()
	lines := part.Capped(part.Hard(step.Run, w), 3, "esc, then v = in full")
	if step.Warning != "" {
		lines = append(lines, part.Capped(part.Prose("The document says: "+step.Warning, w), 3, "v")...)
	}
	goes := "it is asked to end; say later how it did"
	if sc.ex.Stays {
		goes = "the step goes on; resume later"
	}
	x := "ask it to stop, as ctrl+c in a terminal does"
	if s.asked {
		x = "insist: it was asked already"
	}
	lines = append(lines, "", "  k  keep it running and go back  <- the safe one", "  x  "+x, "  l  leave; "+goes)
	title := fmt.Sprintf("STOP STEP %d? It has been running for %s.", sc.at()+1, part.Clock(sc.now.Sub(a.Began)))
	return panel{title: title, lines: lines, y: -1}
}

func (stop) next(scene) nextLine {
	return nextLine{"k", "KEEP RUNNING", "enter does nothing on purpose"}
}

// answering types into the step that runs.
type answering struct {
	field part.Field
	sent  bool // a line was, and nothing was typed since
}

func (answering) name() string { return "input" }
func (answering) how() how     { return how{output: true, bound: true} }
func (answering) keys() string {
	return "enter send  esc back  ctrl+c to the step    other keys are typed, not obeyed"
}

func (a answering) press(sc scene, p press) (overlay, want) {
	switch {
	case p.key == "esc":
		return nil, want{}
	case !p.armed:
		return a, want{say: tooSoon}
	case p.key == "ctrl+c":
		return answering{}, want{do: exec.Input{Text: "\x03"}, say: "ctrl+c went to the step"}
	case p.key == "enter" && p.acts():
		text := a.field.Text()
		return answering{sent: true}, want{do: exec.Input{Text: text + "\r"}}
	case p.text != "":
		a.field = a.field.Insert(p.text)
	default:
		a.field, _ = a.field.Press(p.key)
	}
	a.sent = false
	return a, want{}
}

func (a answering) paste(sc scene, text string) overlay {
	if sc.armed {
		a.field, a.sent = a.field.Insert(text), false
	}
	return a
}

func (a answering) panel(sc scene, w int) panel {
	a.field.Hidden = sc.update.Waiting == exec.WaitsForPassword
	field, x := a.field.View(w)
	title := fmt.Sprintf("INPUT for step %d", sc.at()+1)
	if a.field.Hidden {
		title += ": a password; nothing of it is recorded"
	}
	p := panel{title: title, x: x}
	if lines := sc.update.Output; len(lines) > 0 {
		p.lines = append(p.lines, part.Cut(lines[len(lines)-1], w))
	}
	p.lines = append(p.lines, field)
	p.y = len(p.lines) - 1
	return p
}

func (answering) next(scene) nextLine {
	return nextLine{"enter", "SEND the line to the running step", "esc = back, nothing is sent"}
}
