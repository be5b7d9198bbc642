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
	"bythebook/exec/shell"
	"bythebook/runbook/read"
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
// with `bash -c true` followed by two durable appends of the same size: at a seat
// in the process that owns the exercise, and at one that a keeper gives. The two
// take turns, so whatever else the machine does slows down both.
func BenchmarkDurableStep(b *testing.B) {
	book := trivial(b)
	for name, sit := range map[string]func(*testing.B, string) bexec.Seat{"own": atOwn, "keeper": atKeepers} {
		b.Run(name, func(b *testing.B) {
			bare, at := newBare(b), steps
			var seat bexec.Seat
			var ours, theirs []time.Duration
			for b.Loop() {
				if at == steps {
					at, seat = 0, sit(b, book)
					do(b, seat, bexec.Begin{})
				}
				from := time.Now()
				do(b, seat, bexec.Run{Step: fmt.Sprint("s", at)})
				passed(b, seat, at)
				half := time.Now()
				bare.step()
				ours, theirs = append(ours, half.Sub(from)), append(theirs, time.Since(half))
				at++
			}
			compare(b, "step", ours, "bash", theirs)
		})
	}
}

func do(b *testing.B, seat bexec.Seat, i bexec.Intent) {
	if err := seat.Do(i); err != nil {
		b.Fatal(err)
	}
}

// passed waits until the seat is shown that a step has passed.
func passed(b *testing.B, seat bexec.Seat, step int) {
	for u := range seat.Watch() {
		if u.State.Step(step).Status == bexec.Passed {
			return
		}
	}
	b.Fatal("the keeper has gone")
}

// atOwn is a seat at an exercise that this process owns.
func atOwn(b *testing.B, book string) bexec.Seat {
	_, p, err := read.File(book)
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "exercise")
	j, err := journal.Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	s, err := bexec.Found(p, j, "bob", bexec.Began{Format: 1, Scenario: "all", Kind: bexec.Rehearsal, Rule: bexec.Strict, Operator: "bob"})
	if err != nil {
		b.Fatal(err)
	}
	c := bexec.Conduct(s, j, bexec.NewTerminals(shell.Options{Env: os.Environ(), Transcript: filepath.Join(dir, "out.raw")}), func() string { return "" })
	b.Cleanup(func() {
		if err := c.Leave(); err != nil {
			b.Error(err)
		}
	})
	return c.Seat("bob")
}

// atKeepers is a seat at an exercise that a keeper has: it was begun at a screen
// that is dead now.
func atKeepers(b *testing.B, book string) bexec.Seat {
	home := keptHome(b)
	x := atTerminal(b, "dumb", home, "run", book)
	x.until("type begin")
	x.kill()
	dirs, _ := filepath.Glob(filepath.Join(home, "exercises", "*"))
	seat, err := keeper.Dial(dirs[0], keeper.Who{Name: "bob"}, func(events []bexec.Event) (bexec.State, error) {
		return history.Replay(dirs[0], events)
	})
	if err != nil {
		b.Fatal(err)
	}
	for u := range seat.Watch() {
		if !u.Pen.Away { // the keeper knows that the screen is dead
			return seat
		}
	}
	b.Fatal("the keeper has gone")
	return nil
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

// BenchmarkSitDown is the time from the start of `run` to where somebody is asked
// for the go, with a keeper and without one, in turns.
func BenchmarkSitDown(b *testing.B) {
	book := trivial(b)
	var with, without []time.Duration
	sit := func(args ...string) time.Duration {
		home := keptHome(b)
		from := time.Now()
		x := atTerminal(b, "dumb", home, append([]string{"run", book}, args...)...)
		x.until("type begin")
		took := time.Since(from)
		x.kill()
		endKeeper(b, home)
		return took
	}
	for b.Loop() {
		with, without = append(with, sit()), append(without, sit("--no-keeper"))
	}
	compare(b, "keeper", with, "none", without)
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
