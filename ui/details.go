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

// details tells about the chosen row: where it stands, then what it is.
func details(sc scene, w int) []string {
	r, ok := sc.row()
	if !ok {
		return part.Prose("No playbook was found in "+sc.cfg.Where+".", w)
	}
	l := sc.look
	rows := []string{l.Paint(look.Strong, part.Rule(l, r.name(), "", w))}
	if r.ScenarioTitle != "" {
		rows = append(rows, part.Prose(r.ScenarioTitle, w)...)
	}
	rows = append(rows, stands(sc, r, w)...)
	rows = append(rows, lastFive(r, sc.now, w)...)
	var about *runbook.Scenario
	if r.Book != nil {
		about, _ = r.Book.Scenario(r.Scenario)
	}
	if about != nil && sc.lay.class == wide {
		rows = append(rows, pace(sc, about, r.Medians, w)...)
	}
	rows = append(rows, contents(sc, r, about, w)...)
	if len(r.Problems) > 0 {
		rows = append(append(rows, ""), l.Paint(look.Warn, part.Rule(l, part.Count(len(r.Problems), "problem", "problems"), "v = in full", w)))
		rows = append(rows, problems(r, w)...)
	}
	return rows
}

// stands tells how the row's playbook stands, and what would help it most.
func stands(sc scene, r Row, w int) []string {
	s, known := sc.standing(r)
	if !known {
		return nil
	}
	gates := share(s.Passed, s.Gates) + " passed"
	if s.Missing != "" {
		gates += "; missing: " + s.Missing
	}
	rows := part.Remark("gates", gates, w)
	if s.Command != "" {
		rows = append(rows, part.Fact("type", s.Command, w)...)
	}
	if s.Edit != "" {
		rows = append(rows, part.Remark("edit", s.Edit, w)...)
	}
	if s.Asked > 0 {
		rows = append(rows, part.Remark("agreed", share(s.Agreed, s.Asked)+": "+strings.Join(s.Words, "; "), w)...)
	}
	var days []string
	for _, d := range sc.due(r) {
		days = append(days, d.Words(sc.now))
	}
	if len(days) > 0 {
		rows = append(rows, part.Remark("due", strings.Join(days, "; "), w)...)
	}
	return rows
}

// lastFive is how the last exercises of a row went.
func lastFive(r Row, now time.Time, w int) []string {
	if len(r.Past) == 0 {
		return nil
	}
	var words []string
	for _, p := range r.Past[:min(5, len(r.Past))] {
		words = append(words, p.Words())
	}
	words[0] += " (" + age(now.Sub(r.Past[0].On)) + ")"
	rows := part.Remark("last "+fmt.Sprint(len(words)), strings.Join(words, ", "), w)
	if r.Improvements > 0 {
		rows = append(rows, part.Remark("open", part.Count(r.Improvements, "improvement", "improvements")+"; h = see them", w)...)
	}
	return rows
}

// contents are what the document holds, and what the checks say of it.
func contents(sc scene, r Row, about *runbook.Scenario, w int) []string {
	var rows []string
	if s, known := sc.standing(r); known {
		checks := "nothing found"
		if s.Errors+s.Warnings+s.Advice > 0 {
			checks = fmt.Sprintf("%s, %s, %d advice; v = see them", part.Count(s.Errors, "error", "errors"), part.Count(s.Warnings, "warning", "warnings"), s.Advice)
		}
		rows = append(rows, part.Remark("checks", checks, w)...)
	}
	if r.RTO > 0 || r.RPO > 0 {
		rows = append(rows, part.Fact("goals", "RTO "+objective(r.RTO)+", RPO "+objective(r.RPO), w)...)
	}
	if about != nil {
		rows = append(rows, part.Remark("steps", counts(about), w)...)
	}
	rows = append(rows, part.Fact("file", r.Path, w)...)
	if about != nil && about.Overview != "" {
		rows = append(append(rows, ""), part.Capped(part.Prose(about.Overview, w), max(6, sc.lay.body.H/3), "in the document")...)
	}
	return rows
}

// pace is what the procedures of a scenario are planned to take, and what they
// took: nothing where that is not known yet.
func pace(sc scene, about *runbook.Scenario, medians map[string]exec.Median, w int) []string {
	if len(medians) == 0 {
		return nil
	}
	head := fmt.Sprintf("%-9s %5s %7s %7s", "PROCEDURE", "STEPS", "PLANNED", "MEDIAN")
	rows := []string{"", sc.look.Paint(look.Quiet, part.Fit(head, w))}
	for _, t := range paces(about, medians) {
		line := fmt.Sprintf("%-9s %5d %7s %7s", t.procedure, t.steps, known(t.planned), known(t.took))
		if t.measured > 0 && t.measured < t.steps {
			line += fmt.Sprintf(" of %d", t.measured)
		}
		if t.both > 0 && t.slow*2 >= t.both*3 {
			line += fmt.Sprintf("  x%.1f", float64(t.slow)/float64(t.both))
		}
		rows = append(rows, part.Cut(line, w))
	}
	return append(rows, "")
}

