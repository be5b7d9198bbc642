package exec_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"

	"github.com/google/go-cmp/cmp"
)

// TestHaltedWhileAStepRuns: what runs is asked to stop, and then the document's
// way back to safety is walked; the exercise ends as aborted.
func TestHaltedWhileAStepRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, a := conductOn(t, loadBook(t, []byte(winding)), exec.Strict)
		stops := make(chan struct{})
		a.interrupted = func() { close(stops) }
		a.perform = func(context.Context, exec.Job) exec.Result {
			select {
			case <-stops:
				return exec.Result{StepEnded: exec.StepEnded{Outcome: exec.WasInterrupted, Match: exec.NotComparable}}
			case <-time.After(time.Hour):
				return passed()
			}
		}
		do(t, s, exec.Begin{})
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		do(t, s, exec.Halt{Reason: "customers notice", Confirm: exec.HaltWord})
		st := c.State()
		if st.Step(0).Status != exec.Failed || st.Next(time.Now()).Intent != exec.Intent(exec.Run{Step: "undo"}) {
			t.Fatalf("step 1 is %s, and what is next is %+v", st.Step(0).Status, st.Next(time.Now()))
		}
		a.perform = func(context.Context, exec.Job) exec.Result { return passed() }
		do(t, s, exec.Run{Step: "undo", Confirm: "y"})
		do(t, s, exec.Choose{Step: "safe", Choice: 1})
		do(t, s, exec.Finish{})
		if e := c.State().Ended; e == nil || e.Completion != exec.Aborted || e.Reason != "customers notice" {
			t.Errorf("it ended as %+v", e)
		}
		want := []string{"exercise.began", "gate.decided", "step.began", "aborting", "step.ended", "step.began", "step.ended", "answered", "exercise.ended"}
		if diff := cmp.Diff(want, j.types()); diff != "" {
			t.Errorf("the record (-want +got):\n%s", diff)
		}
	})
}

// TestHaltedWithoutAWayBack ends at once, and so does halting on the way back.
func TestHaltedWithoutAWayBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, _, _ := conduct(t, exec.Strict)
		do(t, s, exec.Halt{Reason: "enough", Confirm: exec.HaltWord})
		if e := c.State().Ended; e == nil || e.Completion != exec.Aborted || e.Reason != "enough" {
			t.Errorf("it ended as %+v", e)
		}
		c, s, _, _ = conductOn(t, loadBook(t, []byte(winding)), exec.Lockstep)
		do(t, s, exec.Begin{})
		do(t, s, exec.Halt{Reason: "enough", Confirm: exec.HaltWord})
		do(t, s, exec.Halt{Reason: "really", Confirm: exec.HaltWord})
		if e := c.State().Ended; e == nil || e.Completion != exec.Aborted || e.Reason != "really" {
			t.Errorf("it ended as %+v", e)
		}
	})
}

// TestHaltedForGoodWhileAStepRuns: where no way back follows, what runs is stopped
// all the same, its end is on record, and nothing follows that of the exercise.
func TestHaltedForGoodWhileAStepRuns(t *testing.T) {
	const undocumented = "playbook: b\nscenarios: {down: {title: Down, recovery: [{id: one, do: One., run: one, effect: read}]}}\n"
	for _, row := range []struct {
		name, book string
		intents    []exec.Intent
		tail       []string
	}{
		{"no way back", undocumented, []exec.Intent{exec.Run{Step: "one"}}, []string{"step.began", "step.ended", "exercise.ended"}},
		{"on the way back", winding, []exec.Intent{exec.Halt{Reason: "enough", Confirm: exec.HaltWord}, exec.Run{Step: "undo", Confirm: "y"}},
			[]string{"aborting", "step.began", "step.ended", "exercise.ended"}},
		{"halted twice over one step", winding, []exec.Intent{exec.Run{Step: "break", Confirm: "y"}, exec.Halt{Reason: "enough", Confirm: exec.HaltWord}},
			[]string{"step.began", "aborting", "step.ended", "exercise.ended"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s, j, a := conductOn(t, loadBook(t, []byte(row.book)), exec.Strict)
				a.perform = func(ctx context.Context, _ exec.Job) exec.Result { // it ignores ^C
					<-ctx.Done()
					a.left = []exec.Survivor{{PID: 47, Command: "sleep"}}
					return exec.Result{StepEnded: exec.StepEnded{Outcome: exec.WasInterrupted, Match: exec.NotComparable}}
				}
				do(t, s, exec.Begin{})
				for _, i := range row.intents {
					do(t, s, i)
				}
				if c.State().Running() < 0 {
					t.Fatal("nothing runs")
				}
				do(t, s, exec.Halt{Reason: "really", Confirm: exec.HaltWord})
				if got := j.types(); !cmp.Equal(row.tail, got[len(got)-len(row.tail):]) {
					t.Errorf("the record is %q", got)
				}
				e := c.State().Ended
				if e == nil || e.Completion != exec.Aborted || e.Reason != "really" || len(e.Survivors) != 1 {
					t.Fatalf("it ended as %+v", e)
				}
				select {
				case <-c.Over():
				default:
					t.Error("whoever waits is not told that it is over")
				}
			})
		})
	}
}

