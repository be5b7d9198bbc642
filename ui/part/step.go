package part

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
)

// Instruction is what the document says in prose about a step.
func Instruction(l look.Look, step runbook.Step, w int) []string {
	out := Prose(strings.ReplaceAll(step.Do, "**", ""), w)
	if step.Kind == runbook.Decide && step.Ask != "" && strings.TrimSpace(step.Ask) != strings.TrimSpace(step.Do) {
		out = append(out, Prose(step.Ask, w)...)
	}
	for _, more := range []struct {
		label, text string
		role        look.Role
	}{{"note", step.Note, look.Plain}, {"why", step.Why, look.Quiet}} {
		if more.text == "" {
			continue
		}
		for _, line := range Remark(more.label, more.text, w) {
			out = append(out, l.Paint(more.role, line))
		}
	}
	return out
}

// Facts are what is obeyed literally: the warning, the command, what is expected
// of it, and what the document says to do if not.
func Facts(l look.Look, step runbook.Step, w int) []string {
	out := Warning(l, step, w)
	for _, text := range step.Preconditions {
		out = append(out, Remark("first", text, w)...)
	}
	for _, f := range circumstances(step) {
		if f.Text != "" {
			out = append(out, Fact(f.Label, f.Text, w)...)
		}
	}
	if step.Who != "" {
		out = append(out, Fact("who", step.Who, w)...)
	}
	if step.Kind == runbook.Wait {
		out = append(out, Fact("wait", Clock(step.Wait), w)...)
	}
	out = append(out, Command(step, w)...)
	if words := Expected(step); words != "" {
		out = append(out, Fact("expect", words, w)...)
	}
	for _, c := range step.Capture {
		out = append(out, Fact("keep", c.Name, w)...)
	}
	if step.IfNot != "" {
		out = append(out, Fact("if not", "go to "+string(step.IfNot), w)...)
	}
	if step.Rollback != "" {
		out = append(out, Remark("undo", step.Rollback, w)...)
	}
	return out
}

// Usual is how long a step is planned to take, and how long it took before.
func Usual(step runbook.Step, m exec.Median) string {
	words := "median " + Clock(m.Took) + fmt.Sprintf(" of %d", m.Of)
	if plan := exec.Planned(step); plan > 0 {
		return "planned " + Clock(plan) + ", " + words
	}
	return words
}

// circumstances are what else the document says of how a step is carried out.
func circumstances(step runbook.Step) []exec.Fact {
	when := ""
	if step.IfProbe != nil {
		when = step.IfProbe.Run
	}
	facts := []exec.Fact{
		{Label: "after", Text: strings.Join(step.DependsOn, ", ")}, {Label: "only if", Text: when},
		{Label: "ok by", Text: strings.Join(step.Approve, ", ")},
	}
	return append(append(facts, exec.Whereabouts(step)...), exec.Fact{Label: "with", Text: step.Together})
}

// Told are facts under their labels.
func Told(facts []exec.Fact, w int) []string {
	var out []string
	for _, f := range facts {
		out = append(out, Remark(f.Label, f.Text, w)...)
	}
	return out
}

// Warning is what the document warns of at a step.
func Warning(l look.Look, step runbook.Step, w int) []string {
	if step.Warning == "" {
		return nil
	}
	out := Remark("WARNING", step.Warning, w)
	for i, line := range out {
		out[i] = l.Paint(look.Warn, line)
	}
	return out
}

// Command is a step's command, verbatim; where its blocks are still to be chosen
// from, all of them.
func Command(step runbook.Step, w int) []string {
	if step.Run == "" {
		return nil
	}
	if len(step.Runs) > 1 {
		var out []string
		for i, block := range step.Runs {
			out = append(out, Fact(fmt.Sprintf("block %d", i+1), block, w)...)
		}
		return out
	}
	label := "run"
	if step.Kind == runbook.Until {
		label = "until"
	}
	return Fact(label, step.Run, w)
}

