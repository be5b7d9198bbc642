package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/stage"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
	"bythebook/ui"
)

// survey looks a library over: what is on record about each of its scenarios,
// and how each of its playbooks stands.
func (a *app) survey(entries []read.Entry) ui.Library {
	f := a.facts(entries...)
	lib := ui.Library{Rows: rows(entries, f), Stands: a.standings(entries, f)}
	for _, r := range f.records {
		if r.Damage != nil {
			lib.Trouble = append(lib.Trouble, r.Dir+": "+r.Damage.Error())
		}
	}
	lib.History = func(r ui.Row) string { return history.Text(history.Survey(f.records, r.Book, r.Scenario, f.now)) }
	return lib
}

// rows are the scenarios of a library with what is on record about each, the
// unfinished ones first, the newest before all.
func rows(entries []read.Entry, f facts) []ui.Row {
	var rows []ui.Row
	shown, paths := map[string]bool{}, map[string]string{} // exercises that a row offers to go on with; files by their playbooks' ids
	for _, e := range entries {
		if e.Playbook == nil {
			rows = append(rows, ui.Row{Playbook: filepath.Base(e.Path), Path: e.Path, Problems: e.Problems})
			continue
		}
		paths[e.Playbook.ID] = e.Path
		for _, sc := range e.Playbook.Scenarios {
			row := ui.Row{
				Playbook: e.Playbook.ID, Title: e.Playbook.Title, Scenario: sc.ID, ScenarioTitle: sc.Title, Path: e.Path,
				RTO: sc.RTO, RPO: sc.RPO, Book: e.Playbook,
			}
			f.tell(&row, history.Of(f.records, e.Playbook.ID, sc.ID))
			shown[row.Unfinished] = true
			rows = append(rows, row)
		}
	}
	rows = append(rows, f.elsewhere(shown, paths)...)
	slices.SortStableFunc(rows, func(x, y ui.Row) int { return history.ByAge(y.Unfinished, x.Unfinished) })
	return rows
}

// elsewhere are the rows of exercises that can be resumed, of playbooks that
// are not in this library or not the newest of their scenario. paths are those
// of the library's playbooks, by their ids.
func (f facts) elsewhere(shown map[string]bool, paths map[string]string) []ui.Row {
	var rows []ui.Row
	for _, r := range f.records {
		s := r.State
		if r.Damage != nil || !s.Waits() || shown[r.ID] {
			continue
		}
		path, here := paths[s.Book.ID]
		if !here {
			path = s.Began.Source
		}
		row := ui.Row{
			Playbook: s.Book.ID, Title: s.Book.Title, Scenario: s.Scenario.ID, ScenarioTitle: s.Scenario.Title, Path: path,
			RTO: s.Scenario.RTO, RPO: s.Scenario.RPO, Book: s.Book,
		}
		f.tell(&row, []history.Record{r})
		rows = append(rows, row)
	}
	return rows
}

// tell puts the exercises of a scenario into its row.
func (f facts) tell(row *ui.Row, of []history.Record) {
	for _, r := range slices.Backward(of) {
		row.Past = append(row.Past, past(r))
	}
	if len(of) == 0 {
		return
	}
	if s := of[len(of)-1].State; s.Waits() {
		row.Unfinished = s.Began.Exercise
		row.At = fmt.Sprintf("step %d of %d", min(s.At+1, len(s.Scenario.Steps)), len(s.Scenario.Steps))
	}
	row.Medians = history.Medians(of, row.Playbook, row.Scenario)
	for _, im := range f.open {
		if im.Playbook == row.Playbook && im.Scenario == row.Scenario {
			row.Improvements++
		}
	}
}

