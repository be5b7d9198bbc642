package exec_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// memory is a journal that fails on demand.
type memory struct {
	events []exec.Event
	fail   func(exec.Event) error
	closed bool
}

func (m *memory) Append(e exec.Event) (exec.Event, error) {
	if m.fail != nil {
		if err := m.fail(e); err != nil {
			return e, err
		}
	}
	e.Seq = uint64(len(m.events) + 1)
	m.events = append(m.events, e)
	return e, nil
}

func (m *memory) Close() error { m.closed = true; return nil }

func (m *memory) types() []string {
	var all []string
	for _, e := range m.events {
		all = append(all, e.Body.Type())
	}
	return all
}

// actor performs steps as a test tells it to.
type actor struct {
	journal *memory
	started []string // steps performed, in order
	typed   string
	relayed bool
	perform func(context.Context, exec.Job) exec.Result
	tail    func() []string // what it printed; nil for nothing
	left    []exec.Survivor // what it has left running
	seen    int             // events on record when the newest step started

	interrupted func() // nil for nothing
}

func (a *actor) Prepare(context.Context, exec.Job) ([]exec.Body, error) { return nil, nil }

func (a *actor) Perform(ctx context.Context, job exec.Job) exec.Result {
	a.started = append(a.started, job.Step.ID)
	a.seen = len(a.journal.events)
	return a.perform(ctx, job)
}

func (a *actor) Tail() exec.Glimpse {
	if a.tail == nil {
		return exec.Glimpse{}
	}
	lines := a.tail()
	return exec.Glimpse{Lines: lines, Total: len(lines)}
}
func (a *actor) Relayed(on bool)     { a.relayed = on }
func (a *actor) Type(p []byte) error { a.typed += string(p); return nil }
func (a *actor) Interrupt() {
	if a.interrupted != nil {
		a.interrupted()
	}
}
func (a *actor) Resize(int, int) {}
func (a *actor) Close() error    { return nil }

func (a *actor) Survivors([]exec.Survivor) []exec.Survivor { return a.left }

func passed() exec.Result {
	zero := 0
	return exec.Result{StepEnded: exec.StepEnded{Outcome: exec.Exited, Exit: &zero, Evidence: "control", Match: exec.Matched}}
}

// conduct is an exercise on the shop, begun, with an actor that passes steps.
func conduct(t *testing.T, rule exec.Rule) (*exec.Conductor, exec.Seat, *memory, *actor) {
	t.Helper()
	c, seat, j, a := conductOn(t, shop(t), rule)
	do(t, seat, exec.Begin{})
	return c, seat, j, a
}

// conductOn is an exercise on the first scenario of a playbook, not begun.
func conductOn(t *testing.T, book *runbook.Playbook, rule exec.Rule) (*exec.Conductor, exec.Seat, *memory, *actor) {
	t.Helper()
	j := &memory{}
	a := &actor{journal: j, perform: func(context.Context, exec.Job) exec.Result { return passed() }}
	e, err := j.Append(exec.Event{At: time.Now().UTC(), By: "bob", Body: exec.Began{
		Format: 1, Exercise: "ex-1", Scenario: book.Scenarios[0].ID, Kind: exec.Rehearsal, Rule: rule, Operator: "bob", Digest: "d0",
	}})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Conduct(exec.Apply(exec.New(book), e), j, a, func() string { return "d0" })
	return c, c.Seat("bob"), j, a
}

func do(t *testing.T, s exec.Seat, i exec.Intent) {
	t.Helper()
	if err := s.Do(i); err != nil {
		t.Fatalf("%T%+v: %v", i, i, err)
	}
	synctest.Wait()
}

func TestWholeExerciseReplaysToTheSameState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, _ := conduct(t, exec.Strict)
		for _, i := range []exec.Intent{
			exec.Run{Step: "break", Confirm: "y"}, exec.Run{Step: "look"}, exec.Choose{Step: "which", Choice: 1},
			exec.Run{Step: "restart", Confirm: "y"}, exec.Run{Step: "route", Confirm: "y"}, exec.Skip{Step: "tell"},
			exec.Run{Step: "answers"}, exec.Run{Step: "recent"}, exec.Choose{Step: "clean", Choice: 2},
			exec.Run{Step: "close", Confirm: "y"}, exec.Remark{Text: "well done"}, exec.Finish{},
		} {
			do(t, s, i)
		}
		live := c.State()
		if got := exec.Replay(shop(t), j.events); !reflect.DeepEqual(got.Moments, live.Moments) || got.At != live.At ||
			!reflect.DeepEqual(exec.Deviations(got), exec.Deviations(live)) || exec.Judge(got) != exec.Judge(live) {
			t.Errorf("replayed state differs from the live one")
		}
		if v := exec.Judge(live); v.Completion != exec.Completed || v.Fidelity != exec.AsDocumented {
			t.Errorf("verdicts %+v; deviations %+v", v, exec.Deviations(live))
		}
	})
}

