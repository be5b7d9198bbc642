package exec_test

import (
	"context"
	"testing"
	"testing/synctest"

	"bythebook/exec"
)

// TestForgottenCapturesAreTakenAgain: a command never runs with nothing in the
// place of a value that an earlier process knew. The step that captures it may be
// done again for that, whatever the rule; then it runs.
func TestForgottenCapturesAreTakenAgain(t *testing.T) {
	book := loadBook(t, []byte(inShop+`
      - {id: make, do: Make it., run: 'make-it; echo "$DIR"', effect: read, capture: {DIR: "(.*)", DIRECTION: "(.*)"}}
      - {id: other, do: Another., run: 'echo $DIRECTION', effect: read}
      - {id: clear, do: Clear it., run: 'rm -rf "${DIR}"/*', effect: change}
inputs: {TOKEN: {ask: The token., secret: {ask: true}}}
`))
	for _, rule := range []exec.Rule{exec.Guided, exec.Strict, exec.Lockstep} {
		synctest.Test(t, func(t *testing.T) {
			_, s, j, a := conductOn(t, book, rule)
			given := map[string]string{}
			a.perform = func(_ context.Context, job exec.Job) exec.Result {
				r := passed()
				if given[job.Step.ID] = job.Values["DIR"]; job.Step.ID == "make" {
					r.Captured = []exec.Captured{{Name: "DIR", Value: "/srv/hunter2222"}, {Name: "DIRECTION", Value: "north"}}
				}
				return r
			}
			token := exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"}
			do(t, s, token)
			do(t, s, exec.Begin{})
			do(t, s, exec.Run{Step: "make"})
			c, s := resumed(t, book, j, a)
			do(t, s, token)
			do(t, s, exec.Run{Step: "other"})
			clear := exec.Run{Step: "clear", Confirm: "y"}
			want := "DIR is a secret that went with the program that knew it; run the step that captures it again first: make"
			if got := exec.Allow(c.State(), clear); got.Verdict != exec.Refused || got.Why != want {
				t.Errorf("%s: with the value forgotten: %+v", rule, got)
			}
			do(t, s, exec.Run{Step: "make"})
			do(t, s, clear)
			if given["clear"] != "/srv/hunter2222" {
				t.Errorf("%s: it ran with %q", rule, given["clear"])
			}
			if got := exec.Allow(c.State(), exec.Run{Step: "make"}); (got.Verdict == exec.Allowed) != (rule == exec.Guided) {
				t.Errorf("%s: once more, for no reason: %+v", rule, got)
			}
		})
	}
}

// TestNothingIsSetUpWithAForgottenCapture: a new terminal is not set up with
// nothing in the place of a value, for whatever step that would be.
func TestNothingIsSetUpWithAForgottenCapture(t *testing.T) {
	book := loadBook(t, []byte(inShop+`
      - {id: make, do: Make it., run: make-it, isolated: true, effect: read, capture: {DIR: "(.*)"}}
      - {id: enter, do: Enter it., run: 'cd "$DIR"', effect: read, setup: true}
      - {id: look, do: Look., run: ls, effect: read}
`))
	synctest.Test(t, func(t *testing.T) {
		_, s, j, a := conductOn(t, book, exec.Strict)
		a.perform = func(_ context.Context, job exec.Job) exec.Result {
			r := passed()
			if job.Step.ID == "make" {
				r.Captured = []exec.Captured{{Name: "DIR", Value: "/srv/hunter2222", Secret: true}}
			}
			return r
		}
		do(t, s, exec.Begin{})
		do(t, s, exec.Run{Step: "make"})
		do(t, s, exec.Run{Step: "enter"})
		c, s := resumed(t, book, j, a)
		if got := exec.Allow(c.State(), exec.Run{Step: "look"}); got.Verdict != exec.Refused {
			t.Errorf("with the value forgotten: %+v", got)
		}
		do(t, s, exec.Run{Step: "make"})
		do(t, s, exec.Run{Step: "look"})
	})
}
