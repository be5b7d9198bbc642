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
	"bythebook/exec/clean"
	"bythebook/runbook/read"
	"bythebook/runbooks"
	"bythebook/ui"
	"bythebook/ui/part"

	"github.com/spf13/cobra"
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

// oneLibrary takes the folder of a library at most. More words are a command that
// there is not.
func (a *app) oneLibrary(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("there is no command called %q%s; see bythebook --help", args[0], a.meant(args[0]))}
	}
	return nil
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
	now := time.Now()
	fmt.Fprintf(a.Out, "Library: %s\n%s\n", clean.Line(where), summary(lib.Count(now)))
	for _, r := range lib.Rows {
		if r.Book != nil {
			fmt.Fprintf(a.Out, "  %s > %s: %s\n", clean.Line(r.Playbook), r.Scenario, a.scenario(r))
		}
	}
	told := map[string]bool{}
	for _, r := range lib.Rows {
		s, known := lib.Stands[r.Path]
		switch {
		case r.Book == nil:
			fmt.Fprintf(a.Out, "! %s: cannot be loaded\n%s\n", clean.Line(r.Playbook), clean.Text(r.Problems.Error()))
		case known && !told[r.Path]:
			fmt.Fprintf(a.Out, "%s, %s:\n%s", r.Playbook, clean.Line(r.Path), howItStands(s, now))
		}
		told[r.Path] = true
	}
	for _, t := range lib.Trouble {
		fmt.Fprintf(a.Out, "A record counts for nothing: %s\n", clean.Line(t))
	}
	return nil
}

// summary is the library in one line.
func summary(n ui.Count) string {
	if n.Books == 0 {
		return "No playbook was found there."
	}
	words := part.Count(n.Books, "playbook", "playbooks")
	for _, w := range []struct {
		n    int
		text string
	}{{n.Bad, "cannot be loaded"}, {n.Open, "not agreed"}, {n.Over, "overdue"}, {n.Due, "due"}} {
		if w.n > 0 {
			words += fmt.Sprintf(", %d %s", w.n, w.text)
		}
	}
	return words + "."
}

// scenario says how a scenario's last exercise went.
func (a *app) scenario(r ui.Row) string {
	words, rto := "never exercised", "no RTO"
	if r.RTO > 0 {
		rto = "RTO " + exec.Long(r.RTO)
	}
	if p, ok := r.Latest(); ok {
		words = p.Words() + ", " + p.ID
	}
	if r.Unfinished != "" {
		words += " at " + r.At + "; go on with it: " + a.command("resume", r.Unfinished)
	}
	return rto + ", " + words
}

// howItStands says how a playbook stands, and what would help it most.
func howItStands(s ui.Standing, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %d of %d gates passed; %d errors, %d warnings, %d advice\n", s.Passed, s.Gates, s.Errors, s.Warnings, s.Advice)
	var due []string
	for _, d := range s.Due {
		due = append(due, d.Words(now))
	}
	agreed := ""
	if s.Asked > 0 {
		agreed = fmt.Sprintf("%d of %d: %s", s.Agreed, s.Asked, strings.Join(s.Words, "; "))
	}
	for _, line := range []struct{ label, text string }{
		{"missing", s.Missing}, {"type", s.Command}, {"edit", s.Edit}, {"agreed", agreed}, {"due", strings.Join(due, "; ")},
	} {
		if line.text != "" {
			fmt.Fprintf(&b, "  %s: %s\n", line.label, clean.Line(line.text))
		}
	}
	return b.String()
}
