package shell

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The numbers in the names of these tests are those of the design's list of
// adversarial cases.

// liar puts a bash into the path that passes the driver through sed first.
func liar(t *testing.T, edit string) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	script := "#!" + bash + "\nsed -i " + quote(edit) + ` "$3"` + "\nexec " + bash + ` "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "bash"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestCase01SelfTest(t *testing.T) {
	for _, c := range []struct {
		name, edit string
		want       error
	}{
		{"honest", "s/x/x/", nil},
		{"always 0", `s/__book_r=\$?/__book_r=0/g`, ErrSelfTest},
		{"status of something else", `s/; fi; __book_r=\$?/; fi; [[ 1 ]]; __book_r=$?/g`, ErrSelfTest},
		{"no driver", `s/^PROMPT_COMMAND=.*/exit 3/`, ErrSelfTest},
	} {
		t.Run(c.name, func(t *testing.T) {
			liar(t, c.edit)
			s, err := Open(context.Background(), Options{Transcript: filepath.Join(t.TempDir(), "t"), Env: os.Environ()})
			if !errors.Is(err, c.want) {
				t.Errorf("Open: %v, want %v", err, c.want)
			}
			if s != nil {
				s.Close()
			}
		})
	}
}

func TestNoBash(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(context.Background(), Options{Transcript: filepath.Join(t.TempDir(), "t")}); !errors.Is(err, ErrNoBash) {
		t.Errorf("Open: %v, want %v", err, ErrNoBash)
	}
}

// story is a sequence of steps in one session.
var story = []struct {
	name, text string
	code       int
	out        string
}{
	{"02 false", "false", 1, ""},
	{"02 then echo $?", "echo $?", 0, "1"},
	{"03 array", "declare -A m=([a]=x)", 0, ""},
	{"03 use it", "echo ${m[a]}", 0, "x"},
	{"04 set state", "f() { echo f$1; return 4; }; alias g='echo galias'; cd /; export E=e; v=v", 0, ""},
	{"04 function", "f 1", 4, "f1"},
	{"04 alias, directory, variables", "g; pwd; echo $E$v", 0, "galias\n/\nev"},
	{"10 return", "return 5 2>/dev/null", 2, ""},
	{"11 unclosed quote", "echo 'x", 2, "bash: eval: line 0: unexpected EOF while looking for matching `''"},
	{"11 if without fi", "if true; then echo a", 2, "bash: eval: line 1: syntax error: unexpected end of file"},
	{"12 second line is wrong", "echo first\n) second", 2, "first\nbash: eval: line 1: syntax error near unexpected token `)'\nbash: eval: line 1: `) second'"},
	{"14 here-document without a line feed", "cat <<E\n$E 'x\nE", 0, "e 'x"},
	{"14 here-document and failure", "cat <<'E'; false\n$E\nE", 1, "$E"},
	{"15 ends in a comment", "false # or not", 1, ""},
	{"15 ends in a backslash", "false \\", 1, ""},
	{"15 blank lines around", "\n\n  false\n\n", 1, ""},
	{"15 nothing at all", "", 0, ""},
	{"16 carriage return", "printf %s a\r", 0, "a"},
	{"17 characters of other kinds", "printf '%s|' 'é\u202E\u00a0\u200b' '!x' $'\\t'", 0, "é<U+202E> <U+200B>|!x|  |"},
	{"21 no line feed", "printf abc", 0, "abc"},
	{"21 nothing", "true", 0, ""},
	{"pipeline", "false | true", 0, ""},
	{"pipefail", "set -o pipefail; (exit 3) | true", 3, ""},
	{"pipefail off", "set +o pipefail; (exit 3) | true", 0, ""},
	{"not found", "no-such-command 2>/dev/null", 127, ""},
	{"not executable", "/ 2>/dev/null", 126, ""},
	{"killed by a signal", "sh -c 'kill -9 $$' 2>/dev/null", 137, ""},
	{"the highest status", "(exit 255)", 255, ""},
	{"terminal", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && tty >/dev/null && stty size </dev/tty", 0, "24 80"},
	{"job numbers begin at 1", "sleep 0.01 & wait; echo $?; jobs", 0, "0"},
	{"wait for a job of this step", "(exit 9) & p=$!", 0, ""},
	{"and get its status", "wait $p", 9, ""},
	{"34 input from nowhere", "exec 0</dev/null; cat", 0, ""},
	{"34 and back", "exec 0</dev/tty; [ -t 0 ]", 0, ""},
	{"34 output elsewhere", "exec 7>&1 8>&2 >/dev/null 2>&1; echo unseen; (exit 6)", 6, ""},
	{"34 and back", "exec 1>&7 2>&8 7>&- 8>&-; echo seen; false", 1, "seen"},
	{"34 the driver's channels are out of reach", "(echo E >&201) 2>/dev/null || echo x >&200", 1, "bash: 200: Bad file descriptor"},
	{"35 unset variables are errors", "set -u; echo $none", 1, "bash: none: unbound variable"},
	{"35 and no longer", "set +u; echo $none; false", 1, ""},
	{"35 redefined builtins", "printf() { :; }; read() { return 9; }; eval() { :; }; jobs() { :; }; echo ok; false", 1, "ok"},
	{"35 still redefined", "printf x; read; (exit 8)", 8, ""},
	{"35 restored", "unset -f printf read eval jobs; printf x; false", 1, "x"},
	{"35 prompts", "PROMPT_COMMAND= PS1= PS2=; (exit 7)", 7, ""},
	{"35 blanks", "IFS=:; x=a:b; printf '%s\n' $x; (exit 7)", 7, "a\nb"},
	{"35 no path", "q=$PATH; unset IFS; PATH=; (exit 7)", 7, ""},
	{"35 path back", "PATH=$q; ls / >/dev/null && (exit 7)", 7, ""},
	{"35 time limit for reading", "TMOUT=1; (exit 7)", 7, ""},
	{"35 no patterns, posix", "set -f -o posix; (exit 7)", 7, ""},
	{"35 and back", "set +f +o posix; (exit 7)", 7, ""},
	{"35 a trap on every command", "trap 'n=$((n+1))' DEBUG; (exit 7)", 7, ""},
	{"35 traps off", "trap - DEBUG; [ $n -gt 1 ] && (exit 7)", 7, ""},
	{"35 a trap on errors", "trap 'echo err' ERR; false", 1, "err"},
	{"35 traps off again", "trap - ERR; (exit 7)", 7, ""},
	{"more than the pipe holds", "x=" + strings.Repeat("a", 100_000) + "; echo ${#x}; (exit 7)", 7, "100000"},
	{"few files", "ulimit -n 256; (exit 7)", 7, ""},
	{"06 set -e", "set -e; (exit 0)", 0, ""},
	{"06 a failure that is asked for", "if false; then :; fi; ! true || echo ok", 0, "ok"},
	{"06 status put back", "set +e; (exit 7)", 7, ""},
	{"06 before set -e", "set -e; echo $?", 0, "0"},
	{"06 off again", "set +e; (exit 7)", 7, ""},
}

