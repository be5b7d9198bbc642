package shell

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"
)

func TestModes(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   []string
		filled int64
	}{
		{"plain \x1b[31mred\x1b[0m [?1049h", nil, 0},
		{"ab\x1b[?1049h", []string{"the alternate screen"}, 2},
		{"\x1b[?1049h\x1b[?1049l", nil, 0},
		{"\x1b[?47h\x1b[?1047l", []string{"the alternate screen"}, 0},
		{"\x1b[?1049;25lx", []string{"a hidden cursor"}, 0},
		{"\x1b[?25l\x1b[?25h", nil, 0},
		{"\x1b[?1000;1006h\x1b[?2004h\x1b[?7h", []string{"mouse reporting", "bracketed paste"}, 0},
		{"\x1b[?1h\x1b[?1004h\x1bc", nil, 0},
		{"\x1b[?1\x1b[?1004h", []string{"focus reporting"}, 0},
		{"\x1b[?1049$p\x1b[?h\x1b[?" + strings.Repeat("1;", 40) + "1h", nil, 0},
		{"\x1b[?99999999999999999999h", nil, 0},
		{"\x1b(0qqq", []string{"line drawing in place of letters"}, 0},
		{"\x1b(0\x1b(B\x1b(0\x1bc\x1b(?1h", nil, 0},
	} {
		for cut := range len(c.text) {
			var m modes
			m.scan([]byte(c.text[:cut]), 0)
			m.scan([]byte(c.text[cut:]), int64(cut))
			if diff := cmp.Diff(c.want, m.names(false)); diff != "" || m.filled != c.filled {
				t.Errorf("%q cut at %d, filled %d: %s", c.text, cut, m.filled, diff)
			}
		}
	}
}

func TestCase36ModesLeftBehind(t *testing.T) {
	s := open(t)
	o := run(t, s, `printf '\033[?1049h\033[?1000h\033[?2004hinside'; false`)
	want := "it left switched on, and it was switched off: the alternate screen, mouse reporting, bracketed paste"
	if !o.OK(1) || !slices.Contains(o.Notices, want) {
		t.Errorf("%+v", o)
	}
	r := begin(t, s, "echo next; read x; false", 0).shows("next")
	if s.Screen(Input) != nil {
		t.Error("the next step is taken for one that fills the screen")
	}
	s.Type([]byte("\n"))
	if o := r.end(); !o.OK(1) || len(o.Notices) > 0 {
		t.Errorf("the next step: %+v", o)
	}
}

// filled is a step with a program that fills the screen, looked at as a seat
// does: a few times a second.
func (r started) picture(what string, ok func(*Screen) bool) *Screen {
	r.t.Helper()
	var seen *Screen
	r.t.Cleanup(func() {
		if r.t.Failed() {
			r.t.Logf("looking for %s, the last picture was %+v", what, seen)
		}
	})
	until(r.t, what, func() bool {
		w, _ := r.s.Waiting()
		if seen = r.s.Screen(w); seen == nil {
			return false
		}
		return ok(seen)
	})
	return seen
}

func holds(text string) func(*Screen) bool {
	return func(s *Screen) bool { return strings.Contains(strings.Join(s.Lines, "\n"), text) }
}

// program skips a test where a program is missing.
func program(t *testing.T, names ...string) {
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("needs " + name)
		}
	}
}

