package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// injected are the faults that a system call of the record's writer can meet,
// and how the writer ends then.
var injected = []struct {
	call, fault string
	exit        int // of the writer; -1 where it is killed
	says        string
}{
	{"write", "signal=KILL", -1, ""},
	{"write", "error=EIO", 3, "input/output error"},
	{"write", "error=ENOSPC", 0, ""}, // there was room at the second try
	{"fdatasync", "signal=KILL", -1, ""},
	{"fdatasync", "error=EIO", 3, "input/output error"},
	{"fdatasync", "error=ENOSPC", 3, "no space left on device"}, // never tried again
}

// many is how many events a writer appends that meets a fault, if it can.
const many = 40

// TestFaultAtEachSystemCall makes the kernel fail, or kill the writer, at each
// of its first calls that write or flush the record.
func TestFaultAtEachSystemCall(t *testing.T) {
	if _, err := osexec.LookPath("strace"); err != nil {
		t.Skip("SKIPPED, so faults of system calls are not tested here: strace is not installed")
	}
	calls := counts(5, 30)
	for _, f := range injected {
		for n := 1; n <= calls; n++ {
			what := fmt.Sprintf("%s of %s %d", f.fault, f.call, n)
			dir, before := fillInMemory(t, 3)
			acked := map[string]string{}
			exit, said, trace := inject(t, dir, fmt.Sprintf("%s:%s:when=%d", f.call, f.fault, n), acked)
			if exit != f.exit || !strings.Contains(said, f.says) {
				t.Fatalf("%s: the writer ended with %d, and said %q", what, exit, said)
			}
			if exit != -1 && strings.Count(trace, "(INJECTED)") != 1 {
				t.Fatalf("%s: the fault did not happen:\n%s", what, trace)
			}
			checkAcked(t, dir, acked)
			j, got, _, err := Open(dir)
			if err != nil {
				t.Fatalf("%s: can't go on: %v", what, err)
			}
			j.Close()
			same(t, what, before, got[:len(before)])
			if exit == 0 && len(acked) != many {
				t.Fatalf("%s: %d of %d events", what, len(acked), many)
			}
		}
	}
}

// inject runs a writer with one fault and returns how it ended, what it said of
// it, and what was seen of its system calls.
func inject(t *testing.T, dir, fault string, acked map[string]string) (exit int, said, trace string) {
	t.Helper()
	log := filepath.Join(dir, "trace")
	writer := again(t, writerDir, dir)
	cmd := osexec.Command("strace", "-f", "-q", "-o", log, "-P", filepath.Join(dir, Name), "-e", "trace=write,fdatasync", "-e", "inject="+fault, writer.Path)
	var out, stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(writer.Env, writerEnough+"="+strconv.Itoa(many)), &out, &stderr
	err := cmd.Run()
	var ended *osexec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		seq, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		acked[seq] = hash
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	exit = cmd.ProcessState.ExitCode()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() && status.Signal() != syscall.SIGKILL {
		t.Fatalf("strace itself ended with %v", status.Signal())
	}
	return exit, stderr.String(), string(text)
}
