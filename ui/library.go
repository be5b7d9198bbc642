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

// library lists what can be exercised, one row a scenario.
type library struct{ steady }

// row is the chosen row, false where the library is empty.
func (sc scene) row() (Row, bool) {
	if sc.view.row < 0 || sc.view.row >= len(sc.cfg.Rows) {
		return Row{}, false
	}
	return sc.cfg.Rows[sc.view.row], true
}

func (library) enter(sc scene) want {
	r, ok := sc.row()
	switch {
	case !ok:
		return want{say: "the library is empty"}
	case r.Book == nil && r.Unfinished == "":
		return want{say: "it cannot be loaded: " + part.Count(len(r.Problems), "problem", "problems") + "; v = see them"}
	case sc.cfg.Open == nil:
		return want{say: "this library can only be looked at"}
	}
	return want{start: &r}
}

func (library) next(sc scene) nextLine {
	r, ok := sc.row()
	switch {
	case sc.opening:
		return nextLine{"", "opening ...", ""}
	case !ok:
		return nextLine{"", "the library is empty", "q = leave"}
	case r.Unfinished != "":
		return nextLine{"enter", "RESUME " + clean.Line(r.Unfinished) + at(r), "nothing runs until you press r"}
	case r.Book == nil:
		return nextLine{"", "this one cannot be loaded", "v = its problems"}
	}
	return nextLine{"enter", "OPEN " + clean.Line(r.Playbook) + " > " + clean.Line(r.Scenario), "nothing runs yet"}
}

func at(r Row) string {
	if r.At == "" {
		return ""
	}
	return " at " + clean.Line(r.At)
}

func (library) body(sc scene, lay layout) []string {
	if lay.class == wide {
		lay.left = max(lay.left, lay.W*54/100)
		return part.Columns(sc.look, list(sc, part.Size{W: lay.left - 1, H: lay.body.H}), details(sc, lay.right().W), lay.left, lay.body.H)
	}
	if lay.class == small {
		return part.Tall(list(sc, lay.body), lay.body.H)
	}
	rows := part.Tall(list(sc, part.Size{W: lay.W, H: 1 + min(len(sc.cfg.Rows), lay.body.H/2)}), 1+min(len(sc.cfg.Rows), lay.body.H/2))
	return part.Tall(append(append(rows, ""), details(sc, lay.W)...), lay.body.H)
}

// list is the table of rows, scrolled so that the chosen one can be seen.
func list(sc scene, size part.Size) []string {
	l := sc.look
	first, second := columns(sc.cfg.Rows, size.W-2-10)
	cols := func(at, a, b, rto, result string) string {
		return part.Fit(at+part.Fit(a, first)+" "+part.Fit(b, second)+" "+fmt.Sprintf("%7s  ", rto)+result, size.W)
	}
	rows := []string{l.Paint(look.Quiet, cols("  ", "PLAYBOOK", "SCENARIO", "RTO", "LAST EXERCISE"))}
	h := max(0, size.H-1)
	from := min(max(0, sc.view.row-h/2), max(0, len(sc.cfg.Rows)-h))
	for i := from; i < min(len(sc.cfg.Rows), from+h); i++ {
		r := sc.cfg.Rows[i]
		at, role := "  ", look.Plain
		if r.Book == nil {
			at, role = "! ", look.Warn
		}
		if i == sc.view.row {
			at, role = ">"+at[:1], look.Strong
		}
		rto := "-"
		if r.RTO > 0 {
			rto = exec.Long(r.RTO)
		}
		rows = append(rows, l.Paint(role, cols(at, clean.Line(r.Playbook), clean.Line(r.Scenario), rto, result(r))))
	}
	return rows
}

// columns are how wide the ids of playbooks and scenarios are shown: as wide as
// the widest, while a third is left for the last exercise.
func columns(rows []Row, w int) (first, second int) {
	for _, r := range rows {
		first, second = max(first, part.Width(clean.Line(r.Playbook))), max(second, part.Width(clean.Line(r.Scenario)))
	}
	room := max(16, w*2/3)
	if first+second > room {
		first = max(min(first, room/2), room-second)
		second = room - first
	}
	return max(first, 8), max(second, 8)
}

func result(r Row) string {
	switch {
	case r.Book == nil:
		return "not loaded: " + part.Count(len(r.Problems), "problem", "problems")
	case r.Unfinished != "":
		return "UNFINISHED"
	case r.Last == "":
		return "never"
	}
	return clean.Line(strings.TrimSpace(r.Last + " " + r.Result))
}

// details tells about the chosen row.
func details(sc scene, w int) []string {
	r, ok := sc.row()
	if !ok {
		return part.Prose("No playbook was found in "+sc.cfg.Where+".", w)
	}
	l := sc.look
	rows := []string{l.Paint(look.Strong, part.Rule(l, clean.Line(r.Playbook)+" > "+clean.Line(r.Scenario), "", w))}
	if r.ScenarioTitle != "" {
		rows = append(rows, part.Prose(r.ScenarioTitle, w)...)
	}
	var about *runbook.Scenario
	if r.Book != nil {
		about, _ = r.Book.Scenario(r.Scenario)
	}
	if about != nil {
		rows = append(rows, part.Remark("steps", counts(about), w)...)
	}
	if r.RTO > 0 {
		rows = append(rows, part.Fact("RTO", exec.Long(r.RTO), w)...)
	}
	if r.RPO > 0 {
		rows = append(rows, part.Fact("RPO", exec.Long(r.RPO), w)...)
	}
	rows = append(rows, part.Fact("last", result(r), w)...)
	if r.Book != nil {
		rows = append(rows, stands(sc, r, w)...)
	}
	rows = append(rows, part.Fact("file", r.Path, w)...)
	if about != nil && about.Overview != "" {
		rows = append(append(rows, ""), part.Capped(part.Prose(about.Overview, w), max(6, sc.lay.body.H/3), "in the document")...)
	}
	if len(r.Problems) > 0 {
		rows = append(append(rows, ""), l.Paint(look.Warn, part.Rule(l, part.Count(len(r.Problems), "problem", "problems"), "v = in full", w)))
		rows = append(rows, problems(r, w)...)
	}
	return rows
}

// stands tells what the checks say of the row's playbook, and how far it is on
// the way to its first exercise.
func stands(sc scene, r Row, w int) []string {
	s, known := sc.standing[r.Path]
	if !known {
		return nil
	}
	checks := "nothing found"
	if s.Errors+s.Warnings+s.Advice > 0 {
		checks = fmt.Sprintf("%s, %s, %d advice; v = see them", part.Count(s.Errors, "error", "errors"), part.Count(s.Warnings, "warning", "warnings"), s.Advice)
	}
	gates := fmt.Sprintf("%d of %d passed", s.Passed, s.Passed+len(s.Open))
	if len(s.Open) > 0 {
		gates += "; open: " + strings.Join(s.Open, ", ")
	}
	return append(part.Remark("checks", checks, w), part.Remark("gates", gates, w)...)
}

// findings is what the checks say of the row's playbook.
func findings(sc scene, r Row, w int) []string {
	s, known := sc.standing[r.Path]
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
