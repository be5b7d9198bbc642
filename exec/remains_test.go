package exec_test

import (
	"context"
	osexec "os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestRemainsAreFound: of an exercise whose program has ended, what it left
// running is found by what is on record and by its mark, and whether the shell
// of its last step, or anything new, is still there. After another start of the
// machine what is on record means nothing.
func TestRemainsAreFound(t *testing.T) {
	if _, err := osexec.LookPath("setsid"); err != nil || runtime.GOOS != "linux" {
		t.Skip("needs setsid on Linux")
	}
	dir, here := t.TempDir(), exec.Process{Boot: "b1", PID: 1, Host: "h"}
	mark := "BYTHEBOOK_TEST=" + dir
	term := exec.NewTerminals(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Mark: mark, Transcript: filepath.Join(dir, "transcript.raw")})
	t.Cleanup(func() { _ = term.Close() })
	step := runbook.Step{ID: "leave", Kind: runbook.Run, Run: "setsid -f sleep 300; setsid -f sleep 301; read x"}
	job := exec.Job{Step: step}
	bodies, err := term.Prepare(context.Background(), job)
	if err != nil || len(bodies) != 1 {
		t.Fatal(bodies, err)
	}
	over := make(chan exec.Result)
	go func() { over <- term.Perform(context.Background(), job) }()
	left := func() []exec.Survivor {
		return exec.FindRemains(exec.New(nil), here, mark).Survivors
	}
	t.Cleanup(func() {
		for _, p := range left() {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
	})
	late := time.After(20 * time.Second)
	for len(left()) < 3 || term.Type([]byte("\n")) != nil { // the shell and both of them
		select {
		case <-time.After(10 * time.Millisecond):
		case <-late:
			t.Fatalf("there run only %v", left())
		}
	}
	r := <-over
	if len(r.Survivors) != 2 || r.Survivors[0].Begun == 0 {
		t.Fatalf("the step left %v", r.Survivors)
	}
	book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{step, {ID: "next", Kind: runbook.Run}}}}}
	events := []exec.Event{
		{Body: exec.Began{Scenario: "s", Process: here}},
		{Body: bodies[0]},
		{Step: "leave", Body: exec.StepBegan{Attempt: 1}},
		{Step: "leave", Body: r.StepEnded},
		{Step: "next", Body: exec.StepBegan{Attempt: 1}},
	}
	s := exec.Replay(book, events)
	if got := exec.FindRemains(s, here, mark); got.Now != exec.StillRunning || len(got.Survivors) != 3 || got.Shell.PID != bodies[0].(exec.TerminalOpened).PID {
		t.Errorf("while the shell is there: %+v", got)
	}
	if diff := cmp.Diff(r.Survivors, term.Survivors(s.Survivors), cmpopts.IgnoreFields(exec.Survivor{}, "Started"), cmpopts.SortSlices(func(a, b exec.Survivor) bool { return a.PID < b.PID })); diff != "" {
		t.Errorf("at the end of the exercise (-after the step +now):\n%s", diff)
	}
	for n := range 2 { // the second process to know no secret is as careful as the first
		forgot := []exec.Event{events[0], {Body: exec.InputGiven{Name: "TOKEN", Secret: true}}}
		for range n {
			forgot = append(forgot, exec.Event{Body: exec.Resumed{Process: here}})
		}
		found := exec.FindRemains(exec.Replay(book, forgot), here, mark).Survivors
		if !slices.ContainsFunc(found, func(p exec.Survivor) bool { return p.Command == "sleep ..." }) ||
			slices.ContainsFunc(found, func(p exec.Survivor) bool { return strings.Contains(p.Command, "30") }) {
			t.Errorf("where a secret is forgotten, after %d resumes: %v", n, found)
		}
	}
	if err := term.Close(); err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{mark, ""} {
		if got := exec.FindRemains(s, here, m); got.Now != exec.Gone || len(got.Survivors) != 2 {
			t.Errorf("once the shell has gone, looking with the mark %q: %+v", m, got)
		}
	}
	if got := exec.FindRemains(s, exec.Process{Boot: "b2", PID: 1, Host: "h"}, ""); got.Now != exec.Gone || len(got.Survivors) > 0 {
		t.Errorf("after another start of the machine: %+v", got)
	}
}

// TestRemainsOfTheRightTerminal: what is told of a step that nobody saw end is
// told of the terminal that it ran in, whichever was opened last, and of none
// where the record does not say which process that was.
func TestRemainsOfTheRightTerminal(t *testing.T) {
	needs(t, "bash")
	dir, here := t.TempDir(), exec.Process{Boot: "b1", PID: 1, Host: "h"}
	term := exec.NewTerminals(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Transcript: filepath.Join(dir, "transcript.raw")})
	t.Cleanup(func() { _ = term.Close() })
	opened, err := term.Prepare(context.Background(), exec.Job{Step: runbook.Step{Kind: runbook.Run}})
	if err != nil || len(opened) != 1 {
		t.Fatal(opened, err)
	}
	local, db := opened[0].(exec.TerminalOpened), exec.TerminalOpened{Name: "db", PID: 1 << 30, Begun: 1}
	for _, tt := range []struct {
		name string
		step runbook.Step
		last exec.TerminalOpened
		pid  int
		now  string
	}{
		{"in local", runbook.Step{}, db, local.PID, exec.StillRunning},
		{"in another one", runbook.Step{At: []string{"db"}}, local, db.PID, exec.Gone},
		{"one that it opens", runbook.Step{Opens: "db"}, local, 0, ""},
		{"a process of its own", runbook.Step{Isolated: true}, local, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.step.ID, tt.step.Kind = "on", runbook.Run
			book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{tt.step}}}}
			s := exec.Replay(book, []exec.Event{
				{Body: exec.Began{Scenario: "s", Process: here}}, {Body: local}, {Body: db}, {Body: tt.last},
				{Step: "on", Body: exec.StepBegan{Attempt: 1}},
			})
			got := exec.FindRemains(s, here, "")
			if got.Shell.PID != tt.pid || got.Now != tt.now {
				t.Errorf("it ran in process %d, which is %q; want %d, %q", got.Shell.PID, got.Now, tt.pid, tt.now)
			}
			if len(got.Survivors) != 1 || got.Survivors[0].PID != local.PID {
				t.Errorf("there run %v", got.Survivors)
			}
		})
	}
}