func TestCaseStory(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range story {
		o := run(t, s, c.text)
		if !o.OK(c.code) || o.Evidence != Control {
			t.Fatalf("%s: %+v, want status %d", c.name, o, c.code)
		}
		if got := printed(t, s, o); got != c.out && !strings.HasPrefix(c.name, "11") && !strings.HasPrefix(c.name, "12") {
			t.Errorf("%s: printed %q, want %q", c.name, got, c.out)
		}
	}
}

func TestCase03InterruptKeepsState(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "declare -A m=([a]=kept); sh -c 'echo go; exec sleep 50'; echo never", 0).shows("go")
	if err := s.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if o := r.end(); o.Kind != Interrupted || o.Code != 130 || !o.HasCode || !o.Complete {
		t.Errorf("interrupted: %+v", o)
	}
	o := run(t, s, "echo ${m[a]}; false")
	if got := printed(t, s, o); !o.OK(1) || got != "kept" {
		t.Errorf("afterwards: %q %+v", got, o)
	}
}

func TestCases05to09SessionEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		steps  []string
		kind   Kind
		code   int
		signal string
		reason string
	}{
		{"05 exit", []string{"exit 3"}, SessionEnded, 3, "", "status 3"},
		{"05 exit 0 is no success", []string{"exit 0"}, SessionEnded, 0, "", "status 0"},
		{"05 trap", []string{"trap 'exit 4' EXIT; exit 3"}, SessionEnded, 4, "", "status 4"},
		{"06 set -e", []string{"set -e; true", "false"}, SessionEnded, 1, "", "status 1"},
		{"07 exec", []string{"exec sleep 0.6"}, SessionEnded, 0, "", "replaced"},
		{"08 exec bash", []string{"exec bash --norc"}, Unknown, 0, "", "replaced"},
		{"09 kill", []string{"kill -9 $$"}, SessionEnded, 0, "SIGKILL", "SIGKILL"},
		{"09 file size", []string{"ulimit -f 0; echo x >f"}, SessionEnded, 0, "SIGXFSZ", "SIGXFSZ"},
		{"34 close everything", []string{"for ((i = 3; i < 256; i++)); do exec {i}>&-; done"}, Unknown, 0, "", "report"},
		{"too few files", []string{"ulimit -n 100"}, Unknown, 0, "", "report"},
		{"no builtin at all", []string{"builtin() { :; }"}, Unknown, 0, "", "report"},
		{"the driver is gone", []string{"builtin() { return 1; }"}, Unknown, 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var o Outcome
			for i, text := range c.steps {
				o = run(t, s, text)
				if last := i == len(c.steps)-1; !last && !o.OK(0) {
					t.Fatalf("%q: %+v", text, o)
				}
			}
			if o.Kind != c.kind || o.Code != c.code || o.Signal != c.signal || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%+v, want %s %d %s because of %q", o, c.kind, c.code, c.signal, c.reason)
			}
			if o.HasCode != (c.kind == SessionEnded && c.signal == "") || o.OK(c.code) {
				t.Errorf("%+v claims too much", o)
			}
			if c.kind == SessionEnded && o.Evidence != WaitStatus {
				t.Errorf("evidence is %q", o.Evidence)
			}
			gone(t, s)
		})
	}
}

