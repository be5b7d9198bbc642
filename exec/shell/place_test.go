package shell

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlace: a step's folder and variables are its own; the next one finds the
// terminal as it was, whatever became of them.
func TestPlace(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		inPlace(t, s)
	})
	t.Run("local", func(t *testing.T) { inPlace(t, open(t)) })
}

func inPlace(t *testing.T, s *Session) {
	dir := t.TempDir()
	os.Chmod(filepath.Dir(dir), 0o755)
	os.Chmod(dir, 0o755)
	there := Place{Dir: dir, Env: []string{"A=it's \"$(here)\"", "NEW=n\nn"}}
	run(t, s, "cd /; A=before; export A; (exit 9)")
	o := s.RunIn(context.Background(), there, `echo $?; pwd; echo "$A"; sh -c 'echo "$NEW"'; cd ..; (exit 3)`, nil, 0)
	if got := printed(t, s, o); !o.OK(3) || got != "9\n"+dir+"\nit's \"$(here)\"\nn\nn" {
		t.Errorf("in its place: %q %+v", got, o)
	}
	o = run(t, s, `echo $?; pwd; echo "$A ${NEW-none}"; (exit 4)`)
	if got := printed(t, s, o); !o.OK(4) || got != "3\n/\nbefore none" {
		t.Errorf("the next step: %q %+v", got, o)
	}
	o = s.RunIn(context.Background(), Place{Dir: "/no such folder"}, "echo wrong", nil, 0)
	if o.Kind != Unknown || o.Sent || !strings.Contains(o.Reason, "folder") {
		t.Errorf("a folder that is not there: %+v", o)
	}
	if o := run(t, s, `pwd; (exit 5)`); !o.OK(5) || printed(t, s, o) != "/" {
		t.Errorf("afterwards: %q %+v", printed(t, s, o), o)
	}
	for _, bad := range []Place{{Dir: "a\x00b"}, {Env: []string{"A"}}, {Env: []string{"A=\x00"}}} {
		if o := s.RunIn(context.Background(), bad, "echo wrong", nil, 0); o.Kind != Unknown || o.Sent {
			t.Errorf("%q: %+v", bad, o)
		}
	}
	alive(t, s)
}

func TestIsolated(t *testing.T) {
	need(t, "python3")
	t.Setenv("TMPDIR", t.TempDir())
	for _, c := range []struct {
		interpreter, text, out string
		code                   int
	}{
		{"", "cd /; x=1; echo \"$V\" '$0'; exit 7", "a 'b' $0", 7},
		{"python3", "import os, sys\nprint(os.environ['V'], os.getcwd() == os.environ['HOME'], sys.stdin.isatty())\nsys.exit(7)", "a 'b' True True", 7},
		{"sh -eu", "echo \"$V\"\nfalse\necho not reached", "a 'b'", 1},
		{"no-such-interpreter", "", "", 127},
	} {
		s := open(t)
		o := s.Isolate(context.Background(), Place{}, c.interpreter, c.text, []string{"V=a 'b'"}, 0)
		if got := printed(t, s, o); !o.OK(c.code) || c.code != 127 && got != c.out {
			t.Errorf("%s: %q %+v", c.interpreter, got, o)
		}
		if left := s.Close(); len(left) > 0 {
			t.Errorf("%s leaves %v", c.interpreter, left)
		}
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
