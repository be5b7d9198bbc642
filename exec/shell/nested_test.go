package shell

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// need skips the test where a program is missing.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip("needs " + p)
		}
	}
}

// enter opens a terminal and in it whatever a command opens.
func enter(t testing.TB, command string) (*Session, Outcome) {
	t.Helper()
	s := open(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return s, s.Enter(ctx, command, nil, 0)
}

// entered is enter for what must turn out to be a shell.
func entered(t testing.TB, command string) *Session {
	t.Helper()
	s, o := enter(t, command)
	if level, _ := s.Level(); level != Nested || !o.OK(0) || o.Evidence != InBand {
		t.Fatalf("%s is no shell: %+v\n%s", command, o, raw(t, s, Outcome{From: 0, To: s.out.position()}))
	}
	return s
}

// A server is an OpenSSH server on loopback, for whoever runs the tests.
type server struct {
	t   testing.TB
	dir string
	cmd *exec.Cmd
	ssh string // the command that logs in, without a host's shell

	port int
	user string
}

func sshd(t testing.TB) *server {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root: not on every system can an ordinary user's ssh server open a terminal")
	}
	need(t, "ssh", "ssh-keygen")
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = "/usr/sbin/sshd"
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs sshd")
	}
	os.MkdirAll("/run/sshd", 0o755) // where it gives up its rights
	v := &server{t: t, dir: t.TempDir()}
	for _, key := range []string{"host", "user"} {
		v.must(exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(v.dir, key)))
	}
	v.port = free(t)
	config := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/user.pub\nPidFile none\nStrictModes no\nPermitRootLogin yes\nUsePAM no\nPrintMotd no\n", v.port, v.dir)
	if err := os.WriteFile(filepath.Join(v.dir, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	v.cmd = exec.Command(path, "-D", "-e", "-f", filepath.Join(v.dir, "config"))
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.cmd.Process.Kill(); v.cmd.Wait() })
	until(t, "the server", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", v.port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	who, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	v.user = who.Username
	v.ssh = fmt.Sprintf("ssh -F none -tt -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i %s/user -p %d %s@127.0.0.1", v.dir, v.port, v.user)
	return v
}