func TestCase10LeavingTheLoops(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s, "false")
	for _, text := range []string{"break", "break 2", "break 9", "continue", "continue 9", "false; break; echo never"} {
		o := run(t, s, text)
		if o.Kind != Unknown || o.HasCode || o.Evidence != Control || !strings.Contains(o.Reason, "rest of it was not run") {
			t.Errorf("%q: %+v", text, o)
		}
		alive(t, s)
	}
	for _, text := range []string{"for i in 1 2; do break; done; false", "while :; do false; break; done; (exit 1)"} {
		if o := run(t, s, text); !o.OK(1) {
			t.Errorf("%q: %+v", text, o)
		}
	}
}

func TestCase18Refusals(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct {
		text, reason string
		vars         []string
	}{
		{"echo a\x00b", "NUL", nil},
		{"true", "NUL", []string{"A=x\x00y"}},
		{"true", "not a variable's name", []string{"A B=x"}},
		{"true", "not a variable's name", []string{"A"}},
		{"true", "not a variable's name", []string{"__book_r=0"}},
	} {
		o := s.Run(context.Background(), c.text, c.vars, 0)
		if o.Kind != Unknown || o.Sent || !strings.Contains(o.Reason, c.reason) {
			t.Errorf("%q %q: %+v", c.text, c.vars, o)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if o := s.Run(ended, "touch f", nil, 0); o.Sent || o.Kind != Interrupted {
		t.Errorf("a step that was stopped before it began: %+v", o)
	}
	alive(t, s)
}

func TestVariables(t *testing.T) {
	t.Parallel()
	s := open(t)
	values := []string{"plain", "", "it's", `"$(touch pwned)"`, "`touch pwned`", "a\nb", " two  blanks ", `back\slash`, "é", "'; touch pwned; '", "-n", "*"}
	for _, v := range values {
		o := s.Run(context.Background(), `printf '[%s]' "$V"; sh -c 'printf "[%s]" "$V"'; false`, []string{"W=w", "V=" + v}, 0)
		want := strings.ReplaceAll("["+v+"]["+v+"]", "\n", "\r\n")
		if got := raw(t, s, o); got != want || !o.OK(1) {
			t.Errorf("V=%q printed %q, %+v", v, got, o)
		}
	}
	if o := run(t, s, "test -e pwned || echo $W; false"); printed(t, s, o) != "w" {
		t.Errorf("a value was run: %q", printed(t, s, o))
	}
	run(t, s, "readonly LOCKED=1")
	o := s.Run(context.Background(), "touch wrong", []string{"LOCKED=2"}, 0)
	if o.Kind != Unknown || o.Sent || !strings.Contains(o.Reason, "variable") {
		t.Errorf("a variable that can't be set: %+v", o)
	}
	if o := run(t, s, "test ! -e wrong && (exit 3)"); !o.OK(3) {
		t.Errorf("the step was run all the same: %+v", o)
	}
}

func TestCase19LargeSteps(t *testing.T) {
	t.Parallel()
	s := open(t)
	many := strings.Repeat("n=$((n+1))\n", 10_000) + "echo $n; (exit 3)"
	if o := run(t, s, many); !o.OK(3) || printed(t, s, o) != "10000" {
		t.Errorf("10,000 lines: %+v %q", o, printed(t, s, o))
	}
	literal := "cat <<'E' | wc -c; (exit 4)\n" + strings.Repeat(strings.Repeat("x", 1023)+"\n", 1024) + "E\n"
	if o := run(t, s, literal); !o.OK(4) || strings.TrimSpace(printed(t, s, o)) != "1048576" {
		t.Errorf("a literal of 1 MB: %+v %q", o, printed(t, s, o))
	}
}

// TestCase19Slowly: a step that bash takes long to read is whole, though a step
// before it limits the time for reading.
func TestCase19Slowly(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, limit := range []string{"0.01", "1"} {
		run(t, s, "TMOUT="+limit)
		for _, c := range []string{"a", "é", "東"} {
			o := run(t, s, "x="+strings.Repeat(c, 30_000)+"; echo ${#x} $(printf %s \"$x\" | wc -c); (exit 3)")
			if got := printed(t, s, o); !o.OK(3) || got != fmt.Sprint(30_000, " ", 30_000*len(c)) {
				t.Errorf("TMOUT=%s, %s: %.300q %+v", limit, c, got, o)
			}
		}
	}
}

func TestCase20ForgedMarkers(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := run(t, s, "echo real; false")
	for _, text := range []string{
		"cat transcript; (exit 5)",
		`printf '\033]7717;%s\a' 0000000000000000000000; echo after; (exit 5)`,
		`printf 'E\0%s\0000\000\0/\0\0\0' x; (exit 5)`,
		`echo "$PS1"; (exit 5)`,
	} {
		o := run(t, s, text)
		if !o.OK(5) {
			t.Errorf("%q: %+v", text, o)
		}
		if text[:3] == "cat" && !strings.Contains(raw(t, s, o), "\x1b]7717;") {
			t.Errorf("the old marker is missing from the output: %q", raw(t, s, o))
		}
	}
	if got := printed(t, s, first); got != "real" {
		t.Errorf("the first step's output reads %q now", got)
	}
	alive(t, s)
}

func TestCase21ExactBytes(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct{ text, want string }{
		{`printf abc`, "abc"},
		{`true`, ""},
		{`printf '\r'`, "\r"},
		{`printf '\n'`, "\r\n"},
		{`printf '\0\377\033'`, "\x00\xff\x1b"},
		{`printf '\033]7717;'`, "\x1b]7717;"},
		{`printf %s "` + strings.Repeat("y", 5000) + `"`, strings.Repeat("y", 5000)},
	} {
		o := run(t, s, c.text)
		if got := raw(t, s, o); got != c.want || !o.OK(0) {
			t.Errorf("%q: %q %+v", c.text, got, o)
		}
	}
}

func TestCase22Flood(t *testing.T) {
	s := open(t)
	r := begin(t, s, "yes 'the quick brown fox jumps over the lazy dog, again and again and again' | head -c 16000000; echo; echo END; (exit 3)", 0)
	r.shows("quick")
	for range 20 {
		if lines, total := s.Tail(); len(lines) > 1000 || total < len(lines) {
			t.Errorf("Tail: %d lines of %d", len(lines), total)
		}
	}
	if o := r.end(); !o.OK(3) {
		t.Fatalf("flood: %+v", o)
	}
	lines, total := s.Tail()
	if want := 16000000/71 + 2; lines[len(lines)-1] != "END" || total != want {
		t.Errorf("Tail ends in %q of %d lines, want %d", lines[len(lines)-1], total, want)
	}
	r = begin(t, s, "yes", 0).shows("y")
	s.Interrupt()
	if o := r.end(); o.Kind != Interrupted || o.Code != 130 {
		t.Errorf("yes: %+v", o)
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.Sys > 64<<20 {
		t.Errorf("the program has taken %d MB", m.Sys>>20)
	}
}

func TestCase23OneLongLine(t *testing.T) {
	t.Parallel()
	s := open(t)
	o := run(t, s, "head -c 8000000 /dev/zero | tr '\\0' x; (exit 3)")
	if !o.OK(3) || o.To-o.From != 8000000 {
		t.Fatalf("%+v", o)
	}
	lines, _ := s.Tail()
	for _, l := range lines {
		if len(l) > 4096 {
			t.Errorf("a line of %d characters", len(l))
		}
	}
}

func TestCase24BinaryIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	data := make([]byte, counts(4<<20, 64<<20))
	random := rand.NewChaCha8([32]byte{1})
	random.Read(data)
	if err := os.WriteFile(filepath.Join(s.opt.Dir, "data"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	o := run(t, s, "stty -opost; cat data; (exit 3)")
	sum := sha256.Sum256(data)
	got, err := s.Digest(o.From, o.To)
	if err != nil || got != hex.EncodeToString(sum[:]) || !o.OK(3) {
		t.Errorf("Digest: %s %v %+v", got, err, o)
	}
	end, err := s.Span(o.From, o.To, 100)
	if err != nil || !bytes.Equal(end, data[len(data)-100:]) {
		t.Errorf("Span: %v", err)
	}
	if _, err := s.Digest(o.From, o.To+1<<20); err == nil {
		t.Error("Digest of bytes that never came: no error")
	}
	safeTail(t, s)
}

func safeTail(t *testing.T, s *Session) {
	t.Helper()
	lines, _ := s.Tail()
	for _, l := range lines {
		if strings.ContainsAny(l, "\x1b\r\n\b\x00\x7f") {
			t.Errorf("Tail shows %q", l)
		}
	}
}

func TestCases25And26HostileOutput(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct{ text, want string }{
		{`printf '\033]0;title\nshown'; false`, "^[]0;title^M\nshown"},
		{`printf '\033Pq1\nshown'; false`, "^[Pq1^M\nshown"},
		{`printf '\033]52;c;eA==\ashown'; false`, "[clipboard write blocked]shown"},
		{`printf '\033]8;;http://h/\033\\text\033]8;;\033\\'; false`, "[link to h] text"},
		{`printf '\033[1;99999r\033[99999999b\033[?1049hshown'; false`, "shown"},
		{`printf '\033]0;never ended'; false`, "^[]0;never ended"},
	} {
		o := run(t, s, c.text)
		lines, _ := s.Tail()
		if got := strings.Join(lines, "\n"); got != c.want || !o.OK(1) {
			t.Errorf("%s shows %q, want %q", c.text, got, c.want)
		}
	}
}

func TestCase27Waiting(t *testing.T) {
	t.Parallel()
	s := open(t)
	if runtime.GOOS != "linux" {
		if w, ok := s.Waiting(); ok || w != CannotTell {
			t.Errorf("Waiting: %q %v", w, ok)
		}
		t.Skip("only Linux tells what a program waits for")
	}
	waits := func(w Waiting) func() bool {
		return func() bool { got, ok := s.Waiting(); return ok && got == w }
	}
	if w, ok := s.Waiting(); ok {
		t.Errorf("an idle terminal waits for %q", w)
	}
	for _, c := range []struct {
		text, typed string
		want        Waiting
		out         string
	}{
		{"read -p 'name? ' n; echo hello $n; (exit 3)", "bob\n", Input, "name? bob\nhello bob"},
		{"head -n1 | tr a-z A-Z; (exit 3)", "word\n", Input, "word\nWORD"},
		{"sh -c 'read x </dev/tty; echo got $x'; (exit 3)", "it\n", Input, "it\ngot it"},
		{"read -s -p 'password: ' p; echo; echo ${#p}; (exit 3)", "hunter2\n", Password, "password:\n7"},
		{"stty raw -echo; head -c1; (exit 3)", "q", FullScreen, "q"},
	} {
		r := begin(t, s, c.text, 0)
		until(t, fmt.Sprintf("%s: %s", c.text, c.want), waits(c.want))
		if err := s.Type([]byte(c.typed)); err != nil {
			t.Fatal(err)
		}
		o := r.end()
		if got := printed(t, s, o); !o.OK(3) || got != c.out {
			t.Errorf("%q printed %q, %+v", c.text, got, o)
		}
	}
	all, err := os.ReadFile(s.opt.Transcript)
	if err != nil || bytes.Contains(all, []byte("hunter2")) {
		t.Errorf("the password is in the transcript (%v)", err)
	}
	r := begin(t, s, "echo busy; while [ ! -e stop ]; do :; done; (exit 3)", 0).shows("busy")
	if w, ok := s.Waiting(); ok {
		t.Errorf("a busy step waits for %q", w)
	}
	os.WriteFile(filepath.Join(s.opt.Dir, "stop"), nil, 0o600)
	if o := r.end(); !o.OK(3) {
		t.Errorf("busy: %+v", o)
	}
}

func TestCase28Typeahead(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "echo ready; read x; echo got $x; (exit 3)", 0).shows("ready")
	if err := s.Type([]byte("one\nsecond line\nthird")); err != nil {
		t.Fatal(err)
	}
	o := r.end()
	if !o.OK(3) || !slices.ContainsFunc(o.Notices, func(n string) bool { return strings.HasPrefix(n, "17 bytes of typed input") }) {
		t.Errorf("leftover input is not reported: %+v", o)
	}
	r = begin(t, s, "echo ask; read x; echo got $x; (exit 4)", 0).shows("ask")
	s.Type([]byte("fresh\n"))
	if o := r.end(); !o.OK(4) || !strings.Contains(printed(t, s, o), "got fresh") || len(o.Notices) > 0 {
		t.Errorf("the next step: %q %+v", printed(t, s, o), o)
	}
	if err := s.Type([]byte("x")); err == nil {
		t.Error("typing into an idle terminal: no error")
	}
	if err := s.Interrupt(); err == nil {
		t.Error("interrupting an idle terminal: no error")
	}
}

// What nobody takes is refused after a while, rather than hold up who types it.
func TestTypingThatNobodyTakes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere typing waits for as long as it takes")
	}
	s := open(t)
	r := begin(t, s, "stty raw -echo; echo go; sleep 50", 0).shows("go")
	if err := s.Type(make([]byte, 1<<20)); err == nil {
		t.Error("1 MB typed at a program that reads nothing: no error")
	}
	for range 3 {
		s.Interrupt()
	}
	r.end()
}

func TestCase29Cat(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "echo go; cat", 0).shows("go")
	s.Type([]byte("x\n"))
	r.shows("x\nx")
	s.Type([]byte{4})
	if o := r.end(); !o.OK(0) {
		t.Errorf("cat and ^D: %+v", o)
	}
	r = begin(t, s, "echo go; cat", 0).shows("go")
	s.Type([]byte("y\n"))
	r.shows("y\ny")
	s.Type([]byte{3})
	if o := r.end(); o.Kind != Interrupted || o.Code != 130 || o.OK(0) {
		t.Errorf("cat and ^C: %+v", o)
	}
	r = begin(t, s, "trap 'echo caught; caught=1' INT; echo go; until [ \"$caught\" ]; do :; done; trap - INT", 0).shows("go")
	s.Interrupt()
	if o := r.end(); !o.OK(0) || len(o.Notices) != 1 {
		t.Errorf("a step that handles ^C: %+v", o)
	}
	alive(t, s)
}

