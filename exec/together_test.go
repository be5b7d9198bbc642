package exec_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"bythebook/exec"
)

// pair is a group of two, of which the one by hand leads to THEN.
const pair = inShop + `
      - {id: one, do: One., run: run-one, effect: read, together: g}
      - {id: two, do: Two by hand., together: g, then: 'THEN'}
      - {id: mid, do: Mid., run: run-mid, effect: read}
      - {id: after, do: Look., run: run-after, effect: read}
    abort: {steps: [{id: undo, do: Undo., run: undo-it, effect: read}]}
  other:
    title: Other
    recovery:
      - {id: o1, do: O., run: run-o, effect: read}
`

// TestNothingLeavesAGroupInWhichAStepRuns: a step by hand that leads out of its
// group waits for the end of whatever runs there.
func TestNothingLeavesAGroupInWhichAStepRuns(t *testing.T) {
	for _, row := range []struct {
		then, next string
		beside     bool // the step that runs
	}{
		{"next", "mid", true}, {"mid", "mid", true}, {"after", "after", false}, {"two", "two", false},
		{"abort", "undo", false}, {"scenario:other", "other/o1", false},
	} {
		t.Run(row.then, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, seat, j, a := conductOn(t, loadBook(t, []byte(strings.Replace(pair, "THEN", row.then, 1))), exec.Strict)
				goes := make(chan struct{})
				a.perform = func(context.Context, exec.Job) exec.Result { <-goes; return passed() }
				do(t, seat, exec.Begin{})
				do(t, seat, exec.Run{Step: "one"})
				err := seat.Do(exec.Attest{Step: "two"})
				if (err == nil) != row.beside {
					t.Errorf("beside the one that runs: %v", err)
				}
				if c.State().Running() != 0 || seat.Do(exec.Run{Step: row.next}) == nil {
					t.Fatalf("one runs, and the state says %d, started %q", c.State().Running(), a.started)
				}
				close(goes)
				synctest.Wait()
				if st := c.State().Step(0); st.Status != exec.Passed || !slices.Contains(j.types(), "step.ended") {
					t.Errorf("one is %s: %q", st.Status, j.types())
				}
				if !row.beside {
					do(t, seat, exec.Attest{Step: "two"})
				}
				if step, _ := c.State().Current(); step.ID != row.next {
					t.Errorf("it goes on at %q", step.ID)
				}
			})
		})
	}
}

// TestBlockedInAGroup: what is done to one step of a group does not undo that
// another is blocked. Only leaving the document at that one does, where the rule
// lets people, and leaving the group by the way that another leads.
func TestBlockedInAGroup(t *testing.T) {
	done := []exec.Intent{exec.Attest{Step: "two"}}
	declared := func(step string) exec.Intent {
		return exec.Deviate{Step: step, Kind: exec.Declarable[0].Name, What: "x", Departure: exec.Departure{Reason: "y"}}
	}
	for _, row := range []struct {
		name, then string
		rule       exec.Rule
		intents    []exec.Intent
		stuck      bool
		at         string
	}{
		{"the other is done", "next", exec.Lockstep, done, true, "one"},
		{"the other is done, under strict", "next", exec.Strict, done, true, "one"},
		{"declared under lockstep", "next", exec.Lockstep, []exec.Intent{declared("one")}, true, "one"},
		{"declared under strict", "next", exec.Strict, []exec.Intent{declared("one")}, false, "one"},
		{"declared at the other", "next", exec.Strict, []exec.Intent{declared("two")}, true, "one"},
		{"the other leads away", "after", exec.Lockstep, done, false, "after"},
		{"the blocked one is left out", "next", exec.Guided, []exec.Intent{exec.Skip{Step: "one", Departure: exec.Departure{Reason: "y"}}}, false, "two"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, seat, j, _ := conductOn(t, loadBook(t, []byte(strings.Replace(pair, "THEN", row.then, 1))), row.rule)
				do(t, seat, exec.Begin{})
				do(t, seat, exec.Block{Step: "one", Reason: "the document does not say"})
				if err := seat.Do(exec.Block{Step: "two", Reason: "nor here"}); err == nil {
					t.Error("another one takes its place")
				}
				for _, i := range row.intents {
					do(t, seat, i)
				}
				s := c.State()
				step, _ := s.Current()
				if stuck := s.Stuck != ""; stuck != row.stuck || step.ID != row.at {
					t.Errorf("it stands at %q, blocked: %q", step.ID, s.Stuck)
				}
				if a := exec.Allow(s, exec.Run{Step: row.at}); row.stuck != (a.Verdict == exec.Refused) && row.at != "two" {
					t.Errorf("running %s: %+v", row.at, a)
				}
				if n := s.Next(s.Last); row.stuck != (n.Situation == exec.Gapped) || row.stuck && n.Step != 0 {
					t.Errorf("next is %+v", n)
				}
				if got := exec.Replay(s.Book, j.events); got.Stuck != s.Stuck || got.At != s.At {
					t.Errorf("replayed it stands at %d, blocked: %q", got.At, got.Stuck)
				}
			})
		})
	}
}

// TestARecordThatLeavesARunningStep: whatever is on record, what runs is still
// seen to run, and ends.
func TestARecordThatLeavesARunningStep(t *testing.T) {
	book := loadBook(t, []byte(strings.Replace(pair, "THEN", "after", 1)))
	const script = "0s exercise live strict\n0s go\n1s begin one\n2s done two\n"
	if s, _ := play(t, book, script); s.Running() != 0 {
		t.Errorf("one is %s", s.Step(0).Status)
	}
	if s, _ := play(t, book, script+"3s end one ok"); s.Running() >= 0 || s.Step(0).Status != exec.Passed {
		t.Errorf("ended, one is %s", s.Step(0).Status)
	}
}

// TestAGroupThatIsComeBackTo: the last steps of a scenario are a group, and the
// document came back from another: all of them are still done.
func TestAGroupThatIsComeBackTo(t *testing.T) {
	s, _ := play(t, loadBook(t, []byte(inShop+`
      - {id: which, do: 'Which?', ask: 'Which?', answers: [{say: on}, {say: other, go: 'scenario:other'}]}
      - {id: one, do: One., together: g}
      - {id: two, do: Two., together: g}
  other:
    title: Other
    recovery: [{id: o, do: O., then: 'scenario:down'}]
`)), "0s exercise live strict\n0s go\n1s answer which 2\n2s done other/o\n3s answer which 1\n4s done one")
	if step, _ := s.Current(); step.ID != "two" {
		t.Errorf("it stands at %q, two is %s", step.ID, s.Step(2).Status)
	}
}

// TestRepeatedBesideTheLast: a step whose way out was taken is run once more, and
// is the last of its group that is not over. It fails again, and the way out stands.
func TestRepeatedBesideTheLast(t *testing.T) {
	book := loadBook(t, []byte(strings.NewReplacer("THEN", "next", "run-one, effect: read", "run-one, effect: read, if_not: next").Replace(pair)))
	const again = "0s exercise live guided\n0s go\n1s begin one\n2s end one exit\n3s answer one 0\n4s begin one\n5s done two\n"
	for _, ends := range []string{"6s end one exit", "6s unknown one\n7s resolve one not\n8s begin one\n9s end one exit"} {
		s, _ := play(t, book, again+ends)
		if step, _ := s.Current(); step.ID != "mid" || s.Step(0).Status != exec.Failed || !s.Step(0).WayOut {
			t.Errorf("%q: it stands at %q, one is %+v", ends, step.ID, s.Step(0))
		}
	}
}