// TestApprovals come from a person's own seat, or by name from that of whoever
// acts; never from whoever acts, nor from somebody who is not asked.
func TestApprovals(t *testing.T) {
	book := loadBook(t, []byte(`
playbook: b
contacts:
  bob: {name: Bob, email: bob@example.com}
  kim: {name: Kim, email: kim@example.com}
  sara: {name: Sara}
  tom: {name: Tom}
roles: {dba: [sara, kim, bob]}
scenarios:
  down:
    title: Down
    recovery: [{id: drop, do: Drop it., run: drop, approve: [dba, tom]}, {id: hand, do: By hand., approve: [kim]}]
`))
	synctest.Test(t, func(t *testing.T) {
		c, bob, j, _ := conductOn(t, book, exec.Lockstep)
		do(t, bob, exec.Begin{})
		kim := c.Seat("kim@example.com")
		for _, tt := range []struct {
			seat exec.Seat
			want exec.Intent
			why  string
		}{
			{bob, exec.Run{Step: "drop", Confirm: "y"}, "it waits for the approval of dba, tom"},
			{bob, exec.Approve{Step: "drop"}, "nobody approves what they do themselves; dba, tom may"},
			{bob, exec.Approve{Step: "drop", By: "BOB@example.com"}, "nobody approves what they do themselves; dba, tom may"},
			{kim, exec.Approve{Step: "drop", Seat: "bob"}, ""},
			{bob, exec.Approve{Step: "drop", By: "nobody"}, "the document does not ask nobody to approve step drop, but dba, tom"},
			{bob, exec.Run{Step: "drop", Confirm: "y"}, "it waits for the approval of tom"},
			{bob, exec.Refuse{Step: "drop", By: "tom"}, "say why it is not approved"},
			{bob, exec.Refuse{Step: "drop", By: "tom", Reason: "no backup"}, ""},
			{bob, exec.Run{Step: "drop", Confirm: "y"}, "the step was said to be blocked: tom refuses to approve it: no backup"},
			{bob, exec.Approve{Step: "drop", By: "tom"}, ""},
			{bob, exec.Approve{Step: "drop"}, "step drop waits for nobody's approval any more"},
			{bob, exec.Run{Step: "drop", Confirm: "y"}, ""},
			{kim, exec.Approve{Step: "drop"}, "step drop has begun already"},
			{bob, exec.Attest{Step: "hand"}, "it waits for the approval of kim"},
			{kim, exec.Approve{Step: "hand"}, ""},
			{bob, exec.Attest{Step: "hand"}, ""},
		} {
			why := ""
			if err := tt.seat.Do(tt.want); err != nil {
				why = err.Error()
			}
			synctest.Wait()
			if why != tt.why {
				t.Errorf("%+v: %q, want %q", tt.want, why, tt.why)
			}
		}
		var words []string
		for _, e := range j.events {
			if b, ok := e.Body.(exec.Approved); ok {
				words = append(words, e.By+" for "+b.Who+": "+b.Reason)
			}
		}
		want := []string{"kim@example.com for kim: ", "bob for tom: no backup", "bob for tom: ", "kim@example.com for kim: "}
		if diff := cmp.Diff(want, words); diff != "" {
			t.Errorf("the words on record (-want +got):\n%s", diff)
		}
	})
}

// TestWithoutApproval: where the rule lets the document be left, a step may begin
// without its approval, with a reason.
func TestWithoutApproval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, _, _ := conductOn(t, loadBook(t, []byte(winding)), exec.Guided)
		do(t, s, exec.Begin{})
		do(t, s, exec.Run{Step: "break", Confirm: "y"})
		if a := exec.Allow(c.State(), exec.Run{Step: "one"}); a.Ask != exec.ForReason || a.Why != "it waits for the approval of kim" {
			t.Errorf("without a reason: %+v", a)
		}
		do(t, s, exec.Run{Step: "one", Confirm: "y", Departure: exec.Departure{Reason: "kim is on a plane"}})
		for _, d := range exec.Deviations(c.State()) {
			if d.Code == "P02" && d.Reason == "kim is on a plane" && d.Severity == exec.Critical {
				return
			}
		}
		t.Errorf("the deviations are %+v", exec.Deviations(c.State()))
	})
}

// TestTogether: while one step of a group runs, another may be done by hand, and
// no other command started; what is over is not done again unnoticed.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, _, a := conductOn(t, loadBook(t, []byte(`
playbook: b
scenarios:
  down:
    title: Down
    recovery:
      - {id: one, do: One., run: one, effect: read, together: all}
      - {id: two, do: Two., together: all}
      - {id: three, do: Three., run: three, effect: read, together: all}
      - {id: four, do: Four.}
`)), exec.Lockstep)
		a.perform = func(context.Context, exec.Job) exec.Result { time.Sleep(time.Minute); return passed() }
		do(t, s, exec.Begin{})
		do(t, s, exec.Run{Step: "three"})
		for _, tt := range []struct {
			want exec.Intent
			no   bool
		}{
			{exec.Run{Step: "one"}, true}, {exec.Attest{Step: "four"}, true}, {exec.Attest{Step: "two"}, false}, {exec.Attest{Step: "two"}, true},
		} {
			if err := s.Do(tt.want); (err != nil) != tt.no {
				t.Errorf("while three runs, %+v: %v", tt.want, err)
			}
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if err := s.Do(exec.Skip{Step: "three", Departure: exec.Departure{Reason: "x"}}); err == nil {
			t.Error("what is done can be skipped")
		}
		do(t, s, exec.Run{Step: "one"})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if step, _ := c.State().Current(); step.ID != "four" || len(exec.Deviations(c.State())) > 1 {
			t.Errorf("it stands at %s; %+v", step.ID, exec.Deviations(c.State()))
		}
	})
}