func TestCase30Stopping(t *testing.T) {
	t.Parallel()
	// What says go is in the foreground by then, and not only about to be.
	const plain = "sh -c 'echo go; exec sleep 50'; touch X"
	const stubborn = "trap '' INT TERM; " + plain
	cancelled := func(_ *Session, cancel context.CancelFunc) { cancel() }
	thrice := func(s *Session, _ context.CancelFunc) {
		for range 3 {
			s.Interrupt()
		}
	}
	closed := func(s *Session, _ context.CancelFunc) { s.Close() }
	for _, c := range []struct {
		name, text string
		stop       func(*Session, context.CancelFunc)
		limit      time.Duration
		kind       Kind
		lost       bool
	}{
		{"time limit", plain, nil, 200 * time.Millisecond, TimedOut, false},
		{"cancelled", plain, cancelled, 0, Interrupted, false},
		{"a stubborn child and a time limit", "(" + stubborn + ")", nil, 200 * time.Millisecond, TimedOut, true},
		{"a stubborn step, cancelled", stubborn, cancelled, 0, Interrupted, true},
		{"a stubborn step, interrupted three times", stubborn, thrice, 0, Interrupted, true},
		{"closed meanwhile", plain, closed, 0, SessionEnded, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			done := make(chan Outcome, 1)
			go func() { done <- s.Run(ctx, c.text, nil, c.limit) }()
			r := started{t, s, done}
			if c.stop != nil {
				r.shows("go")
				c.stop(s, cancel)
			}
			o := r.end()
			if o.Kind != c.kind || s.Alive() == c.lost || !strings.Contains(o.Reason, "may have taken effect") {
				t.Errorf("%+v, alive %v", o, s.Alive())
			}
			if !c.lost && o.Code != 130 || c.lost && o.HasCode {
				t.Errorf("status %d %v", o.Code, o.HasCode)
			}
			checkAfterStop(t, s, c.lost)
		})
	}
}

