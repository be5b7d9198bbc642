package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// sleeper is a playbook whose first step says that it began, and goes on for a
// long time.
func sleeper(t *testing.T, sign string) string {
	return write(t, "sleeper.yaml", `playbook: sleeper
title: Sleeper
scenarios:
  s:
    title: S
    recovery:
      - {id: long, do: Take long., run: "echo x >>'`+sign+`'; sleep 300; echo y >>'`+sign+`'", expect: {exit: 0}, effect: read}
      - {id: short, do: Be quick., run: "true", expect: {exit: 0}, effect: read}
`)
}

// TestLeftBySignal: whatever asks the program to go, it goes at once, and the
// step that was running is unknown until somebody says what happened.
func TestLeftBySignal(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			sign, none := filepath.Join(dir, "sign"), write(t, "none.yaml", "answers: {}\n")
			var out bytes.Buffer
			cmd := exec.Command("bythebook", "run", sleeper(t, sign), "--unattended", "--answers", none, "--home", dir)
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			appears(t, sign)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != 5 {
				t.Errorf("exit status %d, want 5\n%s", got, &out)
			}
			if !strings.Contains(out.String(), "stopped at step 1 of 2. Resume: bythebook resume ex-") {
				t.Errorf("it does not say how to go on:\n%s", &out)
			}
			answer := write(t, "done.yaml", "answers:\n  long: {unknown: done}\n")
			again, err := exec.Command("bythebook", "resume", "--unattended", "--answers", answer, "--home", dir).CombinedOutput()
			if err != nil || !strings.Contains(string(again), "Nobody saw how step 1") {
				t.Errorf("resuming: %v\n%s", err, again)
			}
			if text, _ := os.ReadFile(sign); string(text) != "x\n" {
				t.Errorf("the step's command left %q: it went on, or ran twice", text)
			}
			finishedUnknown(t, dir)
		})
	}
}

// finishedUnknown reads the record: begun once, unknown, resolved by a person.
func finishedUnknown(t *testing.T, home string) {
	t.Helper()
	dirs, _ := filepath.Glob(filepath.Join(home, "exercises", "*"))
	events, err := journal.Read(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, e := range events {
		if e.Step == "long" {
			story = append(story, e.Body.Type())
		}
	}
	if got := fmt.Sprint(story); got != "[step.began step.unknown step.resolved]" {
		t.Errorf("the record tells %s", got)
	}
	if last, ok := events[len(events)-1].Body.(bexec.Ended); !ok || last.Completion != bexec.Completed {
		t.Errorf("the record ends with %+v", events[len(events)-1].Body)
	}
}

// appears waits until a file is there.
func appears(t *testing.T, path string) {
	t.Helper()
	end := time.After(20 * time.Second)
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-beat.C:
		case <-end:
			t.Fatalf("%s never appeared", path)
		}
	}
}
