package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// everything is whether the tests go through all there is, as .ci/run has it.
func everything() bool { return os.Getenv("BYTHEBOOK_TESTS") == "all" }

// need skips a test on a machine that lacks a program.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed, and this test needs it", p)
		}
	}
}

// TestKilledAtRandomMoments kills the practice exercise with kill -9, again and
// again, and resumes it until it is finished. Nothing acknowledged is lost, the
// step that was running is unknown until somebody answers, and no command runs
// a second time unless that answer was "not done".
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	need(t, "bash", "curl")
	homes, kills := 5, 10 // in each
	if everything() {
		kills = 100
	}
	sheet := write(t, "answers.yaml", practiceAnswers)
	var inDoubt atomic.Int64
	t.Run("homes", func(t *testing.T) { // is over when all of them are
		for i := range homes {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				inDoubt.Add(killAndResume(t, sheet, kills))
			})
		}
	})
	t.Logf("%d kills or more, %d of them left a step in doubt", homes*kills, inDoubt.Load())
	if inDoubt.Load() == 0 {
		t.Error("no kill hit a running step: the test proves nothing")
	}
}

// killAndResume does so in a home of its own, until there were so many kills,
// and returns how many of them left a step in doubt.
func killAndResume(t *testing.T, sheet string, kills int) (inDoubt int64) {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { _ = exec.Command("bythebook", "lab", "down", "--home", home).Run() })
	for killed := 0; killed < kills; {
		args := []string{"practice", "--pace", "0"}
		for how := wasKilled; how == wasKilled; args = []string{"resume"} {
			var out bytes.Buffer
			how = killAfter(t, rand.N(900*time.Millisecond), killed%2 == 0, &out,
				append(args, "--unattended", "--answers", sheet, "--plain", "--home", home)...)
			if how == wasKilled {
				killed++
			}
			if strings.Contains(out.String(), "Nobody saw how step") {
				inDoubt++
			}
		}
		judge(t, home)
	}
	return inDoubt
}

// practiceAnswers play the practice exercise, and say of every step that was
// interrupted that it did not happen.
const practiceAnswers = `answers:
  lose-api: {run: , unknown: not done}
  check-public: {unknown: not done}
  list-parts: {unknown: not done}
  repair-dependency: no
  list-instances: {unknown: not done}
  which-failure: {choose: 1}
  restart-api: {run: , unknown: not done}
  launch-api: {run: , unknown: not done}
  check-links: {unknown: not done}
  check-search: {unknown: not done}
  route-api: {run: , unknown: not done}
  let-it-spread: {unknown: done}
  wait-for-route: {unknown: not done}
  test-public: {unknown: not done}
  test-dependencies: {unknown: not done}
  test-data: {unknown: not done}
  check-route: {unknown: not done}
  stand-down: {done: Told the team in its channel that the bookstore is back.}
`

// How a run of the program ended.
const (
	wasKilled = iota
	hadEnded  // the exercise has ended
	wasNone   // it was killed before there was anything to resume
)

// killAfter runs the program and kills it when the time is up. That counts from
// its start or, so that kills hit what it does on a busy machine too, from the
// first thing that it says.
func killAfter(t *testing.T, d time.Duration, fromWords bool, out *bytes.Buffer, args ...string) int {
	t.Helper()
	cmd := exec.Command("bythebook", args...)
	timer := time.AfterFunc(time.Hour, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	count := func() { timer.Reset(d) }
	said := &firstWords{to: out, then: count}
	if !fromWords {
		said.then = func() {}
	}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !fromWords {
		count()
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil, strings.Contains(out.String(), "has ended (completed)"): // killed after the last event
		return hadEnded
	case errors.As(err, &exit) && exit.ExitCode() == -1:
		return wasKilled
	case strings.Contains(out.String(), "no exercise"):
		return wasNone
	}
	t.Fatalf("%v\n%s", err, out)
	return 0
}

// firstWords passes on what is written, and does something at the first of it.
type firstWords struct {
	to   *bytes.Buffer
	once sync.Once
	then func()
}

func (f *firstWords) Write(text []byte) (int, error) {
	f.once.Do(f.then)
	return f.to.Write(text)
}

// judge reads the newest record and looks for a command that ran again without
// a person's word.
func judge(t *testing.T, home string) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(home, "exercises", "*"))
	if err != nil || len(dirs) == 0 {
		return
	}
	for _, dir := range dirs {
		events, err := journal.Read(dir)
		if errors.Is(err, journal.ErrNotRecord) || errors.Is(err, os.ErrNotExist) {
			continue // killed before it had begun
		}
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		if err := onlyOnRequest(events); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
	}
}

// onlyOnRequest is an error where a step began twice and nobody said between
// the two that the first did not happen.
func onlyOnRequest(events []bexec.Event) error {
	began := map[string]bool{}
	for _, e := range events {
		switch b := e.Body.(type) {
		case bexec.StepBegan:
			if began[e.Step] {
				return fmt.Errorf("event %d: step %s ran again without anybody saying so", e.Seq, e.Step)
			}
			began[e.Step] = true
		case bexec.StepResolved:
			if !b.Done {
				began[e.Step] = false
			}
		}
	}
	return nil
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