// checkAfterStop looks for what a stopped step must not leave.
func checkAfterStop(t *testing.T, s *Session, lost bool) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(s.opt.Dir, "X")); err == nil {
		t.Error("the rest of the step was run")
	}
	if !lost {
		alive(t, s)
		return
	}
	gone(t, s)
	if left := s.Close(); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestCase31Suspend(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "sh -c 'echo go; read x; echo resumed $x; exit 5'; echo never", 0).shows("go")
	s.Type([]byte{26})
	o := r.end()
	if o.Kind != Suspended || len(o.Survivors) != 1 || !o.Survivors[0].Stopped || o.OK(0) {
		t.Fatalf("suspended: %+v", o)
	}
	alive(t, s)
	if o := run(t, s, "jobs; (exit 3)"); !o.OK(3) || !strings.Contains(printed(t, s, o), "[1]+  Stopped") {
		t.Errorf("jobs: %q %+v", printed(t, s, o), o)
	}
	r = begin(t, s, "fg", 0).shows("sh -c")
	until(t, "the job in front", func() bool { group, err := s.tty.foreground(); return err == nil && group != s.pid })
	s.Type([]byte{26})
	if o := r.end(); o.Kind != Suspended {
		t.Errorf("suspended again: %+v", o)
	}
	r = begin(t, s, "fg %1", 0).shows("sh -c")
	s.Type([]byte("now\n"))
	if o := r.end(); !o.OK(5) || !strings.Contains(printed(t, s, o), "resumed now") || len(o.Survivors) > 0 {
		t.Errorf("resumed: %q %+v", printed(t, s, o), o)
	}
}

