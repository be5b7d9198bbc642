package journal

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"bythebook/exec"
)

// The test binary is also the writer that tests kill, and the one whose files
// may not grow.
const (
	writerDir    = "JOURNAL_TEST_WRITER"
	writerEnough = "JOURNAL_TEST_ENOUGH" // how many events are enough; without it the writer never ends
	limitedDir   = "JOURNAL_TEST_LIMITED"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		if err := writeOn(dir, os.Getenv(writerEnough)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(limitedDir); dir != "" {
		if err := writeLimited(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeOn resumes the record and appends to it until that is enough, saying each
// number and hash once it is acknowledged. It does so from one thread, whose
// system calls can be counted. An event that there was no room for is appended
// again.
func writeOn(dir, enough string) error {
	runtime.LockOSThread()
	j, got, torn, err := Open(dir)
	if err != nil {
		return err
	}
	next := exec.Event{At: event(0).At, Body: exec.Resumed{Torn: torn, Process: exec.Process{PID: os.Getpid(), Host: "here", User: "me"}}}
	for i := 0; strconv.Itoa(i) != enough; i++ {
		e, err := j.Append(next)
		if errors.Is(err, ErrFull) {
			e, err = j.Append(next)
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Printf("%d %s\n", e.Seq, j.Head()); err != nil {
			return err
		}
		next = event(len(got) + i + 1)
	}
	return j.Close()
}

// again is this binary once more, for the given folder.
func again(t *testing.T, what, dir string) *osexec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(self)
	cmd.Env = append(os.Environ(), what+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestKilled(t *testing.T) {
	records := 10
	if testing.Short() {
		records = 1
	}
	r := rand.New(rand.NewPCG(3, 4))
	total := 0
	for range records {
		dir, _ := fill(t, 1)
		acked := map[string]string{} // number to hash, of everything acknowledged
		for range 20 {
			killWriter(t, dir, 1+r.IntN(12), acked)
		}
		checkAcked(t, dir, acked)
		total += len(acked)
	}
	t.Logf("%d kills, %d acknowledged, 0 lost", 20*records, total)
}

// killWriter runs a writer, kills it a moment after its n-th acknowledgement
// and adds all it said to acked.
func killWriter(t *testing.T, dir string, n int, acked map[string]string) {
	t.Helper()
	cmd := again(t, writerDir, dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	for i := 0; ; i++ {
		l, err := said.ReadString('\n')
		if err != nil {
			break // killed, and all it said was read
		}
		seq, hash, _ := strings.Cut(strings.TrimSpace(l), " ")
		acked[seq] = string(hash)
		if i == 0 {
			_, _, _, err := Open(dir)
			if holder := fmt.Sprintf("process %d of me on here", cmd.Process.Pid); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), holder) {
				t.Errorf("a second writer beside %s: %v", holder, err)
			}
		}
		if i == n-1 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the writer was not killed: %v", err)
	}
}

func checkAcked(t *testing.T, dir string, acked map[string]string) {
	t.Helper()
	events, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(bytesOf(t, dir)), "\n")
	hashes := map[string]string{}
	for i := range events {
		hash, _ := sealed([]byte(lines[i]))
		hashes[fmt.Sprint(i+1)] = string(hash)
	}
	for seq, hash := range acked {
		if hashes[seq] != hash {
			t.Fatalf("event %s was acknowledged and is lost", seq)
		}
	}
}

// writeLimited appends until its file may not grow, then may grow again.
func writeLimited(dir string) error {
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	j, got, _, err := Open(dir)
	if err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 20_000, Max: was.Max}); err != nil {
		return err
	}
	n := len(got)
	for ; err == nil; n++ {
		_, err = j.Append(event(n))
	}
	n-- // the last one was refused
	if _, again := j.Append(event(n)); !errors.Is(err, ErrFull) || !errors.Is(again, ErrFull) || n < 20 {
		return fmt.Errorf("after %d events: %w, then %w", n, err, again)
	}
	if got, err := Read(dir); err != nil || len(got) != n {
		return fmt.Errorf("%d of %d events on the full disk: %w", len(got), n, err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if _, err := j.Append(event(n)); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	fmt.Println(n + 1)
	return j.Close()
}

func TestFileMayNotGrow(t *testing.T) {
	dir, _ := fill(t, 1)
	out, err := again(t, limitedDir, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Read(dir); err != nil || fmt.Sprintln(len(got)) != string(out) {
		t.Fatalf("%d events, the writer says %q: %v", len(got), out, err)
	}
}
