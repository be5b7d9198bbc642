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

// record is the newest exercise's record.
func record(t testing.TB, home string) []bexec.Event {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(home, "exercises", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no exercise: %v", err)
	}
	newest := dirs[0]
	for _, dir := range dirs {
		if len(dir) > len(newest) || len(dir) == len(newest) && dir > newest {
			newest = dir
		}
	}
	events, err := journal.Read(newest)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// last is a record's newest event.
func last(events []bexec.Event) bexec.Event { return events[len(events)-1] }

// keeperOf is the process that writes a record.
func keeperOf(events []bexec.Event) int {
	pid := 0
	for _, e := range events {
		switch b := e.Body.(type) {
		case bexec.Began:
			pid = b.Process.PID
		case bexec.Resumed:
			pid = b.Process.PID
		}
	}
	return pid
}

// endKeeper kills the keeper of the newest exercise of a home, where one lives.
func endKeeper(t testing.TB, home string) {
	dirs, _ := filepath.Glob(filepath.Join(home, "exercises", "*"))
	for _, dir := range dirs {
		if events, err := journal.Read(dir); err == nil {
			if words, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", keeperOf(events))); strings.HasSuffix(string(words), "\x00keeper\x00") {
				_ = syscall.Kill(keeperOf(events), syscall.SIGKILL)
			}
		}
	}
}

// keptHome is a home whose keepers and bookstore end with the test. Its path is
// short, for it holds sockets too.
func keptHome(t testing.TB) string {
	t.Helper()
	home, err := os.MkdirTemp("", "kept-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		endKeeper(t, home)
		_ = exec.Command("bythebook", "lab", "down", "--home", home).Run()
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	return home
}

// gone waits until a process has ended.
func gone(t testing.TB, pid int) {
	t.Helper()
	late := time.After(3 * time.Minute)
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for syscall.Kill(pid, 0) == nil {
		if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); bytes.Contains(stat, []byte(") Z ")) {
			return // and nobody has looked at its status yet
		}
		select {
		case <-beat.C:
		case <-late:
			t.Fatalf("the process %d does not end", pid)
		}
	}
}
