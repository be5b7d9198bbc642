package exec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/runbook"
)

// TestLater has a step for each row of the table, and one that needs nothing of
// it.
func TestLater(t *testing.T) {
	to := func(target runbook.Target) []runbook.Answer {
		return []runbook.Answer{{Say: "yes"}, {Say: "no", Go: target}}
	}
	steps := []runbook.Step{
		{IfProbe: &runbook.Probe{Run: "true"}}, {At: []string{"db"}, Opens: "node"}, {At: []string{"local", "db"}, Isolated: true},
		{At: []string{"local", "db"}, In: runbook.In{Dir: "/srv"}, Setup: true, Closes: "db"}, {Opens: "db"}, {Isolated: true}, {Evidence: "file"},
		{Kind: runbook.Until, Run: "look", Holds: 1, If: "it is night", At: []string{"local"}, Evidence: "text", Redact: []string{"x"}, Then: "next", IfNot: "abort", Answers: to("scenario:other")},
		{Kind: runbook.Run, Runs: []string{"a", "b"}, Expect: runbook.Expect{Where: []runbook.Named{{ID: "lag", Text: "< 5"}}}, Preconditions: []string{"x"}, DependsOn: []string{"y"}},
		{Kind: runbook.Notify, Rule: "declared", Expect: runbook.Expect{State: "they know"}},
	}
	for i := range steps {
		steps[i].Line = 10 * (i + 1)
	}
	var got []string
	for _, u := range exec.Later(&runbook.Scenario{Steps: steps, Clock: runbook.Clock{Steady: 1}}) {
		got = append(got, u.What)
		if line := 10 * (u.Step + 1); u.Line != line {
			t.Errorf("%+v is said to stand in line %d", u, u.Line)
		}
	}
	want := []string{
		"`opens`, from another terminal than the local one",
		"`isolated`, in another terminal than the local one",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is not carried out yet (-want +got):\n%s", diff)
	}
}
