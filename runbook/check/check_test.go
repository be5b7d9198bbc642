package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"
	"bythebook/runbook/read"

	"golang.org/x/tools/txtar"
)

// families are the codes that the table must hold, no more and no fewer.
var families = []struct {
	prefix string
	last   int
}{{"LD", 16}, {"LP", 23}, {"LH", 13}, {"LS", 31}, {"LX", 5}}

// TestTheTableIsComplete asserts every code, in order: a check that vanished
// would be missed by nobody else.
func TestTheTableIsComplete(t *testing.T) {
	var want []string
	for _, f := range families {
		for n := 1; n <= f.last; n++ {
			want = append(want, f.prefix+string([]byte{byte('0' + n/10), byte('0' + n%10)}))
		}
	}
	if len(want) != 88 {
		t.Fatalf("there are %d codes to be had, and not 88", len(want))
	}
	have := map[string]int{}
	for _, row := range Table {
		have[row.Code]++
	}
	for _, code := range want {
		if have[code] != 1 {
			t.Errorf("%s has %d rows", code, have[code])
		}
	}
	if len(Table) != len(want) {
		t.Errorf("the table has %d rows, and not %d", len(Table), len(want))
	}
}

// TestRowsAreWordedAlike keeps what people read in one tone.
func TestRowsAreWordedAlike(t *testing.T) {
	for _, row := range append(slices.Clone(Table), load) {
		if row.Severity.rank() < 0 {
			t.Errorf("%s has the severity %q", row.Code, row.Severity)
		}
		for name, words := range map[string]string{"Finds": row.Finds, "Why": row.Why} {
			if !strings.HasSuffix(words, ".") || words[:1] != strings.ToUpper(words[:1]) {
				t.Errorf("%s: %s is no sentence: %q", row.Code, name, words)
			}
		}
		if row.Mend == "" || strings.HasSuffix(row.Mend, ".") || row.Mend[:1] != strings.ToLower(row.Mend[:1]) {
			t.Errorf("%s: Mend is said after a colon, so it begins small and ends without a full stop: %q", row.Code, row.Mend)
		}
	}
}

var today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return today.AddDate(0, 0, -days) }

// known are the facts that an example needs beside its text, by the digests of
// the one that fails and of the one that passes.
func known(code, fails, passes string) Facts {
	facts := Facts{Now: today}
	switch code {
	case "LD06":
		facts.Agreements = []Agreement{{By: "alice", Digest: passes, On: ago(30), Agrees: true}}
	case "LD08":
		facts.Absent = []string{"old-paths.png"}
	case "LX03":
		facts.History = []Exercise{{ID: "ex-20261001-1", Scenario: "web-down", Type: "rehearsal", Ended: ago(53), Complete: true, Steps: []string{"restart"}}}
	case "LX04":
		facts.History = []Exercise{{ID: "ex-20261001-1", Scenario: "web-down", Type: "rehearsal", Ended: ago(53), Complete: true, Open: []string{"give the host a console"}}}
	case "LX05":
		facts.History = []Exercise{{ID: "ex-20261001-1", Scenario: "web-down", Type: "rehearsal", Ended: ago(53), Complete: true}}
	}
	return facts
}

// An example is the two playbooks of a check's txtar.
type example struct{ fails, passes runbook.Copy }

func exampleOf(t testing.TB, code string) example {
	t.Helper()
	text, err := examples.ReadFile("examples/" + code + ".txtar")
	if err != nil {
		t.Fatalf("%s has no example: %v", code, err)
	}
	var e example
	for _, f := range txtar.Parse(text).Files {
		frozen := runbook.Copy{Main: f.Name, Files: map[string][]byte{f.Name: f.Data}}
		switch f.Name {
		case "fails.yaml", "fails.md":
			e.fails = frozen
		case "passes.yaml", "passes.md":
			e.passes = frozen
		default:
			t.Errorf("%s: what is %s for?", code, f.Name)
		}
	}
	return e
}

func parse(t testing.TB, frozen runbook.Copy) *runbook.Playbook {
	t.Helper()
	book, problems := read.Parse(frozen)
	if len(problems) > 0 {
		t.Fatalf("%s cannot be read:\n%v", frozen.Main, problems)
	}
	return book
}

func TestEveryCheckHasItsExamples(t *testing.T) {
	for _, row := range Table {
		t.Run(row.Code, func(t *testing.T) {
			e := exampleOf(t, row.Code)
			facts := known(row.Code, e.fails.Digest(), e.passes.Digest())
			found := of(row.Code, Run(parse(t, e.fails), e.fails, facts))
			if len(found) == 0 {
				t.Errorf("finds nothing in the example that fails")
			}
			for _, f := range found {
				if f.Line == 0 || f.Column == 0 || f.Message == "" || f.Hint == "" {
					t.Errorf("a finding lacks something: %+v", f)
				}
			}
			for _, f := range of(row.Code, Run(parse(t, e.passes), e.passes, facts)) {
				t.Errorf("finds something in the example that passes: %v", f.Error())
			}
		})
	}
}

// TestNoExampleIsLeftOver: one without a row is shown to nobody.
func TestNoExampleIsLeftOver(t *testing.T) {
	files, err := examples.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := Find(strings.TrimSuffix(f.Name(), ".txtar")); !ok {
			t.Errorf("%s is the example of no check", f.Name())
		}
	}
}

func of(code string, findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Code != code })
}