// config is what a person writes to reach a database by way of a jump host; the
// key has no password. It returns where it is.
func (v *server) config(jump *server) string {
	v.t.Helper()
	host := func(name string, s *server, more string) string {
		return fmt.Sprintf("Host %s\n HostName 127.0.0.1\n Port %d\n User %s\n IdentityFile %s/user\n%s", name, s.port, s.user, s.dir, more)
	}
	text := "Host *\n StrictHostKeyChecking accept-new\n UserKnownHostsFile " + v.dir + "/known\n BatchMode yes\n" +
		host("jump", jump, "") + host("db", v, " ProxyJump jump\n RequestTTY yes\n")
	path := filepath.Join(v.dir, "ssh_config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
	return path
}

// TestProxyJump: a host behind another is reached with what a person has in their
// own configuration. When the host between goes, a step's outcome is unknown.
func TestProxyJump(t *testing.T) {
	t.Parallel()
	db, jump := sshd(t), sshd(t)
	s := entered(t, "ssh -F "+db.config(jump)+" db")
	for _, c := range nestedStory[:12] {
		if o := run(t, s, c.text); !o.OK(c.code) || printed(t, s, o) != c.out {
			t.Errorf("%s: %q %+v", c.name, printed(t, s, o), o)
		}
	}
	if o := run(t, s, "echo $SSH_CONNECTION; (exit 3)"); !o.OK(3) || !strings.HasSuffix(printed(t, s, o), fmt.Sprint(db.port)) {
		t.Errorf("it is somewhere else: %q %+v", printed(t, s, o), o)
	}
	r := begin(t, s, "echo go; sleep 50", 0).shows("go")
	jump.drop()
	if o := r.end(); o.Kind != Unknown || o.HasCode || !strings.Contains(o.Reason, "connection") {
		t.Errorf("the host between is gone: %+v", o)
	}
	gone(t, s)
}

// drop ends the server and all of its connections.
func (v *server) drop() {
	for _, p := range processes() {
		if p.parent == v.cmd.Process.Pid {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
	v.cmd.Process.Kill()
}

func (v *server) must(cmd *exec.Cmd) {
	v.t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		v.t.Fatalf("%s: %v: %s", cmd, err, out)
	}
}

// free is a port that nobody listens on.
func free(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// A way leads into another shell.
type way struct {
	name    string
	command string
	needs   []string
	shell   string
}

// eachWay runs a test in a shell that was entered in each of the ways.
func eachWay(t *testing.T, test func(t *testing.T, way way, s *Session)) {
	t.Helper()
	for _, way := range openings(t) {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			need(t, way.needs...)
			test(t, way, entered(t, way.command))
		})
	}
}

// openings are the ways that are tested; a sample of them, where not everything
// is. Those to somebody else take root.
func openings(t testing.TB) []way {
	if os.Getuid() != 0 {
		return local[:counts(2, len(local))]
	}
	v := sshd(t)
	ways := []way{
		{"ssh", v.ssh + " 'bash --norc -i'", nil, "bash"},
		{"ssh dash", v.ssh + " dash", []string{"dash"}, "sh"},
		{"ssh zsh", v.ssh + " zsh -f", []string{"zsh"}, "zsh"},
		{"ssh busybox", v.ssh + " busybox ash", []string{"busybox"}, "sh"},
		{"su", "su -s /bin/bash nobody", []string{"su"}, "bash"},
		{"sudo -i", "sudo -i", []string{"sudo"}, "bash"},
	}
	if !everything() {
		return append(ways[2:3], local[:2]...)
	}
	return append(ways, local...)
}

// nestedStory is a sequence of steps that mean the same in every shell.
var nestedStory = []struct {
	name, text string
	code       int
	out        string
}{
	{"failure", "false", 1, ""},
	{"its status", "echo $?", 0, "1"},
	{"high status", "(exit 255)", 255, ""},
	{"status of status", "echo $?; (exit 3)", 3, "255"},
	{"state", "cd /; v=kept; f() { echo f$1; return 4; }", 0, ""},
	{"state is kept", "pwd; echo $v; f 1", 4, "/\nkept\nf1"},
	{"quotes", `printf '%s|' 'a  b' "c'd" e\"f '$v' '!x' 'back\slash'; (exit 7)`, 7, `a  b|c'd|e"f|$v|!x|back\slash|`},
	{"control characters", "printf '%s' 'a\tb\x03\x04\x15\x16\x7f' | od -An -tx1 | tr -d ' \\n'; (exit 7)", 7, "61096203041516" + "7f"},
	{"other writing", "printf '%s' 'é東' | wc -c | tr -d ' '; (exit 7)", 7, "5"},
	{"here-document", "cat <<E\n$v 'x\nE", 0, "kept 'x"},
	{"here-document, then failure", "cat <<'E'\n$v\nE\nfalse", 1, "$v"},
	{"comment", "false # or not", 1, ""},
	{"nothing", "", 0, ""},
	{"no line feed", "printf abc; false", 1, "abc"},
	{"loop", "for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done; (exit 5)", 5, "1"},
	{"not found", "no-such-command 2>/dev/null", 127, ""},
	{"both streams", "echo out; echo err >&2; (exit 2)", 2, "out\nerr"},
	{"unset variables are errors", "set -u; echo ok; (exit 6)", 6, "ok"},
	{"and no longer", "set +u; (exit 6)", 6, ""},
	{"blanks", "IFS=:; (exit 6)", 6, ""},
	{"and back", "unset IFS; (exit 6)", 6, ""},
	{"errors end it", "set -e; (exit 0)", 0, ""},
	{"not where they are asked for", "if false; then :; fi; echo ok", 0, "ok"},
	{"and no longer", "set +e; (exit 6)", 6, ""},
	{"background", "sleep 0.01 & wait; (exit 6)", 6, ""},
	{"larger than a line", "x='" + strings.Repeat("a", 20_000) + "'; echo ${#x}; (exit 8)", 8, "20000"},
}

func TestNestedStory(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, way way, s *Session) {
		if _, name := s.Level(); name != way.shell {
			t.Errorf("it is said to be %s", name)
		}
		for _, c := range nestedStory {
			o := run(t, s, c.text)
			if !o.OK(c.code) || o.Evidence != InBand {
				t.Fatalf("%s: %+v, want status %d; printed %q", c.name, o, c.code, raw(t, s, o))
			}
			got := printed(t, s, o)
			if c.name == "background" {
				continue // the shells tell of their jobs each in its own way
			}
			if got != c.out {
				t.Errorf("%s: printed %q, want %q", c.name, got, c.out)
			}
		}
	})
}

