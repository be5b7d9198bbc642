package exec_test

import (
	"testing"
	"testing/synctest"

	"bythebook/exec"
)

// TestPenAllows: what may come from a seat, by who has the pen.
func TestPenAllows(t *testing.T) {
	here, elsewhere, free := exec.Pen{}, exec.Pen{Away: true, With: "sara"}, exec.Pen{Away: true}
	looks := exec.Pen{Away: true, With: "sara", Looks: true}
	for _, tt := range []struct {
		pen    exec.Pen
		intent exec.Intent
		why    string // "" where it is allowed
	}{
		{here, exec.Run{}, ""}, {here, exec.Remark{}, ""}, {here, exec.Halt{}, ""}, {here, exec.CallStop{}, ""},
		{here, exec.Take{}, "this seat has the pen already"},
		{elsewhere, exec.Run{}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Input{}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Relay{On: true}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Interrupt{}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Resize{}, "sara has the pen; from here you may note, approve, and call stop"},
		{free, exec.Begin{}, "nobody has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Halt{}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.GoOn{}, "sara has the pen; from here you may note, approve, and call stop"},
		{elsewhere, exec.Remark{}, ""}, {elsewhere, exec.CallStop{}, ""}, {elsewhere, exec.Take{}, ""}, {free, exec.Take{}, ""},
		{looks, exec.Remark{}, ""}, {looks, exec.CallStop{}, ""},
		{looks, exec.Approve{}, ""}, {looks, exec.Refuse{}, ""},
		{looks, exec.Approve{By: "kim"}, "sara has the pen; from here you may note, approve, and call stop"},
		{here, exec.Refuse{By: "kim"}, ""},
		{looks, exec.Take{}, "this seat only looks on; whoever resumes the exercise can take the pen"},
	} {
		want := exec.Answer{Verdict: exec.Allowed}
		if tt.why != "" {
			want = exec.Answer{Verdict: exec.Refused, Why: tt.why}
		}
		if got := tt.pen.Allow(tt.intent); got != want {
			t.Errorf("%+v, %T: %+v, want %+v", tt.pen, tt.intent, got, want)
		}
	}
}

// TestUpdateAllows asks the pen first and then the rules.
func TestUpdateAllows(t *testing.T) {
	s, _ := play(t, shop(t), "+0s exercise rehearsal strict\n+1s go")
	u := exec.Update{State: s}
	if got := u.Allow(exec.Halt{}); got.Ask != exec.ForWord {
		t.Errorf("with the pen, halting is answered with %+v", got)
	}
	if got := u.Allow(exec.Run{Step: "nowhere"}); got.Verdict != exec.Refused {
		t.Errorf("a step that there is not may be run: %+v", got)
	}
	u.Pen = exec.Pen{Away: true, With: "sara"}
	if got := u.Allow(exec.Halt{}); got != u.Pen.Allow(exec.Halt{}) {
		t.Errorf("without the pen, halting is answered with %+v", got)
	}
	if got := u.Allow(exec.CallStop{Reason: "smoke"}); got.Verdict != exec.Allowed {
		t.Errorf("without the pen, calling stop is answered with %+v", got)
	}
	if got := u.Allow(exec.Release{}); got != u.Pen.Allow(exec.Release{}) {
		t.Errorf("without the pen, releasing is answered with %+v", got)
	}
}

// TestTaking: taking the pen is on record, and tells who operates from then on.
func TestTaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, j, _ := conduct(t, exec.Strict)
		sara := c.Seat("sara")
		do(t, sara, exec.Take{})
		last := j.events[len(j.events)-1]
		if want := (exec.RoleHanded{Role: exec.RoleOperator, From: "bob", To: "sara"}); last.Body != want || last.By != "sara" {
			t.Errorf("the record says %+v", last)
		}
		if got := c.State().Operator; got != "sara" {
			t.Errorf("the operator is %s", got)
		}
		do(t, c.Seat("sara"), exec.Take{}) // at another screen
		if got := j.events[len(j.events)-1]; got.Seq != last.Seq {
			t.Errorf("the record says %+v of one person's screens", got)
		}
		if err := c.Leave(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestVacated: a seat that was given up is shown nothing more, and the others
// are as before.
func TestVacated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, bob, _, _ := conduct(t, exec.Strict)
		sara := c.Seat("sara")
		<-sara.Watch()
		c.Vacate(sara)
		do(t, bob, exec.Remark{Text: "x"})
		if got := len((<-bob.Watch()).State.Notes); got != 1 {
			t.Errorf("bob sees %d notes", got)
		}
		select {
		case u := <-sara.Watch():
			t.Errorf("sara is shown %+v", u)
		default:
		}
		if err := c.Leave(); err != nil {
			t.Fatal(err)
		}
	})
}
