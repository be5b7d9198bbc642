package exec_test

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"

	"bythebook/exec"
	"bythebook/runbook"
)

// launching is a step of two blocks, of which the document does not say how they
// go together.
func launching() *runbook.Playbook {
	return &runbook.Playbook{
		ID: "launching",
		Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", Steps: []runbook.Step{
			{ID: "launch", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Launch it.", Run: "launch --template",
				Runs: []string{"launch --template", "launch --override"}, Effect: runbook.Change, Mark: runbook.Disruption,
				Expect: runbook.Expect{Stated: true, Contains: []string{"ready"}}, Capture: []runbook.Capture{{Name: "HOST", Line: 1}}},
			{ID: "look", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Look.", Run: "look", Effect: runbook.Read},
		}}},
	}
}

// TestBlocks: what was chosen runs, verbatim and in order, and nothing before
// it was chosen.
func TestBlocks(t *testing.T) {
	for _, tt := range []struct {
		choice int
		say    string
		ran    []string
	}{
		{1, "block 1 alone", []string{"launch --template"}},
		{2, "block 2 alone", []string{"launch --override"}},
		{3, "both, in order", []string{"launch --template", "launch --override"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, s, j, a := conductOn(t, launching(), exec.Strict)
			var ran []string
			var expects []bool
			a.perform = func(_ context.Context, job exec.Job) exec.Result {
				ran, expects = append(ran, job.Step.Run), append(expects, job.Step.Expect.Stated && len(job.Step.Capture) > 0)
				return passed()
			}
			do(t, s, exec.Begin{})
			if got := c.State().Next(began); got.Situation != exec.Picking || got.Key != "1-3" {
				t.Errorf("next is %+v", got)
			}
			if got := exec.Allow(c.State(), exec.Run{Step: "launch", Confirm: "y"}); got.Verdict != exec.Refused {
				t.Errorf("running it unchosen: %+v", got)
			}
			if got := exec.Allow(c.State(), exec.Choose{Step: "launch", Choice: 4}); got.Verdict != exec.Refused {
				t.Errorf("choosing a block that is not there: %+v", got)
			}
			do(t, s, exec.Choose{Step: "launch", Choice: tt.choice})
			for range tt.ran {
				do(t, s, exec.Run{Step: "launch", Confirm: "y"})
			}
			if !reflect.DeepEqual(ran, tt.ran) || !expects[len(expects)-1] || len(expects) > 1 && expects[0] {
				t.Errorf("ran %q, held against the document: %v", ran, expects)
			}
			live := c.State()
			if live.At != 1 || live.Step(0).Status != exec.Passed {
				t.Errorf("the document stands at %d, the step %s", live.At, live.Step(0).Status)
			}
			if got := j.events[2].Body.(exec.Answered); got.Say != tt.say || got.Question != exec.WhichBlock {
				t.Errorf("on record is %+v", got)
			}
			if got := exec.Replay(launching(), j.events); !reflect.DeepEqual(got.Step(0), live.Step(0)) {
				t.Errorf("replayed it is %+v, live %+v", got.Step(0), live.Step(0))
			}
		})
	}
}

// TestBlocksHaveTheirOwnStatus: a block that fails is the one that is tried
// again, and the mark at its begin stays where the first one set it.
func TestBlocksHaveTheirOwnStatus(t *testing.T) {
	s, _ := play(t, launching(), `
0s exercise rehearsal strict
1s go
2s answer launch 3
3s begin launch 1
4s end launch ok
5s begin launch 2
6s end launch exit`)
	if n := s.Next(began); n.Situation != exec.Unmet || s.Due(0).Run != "launch --override" || s.Step(0).Tries() != 1 {
		t.Errorf("%s at %q, try %d", n.Situation, s.Due(0).Run, s.Step(0).Tries())
	}
	if m, _ := s.Moment(runbook.Disruption); !m.At.Equal(began.Add(3e9)) {
		t.Errorf("it broke at %s", m.At)
	}
	s, _ = play(t, launching(), `
0s exercise rehearsal strict
1s go
2s answer launch 3
3s begin launch 1
4s resumed d0
5s unknown launch
6s resolve launch done`)
	if n := s.Next(began); n.Words != "RUN block 2 of step 1" {
		t.Errorf("after the first is told to have happened: %s", n.Words)
	}
}

// TestBlocksAreChosenInTheirTurn: which of them is meant can't be said ahead.
func TestBlocksAreChosenInTheirTurn(t *testing.T) {
	book := launching()
	steps := book.Scenarios[0].Steps
	steps[0], steps[1] = steps[1], steps[0]
	s, _ := play(t, book, "0s exercise rehearsal guided\n1s go")
	if a := exec.Allow(s, exec.Run{Step: "launch", Confirm: "y"}); a.Verdict != exec.Refused {
		t.Errorf("out of order: %+v", a)
	}
}

// TestAnAnswerThatMeansNothing changes nothing, whatever a record says.
func TestAnAnswerThatMeansNothing(t *testing.T) {
	for _, choice := range []string{"-1", "4", "1000000"} {
		s, _ := play(t, launching(), "0s exercise rehearsal strict\n1s go\n2s answer launch "+choice)
		if n := s.Next(began); n.Situation != exec.Picking || len(s.Step(0).Blocks) > 0 {
			t.Errorf("%s: %s, %v", choice, n.Situation, s.Step(0).Blocks)
		}
	}
}