// TestALateLookIsNotShown: a look at one step's output that takes until the next
// step runs must not be shown as what that one printed.
func TestALateLookIsNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, _, a := conduct(t, exec.Strict)
		held := make(chan struct{})
		var looked atomic.Bool
		a.tail = func() []string {
			if looked.Swap(true) {
				return nil
			}
			<-held
			return []string{"printed by the first step"}
		}
		a.perform = func(context.Context, exec.Job) exec.Result { time.Sleep(100 * time.Millisecond); return passed() }
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		time.Sleep(200 * time.Millisecond)
		if err := s.Do(exec.Run{Step: "look"}); err != nil || !looked.Load() {
			t.Fatal(err, looked.Load())
		}
		close(held)
		synctest.Wait()
		if u := <-s.Watch(); u.State.Running() < 0 || len(u.Output) > 0 {
			t.Errorf("while %d runs, %q is shown", u.State.Running(), u.Output)
		}
		time.Sleep(200 * time.Millisecond)
	})
}

func TestNothingStartsThatIsNotOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, j, a := conduct(t, exec.Strict)
		j.fail = func(e exec.Event) error {
			if _, ok := e.Body.(exec.StepBegan); ok {
				return errors.New("no space left on device")
			}
			return nil
		}
		if err := s.Do(exec.Run{Step: "break", Confirm: "y"}); err == nil {
			t.Fatal("a step that can't be recorded was started")
		}
		synctest.Wait()
		if len(a.started) != 0 {
			t.Fatalf("started %v although the record could not be written", a.started)
		}
		if u := <-s.Watch(); u.Err == nil {
			t.Error("the seat was not told that the record can't be written")
		}
		j.fail = nil
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		if len(a.started) != 1 || j.types()[a.seen-1] != "step.began" {
			t.Fatalf("started %v, the newest event then was %s", a.started, j.types()[a.seen-1])
		}
	})
}

func TestAnEndThatCouldNotBeWrittenIsWrittenBeforeAnythingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, j, a := conduct(t, exec.Strict)
		j.fail = func(e exec.Event) error {
			if _, ok := e.Body.(exec.StepEnded); ok {
				return errors.New("no space left on device")
			}
			return nil
		}
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		if err := s.Do(exec.Remark{Text: "hm"}); err == nil {
			t.Fatal("a note overtook the end of the step")
		}
		j.fail = nil
		do(t, s, exec.Remark{Text: "hm"})
		types := j.types()
		if got := types[len(types)-2:]; !reflect.DeepEqual(got, []string{"step.ended", "noted"}) {
			t.Errorf("the record ends with %v", got)
		}
		if len(a.started) != 1 {
			t.Errorf("started %v", a.started)
		}
	})
}

func TestLeavingWhileAStepRunsLeavesItsEndOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, a := conduct(t, exec.Strict)
		a.perform = func(ctx context.Context, _ exec.Job) exec.Result { <-ctx.Done(); return exec.Result{} }
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		if err := c.Leave(); err != nil {
			t.Fatal(err)
		}
		if last := j.types()[len(j.events)-1]; last != "step.began" || !j.closed {
			t.Errorf("the record ends with %s, closed %v", last, j.closed)
		}
		if err := s.Do(exec.Remark{Text: "late"}); !errors.Is(err, exec.ErrLeft) {
			t.Errorf("a seat could act after the exercise was left: %v", err)
		}
	})
}

func TestAnswersReachTheRunningStepAndNotTheRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, a := conduct(t, exec.Strict)
		a.perform = func(ctx context.Context, _ exec.Job) exec.Result { <-ctx.Done(); return exec.Result{} }
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		before := len(j.events)
		do(t, s, exec.Input{Text: "hunter2\r"})
		if a.typed != "hunter2\r" || len(j.events) != before {
			t.Errorf("typed %q, %d new events", a.typed, len(j.events)-before)
		}
		_ = c.Leave()
	})
}