// TestNestedValues: what a step is given arrives as it is, in every shell, and
// is never shown.
func TestNestedValues(t *testing.T) {
	t.Parallel()
	values := []string{"plain", "", "it's", `"$(touch pwned)"`, "`touch pwned`", "a\nb\n", " two  blanks ", `back\slash\n`, "é東", "'; touch pwned; '", "-n", "*", "hunter2", strings.Repeat("long ", 500)}
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		run(t, s, "cd /tmp; mkdir -p book.$$; cd book.$$")
		for _, v := range values {
			o := s.Run(context.Background(), `printf '%s' "$V" | od -An -c | tr -d ' \n' | cksum; sh -c 'printf "%s" "$V"' | cksum; [ ! -e pwned ]; (exit 3)`, []string{"W=w", "V=" + v}, 0)
			want := cksum(t, "printf '%s' \"$V\" | od -An -c | tr -d ' \\n'", v) + cksum(t, "printf '%s' \"$V\"", v)
			if got := printed(t, s, o) + "\n"; got != want || !o.OK(3) {
				t.Errorf("V=%q: %q, want %q: %+v", v, got, want, o)
			}
		}
		if o := run(t, s, "rmdir $PWD && (exit 4)"); !o.OK(4) {
			t.Errorf("a value was run: %+v", o)
		}
		all, err := os.ReadFile(s.opt.Transcript)
		if err != nil || strings.Contains(string(all), "hunter2") {
			t.Errorf("a value stands in the transcript (%v)", err)
		}
		run(t, s, "readonly LOCKED=1")
		o := s.Run(context.Background(), "echo wrong", []string{"LOCKED=2"}, 0)
		if o.Kind != Unknown || o.Sent || !strings.Contains(o.Reason, "variable") {
			t.Errorf("a variable that can't be set: %+v", o)
		}
		alive(t, s)
	})
}

// cksum is the sum of what a command prints for a value.
func cksum(t testing.TB, command, value string) string {
	t.Helper()
	cmd := exec.Command("bash", "-c", command+" | cksum")
	cmd.Env = append(os.Environ(), "V="+value, "LANG=C.UTF-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestNestedStopping: ^C, answers and time limits reach what runs inside.
func TestNestedStopping(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		r := begin(t, s, "sh -c 'echo go; exec sleep 50'; touch X", 0).shows("go")
		if err := s.Interrupt(); err != nil {
			t.Fatal(err)
		}
		if o := r.end(); o.Kind != Interrupted || o.Code != 130 || !o.Complete {
			t.Errorf("interrupted: %+v", o)
		}
		if o := run(t, s, "echo $?; (exit 3)"); !o.OK(3) || printed(t, s, o) != "130" {
			t.Errorf("afterwards: %q %+v", printed(t, s, o), o)
		}
		o := s.Run(context.Background(), "sleep 50; touch X", nil, 200*time.Millisecond)
		if o.Kind != TimedOut || !s.Alive() {
			t.Errorf("out of time: %+v", o)
		}
		r = begin(t, s, "echo name; read x; echo got $x; (exit 5)", 0).shows("name")
		if err := s.Type([]byte("bob\n")); err != nil {
			t.Fatal(err)
		}
		if o := r.end(); !o.OK(5) || !strings.Contains(printed(t, s, o), "got bob") {
			t.Errorf("an answer: %q %+v", printed(t, s, o), o)
		}
		if o := run(t, s, "ls X 2>/dev/null || (exit 4)"); !o.OK(4) {
			t.Errorf("the rest of a stopped step was run: %+v", o)
		}
	})
}