// past is an exercise in few words.
func past(r history.Record) ui.Past {
	s := r.State
	p := ui.Past{ID: r.ID, On: s.First, Result: string(r.Verdicts.Outcome), Notional: !r.Real()}
	switch {
	case s.Ended == nil && s.Started.IsZero():
		p.Result = "not begun"
		return p
	case s.Waits():
		p.Result = "unfinished"
		return p
	case s.Ended != nil && r.Verdicts.Completion != exec.Completed:
		p.Result = string(r.Verdicts.Completion)
		return p
	case !r.Real():
		p.Result = r.Aside()
		return p
	}
	if o := r.Objective("RTO"); o.Measured {
		p.RTA = o.Actual
	}
	if i := slices.IndexFunc(r.Objectives, func(o exec.Objective) bool { return o.Verdict == exec.Missed }); i >= 0 {
		p.Missed = r.Objectives[i].Name
	}
	return p
}

// standings are how the playbooks of a library stand, by their paths.
func (a *app) standings(entries []read.Entry, f facts) map[string]ui.Standing {
	stands := make([]ui.Standing, len(entries))
	atOnce(len(entries), func(i int) {
		if entries[i].Playbook != nil {
			stands[i] = a.stand(entries, i, f)
		}
	})
	all := map[string]ui.Standing{}
	for i, e := range entries {
		if e.Playbook != nil {
			all[e.Path] = stands[i]
		}
	}
	return all
}

// stand is how one playbook of a library stands.
func (a *app) stand(entries []read.Entry, i int, f facts) ui.Standing {
	e := entries[i]
	c := checked{sources: check.Sources{}}
	book := *e.Playbook
	book.File = filepath.Base(e.Path) // the screen says where the library is
	c.add(read.Entry{Path: e.Path, Copy: e.Copy, Playbook: &book}, f)
	var text strings.Builder
	_ = check.Text(&text, c.findings, c.sources, c.ready) // a builder takes everything
	counts := weigh(c.findings)
	in := stage.Input{Findings: c.findings}
	a.known(&in, e, f)
	a.called(&in, entries, i, "")
	judged := stage.Judge(in)
	s := ui.Standing{
		Errors: counts[check.Error], Warnings: counts[check.Warning], Advice: counts[check.Advice], Findings: text.String(),
		Passed: judged.Passed(), Gates: len(judged.Gates), Asked: judged.Asked, Agreed: judged.Agreed, Words: spoken(in.Agreement),
	}
	if missing := judged.Missing(); len(missing) > 0 {
		s.Missing, s.Command, s.Edit = missing[0].What, missing[0].Mend.Command, edited(missing[0].Mend)
	}
	for _, o := range in.Agreement.Objections {
		if o.Settled == "" {
			s.Objections++
		}
	}
	for _, d := range judged.Due {
		due := ui.Due{What: d.What(), On: d.At}
		if d.Kind == "exercise" {
			due.Scenario = d.Of
		}
		s.Due = append(s.Due, due)
	}
	return s
}

// heard are those whose word is listened to: who was asked, and others who object.
func heard(s agree.Standing) []agree.Person {
	return slices.Concat(s.Asked, slices.DeleteFunc(slices.Clone(s.Others), func(p agree.Person) bool { return p.State != agree.Objected }))
}

// spoken is how everybody's word stands.
func spoken(s agree.Standing) []string {
	heard := heard(s)
	var words []string
	for _, w := range stateWords {
		var names []string
		for _, p := range heard {
			if p.State == w.state {
				names = append(names, p.ID)
			}
		}
		if len(names) > 0 {
			words = append(words, strings.Join(names, ", ")+" "+w.words)
		}
	}
	return words
}

// stateWords say of people how their word stands, what needs somebody first.
var stateWords = []struct {
	state agree.State
	words string
}{
	{agree.Objected, "objected"}, {agree.Unproven, "said what is not proven"}, {agree.Another, "agreed to another text"},
	{agree.Expired, "agreed too long ago"}, {agree.Silent, "said nothing"}, {agree.Agreed, "agreed"},
}

// edited is in one line where to write what; "" where a command is the mend.
func edited(m stage.Mend) string {
	if m.Command != "" {
		return ""
	}
	at := m.Edit.File
	if m.Edit.Line > 0 {
		at += fmt.Sprintf(":%d", m.Edit.Line)
	}
	if m.Edit.Path != "" {
		at += ", " + m.Edit.Path
	}
	return strings.TrimSuffix(at+": "+m.Edit.Do, ": ")
}
