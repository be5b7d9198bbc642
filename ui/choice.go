package ui

import (
	"fmt"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// A choice is a question with numbered answers. A number chooses and does
// nothing yet; enter commits what is chosen.
type choice struct {
	asker
	chosen int // from 1; 0 is nothing yet
}

// An asker is what is asked: a decision, a condition, or what became of a step.
type asker interface {
	ask(sc scene, w int) []string
	answers(sc scene) []answer
	intent(sc scene, n int) exec.Intent
	words() (title, mark string)
}

// An answer is one line that may be chosen, and what follows from it.
type answer struct{ say, goes, spare string }

func (c choice) next(sc scene) nextLine {
	n := steady{}.next(sc)
	all := c.answers(sc)
	if c.chosen == 0 || c.chosen > len(all) {
		return n
	}
	a := all[c.chosen-1]
	goes := ""
	if a.goes != "" {
		goes = ", " + a.goes
	}
	return nextLine{"enter", fmt.Sprintf("COMMIT %d%s: '%s'", c.chosen, goes, a.say), "another number = another answer"}
}

func (c choice) choose(sc scene, n int) want {
	if both := c.chosen*10 + n; c.chosen > 0 && both <= len(c.answers(sc)) {
		n = both // a number of two digits
	}
	if n < 1 || n > len(c.answers(sc)) {
		return want{say: "there is no such answer"}
	}
	if a := sc.update.Allow(c.intent(sc, n)); a.Verdict == exec.Refused {
		return want{say: a.Why}
	}
	c.chosen = n
	return want{screen: c}
}

func (c choice) enter(sc scene) want {
	if c.chosen == 0 {
		return want{say: "choose an answer first"}
	}
	return want{do: c.intent(sc, c.chosen)}
}

func (c choice) body(sc scene, lay layout) []string {
	if lay.class == small {
		return part.Tall(c.few(sc, lay.body), lay.body.H)
	}
	return beside(sc, lay, 3, c.pane)
}

// pane draws the question and its answers, and below them what it rests on:
// the output just seen. Where room is short the answers get a line each, and
// the question is cut, before that output is.
func (c choice) pane(sc scene, size part.Size) []string {
	title, mark := c.words()
	step, _, _ := sc.step()
	head := fmt.Sprintf("Step %d of %d: %s", sc.at()+1, sc.steps(), clean.Line(step.ID))
	rows := []string{sc.look.Paint(look.Strong, part.Rule(sc.look, head, mark, size.W))}
	ask, list := c.ask(sc, size.W), c.list(sc, size.W)
	seen := len(newest(sc, part.Size{W: size.W, H: size.H / 2}))
	if len(ask)+len(list)+seen+4 > size.H && seen > 0 {
		list = c.brief(sc, size.W)
	}
	rows = append(rows, part.Capped(ask, max(3, size.H-len(list)-seen-4), "v = in full")...)
	if size.H-len(rows)-len(list)-seen > 3 {
		rows = append(rows, "")
	}
	if title != "" {
		rows = append(rows, sc.look.Paint(look.Quiet, part.Rule(sc.look, title, "", size.W)))
	}
	chosen := "  chosen: nothing yet"
	if c.chosen > 0 {
		chosen = fmt.Sprintf("  chosen: %d, not committed", c.chosen)
	}
	rows = append(append(rows, list...), chosen)
	rows = append(rows, newest(sc, part.Size{W: size.W, H: size.H - len(rows)})...)
	return part.Tall(rows, size.H)
}

// brief is a line an answer, with what follows from it.
func (c choice) brief(sc scene, w int) []string {
	var rows []string
	for i, a := range c.answers(sc) {
		at, role := " ", look.Plain
		if i+1 == c.chosen {
			at, role = ">", look.Strong
		}
		line := strings.TrimSuffix(fmt.Sprintf("%s %d  %s: %s", at, i+1, a.say, a.goes), ": ")
		if a.spare != "" {
			line += "; " + a.spare
		}
		rows = append(rows, sc.look.Paint(role, part.Cut(line, w)))
	}
	return rows
}

func (c choice) list(sc scene, w int) []string {
	var rows []string
	for i, a := range c.answers(sc) {
		at, role := " ", look.Plain
		if i+1 == c.chosen {
			at, role = ">", look.Strong
		}
		for k, line := range part.Prose(a.say, w-6) {
			lead := "     "
			if k == 0 {
				lead = fmt.Sprintf("%s %d  ", at, i+1)
			}
			rows = append(rows, sc.look.Paint(role, lead+line))
		}
		if a.goes != "" {
			rows = append(rows, part.Cut("     "+a.goes, w))
		}
		if a.spare != "" {
			rows = append(rows, "     "+a.spare)
		}
	}
	return rows
}

// few is the choice on a small terminal: the question, and a line an answer.
func (c choice) few(sc scene, size part.Size) []string {
	all := c.answers(sc)
	rows := part.Capped(c.ask(sc, size.W), max(1, size.H-len(all)), "v")
	for i, a := range all {
		at := " "
		if i+1 == c.chosen {
			at = ">"
		}
		rows = append(rows, part.Cut(fmt.Sprintf("%s %d %s", at, i+1, a.say), size.W))
	}
	return rows
}

// deciding is a decision that the document leaves to a person.
type deciding struct{}

func (deciding) words() (string, string) { return "What is the answer?", "DECIDE" }

func (deciding) ask(sc scene, w int) []string {
	step, _, _ := sc.step()
	return part.Instruction(sc.look, step, w)
}

func (deciding) answers(sc scene) []answer {
	step, st, _ := sc.step()
	out := make([]answer, len(step.Answers))
	for i, a := range step.Answers {
		goes := "goes to " + place(sc, a.Go)
		if a.AtMost > 0 {
			given := 0
			for _, n := range st.Chosen {
				if n == i+1 {
					given++
				}
			}
			goes += fmt.Sprintf(" (given %d of %d times)", given, a.AtMost)
		}
		out[i] = answer{clean.Line(a.Say), goes, spareAfter(sc, a.Go)}
	}
	return out
}

// place is where a target leads, as a person finds it in the list.
func place(sc scene, t runbook.Target) string {
	if exec.Outside(t) {
		return outside(t)
	}
	i := sc.st.Scenario.Resolve(sc.at(), t)
	if i < 0 || i >= sc.steps() {
		return "the end"
	}
	return fmt.Sprintf("step %d, %s", i+1, clean.Line(sc.st.Scenario.Steps[i].ID))
}

// outside names a target that is none of the scenario's procedures.
func outside(t runbook.Target) string {
	if id := t.Other(); id != "" {
		return "the scenario " + clean.Line(id)
	}
	return "the abort procedure"
}

func (deciding) intent(sc scene, n int) exec.Intent {
	step, _, _ := sc.step()
	return exec.Choose{Step: step.ID, Choice: n}
}

// guarding is the condition under which a step is carried out at all.
type guarding struct{}

func (guarding) words() (string, string) { return "Is it so?", "CONDITION" }

func (guarding) ask(sc scene, w int) []string {
	step, _, _ := sc.step()
	var rows []string
	if _, st, _ := sc.step(); st.Unsure() != "" {
		rows = part.Prose("The machine could not tell: "+st.Unsure()+".", w)
	}
	rows = append(rows, part.Remark("if", exec.Condition(step), w)...)
	rows = append(append(rows, ""), part.Instruction(sc.look, step, w)...)
	return append(rows, part.Command(step, w)...)
}

func (guarding) answers(sc scene) []answer {
	onward := runbook.Target(runbook.Next)
	return []answer{
		{"YES, it is so", fmt.Sprintf("goes on with step %d", sc.at()+1), ""},
		{"NO, not in this case", "goes to " + place(sc, onward), spareAfter(sc, onward)},
	}
}

func (guarding) intent(sc scene, n int) exec.Intent { return deciding{}.intent(sc, n) }

// picking is a step of several blocks, of which the document does not say how
// they go together.
type picking struct{}

func (picking) words() (string, string) { return "Which is to be run?", "SEVERAL BLOCKS" }

func (picking) ask(sc scene, w int) []string {
	step, _, _ := sc.step()
	rows := append(part.Instruction(sc.look, step, w), part.Prose("The document does not say how these go together:", w)...)
	return append(rows, part.Command(step, w)...)
}

func (picking) answers(sc scene) []answer {
	step, _, _ := sc.step()
	var all []answer
	for _, say := range exec.BlockAnswers(step) {
		all = append(all, answer{say: say})
	}
	return all
}

func (picking) intent(sc scene, n int) exec.Intent { return deciding{}.intent(sc, n) }

// doubt is a step whose end nobody saw.
type doubt struct{}

func (doubt) words() (string, string) { return "Look at the system itself. What is true?", "IN DOUBT" }

func (doubt) ask(sc scene, w int) []string {
	step, st, _ := sc.step()
	what := "Nobody saw how this step ended. It is not run again by itself."
	if st.Uncompared() {
		what = "The step has ended, and what it printed could not be compared with what is documented. Look at it (v), and say whether it is."
	}
	rows := part.Prose(what, w)
	if st.Reason != "" {
		rows = append(rows, part.Remark("because", st.Reason, w)...)
	}
	if a, _ := st.LastAttempt(); a.Unseen.Words() != "" {
		rows = append(rows, part.Remark("ran", a.Unseen.Words(), w)...)
	}
	rows = append(rows, leftRunning(sc, w)...)
	rows = append(rows, part.Command(step, w)...)
	if lines, _, _ := sc.output(); len(lines) > 0 {
		rows = append(rows, part.Fact("printed", lines[len(lines)-1], w)...)
	}
	return rows
}

// leftRunning are the processes that the exercise has left running, as far as
// the record tells.
func leftRunning(sc scene, w int) []string {
	var rows []string
	for _, words := range sc.st.StillRuns() {
		rows = append(rows, part.Remark("runs", words, w)...)
	}
	return rows
}

func (doubt) answers(sc scene) []answer {
	if _, st, _ := sc.step(); st.Uncompared() {
		return []answer{
			{"it went as documented", "counts as done, on your word; the exercise goes on", ""},
			{"it did not", "not as expected; the ways on are shown then", ""},
		}
	}
	return []answer{
		{"it took effect", "counts as done; the exercise goes on", ""},
		{"it did not take effect", "the step is open again; nothing runs until you press r", ""},
	}
}

func (doubt) intent(sc scene, n int) exec.Intent {
	step, _, _ := sc.step()
	return exec.Resolve{Step: step.ID, Done: n == 1}
}
