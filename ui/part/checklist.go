package part

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
)

// A Checklist is what the list of steps is drawn from.
type Checklist struct {
	State exec.State
	Now   time.Time
	At    int              // the step that is looked at
	Devs  []exec.Deviation // as found so far

	Medians map[string]exec.Median // of the steps, from earlier exercises, by their ids
}

// Title is a step in one line: the first line of its instruction without the
// marks of Markdown.
func Title(step runbook.Step) string {
	line, _, _ := strings.Cut(strings.TrimSpace(step.Do), "\n")
	line = strings.NewReplacer("**", "", "`", "").Replace(line)
	if line = strings.TrimSuffix(clean.Line(line), ":"); line != "" {
		return line
	}
	return clean.Line(step.ID)
}

// marks are the signs of the statuses, in words' place where there is little room.
var marks = map[exec.Status]string{
	exec.Active: "[>]", exec.Passed: "[x]", exec.Done: "[x]", exec.Simulated: "[x]", exec.Failed: "[!]",
	exec.Skipped: "[-]", exec.NotApplicable: "[-]", exec.Unknown: "[!]",
}

func (c Checklist) mark(i int) string {
	st, step := c.State.Step(i), c.State.Scenario.Steps[i]
	if sign, ok := marks[st.Status]; ok {
		if sign == "[x]" && c.deviated(step.ID) != "" {
			return "[~]"
		}
		return sign
	}
	switch {
	case step.Kind == runbook.Decide, len(step.Runs) > 1 && st.Block() == 0, exec.Undecided(step, st):
		return "[?]"
	case step.Mark != "":
		return "[*]"
	}
	return "[ ]"
}

// deviated is the code of the first deviation at a step.
func (c Checklist) deviated(id string) string {
	i := slices.IndexFunc(c.Devs, func(d exec.Deviation) bool { return d.Step == id && d.Severity != exec.Info })
	if i < 0 {
		return ""
	}
	return c.Devs[i].Code
}

// took is what a step took, or is planned to take.
func (c Checklist) took(i int) string {
	st, step := c.State.Step(i), c.State.Scenario.Steps[i]
	plan := exec.Planned(step)
	a, tried := st.Newest()
	switch {
	case st.Status == exec.Active && tried:
		return Clock(c.Now.Sub(a.Began))
	case st.Status == exec.NotApplicable, st.Status == exec.Skipped:
		return ""
	case !st.Closed.IsZero():
		return Clock(st.Took())
	case plan > 0:
		return "~" + Clock(plan)
	}
	return ""
}

// statusWords say what a status means where a step's own kind does not matter.
var statusWords = map[exec.Status]string{
	exec.Active: "RUNNING", exec.Failed: "FAILED", exec.Unknown: "IN DOUBT",
	exec.Skipped: "skipped", exec.NotApplicable: "not this case",
}

// remark is the word at the end of a row.
func (c Checklist) remark(i int) string {
	st, step := c.State.Step(i), c.State.Scenario.Steps[i]
	code := c.deviated(step.ID)
	if word, ok := statusWords[st.Status]; ok {
		if st.Status == exec.Failed && st.Over() {
			word = "failed"
		}
		return strings.TrimSpace(word + " " + code)
	}
	if st.Over() {
		word := clean.Line(st.By)
		if step.Kind == runbook.Decide && st.Choice > 0 {
			word = fmt.Sprintf("%s: %d", word, st.Choice)
		}
		return strings.TrimSpace(word + " " + code)
	}
	return c.ahead(step)
}

// ahead says of a step that is still to come how it is met.
func (c Checklist) ahead(step runbook.Step) string {
	real := c.State.Began.Kind == exec.Live || c.State.Began.Kind == exec.Incident
	switch {
	case step.Kind == runbook.Decide:
		return "decision"
	case step.Kind == runbook.Wait:
		return "wait"
	case step.Effect == runbook.Final:
		return "NO UNDO"
	case step.Effect == runbook.Change && real:
		return "CHANGES PROD"
	case step.Effect == runbook.Change:
		return "changes"
	case exec.Conditional(step) || step.Optional:
		return "if needed"
	case step.Kind == runbook.Notify:
		return "call"
	case step.Kind == runbook.Manual:
		return "by hand"
	}
	return ""
}

// MedianCells is how wide the column of medians is in the whole list.
const MedianCells = 8

