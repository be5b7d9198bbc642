package check

import (
	"slices"
	"time"

	"bythebook/runbook"
)

// A graph is what needs what, by the dependencies' places in the document.
type graph struct {
	dependencies []runbook.Dependency
	needs        [][]int
	neededBy     [][]int
	about        map[string]int // a component -> the first dependency on it
	knots        [][]int        // sets of dependencies that need each other, one for itself where it is in no cycle; whatever is needed comes first
}

// newGraph ties the dependencies together. A need that nothing defines is left
// out: reading the playbook refuses it.
func newGraph(dependencies []runbook.Dependency) *graph {
	g := &graph{dependencies: dependencies, about: map[string]int{}}
	g.needs, g.neededBy = make([][]int, len(dependencies)), make([][]int, len(dependencies))
	at := map[string]int{}
	for i, d := range slices.Backward(dependencies) {
		at[d.ID], g.about[d.ComponentID()] = i, i
	}
	for i, d := range dependencies {
		for _, id := range d.Needs {
			if j, ok := at[id]; ok {
				g.needs[i], g.neededBy[j] = append(g.needs[i], j), append(g.neededBy[j], i)
			}
		}
	}
	t := knotter{graph: g, number: make([]int, len(dependencies)), low: make([]int, len(dependencies)), open: make([]bool, len(dependencies))}
	for i := range dependencies {
		if t.number[i] == 0 {
			t.visit(i)
		}
	}
	return g
}

// A knotter finds the knots of a graph in one walk (Tarjan 1972).
type knotter struct {
	*graph
	number, low []int // in the order of the walk, from 1
	open        []bool
	stack       []int
	last        int
}

func (t *knotter) visit(i int) {
	t.last++
	t.number[i], t.low[i], t.open[i] = t.last, t.last, true
	t.stack = append(t.stack, i)
	for _, j := range t.needs[i] {
		if t.number[j] == 0 {
			t.visit(j)
			t.low[i] = min(t.low[i], t.low[j])
		} else if t.open[j] {
			t.low[i] = min(t.low[i], t.number[j])
		}
	}
	if t.low[i] != t.number[i] {
		return
	}
	var knot []int
	for t.open[i] {
		top := t.stack[len(t.stack)-1]
		t.stack, t.open[top] = t.stack[:len(t.stack)-1], false
		knot = append(knot, top)
	}
	t.knots = append(t.knots, knot)
}

// cycles are ways that lead back to where they began, one for each knot.
func (g *graph) cycles() [][]int {
	var all [][]int
	for _, knot := range g.knots {
		if first := slices.Min(knot); len(knot) > 1 || slices.Contains(g.needs[first], first) {
			all = append(all, g.wayBack(first))
		}
	}
	return all
}

// wayBack is the shortest way from a dependency over its needs to itself.
func (g *graph) wayBack(from int) []int {
	came := map[int]int{}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, j := range g.needs[queue[0]] {
			if _, seen := came[j]; seen {
				continue
			}
			came[j] = queue[0]
			if j != from {
				queue = append(queue, j)
				continue
			}
			way := []int{from}
			for at := came[from]; at != from; at = came[at] {
				way = append(way, at)
			}
			way = append(way, from)
			slices.Reverse(way)
			return way
		}
	}
	return nil
}

// under is all that a dependency needs, and all that those need.
func (g *graph) under(from int) []bool { return reach(from, g.needs) }

// above is all that needs a dependency, and all that needs those.
func (g *graph) above(from int) []bool { return reach(from, g.neededBy) }

func reach(from int, edges [][]int) []bool {
	seen := make([]bool, len(edges))
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, j := range edges[queue[0]] {
			if !seen[j] {
				seen[j] = true
				queue = append(queue, j)
			}
		}
	}
	return seen
}

// order is the dependencies, whatever is needed before what needs it.
func (g *graph) order() []int { return slices.Concat(g.knots...) }

// slowest is, for each dependency, the time until all that it promises and
// critically needs is back, and which need that time is due to, -1 where it is
// its own.
func (g *graph) slowest() (back []time.Duration, due []int) {
	back, due = make([]time.Duration, len(g.needs)), make([]int, len(g.needs))
	for _, i := range g.order() {
		back[i], due[i] = g.dependencies[i].RTO, -1
		for _, j := range g.needs[i] {
			if g.dependencies[j].Critical() && back[j] > back[i] {
				back[i], due[i] = back[j], j
			}
		}
	}
	return back, due
}

// serial is, for each dependency, the time until it is back when all that it
// critically needs is lost with it and each waits for its needs, and which need
// it waits for longest, -1 where there is none.
func (g *graph) serial(takes func(runbook.Dependency) time.Duration) (back []time.Duration, due []int) {
	back, due = make([]time.Duration, len(g.needs)), make([]int, len(g.needs))
	for _, i := range g.order() {
		due[i] = -1
		for _, j := range g.needs[i] {
			if g.dependencies[j].Critical() && back[j] > back[i] {
				back[i], due[i] = back[j], j
			}
		}
		back[i] += takes(g.dependencies[i])
	}
	return back, due
}

// trail follows what a dependency's time is due to, down to the last.
func trail(due []int, from int) []int {
	var all []int
	for at := from; at >= 0; at = due[at] {
		all = append(all, at)
	}
	return all
}