func TestCase37Vim(t *testing.T) {
	program(t, "vim")
	s := open(t)
	file := filepath.Join(s.opt.Dir, "notes")
	r := begin(t, s, "vim -u NONE -i NONE notes; echo left; (exit 3)", 0)
	r.picture("an empty file", holds(`"notes" [New`))
	s.Type([]byte("ihello"))
	p := r.picture("what was typed", holds("hello"))
	if p.X != 5 || p.Y != 0 || len(p.Lines) != 24 {
		t.Errorf("the cursor is at %d, %d of %d rows", p.X, p.Y, len(p.Lines))
	}
	if err := s.Resize(100, 30); err != nil {
		t.Fatal(err)
	}
	r.picture("a larger screen", func(p *Screen) bool { return len(p.Lines) == 30 && p.Lines[0] == "hello" })
	s.Type([]byte("\x1b:wq\r"))
	o := r.end()
	if !o.OK(3) || s.Screen(FullScreen) != nil {
		t.Errorf("%+v", o)
	}
	if text, err := os.ReadFile(file); string(text) != "hello\n" {
		t.Errorf("the file holds %q (%v)", text, err)
	}
	if whole := raw(t, s, o); !strings.Contains(whole, "\x1b[?1049h") || !strings.HasSuffix(whole, "left\r\n") {
		t.Errorf("the transcript is not whole: %q", whole)
	}
}

func TestCase37LessAndTop(t *testing.T) {
	program(t, "less", "top", "seq")
	s := open(t)
	r := begin(t, s, "seq 1 500 | less; (exit 3)", 0)
	r.picture("the first page", func(p *Screen) bool { return p.Lines[0] == "1" && p.Lines[22] == "23" })
	s.Type([]byte("G"))
	r.picture("the last page", func(p *Screen) bool { return p.Lines[22] == "500" })
	s.Resize(80, 10)
	r.picture("fewer rows", func(p *Screen) bool { return len(p.Lines) == 10 && p.Lines[8] != "" })
	s.Type([]byte("q"))
	if o := r.end(); !o.OK(3) {
		t.Errorf("less: %+v", o)
	}
	s.Resize(80, 24)
	r = begin(t, s, "top -d 60; (exit 3)", 0)
	r.picture("what runs", holds("%Cpu(s)"))
	s.Type([]byte("q"))
	if o := r.end(); !o.OK(3) || len(o.Notices) > 0 {
		t.Errorf("top: %+v", o)
	}
}

// TestCase37Questions: a program that fills the screen gets answers to the few
// questions that it may ask, and to no others.
func TestCase37Questions(t *testing.T) {
	s := open(t)
	ask := `old=$(stty -g); stty raw -echo; printf '\033[?1049h\033[3;4H%s'; IFS= read -r -t 2 -d %s got; stty "$old"; printf '\033[?1049l<%%q>' "$got"; exit 3`
	asks := func(question, end string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(s.opt.Dir, "ask"), fmt.Appendf(nil, ask, question, end), 0o600); err != nil {
			t.Fatal(err)
		}
		r := begin(t, s, "bash ask", 0)
		until(t, question, func() bool { s.Screen(FullScreen); return s.current() == nil })
		o := r.end()
		if !o.OK(3) {
			t.Errorf("%s: %+v", question, o)
		}
		return printed(t, s, o)
	}
	if got := asks(`\033[6n`, "R"); got != `<$'\E[3;4'>` {
		t.Errorf("where the cursor is: %s", got)
	}
	if got := asks(`\033[21t\033]11;?\007\033]52;c;?\007\033[c`, "c"); !strings.HasSuffix(got, `<$'\E[?62;1;6;22'>`) || strings.Contains(got, "rgb") {
		t.Errorf("its title, colours and clipboard, and what it is: %s", got)
	}
	s.Relayed(true)
	if got := asks(`\033[6n`, "R"); got != "<''>" {
		t.Errorf("while another terminal shows it: %s", got)
	}
}