// TestCase38Leaving: what ends the inner shell ends the terminal, and a step
// that it ended is never a success.
func TestCase38Leaving(t *testing.T) {
	t.Parallel()
	v := sshd(t)
	for _, c := range []struct {
		name, command, text string
		kind                Kind
		code                int
	}{
		{"exit 3", v.ssh + " 'bash --norc -i'", "exit 3", SessionEnded, 3},
		{"exit 0 is no success", v.ssh + " 'bash --norc -i'", "exit", SessionEnded, 0},
		{"set -e", "dash", "set -e; false", SessionEnded, 1},
		{"the connection drops", v.ssh + " 'bash --norc -i'", "kill -9 $PPID; sleep 50", Unknown, 0},
		{"the shell is killed", "bash --norc", "kill -9 $$", Unknown, 0},
		{"replaced", "bash --norc", "exec sh -c 'exit 9'", SessionEnded, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := entered(t, c.command)
			run(t, s, "echo before")
			o := run(t, s, c.text)
			if o.Kind != c.kind || o.Code != c.code || o.OK(c.code) || o.Reason == "" {
				t.Errorf("%+v, want %s %d", o, c.kind, c.code)
			}
			gone(t, s)
		})
	}
}

// TestCase38Prompt: a shell whose prompt a step takes away can't say how that
// step ended; after ^C it is taught again.
func TestCase38Prompt(t *testing.T) {
	t.Parallel()
	need(t, "dash")
	s := entered(t, sshd(t).ssh+" dash")
	r := begin(t, s, "echo go; PS1='$ '; v=kept", 0).shows("go")
	for range 2 {
		s.Interrupt()
	}
	if o := r.end(); o.Kind != Unknown || o.HasCode || !strings.Contains(o.Reason, "prompt") {
		t.Errorf("%+v", o)
	}
	if o := run(t, s, "echo $v; (exit 3)"); !o.OK(3) || printed(t, s, o) != "kept" {
		t.Errorf("afterwards: %q %+v", printed(t, s, o), o)
	}
}

// sqlPrompt is like psql: it takes lines until one ends in a semicolon, and
// throws away what came so far when ^C is pressed.
const sqlPrompt = `import readline, sys
said = []
while True:
    try:
        said.append(input("shop-> " if said else "shop=> "))
    except KeyboardInterrupt:
        print("^C"); said = []
        continue
    if said[-1].endswith(";"):
        text, said = " ".join(said), []
        if text == "quit;": sys.exit(3)
        print("the answer is", 6 * 7 if text.split() == ["select", "42;"] else "ERROR: " + text)
`

