// Package historytest makes exercises that are past: for tests of whatever
// looks at many of them.
//
// A Spec tells an exercise against its document. What it does not mention went
// as it is written: each step in its order, in the time that is planned for it.
// Exercise puts that on record in a home, as a real exercise would have: with a
// frozen copy of the text, and with lines that prove themselves and each other.
// Library writes playbooks, and Exercises fills a home with what became of them
// over some months.
package historytest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// A Spec is an exercise as it went.
type Spec struct {
	Text     read.Entry // what it ran from: one of a library, or of Load
	Scenario string     // left out, the first
	At       time.Time  // when it began; the go came ten seconds later
	Kind     exec.Type  // left out, a rehearsal
	Rule     exec.Rule  // left out, strict
	DryRun   bool
	Alone    bool   // nobody attended it
	Operator string // left out, bob

	Took     map[string]time.Duration // by step; left out, what the document plans, or a minute
	Tries    map[string]int           // by step: the try that went well; left out, the first
	Failed   map[string]string        // by step: why it was accepted that what was expected did not happen; "" where the documented way out was taken
	Skipped  map[string]string        // by step: why it was left out
	Answers  map[string]int           // by step: of a decision, or of several blocks; left out, the first
	Not      []string                 // guarded steps that were not for this case
	Declared map[string]exec.Deviated // by step
	Lost     time.Duration            // how much older than the disruption the newest data was, where a step looks at it

	Stops  string          // the step before which it stopped; left out, at its end
	Ends   exec.Completion // how; left out, completed; exec.Running where it is unfinished
	Reason string          // why

	Agreement *exec.Agreement
	Errors    int // of the checks
}

// Load is a playbook as a Spec takes it.
func Load(t testing.TB, path string) read.Entry {
	t.Helper()
	c, book, err := read.File(path)
	if err != nil {
		t.Fatal(err)
	}
	return read.Entry{Path: path, Copy: c, Playbook: book}
}

// Exercise puts an exercise on record and returns its id.
func Exercise(t testing.TB, home string, spec Spec) string {
	t.Helper()
	id, dir, err := claim(home, spec.At)
	if err == nil {
		err = freeze(dir, spec.Text.Copy)
	}
	var text []byte
	if err == nil {
		text, err = journal.Text(Events(t, id, spec))
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, journal.Name), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// claim makes the folder of an exercise of that day.
func claim(home string, at time.Time) (id, dir string, err error) {
	if err := os.MkdirAll(history.Dir(home, ""), 0o700); err != nil {
		return "", "", err
	}
	for n := 1; ; n++ {
		id = fmt.Sprintf("ex-%s-%d", at.UTC().Format("20060102"), n)
		dir = history.Dir(home, id)
		if err := os.Mkdir(dir, 0o700); !errors.Is(err, fs.ErrExist) {
			return id, dir, err
		}
	}
}

// freeze writes the copy that the exercise ran from.
func freeze(dir string, c runbook.Copy) error {
	for path, text := range c.Files {
		to := filepath.Join(dir, "playbook", filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// began is the first event.
func (spec Spec) began(id string) exec.Began {
	c := spec.Text.Copy
	b := exec.Began{
		Format: 1, Exercise: id, Playbook: spec.Text.Playbook.ID, Scenario: spec.Scenario, Kind: spec.Kind, Rule: spec.Rule,
		DryRun: spec.DryRun || spec.Kind == exec.Tabletop, Unattended: spec.Alone, Digest: c.Digest(), Main: c.Main, Source: spec.Text.Path,
		Operator: spec.Operator, Program: "bythebook test", Process: exec.Process{PID: 4711, Host: "ops-1", User: spec.Operator},
		Agreement: spec.Agreement, Errors: spec.Errors,
	}
	for _, line := range c.Sums() {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		b.Sums = append(b.Sums, exec.Sum{Path: path, SHA256: sum})
	}
	return b
}
