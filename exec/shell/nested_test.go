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
}

func sshd(t testing.TB) *server {
	t.Helper()
	need(t, "ssh", "ssh-keygen")
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = "/usr/sbin/sshd"
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs sshd")
	}
	if os.Getuid() == 0 {
		os.MkdirAll("/run/sshd", 0o755) // where it gives up its rights
	}
	v := &server{t: t, dir: t.TempDir()}
	for _, key := range []string{"host", "user"} {
		v.must(exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(v.dir, key)))
	}
	port := free(t)
	config := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/user.pub\nPidFile none\nStrictModes no\nPermitRootLogin yes\nUsePAM no\nPrintMotd no\n", port, v.dir)
	if err := os.WriteFile(filepath.Join(v.dir, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	v.cmd = exec.Command(path, "-D", "-e", "-f", filepath.Join(v.dir, "config"))
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.cmd.Process.Kill(); v.cmd.Wait() })
	until(t, "the server", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	who, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	v.ssh = fmt.Sprintf("ssh -F none -tt -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i %s/user -p %d %s@127.0.0.1", v.dir, port, who.Username)
	return v
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

// An opening is a way into another shell.
type opening struct {
	name    string
	command string
	needs   []string
	shell   string
}

// openings are the ways that are tested, with a server where there is one.
func openings(t testing.TB) []opening {
	v := sshd(t)
	ways := []opening{
		{"bash", "bash --norc", []string{"bash"}, "bash"},
		{"dash", "dash", []string{"dash"}, "sh"},
		{"zsh", "zsh -f", []string{"zsh"}, "zsh"},
		{"busybox", "busybox ash", []string{"busybox"}, "sh"},
		{"ssh", v.ssh + " 'bash --norc -i'", nil, "bash"},
		{"ssh dash", v.ssh + " dash", []string{"dash"}, "sh"},
		{"ssh zsh", v.ssh + " zsh -f", []string{"zsh"}, "zsh"},
		{"ssh busybox", v.ssh + " busybox ash", []string{"busybox"}, "sh"},
	}
	if os.Getuid() == 0 {
		ways = append(ways, opening{"su", "su -s /bin/bash nobody", []string{"su"}, "bash"})
	}
	return ways
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
	for _, way := range openings(t) {
		t.Run(way.name, func(t *testing.T) {
			need(t, way.needs...)
			s := entered(t, way.command)
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
}
