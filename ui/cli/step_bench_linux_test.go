package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/keeper"
)

// steps is how many trivial commands an exercise of the benchmark has.
const steps = 200

// trivial writes a playbook of that many steps, each `true`.
func trivial(tb testing.TB) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString("playbook: many\ntitle: Many steps\nscenarios:\n  all:\n    title: All of them\n    recovery:\n")
	for i := range steps {
		fmt.Fprintf(&b, "      - {id: s%d, do: Do nothing., run: \"true\", expect: {exit: 0}, effect: read}\n", i)
	}
	return write(tb, "many.yaml", b.String())
}

// BenchmarkDurableStep compares a trivial step, whose begin and end are durable,
// with `bash -c true` followed by two durable appends of the same size: in this
// process's own exercise, unattended, and at a seat that a keeper gives. The two
// take turns, so whatever else the machine does slows down both.
func BenchmarkDurableStep(b *testing.B) {
	b.Run("own", func(b *testing.B) {
		dir, book := b.TempDir(), trivial(b)
		answers := write(b, "answers.yaml", "answers: {}\n")
		bare := newBare(b)
		var ours, theirs, whole []time.Duration
		for b.Loop() {
			home := filepath.Join(dir, fmt.Sprint("home", len(ours)))
			from := time.Now()
			if out, err := exec.Command("bythebook", "run", book, "--unattended", "--answers", answers, "--plain", "--home", home).CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			whole = append(whole, time.Since(from)/steps)
			ours = append(ours, stepping(b, home)/steps)
			from = time.Now()
			for range steps {
				bare.step()
			}
			theirs = append(theirs, time.Since(from)/steps)
		}
		b.ReportMetric(micro(middle(whole)), "whole-µs/step")
		compare(b, "step", ours, "bash", theirs)
	})
	b.Run("keeper", func(b *testing.B) {
		s, bare := atKept(b, trivial(b)), newBare(b)
		var ours, theirs []time.Duration
		for b.Loop() {
			s.ready()
			from := time.Now()
			s.step()
			half := time.Now()
			bare.step()
			ours, theirs = append(ours, half.Sub(from)), append(theirs, time.Since(half))
		}
		compare(b, "step", ours, "bash", theirs)
	})
}

// A bare is the least that a step could be: a process, and two durable appends.
type bare struct {
	b    *testing.B
	file *os.File
	line []byte
}

func newBare(b *testing.B) bare {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return bare{b, f, []byte(strings.Repeat("x", 449) + "\n")} // as long as an event of such a step
}

func (p bare) step() {
	if err := exec.Command("bash", "-c", "true").Run(); err != nil {
		p.b.Fatal(err)
	}
	for range 2 {
		if _, err := p.file.Write(p.line); err != nil {
			p.b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(p.file.Fd())); err != nil {
			p.b.Fatal(err)
		}
	}
}

// A kept is a seat at exercises that a keeper has.
type kept struct {
	b    *testing.B
	book string
	seat *keeper.Client
	at   int // the step to run next
}

func atKept(b *testing.B, book string) *kept { return &kept{b: b, book: book, at: steps} }

// ready sits down at a new exercise where the last one has no more steps: it is
// begun at a screen that is killed then.
func (k *kept) ready() {
	if k.at < steps {
		return
	}
	home := keptHome(k.b)
	x := atTerminal(k.b, "dumb", home, "run", k.book)
	x.until("type begin")
	x.kill()
	dirs, _ := filepath.Glob(filepath.Join(home, "exercises", "*"))
	var err error
	k.seat, err = keeper.Dial(dirs[0], keeper.Who{Name: "bob"}, func(events []bexec.Event) (bexec.State, error) {
		return history.Replay(dirs[0], events)
	})
	if err != nil {
		k.b.Fatal(err)
	}
	for u := range k.seat.Watch() {
		if !u.Pen.Away { // the keeper knows that the screen is dead
			break
		}
	}
	if err := k.seat.Do(bexec.Begin{}); err != nil {
		k.b.Fatal(err)
	}
	k.at = 0
}

// step runs one step, and returns when its end was seen.
func (k *kept) step() {
	if err := k.seat.Do(bexec.Run{Step: fmt.Sprint("s", k.at)}); err != nil {
		k.b.Fatal(err)
	}
	for u := range k.seat.Watch() {
		if u.State.Step(k.at).Status == bexec.Passed {
			k.at++
			return
		}
	}
	k.b.Fatal("the keeper has gone")
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

// middle is the median of some times.
func middle(times []time.Duration) time.Duration { return percentile(times, 50) }

// percentile is the time that so many in a hundred don't exceed.
func percentile(times []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// compare reports the medians of two things that took turns, and their ratio.
func compare(b *testing.B, name string, ours []time.Duration, other string, theirs []time.Duration) {
	b.ReportMetric(micro(middle(ours)), name+"-µs")
	b.ReportMetric(micro(middle(theirs)), other+"-µs")
	b.ReportMetric(float64(middle(ours))/float64(middle(theirs)), "ratio")
}