// TestCase37Emulator: what hangs or crashes the emulator, or would, costs the
// picture and nothing else.
func TestCase37Emulator(t *testing.T) {
	s := open(t)
	r := begin(t, s, `stty raw -echo; printf '\033[?1049ha\033[99999999b\033[1;99999r\033[L\033[M\033[S\033[T\033M\033[?69h\033[2;5s\033[99999999X'; head -c1; (exit 3)`, 0).shows("a")
	r.picture("something", func(*Screen) bool { return true })
	s.Type([]byte("q"))
	if o := r.end(); !o.OK(3) {
		t.Errorf("%+v", o)
	}

	r = begin(t, s, `printf '\033[?1049h'; echo line; read x; (exit 3)`, 0)
	r.picture("a line", holds("line"))
	crashed := &projector{out: s.out, stop: make(chan struct{})}
	if crashed.turn() || !crashed.dead.Load() {
		t.Fatal("an emulator that isn't there did not crash")
	}
	s.canvas.mu.Lock()
	s.canvas.end()
	s.canvas.now = crashed
	s.canvas.mu.Unlock()
	if s.Screen(Input) != nil {
		t.Error("a crashed emulator gives a picture")
	}
	r.shows("line")
	s.Type([]byte("\n"))
	if o := r.end(); !o.OK(3) {
		t.Errorf("with a crashed emulator: %+v", o)
	}

	stuck := &projector{stop: make(chan struct{})}
	stuck.picture.Store(&Screen{})
	if stuck.look() == nil {
		t.Error("no picture between two pieces")
	}
	stuck.since.Store(time.Now().Add(-hung - time.Second).UnixNano())
	if stuck.look() != nil || !stuck.dead.Load() {
		t.Error("an emulator that hangs is not given up")
	}
}

func TestClamp(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"plain\r\n", "plain\r\n"},
		{"\x1b[99999999b", "\x1b[80b"},
		{"\x1b[1;99999r", "\x1b[1;24r"},
		{"\x1b[38;2;255;254;999m", "\x1b[38;2;255;254;255m"},
		{"\x1b[?1049h\x1b[?2004;69h", "\x1b[?1049h\x1b[?2004;h"},
		{"\x1b[1\n2\x07A", "\n\x07\x1b[12A"},
		{"\x1b[5\x1b[6n", "\x1b[5\x1b[6n"},
		{"\x1b\x03[99999999b", "\x03\x1b[80b"},
		{"\x9b99999999b \xe2\x9b\x84 \xc4\x9b", "?99999999b \xe2\x9b\x84 \xc4\x9b"},
		{"\x1b]0;title\x07\x1bM", "\x1b]0;title\x07\x1bM"},
		{"\x1b[" + strings.Repeat("1;", 200) + "mafter", "after"},
	} {
		for cut := range len(c.text) {
			k := clamp{cols: 80, rows: 24}
			got := string(k.over([]byte(c.text[:cut])))
			got += string(k.over([]byte(c.text[cut:])))
			if got != c.want {
				t.Fatalf("%q cut at %d: %q, want %q", c.text, cut, got, c.want)
			}
		}
	}
}

// FuzzScreen: whatever is printed, either there is a picture of the terminal's
// size, or it is known that there is none.
func FuzzScreen(f *testing.F) {
	f.Add([]byte("a\x1b[99999999b\x1b[1;99999r\x1b[L"))
	f.Add([]byte("\x1b[?69h\x1b[3;2s\x1b[\x0b5M\xe4\xb8\xad\xe6"))
	f.Add([]byte("\x1bP1;2q~~\x1b\\\x1b]52;c;?\x07\x1b[c\x1b[6n\x1b[?2048h"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o := &output{ring: make([]byte, ringSize)}
		o.remember(raw)
		p := &projector{out: o, emu: vt.NewEmulator(20, 5), size: [2]int{20, 5}, answer: func(p []byte) {
			if !answerable.Match(p) {
				t.Errorf("the program is told %q", p)
			}
		}}
		p.answers.Store(true)
		p.clamp.resize(20, 5)
		go p.drain(p.emu)
		defer p.close()
		ended := make(chan bool, 1)
		go func() { ended <- p.turn() }() // ends, should the emulator ever return
		var alive bool
		select {
		case alive = <-ended:
		case <-time.After(hung + time.Second):
			if p.look() != nil {
				t.Error("an emulator that hangs gives a picture")
			}
			return
		}
		if seen := p.look(); alive && (seen == nil || len(seen.Lines) != 5 || seen.X < 0 || seen.X > 20 || seen.Y < 0 || seen.Y > 5) {
			t.Errorf("the picture is %+v", seen)
		}
	})
}