// TestRelay: a terminal that is handed over comes back by itself when its screen
// dies, when somebody takes the pen and when the step ends, which then tells.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, a := conduct(t, exec.Strict)
		goes := make(chan struct{})
		a.perform = func(context.Context, exec.Job) exec.Result { <-goes; return passed() }
		if err := s.Do(exec.Relay{On: true}); err == nil {
			t.Error("a terminal is handed over to nothing")
		}
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		other := c.Seat("sara")
		for _, back := range []func(){
			func() { do(t, s, exec.Relay{}) }, func() { do(t, other, exec.Take{}) },
		} {
			do(t, s, exec.Relay{On: true})
			do(t, other, exec.Relay{}) // it is not hers
			if !a.relayed {
				t.Error("the step was not told that it has a terminal")
			}
			time.Sleep(2 * time.Second)
			back()
			if a.relayed {
				t.Error("the step was not told that it has it no more")
			}
		}
		do(t, other, exec.Relay{On: true})
		time.Sleep(5 * time.Second)
		c.Vacate(other)
		if a.relayed {
			t.Error("a screen that died still has the step")
		}
		close(goes)
		synctest.Wait()
		var ended exec.StepEnded
		for _, e := range j.events {
			if b, is := e.Body.(exec.StepEnded); is {
				ended = b
			}
		}
		if want := "the whole terminal was handed over to it, 3 times, for 9s"; !slices.Contains(ended.Notices, want) {
			t.Errorf("it ended with %q, want %q", ended.Notices, want)
		}
		if err := s.Do(exec.Relay{}); err != nil {
			t.Errorf("taken back a moment too late: %v", err)
		}
		_ = c.Leave()
	})
}

// TestAllow walks what each rule says to each way of leaving the document.
func TestAllow(t *testing.T) {
	script := "0s exercise rehearsal RULE\n1s go\n2s begin break\n3s end break ok\n4s begin look\n4s end look ok\n5s answer which 1\n6s begin restart\n7s end restart exit\n8s begin restart\n9s end restart exit\n"
	for _, tt := range []struct {
		name                     string
		intent                   exec.Intent
		guided, strict, lockstep exec.Permission
	}{
		{"skip without a reason", exec.Skip{Step: "restart"}, exec.AskFirst, exec.AskFirst, exec.Refused},
		{"skip with one", exec.Skip{Step: "restart", Departure: exec.Departure{Reason: "late"}}, exec.Allowed, exec.Allowed, exec.Refused},
		{"another order", exec.Run{Step: "answers"}, exec.Allowed, exec.AskFirst, exec.Refused},
		{"a third of two tries, unconfirmed", exec.Run{Step: "restart"}, exec.AskFirst, exec.AskFirst, exec.Refused},
		{"a third of two tries", exec.Run{Step: "restart", Confirm: "y"}, exec.Allowed, exec.AskFirst, exec.Refused},
		{"accept", exec.Accept{Step: "restart"}, exec.AskFirst, exec.AskFirst, exec.Refused},
		{"the documented way out", exec.WayOut{Step: "restart"}, exec.Allowed, exec.Allowed, exec.Allowed},
		{"blocked", exec.Block{Step: "restart", Reason: "nothing is written"}, exec.Allowed, exec.Allowed, exec.Allowed},
		{"halt without its word", exec.Halt{Reason: "x"}, exec.AskFirst, exec.AskFirst, exec.AskFirst},
		{"halt", exec.Halt{Reason: "x", Confirm: "halt"}, exec.Allowed, exec.Allowed, exec.Allowed},
		{"finish too early", exec.Finish{}, exec.Refused, exec.Refused, exec.Refused},
		{"a note", exec.Remark{Text: "x"}, exec.Allowed, exec.Allowed, exec.Allowed},
		{"an undocumented command", exec.Run{Step: "rm -rf /"}, exec.Refused, exec.Refused, exec.Refused},
		{"a final step, wrong word", exec.Run{Step: "replace", Confirm: "y", Departure: exec.Departure{Reason: "x"}}, exec.AskFirst, exec.AskFirst, exec.Refused},
	} {
		for rule, want := range map[exec.Rule]exec.Permission{exec.Guided: tt.guided, exec.Strict: tt.strict, exec.Lockstep: tt.lockstep} {
			s, _ := play(t, shop(t), replaceRule(script, rule))
			if got := exec.Allow(s, tt.intent); got.Verdict != want {
				t.Errorf("%s under %s: %+v, want %v", tt.name, rule, got, want)
			}
		}
	}
}

func replaceRule(script string, r exec.Rule) string {
	return "0s exercise rehearsal " + string(r) + script[len("0s exercise rehearsal RULE"):]
}

