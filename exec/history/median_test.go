package history_test

import (
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

// mended is an exercise in which the step `mend` took some minutes.
func mended(text read.Entry, minutes int, more ...func(*historytest.Spec)) historytest.Spec {
	spec := historytest.Spec{Text: text, At: now, Took: map[string]time.Duration{"mend": time.Duration(minutes) * time.Minute}}
	for _, edit := range more {
		edit(&spec)
	}
	return spec
}

func TestMedians(t *testing.T) {
	text := load(t, web)
	reworded := load(t, strings.Replace(web, "Mend it.", "Mend it and look at the log.", 1))
	other := load(t, strings.Replace(web, "run: ./mend.sh", "run: ./mend.sh --now", 1))
	grown := load(t, web+"    resume:\n      - {id: over, do: Say that it is over.}\n")
	twice := strings.Replace(web, "web-down:", "disk-full:\n    title: The disk is full\n    recovery: [{id: mend, do: Mend it., run: ./mend.sh, expect: {exit: 0}}]\n  web-down:", 1)
	scenario := func(id string) func(*historytest.Spec) {
		return func(s *historytest.Spec) { s.Scenario = id }
	}
	for _, row := range []struct {
		name string
		went []historytest.Spec
		want exec.Median // of mend
	}{
		{"none", nil, exec.Median{}},
		{"one", []historytest.Spec{mended(text, 7)}, exec.Median{Took: 7 * time.Minute, Of: 1}},
		{"an odd number", []historytest.Spec{mended(text, 9), mended(text, 1), mended(text, 5)}, exec.Median{Took: 5 * time.Minute, Of: 3}},
		{"an even number", []historytest.Spec{mended(text, 60), mended(text, 1), mended(text, 4), mended(text, 10)}, exec.Median{Took: 7 * time.Minute, Of: 4}},
		{"not in a dry run", []historytest.Spec{mended(text, 2), mended(text, 9, func(s *historytest.Spec) { s.DryRun = true })}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"not at a table", []historytest.Spec{mended(text, 2), mended(text, 9, func(s *historytest.Spec) { s.Kind = exec.Tabletop })}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"not where it was skipped", []historytest.Spec{mended(text, 2), mended(text, 9, func(s *historytest.Spec) { s.Skipped = map[string]string{"mend": "It runs."} })}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"not where it failed", []historytest.Spec{mended(text, 2), mended(text, 9, func(s *historytest.Spec) { s.Failed = map[string]string{"mend": "It runs."} })}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"not where it was not reached", []historytest.Spec{mended(text, 2), mended(text, 9, func(s *historytest.Spec) { s.Stops, s.Ends = "mend", exec.Aborted })}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"where the exercise went no further", []historytest.Spec{mended(text, 2), mended(text, 4, func(s *historytest.Spec) { s.Stops, s.Ends = "answers", exec.Running })}, exec.Median{Took: 3 * time.Minute, Of: 2}},
		{"with another command now", []historytest.Spec{mended(text, 2), mended(other, 9)}, exec.Median{Took: 9 * time.Minute, Of: 1}},
		{"in other words now", []historytest.Spec{mended(text, 2), mended(reworded, 9)}, exec.Median{Took: 9 * time.Minute, Of: 1}},
		{"back in the old words", []historytest.Spec{mended(text, 2), mended(other, 9), mended(text, 4)}, exec.Median{Took: 3 * time.Minute, Of: 2}},
		{"in the same words of a changed text", []historytest.Spec{mended(text, 2), mended(grown, 4)}, exec.Median{Took: 3 * time.Minute, Of: 2}},
		{"not of another scenario", []historytest.Spec{mended(load(t, twice), 2, scenario("web-down")), mended(load(t, twice), 9, scenario("disk-full"))}, exec.Median{Took: 2 * time.Minute, Of: 1}},
		{"all its tries", []historytest.Spec{mended(text, 9, func(s *historytest.Spec) { s.Tries = map[string]int{"mend": 3} })}, exec.Median{Took: 9 * time.Minute, Of: 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			home := t.TempDir()
			for _, spec := range row.went {
				historytest.Exercise(t, home, spec)
			}
			if d := cmp.Diff(row.want, history.Medians(readAll(t, home), "web", "web-down")["mend"]); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOfAScenario(t *testing.T) {
	home := t.TempDir()
	ids := three(t, home)
	rewrite(t, history.Dir(home, ids[1]), func(b *exec.Began) { b.Format = 2 })
	all := readAll(t, home)
	for _, row := range []struct {
		playbook, scenario string
		want               []string
	}{
		{"web", "web-down", []string{ids[0], ids[2]}}, // the damaged one left out
		{"web", "flood", nil},
		{"shop", "web-down", nil},
	} {
		var got []string
		for _, r := range history.Of(all, row.playbook, row.scenario) {
			got = append(got, r.ID)
		}
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s of %s: %s", row.scenario, row.playbook, d)
		}
	}
	if all[1].Real() || !all[2].Real() {
		t.Error("a damaged record is real, or a whole one is not")
	}
}