// Values are the values that a step's command uses, as they are now. The
// command itself is shown verbatim, with their names.
func Values(step runbook.Step, values map[string]string, w int) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := strings.Join(append([]string{step.Run}, step.Runs...), "\n")
		if strings.Contains(text, "$"+name) || strings.Contains(text, "${"+name+"}") {
			out = append(out, Fact("with", name+"="+values[name], w)...)
		}
	}
	return out
}

// Expected says in words what counts as done as documented.
func Expected(step runbook.Step) string {
	if !step.Kind.Commands() {
		return attested(step)
	}
	words := step.Expect.String()
	if step.Holds > 0 {
		words += "; for " + Clock(step.Holds) + " on end"
	}
	if step.Within > 0 {
		words += "; within " + Clock(step.Within)
	}
	return words
}

// attested says what a person must see, and leave behind.
func attested(step runbook.Step) string {
	words := step.Expect.State
	switch {
	case step.Kind == runbook.Notify:
		words += "; a line that says who was reached, and when"
	case step.Evidence == exec.FileEvidence:
		words += "; a file that shows it"
	case step.Evidence != "":
		words += "; a line that says what you saw"
	}
	return strings.TrimPrefix(words, "; ")
}

// Checks are the lines of an expectation beside what was seen.
func Checks(l look.Look, a exec.Attempt, w int) []string {
	if a.Result == nil {
		return nil
	}
	var out []string
	col := max(1, (w-9-6-3)/2)
	for _, c := range a.Result.Checks {
		verdict := "ok"
		switch {
		case !c.OK && a.Result.Match == exec.NotComparable && c.Mode != "exit":
			verdict = l.Paint(look.Warn, "??")
		case !c.OK:
			verdict = l.Paint(look.Bad, "NO")
		}
		want := clean.Line(strings.TrimSpace(c.Mode + " " + short(c.Want)))
		out = append(out, " expect  "+Fit(want, col)+" seen "+Fit(clean.Line(short(c.Seen)), col)+" "+verdict)
	}
	out = append(out, difference(a.Result, w)...)
	if a.Result.Outcome != exec.Exited {
		out = append(out, Remark("ended", strings.TrimSpace(string(a.Result.Outcome)+" "+a.Result.Reason), w)...)
	}
	for _, note := range a.Result.Notes() {
		out = append(out, Remark("note", note, w)...)
	}
	if !a.Ended.IsZero() {
		out = append(out, Fact("took", Clock(a.Took), w)...)
	}
	return out
}

// difference is how much of an output that differs is the same, or why it could
// not be compared at all.
func difference(r *exec.StepEnded, w int) []string {
	var out []string
	for _, c := range r.Checks {
		if c.Alike > 0 {
			out = append(out, Fact("alike", fmt.Sprintf("%d %% of the output; that decides nothing", c.Alike), w)...)
		}
	}
	if r.Match == exec.NotComparable && r.Outcome == exec.Exited {
		out = append(out, Remark("compare", "not comparable: "+r.Uncompared, w)...)
	}
	return out
}

// short is the first line of a text, and a sign that there is more.
func short(s string) string {
	s = strings.TrimSpace(s)
	if line, _, more := strings.Cut(s, "\n"); more {
		return line + " ..."
	}
	return s
}

// Meeting says how a step is met, for the title of its pane.
func Meeting(step runbook.Step) string {
	word := map[runbook.Interaction]string{
		runbook.Runs: "RUN", runbook.Attests: "BY HAND", runbook.Decides: "DECIDE", runbook.Waits: "WAIT", runbook.Inputs: "INPUT",
	}[step.Kind.Interaction()]
	if step.Kind == runbook.Notify {
		word = "CALL"
	}
	if step.Timeout > 0 {
		word += ", limit " + Clock(step.Timeout)
	}
	return word
}

// Changes says what a step can break, in words.
func Changes(step runbook.Step, kind exec.Type) string {
	where := "the system that is exercised"
	if kind == exec.Live || kind == exec.Incident {
		where = "PRODUCTION"
	}
	switch step.Effect {
	case runbook.Change:
		return "It changes " + where + "."
	case runbook.Final:
		return "It changes " + where + " and cannot be undone."
	case runbook.Read:
		return "It only reads."
	}
	return "It changes nothing."
}