// TestCase32Survivors: whatever way a step lets go of a process, it is listed
// after that step, once, and again when the terminal is closed. None is killed.
// It goes on alone: what threw its environment away could be any terminal's.
func TestCase32Survivors(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	ways := []struct {
		text  string
		after string // what the process is called
		linux bool   // it has left the session and its terminal
	}{
		{"mkfifo " + pipe + "; setsid -f bash -c 'exec -c -a \"\" cat <>" + pipe + "'", "[cat]", true}, // without a word, as each program is while it starts
		{"sleep 101 &", "sleep 101", false},
		{"nohup sleep 102 >/dev/null 2>&1 &", "sleep 102", false},
		{"setsid sleep 103 &", "sleep 103", true},
		{"setsid -f sleep 104", "sleep 104", true},
		{"env -i setsid -f $(command -v sleep) 105", "sleep 105", true},
		{"(trap '' INT TERM HUP; exec sleep 106) &", "sleep 106", false},
		{"(sleep 107 &)", "sleep 107", false},
		{"(setsid sh -c 'sleep 108 & exit' &) >/dev/null 2>&1", "sleep 108", true},
	}
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("needs setsid")
	}
	s := open(t)
	var told []Proc
	t.Cleanup(func() {
		for _, p := range told {
			syscall.Kill(p.PID, syscall.SIGKILL)
		}
	})
	var want []string
	for _, w := range ways {
		if w.linux && runtime.GOOS != "linux" {
			continue
		}
		want = append(want, w.after)
		r := begin(t, s, w.text+"\nread x; (exit 3)", 0)
		is := func(p Proc) bool { return strings.TrimPrefix(p.Command, "/usr/bin/") == w.after }
		until(t, w.after, func() bool { return slices.ContainsFunc(procs(s.mine()), is) })
		s.Type([]byte("\n"))
		o := r.end()
		told = append(told, o.Survivors...)
		if !o.OK(3) || !slices.ContainsFunc(o.Survivors, is) {
			t.Errorf("%s leaves %v, %+v", w.text, o.Survivors, o)
		}
	}
	if o := run(t, s, "(exit 4)"); !o.OK(4) || len(o.Survivors) > 0 {
		t.Errorf("the next step tells %v, %+v", o.Survivors, o)
	}
	left := s.Close()
	var names []string
	for _, p := range left {
		names = append(names, strings.TrimPrefix(p.Command, "/usr/bin/"))
		if !p.Runs() || p.Start.IsZero() || time.Since(p.Start).Abs() > time.Minute {
			t.Errorf("%+v was killed or is described badly", p)
		}
		if !slices.ContainsFunc(told, func(q Proc) bool { return p.PID == q.PID && p.Begun == q.Begun }) {
			t.Errorf("%v was not told after its step", p)
		}
	}
	slices.Sort(names)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("at the end (-want +got):\n%s", diff)
	}
	gone(t, s)
	if got := Left("", left); len(got) != len(left) {
		t.Errorf("looking for those that are known finds %v", got)
	}
	other := left[0]
	other.Begun++
	if other.Runs() || len(Left("", []Proc{other})) > 0 {
		t.Error("a process with the number of another that was known passes for that one")
	}
}

