package cli

import (
	"strings"
	"testing"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/ui"

	"github.com/google/go-cmp/cmp"
)

func TestAgreementOnRecord(t *testing.T) {
	person := func(id string, s agree.State, why string) agree.Person {
		return agree.Person{ID: id, State: s, Why: why}
	}
	for _, tt := range []struct {
		name     string
		standing agree.Standing
		want     exec.Agreement
		full     bool
	}{
		{"nobody is asked", agree.Standing{}, exec.Agreement{}, false},
		{
			"everybody agreed",
			agree.Standing{Asked: []agree.Person{person("alice", agree.Agreed, ""), person("bob", agree.Agreed, "")}, Signers: "5a"},
			exec.Agreement{Asked: []string{"alice", "bob"}, Signers: "5a"}, true,
		},
		{
			"each in their own way not",
			agree.Standing{
				Asked: []agree.Person{
					person("alice", agree.Silent, ""), person("bob", agree.Another, "agreed to another text, sha256 44d1"),
					person("kim", agree.Expired, "it held until 2026-11-01"), person("sara", agree.Unproven, "no key of theirs is listed"),
				},
				Others: []agree.Person{person("dan", agree.Agreed, ""), person("eve", agree.Another, "agreed to another text")},
			},
			exec.Agreement{Asked: []string{"alice", "bob", "kim", "sara"}, Lacking: []exec.Lacking{
				{Who: "alice", Why: "has said nothing"}, {Who: "bob", Why: "agreed to another text, sha256 44d1"},
				{Who: "kim", Why: "expired: it held until 2026-11-01"}, {Who: "sara", Why: "not proven: no key of theirs is listed"},
			}}, false,
		},
		{
			"somebody else objects, and said so twice",
			agree.Standing{
				Asked:  []agree.Person{person("alice", agree.Agreed, "")},
				Others: []agree.Person{person("bob", agree.Objected, "the objection is not settled")},
				Objections: []agree.Objection{
					{By: "bob", Text: "An older one.", Settled: "Step 2 was mended."}, {By: "bob", Text: "Step 7 names\nno zone."}, {By: "bob", Text: "And a later one."},
				},
			},
			exec.Agreement{Asked: []string{"alice"}, Lacking: []exec.Lacking{{Who: "bob", Why: "objects: Step 7 names no zone. And a later one. (the objection is not settled)"}}}, false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := agreementOf(tt.standing)
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Full() != tt.full {
				t.Errorf("full is %v", got.Full())
			}
		})
	}
}

// TestWhatIsCopiedRunsNothingElse: a refusal names commands, and paths in them
// stay paths.
func TestWhatIsCopiedRunsNothingElse(t *testing.T) {
	book := &runbook.Playbook{ID: "web", Agreement: &runbook.Agreement{By: []string{"alice"}}, Scenarios: []runbook.Scenario{{ID: "down"}}}
	for _, source := range []string{"$(touch x)/web.yaml", "-x/web.yaml", "a b;ls\n/web.yaml"} {
		s := exec.Apply(exec.New(book), exec.Event{Body: exec.Began{
			Scenario: "down", Kind: exec.Live, Errors: 1, Agreement: &exec.Agreement{Asked: []string{"alice"}, Lacking: []exec.Lacking{{Who: "alice"}}},
		}})
		said := (&app{home: "ho me"}).refuse(plan{book: book, source: source}, s).Error()
		for _, does := range []string{"agree", "check"} {
			if want := "bythebook " + does + " " + clean.Word(near(source)) + " --home 'ho me'"; !strings.Contains(said, want) {
				t.Errorf("nothing says %q in\n%s", want, said)
			}
		}
	}
	if got := near("-x/web.yaml"); got != "./-x/web.yaml" {
		t.Errorf("a path like a flag stays %s", got)
	}
}

// TestForeignNamesAreSafeInWords: neither the plain list of a library nor an
// error obeys the name of a file.
func TestForeignNamesAreSafeInWords(t *testing.T) {
	hostile := "bad\x1b]0;x\x07\u202e.yaml"
	var out strings.Builder
	a := &app{World: World{Out: &out, Err: &out}}
	rows := []ui.Row{
		{Playbook: hostile, Path: hostile, Problems: runbook.Problems{{File: hostile, Message: hostile}}},
		{Playbook: "web", Scenario: "down", Path: hostile, Book: &runbook.Playbook{ID: "web"}},
	}
	if err := a.list(ui.Library{Rows: rows, Stands: map[string]ui.Standing{hostile: {Missing: hostile}}}, hostile); err != nil {
		t.Fatal(err)
	}
	a.tell(rows[0].Problems)
	if n := strings.Count(out.String(), "bad^[]0;x^G<U+202E>.yaml"); n < 6 || clean.Text(out.String()) != out.String() {
		t.Errorf("not safe to show, or left out: %q", out.String())
	}
}
