package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/journal"

	"golang.org/x/sys/unix"
)

// steps is how many trivial commands an exercise of the benchmark has.
const steps = 1000

// trivial writes a playbook of that many steps, each `true`.
func trivial(tb testing.TB, dir string) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString("playbook: many\ntitle: Many steps\nscenarios:\n  all:\n    title: All of them\n    recovery:\n")
	for i := range steps {
		fmt.Fprintf(&b, "      - {id: s%d, do: Do nothing., run: \"true\", expect: {exit: 0}, effect: read}\n", i)
	}
	path := filepath.Join(dir, "many.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkThousandSteps compares, side by side, a whole unattended exercise of
// a thousand trivial steps, every event of it durable, with as many times
// `bash -c true`, alone and followed by the same two durable appends. The
// figure that matters is per step.
func BenchmarkThousandSteps(b *testing.B) {
	dir := b.TempDir()
	book, answers := trivial(b, dir), filepath.Join(dir, "answers.yaml")
	if err := os.WriteFile(answers, []byte("answers: {}\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	var alone time.Duration // from the first step's begin to the last one's end
	exercises := 0
	for _, way := range []struct {
		name string
		run  func(i int)
	}{
		{"bythebook", func(i int) {
			cmd := exec.Command("bythebook", "run", book, "--unattended", "--answers", answers, "--plain", "--home", filepath.Join(dir, fmt.Sprint("home", i)))
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			alone += stepping(b, filepath.Join(dir, fmt.Sprint("home", i)))
			exercises++
		}},
		{"bash", func(int) { thousand(b, func() {}) }},
		{"bash with two durable appends", func(i int) {
			f, err := os.OpenFile(filepath.Join(dir, fmt.Sprint("log", i)), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			line := []byte(strings.Repeat("x", 449) + "\n")
			thousand(b, func() { appendDurably(b, f, line); appendDurably(b, f, line) })
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				way.run(b.N*1000 + n)
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*steps), "µs/step")
			if way.name == "bythebook" {
				b.ReportMetric(float64(alone.Microseconds())/float64(exercises*steps), "alone-µs/step")
			}
		})
	}
}

// stepping is how long the steps of a home's one exercise took, without what
// comes before the first and after the last.
func stepping(b *testing.B, home string) time.Duration {
	dirs, _ := filepath.Glob(filepath.Join(home, "exercises", "*"))
	events, err := journal.Read(dirs[0])
	if err != nil {
		b.Fatal(err)
	}
	var first, last time.Duration
	for _, e := range events {
		switch e.Body.(type) {
		case bexec.StepBegan:
			if first == 0 {
				first = e.Mono
			}
		case bexec.StepEnded:
			last = e.Mono
		}
	}
	return last - first
}

func thousand(b *testing.B, after func()) {
	for range steps {
		if err := exec.Command("bash", "-c", "true").Run(); err != nil {
			b.Fatal(err)
		}
		after()
	}
}

func appendDurably(b *testing.B, f *os.File, line []byte) {
	if _, err := f.Write(line); err != nil {
		b.Fatal(err)
	}
	if err := unix.Fsync(int(f.Fd())); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStart is the time of the shortest command: what every start costs.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if err := exec.Command("bythebook", "--version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKeeper is the time from a person's start of an exercise to when they
// can begin it: with a keeper, which is one more process, and without.
func BenchmarkKeeper(b *testing.B) {
	book := write(b, "short.yaml", "playbook: short\nscenarios:\n  s:\n    title: S\n    recovery:\n      - {id: a, do: Do it., run: \"true\", expect: {exit: 0}, effect: read}\n")
	for name, args := range map[string][]string{"with": {"run", book}, "without": {"run", book, "--no-keeper"}} {
		b.Run(name, func(b *testing.B) {
			home := keptHome(b)
			for b.Loop() {
				x := atTerminal(b, "dumb", home, args...)
				x.until("type begin")
				b.StopTimer()
				x.kill()
				endKeeper(b, home)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkCheck is the whole of `bythebook check`: the public Bookstore, the
// corrected one, and a playbook with as many steps as there may be.
func BenchmarkCheck(b *testing.B) {
	var large strings.Builder
	large.WriteString("playbook: large\nscenarios:\n  down:\n    title: Down\n    recovery:\n")
	for i := range 10_000 {
		fmt.Fprintf(&large, "      - {id: step-%d, do: Restart server %d., run: sudo systemctl restart app-%d}\n", i, i, i)
	}
	for name, path := range map[string]string{
		"bookstore.md": "../../runbooks/bookstore.md", "bookstore.yaml": "../../runbooks/bookstore.yaml",
		"10000-steps": write(b, "large.yaml", large.String()),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				out, err := exec.Command("bythebook", "check", path).Output()
				if len(out) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
