package plain

import (
	"fmt"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

func (t *teller) step(s exec.State, n exec.Next) {
	step := s.Due(n.Step)
	t.say("")
	t.say("Step %d of %d (%s): %s", n.Step+1, len(s.Scenario.Steps), part(s, n.Step), clean.Text(strings.TrimSpace(step.Do)))
	for _, line := range []struct{ label, text string }{
		{"Why", step.Why}, {"Note", step.Note}, {"Warning", step.Warning}, {"If it goes wrong", step.Rollback},
		{"First", strings.Join(step.Preconditions, " ")}, {"After", strings.Join(step.DependsOn, ", ")}, {"Only if", probed(step)},
		{"To be seen", step.Expect.State},
	} {
		if line.text != "" {
			t.say("%s: %s", line.label, clean.Text(strings.TrimSpace(line.text)))
		}
	}
	t.usual(step)
	if n.Situation == exec.Guarding {
		t.say("Condition: %s", clean.Line(exec.Condition(step)))
		if why := s.Step(n.Step).Unsure(); why != "" {
			t.say("The machine could not tell: %s. Look yourself.", clean.Line(why))
		}
		return
	}
	if step.Kind == runbook.Notify {
		t.facts(exec.Call(s.Book, s.Of(n.Step), exec.Duty(s.Book, step)))
	}
	switch {
	case len(step.Runs) > 1:
		t.blocks(step)
	case step.Run != "":
		t.facts(exec.Whereabouts(step))
		t.say("Command%s: %s", block(s.Step(n.Step)), clean.Text(strings.TrimRight(step.Run, "\n")))
		t.say("Expect: %s. It can %s.", clean.Line(expectation(step)), effects[step.Effect])
	}
	for _, a := range s.Approvers(n.Step) {
		if !a.Word.At.IsZero() {
			t.say("Approval of %s: %s.", clean.Line(a.Named), clean.Line(said(a.Word)))
		}
	}
	if step.Ask != "" {
		t.say("Question: %s", clean.Line(step.Ask))
		for k, a := range step.Answers {
			t.say("  choose %d  %s (goes to %s)", k+1, clean.Line(a.Say), target(a.Go))
		}
	}
}

// part is the procedure that a step belongs to, and the scenario where it is
// another than the exercise's own.
func part(s exec.State, i int) string {
	words := string(s.Scenario.Steps[i].Procedure)
	if of := s.Of(i).ID; of != s.Scenario.ID {
		words += " of " + clean.Line(of)
	}
	return words
}

// said is somebody's word on a step.
func said(a exec.Approval) string {
	text := a.Who + " approves it"
	if a.Refused {
		text = a.Who + " refuses: " + a.Reason
	}
	if a.Named() {
		text += " (said by " + a.By + ")"
	}
	return text
}

// usual says how long a step took in earlier exercises, where it was in any.
func (t *teller) usual(step runbook.Step) {
	if t.earlier == nil {
		return
	}
	m, ok := t.earlier()[step.ID]
	if !ok {
		return
	}
	plan, of := "not planned", "1 earlier exercise"
	if d := exec.Planned(step); d > 0 {
		plan = "planned " + exec.Long(d)
	}
	if m.Of > 1 {
		of = fmt.Sprintf("%d earlier exercises", m.Of)
	}
	t.say("Time: %s, median %s of %s.", plan, exec.Long(m.Took), of)
}

// block names the block whose turn it is, and the terminal.
func block(st exec.StepState) string {
	if turn := st.Turn(); turn != "" {
		return ", " + clean.Line(turn)
	}
	return ""
}

// blocks shows what may be chosen from.
func (t *teller) blocks(step runbook.Step) {
	for i, text := range step.Runs {
		t.say("Block %d: %s", i+1, clean.Text(strings.TrimRight(text, "\n")))
	}
	t.say("Question: %s", exec.WhichBlock)
	for i, say := range exec.BlockAnswers(step) {
		t.say("  choose %d  %s", i+1, say)
	}
}

// facts says each under its label.
func (t *teller) facts(facts []exec.Fact) {
	for _, f := range facts {
		t.say("  %s: %s", f.Label, clean.Line(f.Text))
	}
}

// probed is the command that answers a step's condition.
func probed(step runbook.Step) string {
	if step.IfProbe == nil {
		return ""
	}
	return step.IfProbe.Run
}

// effects says in words what a step can break.
var effects = map[runbook.Effect]string{
	runbook.None: "break nothing", runbook.Read: "only read", runbook.Change: "change something", runbook.Final: "not be undone",
}

func target(t runbook.Target) string {
	if t == "" {
		return "next"
	}
	return string(t)
}

// expectation is what counts as done as documented, in a few words.
func expectation(step runbook.Step) string {
	words := step.Expect.String()
	if step.Holds > 0 {
		words += "; for " + exec.Long(step.Holds) + " on end"
	}
	if step.Timeout > 0 {
		words += "; within " + exec.Long(step.Timeout)
	}
	if step.Within > 0 {
		words += "; true within " + exec.Long(step.Within)
	}
	return words
}
