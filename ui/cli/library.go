package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/runbook"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
	"bythebook/runbooks"
	"bythebook/ui"
)

// library opens the library: its screen, or a plain list where there is no
// terminal for one.
func (a *app) library(args []string) error {
	dir := ""
	if len(args) > 0 {
		dir = args[0]
	}
	entries, where, err := a.entries(dir)
	if err != nil {
		return err
	}
	rows := a.rows(entries)
	if !a.screens() {
		return a.list(rows, standings(entries, a.facts()), where)
	}
	return a.browse(rows, entries, where)
}

// entries are the playbooks of the library: the folder that is named, else the
// environment's, else the nearest runbooks/, else the shipped ones.
func (a *app) entries(dir string) ([]read.Entry, string, error) {
	if dir == "" {
		dir = a.Getenv("BYTHEBOOK_LIBRARY")
	}
	if dir == "" {
		dir = nearest("runbooks")
	}
	if dir != "" {
		entries, err := read.Library(dir)
		if errors.Is(err, fs.ErrNotExist) {
			err = usageError{fmt.Errorf("there is no command and no library called %q%s; see bythebook --help", dir, a.meant(dir))}
		}
		return entries, dir, err
	}
	entries, err := read.LibraryFS(runbooks.Files)
	for i := range entries {
		entries[i].Path = shipped + entries[i].Path
	}
	return entries, "shipped playbooks", err
}

// meant is the command that a mistyped one is near to, in words.
func (a *app) meant(word string) string {
	root := newRoot(a)
	root.SuggestionsMinimumDistance = 2
	if near := root.SuggestionsFor(word); len(near) > 0 {
		return "; did you mean " + near[0] + "?"
	}
	return ""
}

// nearest is the folder of that name at or above the working directory.
func nearest(name string) string {
	dir, err := os.Getwd()
	for err == nil {
		if info, e := os.Stat(filepath.Join(dir, name)); e == nil && info.IsDir() {
			return filepath.Join(dir, name)
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		break
	}
	return ""
}

// rows are the scenarios of the library with what is on record about each.
func (a *app) rows(entries []read.Entry) []ui.Row {
	last, unfinished := a.onRecord()
	var rows []ui.Row
	for _, e := range entries {
		if e.Playbook == nil {
			rows = append(rows, ui.Row{Playbook: filepath.Base(e.Path), Path: e.Path, Problems: e.Problems})
			continue
		}
		for _, sc := range e.Playbook.Scenarios {
			row := ui.Row{
				Playbook: e.Playbook.ID, Title: e.Playbook.Title, Scenario: sc.ID, ScenarioTitle: sc.Title, Path: e.Path,
				RTO: sc.RTO, RPO: sc.RPO, Steps: len(sc.Steps), Book: e.Playbook,
			}
			if s, ok := last[[2]string{row.Playbook, row.Scenario}]; ok {
				tell(&row, s)
			}
			delete(unfinished, row.Unfinished)
			rows = append(rows, row)
		}
	}
	return append(elsewhere(unfinished), rows...)
}

// elsewhere are the rows of exercises that can be resumed, of playbooks that
// are not in this library or not the newest of their scenario.
func elsewhere(unfinished map[string]exec.State) []ui.Row {
	var rows []ui.Row
	for _, id := range slices.SortedFunc(maps.Keys(unfinished), history.ByAge) {
		s := unfinished[id]
		if s.Began.DryRun { // nothing was done that somebody must know of
			continue
		}
		row := ui.Row{
			Playbook: s.Book.ID, Title: s.Book.Title, Scenario: s.Scenario.ID, ScenarioTitle: s.Scenario.Title, Path: s.Began.Source,
			RTO: s.Scenario.RTO, RPO: s.Scenario.RPO, Steps: len(s.Scenario.Steps), Book: s.Book,
		}
		tell(&row, s)
		rows = append(rows, row)
	}
	return rows
}

// tell puts the newest exercise of a scenario into its row.
func tell(row *ui.Row, s exec.State) {
	row.Last = s.Began.Exercise
	if s.Ended == nil {
		row.Result, row.Unfinished = "UNFINISHED", s.Began.Exercise
		row.At = fmt.Sprintf("step %d of %d", min(s.At+1, len(s.Scenario.Steps)), len(s.Scenario.Steps))
		return
	}
	v := exec.Judge(s)
	row.Result = string(v.Outcome)
	if v.Completion != exec.Completed {
		row.Result = string(v.Completion)
	}
	for _, o := range exec.Objectives(s) {
		if o.Name == "RTO" && o.Measured {
			row.Result += " " + exec.Long(o.Actual)
		}
	}
}

// onRecord are the newest exercise of each playbook's scenario, and by their ids
// all that can be resumed. A record that can't be read is left to the command
// that is asked about it.
func (a *app) onRecord() (newest map[[2]string]exec.State, unfinished map[string]exec.State) {
	newest, unfinished = map[[2]string]exec.State{}, map[string]exec.State{}
	home, err := a.homeDir()
	if err != nil {
		return newest, unfinished
	}
	records, err := history.Read(home)
	if err != nil {
		return newest, unfinished
	}
	for _, r := range records {
		if r.Damage != nil {
			continue
		}
		newest[[2]string{r.State.Began.Playbook, r.State.Began.Scenario}] = r.State
		if r.State.Ended == nil {
			unfinished[r.ID] = r.State
		}
	}
	return newest, unfinished
}

// standings are how the playbooks of a library stand, by their paths.
func standings(entries []read.Entry, f facts) map[string]ui.Standing {
	all := map[string]ui.Standing{}
	for _, e := range entries {
		if e.Playbook == nil {
			continue
		}
		c := checked{sources: check.Sources{}}
		book := *e.Playbook
		book.File = filepath.Base(e.Path) // the screen says where the library is
		c.add(read.Entry{Path: e.Path, Copy: e.Copy, Playbook: &book}, f)
		counts := weigh(c.findings)
		s := ui.Standing{Errors: counts[check.Error], Warnings: counts[check.Warning], Advice: counts[check.Advice]}
		var text strings.Builder
		_ = check.Text(&text, c.findings, c.sources, c.ready) // a builder takes everything
		s.Findings = text.String()
		for _, gate := range runbook.Gates {
			if e.Playbook.Gate(gate).Status == runbook.GateComplete {
				s.Passed++
			} else {
				s.Open = append(s.Open, gate)
			}
		}
		all[e.Path] = s
	}
	return all
}

// list prints the library where there is no terminal for its screen.
func (a *app) list(rows []ui.Row, stand map[string]ui.Standing, where string) error {
	fmt.Fprintf(a.Out, "Library: %s\n", where)
	if len(rows) == 0 {
		fmt.Fprintln(a.Out, "No playbook was found there.")
	}
	for _, r := range rows {
		if len(r.Problems) > 0 {
			fmt.Fprintf(a.Out, "! %s: cannot be loaded\n%s\n", r.Playbook, r.Problems.Error())
			continue
		}
		fmt.Fprintf(a.Out, "  %-20s %-24s RTO %-8s %s %s\n", r.Playbook, r.Scenario, objective(r), r.Last, r.Result)
	}
	for _, path := range slices.Sorted(maps.Keys(stand)) {
		s := stand[path]
		fmt.Fprintf(a.Out, "%s: %d errors, %d warnings, %d advice; %d of %d gates passed\n", path, s.Errors, s.Warnings, s.Advice, s.Passed, s.Passed+len(s.Open))
	}
	return nil
}

func objective(r ui.Row) string {
	if r.RTO == 0 {
		return "none"
	}
	return exec.Long(r.RTO)
}
