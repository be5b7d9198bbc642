package shell

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestInheritedSignalsDontLeak: what this program was told to ignore, and what
// was blocked when it was started, is neither for the commands of a step.
func TestInheritedSignalsDontLeak(t *testing.T) {
	signals := []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGPIPE}
	signal.Ignore(signals...)
	t.Cleanup(func() { signal.Reset(signals...) })
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var was, now unix.Sigset_t
	all := unix.Sigset_t{Val: [16]uint64{1<<(unix.SIGINT-1) | 1<<(unix.SIGHUP-1) | 1<<(unix.SIGUSR1-1)}}
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &all, &was); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &was, nil) }()
	s := open(t)
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &now); err != nil || now.Val[0]&all.Val[0] != all.Val[0] {
		t.Errorf("opening a session changed what is blocked: %x %v", now.Val[0], err)
	}
	o := run(t, s, "sh -c 'grep -E \"^Sig(Blk|Ign)\" /proc/self/status'; false")
	want := "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000"
	if got := printed(t, s, o); got != strings.ReplaceAll(want, "\t", "  ") && raw(t, s, o) != strings.ReplaceAll(want+"\n", "\n", "\r\n") {
		t.Errorf("a step's program has\n%s", got)
	}
}

// TestIdleProofWaitsForTheReport: a shell that waits for the next step proves
// nothing while what it reported lies unread, as it may on a very busy machine.
func TestIdleProofWaitsForTheReport(t *testing.T) {
	s := open(t)
	for range cap(s.records) {
		s.records <- record{token: "in the way"}
	}
	waits := func() bool {
		fd, ok := reads(s.pid, strconv.Itoa(s.pid))
		return ok && fd == stepFD && s.unsent() == 0
	}
	report := func(status int) {
		step, err := message(token(), fmt.Sprintf("(exit %d)", status), nil, "")
		if err != nil {
			t.Fatal(err)
		}
		s.send(step)
		until(t, "a shell that waits", waits)
	}
	report(1)
	until(t, "a report that was read, and can't be passed on", func() bool { return s.unheard() == 0 })
	report(2)
	if s.unheard() == 0 {
		t.Fatal("the second report was read as well: this test shows nothing")
	}
	if s.idle() {
		t.Error("the shell is taken for idle while its report is on its way")
	}
	for range cap(s.records) + 2 {
		<-s.records
	}
	until(t, "an idle shell", s.idle)
}

// disk is a file system of its own, of so many bytes.
func disk(t *testing.T, options string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a disk full or read-only")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("this machine allows no mounts: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// openAt opens a session that has its transcript somewhere.
func openAt(t *testing.T, transcript string) *Session {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: t.TempDir(), Env: os.Environ(), Transcript: transcript})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestCase40FullDisk: the disk becomes full while a step runs. The step goes on
// to its end, how much is missing is told, and nothing counts as whole after it.
func TestCase40FullDisk(t *testing.T) {
	s := openAt(t, filepath.Join(disk(t, "size=64k"), "transcript"))
	if o := run(t, s, "echo fits; (exit 3)"); !o.OK(3) || o.Missing != 0 {
		t.Errorf("while there is room: %+v", o)
	}
	o := run(t, s, "head -c 200000 /dev/zero | tr '\\0' x; echo; echo END; (exit 4)")
	if o.Kind != Exited || o.Code != 4 || o.Complete || o.Missing < 100_000 || o.Missing >= o.To-o.From {
		t.Errorf("while it becomes full: %+v", o)
	}
	if n := strings.Join(o.Notices, "; "); !strings.Contains(n, "no space left") {
		t.Errorf("it is told as %q", n)
	}
	if lines, _ := s.Tail(); lines[len(lines)-1] != "END" {
		t.Errorf("what is shown ends in %q", lines[len(lines)-1])
	}
	if o := run(t, s, "echo unkept; (exit 5)"); o.Code != 5 || o.Complete || o.Missing != int64(len("unkept\r\n")) {
		t.Errorf("afterwards: %+v", o)
	}
}

// TestCase40ReadOnlyFolder: where no transcript can be written at all, steps run
// all the same, and nothing counts as whole.
func TestCase40ReadOnlyFolder(t *testing.T) {
	dir := disk(t, "size=64k")
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, filepath.Join(dir, "transcript"))
	o := run(t, s, "echo seen; (exit 3)")
	if o.Kind != Exited || o.Code != 3 || o.Complete || o.Missing != int64(len("seen\r\n")) || !strings.Contains(strings.Join(o.Notices, ";"), "read-only") {
		t.Errorf("%+v", o)
	}
	if lines, _ := s.Tail(); strings.Join(lines, "\n") != "seen" {
		t.Errorf("it shows %q", lines)
	}
	if err := s.Sync(); err == nil {
		t.Error("what was not written is safe")
	}
}