// TestCase38NoShell: what is no shell is not driven. What is typed into it is
// for a person to judge.
func TestCase38NoShell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, command, needs string
		ask, leave           string // typed into it; "" where not even the probe may be
	}{
		{"an editor", "vim -u NONE f", "vim", "", ""},
		{"a pager", "less /etc/passwd", "less", "", ""},
		{"a multiplexer", "tmux -f /dev/null -S socket new", "tmux", "", ""},
		{"another language", "python3 -i -q", "python3", "x = 6 * 7\nprint('the answer is', x)", "exit(3)"},
		{"a shell of another kind", "fish --no-config", "fish", "set x (math 6 x 7)\necho the answer is $x", "exit 3"},
		{"a prompt that waits for a semicolon", "python3 -c " + quote(sqlPrompt), "python3", "select\n 42;", "quit;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			need(t, c.needs)
			s := open(t)
			if c.ask == "" {
				if c.needs == "tmux" {
					defer exec.Command("tmux", "-S", filepath.Join(s.opt.Dir, "socket"), "kill-server").Run() // it would stay
				}
				r := beginEntering(t, s, c.command)
				until(t, "a full screen", s.fillsScreen)
				for range 3 {
					s.Interrupt()
				}
				r.end()
				if level, _ := s.Level(); level != Local || strings.Contains(raw(t, s, Outcome{To: s.out.position()}), "__book") {
					t.Errorf("something was typed into it")
				}
				return
			}
			o := beginEntering(t, s, c.command).end()
			if level, _ := s.Level(); level != Raw || o.Kind != Unknown || o.HasCode {
				t.Fatalf("%+v", o)
			}
			if !strings.Contains(o.Reason, "taken back") {
				t.Errorf("what was typed: %+v", o)
			}
			o = run(t, s, c.ask)
			if o.Kind != Unknown || o.HasCode || !o.Sent || !strings.Contains(printed(t, s, o), "the answer is 42") {
				t.Errorf("%q %+v", printed(t, s, o), o)
			}
			o = s.RunIn(context.Background(), Place{Dir: "/"}, "not typed", nil, 0)
			if o.Sent || !strings.Contains(o.Reason, "no shell") {
				t.Errorf("a folder in what is no shell: %+v", o)
			}
			if o := run(t, s, c.leave); o.Kind != SessionEnded || o.Code != 3 {
				t.Errorf("its end: %+v", o)
			}
			gone(t, s)
		})
	}
}

// TestRawWorks: a program that is no shell is not taken to be done while it can
// be seen to work, however long it is silent.
func TestRawWorks(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	if !canTell {
		t.Skip("only Linux tells what a program waits for")
	}
	s, _ := enter(t, "python3 -i -q")
	if level, _ := s.Level(); level != Raw {
		t.Fatalf("the level is %s", level)
	}
	o := run(t, s, "import time; time.sleep("+fmt.Sprint((rawQuiet+2*probeEvery).Seconds())+"); print('la' + 'te')")
	if got := printed(t, s, o); o.Kind != Unknown || !strings.Contains(got, "\nlate") {
		t.Errorf("%q %+v", got, o)
	}
}

// beginEntering is begin for Enter.
func beginEntering(t testing.TB, s *Session, command string) started {
	t.Helper()
	done := make(chan Outcome, 1)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() { done <- s.Enter(ctx, command, nil, 0) }()
	until(t, "a running step", func() bool { return s.current() != nil || len(done) > 0 })
	return started{t, s, done}
}

// TestEnterAsks: while the program on the way asks, nothing is typed into it.
func TestEnterAsks(t *testing.T) {
	t.Parallel()
	need(t, "zsh")
	s := open(t)
	r := beginEntering(t, s, `echo sure; read a; echo "a=$a"; read -s -p password: p; [ "$a$p" = yessecret ] && exec zsh -f`)
	r.shows("sure")
	s.Type([]byte("yes\n"))
	r.shows("a=yes")
	until(t, "the password's prompt", func() bool { w, ok := s.Waiting(); return ok && w == Password || !canTell })
	s.Type([]byte("secret\n"))
	if o := r.end(); !o.OK(0) || o.Evidence != InBand {
		t.Fatalf("%+v", o)
	}
	alive(t, s)
}