// median is the cell of a step in that column, which the list only has where a
// median is known.
func (c Checklist) median(i int) string {
	m, ok := c.Medians[c.State.Scenario.Steps[i].ID]
	switch {
	case len(c.Medians) == 0:
		return ""
	case !ok:
		return blanks(MedianCells)
	}
	return fmt.Sprintf("%*s", MedianCells, Clock(m.Took))
}

// Row draws one step in w cells, tail of which are for the remark.
func (c Checklist) Row(l look.Look, i, w, tail int) string {
	return c.row(l, i, w, "", tail)
}

// row is Row with another cell before the remark.
func (c Checklist) row(l look.Look, i, w int, cell string, tail int) string {
	at := " "
	if i == c.At {
		at = ">"
	}
	head := fmt.Sprintf("%s %s %2d  ", at, c.mark(i), i+1)
	end := fmt.Sprintf(" %6s%s  ", c.took(i), cell) + Fit(c.remark(i), tail)
	row := Fit(head+Fit(Title(c.State.Scenario.Steps[i]), w-Width(head)-Width(end))+end, w)
	switch st := c.State.Step(i); {
	case i == c.At:
		return l.Paint(look.Strong, row)
	case st.Status == exec.Failed && !st.Over(), st.Status == exec.Unknown:
		return l.Paint(look.Bad, row)
	case st.Over():
		return l.Paint(look.Quiet, row)
	}
	return row
}

// Strip draws h rows around the step that is looked at, which is held in the
// middle where it can be.
func (c Checklist) Strip(l look.Look, size Size) []string {
	n := len(c.State.Scenario.Steps)
	h := min(size.H, n)
	from := min(max(0, c.At-h/2), max(0, n-h))
	out := make([]string, 0, h)
	for i := from; i < from+h; i++ {
		out = append(out, c.Row(l, i, size.W, 13))
	}
	return out
}

// procedureNames head the parts of the list.
var procedureNames = map[runbook.Procedure]string{
	runbook.Inject: "INJECT", runbook.Recovery: "RECOVERY", runbook.Test: "TEST", runbook.Resume: "RESUME",
}

// List draws the whole list under the names of its procedures, scrolled so that
// the step that is looked at stands in the middle third.
func (c Checklist) List(l look.Look, size Size) []string {
	var heads []int // step indexes; -1-i is the heading above step i
	at := 0
	for i, step := range c.State.Scenario.Steps {
		if i == 0 || c.State.Scenario.Steps[i-1].Procedure != step.Procedure {
			heads = append(heads, -1-i)
		}
		if i == c.At {
			at = len(heads)
		}
		heads = append(heads, i)
	}
	h := min(size.H, len(heads))
	from := min(max(0, at-h/2), max(0, len(heads)-h))
	out := make([]string, 0, max(0, h))
	for _, i := range heads[from : from+max(0, h)] {
		if i < 0 {
			out = append(out, l.Paint(look.Accent, c.heading(c.State.Scenario.Steps[-1-i].Procedure, size.W)))
			continue
		}
		out = append(out, c.row(l, i, size.W, c.median(i), 12))
	}
	return out
}

// heading names a procedure, and the column of medians.
func (c Checklist) heading(p runbook.Procedure, w int) string {
	if len(c.Medians) == 0 {
		return procedureNames[p]
	}
	return Spread(procedureNames[p], "median"+blanks(2+12), w)
}

// Deviations draws those found so far, newest last, in at most h lines.
func (c Checklist) Deviations(l look.Look, size Size) []string {
	out := []string{l.Paint(look.Quiet, Rule(l, fmt.Sprintf("Deviations %d", len(c.Devs)), "", size.W))}
	if len(c.Devs) == 0 {
		return append(out, " none yet")
	}
	rows := max(1, size.H-1)
	for _, d := range c.Devs[max(0, len(c.Devs)-rows):] {
		line := fmt.Sprintf(" %s %-8s %s", d.Code, d.Severity, d.Name)
		if d.Step != "" {
			line += ", " + clean.Line(d.Step)
		}
		out = append(out, Cut(line, size.W))
	}
	return out
}

// Notes draws the newest notes in at most h lines.
func (c Checklist) Notes(l look.Look, size Size) []string {
	notes := c.State.Notes
	out := []string{l.Paint(look.Quiet, Rule(l, fmt.Sprintf("Notes %d", len(notes)), "", size.W))}
	rows := max(1, size.H-1)
	for _, n := range notes[max(0, len(notes)-rows):] {
		out = append(out, Cut(fmt.Sprintf(" %s %s: %s", n.At.In(c.Now.Location()).Format("15:04"), clean.Line(n.By), clean.Line(n.Text)), size.W))
	}
	return out
}
