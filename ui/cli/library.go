package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bythebook/exec"
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
	if !a.screens() {
		return a.list(a.survey(entries), where)
	}
	return a.browse(entries, where)
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

// list tells of the library in words, where there is no terminal for its screen.
func (a *app) list(lib ui.Library, where string) error {
	fmt.Fprintf(a.Out, "Library: %s\n", where)
	if len(lib.Rows) == 0 {
		fmt.Fprintln(a.Out, "No playbook was found there.")
	}
	now, told := time.Now(), ""
	for _, r := range lib.Rows {
		if r.Book == nil {
			fmt.Fprintf(a.Out, "! %s: cannot be loaded\n%s\n", r.Playbook, r.Problems.Error())
			continue
		}
		if s, known := lib.Stands[r.Path]; known && r.Path != told {
			fmt.Fprintf(a.Out, "%s (%s): %s\n", r.Playbook, r.Path, standing(s))
			told = r.Path
		}
		fmt.Fprintf(a.Out, "  %-20s %-24s %s\n", r.Playbook, r.Scenario, scenario(r, lib.Stands[r.Path].Due, now))
	}
	for _, t := range lib.Trouble {
		fmt.Fprintf(a.Out, "A record counts for nothing: %s\n", t)
	}
	return nil
}

// standing says how a playbook stands, and what would help it most.
func standing(s ui.Standing) string {
	words := fmt.Sprintf("%d of %d gates passed", s.Passed, s.Gates)
	if s.Missing != "" {
		words += "; missing: " + s.Missing + " To mend it: " + s.Mend
	}
	if s.Asked > 0 {
		words += fmt.Sprintf("; agreed %d of %d: %s", s.Agreed, s.Asked, strings.Join(s.Words, ", "))
	}
	return words + fmt.Sprintf("; %d errors, %d warnings, %d advice.", s.Errors, s.Warnings, s.Advice)
}

// scenario says how a scenario's last exercise went, and what is due.
func scenario(r ui.Row, due []ui.Due, now time.Time) string {
	words := "RTO " + objective(r) + ", never exercised"
	if p, ok := r.Latest(); ok {
		words = "RTO " + objective(r) + ", " + p.ID + " of " + p.On.Format(time.DateOnly) + ": " + strings.TrimSpace(p.Notional+" "+p.Result)
		if p.RTA > 0 {
			words += " " + exec.Long(p.RTA)
		}
	}
	if r.Unfinished != "" {
		words += " at " + r.At + "; resume it with: resume " + r.Unfinished
	}
	for _, d := range due {
		if d.Of(r) {
			words += "; " + d.What + " " + d.Ahead(now)
		}
	}
	return words
}

func objective(r ui.Row) string {
	if r.RTO == 0 {
		return "none"
	}
	return exec.Long(r.RTO)
}
