package keeper

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	bexec "bythebook/exec"
)

// rawly connects to the keeper and says something.
func (w *world) rawly(text string) net.Conn {
	w.t.Helper()
	conn, err := net.Dial("unix", socket(w.sockets, w.dir))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	_, _ = conn.Write([]byte(text)) // it may be sent away in the middle of it
	return conn
}

// TestHostilePeers: whoever says what is not meant is sent away, and nobody else
// notices.
func TestHostilePeers(t *testing.T) {
	w := open(t)
	bob := w.sit("bob", false)
	const good = `{"v":1,"name":"eve","looks":true}` + "\n"
	for name, text := range map[string]string{
		"garbage":        "\x00\xff\x1b[31m\n",
		"no name":        `{"v":1,"name":""}` + "\n",
		"a giant name":   `{"v":1,"name":"` + strings.Repeat("x", maxName+1) + `"}` + "\n",
		"version":        `{"v":2,"name":"eve"}` + "\n",
		"more":           `{"v":1,"name":"eve","uid":0}` + "\n",
		"a giant hello":  strings.Repeat("x", maxAsk+1),
		"a giant ask":    good + strings.Repeat("x", maxAsk+1),
		"unknown intent": good + `{"n":1,"intent":"rm","body":{}}` + "\n",
		"no number":      good + `{"n":0,"intent":"remark","body":{"Text":"x"}}` + "\n",
		"deep":           good + strings.Repeat("[", maxAsk/2) + "\n",
	} {
		conn := w.rawly(text)
		if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %v", name, err)
		}
	}
	half := w.rawly(good + `{"n":1,"intent":"rem`)
	half.Close()
	w.do(bob, bexec.Begin{})
	if got := w.types(); got != "exercise.began gate.decided marked" {
		t.Errorf("the record is %s", got)
	}
	eventually(t, "their leaving", func() bool { return w.seats() == 1 })
}

// TestWithoutThePen: whatever a seat without the pen asks for, by a program that
// knows no manners, only a note and a call for a stop come through. One that does
// not only look on may take the pen, which is on record.
func TestWithoutThePen(t *testing.T) {
	for _, looks := range []bool{true, false} {
		w := open(t)
		bob := w.sit("bob", false)
		w.do(bob, bexec.Begin{}, bexec.Run{Step: "first"})
		before := w.types()
		conn := w.rawly(fmt.Sprintf(`{"v":1,"name":"eve","looks":%t}`+"\n", looks))
		in := bufio.NewReaderSize(conn, maxWord)
		for n, row := range intents {
			i := row.zero
			accepted := false
			switch i.(type) {
			case bexec.Take:
				if !looks {
					continue
				}
			case bexec.Remark:
				i, accepted = bexec.Remark{Text: "x"}, true
			case bexec.CallStop:
				i, accepted = bexec.CallStop{Reason: "x"}, true
			case bexec.Input:
				i = bexec.Input{Text: "x"}
			case bexec.Halt:
				i = bexec.Halt{Reason: "x", Confirm: bexec.HaltWord}
			}
			no := asked(t, conn, in, uint64(n+1), i)
			whoever := slices.Contains([]string{"take", "approve", "refuse"}, row.name) // the pen does not decide those
			if accepted != (no == nil) || !accepted && !whoever && !strings.Contains(no.Why, "bob has the pen") {
				t.Errorf("looks %t, %s is answered with %+v", looks, row.name, no)
			}
		}
		if got := strings.TrimPrefix(w.types(), before); got != " noted stop.called" {
			t.Errorf("looks %t: the record goes on with %q", looks, got)
		}
		if w.actor.typed != "" || w.seats() != 2 {
			t.Errorf("looks %t: %q was typed into the running step, and %d sit there", looks, w.actor.typed, w.seats())
		}
	}
}

// asked asks for something, and returns why it was refused, nil where it was not.
func asked(t *testing.T, conn net.Conn, in *bufio.Reader, n uint64, i bexec.Intent) *bexec.Answer {
	t.Helper()
	a, err := packed(n, i)
	if err == nil {
		err = say(conn, a, maxAsk)
	}
	for w := (word{}); err == nil; {
		if err = hear(in, &w); err == nil && w.N == n {
			return w.No
		}
	}
	t.Fatalf("%T: %v", i, err)
	return nil
}

// TestSlowReader: a screen that does not read holds nobody up.
func TestSlowReader(t *testing.T) {
	w := open(t)
	w.rawly(`{"v":1,"name":"eve"}` + "\n" + strings.Repeat(`{"n":1,"intent":"remark","body":{}}`+"\n", 5000))
	bob := w.sit("bob", false)
	if w.until(bob, "a look", func(bexec.Update) bool { return true }).Pen.Away {
		w.do(bob, bexec.Take{})
	}
	w.do(bob, bexec.Begin{}, bexec.Run{Step: "first"})
	for range 200 {
		w.do(bob, bexec.Remark{Text: strings.Repeat("x", 4000)})
	}
	close(w.actor.goes)
	w.until(bob, "the step's end", passed(0))
}