func TestCase33BackgroundOutput(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s, "(while :; do echo noise; sleep 0.001; done) &")
	for i := range 20 {
		if o := run(t, s, fmt.Sprintf("echo step; (exit %d)", i)); !o.OK(i) || !strings.Contains(printed(t, s, o), "step") {
			t.Errorf("step %d: %+v", i, o)
		}
	}
	if o := run(t, s, "kill %1; wait %1 2>/dev/null"); !o.OK(143) {
		t.Errorf("ending the job: %+v", o)
	}
}

func TestCase35DamagedDriver(t *testing.T) {
	t.Parallel()
	s := open(t)
	o := run(t, s, "unset ${!__book_*}; unset -f __book_set; false")
	if o.Kind != Unknown || o.HasCode || o.Evidence != "" {
		t.Errorf("the driver's variables are gone: %+v", o)
	}
	alive(t, s)
	s = open(t)
	run(t, s, "PROMPT_COMMAND='echo mine'; unset __book_pc")
	r := begin(t, s, "sh -c 'echo go; exec sleep 50'", 0).shows("go")
	s.Interrupt()
	if o := r.end(); o.Kind != Interrupted || o.Code != 130 {
		t.Errorf("^C where bash shows a prompt: %+v", o)
	}
	alive(t, s)
	if o := run(t, s, "echo x; false"); printed(t, s, o) != "x" || len(o.Notices) > 0 {
		t.Errorf("afterwards: %q %+v", printed(t, s, o), o)
	}
}

func TestCase36TerminalSettings(t *testing.T) {
	t.Parallel()
	s := open(t)
	if o := run(t, s, "stty raw -echo; false"); !o.OK(1) || !slices.Contains(o.Notices, "the terminal's settings were restored") {
		t.Errorf("%+v", o)
	}
	if o := run(t, s, "echo a; stty -a | grep -c -- '-echo '; stty -a | grep -o -- '-ixon'; false"); raw(t, s, o) != "a\r\n0\r\n-ixon\r\n" || len(o.Notices) > 0 {
		t.Errorf("the next step: %q %+v", raw(t, s, o), o)
	}
}

// TestCase36ScreenLeft: what a step leaves switched on in the output is told, in
// whatever shell, and is nothing to the next one.
func TestCase36ScreenLeft(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Session{"local": open(t), "nested": entered(t, "bash --norc")} {
		o := run(t, s, `printf '\033[?1049h\033[?1000h\033[?25l\033(0 on'; (exit 3)`)
		want := "it left switched on, and it was switched off: the alternate screen, mouse reporting, a hidden cursor, line drawing in place of letters"
		if !o.OK(3) || !slices.Equal(o.Notices, []string{want}) {
			t.Errorf("%s: %+v", name, o)
		}
		for _, text := range []string{"echo plain; (exit 4)", `printf '\033[?1049h\033[?25l'; printf '\033[?25h\033[?1049l'; (exit 4)`} {
			if o := run(t, s, text); !o.OK(4) || len(o.Notices) > 0 {
				t.Errorf("%s: %s: %+v", name, text, o)
			}
		}
		if lines, _ := s.Tail(); len(lines) > 0 {
			t.Errorf("%s: %q", name, lines)
		}
	}
}

// TestCase13Unclosed: a here-document without an end is not run, in no shell;
// everything that only looks like one is.
func TestCase13Unclosed(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Session{"local": open(t), "nested": entered(t, "bash --norc")} {
		for _, text := range []string{"touch X; cat <<E", "touch X; cat <<E\na\nb\n", "touch X; cat <<-'E'\na\n E", "touch X\ncat <<A; cat <<B\nA\n"} {
			o := run(t, s, text)
			if o.Kind != Unknown || o.Sent || o.HasCode || !strings.Contains(o.Reason, "here-document") {
				t.Errorf("%s: %q: %+v", name, text, o)
			}
		}
		for _, text := range []string{
			"cat <<E\na\nE", "cat <<E\na\nE\n# and\n", "cat <<<E", "echo '<<E'", "echo $((1<<2))", "cat <<E # <<F\n<<G\nE", "shopt -s extglob\nls !(x) <<<E",
			"cat <<E >f; cat f\n$(cat <<F\nF\n)\nE", ": <<E\r\nE\r",
		} {
			if o := run(t, s, text+"\n(exit 5)"); !o.OK(5) {
				t.Errorf("%s: %q: %+v", name, text, o)
			}
		}
		if o := run(t, s, "( cat <<E\nE\n"); !o.OK(2) && !o.OK(1) {
			t.Errorf("%s: a parenthesis is the shell's own to refuse: %+v", name, o)
		}
		if o := run(t, s, "[ ! -e X ] && (exit 6)"); !o.OK(6) {
			t.Errorf("%s: it was run", name)
		}
	}
}

