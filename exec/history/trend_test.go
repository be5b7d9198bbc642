package history_test

import (
	"fmt"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"

	"github.com/google/go-cmp/cmp"
)

// trendOf is what some exercises of the shop's API show together.
func trendOf(t *testing.T, all []history.Record, changes ...string) history.Trend {
	t.Helper()
	return history.Survey(all, reading(t, shop, changes...).Playbook, "down", november(26)).Trends[0]
}

// TestAside: what is part of no figure says why.
func TestAside(t *testing.T) {
	e := reading(t, shop)
	for _, c := range []struct {
		spec historytest.Spec
		want string
	}{
		{historytest.Spec{}, ""},
		{historytest.Spec{Kind: exec.Live}, ""},
		{historytest.Spec{DryRun: true}, "dry run"},
		{historytest.Spec{Kind: exec.Tabletop}, "talked through"},
		{historytest.Spec{Stops: "answers", Ends: exec.Running}, "unfinished at step 5 of 8"},
		{historytest.Spec{Kind: exec.Tabletop, Stops: "answers", Ends: exec.Running}, "unfinished at step 5 of 8"},
		{historytest.Spec{Kind: exec.Tabletop, Stops: "answers", Ends: exec.Aborted}, "aborted at step 5 of 8"},
		{historytest.Spec{DryRun: true, Stops: "answers", Ends: exec.Running}, "dry run"},
		{historytest.Spec{DryRun: true, Stops: "answers", Ends: exec.Aborted}, "aborted at step 5 of 8"},
		{historytest.Spec{Stops: "which", Ends: exec.Blocked}, "blocked at step 2 of 8"},
		{historytest.Spec{Stops: "over", Ends: exec.Aborted}, "aborted at step 8 of 8"},
	} {
		c.spec.Text, c.spec.At = e, november(1)
		if got := went(t, "ex-1", c.spec).Aside(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	ready := exec.Apply(exec.New(e.Playbook), exec.Event{Body: exec.Began{Exercise: "ex-1", Playbook: e.Playbook.ID, Scenario: "down", Kind: exec.Rehearsal}})
	if got := (history.Record{State: ready}).Aside(); got != "not begun" {
		t.Errorf("an exercise without a go is %q", got)
	}
	if got := (history.Record{Damage: fmt.Errorf("torn")}).Aside(); got != "damaged" {
		t.Errorf("a damaged one is %q", got)
	}
}

// TestEachIsJudgedByItsOwnText: an objective that was set anew does not judge
// what was exercised before.
func TestEachIsJudgedByItsOwnText(t *testing.T) {
	tight := reading(t, shop, "rto: 12h\n    rpo: 12h", "rto: 10m\n    rpo: 12h")
	slow := map[string]time.Duration{"which": 20 * time.Minute}
	all := []history.Record{
		went(t, "ex-1", historytest.Spec{Text: tight, At: november(1), Took: slow}),
		went(t, "ex-2", historytest.Spec{Text: reading(t, shop), At: november(2), Took: slow}),
	}
	if got := trendOf(t, all); got.Met != 1 || got.Of != 2 || got.RTA.Of != 2 || got.RTO != 12*time.Hour {
		t.Errorf("met %d of %d, %d measured, RTO %s", got.Met, got.Of, got.RTA.Of, got.RTO)
	}
}

func TestComesBack(t *testing.T) {
	e := reading(t, shop)
	spec := func(n int, change func(*historytest.Spec)) history.Record {
		s := historytest.Spec{Text: e, At: november(n)}
		change(&s)
		return went(t, fmt.Sprint("ex-", n), s)
	}
	fine := func(*historytest.Spec) {}
	skip := func(s *historytest.Spec) { s.Skipped = map[string]string{"over": "no need"} }
	slow := func(s *historytest.Spec) { s.Took = map[string]time.Duration{"restart": 10 * time.Minute} }
	bit := func(s *historytest.Spec) { s.Took = map[string]time.Duration{"restart": 150 * time.Second} } // for information only
	blocked := func(s *historytest.Spec) { s.Stops, s.Ends = "which", exec.Blocked }
	open := func(s *historytest.Spec) { skip(s); s.Stops, s.Ends = "over", exec.Running }
	dry := func(s *historytest.Spec) { skip(s); s.DryRun = true }
	for _, c := range []struct {
		name string
		all  []history.Record
		want []string
	}{
		{"once is not again", []history.Record{spec(1, skip), spec(2, fine)}, nil},
		{"twice is", []history.Record{spec(1, skip), spec(2, skip)}, []string{"F01 over [ex-1 ex-2] true"}},
		{"with one between that did without", []history.Record{spec(1, skip), spec(2, fine), spec(3, skip)}, []string{"F01 over [ex-1 ex-3] true"}},
		{"and one behind", []history.Record{spec(1, skip), spec(2, skip), spec(3, fine)}, []string{"F01 over [ex-1 ex-2] false"}},
		{"one that did not come so far tells nothing", []history.Record{spec(1, skip), spec(2, skip), spec(3, blocked)}, []string{"F01 over [ex-1 ex-2] true"}},
		{"those that come most often are first", []history.Record{spec(1, slow), spec(2, skip), spec(3, slow), spec(4, slow), spec(5, skip)}, []string{"T01 restart [ex-1 ex-3 ex-4] false", "F01 over [ex-2 ex-5] true"}},
		{"what is for information does not count", []history.Record{spec(1, bit), spec(2, bit)}, nil},
		{"nor does a dry run", []history.Record{spec(1, skip), spec(2, dry)}, nil},
		{"nor one that goes on", []history.Record{spec(1, skip), spec(2, open)}, nil},
	} {
		var got []string
		for _, a := range trendOf(t, c.all).Again {
			got = append(got, fmt.Sprintf("%s %s %v %v", a.Code, a.Step, a.Exercises, a.Not == ""))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestSlowestOfThePresentText: the present plan is what counts, and a step that
// was worded otherwise is another one.
func TestSlowestOfThePresentText(t *testing.T) {
	e := reading(t, shop)
	all := []history.Record{went(t, "ex-1", historytest.Spec{Text: e, At: november(1), Took: map[string]time.Duration{"restart": 5 * time.Minute, "over": 2 * time.Minute}})}
	names := func(changes ...string) (ids []string) {
		for _, s := range trendOf(t, all, changes...).Slowest {
			ids = append(ids, fmt.Sprintf("%s x%.1f", s.Step, s.Ratio()))
		}
		return ids
	}
	for _, c := range []struct {
		changes, want []string
	}{
		{nil, []string{"restart x2.5", "over x2.0"}},
		{[]string{"estimate: 2m, then", "estimate: 5m, then"}, []string{"over x2.0"}},
		{[]string{"run: ./restart", "run: ./restart --quick"}, []string{"over x2.0"}},
	} {
		if d := cmp.Diff(c.want, names(c.changes...)); d != "" {
			t.Errorf("%v (-want +got):\n%s", c.changes, d)
		}
	}
}
