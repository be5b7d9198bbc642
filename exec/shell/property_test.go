package shell

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bythebook/exec/clean"

	"pgregory.net/rapid"
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

// TestPropertySameAsPlainBash runs random scripts, cut into steps at random
// places, and compares with what one plain bash makes of the whole script. More
// of them run with -rapid.checks: 2,100 with 700.
func TestPropertySameAsPlainBash(t *testing.T) {
	t.Parallel()
	s := open(t)
	for range 3 { // of 100 scripts each
		rapid.Check(t, func(r *rapid.T) { sameAsPlainBash(t, s, r, scripts()) })
	}
}

// TestPropertyInnerSameAsPlainBash is the same through a bash that a step has
// opened.
func TestPropertyInnerSameAsPlainBash(t *testing.T) {
	t.Parallel()
	s := entered(t, "bash --norc")
	rapid.Check(t, func(r *rapid.T) { sameAsPlainBash(t, s, r, scripts()) })
}

// scripts are random lines.
func scripts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		line := rapid.SampledFrom(scriptLines).Draw(t, "line")
		for strings.Contains(line, "%d") {
			line = strings.Replace(line, "%d", fmt.Sprint(rapid.IntRange(0, 255).Draw(t, "n")), 1)
		}
		return strings.ReplaceAll(line, "%%", "%")
	})
}

// fresh undoes what a script did.
const fresh = `exec 2>/dev/null; unset x y a m E i p z r; unset -f f; set --; cd "$HOME"; unset OLDPWD; (exit 0)`

func sameAsPlainBash(t *testing.T, s *Session, r *rapid.T, script *rapid.Generator[string]) {
	text := rapid.SliceOfN(script, 1, 8).Draw(r, "script")
	cut := rapid.SliceOfN(rapid.Bool(), len(text), len(text)).Draw(r, "cut")
	want, status := plainBash(t, s.opt, strings.Join(text, "\n"))

	run(t, s, fresh)
	var got strings.Builder
	var last Outcome
	for rest, i := "", 0; i < len(text); i++ {
		rest += text[i] + "\n"
		if i < len(text)-1 && !cut[i] {
			continue
		}
		last = run(t, s, strings.TrimSuffix(rest, "\n"))
		got.WriteString(raw(t, s, last))
		rest = ""
	}
	if out := clean.Output([]byte(got.String())); out != want {
		r.Errorf("printed %q, plain bash prints %q", out, want)
	}
	if !last.OK(status) {
		r.Errorf("ended with %+v, plain bash with %d", last, status)
	}
}

// plainBash runs a script the ordinary way and returns its output and status.
func plainBash(t *testing.T, opt Options, script string) (string, int) {
	t.Helper()
	cmd := exec.Command("bash", "--norc", "--noprofile", "-c", script)
	cmd.Dir, cmd.Env = opt.Dir, append(os.Environ(), opt.Env...)
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return clean.Output(out), cmd.ProcessState.ExitCode()
}
