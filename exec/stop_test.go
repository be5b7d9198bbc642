package exec_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// TestStopCalled: once somebody has called stop nothing new starts, before the go
// and after it, until whoever has the pen has answered; what only tells, or ends
// something, goes on as ever.
func TestStopCalled(t *testing.T) {
	const why = "kim has called stop: smoke"
	called := exec.Event{By: "kim", Body: exec.StopCalled{Reason: "smoke"}}
	before, _ := play(t, shop(t), "+0s exercise rehearsal strict")
	after, _ := play(t, shop(t), "+0s exercise rehearsal strict\n+1s go")
	running, _ := play(t, shop(t), "+0s exercise rehearsal strict\n+1s go\n+2s begin break")
	for _, tt := range []struct {
		name   string
		s      exec.State
		intent exec.Intent
		barred bool
	}{
		{"begin", before, exec.Begin{}, true},
		{"decline", before, exec.Decline{Reason: "x"}, false},
		{"run", after, exec.Run{Step: "break", Confirm: "y"}, true},
		{"skip", after, exec.Skip{Step: "break", Departure: exec.Departure{Reason: "x"}}, true},
		{"finish", after, exec.Finish{}, true},
		{"call again", after, exec.CallStop{Reason: "fire"}, true},
		{"go on", after, exec.GoOn{Reason: "it was toast"}, false},
		{"note", after, exec.Remark{Text: "x"}, false},
		{"block", after, exec.Block{Step: "break", Reason: "x"}, false},
		{"hold", after, exec.Hold{Reason: "x"}, false},
		{"halt", after, exec.Halt{Reason: "x", Confirm: exec.HaltWord}, false},
		{"the pen", after, exec.Take{}, false},
		{"type", running, exec.Input{Text: "x"}, false},
		{"interrupt", running, exec.Interrupt{}, false},
	} {
		s := exec.Apply(tt.s, called)
		got := exec.Allow(s, tt.intent)
		if refused := got.Verdict == exec.Refused; refused != tt.barred || refused && !strings.HasPrefix(got.Why, why) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if n := s.Next(s.Last); n.Key != "G" || !strings.Contains(n.Words, "kim") {
			t.Errorf("%s: next is %+v", tt.name, n)
		}
	}
	for _, i := range []exec.Intent{exec.CallStop{}, exec.GoOn{}, exec.GoOn{Reason: "nobody called"}} {
		if got := exec.Allow(after, i); got.Verdict != exec.Refused {
			t.Errorf("%T%+v: %+v", i, i, got)
		}
	}
}

// TestToGiveUpAnswersAStop: what follows then is the way back to safety, which
// nothing bars but a stop that is called on it.
func TestToGiveUpAnswersAStop(t *testing.T) {
	s, _ := play(t, loadBook(t, []byte(winding)), "+0s exercise rehearsal strict\n+1s go\n+2s begin break\n+3s end break ok")
	call := func(after time.Duration) {
		s = exec.Apply(s, exec.Event{At: s.Last.Add(after), By: "kim", Body: exec.StopCalled{Reason: "smoke"}})
	}
	call(time.Second)
	if n := s.Next(s.Last); n.Situation != exec.Called {
		t.Fatalf("next is %+v", n)
	}
	s = exec.Apply(s, exec.Event{At: s.Last.Add(time.Second), By: "bob", Body: exec.Aborting{Reason: "smoke"}})
	undo := exec.Run{Step: "undo", Confirm: "y"}
	if n := s.Next(s.Last); n.Situation != exec.ToRun || exec.Allow(s, undo).Verdict != exec.Allowed {
		t.Errorf("next is %+v, and to undo is answered with %+v", n, exec.Allow(s, undo))
	}
	call(time.Second)
	if n := s.Next(s.Last); n.Situation != exec.Called || exec.Allow(s, undo).Verdict != exec.Refused {
		t.Errorf("stop was called on the way back, and next is %+v", n)
	}
}

// TestStopLeavesTheStepAlone: a step that runs when stop is called ends by itself;
// the answer is on record, and then the next one may start.
func TestStopLeavesTheStepAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, bob, j, a := conduct(t, exec.Strict)
		a.perform = func(ctx context.Context, _ exec.Job) exec.Result {
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
				t.Error("the running step was asked to end")
			}
			return passed()
		}
		do(t, bob, exec.Run{Step: "break", Confirm: "y"})
		do(t, c.Seat("kim"), exec.CallStop{Reason: "smoke"})
		if c.State().Running() < 0 {
			t.Fatal("the step does not run any more")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if st := c.State().Step(0); st.Status != exec.Passed {
			t.Errorf("the step is %s", st.Status)
		}
		if err := bob.Do(exec.Run{Step: "look"}); err == nil {
			t.Error("the next one starts without an answer")
		}
		do(t, bob, exec.GoOn{Reason: "it was toast"})
		do(t, bob, exec.Run{Step: "look"})
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := c.State().Stops; len(got) != 1 || got[0].By != "kim" || got[0].AnsweredBy != "bob" || got[0].Answer != "it was toast" {
			t.Errorf("the stops are %+v", got)
		}
		if diff := cmp.Diff(c.State().Stops, exec.Replay(c.State().Book, j.events).Stops); diff != "" {
			t.Errorf("replayed they differ:\n%s", diff)
		}
		if err := c.Leave(); err != nil {
			t.Fatal(err)
		}
	})
}
