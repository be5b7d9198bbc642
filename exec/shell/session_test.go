package shell

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bythebook/exec/clean"
	"bythebook/exec/mask"
)

// TestMain lets more tests run at once than there are processors: most of the
// time they wait for what a shell says.
func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "6")
	m.Run()
}

// everything says whether all is tested, and no sample.
func everything() bool { return os.Getenv("BYTHEBOOK_TESTS") == "all" }

// counts is how many of something to test.
func counts(few, many int) int {
	if everything() {
		return many
	}
	return few
}

// open starts a session that the test closes. Short graces keep tests short.
func open(t testing.TB) *Session {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{
		Dir:        dir,
		Env:        []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LANG=C.UTF-8"},
		Transcript: filepath.Join(dir, "transcript"),
		Grace:      400 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// run runs a step that must end within a while.
func run(t testing.TB, s *Session, text string) Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	o := s.Run(ctx, text, nil, 0)
	if ctx.Err() != nil {
		t.Fatalf("%q did not end: %+v", text, o)
	}
	return o
}

// raw returns a step's output as it came.
func raw(t testing.TB, s *Session, o Outcome) string {
	t.Helper()
	p, err := s.Span(o.From, o.To, 0)
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

// printed returns a step's output as it is compared.
func printed(t testing.TB, s *Session, o Outcome) string {
	t.Helper()
	return strings.TrimSuffix(clean.Output([]byte(raw(t, s, o))), "\n")
}

// until polls what can't announce itself: the state of another process.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("never seen: %s", what)
		}
	}
}

// started is a step that is running.
type started struct {
	t    testing.TB
	s    *Session
	done chan Outcome
}

// begin runs a step without waiting for its end.
func begin(t testing.TB, s *Session, text string, limit time.Duration) started {
	t.Helper()
	done := make(chan Outcome, 1)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() { done <- s.Run(ctx, text, nil, limit) }()
	until(t, "a running step", func() bool { return s.current() != nil || len(done) > 0 })
	return started{t, s, done}
}

// shows waits until the step has printed something.
func (r started) shows(text string) started {
	r.t.Helper()
	until(r.t, text, func() bool {
		lines, _ := r.s.Tail()
		return strings.Contains(strings.Join(lines, "\n"), text)
	})
	return r
}

// end waits for the step's outcome.
func (r started) end() Outcome {
	r.t.Helper()
	select {
	case o := <-r.done:
		return o
	case <-time.After(20 * time.Second):
		r.t.Fatal("the step did not end")
		return Outcome{}
	}
}

// alive fails the test unless the session can still tell 0 from not 0.
func alive(t testing.TB, s *Session) {
	t.Helper()
	if o := run(t, s, "(exit 17)"); !o.OK(17) {
		t.Fatalf("the session no longer reports what happened: %+v", o)
	}
}

// gone fails the test unless the session refuses further steps.
func gone(t testing.TB, s *Session) {
	t.Helper()
	if o := run(t, s, "true"); s.Alive() || o.Sent || o.OK(0) {
		t.Fatalf("the session should be over: %+v", o)
	}
}

func BenchmarkStep(b *testing.B) {
	s := open(b)
	for b.Loop() {
		if o := s.Run(context.Background(), "true", nil, 0); !o.OK(0) {
			b.Fatal(o)
		}
	}
}

func BenchmarkBashC(b *testing.B) {
	for b.Loop() {
		if err := exec.Command("bash", "-c", "true").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// flood prints 64 MB of what looks like a log.
const flood = "yes '2026-11-23T13:39:28.439592Z INFO api-7f9c: GET /orders/4711 200 in 12 ms, 1f3a9be0 bytes' | head -c 67108864"

// BenchmarkFlood lets a step print 64 MB while somebody looks at it all the time:
// with nothing to hide, with forty secrets, with a pattern, and, to compare,
// under script.
func BenchmarkFlood(b *testing.B) {
	var secrets []string
	for i := range 40 {
		secrets = append(secrets, fmt.Sprintf("s%dcret-%x-value", i, i*7919))
	}
	for _, c := range []struct {
		name  string
		rules mask.Rules
	}{
		{"nothing-to-hide", mask.Rules{}},
		{"forty-secrets", mask.Rules{Secrets: mask.NewSet(secrets...)}},
		{"a-pattern", mask.Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(`token=\S+`)}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b)
			s.Hide(c.rules)
			b.SetBytes(64 << 20)
			for b.Loop() {
				watched(b, s, begin(b, s, flood, 0))
			}
			if status, err := os.ReadFile("/proc/self/status"); err == nil {
				_, peak, _ := strings.Cut(string(status), "VmHWM:")
				var kb float64
				fmt.Sscan(peak, &kb)
				b.ReportMetric(kb/1024, "peak-MB")
			}
		})
	}
	b.Run("script", func(b *testing.B) {
		b.SetBytes(64 << 20)
		for b.Loop() {
			if err := exec.Command("script", "-qefc", flood, filepath.Join(b.TempDir(), "typescript")).Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// watched waits for a step that is looked at as a screen does.
func watched(b *testing.B, s *Session, r started) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case o := <-r.done:
			if !o.OK(0) {
				b.Fatal(o)
			}
			return
		case <-tick.C:
			s.Tail()
		}
	}
}

// BenchmarkTail cleans the last 256 KB of a flood, as a screen does 20 times a
// second.
func BenchmarkTail(b *testing.B) {
	s := open(b)
	r := begin(b, s, "yes 'replica caught up, 0 bytes behind'", 0)
	for b.Loop() {
		s.Tail()
	}
	s.Interrupt()
	r.end()
}

func TestForget(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s, "echo one")
	if lines, total := s.Tail(); total != 1 || lines[0] != "one" {
		t.Fatalf("%d lines: %q", total, lines)
	}
	s.Forget()
	if lines, total := s.Tail(); total != 0 || len(lines) > 0 {
		t.Errorf("after it was forgotten: %d lines: %q", total, lines)
	}
	run(t, s, "echo two")
	if lines, total := s.Tail(); total != 1 || lines[0] != "two" {
		t.Errorf("the next step: %d lines: %q", total, lines)
	}
}
