package exec

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"bythebook/runbook"
)

// An exercise's steps are those of its scenario, and then of wherever the
// document leads from there: another scenario, the way back to safety. Each is a
// leg of its own; its steps stand behind those that were there before, so that a
// step keeps its number.

// A Leg is a stretch of the exercise's steps that stand in one place of the
// document.
type Leg struct {
	Scenario *runbook.Scenario // as it is written; of a way back, with that in its steps' place
	From     int               // index of its first step in the exercise
	Back     bool              // it is the scenario's way back to safety
	Left     bool              // the document led out of it
	point    *PointObserved    // the newest that one of its steps observed
}

// End is the index behind its last step.
func (l Leg) End() int { return l.From + len(l.Scenario.Steps) }

// last is the index of a procedure's last step, -1 where the leg has none.
func (l Leg) last(p runbook.Procedure) int {
	if i := l.Scenario.Last(p); i >= 0 {
		return l.From + i
	}
	return -1
}

// A Retreat is that an exercise goes back to safety: since when, and why.
type Retreat struct {
	At     time.Time
	By     string
	Step   string // that led there as documented; "" where a person halted the exercise
	Reason string
}

// Legs are those that the exercise has come to, in the order in which it first did.
func (s State) Legs() []Leg { return s.legs }

// Of is the scenario in which the step at index i is written.
func (s State) Of(i int) *runbook.Scenario {
	if len(s.legs) == 0 {
		return s.Scenario
	}
	return s.legs[s.legOf(i)].Scenario
}

// legOf is the index of the leg that holds the step at index i, and of the one
// where the exercise stands where there is no such step.
func (s State) legOf(i int) int {
	if i < 0 || i >= len(s.steps) {
		return s.leg
	}
	return sort.Search(len(s.legs), func(k int) bool { return s.legs[k].End() > i })
}

// Goes is the index of the step that a target leads to from the step at index i,
// and that behind the last one where it leads to the end, or out of the scenario.
func (s State) Goes(i int, t runbook.Target) int {
	if t.Leaves() {
		return len(s.steps)
	}
	l := s.legs[s.legOf(i)]
	to := l.From + l.Scenario.Resolve(i-l.From, t)
	if to >= l.End() && !l.Back {
		return len(s.steps)
	}
	return to
}

// leave goes on where the document says.
func (s *State) leave(i int, t runbook.Target, e Event) {
	if i == s.stuck {
		s.Stuck = ""
	}
	other, known := s.Book.Scenario(t.Other())
	from, end := s.Group(i)
	to := s.Goes(i, t)
	switch open := s.left(from, end); {
	case s.stays(i, t) && open < end: // the rest of its group is still to be done
		s.At = open
	case !t.Leaves() && to > i && to < end:
		s.jump(i, s.Goes(end-1, runbook.Next), e.At)
	case !t.Leaves(), s.Back != nil, t.Other() != "" && !known: // from the way back nothing leads away
		s.jump(i, to, e.At)
	case known:
		s.enter(i, other, e.At)
	default:
		s.pass(from, s.legs[s.leg].End())
		s.retreat(Retreat{At: e.At, By: e.By, Step: s.Scenario.Steps[i].ID, Reason: "the document led back to safety at step " + s.Scenario.Steps[i].ID})
	}
}

// enter goes on in another scenario. What it answers has come about already, and
// so nothing is injected; one that the exercise was in before is done again.
func (s *State) enter(i int, sc *runbook.Scenario, at time.Time) {
	from, end := s.Group(i)
	if st := s.steps[i]; st.Choice == 0 && !st.WayOut { // else the procedure did not come to its end
		s.endProcedures(s.At, end, at)
	}
	s.pass(from, s.legs[s.leg].End())
	s.legs = slices.Clone(s.legs)
	s.legs[s.leg].Left = true
	k := slices.IndexFunc(s.legs, func(l Leg) bool { return l.Scenario.ID == sc.ID })
	if k < 0 {
		k = len(s.legs)
		s.extend(sc, false)
	}
	l := &s.legs[k]
	first := l.From + sc.First(runbook.Recovery)
	s.reopen(first, l.End())
	s.pass(l.From, first)
	l.Left, s.leg, s.At = false, k, first
	s.arrive(first, at)
}

