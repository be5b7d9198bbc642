package exec_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"
)

const conditional = inShop + `
      - {id: restart, do: Restart it., run: restart-it, effect: change, if: {run: is-it-up, expect: {lines: up}}}
      - {id: after, do: Look.}
`

// ending is how the look at a condition ends.
func ending(outcome exec.Outcome, match, why string) exec.Result {
	r := exec.Result{StepEnded: exec.StepEnded{Outcome: outcome, Evidence: "control", Match: match, Uncompared: why}}
	if outcome == exec.Exited {
		r.Exit = new(0)
	}
	return r
}

// The machine answers the condition; where it can't, a person is asked.
func TestTheMachineAnswersACondition(t *testing.T) {
	for _, row := range []struct {
		name   string
		end    exec.Result
		guard  exec.Guard
		status exec.Status
		next   exec.Situation
		unsure string
		codes  string // of the deviations
	}{
		{"yes", ending(exec.Exited, exec.Matched, ""), exec.Yes, exec.Open, exec.ToRun, "", ""},
		{"no", ending(exec.Exited, exec.Differs, ""), exec.No, exec.NotApplicable, exec.ToAttest, "", ""},
		{"not comparable", ending(exec.Exited, exec.NotComparable, "the output is binary"), exec.Unasked, exec.Open, exec.Guarding, "the output is binary", ""},
		{"over its time", ending(exec.TimedOut, exec.NotComparable, "it was ended when its time was over"), exec.Unasked, exec.Open, exec.Guarding, "time was over", "R06"},
		{"not seen", ending(exec.OutcomeUnknown, exec.NotComparable, "nobody saw how it ended"), exec.Unasked, exec.Open, exec.Guarding, "nobody saw", ""},
		{"simulated", exec.Result{StepEnded: exec.StepEnded{Outcome: exec.Exited, Evidence: "none", Simulated: true}}, exec.Yes, exec.Open, exec.ToRun, "", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, seat, j, a := conductOn(t, loadBook(t, []byte(conditional)), exec.Strict)
			a.perform = func(_ context.Context, job exec.Job) exec.Result {
				if job.Step.Run != "is-it-up" || job.Step.Expect.Lines != "up" {
					t.Errorf("%s: run was %+v", row.name, job.Step)
				}
				if began, ok := j.events[len(j.events)-1].Body.(exec.StepBegan); !ok || !began.Condition || began.Command != "is-it-up" {
					t.Errorf("%s: it ran before its begin was on record: %+v", row.name, j.events[len(j.events)-1])
				}
				return row.end
			}
			do(t, seat, exec.Begin{})
			if n := c.State().Next(began); n.Intent != exec.Intent(exec.Run{Step: "restart"}) || !strings.Contains(n.Words, "condition") {
				t.Errorf("%s: before it: %+v", row.name, n)
			}
			if a := exec.Allow(c.State(), exec.Choose{Step: "restart", Choice: 1}); a.Verdict != exec.Refused {
				t.Errorf("%s: answered by hand before the machine was asked: %+v", row.name, a)
			}
			do(t, seat, exec.Run{Step: "restart"})
			s := c.State()
			st, n := s.Step(0), s.Next(began)
			if st.Guard != row.guard || st.Status != row.status || n.Situation != row.next || st.Tries() != 0 || len(st.Looks) != 1 {
				t.Errorf("%s: %+v; next %+v", row.name, st, n)
			}
			if why := st.Unsure(); !strings.Contains(why, row.unsure) || (why == "") != (row.unsure == "") {
				t.Errorf("%s: unsure: %q", row.name, why)
			}
			var codes []string
			for _, d := range exec.Deviations(s) {
				if d.Step == "restart" {
					codes = append(codes, d.Code)
				}
			}
			if got := strings.Join(codes, " "); got != row.codes {
				t.Errorf("%s: deviations %s", row.name, got)
			}
			if got := exec.Replay(loadBook(t, []byte(conditional)), j.events).Step(0); got.Guard != st.Guard || got.Status != st.Status {
				t.Errorf("%s: replayed to %+v", row.name, got)
			}
			if row.next == exec.Guarding {
				do(t, seat, exec.Choose{Step: "restart", Choice: 1})
				if n := c.State().Next(began); n.Situation != exec.ToRun || strings.Contains(n.Words, "condition") {
					t.Errorf("%s: after a person's yes: %+v", row.name, n)
				}
			}
		})
	}
}

