package exec_test

import (
	"testing"
	"time"

	"bythebook/exec"

	"github.com/google/go-cmp/cmp"
)

// TestWhatDidNotHappenTellsNothing: a step told its recovery point and a value,
// and the keeper was killed before its end was on record. Where a person says that
// it did not happen, what was known before is what is known.
func TestWhatDidNotHappenTellsNothing(t *testing.T) {
	book := loadBook(t, []byte(`
playbook: shop
title: Shop
scenarios:
  down:
    title: Down
    rpo: 1h
    recovery:
      - {id: first, do: Look., run: look, effect: read, capture: {NEWEST: "(.+)"}, point: {from: NEWEST, method: marker}}
      - {id: again, do: Look again., run: look, effect: read, capture: {NEWEST: "(.+)", MORE: "(.+)"}, point: {from: NEWEST, method: marker}}
      - {id: after, do: Look.}
`))
	tells := func(s exec.State, step string, n int, bodies ...exec.Body) exec.State {
		at := began.Add(time.Duration(n) * time.Minute)
		value := at.Format(time.RFC3339)
		bodies = append([]exec.Body{
			exec.StepBegan{Attempt: 1, Command: "look"}, exec.Captured{Name: "NEWEST", Value: value},
			exec.PointObserved{Instant: at, Method: "marker", Value: value},
		}, bodies...)
		for _, b := range bodies {
			s = exec.Apply(s, exec.Event{At: s.Last.Add(time.Second), By: "bob", Step: step, Body: b})
		}
		return s
	}
	unseen := exec.StepUnknown{Attempt: 1, Reason: "the program ended"}
	s, _ := play(t, book, "+0s exercise rehearsal strict\n+1s go\n+2s mark disruption 1h")
	if s := tells(s, "first", 10, unseen, exec.StepResolved{Text: "it did not happen"}); s.Point != nil || len(s.Values) > 0 ||
		exec.Objectives(s)[0].Why != "no recovery point was observed" {
		t.Errorf("it tells %+v, %v; %+v", s.Point, s.Values, exec.Objectives(s)[0])
	}
	s = tells(s, "first", 10, passed().StepEnded)
	earlier, want := s.Point, s.Values
	if o := exec.Objectives(s)[0]; earlier == nil || o.Actual != 50*time.Minute {
		t.Fatalf("what passed tells %+v; %+v", earlier, o)
	}
	during := exec.Apply(tells(s, "again", 20), exec.Event{At: s.Last, By: "bob", Step: "again", Body: exec.Captured{Name: "MORE", Value: "m"}})
	for _, row := range []struct {
		done  bool
		loses time.Duration
	}{{false, 50 * time.Minute}, {true, 40 * time.Minute}} {
		s := during
		for _, b := range []exec.Body{unseen, exec.StepResolved{Done: row.done, Text: "x"}} {
			s = exec.Apply(s, exec.Event{At: s.Last, By: "bob", Step: "again", Body: b})
		}
		if o := exec.Objectives(s)[0]; o.Actual != row.loses || cmp.Equal(want, s.Values) == row.done || (s.Point == earlier) == row.done {
			t.Errorf("done %t: it tells %+v, %v; %+v", row.done, s.Point, s.Values, o)
		}
	}
	if len(during.Values) != 2 {
		t.Errorf("an earlier state was written to: %v", during.Values)
	}
}
