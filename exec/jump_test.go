package exec

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
)

// kept is a journal in memory.
type kept struct{ events []Event }

func (k *kept) Append(e Event) (Event, error) {
	e.Seq = uint64(len(k.events)) + 1
	k.events = append(k.events, e)
	return e, nil
}

func (k *kept) Close() error { return nil }

// setBack is a moment as it would have been read had the wall clock been set so
// far forward after it; its monotonic reading stays. Package time has no way to
// say that, so this reaches into it: the seconds of a reading that has both
// clocks stand above its 30 bits of nanoseconds.
func setBack(t *testing.T, at time.Time, forward time.Duration) time.Time {
	t.Helper()
	was := at
	word := (*uint64)(unsafe.Pointer(&at))
	*word -= uint64(int64(forward/time.Second)) << 30
	if was.Sub(at) != 0 || was.Round(0).Sub(at.Round(0)) != forward {
		t.Fatal("package time keeps its readings in another way: this test needs a new one")
	}
	return at
}

// TestClockSet: the wall clock is set, or the machine sleeps, while an exercise
// runs. What happened keeps its order, and the jump is on record before the
// first event after it.
func TestClockSet(t *testing.T) {
	for _, c := range []struct {
		name  string
		jump  time.Duration
		noted bool
	}{
		{"an hour forward, or an hour of sleep", time.Hour, true},
		{"an hour back", -time.Hour, true},
		{"three seconds forward", 3 * time.Second, true},
		{"corrected by a second", time.Second, false},
		{"daylight saving begins, which UTC does not know", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &kept{}
			conductor := Conduct(New(&runbook.Playbook{}), k, Simulation{}, func() string { return "" })
			conductor.mu.Lock()
			defer conductor.mu.Unlock()
			if err := conductor.record("alice", "", Noted{Text: "before"}); err != nil {
				t.Fatal(err)
			}
			conductor.last = setBack(t, conductor.last, c.jump)
			if err := conductor.record("alice", "", Noted{Text: "after"}); err != nil {
				t.Fatal(err)
			}
			want := []Body{Noted{Text: "before"}, Noted{Text: "after"}}
			if c.noted {
				want = slices.Insert(want, 1, Body(ClockJumped{By: c.jump}))
			}
			var got []Body
			for i, e := range k.events {
				if jump, ok := e.Body.(ClockJumped); ok { // the two clocks are read one after the other
					e.Body = ClockJumped{By: jump.By.Round(time.Millisecond)}
				}
				got = append(got, e.Body)
				if i > 0 && e.Mono < k.events[i-1].Mono {
					t.Errorf("event %d is before the one before it: %v, %v", e.Seq, e.Mono, k.events[i-1].Mono)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCase40ClockSetBackInAStep: how long a step took is not what the clock was
// set by meanwhile.
func TestCase40ClockSetBackInAStep(t *testing.T) {
	book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{{ID: "a", Kind: runbook.Run, Estimate: time.Minute}}}}}
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	s := Replay(book, []Event{
		{At: at, Body: Began{Scenario: "s"}},
		{At: at, Body: GateDecided{Gate: GateStart, Go: true}},
		{At: at, Mono: time.Second, Step: "a", Body: StepBegan{Attempt: 1}},
		{At: at.Add(-time.Hour), Mono: 3 * time.Second, Body: ClockJumped{By: -time.Hour}},
		{At: at.Add(-time.Hour), Mono: 3 * time.Second, Step: "a", Body: StepEnded{Attempt: 1, Outcome: Exited, Match: Matched}},
	})
	st := s.Step(0)
	if a, _ := st.LastAttempt(); a.Took != 2*time.Second || st.Took() != 2*time.Second || st.Status != Passed {
		t.Errorf("the attempt took %s and the step %s, want 2s", a.Took, st.Took())
	}
	if len(s.Jumps) != 1 {
		t.Errorf("the jump is not told: %v", s.Jumps)
	}
}

// TestTimeThatAStepHas: what is planned, and when a limit is near.
func TestTimeThatAStepHas(t *testing.T) {
	for _, c := range []struct {
		plan, limit, ran time.Duration
		over, near       bool
	}{
		{0, 0, time.Hour, false, false},
		{time.Minute, 0, time.Minute, false, false},
		{time.Minute, 0, time.Minute + 1, true, false},
		{0, 4 * time.Second, 2*time.Second - 1, false, false},
		{0, 4 * time.Second, 2 * time.Second, false, true},
		{0, time.Minute, 50*time.Second - 1, false, false},
		{0, time.Minute, 50 * time.Second, false, true},
		{time.Minute, time.Hour, 54 * time.Minute, true, true},
	} {
		step := runbook.Step{Kind: runbook.Run, Estimate: c.plan, Timeout: c.limit}
		if over, near := Overrun(step, c.ran), Nearing(step, c.ran); over != c.over || near != c.near {
			t.Errorf("planned %s, limit %s, ran %s: over %v, near %v", c.plan, c.limit, c.ran, over, near)
		}
	}
}

// TestOnDay: a time of day that is still to come was yesterday's.
func TestOnDay(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 5, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": now, "00:04:59": now.Add(-time.Second), "23:58:00": now.Add(-7 * time.Minute), "noon": {},
	} {
		if got := OnDay(now, text); !got.Equal(want) {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
