package exec

import (
	"fmt"

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

// Block is the block whose turn it is, from 1; 0 where there are not several,
// or none is chosen yet.
func (st StepState) Block() int {
	if len(st.Blocks) == 0 {
		return 0
	}
	return st.Blocks[min(st.Ran, len(st.Blocks)-1)]
}

// Earlier reports whether an attempt was at a block whose turn is over, or at the
// step's condition.
func (st StepState) Earlier(a Attempt) bool { return !st.Over() && (a.Look || a.Block != st.Block()) }

// More reports whether another block is to be run after the one whose turn it is.
func (st StepState) More() bool { return st.Ran+1 < len(st.Blocks) }

// Due is the step at index i as it is carried out now: once its blocks are
// chosen, the one whose turn it is, and before that the look that answers its
// condition. What the document expects and keeps belongs
// to the whole step, and so to the last of them; those before it want exit 0.
func (s State) Due(i int) runbook.Step {
	step, st := s.Scenario.Steps[i], s.Step(i)
	if s.Probing(i) || st.looking() {
		return probe(step)
	}
	n := st.Block()
	if n == 0 || n > len(step.Runs) {
		return step
	}
	step.Run, step.Runs = step.Runs[n-1], nil
	if st.More() {
		step.Expect, step.Sample, step.Capture, step.Point = runbook.Expect{}, "", nil, nil
	}
	return step
}
