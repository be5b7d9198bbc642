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

// opened tells improvements in short: weight, kind, step, the exercise that
// showed them first, and those that did again.
func opened(all []history.Improvement) []string {
	var short []string
	for _, im := range all {
		short = append(short, fmt.Sprintf("%s %s %s %s %v", im.Severity, im.Code, im.Step, im.Exercise, im.Again))
	}
	return short
}

func TestImprovements(t *testing.T) {
	e := reading(t, shop)
	optional := reading(t, shop, "do: Restart it.,", "do: Restart it., optional: true,")
	without := reading(t, shop, "go: restart", "go: launch", "      - {id: restart, do: Restart it., run: ./restart, expect: {exit: 0}, estimate: 2m, then: answers}\n", "")
	skipped := historytest.Spec{Text: e, At: november(1), Skipped: map[string]string{"restart": "no need"}}
	fine := historytest.Spec{Text: e, At: november(9)}
	launched := historytest.Spec{Text: e, At: november(9), Answers: map[string]int{"which": 2}}
	leftOut := historytest.Spec{Text: optional, At: november(9), Skipped: map[string]string{"restart": "no need"}}
	slow := func(n int) historytest.Spec {
		return historytest.Spec{Text: e, At: november(n), Took: map[string]time.Duration{"restart": 5 * time.Minute}}
	}
	late := func(n int) historytest.Spec {
		return historytest.Spec{Text: e, At: november(n), Took: map[string]time.Duration{"which": 13 * time.Hour}}
	}
	table := historytest.Spec{Text: e, At: november(2), Kind: exec.Tabletop, Declared: map[string]exec.Deviated{"restart": {Kind: "text is unclear", What: "Which host?"}}}
	help := func(n int, what string) historytest.Spec {
		return historytest.Spec{Text: e, At: november(n), Declared: map[string]exec.Deviated{"restart": {Kind: "needed help", What: what}}}
	}
	type of []history.Record
	for _, c := range []struct {
		name string
		all  of
		want []string
	}{
		{"nothing differs", of{went(t, "ex-1", fine)}, nil},
		{"a skipped step opens one", of{went(t, "ex-1", skipped)}, []string{"major F01 restart ex-1 []"}},
		{"the step done without the like closes it", of{went(t, "ex-1", skipped), went(t, "ex-2", fine)}, nil},
		{"another way does not", of{went(t, "ex-1", skipped), went(t, "ex-2", launched)}, []string{"major F01 restart ex-1 []"}},
		{"leaving out what may be left out now does", of{went(t, "ex-1", skipped), went(t, "ex-2", leftOut)}, nil},
		{"a text without the step does", of{went(t, "ex-1", skipped), went(t, "ex-2", historytest.Spec{Text: without, At: november(9)})}, nil},
		{"the same again is the same", of{went(t, "ex-1", slow(1)), went(t, "ex-2", slow(2))}, []string{"minor T01 restart ex-1 [ex-2]"}},
		{"a skipped step closes nothing of it", of{went(t, "ex-1", slow(1)), went(t, "ex-2", skipped)}, []string{"major F01 restart ex-2 []", "minor T01 restart ex-1 []"}},
		{"what comes back is open anew", of{went(t, "ex-1", slow(1)), went(t, "ex-2", fine), went(t, "ex-3", slow(10))}, []string{"minor T01 restart ex-3 []"}},
		{"a dry run closes nothing", of{went(t, "ex-1", slow(1)), went(t, "ex-2", historytest.Spec{Text: e, At: november(2), DryRun: true})}, []string{"minor T01 restart ex-1 []"}},
		{"one that was given up closes nothing", of{went(t, "ex-1", slow(1)), went(t, "ex-2", historytest.Spec{Text: e, At: november(2), Stops: "recent", Ends: exec.Aborted, Reason: "enough"})}, []string{"critical R10  ex-2 []", "major F11 recent ex-2 []", "minor T01 restart ex-1 []"}},
		{"one that has not ended opens nothing", of{went(t, "ex-1", historytest.Spec{Text: e, At: november(2), Took: slow(1).Took, Stops: "recent", Ends: exec.Running})}, nil},
		{"a word at the table counts", of{went(t, "ex-1", table)}, []string{"minor V05 restart ex-1 []"}},
		{"two things declared are two", of{went(t, "ex-1", help(1, "The host.")), went(t, "ex-2", help(2, "The port."))}, []string{"major P04 restart ex-1 []", "major P04 restart ex-2 []"}},
		{"and both are closed by none", of{went(t, "ex-1", help(1, "The host.")), went(t, "ex-2", help(2, "The port.")), went(t, "ex-3", fine)}, nil},
		{"a missed RTO", of{went(t, "ex-1", late(1))}, []string{"major T01 which ex-1 []", "major O01  ex-1 []"}},
		{"is not mended by one that did not measure it", of{
			went(t, "ex-1", late(1)),
			went(t, "ex-2", historytest.Spec{Text: e, At: november(2), Skipped: map[string]string{"answers": "in a hurry"}}),
		}, []string{"critical F09 answers ex-2 []", "major O01  ex-1 []", "major F01 answers ex-2 []", "major O03  ex-2 []", "major O03  ex-2 []"}},
		{"and is by one that met it", of{went(t, "ex-1", late(1)), went(t, "ex-2", fine)}, nil},
		{"a note that asks for something", of{went(t, "ex-1", fine, remark("answers", " TODO: ask twice "), remark("", "all is well"))}, []string{"minor todo answers ex-1 []"}},
		{"is closed by the next without it", of{went(t, "ex-1", fine, remark("answers", "todo: ask twice")), went(t, "ex-2", fine, remark("answers", "todo: ask thrice"))}, []string{"minor todo answers ex-2 []"}},
		{"a damaged record opens and closes nothing", of{went(t, "ex-1", slow(1)), {ID: "ex-2", Damage: fmt.Errorf("torn")}}, []string{"minor T01 restart ex-1 []"}},
	} {
		if d := cmp.Diff(c.want, opened(history.Improvements(c.all))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestWhatAnImprovementSays(t *testing.T) {
	e := reading(t, shop)
	spec := historytest.Spec{Text: e, At: november(1), Declared: map[string]exec.Deviated{"restart": {Kind: "extra action", What: "Raised the quota."}}}
	got := history.Improvements([]history.Record{went(t, "ex-1", spec)})
	want := []history.Improvement{{
		Playbook: "shop", Scenario: "down", Exercise: "ex-1", Since: went(t, "ex-1", spec).State.Last, Code: "F04", Severity: exec.Major, Step: "restart",
		Text: "Add a step at this place with what was done: Raised the quota.", Owner: "olga",
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if age := got[0].Days(november(26)); age != 25 {
		t.Errorf("it is %d days old", age)
	}
}
