package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// noted is a playbook of so many steps, each of which leaves a line in the file
// $RAN and carries out a command besides, and the answers that run each of them,
// and say of one in doubt that it did not happen.
func noted(steps int, besides string) (book, sheet string) {
	book = "playbook: noted\ntitle: Noted\nscenarios:\n  s:\n    title: Each step leaves a line\n    recovery:\n"
	sheet = "answers:\n"
	for n := range steps {
		book += fmt.Sprintf("      - {id: s-%d, do: Say so., run: 'echo s-%d >> \"$RAN\"; %s', expect: {exit: 0}}\n", n, n, besides)
		sheet += fmt.Sprintf("  s-%d: {run: , unknown: not done}\n", n)
	}
	return book, sheet
}

// A bench is where the program is tried: a home, and what its steps left behind.
type bench struct{ book, sheet, home, ran string }

func newBench(t *testing.T, book, sheet string) bench {
	t.Helper()
	need(t, "bash")
	dir := t.TempDir()
	b := bench{book: filepath.Join(dir, "noted.yaml"), sheet: filepath.Join(dir, "answers.yaml"), home: filepath.Join(dir, "home"), ran: filepath.Join(dir, "ran")}
	for path, text := range map[string]string{b.book: book, b.sheet: sheet, b.ran: ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// folder is that of the bench's first exercise.
func (b bench) folder() string {
	return filepath.Join(b.home, "exercises", "ex-"+time.Now().UTC().Format("20060102")+"-1")
}

// command is one that is run on the bench.
func (b bench) command(ctx context.Context, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = filepath.Dir(b.book)
	cmd.Env = append(os.Environ(), "RAN="+b.ran, "BYTHEBOOK_HOME="+b.home, "JOURNAL="+filepath.Join(b.folder(), journal.Name))
	return cmd
}

// run runs the program behind some words, and returns its exit status, -1 where
// it was killed, and what it said.
func (b bench) run(t *testing.T, before []string, args ...string) (status int, said string) {
	t.Helper()
	words := append(append(before, "bythebook"), args...)
	cmd := b.command(t.Context(), append(words, "--unattended", "--answers", b.sheet, "--plain")...)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// began counts how often each step is on record as begun.
func began(events []bexec.Event) map[string]int {
	n := map[string]int{}
	for _, e := range events {
		if _, ok := e.Body.(bexec.StepBegan); ok {
			n[e.Step]++
		}
	}
	return n
}

// onRecord makes sure that no command ran of which the record does not say that
// it began, and none again without a person's word.
func (b bench) onRecord(t *testing.T, what string) {
	t.Helper()
	events, err := journal.Read(b.folder())
	if err != nil && !errors.Is(err, journal.ErrNotRecord) && !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s: %v", what, err)
	}
	ran, err := os.ReadFile(b.ran)
	if err != nil {
		t.Fatal(err)
	}
	left := began(events)
	for id := range strings.FieldsSeq(string(ran)) {
		if left[id]--; left[id] < 0 {
			t.Fatalf("%s: step %s ran, and the record does not say so", what, id)
		}
	}
	if err := onlyOnRequest(events); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
