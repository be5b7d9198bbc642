package ui

import (
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/part"
)

// A screen draws one situation and says what enter and a number want in it. All
// other keys mean the same everywhere and stand in the table of keys. A screen
// is a value and never acts.
type screen interface {
	body(scene, layout) []string // exactly lay.body.H lines
	next(scene) nextLine
	enter(scene) want
	choose(scene, int) want
}

// A nextLine is the one next action, in words. Without a key it is a wait.
type nextLine struct{ key, words, aside string }

// A want is what a key asks for; the zero value is nothing.
type want struct {
	do      exec.Intent // asks exec.Allow, and what it asks for
	open    overlay     // shows an overlay
	screen  screen      // the screen as it is now: something was chosen
	view    *view       // looks elsewhere
	start   *Row        // opens an exercise from the library
	copy    string      // puts text into the clipboard
	say     string      // a word above NEXT
	export  bool        // writes the report
	history *Row        // shows what a scenario's exercises show together
	leave   bool        // ends the program
	relay   bool        // hands the whole terminal over to the running step
	term    termWant    // something about the terminal
}

// A termWant is a wish about the terminal itself.
type termWant int

const (
	redraw termWant = iota + 1
	suspend
	mouse
)

// screens is the table: what is shown in which situation.
var screens = map[exec.Situation]screen{
	exec.Wanting:   wanting{},
	exec.Ready:     ready{},
	exec.Finished:  finished{},
	exec.InDoubt:   choice{doubt{}, 0},
	exec.Busy:      busy{},
	exec.Called:    plainly{stopCalled},
	exec.OnHold:    plainly{onHold},
	exec.Gapped:    plainly{gapped},
	exec.AtEnd:     plainly{atEnd},
	exec.Guarding:  choice{guarding{}, 0},
	exec.Picking:   choice{picking{}, 0},
	exec.Unmet:     unmet{},
	exec.Approving: toDo{},
	exec.Deciding:  choice{deciding{}, 0},
	exec.ToRun:     toDo{},
	exec.ToAttest:  toDo{},
}

// steady is what most screens have in common: NEXT comes from the exercise,
// enter does what it says, and there is nothing to choose.
type steady struct{}

func (steady) next(sc scene) nextLine {
	return nextLine{sc.next.Key, clean.Line(sc.next.Words), sc.next.Aside} // it may name a person
}

func (steady) enter(sc scene) want {
	if sc.next.Key == "enter" {
		return want{do: sc.next.Intent}
	}
	return want{say: "enter does nothing here on purpose"}
}

func (steady) choose(scene, int) want { return want{say: "there is nothing to choose here"} }

// beside draws a pane with the checklist: above it as a strip of some rows, or
// left of it.
func beside(sc scene, lay layout, rows int, pane func(scene, part.Size) []string) []string {
	switch lay.class {
	case wide:
		return part.Columns(sc.look, leftColumn(sc, lay), pane(sc, lay.right()), lay.left, lay.body.H)
	case normal:
		strip := sc.checklist().Strip(sc.look, part.Size{W: lay.W, H: rows})
		rest := part.Size{W: lay.W, H: lay.body.H - len(strip)}
		return part.Tall(append(strip, pane(sc, rest)...), lay.body.H)
	}
	return part.Tall(brief(sc, lay.body), lay.body.H)
}

// leftColumn is the whole checklist over what deviated and what was noted.
func leftColumn(sc scene, lay layout) []string {
	c := sc.checklist()
	devs := part.Size{W: lay.left - 1, H: min(7, 1+max(1, len(sc.devs)))}
	notes := part.Size{W: lay.left - 1, H: min(4, 1+len(sc.st.Notes))}
	h := max(0, lay.body.H-devs.H-notes.H-1)
	out := part.Tall(c.List(sc.look, part.Size{W: lay.left - 1, H: h}), h)
	out = append(append(out, ""), c.Deviations(sc.look, devs)...)
	return append(out, c.Notes(sc.look, notes)...)
}

// brief is the step in few lines: which, where, and the exact command.
func brief(sc scene, size part.Size) []string {
	step, st, ok := sc.step()
	if !ok {
		return nil
	}
	rows := []string{strings.TrimRight(sc.checklist().Row(sc.look, sc.at(), size.W, 9), " ")}
	if step.Run == "" {
		rows = append(rows, part.Indent(part.Prose(step.Do, size.W-2), 2)...)
		if step.Kind == runbook.Notify {
			rows = append(rows, calls(sc, step, size.W)...)
		}
		return rows
	}
	lines, total, running := sc.output()
	if running || st.Status == exec.Failed {
		return append(rows, part.Output(lines, total, sc.view.top, part.Size{W: size.W, H: size.H - 1})...)
	}
	rows = append(rows, "  "+part.Changes(step, sc.st.Began.Kind))
	return append(rows, part.Indent(part.Hard(step.Run, size.W-2), 2)...)
}

// excerpt is the end of an attempt's output as the record keeps it.
func excerpt(o exec.Output) []string {
	text := strings.TrimRight(clean.Text(o.Excerpt), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
