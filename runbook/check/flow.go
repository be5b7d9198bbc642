package check

import (
	"fmt"
	"slices"

	"bythebook/runbook"
)

// A flow is a scenario's steps as a graph: which step may come after which.
// The number of its steps stands for its end, and for every other place that
// leaves the scenario: the way back to safety, another scenario.
type flow struct {
	ways    [][]way
	entries []int
	index   map[string]int            // of steps, by id
	first   map[runbook.Procedure]int // as Scenario.First, found once
	circle  []int                     // which steps reach each other without a bound: those of one number
}

// A way leads from one step to another.
type way struct {
	to      int
	key     string // what in the document says so: then, if_not, answers[0].go; "" is the order of the text
	done    bool   // the step was carried out as documented
	bounded bool   // it may be gone only so often
}

// follow draws the graph of a scenario.
func follow(sc *scene) flow {
	f := flow{index: map[string]int{}, first: map[runbook.Procedure]int{}}
	n := len(sc.steps)
	for _, p := range runbook.Procedures {
		f.first[p] = sc.First(p)
	}
	for i := range sc.steps {
		if id := sc.steps[i].ID; id != "" {
			f.index[id] = i
		}
	}
	for i := range sc.steps {
		f.ways = append(f.ways, f.from(i, n, &sc.steps[i]))
	}
	f.entries = []int{0}
	if in := f.first[runbook.Recovery]; in > 0 && in < n {
		f.entries = append(f.entries, in) // a real incident has no inject
	}
	f.circle = f.endless()
	return f
}

// from are the ways that lead on from a step.
func (f *flow) from(i, end int, st *step) []way {
	var ways []way
	if st.conditional() {
		ways = append(ways, way{to: i + 1})
	}
	if st.Kind == runbook.Decide {
		for j, a := range st.Answers {
			ways = append(ways, way{to: f.resolve(i, end, a.Go), key: answerKey(j), done: true, bounded: a.AtMost > 0})
		}
	} else {
		w := way{to: f.resolve(i, end, st.Then), done: true}
		if st.Then != "" {
			w.key = "then"
		}
		ways = append(ways, w)
	}
	if st.IfNot != "" {
		ways = append(ways, way{to: f.resolve(i, end, st.IfNot), key: "if_not"})
	}
	return ways
}

func answerKey(j int) string { return fmt.Sprintf("answers[%d].go", j) }

// resolve is Scenario.Resolve by table. What leads out of the scenario, or
// nowhere, ends it.
func (f *flow) resolve(from, end int, t runbook.Target) int {
	switch t {
	case "", runbook.Next:
		return from + 1
	case runbook.Target(runbook.Recovery), runbook.Target(runbook.Test), runbook.Target(runbook.Resume):
		return f.first[runbook.Procedure(t)]
	}
	if i, ok := f.index[string(t)]; ok {
		return i
	}
	return end
}

// reached says of every step whether some way leads to it.
func (f *flow) reached() []bool {
	seen := make([]bool, len(f.ways)+1)
	todo := append([]int(nil), f.entries...)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		if i < len(f.ways) {
			for _, w := range f.ways[i] {
				todo = append(todo, w.to)
			}
		}
	}
	return seen
}

// missable says of every step whether some way goes round it.
func (sc *scene) missable() []bool {
	all := make([]bool, len(sc.steps))
	farthest := slices.Max(sc.flow.entries) // that a way from before leads to
	for i := range sc.steps {
		all[i] = sc.steps[i].conditional() || farthest > i
		for _, w := range sc.flow.ways[i] {
			farthest = max(farthest, w.to)
		}
	}
	return all
}

// endless numbers the steps so that those of one number reach each other by
// ways that may be gone any number of times. A step that is in no such circle
// has its number for itself. (Tarjan's strongly connected components.)
func (f *flow) endless() []int {
	t := &tarjan{flow: f, order: make([]int, len(f.ways)), low: make([]int, len(f.ways)), part: make([]int, len(f.ways))}
	for i := range f.ways {
		if t.order[i] == 0 {
			t.visit(i)
		}
	}
	return t.part
}

type tarjan struct {
	*flow
	order, low, part []int
	stack            []int
	clock, parts     int
}

func (t *tarjan) visit(i int) {
	t.clock++
	t.order[i], t.low[i] = t.clock, t.clock
	t.stack = append(t.stack, i)
	for _, w := range t.ways[i] {
		switch {
		case w.bounded || w.to >= len(t.ways):
		case t.order[w.to] == 0:
			t.visit(w.to)
			t.low[i] = min(t.low[i], t.low[w.to])
		case t.part[w.to] == 0:
			t.low[i] = min(t.low[i], t.order[w.to])
		}
	}
	if t.low[i] < t.order[i] {
		return
	}
	t.parts++
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.part[last] = t.parts
		if last == i {
			return
		}
	}
}

// goesBack reports whether a way leads back to where it can come from again,
// any number of times.
func (f *flow) goesBack(from int, w way) bool {
	return w.to <= from && !w.bounded && f.circle[from] == f.circle[w.to]
}
