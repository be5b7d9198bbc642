package check

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

// FuzzRun: whatever can be read can be checked, and what was found printed.
func FuzzRun(f *testing.F) {
	for _, row := range Table {
		e := exampleOf(f, row.Code)
		f.Add(e.fails.Files[e.fails.Main], true)
		f.Add(e.passes.Files[e.passes.Main], false)
	}
	f.Fuzz(func(t *testing.T, text []byte, known bool) {
		frozen := runbook.Copy{Main: "fuzz.yaml", Files: map[string][]byte{"fuzz.yaml": text}}
		book, problems := read.Parse(frozen)
		found := FromProblems(problems)
		ready := Share{}
		if book != nil {
			found, ready = Run(book, frozen, factsAbout(book, frozen, known)), Readiness(book)
		}
		sources := Sources{"fuzz.yaml": text}
		var b strings.Builder
		for name, err := range map[string]error{
			"text": Text(&b, found, sources, ready), "json": JSON(io.Discard, found), "sarif": SARIF(io.Discard, found, ""),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }); i >= 0 {
			t.Errorf("the text holds the character %q", b.String()[i])
		}
	})
}

// factsAbout are the most that may be known of a playbook.
func factsAbout(book *runbook.Playbook, from runbook.Copy, known bool) Facts {
	facts := Facts{Now: today}
	if !known {
		return facts
	}
	facts.Absent = Links(book, from)
	for i := range book.Scenarios {
		facts.History = append(facts.History, Exercise{ID: "x", Scenario: book.Scenarios[i].ID, Ended: ago(400), Complete: i%2 == 0, Open: []string{"a"}})
	}
	for _, c := range book.Contacts {
		facts.Agreements = append(facts.Agreements, Agreement{By: c.ID, Digest: from.Digest(), On: ago(400), Agrees: true})
	}
	return facts
}

// large is a playbook of ten thousand steps: as many as can be read at all.
func large() runbook.Copy {
	var b strings.Builder
	b.WriteString("playbook: large\ntitle: Large\nzone: UTC\ncomponents:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  c%d: {name: Component %d}\n", i, i)
	}
	b.WriteString("scenarios:\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  s%d:\n    title: Component %d is down\n    component: c%d\n    rto: 1h\n", i, i, i)
		for _, procedure := range []string{"recovery", "test"} {
			fmt.Fprintf(&b, "    %s:\n", procedure)
			for j := range 500 {
				fmt.Fprintf(&b, "      - {id: %s-%d, do: Restart it., run: 'ssh h sudo systemctl restart c%d | cat'}\n", procedure, j, j)
			}
		}
	}
	return runbook.Copy{Main: "large.yaml", Files: map[string][]byte{"large.yaml": []byte(b.String())}}
}

// BenchmarkRun checks a playbook as large as one may be. All checks together
// are to take less than 2 s of it, so no check may look at every step, or
// search for one by its id, once for each step: what is found by a search
// belongs into a map first.
func BenchmarkRun(b *testing.B) {
	frozen := large()
	book := parse(b, frozen)
	found := 0
	for b.Loop() {
		found = len(Run(book, frozen, factsAbout(book, frozen, true)))
	}
	b.ReportMetric(float64(found), "findings")
}
