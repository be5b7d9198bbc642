package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bythebook/runbook"
)

// table makes dependencies of lines like "api 12h: database cdn".
func table(t *testing.T, lines ...string) []runbook.Dependency {
	t.Helper()
	var all []runbook.Dependency
	for _, line := range lines {
		head, needs, _ := strings.Cut(line, ":")
		words := strings.Fields(head)
		rto, err := time.ParseDuration(words[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, runbook.Dependency{ID: words[0], RTO: rto, Needs: strings.Fields(needs)})
	}
	return all
}

func names(dependencies []runbook.Dependency, at []int) string {
	var ids []string
	for _, i := range at {
		ids = append(ids, dependencies[i].ID)
	}
	return strings.Join(ids, " ")
}

func TestCycles(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		want  []string
	}{
		{[]string{"a 1h: b c", "b 1h: c", "c 1h"}, nil},
		{[]string{"a 1h: a"}, []string{"a a"}},
		{[]string{"a 1h: b", "b 1h: a"}, []string{"a b a"}},
		{[]string{"a 1h: b", "b 1h: c d", "c 1h: d", "d 1h: b"}, []string{"b d b"}},
		{[]string{"a 1h: b", "b 1h: a", "c 1h: d a", "d 1h: c"}, []string{"a b a", "c d c"}},
	} {
		d := table(t, tt.lines...)
		var got []string
		for _, c := range newGraph(d).cycles() {
			got = append(got, names(d, c))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.lines, diff)
		}
	}
}

func TestTimesOfAGraph(t *testing.T) {
	d := table(t, "api 12h: database cdn", "database 12h", "cdn 0h: bucket", "bucket 24h")
	g := newGraph(d)
	back, due := g.slowest()
	if got := names(d, trail(due, 0)); back[0] != 24*time.Hour || got != "api cdn bucket" {
		t.Errorf("all is back after %v because of %s", back[0], got)
	}
	takes := map[string]time.Duration{"api": time.Hour, "database": 3 * time.Hour, "bucket": time.Hour}
	back, due = g.serial(func(d runbook.Dependency) time.Duration { return takes[d.ID] })
	if got := names(d, trail(due, 0)); back[0] != 4*time.Hour || got != "api database" {
		t.Errorf("one after the other takes %v: %s", back[0], got)
	}
}

// TestGraphs: whatever is needed comes before what needs it, or both are in
// one knot, and then each is under the other.
func TestGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "dependencies")
		d := make([]runbook.Dependency, n)
		for i := range d {
			d[i].ID = fmt.Sprint(i)
			for _, j := range rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4).Draw(t, "needs") {
				d[i].Needs = append(d[i].Needs, fmt.Sprint(j))
			}
		}
		g := newGraph(d)
		order := g.order()
		if len(order) != n {
			t.Fatalf("%d of %d are in order", len(order), n)
		}
		knot := make([]int, n)
		for k, all := range g.knots {
			for _, i := range all {
				knot[i] = k
			}
		}
		for i := range d {
			for j := range d {
				if together := g.under(i)[j] && g.under(j)[i]; i != j && together != (knot[i] == knot[j]) {
					t.Fatalf("%d and %d need each other: %v, but their knots are %v", i, j, together, g.knots)
				}
				if g.under(i)[j] && knot[i] != knot[j] && slices.Index(order, j) > slices.Index(order, i) {
					t.Fatalf("%d comes after %d, which needs it: %v", j, i, order)
				}
			}
		}
	})
}

// TestDeepGraph: a chain as long as a file can hold is walked like any other.
func TestDeepGraph(t *testing.T) {
	d := make([]runbook.Dependency, 30_000)
	for i := range d {
		d[i] = runbook.Dependency{ID: fmt.Sprint(i), Needs: []string{fmt.Sprint(i + 1)}}
	}
	d[len(d)-1].RTO = time.Hour
	g := newGraph(d)
	back, due := g.slowest()
	if back[0] != time.Hour || len(trail(due, 0)) != len(d) {
		t.Errorf("the first is back after %v, over %d", back[0], len(trail(due, 0)))
	}
	d[len(d)-1].Needs = []string{"0"}
	if c := newGraph(d).cycles(); len(c) != 1 || len(c[0]) != len(d)+1 {
		t.Errorf("%d cycles", len(c))
	}
}
