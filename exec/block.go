package exec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// A step of several blocks is one whose document does not say how they go
// together. A person is asked before anything runs; the blocks chosen are then
// run one by one, each as an attempt of its own, so that each has its status.

// WhichBlock is what is asked.
const WhichBlock = "Which of its blocks is to be run? The document does not say how they go together."

// BlockAnswers are the answers to it: each block alone, and all in order.
func BlockAnswers(step runbook.Step) []string {
	var all []string
	for i := range step.Runs {
		all = append(all, fmt.Sprintf("block %d alone", i+1))
	}
	if len(step.Runs) == 2 {
		return append(all, "both, in order")
	}
	return append(all, fmt.Sprintf("all %d, in order", len(step.Runs)))
}

// unpicked reports whether it is still to be said which blocks are run.
func unpicked(step runbook.Step, st StepState) bool {
	return len(step.Runs) > 1 && len(st.Blocks) == 0
}

// picked are the blocks that an answer means, from 1; none where it means none.
func picked(step runbook.Step, choice int) []int {
	switch {
	case choice < 1 || choice > len(step.Runs)+1:
		return nil
	case choice <= len(step.Runs):
		return []int{choice}
	}
	all := make([]int, len(step.Runs))
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// A step that names several terminals is carried out once on each, in order. So
// a step has turns: its blocks on the first terminal, then on the next.

// turn is the turn that it is, from 0.
func (st StepState) turn() int { return min(st.Ran, st.turns()-1) }

// turns is how many there are.
func (st StepState) turns() int { return max(1, len(st.Blocks)) * max(1, len(st.Sites)) }

// Block is the block whose turn it is, from 1; 0 where there are not several,
// or none is chosen yet.
func (st StepState) Block() int {
	if len(st.Blocks) == 0 {
		return 0
	}
	return st.Blocks[st.turn()%len(st.Blocks)]
}

// Terminal is the terminal whose turn it is, "" where the document names none.
func (st StepState) Terminal() string {
	if len(st.Sites) == 0 {
		return ""
	}
	return st.Sites[st.turn()/max(1, len(st.Blocks))]
}

// Turn says in words which of its turns a step's attempt was: "block 2 at db";
// "" where there is only one and it is at home.
func (a Attempt) Turn() string { return turnWords(a.Block, a.At) }

// Turn says in words which turn it is.
func (st StepState) Turn() string { return turnWords(st.Block(), st.Terminal()) }

func turnWords(block int, at string) string {
	var words []string
	if block > 0 {
		words = append(words, fmt.Sprintf("block %d", block))
	}
	if at != "" && at != runbook.LocalTerminal {
		words = append(words, "at "+at)
	}
	return strings.Join(words, " ")
}

// letter is a, b, c ... where a step goes from terminal to terminal.
func (st StepState) letter() string {
	n := st.turn() / max(1, len(st.Blocks))
	if len(st.Sites) < 2 || n >= 26 {
		return ""
	}
	return string(rune('a' + n))
}

// Earlier reports whether an attempt was at a turn that is over, or at the step's
// condition.
func (st StepState) Earlier(a Attempt) bool {
	return !st.Over() && (a.Look || a.Block != st.Block() || a.At != st.Terminal())
}

// More reports whether there is another turn after this one.
func (st StepState) More() bool { return st.Ran+1 < st.turns() }

// elsewhere goes on at the next terminal, and reports whether there is one. What
// was accepted on one says nothing of the others.
func (st *StepState) elsewhere() bool {
	blocks := max(1, len(st.Blocks))
	next := (st.turn()/blocks + 1) * blocks
	if next >= st.turns() {
		return false
	}
	st.Ran, st.Status, st.Accepted, st.Let = next, Open, false, true
	return true
}

// Due is the step at index i as it is carried out now: on the terminal whose
// turn it is and, once its blocks are chosen, the block; before that it is the look
// that answers its condition. What the document expects and keeps belongs to all
// the blocks, and so to the last of them; those before it want exit 0.
func (s State) Due(i int) runbook.Step {
	step, st := s.Scenario.Steps[i], s.Step(i)
	if s.Probing(i) || st.looking() {
		return probe(step)
	}
	if at := st.Terminal(); at != "" {
		step.At = []string{at}
	}
	n := st.Block()
	if n == 0 || n > len(step.Runs) {
		return step
	}
	step.Run, step.Runs = step.Runs[n-1], nil
	if n != st.Blocks[len(st.Blocks)-1] {
		step.Expect, step.Sample, step.Capture, step.Point = runbook.Expect{}, "", nil, nil
	}
	return step
}

// setUp are the commands that set the terminal of the step at index i up, should
// it be new: what may be done again, and came out as documented in one that the
// same step had opened, or in the local one. What another step opens under that
// name is another terminal, on another host perhaps.
func (s State) setUp(i int) []runbook.Step {
	due, opener := s.Due(i), 0
	if due.Opens != "" {
		opener = i + 1
	}
	var all []runbook.Step
	for k, step := range s.Scenario.Steps {
		if replayable(step) {
			all = append(all, settingUp(step, s.Step(k), Place(due), opener)...)
		}
	}
	return all
}

// replayable reports whether a step may be done again unasked, in a terminal that
// is new. Whatever the document says, what needs a person's word is not, nor
// what leads out of that terminal.
func replayable(step runbook.Step) bool {
	return step.Setup && !step.Isolated && step.Opens == "" && step.Closes == "" && step.Effect != runbook.Final && len(step.Approve) == 0
}

// settingUp is what of one step has set a terminal up, its blocks one by one and
// each as it ran last.
func settingUp(step runbook.Step, st StepState, terminal string, opener int) []runbook.Step {
	var all []runbook.Step
	for k, a := range st.Attempts {
		later := slices.ContainsFunc(st.Attempts[k+1:], func(b Attempt) bool { return b.Block == a.Block && b.At == a.At && b.fine() })
		if cmp.Or(a.At, runbook.LocalTerminal) != terminal || a.opener != opener || a.Visit != st.Visit || !a.fine() || later {
			continue
		}
		due := step
		due.Run, due.Runs, due.At = a.Command, nil, []string{terminal}
		due.Sample, due.Capture, due.Point = "", nil, nil
		if n := len(st.Blocks); n > 0 && a.Block != st.Blocks[n-1] {
			due.Expect = runbook.Expect{}
		}
		all = append(all, due)
	}
	return all
}

// fine reports whether an attempt really came out as documented.
func (a Attempt) fine() bool {
	return a.Result != nil && a.Result.Match == Matched && !a.Result.Simulated
}

func idsOf(jobs []Job) []string {
	var ids []string
	for _, job := range jobs {
		ids = append(ids, job.Step.ID)
	}
	return ids
}