// TestEnterFails: a command that opens nothing has its own outcome.
func TestEnterFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command string
		code    int
	}{{"true", 0}, {"echo refused; (exit 255)", 255}} {
		s, o := enter(t, c.command)
		if !o.OK(c.code) || o.Evidence != Control {
			t.Errorf("%s: %+v", c.command, o)
		}
		if level, _ := s.Level(); level != Local {
			t.Errorf("%s: the level is %s", c.command, level)
		}
		alive(t, s)
	}
}

// TestCase08ExecBash: a shell that replaced the driver is driven after all, where
// the document says that it stays.
func TestCase08ExecBash(t *testing.T) {
	t.Parallel()
	need(t, "dash")
	for _, command := range []string{"exec bash --norc", "exec dash"} {
		s := entered(t, command)
		alive(t, s)
		if o := run(t, s, "exit 3"); o.Kind != SessionEnded || o.Code != 3 || o.Evidence != WaitStatus {
			t.Errorf("%s: %+v", command, o)
		}
		gone(t, s)
	}
}

// TestNestedFlood: much output comes whole, and its end is exact.
func TestNestedFlood(t *testing.T) {
	t.Parallel()
	s := entered(t, sshd(t).ssh+" 'bash --norc -i'")
	o := run(t, s, "seq 100000; printf END; (exit 3)")
	if got := raw(t, s, o); !o.OK(3) || !strings.HasPrefix(got, "1\r\n2\r\n") || !strings.HasSuffix(got, "\r\n100000\r\nEND") || strings.Count(got, "\n") != 100000 {
		t.Errorf("%d bytes, %+v", len(got), o)
	}
}

// local are the openings without a server, of each kind of shell.
var local = []way{
	{"bash", "bash --norc", []string{"bash"}, "bash"},
	{"dash", "dash", []string{"dash"}, "sh"},
	{"zsh", "zsh -f", []string{"zsh"}, "zsh"},
	{"busybox", "busybox ash", []string{"busybox"}, "sh"},
}

// TestCase35InnerDamaged: whatever a step does to the inner shell and to what it
// was taught, no status is ever told that is not the step's, and nothing is run
// twice.
func TestCase35InnerDamaged(t *testing.T) {
	t.Parallel()
	damage := []string{ // those first that a shell survives
		"set -f", "IFS=0123", "alias eval=false printf=false", "trap 'echo bye' EXIT", "exec >/dev/null 2>&1", "PATH=", "unset -f __book_in",
		"PROMPT_COMMAND= PS1= PS2=y", "unset __book_t", "__book_t=x", "unset -f __book_m", "printf() { :; }", "read() { return 1; }", "stty() { :; }", "__book_m() { echo; }",
	}
	damage = damage[:counts(7, len(damage))] // the others take long to give up
	for _, way := range local[:2] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			need(t, way.needs...)
			for s, left := (*Session)(nil), damage; len(left) > 0; left = left[1:] {
				if s == nil || !s.Alive() {
					s = entered(t, way.command)
				}
				if !damaged(t, s, left[0]) {
					s.Close()
				}
			}
		})
	}
}

// TestNestedStatusIsTheSteps: what a step puts ahead of the prompt, or in place of
// the shell's own commands, does not turn its failure into a success; nor does
// it where the step never comes to its end.
func TestNestedStatusIsTheSteps(t *testing.T) {
	t.Parallel()
	for _, way := range local {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			need(t, way.needs...)
			for _, c := range []struct{ name, text string }{
				{"more before the prompt", `PROMPT_COMMAND="true; $PROMPT_COMMAND"; if [ "$ZSH_VERSION" ]; then eval 'calm() { :; }; precmd_functions=(calm $precmd_functions)'; else PS1='$(true)'"$PS1"; fi`},
				{"eval", `[ "$BASH_VERSION$ZSH_VERSION" ] && eval 'eval() { builtin eval "$@"; true; }'; true`},
				{"an eval that does nothing", `[ "$BASH_VERSION$ZSH_VERSION" ] && eval 'eval() { :; }'; true`},
			} {
				s := entered(t, way.command)
				if o := run(t, s, c.text); !o.OK(0) {
					t.Fatalf("%s: %+v", c.name, o)
				}
				for _, then := range []struct {
					text string
					code int
				}{{"false", 1}, {"(exit 42)", 42}, {"true", 0}, {"echo $?; (exit 3)", 3}} {
					if o := run(t, s, then.text); !o.OK(then.code) {
						t.Errorf("%s, then %s: %+v", c.name, then.text, o)
					}
				}
				s.Run(context.Background(), "readonly LOCKED=1", nil, 0)
				if o := s.Run(context.Background(), "true", []string{"LOCKED=2"}, 0); o.Kind != Unknown || o.Sent {
					t.Errorf("%s, then a variable that can't be set: %+v", c.name, o)
				}
				if o := run(t, s, "set -u; echo $none; true"); o.OK(0) {
					t.Errorf("%s, then a step that is left before its end: %+v", c.name, o)
				}
			}
		})
	}
}

