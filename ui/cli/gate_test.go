package cli

import (
	"testing"

	"bythebook/exec"
	"bythebook/runbook/agree"

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
					person("alice", agree.Silent, ""), person("bob", agree.Earlier, "agreed to an earlier text, sha256 44d1"),
					person("kim", agree.Expired, "it held until 2026-11-01"), person("sara", agree.Unproven, "no key of theirs is listed"),
				},
				Others: []agree.Person{person("dan", agree.Agreed, ""), person("eve", agree.Earlier, "agreed to an earlier text")},
			},
			exec.Agreement{Asked: []string{"alice", "bob", "kim", "sara"}, Lacking: []exec.Lacking{
				{Who: "alice", Why: "has said nothing"}, {Who: "bob", Why: "agreed to an earlier text, sha256 44d1"},
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
