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
		{IfProbe: &runbook.Probe{Run: "true"}}, {Approve: []string{"bob"}}, {At: []string{"db"}, Opens: "node"}, {At: []string{"local", "db"}, Isolated: true},
		{At: []string{"local", "db"}, In: runbook.In{Dir: "/srv"}, Setup: true, Closes: "db"}, {Opens: "db"}, {Isolated: true}, {Together: "hosts"}, {Evidence: "file"},
		{Then: "abort"}, {Answers: to("scenario:other")},
		{Kind: runbook.Until, Run: "look", Holds: 1, If: "it is night", At: []string{"local"}, Evidence: "text", Redact: []string{"x"}, Then: "next", IfNot: "resume", Answers: to("test")},
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
		"`approve`, somebody else's approval",
		"`opens`, from another terminal than the local one",
		"`isolated`, in another terminal than the local one",
		"`together`, steps in any order",
		"the way to `abort`",
		"the way to another `scenario:`",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is not carried out yet (-want +got):\n%s", diff)
	}
}

// TestOutside: where the document leads out of the scenario, a dry run comes to
// its end there, and nothing is held against anybody.
func TestOutside(t *testing.T) {
	for _, target := range []runbook.Target{"abort", "scenario:other"} {
		book := &runbook.Playbook{ID: "b", Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", RTO: 6e11, Steps: []runbook.Step{
			{ID: "which", Procedure: runbook.Recovery, Kind: runbook.Decide, Ask: "Which?", Answers: []runbook.Answer{{Say: "on"}, {Say: "away", Go: target}}},
			{ID: "mend", Procedure: runbook.Recovery, Kind: runbook.Manual, Estimate: 6e10},
			{ID: "check", Procedure: runbook.Test, Kind: runbook.Manual},
		}}}}
		s, _ := play(t, book, "0s exercise rehearsal strict dry\n1s go")
		if d := s.SpareAfter(began.Add(2e9), target) - s.SpareAfter(began.Add(2e9), "next"); d != 6e10 {
			t.Errorf("%s spares %s", target, d)
		}
		s, _ = play(t, book, "0s exercise rehearsal strict dry\n1s go\n2s answer which 2\n3s over completed d0")
		if s.At != 3 || s.Leads != target || s.Step(1).Status != exec.NotApplicable || len(exec.Deviations(s)) > 0 {
			t.Errorf("%s leads to %d, %q, %s; %+v", target, s.At, s.Leads, s.Step(1).Status, exec.Deviations(s))
		}
	}
}