// A paced is one procedure's times. both and slow are of those steps alone of
// which both the plan and the median are known, so that like meets like.
type paced struct {
	procedure                 runbook.Procedure
	steps, measured           int // measured: of which a median is known
	planned, took, both, slow time.Duration
}

func paces(about *runbook.Scenario, medians map[string]exec.Median) []paced {
	var all []paced
	for _, step := range about.Steps {
		if len(all) == 0 || all[len(all)-1].procedure != step.Procedure {
			all = append(all, paced{procedure: step.Procedure})
		}
		t, plan := &all[len(all)-1], exec.Planned(step)
		t.steps, t.planned, t.took = t.steps+1, t.planned+plan, t.took+medians[step.ID].Took
		m, ok := medians[step.ID]
		if ok {
			t.measured++
		}
		if ok && plan > 0 {
			t.both, t.slow = t.both+plan, t.slow+m.Took
		}
	}
	return all
}

// known is a time that was planned or measured, and a dash for none.
func known(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return part.Clock(d)
}

func objective(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return exec.Long(d)
}

// findings is what the checks say of the row's playbook.
func findings(sc scene, r Row, w int) []string {
	s, known := sc.standing(r)
	if !known {
		return []string{" the checks are being made"}
	}
	var rows []string
	for line := range strings.SplitSeq(strings.TrimRight(s.Findings, "\n"), "\n") {
		text := strings.TrimLeft(line, " ")
		if before, _, found := strings.Cut(text, "|"); found && strings.Trim(before, "0123456789 ") == "" {
			rows = append(rows, part.Hard(line, w)...) // a line of the document, or the caret below it
			continue
		}
		indent := len(line) - len(text)
		rows = append(rows, part.Indent(part.Prose(text, w-indent), indent)...)
	}
	return rows
}

func problems(r Row, w int) []string {
	var rows []string
	for _, p := range r.Problems {
		rows = append(rows, part.Prose(fmt.Sprintf("%d:%d  %s", p.Line, p.Column, strings.TrimSpace(p.Path+" "+p.Message)), w-2)...)
		if p.Hint != "" {
			rows = append(rows, part.Indent(part.Prose(p.Hint, w-8), 6)...)
		}
	}
	return rows
}

// Words say how an exercise ended, in few cells.
func (p Past) Words() string {
	word := clean.Line(p.Result)
	switch {
	case p.Notional:
		return word
	case p.Missed != "" && p.Missed != "RTO":
		return "MISSED " + clean.Line(p.Missed)
	case p.Missed != "":
		word = "MISSED"
	}
	switch {
	case p.RTA == 0:
		return word
	case p.RTA < time.Hour:
		return word + " " + part.Clock(p.RTA)
	}
	return word + " " + exec.Long(p.RTA.Truncate(time.Minute))
}

// spans are how long ago or ahead things are told to be.
var spans = []struct {
	below, unit time.Duration
	name        string
}{
	{day, time.Hour, "h"}, {14 * day, day, "d"}, {84 * day, 7 * day, "w"}, {720 * day, 30 * day, "mo"}, {1<<63 - 1, 365 * day, "y"},
}

// span is a duration in a word, to the nearest: 5 h, 12 d, 10 w.
func span(d time.Duration) string {
	for _, s := range spans {
		if d < s.below {
			return fmt.Sprintf("%d %s", (d+s.unit/2)/s.unit, s.name)
		}
	}
	return ""
}

// age says how long ago something was.
func age(d time.Duration) string {
	if d < time.Hour {
		return "just now"
	}
	return span(d) + " ago"
}

// Of reports whether it is about a row.
func (d Due) Of(r Row) bool { return d.Scenario == "" || d.Scenario == r.Scenario }

// Over reports whether its day has passed. What was never done is due, and not
// late.
func (d Due) Over(now time.Time) bool { return !d.On.IsZero() && d.days(now) < 0 }

// Ahead says how soon it is, in a word.
func (d Due) Ahead(now time.Time) string {
	switch n := d.days(now); {
	case d.Over(now):
		return "OVERDUE"
	case d.On.IsZero():
		return "now"
	case n == 0:
		return "today"
	default:
		return "in " + span(time.Duration(n)*day)
	}
}

// Words say what is due, and when.
func (d Due) Words(now time.Time) string {
	if d.On.IsZero() {
		return d.What + ", for the first time"
	}
	return d.What + " " + d.Ahead(now) + ", " + d.On.UTC().Format(time.DateOnly)
}

const day = 24 * time.Hour

func (d Due) days(now time.Time) int { return exec.Days(now, d.On) }

func share(n, of int) string { return fmt.Sprintf("%d/%d", n, of) }
