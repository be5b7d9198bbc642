package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A terminal is a program at a terminal of its own, and all that it has printed.
type terminal struct {
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	over chan struct{} // closed when the program has ended
	came chan struct{} // something was printed since it was looked at last
	mu   sync.Mutex
	text bytes.Buffer
}

// atTerminal starts the program at a terminal of that kind.
func atTerminal(t testing.TB, kind, home string, args ...string) *terminal {
	t.Helper()
	return terminalOf(t, kind, home, exec.Command("bythebook", append(args, "--home", home)...))
}

// terminalOf starts a command that becomes the program there.
func terminalOf(t testing.TB, kind, home string, cmd *exec.Cmd) *terminal {
	t.Helper()
	x := &terminal{t: t, cmd: cmd, over: make(chan struct{}), came: make(chan struct{}, 1)}
	x.cmd.Env = append(os.Environ(), "TERM="+kind, "USER=bob", "LANG=C.UTF-8", "XDG_RUNTIME_DIR="+home)
	tty, err := pty.StartWithSize(x.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	x.tty = closable(t, tty)
	read := make(chan struct{})
	go func() { // ends with the terminal
		defer close(read)
		part := make([]byte, 4096)
		for {
			n, err := x.tty.Read(part)
			x.mu.Lock()
			x.text.Write(part[:n])
			x.mu.Unlock()
			select {
			case x.came <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		_ = x.cmd.Wait()
		<-read // what was printed last
		close(x.over)
	}()
	t.Cleanup(func() { x.kill(); x.hangUp() })
	return x
}

// closable is a terminal that closes although somebody reads from it.
func closable(t testing.TB, tty *os.File) *os.File {
	t.Helper()
	fd, err := syscall.Dup(int(tty.Fd()))
	if err == nil {
		err = errors.Join(tty.Close(), syscall.SetNonblock(fd, true))
	}
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "terminal")
}

func (x *terminal) printed() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.String()
}

func (x *terminal) line(text string) {
	x.t.Helper()
	if _, err := x.tty.WriteString(text + "\n"); err != nil {
		x.t.Fatal(err)
	}
}

// until waits until something was printed. Its limit only ends a test that
// would never end: with everything counted, on a busy machine, a start alone may
// take half a minute.
func (x *terminal) until(part string) {
	x.t.Helper()
	late := time.After(3 * time.Minute)
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for !strings.Contains(x.printed(), part) {
		select {
		case <-beat.C:
		case <-late:
			x.t.Fatalf("%q was never printed, but\n%s", part, x.printed())
		}
	}
}

// kill kills the program as nobody can help, and hangUp drops its line.
func (x *terminal) kill() { _ = x.cmd.Process.Kill(); <-x.over }

// status waits for the program's end.
func (x *terminal) status() int {
	x.t.Helper()
	select {
	case <-x.over:
	case <-time.After(3 * time.Minute):
		x.t.Fatalf("it does not end:\n%s", x.printed())
	}
	return x.cmd.ProcessState.ExitCode()
}

func (x *terminal) hangUp() {
	x.tty.Close()
	<-x.over
}
