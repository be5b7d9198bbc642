package cli_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/ui/cli"

	"golang.org/x/sys/unix"
)

// TestFaultsOfTheRecord makes the kernel fail or kill the program at its n-th
// call that writes or flushes the record, then resumes the exercise to its end.
// The calls of each of the program's threads are counted by themselves, so that
// from some n on there are none.
func TestFaultsOfTheRecord(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	last := 2
	if everything() {
		last = 30
	}
	for _, call := range []string{"write", "fdatasync"} {
		for _, fault := range []string{"signal=KILL", "error=EIO", "error=ENOSPC"} {
			met := 0
			for met < last && faulted(t, call, fault, met+1) {
				met++
			}
			if t.Logf("%s of %s: met %d times", fault, call, met); met < 2 {
				t.Errorf("%s of %s never happened: this test has no teeth", fault, call)
			}
		}
	}
}

// faulted runs an exercise with a fault, and reports whether it met it.
func faulted(t *testing.T, call, fault string, n int) bool {
	t.Helper()
	what := fmt.Sprintf("%s of %s %d", fault, call, n)
	book, sheet := noted(12, ":")
	b := newBench(t, book, sheet)
	trace := b.ran + ".trace"
	status, said := b.run(t, []string{"strace", "-f", "-q", "-o", trace, "-P", filepath.Join(b.folder(), journal.Name),
		"-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:%s:when=%d", call, fault, n)}, "run", b.book)
	log, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	killed := fault == "signal=KILL" && status == -1
	failed := bytes.Contains(log, []byte("(INJECTED)"))
	switch {
	case failed && (status != 1 || !strings.Contains(said, "writing the record: ")):
		t.Fatalf("%s: it ended with %d\n%s", what, status, said)
	case !failed && !killed && status != 0:
		t.Fatalf("%s: without the fault it ended with %d\n%s", what, status, said)
	}
	b.onRecord(t, what)
	if status, said = b.run(t, nil, "resume"); status != 0 && !strings.Contains(said, "has ended (completed)") && !strings.Contains(said, "there is no exercise on record") {
		t.Fatalf("%s: resuming it ended with %d\n%s", what, status, said)
	}
	b.onRecord(t, what+", resumed")
	return killed || failed
}

// spoilers are commands of a step that take the record away from under the
// program, and what it says of that.
var spoilers = []struct{ name, command, says string }{
	{"deleted", `rm "$JOURNAL"`, "no such file"},
	{"replaced by a copy", `cp "$JOURNAL" "$JOURNAL.2"; mv "$JOURNAL.2" "$JOURNAL"`, "was replaced by another file"},
	{"cut short", `truncate -s 10 "$JOURNAL"`, "something else has changed it"},
	{"written to by somebody else", `echo more >> "$JOURNAL"`, "something else has changed it"},
	{"made a folder", `rm "$JOURNAL"; mkdir "$JOURNAL"`, "was replaced by another file"},
	{"made immutable", `chattr +i "$JOURNAL"`, "operation not permitted"},
}

// TestTheRecordIsTakenAway: whatever becomes of the record while an exercise
// runs, the program says so and starts nothing more.
func TestTheRecordIsTakenAway(t *testing.T) {
	t.Parallel()
	need(t, "truncate")
	for _, s := range spoilers {
		t.Run(s.name, func(t *testing.T) {
			book, sheet := noted(3, s.command)
			b := newBench(t, book, sheet)
			if strings.HasPrefix(s.command, "chattr") {
				onlyRoot(t, "whether a file can be made immutable")
				need(t, "chattr")
				t.Cleanup(func() { _ = exec.Command("chattr", "-i", filepath.Join(b.folder(), journal.Name)).Run() })
			}
			status, said := b.run(t, nil, "run", b.book)
			if status != 1 || !strings.Contains(said, "THE RECORD CANNOT BE WRITTEN") || !strings.Contains(said, s.says) {
				t.Fatalf("it ended with %d\n%s", status, said)
			}
			if ran, _ := os.ReadFile(b.ran); string(ran) != "s-0\n" {
				t.Errorf("these steps ran:\n%s", ran)
			}
		})
	}
}