// TestNestedBuiltinGone: a step that takes away what a step is run by can't make
// the next one a success that nobody ran.
func TestNestedBuiltinGone(t *testing.T) {
	t.Parallel()
	s := entered(t, "bash --norc")
	run(t, s, "builtin() { :; }")
	if o := run(t, s, "echo ran"); o.HasCode || o.Sent || strings.Contains(printed(t, s, o), "ran") {
		t.Errorf("%q %+v", printed(t, s, o), o)
	}
}

// damaged runs a step that does some damage, and another one, and says whether
// both came to their end.
func damaged(t *testing.T, s *Session, text string) bool {
	t.Helper()
	log, well := filepath.Join(s.opt.Dir, "ran"), true
	os.Remove(log)
	for n, code := range []int{7, 17} {
		o := s.Run(context.Background(), fmt.Sprintf("echo once%d >>%s; %s; (exit %d)", n, log, text, code), nil, 500*time.Millisecond)
		if o.HasCode && o.Kind == Exited && o.Code != code {
			t.Errorf("%s: %+v, want %d or nothing", text, o, code)
		}
		well = well && o.OK(code)
	}
	if ran, err := os.ReadFile(log); err != nil || string(ran) != "once0\n" && string(ran) != "once0\nonce1\n" {
		t.Errorf("%s: what was run: %q %v", text, ran, err)
	}
	return well
}

// TestCase36InnerSettings: what a step leaves of the terminal's settings is not
// what the next one finds.
func TestCase36InnerSettings(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		if o := run(t, s, "stty raw -echo; (exit 3)"); !o.OK(3) {
			t.Fatalf("%+v", o)
		}
		if o := run(t, s, "echo a; stty -a | grep -c -- ' -icanon'; (exit 4)"); !o.OK(4) || raw(t, s, o) != "a\r\n0\r\n" {
			t.Errorf("the next step: %q %+v", raw(t, s, o), o)
		}
	})
}

// TestCase31InnerSuspend: ^Z suspends what runs in the inner shell, and fg goes on.
func TestCase31InnerSuspend(t *testing.T) {
	t.Parallel()
	for _, way := range local[:3] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			need(t, way.needs...)
			s := entered(t, way.command)
			r := begin(t, s, "sh -c 'echo go; read x; echo resumed $x; exit 5'", 0).shows("go")
			s.Type([]byte{26})
			if o := r.end(); o.Kind != Suspended || o.OK(0) {
				t.Fatalf("suspended: %+v", o)
			}
			alive(t, s)
			r = begin(t, s, "fg", 0).shows("sh -c")
			s.Type([]byte("now\n"))
			o := r.end()
			if way.shell == "zsh" {
				o.Code = 5 // its own $? is 0 for what was suspended within eval
			}
			if !o.OK(5) || !strings.Contains(printed(t, s, o), "resumed now") {
				t.Errorf("resumed: %q %+v", printed(t, s, o), o)
			}
		})
	}
}

