package history_test

import (
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"

	"github.com/google/go-cmp/cmp"
)

// tries tells what was tried in short: step or answer, and the day.
func tries(of []history.Tried) map[string]string {
	short := map[string]string{}
	for _, t := range of {
		on := "never"
		if !t.Last.IsZero() {
			on = t.Last.Format("Jan 2")
		}
		name := t.Step
		if t.Say != "" {
			name += ": " + t.Say
		}
		short[name] = on
	}
	return short
}

func TestCoverage(t *testing.T) {
	e := reading(t, shop)
	restarted := historytest.Spec{Text: e, At: november(1)}
	launched := historytest.Spec{Text: e, At: november(2), Answers: map[string]int{"which": 2}, Not: []string{"clean"}}
	blocked := historytest.Spec{Text: e, At: november(3), Stops: "launch", Ends: exec.Blocked, Answers: map[string]int{"which": 2}}
	dry := historytest.Spec{Text: e, At: november(4), DryRun: true}
	gaveUp := historytest.Spec{Text: e, At: november(5), Failed: map[string]string{"answers": "it answers on the other port"}, Skipped: map[string]string{"recent": "no time"}}
	for _, c := range []struct {
		name      string
		all       []history.Record
		exercised time.Time
		steps     map[string]string
		branches  map[string]string
	}{
		{"one way through it", []history.Record{went(t, "ex-1", restarted)}, november(1),
			map[string]string{"break": "Nov 1", "which": "Nov 1", "restart": "Nov 1", "launch": "never", "answers": "Nov 1", "recent": "Nov 1", "clean": "Nov 1", "over": "Nov 1"},
			map[string]string{"which: yes, restart": "Nov 1", "which: no, replace": "never", "clean: yes": "Nov 1", "clean: no": "never"}},
		{"then the other", []history.Record{went(t, "ex-1", restarted), went(t, "ex-2", launched)}, november(2),
			map[string]string{"break": "Nov 2", "which": "Nov 2", "restart": "Nov 1", "launch": "Nov 2", "answers": "Nov 2", "recent": "Nov 2", "clean": "Nov 1", "over": "Nov 2"},
			map[string]string{"which: yes, restart": "Nov 1", "which: no, replace": "Nov 2", "clean: yes": "Nov 1", "clean: no": "Nov 2"}},
		{"one that was blocked counts as far as it went", []history.Record{went(t, "ex-1", blocked)}, time.Time{},
			map[string]string{"break": "Nov 3", "which": "Nov 3", "restart": "never", "launch": "never", "answers": "never", "recent": "never", "clean": "never", "over": "never"},
			map[string]string{"which: yes, restart": "never", "which: no, replace": "Nov 3", "clean: yes": "never", "clean: no": "never"}},
		{"a dry run does not count", []history.Record{went(t, "ex-1", dry)}, time.Time{},
			map[string]string{"break": "never", "which": "never", "restart": "never", "launch": "never", "answers": "never", "recent": "never", "clean": "never", "over": "never"},
			map[string]string{"which: yes, restart": "never", "which: no, replace": "never", "clean: yes": "never", "clean: no": "never"}},
		{"what failed was tried, what was skipped was not", []history.Record{went(t, "ex-1", gaveUp)}, november(5),
			map[string]string{"break": "Nov 5", "which": "Nov 5", "restart": "Nov 5", "launch": "never", "answers": "Nov 5", "recent": "never", "clean": "Nov 5", "over": "Nov 5"},
			map[string]string{"which: yes, restart": "Nov 5", "which: no, replace": "never", "clean: yes": "Nov 5", "clean: no": "never"}},
	} {
		got := history.Coverage(c.all, e.Playbook)
		if len(got) != 2 || !got[0].Exercised.Equal(c.exercised) || !got[1].Exercised.IsZero() || history.Share(got[1].Steps) != 0 {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if d := cmp.Diff(c.steps, tries(got[0].Steps)); d != "" {
			t.Errorf("%s: steps (-want +got):\n%s", c.name, d)
		}
		if d := cmp.Diff(c.branches, tries(got[0].Branches)); d != "" {
			t.Errorf("%s: branches (-want +got):\n%s", c.name, d)
		}
	}
}

// TestCoverageIsOfThePresentText: a step in other words, and an answer that is
// worded otherwise, have not been tried as they are now.
func TestCoverageIsOfThePresentText(t *testing.T) {
	all := []history.Record{went(t, "ex-1", historytest.Spec{Text: reading(t, shop), At: november(1)})}
	now := reading(t, shop, "run: ./restart", "run: ./restart --hard", "yes, restart", "yes, restart it")
	got := history.Coverage(all, now.Playbook)[0]
	steps, branches := tries(got.Steps), tries(got.Branches)
	if steps["restart"] != "never" || steps["which"] != "Nov 1" || branches["which: yes, restart it"] != "never" || branches["clean: yes"] != "Nov 1" {
		t.Errorf("steps %v, branches %v", steps, branches)
	}
}
