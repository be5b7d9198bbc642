package shell

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// TestSurroundings: what another terminal is to begin with is told as a command
// would find it, and leaves no trace.
func TestSurroundings(t *testing.T) {
	t.Parallel()
	s := open(t)
	long := strings.Repeat("long ", 20_000)
	steps := "cd /usr; export A=$'it\\'s \"two\"\\nlines' EMPTY= LONG; B=not-exported; LONG=$(\\builtin printf 'long %.0s' {1..20000}); IFS=:; set -u\n"
	for _, more := range []string{"", "PATH=", "set -f", "n=1; alias read=false printf=false", "read() { :; }"} {
		if o := run(t, s, steps+more+"\n(exit 7)"); !o.OK(7) {
			t.Fatalf("%s: %q %+v", more, printed(t, s, o), o)
		}
		at := s.out.position()
		dir, env, err := s.Surroundings(context.Background())
		if err != nil || dir != "/usr" {
			t.Fatalf("%s: %q %v", more, dir, err)
		}
		for _, want := range []string{"A=it's \"two\"\nlines", "EMPTY=", "LONG=" + long, "HOME=" + s.opt.Dir} {
			if !slices.Contains(env, want) {
				t.Errorf("%s: %.30q is missing among %d", more, want, len(env))
			}
		}
		if slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "B=") || strings.HasPrefix(v, "__book") }) {
			t.Errorf("%s: too much is told: %.300q", more, env)
		}
		if shown := raw(t, s, Outcome{From: at, To: s.out.position()}); strings.Contains(shown, "two") {
			t.Errorf("%s: it is in the transcript: %.300q", more, shown)
		}
		if o := run(t, s, "(exit $?)"); !o.OK(7) {
			t.Errorf("%s: the next step finds another status: %+v", more, o)
		}
	}
	run(t, s, "exit 3")
	if _, _, err := s.Surroundings(context.Background()); err == nil {
		t.Error("a terminal that has ended tells its environment")
	}
}
