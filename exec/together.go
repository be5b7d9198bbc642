package exec

import "bythebook/runbook"

// Consecutive steps of one `together` are a group: they are done in any order, by
// several people. The document stands at all of them at once, and goes on when
// all are over. One of them is the current one: that which was worked at last,
// and otherwise the first that is open.

// Group is where the group of the step at index i begins and ends; a step that
// belongs to none is one of its own.
func (s State) Group(i int) (from, end int) { return s.groups[i].from, s.groups[i].end }

// A group is where steps that are done in any order begin and end.
type group struct{ from, end int }

// grouped are the groups of a leg's steps, one for each step, the first of which
// has the index at.
func grouped(steps []runbook.Step, at int) []group {
	all := make([]group, len(steps))
	for from := 0; from < len(steps); {
		end := from + 1
		for one := &steps[from]; one.Together != "" && end < len(steps) && steps[end].Together == one.Together && steps[end].Procedure == one.Procedure; {
			end++
		}
		for i := from; i < end; i++ {
			all[i] = group{at + from, at + end}
		}
		from = end
	}
	return all
}

// Offers reports whether the document stands at the step at index i: it is the
// current one, or in a group with it.
func (s State) Offers(i int) bool {
	if i < 0 || i >= len(s.steps) || s.At >= len(s.steps) {
		return false
	}
	from, end := s.Group(s.At)
	return i >= from && i < end
}

// Others are the steps that may be done just as well as the current one.
func (s State) Others() []int {
	if s.At >= len(s.steps) {
		return nil
	}
	var all []int
	from, end := s.Group(s.At)
	for i := from; i < end; i++ {
		if i != s.At && !s.steps[i].Over() {
			all = append(all, i)
		}
	}
	return all
}

// Toward is the exercise as it looks to whoever turns to the step at index i, one
// of several that are done in any order. Any other turns nothing.
func (s State) Toward(i int) State {
	if s.Offers(i) && !s.steps[i].Over() {
		s.At = i
	}
	return s
}

// turnTo makes a step of the group the current one, where somebody works at it.
func (s *State) turnTo(i int, b Body) {
	switch b.(type) {
	case StepBegan, StepEnded, StepDone, StepSkipped, StepBlocked, StepUnknown, StepResolved, Answered:
		if st := s.steps[i]; s.Offers(i) && !st.Over() && !st.Accepted && !st.WayOut { // what is over is only repeated
			s.At = i
		}
	}
}

// left is the first step of a group that is not over yet, its end where all are.
func (s *State) left(from, end int) int {
	for from < end && s.steps[from].Over() {
		from++
	}
	return from
}

// beside reports whether somebody may say of a step by hand that it is done while
// another one of its group runs.
func (s State) beside(i Intent, running int) bool {
	done, attests := i.(Attest)
	if !attests || !s.Offers(running) {
		return false
	}
	return s.Offers(s.find(done.Step))
}