// onlyRoot skips what nobody but root can try.
func onlyRoot(t *testing.T, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("SKIPPED: %s can't be tried here, that needs root", what)
	}
}

// TestARecordThatMayNotGrow: a limit on the size of files stops an exercise as a
// full disk does. Nothing is lost, and without the limit it goes on.
func TestARecordThatMayNotGrow(t *testing.T) {
	t.Parallel()
	book, sheet := noted(20, ":")
	b := newBench(t, book, sheet)
	status, said := b.run(t, []string{"bash", "-c", `ulimit -f 8; exec "$@"`, "bash"}, "run", b.book)
	if status != 1 || !strings.Contains(said, "there is no room for the record; free some space") {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	b.onRecord(t, "under the limit")
	if status, said = b.run(t, nil, "resume"); status != 0 {
		t.Fatalf("without the limit it ended with %d\n%s", status, said)
	}
	b.onRecord(t, "without the limit")
}

// TestARecordThatMayNotBeWritten: a record that can be read and not written is
// refused at once, and by name.
func TestARecordThatMayNotBeWritten(t *testing.T) {
	t.Parallel()
	onlyRoot(t, "a file system that is read-only")
	need(t, "setpriv")
	book, sheet := noted(1, "kill -KILL $PPID") // the exercise stays unfinished
	b := newBench(t, book, sheet)
	if err := os.Mkdir(b.home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", b.home, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("SKIPPED, so read-only file systems are not tested here: mounting one needs root: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(b.home, 0) })
	if status, said := b.run(t, nil, "run", b.book); status != -1 {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	path := filepath.Join(b.folder(), journal.Name)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what, why string, before []string) {
		t.Helper()
		if status, said := b.run(t, before, "resume"); status != 1 || !strings.Contains(said, why) {
			t.Errorf("%s: it ended with %d\n%s", what, status, said)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	refused("without permission", "permission denied", []string{"setpriv", "--bounding-set=-dac_override,-dac_read_search"})
	if err := unix.Mount("", b.home, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	refused("read-only", "read-only file system", nil)
	if status, said := b.run(t, nil, "run", b.book); status != 1 || !strings.Contains(said, "cannot write to the home for records") {
		t.Errorf("another exercise ended with %d\n%s", status, said)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the record was changed: %v", err)
	}
}

// TestTwoWriters: whoever resumes an exercise that goes on somewhere else is told
// where, by the record itself.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	book, sheet := noted(1, `bythebook resume --plain; test $? = 1`)
	b := newBench(t, book, sheet)
	if status, said := b.run(t, nil, "run", b.book); status != 0 || !strings.Contains(said, "another process is writing this record: process ") {
		t.Errorf("it ended with %d\n%s", status, said)
	}
}

// TestWhoWroteTheRecord: the record names the machine, its start, the process and
// the very program that wrote it, at its beginning and whenever it is resumed.
func TestWhoWroteTheRecord(t *testing.T) {
	t.Parallel()
	book, sheet := noted(1, `echo >> "$RAN"; test $(wc -l < "$RAN") -gt 2 || kill -KILL $PPID`)
	b := newBench(t, book, sheet)
	if status, said := b.run(t, nil, "run", b.book); status != -1 {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	if status, said := b.run(t, nil, "resume"); status != 0 {
		t.Fatalf("resumed, it ended with %d\n%s", status, said)
	}
	events, err := journal.Read(b.folder())
	if err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("bythebook")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, e := range events {
		p, name := bexec.Process{}, ""
		switch body := e.Body.(type) {
		case bexec.Began:
			p, name = body.Process, body.Program
		case bexec.Resumed:
			p, name = body.Process, body.Program
		default:
			continue
		}
		if p.SHA256 != fmt.Sprintf("%x", sha256.Sum256(text)) || p.Boot+"\n" != string(boot) || name != "bythebook "+cli.Version {
			t.Errorf("event %d names another writer: %+v, %q", e.Seq, p, name)
		}
		pids = append(pids, p.PID)
	}
	if len(pids) != 2 || pids[0] == pids[1] {
		t.Errorf("two processes wrote the record, and it names %v", pids)
	}
}

// TestLargeOutputIsSafeFirst: an output of which the record keeps only the end is
// flushed to the disk before the line that names its digest. A short one, which
// the record keeps, costs no flush.
func TestLargeOutputIsSafeFirst(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	book, sheet := noted(2, "test $(wc -l < $RAN) -lt 2 || seq 2000")
	b := newBench(t, book, sheet)
	trace, transcript := b.ran+".trace", filepath.Join(b.folder(), "out", "transcript.raw")
	status, said := b.run(t, []string{"strace", "-f", "-q", "-y", "-s", "300", "-o", trace,
		"-P", filepath.Join(b.folder(), journal.Name), "-P", transcript, "-e", "trace=write,fsync"}, "run", b.book)
	if status != 0 {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	log, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for line := range strings.Lines(string(log)) {
		switch {
		case strings.Contains(line, " fsync(") && strings.Contains(line, transcript):
			seen = append(seen, "flushed")
		case strings.Contains(line, `\"type\":\"step.began\"`):
			seen = append(seen, "began")
		case strings.Contains(line, `\"type\":\"step.ended\"`):
			seen = append(seen, "ended")
		}
	}
	if got := strings.Join(seen, " "); got != "began ended began flushed ended" {
		t.Errorf("the steps and the transcript came in another order: %s", got)
	}
}

// TestNetworkFileSystem: a record on a network file system is kept, and whoever
// begins or resumes it is told what that may mean. The kernel's answer is changed
// on its way: there is no such file system on most machines.
func TestNetworkFileSystem(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	const told = "the record is on a network file system (NFS)"
	book, sheet := noted(1, "test $(wc -l < $RAN) -gt 1 || kill -KILL $PPID")
	b := newBench(t, book, sheet)
	nfs := []string{"strace", "-f", "-q", "-o", b.ran + ".trace", "-e", "trace=statfs", "-e", "inject=statfs:poke_exit=@arg2=6969000000000000"}
	if status, said := b.run(t, nfs, "run", b.book); status != -1 || !strings.Contains(said, told) {
		t.Errorf("it ended with %d\n%s", status, said)
	}
	if status, said := b.run(t, nfs, "resume"); status != 0 || !strings.Contains(said, told) {
		t.Errorf("resumed, it ended with %d\n%s", status, said)
	}
	if status, said := b.run(t, nil, "run", b.book); status != 0 || strings.Contains(said, "network") {
		t.Errorf("on this machine's own disk it ended with %d\n%s", status, said)
	}
}

// TestGoingOnOnAnotherDisk: where the disk of the record fails, the folder is
// copied to another home, and the exercise goes on there.
func TestGoingOnOnAnotherDisk(t *testing.T) {
	t.Parallel()
	need(t, "strace", "cp")
	book, sheet := noted(6, ":")
	b := newBench(t, book, sheet)
	status, said := b.run(t, []string{"strace", "-f", "-q", "-o", b.ran + ".trace", "-P", filepath.Join(b.folder(), journal.Name),
		"-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=4"}, "run", b.book)
	if status != 1 || !strings.Contains(said, "input/output error") {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	there := b
	there.home = b.home + ".there"
	if out, err := b.command(t.Context(), "cp", "-a", b.home, there.home).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if status, said := there.run(t, nil, "resume"); status != 0 {
		t.Fatalf("resumed there, it ended with %d\n%s", status, said)
	}
	there.onRecord(t, "there")
}