func TestCase37Resize(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "bash -c 'trap \"stty size; exit 3\" WINCH; echo go; while :; do read -t 0.01; done'", 0).shows("go")
	if err := s.Resize(133, 51); err != nil {
		t.Fatal(err)
	}
	if o := r.end(); !o.OK(3) || !strings.Contains(printed(t, s, o), "51 133") {
		t.Errorf("%q %+v", printed(t, s, o), o)
	}
	if err := s.Resize(0, 24); err == nil {
		t.Error("a terminal without columns: no error")
	}
	s.Resize(100, 30)
	if o := run(t, s, "stty size; false"); printed(t, s, o) != "30 100" {
		t.Errorf("the next step: %q", printed(t, s, o))
	}
}

func TestCase40TranscriptBreaks(t *testing.T) {
	t.Parallel()
	if _, err := Open(context.Background(), Options{Transcript: "/dev/null"}); err == nil {
		t.Error("a transcript that keeps nothing: no error")
	}
	s := open(t)
	s.out.file.Close()
	o := run(t, s, "echo lost; (exit 3)")
	if o.Kind != Exited || o.Code != 3 || o.Complete || o.OK(3) || len(o.Notices) != 1 || o.Missing != int64(len("lost\r\n")) {
		t.Errorf("%+v", o)
	}
	if lines, _ := s.Tail(); !slices.Equal(lines, []string{"lost"}) {
		t.Errorf("Tail: %q", lines)
	}
	if _, err := s.Span(o.From, o.To, 0); err == nil {
		t.Error("Span of what was not kept: no error")
	}
}

func TestTranscriptIsAppendedTo(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s, "echo one")
	s.Close()
	info, err := os.Stat(s.opt.Transcript)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	again, err := Open(context.Background(), s.opt)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	o := run(t, again, "echo two; false")
	if o.From < info.Size() || printed(t, again, o) != "two" {
		t.Errorf("%+v after %d bytes", o, info.Size())
	}
}

func TestOneStepAtATime(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := begin(t, s, "echo go; read x", 0).shows("go")
	if o := s.Run(context.Background(), "touch second", nil, 0); o.Sent || o.Kind != Unknown {
		t.Errorf("a second step: %+v", o)
	}
	s.Type([]byte("\n"))
	r.end()
	alive(t, s)
}

func TestIdleProof(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux proves that the shell is idle")
	}
	s := open(t)
	run(t, s, "trap '' PIPE")
	s.results.Close()
	o := run(t, s, "echo done; false")
	if o.Kind != Unknown || o.Evidence != IdleProof || o.HasCode || !strings.Contains(printed(t, s, o), "done") {
		t.Errorf("a step whose result can't arrive: %+v", o)
	}
	gone(t, s)
}

func TestShellEndsBetweenSteps(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s, "echo before")
	syscall.Kill(s.Shell().PID, syscall.SIGKILL)
	until(t, "the shell's end", func() bool { return !s.Alive() })
	o := s.Run(context.Background(), "touch f", nil, 0)
	if o.Kind != SessionEnded || o.Sent || o.Reason != "the terminal has ended: the step was not run" {
		t.Errorf("%+v", o)
	}
}

func TestNothingLeaksIntoSteps(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	fd, err := syscall.Dup(1) // a file that whoever started us left open
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	t.Setenv("SECRET", "leaked")
	s := open(t)
	o := run(t, s, "sh -c 'echo /proc/$$/fd/*'; echo $SECRET; false")
	if got := printed(t, s, o); len(strings.Fields(got)) > 4 || strings.Contains(got, "leaked") {
		t.Errorf("a step's program has %s", got)
	}
}

func TestIgnoredSignalsAreHeeded(t *testing.T) {
	signals := []os.Signal{syscall.SIGINT, syscall.SIGHUP}
	signal.Ignore(signals...)
	t.Cleanup(func() { signal.Reset(signals...) })
	s := open(t)
	if !signal.Ignored(syscall.SIGINT) {
		t.Error("opening a session changed what this program ignores")
	}
	r := begin(t, s, "sh -c 'echo go; exec sleep 50'", 0).shows("go")
	s.Interrupt()
	if o := r.end(); o.Kind != Interrupted || o.Code != 130 {
		t.Errorf("%+v", o)
	}
}

func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("setsid"); err != nil || runtime.GOOS != "linux" {
		t.Skip("needs setsid on Linux")
	}
	s := open(t)
	o := run(t, s, "setsid -f sh -c 'echo $$'; (exit 3)")
	pid := 0
	until(t, "the orphan's id", func() bool {
		fmt.Sscan(printed(t, s, Outcome{From: o.From, To: s.out.position()}), &pid)
		return pid > 0
	})
	until(t, "the orphan's end", func() bool {
		s.turn.Lock()
		defer s.turn.Unlock()
		s.reap()
		_, there := lookup(pid)
		return !there
	})
	other := exec.Command("sh", "-c", "exit 9") // somebody else's child stays theirs
	other.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := other.Run(); other.ProcessState.ExitCode() != 9 {
		t.Errorf("another child: %v", err)
	}
}
