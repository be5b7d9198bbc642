package exec_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// perform carries a step out in a real terminal.
func perform(t *testing.T, step runbook.Step) exec.Result {
	t.Helper()
	dir := t.TempDir()
	term := exec.NewTerminals(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Transcript: filepath.Join(dir, "transcript.raw")})
	t.Cleanup(func() { _ = term.Close() })
	job := exec.Job{Step: step}
	if _, err := term.Prepare(context.Background(), job); err != nil {
		t.Fatal(err)
	}
	return term.Perform(context.Background(), job)
}

// TestUntilHolds: a condition that must stay true is looked at again after it
// came true, and begins anew when it was not.
func TestUntilHolds(t *testing.T) {
	flapping := "n=$((n+1)); echo look $n; test $n -ne 2" // true, false, true, true, true ...
	step := runbook.Step{ID: "steady", Kind: runbook.Until, Run: flapping, Every: 10 * time.Millisecond, Within: time.Minute}
	if r := perform(t, step); r.Match != exec.Matched || r.Output.Excerpt != "look 1\n" {
		t.Errorf("true at once: %s, %q", r.Match, r.Output.Excerpt)
	}
	step.Holds = 15 * time.Millisecond
	if r := perform(t, step); r.Match != exec.Matched || r.Output.Excerpt < "look 4\n" {
		t.Errorf("held: %s, %q", r.Match, r.Output.Excerpt)
	}
	step.Holds, step.Within = time.Hour, 50*time.Millisecond
	want := "the condition did not stay true for 1h within 50ms"
	if r := perform(t, step); r.Outcome != exec.TimedOut || r.Reason != want {
		t.Errorf("never long enough: %s, %q", r.Outcome, r.Reason)
	}
}