// TestMisunderstood: a screen that its keeper does not understand is told so.
func TestMisunderstood(t *testing.T) {
	w := open(t)
	_, err := Dial(w.dir, Who{Name: strings.Repeat("x", maxName+1)}, func(e []bexec.Event) (bexec.State, error) { return bexec.Replay(book(), e), nil })
	if err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("it hears %v", err)
	}
}

// TestFull: there is room for many, and whoever comes then is told that there
// is none.
func TestFull(t *testing.T) {
	w := open(t)
	for range maxSeats {
		w.sit("bob", true)
	}
	_, err := Dial(w.dir, Who{Name: "bob"}, func(e []bexec.Event) (bexec.State, error) { return bexec.Replay(book(), e), nil })
	if err == nil || !strings.Contains(err.Error(), "no room for another screen") {
		t.Errorf("one more hears %v", err)
	}
}

// TestNoGoroutineStays: when everybody has gone, nothing of this package runs.
func TestNoGoroutineStays(t *testing.T) {
	w := open(t)
	for n := range 5 {
		if _, err := w.sit(fmt.Sprint("p", n), n > 1).Leave(); err != nil {
			t.Error(err)
		}
	}
	bob := w.sit("bob", false)
	if err := w.k.Close(); err != nil {
		t.Fatal(err)
	}
	<-bob.gone
	if _, err := bob.Leave(); !errors.Is(err, ErrGone) {
		t.Errorf("left after the keeper has gone: %v", err)
	}
	eventually(t, "the end of every goroutine", func() bool {
		text := make([]byte, 1<<20)
		text = text[:runtime.Stack(text, true)]
		return strings.Count(string(text), "exec/keeper.") == strings.Count(string(text), "exec/keeper.Test")+strings.Count(string(text), "exec/keeper.eventually")
	})
	var err error
	if w.k, err = Open(w.dir, w.k.folder, w.c); err != nil { // for the world to close
		t.Fatal(err)
	}
}

// strangers is how the test binary is started to be another user's client.
const strangers = "-another-users-client="

// stranger sits down as another user, and is to be sent away.
func stranger(path string) int {
	conn, err := net.Dial("unix", path)
	if err != nil {
		fmt.Println("can't connect:", err)
		return 1
	}
	_, _ = conn.Write([]byte(`{"v":1,"name":"eve"}` + "\n"))
	said, _ := io.ReadAll(conn)
	fmt.Printf("heard %d bytes\n", len(said))
	return 0
}

// impostors is how the test binary is started to sit in a keeper's place as another
// user.
const impostors = "-another-users-keeper="

// impostor takes one client in, and tells how much that says.
func impostor(path string) int {
	in, err := net.Listen("unix", path)
	if err != nil {
		fmt.Println("can't listen:", err)
		return 1
	}
	if err := os.Chmod(path, 0o777); err != nil {
		return 1
	}
	fmt.Println("ready")
	conn, err := in.Accept()
	if err != nil {
		return 1
	}
	said, _ := io.ReadAll(conn)
	fmt.Printf("heard %d bytes\n", len(said))
	return 0
}

// TestAnotherUsersKeeper: where another user has put a socket in the keeper's
// place, nobody tells it a word.
func TestAnotherUsersKeeper(t *testing.T) {
	w := open(t)
	path := filepath.Join(shared(t), "socket")
	cmd := asNobody(t, filepath.Dir(path), impostors+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	if line, _ := said.ReadString('\n'); line != "ready\n" {
		t.Fatalf("it says %q", line)
	}
	if err := leaveNote(w.dir, path); err != nil {
		t.Fatal(err)
	}
	_, err = Dial(w.dir, Who{Name: "bob"}, func(e []bexec.Event) (bexec.State, error) { return bexec.Replay(book(), e), nil })
	if err == nil || !strings.Contains(err.Error(), "the user 65534 is at the socket") {
		t.Errorf("sitting down ends with %v", err)
	}
	if line, _ := said.ReadString('\n'); line != "heard 0 bytes\n" {
		t.Errorf("it says %q", line)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// shared is a folder that every user can reach, and put things into.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "shared-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// asNobody is this test's program as another user, from a copy in a folder that
// they can reach.
func asNobody(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user, and this test needs it")
	}
	program := filepath.Join(dir, "program")
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("this system has no name for the running program")
	}
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

// TestAnotherUser: where another user can reach the socket after all, that user
// is sent away unheard.
func TestAnotherUser(t *testing.T) {
	w := open(t)
	path := socket(w.sockets, w.dir)
	for at := filepath.Dir(path); at != "/" && at != filepath.Clean(os.TempDir()); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	out, err := asNobody(t, filepath.Dir(path), strangers+path).CombinedOutput()
	if err != nil || string(out) != "heard 0 bytes\n" {
		t.Errorf("%v: %s", err, out)
	}
	if w.seats() != 0 {
		t.Error("somebody sits there")
	}
}