// retreat goes on with the ways back to safety of all scenarios that the exercise
// has been in: what was done last is undone first.
func (s *State) retreat(r Retreat) {
	s.Back, s.Stuck = &r, ""
	s.release(r.At)
	s.legs = slices.Clone(s.legs)
	s.legs[s.leg].Left = r.Step != ""
	first := len(s.steps)
	for k := len(s.legs) - 1; k >= 0; k-- {
		back := *s.legs[k].Scenario
		if back.Steps = back.Abort.Steps; len(back.Steps) > 0 {
			s.extend(&back, true)
		}
	}
	s.At = first
	s.arrive(first, r.At)
}

// WayBack reports whether the document says how to get back to safety from where
// the exercise stands.
func (s State) WayBack() bool {
	return slices.ContainsFunc(s.legs, func(l Leg) bool { return len(l.Scenario.Abort.Steps) > 0 })
}

// Ahead are the scenarios that an exercise of one may come to, that one first.
func Ahead(book *runbook.Playbook, sc *runbook.Scenario) []*runbook.Scenario {
	all := []*runbook.Scenario{sc}
	seen := map[string]bool{sc.ID: true}
	for k := 0; k < len(all); k++ {
		for _, step := range all[k].Steps {
			ways := []runbook.Target{step.Then, step.IfNot}
			for _, a := range step.Answers {
				ways = append(ways, a.Go)
			}
			for _, t := range ways {
				if other, known := book.Scenario(t.Other()); known && !seen[other.ID] {
					seen[other.ID], all = true, append(all, other)
				}
			}
		}
	}
	return all
}

// Leads reports whether an exercise of a scenario may come to a step, by the id
// that the step has there.
func Leads(book *runbook.Playbook, scenario, step string) bool {
	first, known := book.Scenario(scenario)
	if !known {
		return false
	}
	where, own := scenario, step
	if other, id, both := strings.Cut(step, "/"); both {
		where, own = other, id
	}
	for _, sc := range Ahead(book, first) {
		if sc.ID == where {
			return slices.ContainsFunc(slices.Concat(sc.Steps, sc.Abort.Steps), func(s runbook.Step) bool { return s.ID == own })
		}
	}
	return false
}

// StopWord is the word at which everybody stops, "" where the document names none.
func StopWord(book *runbook.Playbook) string {
	if book.Exercise == nil {
		return ""
	}
	return book.Exercise.StopWord
}

// extend puts a leg's steps behind those that there are. Those of another
// scenario than the exercise's own are known by both names.
func (s *State) extend(sc *runbook.Scenario, back bool) {
	s.groups = append(slices.Clip(s.groups), grouped(sc.Steps, len(s.steps))...)
	s.legs = append(s.legs, Leg{Scenario: sc, From: len(s.steps), Back: back})
	whole := *s.Scenario
	whole.Steps = slices.Clip(whole.Steps)
	s.steps, s.own, s.index = slices.Clip(s.steps), true, maps.Clone(s.index)
	for _, step := range sc.Steps {
		if sc.ID != s.Began.Scenario {
			step.ID = sc.ID + "/" + step.ID
		}
		s.index[step.ID] = len(s.steps)
		whole.Steps, s.steps = append(whole.Steps, step), append(s.steps, &StepState{Sites: step.At})
	}
	s.Scenario = &whole
}

// findNoWayBack speaks where an exercise was given up in which something had been
// done, and the way back to safety is not documented, or was not walked to its
// end.
func findNoWayBack(s State) []Deviation {
	over := s.Ended != nil && (s.Ended.Completion == Aborted || s.Back != nil)
	if !over || s.Performed == 0 || s.Began.DryRun {
		return nil
	}
	if !s.WayBack() {
		return []Deviation{{
			At: s.Last, Documented: "Nothing: the scenario has no abort procedure.", Actual: "The exercise was given up where it stood.", Reason: s.Ended.Reason,
			Proposal: "Write the abort procedure of " + s.Of(s.At).ID + ": the steps that lead back to safety from anywhere.",
		}}
	}
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		return Deviation{
			At: s.Last, By: st.By, Actual: "On the way back to safety it was not done as documented.", Reason: st.Reason, Agreed: st.Agreed,
			Proposal: "Mend step " + step.ID + " of the way back to safety, and rehearse it.",
		}, step.Procedure == runbook.Aborting && !step.Optional && (!st.Over() || st.Status == Failed || st.Status == Skipped)
	})
}
