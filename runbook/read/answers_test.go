package read

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

func TestAnswers(t *testing.T) {
	dir := tree(t, map[string]string{"answers.yaml": `answers:
  check-api: run
  which: {choose: 2}
  launch: {run: launch}
  note-backup: {done: "Backup of 02:00 present."}
  drain: {skip: "No drain hook.", agreed: sara}
  look: done
  up: yes
  down: no
  back: way out
  lost: {unknown: done}
  gone: {unknown: not done}
  late: "unknown: not done"
  both: {run: , unknown: not done}
  slow: "skip: Took too long: an hour."
  pick:
    choose: 1
  drop: {run: drop, approved: [kim, sara]}
  gone/drop: {run: , approved: kim}
  unplug: {done: , target: db-1}
default: {change: run}
`})
	got, err := Answers(filepath.Join(dir, "answers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := Sheet{RunChanges: true, Steps: map[string]Answer{
		"check-api":   {Do: DoRun, Line: 2},
		"which":       {Do: DoChoose, Choice: 2, Line: 3},
		"launch":      {Do: DoRun, Target: "launch", Line: 4},
		"note-backup": {Do: DoDone, Evidence: "Backup of 02:00 present.", Line: 5},
		"drain":       {Do: DoSkip, Reason: "No drain hook.", Agreed: "sara", Line: 6},
		"look":        {Do: DoDone, Line: 7},
		"up":          {Do: DoYes, Line: 8},
		"down":        {Do: DoNo, Line: 9},
		"back":        {Do: DoWayOut, Line: 10},
		"lost":        {Do: DoUnknown, Unknown: "done", Line: 11},
		"gone":        {Do: DoUnknown, Unknown: "not done", Line: 12},
		"late":        {Do: DoUnknown, Unknown: "not done", Line: 13},
		"both":        {Do: DoRun, Unknown: "not done", Line: 14},
		"slow":        {Do: DoSkip, Reason: "Took too long: an hour.", Line: 15},
		"pick":        {Do: DoChoose, Choice: 1, Line: 16},
		"drop":        {Do: DoRun, Target: "drop", Approved: []string{"kim", "sara"}, Line: 18},
		"gone/drop":   {Do: DoRun, Approved: []string{"kim"}, Line: 19},
		"unplug":      {Do: DoDone, Target: "db-1", Line: 20},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestAnswersDocument: the example that docs/unattended.md shows is understood.
func TestAnswersDocument(t *testing.T) {
	page, err := os.ReadFile("../../docs/unattended.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, found := strings.Cut(text, "```")
	got, err := Answers(filepath.Join(tree(t, map[string]string{"answers.yaml": text}), "answers.yaml"))
	if err != nil || !found {
		t.Fatal(err, found)
	}
	used := map[Deed]bool{}
	for _, a := range got.Steps {
		used[a.Do] = true
	}
	for _, row := range deeds {
		if !used[row.deed] && row.deed != DoUnknown && row.deed != DoYes { // beside another deed; as no
			t.Errorf("the document does not show %q", row.deed)
		}
	}
}

func TestAnswersRefused(t *testing.T) {
	for in, want := range map[string]string{
		"a: ruin":                        "2:6: answers.a: `ruin` is none of run, done, skip, choose, yes, no, way out, unknown (did you mean `run`?)",
		"a: skip":                        "2:6: answers.a: `skip` needs more (write `skip: REASON`)",
		"a: choose":                      "2:6: answers.a: `choose` needs more (write `choose: 2`)",
		"a: {choose: two}":               "2:15: answers.a.choose: `two` is not a number from 1 to 1000",
		"a: {yes: really}":               "2:7: answers.a.yes: `yes` stands alone",
		"a: {run: x, done: y}":           "2:15: answers.a.done: a step has one answer, and this is a second",
		"a: {done: x, agreed: sara}":     "2:16: answers.a.agreed: `agreed` says who agreed to a `skip`",
		"a: {run: x, target: x}":         "2:15: answers.a.target: `target` repeats the target of a final step that is `done` (where it is run, write run: TARGET)",
		"a: {agreed: sara}":              "2:3: answers.a: does not say what to do (write run, done, skip, choose, yes, no, way out or unknown)\n2:7: answers.a.agreed: `agreed` says who agreed to a `skip`",
		"a: {unknown: maybe}":            "2:16: answers.a.unknown: `maybe` is none of done, not done",
		"a: {skip: }":                    "2:7: answers.a.skip: `skip` needs more (write `skip: REASON`)",
		"a: 'skip:'":                     "2:6: answers.a: is empty (leave it out where there is nothing to say)",
		"a: [run]":                       "2:6: answers.a: must be text",
		"a:":                             "2:3: answers.a: has no value, must be text",
		"a: run\n  a: done":              "3:3: answers.a: `a` is here twice (the first is on line 2)",
		"A b: run":                       "2:3: answers.A b: `A b` is not an id (use a-z, 0-9 and -, 64 characters at most)",
		"a: run\ndefault: {final: run}":  "3:11: default.final: unknown key `final`",
		"a: run\ndefault: {change: ask}": "3:19: default.change: must be `run`",
		"a: run\nanswer: {}":             "3:1: answer: unknown key `answer` (did you mean `answers`?)",
	} {
		path := filepath.Join(tree(t, map[string]string{"a.yaml": "answers:\n  " + in + "\n"}), "a.yaml")
		_, err := Answers(path)
		var problems runbook.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, strings.Join(lines(problems), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}