// TestCase20InnerForged: no output passes for what the inner shell says.
func TestCase20InnerForged(t *testing.T) {
	t.Parallel()
	s := entered(t, "bash --norc")
	run(t, s, "true")
	for _, text := range []string{
		"cat " + quote(s.opt.Transcript) + "; (exit 5)",
		`printf '\033]7717;%s;1000\a' 0000000000000000000000; (exit 5)`,
		`printf '\033]7717;%s;3000\a' "$__book_u"; (exit 5)`,
	} {
		if o := run(t, s, text); !o.OK(5) {
			t.Errorf("%q: %+v", text, o)
		}
	}
}

// TestKeysWhileHanding: a step that is stopped while it is handed over is not run;
// what is typed then waits for it, and never becomes a part of it.
func TestKeysWhileHanding(t *testing.T) {
	t.Parallel()
	s := entered(t, "bash --norc")
	r := begin(t, s, "sleep 50 # "+strings.Repeat("x", 200_000)+"\ntouch X", 0)
	if err := s.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if o := r.end(); o.Kind != Interrupted || o.HasCode || o.Sent {
		t.Errorf("%+v", o)
	}
	r = begin(t, s, "read x; echo got $x # "+strings.Repeat("x", 100_000), 0)
	if err := s.Type([]byte("echo typed\n")); err != nil {
		t.Fatal(err)
	}
	if o := r.end(); !o.OK(0) || !strings.Contains(printed(t, s, o), "got echo typed") {
		t.Errorf("typed ahead of a step: %q %+v", printed(t, s, o), o)
	}
	if o := run(t, s, "ls X 2>/dev/null || (exit 4)"); !o.OK(4) {
		t.Errorf("afterwards: %+v", o)
	}
}

// TestHalfAStep: a step of which the shell did not get the end, because it has a
// limit for reading or the line is slow, is not run in part.
func TestHalfAStep(t *testing.T) {
	t.Parallel()
	s := entered(t, "bash --norc")
	run(t, s, "TMOUT=0.3")
	read := func(n signCode) {
		t.Helper()
		if _, ok := s.await(func(c signCode) bool { return c == n }, probeLimit); !ok {
			t.Fatalf("never told: %d", n)
		}
	}
	s.out.listen(s.inner.token)
	s.enterLine(s.inner.shell.doLine(0))
	read(signTaken)
	s.inner.token = token()
	s.out.listen(s.inner.token)
	s.enterLine("t:" + s.inner.token)
	read(signTaken + 1)
	s.enterLine(`s:touch\0040X\0012`)
	read(signPrompt)
	if o := run(t, s, "[ ! -e X ] && (exit 6)"); !o.OK(6) {
		t.Errorf("half of it was run: %+v", o)
	}
}

// TestCase28InnerTypeahead: what was typed and read by nobody is no command.
func TestCase28InnerTypeahead(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		r := begin(t, s, "echo ready; read x; until [ -e /tmp/book.go.$$ ]; do echo $x; touch /tmp/book.go.$$; sleep 0.1; done; rm /tmp/book.go.$$; (exit 3)", 0).shows("ready")
		if err := s.Type([]byte("one\necho pwned\nthird")); err != nil {
			t.Fatal(err)
		}
		o := r.end()
		if !o.OK(3) || len(o.Notices) != 1 || o.Notices[0] != "16 bytes of typed input were not read and were discarded" {
			t.Errorf("leftover input is not reported: %+v", o)
		}
		if o := run(t, s, "echo next; (exit 4)"); !o.OK(4) || printed(t, s, o) != "next" || len(o.Notices) > 0 {
			t.Errorf("the next step: %q %+v", printed(t, s, o), o)
		}
		all, _ := os.ReadFile(s.opt.Transcript)
		if strings.Contains(string(all), "\npwned") {
			t.Errorf("it was run: %q", all)
		}
	})
}
