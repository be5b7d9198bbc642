package shell

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bythebook/exec/clean"
)

// lines of scripts that mean the same in any bash, with and without a terminal.
var scriptLines = []string{
	"true", "false", "(exit %d)", "echo $?", "x=%d", "echo $x", "y=$((x + %d))", "echo \"$y\" '$y' # $y",
	"f() { echo f$1; return %d; }", "f $x", "f a | tr a-f A-F", "if f b; then echo yes; else echo no $?; fi",
	"for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done", "while [ $((x++)) -lt 3 ]; do continue; done; echo $x",
	"cd /; pwd; cd - >/dev/null", "export E=e%d; sh -c 'echo $E; exit %d'", "cat <<E\n$x ${y:-none}\n'E\nE", "cat <<'E'; (exit %d)\n$x\nE",
	"a=(1 \"2 3\" %d); echo ${#a[@]} ${a[1]}", "declare -A m; m[k]=%d; echo ${m[k]}", "case $x in [0-4]) echo low;; *) echo high;; esac",
	"printf '%%s|' a b; echo", "echo a{1,2}b", "! true", "false || (exit %d)", "true && (exit %d)", "{ echo g; (exit %d); }", "( cd /; x=9; exit %d )",
	"set -- a b c; shift; echo $# $1", "local z=1 2>/dev/null", "no-such-command 2>/dev/null", "eval 'echo e; (exit %d)'", "set -o pipefail; (exit %d) | cat; echo $?; set +o pipefail",
	"trap 'echo usr' USR1; kill -USR1 $$; trap - USR1", "(exit %d) & wait $!", "p=$(echo sub; exit %d); echo $? $p", "[[ $x -gt 2 ]]", "(( x > 3 ))",
	"unset x y; x=1", "echo é東 | wc -m", "echo one; echo two >&2 2>/dev/null", ":", ": # nothing", "time_=1 echo t", "exec 9>&1; echo nine >&9; exec 9>&-", "echo \\\n  continued", "[ -n \"$E\" ]",
}

// portable are lines that mean the same in every shell that can be driven, as
// far as one shell is compared with itself: with and without a terminal.
var portable = []string{
	"true", "false", "(exit %d)", "echo $?", "x=%d", "echo $x", "y=$((x + %d))", "echo \"$y\" '$y'", "! true", ":",
	"f() { echo f$1; return %d; }", "f $x 2>/dev/null", "f a 2>/dev/null | tr a-f A-F", "if f b 2>/dev/null; then echo yes; else echo no $?; fi",
	"for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done", "cd /; pwd; cd - >/dev/null", "export E=e%d; sh -c 'echo $E; exit %d'",
	"cat <<E\n$x ${y:-none}\n'E\nE", "cat <<'E'; (exit %d)\n$x\nE", "case $x in [0-4]) echo low;; *) echo high;; esac", "printf '%%s|' a b; echo",
	"false || (exit %d)", "true && (exit %d)", "{ echo g; (exit %d); }", "( cd /; x=9; exit %d )", "set -- a b c; shift; echo $# $1",
	"no-such-command 2>/dev/null", "eval 'echo e; (exit %d)'", "p=$(echo sub; exit %d); echo $? $p", "[ \"$x\" -gt 2 ] 2>/dev/null", "unset x y; x=1",
	"printf 'é東' | wc -c | tr -d ' '", "echo \\\n  continued", "[ -n \"$E\" ]", "printf 'no line feed'; (exit %d)", "printf '\\t|\\r|'; echo",
}

// A script is lines, with places at which it is cut into steps.
type script struct {
	lines []string
	cut   []bool
}

// scripted is the script of that number, always the same.
func scripted(n int, from []string) script {
	r := rand.New(rand.NewPCG(uint64(n), 7717))
	var s script
	for range 1 + r.IntN(8) {
		line := from[r.IntN(len(from))]
		for strings.Contains(line, "%d") {
			line = strings.Replace(line, "%d", fmt.Sprint(r.IntN(256)), 1)
		}
		s.lines = append(s.lines, strings.ReplaceAll(line, "%%", "%"))
		s.cut = append(s.cut, r.IntN(2) == 0)
	}
	return s
}

// TestPropertySameAsPlainBash runs random scripts, cut into steps at random
// places, and compares with what one plain bash makes of the whole script.
func TestPropertySameAsPlainBash(t *testing.T) {
	t.Parallel()
	const fresh = `exec 2>/dev/null; unset x y a m E i p z r; unset -f f; set --; cd "$HOME"; unset OLDPWD; (exit 0)`
	s, n := open(t), counts(150, 2500)
	for i := range n {
		sameAsPlain(t, s, []string{"bash", "--norc", "--noprofile"}, fresh, i, scriptLines)
	}
	t.Logf("%d scripts", n)
}

// TestPropertyNestedSameAsPlain is the same through shells that a step has
// opened, each beside itself.
func TestPropertyNestedSameAsPlain(t *testing.T) {
	t.Parallel()
	const fresh = `unset x y E i p; unset -f f 2>/dev/null; set --; cd "$HOME"; (exit 0)`
	for _, way := range local {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			need(t, way.needs...)
			s, n := entered(t, way.command), counts(5, 150)
			for i := range n {
				sameAsPlain(t, s, strings.Fields(way.command), fresh, i, portable)
			}
			t.Logf("%d scripts", n)
		})
	}
}

// sameAsPlain runs a script step by step, after fresh, which undoes what one
// before it did; and as a whole in a shell of its own.
func sameAsPlain(t *testing.T, s *Session, shell []string, fresh string, n int, from []string) {
	t.Helper()
	script := scripted(n, from)
	want, status := plain(t, s.opt, shell, strings.Join(script.lines, "\n"))
	run(t, s, fresh)
	var got strings.Builder
	var last Outcome
	for rest, i := "", 0; i < len(script.lines); i++ {
		rest += script.lines[i] + "\n"
		if i < len(script.lines)-1 && !script.cut[i] {
			continue
		}
		last = run(t, s, strings.TrimSuffix(rest, "\n"))
		got.WriteString(raw(t, s, last))
		rest = ""
	}
	if out := clean.Output([]byte(got.String())); out != want || !last.OK(status) {
		t.Errorf("script %d, %q:\nprinted %q and ended with %+v,\nplain it prints %q and ends with %d", n, script.lines, out, last, want, status)
	}
}

// plain runs a script the ordinary way and returns its output and status.
func plain(t *testing.T, opt Options, shell []string, script string) (string, int) {
	t.Helper()
	cmd := exec.Command(shell[0], append(shell[1:], "-c", script)...)
	cmd.Dir, cmd.Env = opt.Dir, append(os.Environ(), opt.Env...)
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return clean.Output(out), cmd.ProcessState.ExitCode()
}
