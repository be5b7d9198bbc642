package exec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/runbook"
)

func TestWhereabouts(t *testing.T) {
	for _, c := range []struct {
		step runbook.Step
		want []exec.Fact
	}{
		{runbook.Step{Run: "true"}, nil},
		{runbook.Step{At: []string{"a", "b"}, Setup: true, In: runbook.In{Dir: "/srv", Env: []runbook.Named{{ID: "A", Text: "1"}}}},
			[]exec.Fact{{Label: "at", Text: "a, then b"}, {Label: "in", Text: "/srv A=1"}, {Label: "again", Text: "in a terminal that replaces a lost one"}}},
		{runbook.Step{Isolated: true, In: runbook.In{Shell: "python3"}},
			[]exec.Fact{{Label: "in", Text: "python3"}, {Label: "alone", Text: "a process of its own; what it sets is gone with it"}}},
		{runbook.Step{Opens: "db", Closes: "app"}, []exec.Fact{{Label: "opens", Text: "db"}, {Label: "closes", Text: "app"}}},
	} {
		if diff := cmp.Diff(c.want, exec.Whereabouts(c.step)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.step, diff)
		}
	}
}