func TestInDoubtNothingRuns(t *testing.T) {
	s, _ := play(t, shop(t), "0s exercise rehearsal guided\n1s go\n2s begin break\n3s resumed d0\n3s unknown break")
	for _, i := range []exec.Intent{exec.Run{Step: "break", Confirm: "y"}, exec.Run{Step: "look"}, exec.Skip{Step: "break", Departure: exec.Departure{Reason: "x"}}} {
		if a := exec.Allow(s, i); a.Verdict != exec.Refused {
			t.Errorf("%T was %+v while an outcome is in doubt", i, a)
		}
	}
	if a := exec.Allow(s, exec.Resolve{Step: "break", Done: true}); a.Verdict != exec.Allowed {
		t.Errorf("a person could not say what happened: %+v", a)
	}
}

func TestAtMost(t *testing.T) {
	once := "0s exercise rehearsal strict\n1s go\n2s begin break\n3s end break ok\n4s begin look\n4s end look ok\n"
	back := "5s answer which 3\n6s begin look\n6s end look ok\n"
	s, _ := play(t, shop(t), once)
	if a := exec.Allow(s, exec.Choose{Step: "which", Choice: 3}); a.Verdict != exec.Allowed {
		t.Errorf("the first time: %+v", a)
	}
	s, _ = play(t, shop(t), once+back)
	if a := exec.Allow(s, exec.Choose{Step: "which", Choice: 3}); a.Verdict != exec.Refused {
		t.Errorf("the second time of at most one: %+v", a)
	}
}

func TestClockAndSpare(t *testing.T) {
	s, events := play(t, shop(t), "0s exercise rehearsal strict\n1s go\n2s begin break\n3s end break ok")
	c := s.Clock(events[len(events)-1].At.Add(57 * time.Second))
	if c.Elapsed != 58*time.Second || c.Left != 9*time.Minute+2*time.Second {
		t.Errorf("elapsed %s, left %s", c.Elapsed, c.Left)
	}
	// look 30s, the cheaper answer restart 1m, route 20s, answers 10s
	if want := c.Left - 2*time.Minute; c.Spare != want {
		t.Errorf("spare %s, want %s", c.Spare, want)
	}
	if got := s.Remaining(s.Scenario.First(runbook.Resume)); got != 0 {
		t.Errorf("after the clock stops %s are left", got)
	}
}

// TestApplyIsPure plays on from one state twice and finds the first untouched.
func TestApplyIsPure(t *testing.T) {
	book := shop(t)
	s, _ := play(t, book, "0s exercise rehearsal strict\n1s go\n2s begin break")
	before := s.Step(0)
	at := began.Add(time.Hour)
	a := exec.Apply(s, exec.Event{At: at, By: "a", Step: "break", Body: ended(t, []string{"ok"})})
	b := exec.Apply(s, exec.Event{At: at, By: "b", Step: "break", Body: ended(t, []string{"exit"})})
	if !reflect.DeepEqual(s.Step(0), before) || a.Step(0).Status != exec.Passed || b.Step(0).Status != exec.Failed {
		t.Errorf("states share memory: %v %v %v", s.Step(0).Status, a.Step(0).Status, b.Step(0).Status)
	}
}

func BenchmarkApply(b *testing.B) {
	s, _ := play(b, shop(b), "0s exercise rehearsal strict\n1s go")
	zero := 0
	begin := exec.Event{At: began, By: "bob", Step: "break", Body: exec.StepBegan{Attempt: 1}}
	end := exec.Event{At: began, By: "bob", Step: "break", Body: exec.StepEnded{Outcome: exec.Exited, Exit: &zero, Match: exec.Matched}}
	for b.Loop() {
		exec.Apply(exec.Apply(s, begin), end)
	}
}

// TestOnlyWhatThisProgramCannotSeeIsTold: a person's word starts the clock of an
// incident, and never stands for a test.
func TestOnlyWhatThisProgramCannotSeeIsTold(t *testing.T) {
	s, events := play(t, shop(t), "0s exercise incident strict\n1s go")
	at := events[len(events)-1].At
	for m, want := range map[runbook.Mark]exec.Permission{
		runbook.Disruption: exec.Allowed, runbook.Declared: exec.Allowed, runbook.Verified: exec.Refused, runbook.Resumed: exec.Refused, "lunch": exec.Refused,
	} {
		if got := exec.Allow(s, exec.Mark{Name: m, Instant: at, Basis: "the pager"}); got.Verdict != want {
			t.Errorf("marking %s: %+v", m, got)
		}
	}
	for _, i := range []exec.Mark{{Name: runbook.Disruption, Instant: at.Add(time.Hour), Basis: "x"}, {Name: runbook.Disruption, Instant: at}, {Name: runbook.Disruption, Basis: "x"}} {
		if got := exec.Allow(s, i); got.Verdict != exec.Refused {
			t.Errorf("%+v: %+v", i, got)
		}
	}
}