// A yes makes the step what it is: it still asks before it changes something.
func TestAYesIsNoConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, seat, _, a := conductOn(t, loadBook(t, []byte(conditional)), exec.Strict)
		do(t, seat, exec.Begin{})
		do(t, seat, exec.Run{Step: "restart"})
		if a := exec.Allow(c.State(), exec.Run{Step: "restart"}); a.Ask != exec.ForYes {
			t.Errorf("it runs without asking: %+v", a)
		}
		do(t, seat, exec.Run{Step: "restart", Confirm: "y"})
		if st := c.State().Step(0); st.Status != exec.Passed || len(st.Attempts) != 1 || len(a.started) != 2 {
			t.Errorf("%+v, started %q", st, a.started)
		}
	})
}

// A look that nobody saw the end of is not run again by itself.
func TestALostLookAsksAPerson(t *testing.T) {
	book := loadBook(t, []byte(conditional))
	s, _ := play(t, book, "+0s exercise live strict\n+1s go")
	for _, body := range []exec.Body{exec.StepBegan{Attempt: 1, Command: "is-it-up", Condition: true}, exec.StepUnknown{Attempt: 1, Reason: "the program ended"}} {
		s = exec.Apply(s, exec.Event{At: s.Last, By: "bob", Step: "restart", Body: body})
	}
	if st, n := s.Step(0), s.Next(began); n.Situation != exec.Guarding || st.Unsure() == "" || s.Probing(0) {
		t.Errorf("%+v; next %+v", st, n)
	}
}

// TestALookIsNoAttempt: the document leads back to a step that passed, and the
// clock is set back meanwhile. The machine's yes still only makes it due.
func TestALookIsNoAttempt(t *testing.T) {
	s, _ := play(t, loadBook(t, []byte(strings.Replace(conditional, "{id: after, do: Look.}", "{id: after, do: Look., then: restart}", 1))), "+0s exercise live strict\n+1s go")
	at := s.Last
	happens := func(after time.Duration, step string, b exec.Body) {
		at = at.Add(after)
		s = exec.Apply(s, exec.Event{At: at, By: "bob", Step: step, Body: b})
	}
	visit := func() {
		happens(time.Second, "restart", exec.StepBegan{Attempt: 1, Command: "is-it-up", Condition: true})
		happens(time.Second, "restart", ending(exec.Exited, exec.Matched, "").StepEnded)
	}
	visit()
	happens(time.Second, "restart", exec.StepBegan{Attempt: 1, Command: "restart-it", Confirmed: "y"})
	happens(time.Second, "restart", passed().StepEnded)
	happens(time.Second, "after", exec.StepDone{})
	if st := s.Step(0); st.Visit != 2 || !s.Probing(0) {
		t.Fatalf("the document did not lead back: %+v", st)
	}
	happens(-time.Hour, "", exec.ClockJumped{By: -time.Hour})
	visit()
	if st := s.Step(0); st.Status != exec.Open || st.Guard != exec.Yes || st.Tries() != 0 || s.At != 0 {
		t.Errorf("after the look alone it is %s, answered %q, at %d", st.Status, st.Guard, s.At)
	}
	if newest, _ := s.Step(0).Newest(); !newest.Look {
		t.Errorf("the newest is %+v", newest)
	}
}

// TestNoLookWithoutItsSecret: what a look without its value said would decide
// whether the step is for this case, even where that is done by hand.
func TestNoLookWithoutItsSecret(t *testing.T) {
	book := loadBook(t, []byte(inShop+`
      - {id: restart, do: Restart it., if: {run: 'check "$TOKEN"', expect: {lines: up}}}
      - {id: after, do: Look.}
inputs: {TOKEN: {ask: The token., secret: {ask: true}}}
`))
	synctest.Test(t, func(t *testing.T) {
		_, s, j, a := conductOn(t, book, exec.Strict)
		do(t, s, exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"})
		do(t, s, exec.Begin{})
		c, s := resumed(t, book, j, a)
		if got := exec.Allow(c.State(), exec.Run{Step: "restart"}); got.Why != "TOKEN has no value yet; give it first" {
			t.Errorf("without its secret: %+v", got)
		}
		do(t, s, exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"})
		do(t, s, exec.Run{Step: "restart"})
		if st := c.State().Step(0); st.Guard != exec.Yes || len(a.started) != 1 {
			t.Errorf("with it: %+v", st)
		}
	})
}
