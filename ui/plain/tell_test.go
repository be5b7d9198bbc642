package plain

import (
	"bytes"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// TestTimeIsTold: a running step that takes longer than is planned, and one
// whose limit is near, are told, each once.
func TestTimeIsTold(t *testing.T) {
	step := runbook.Step{ID: "slow", Kind: runbook.Run, Run: "sleep 600", Estimate: time.Minute, Timeout: 5 * time.Minute}
	book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{step}}}}
	began := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	s := exec.Replay(book, []exec.Event{
		{At: began, Body: exec.Began{Scenario: "s"}},
		{At: began, Step: "slow", Body: exec.StepBegan{Attempt: 1}},
	})
	var out bytes.Buffer
	teller := newTeller(&out)
	for _, c := range []struct {
		ran  time.Duration
		want string
	}{
		{time.Minute, ""},
		{61 * time.Second, "Step 1 takes longer than the planned 1m.\n"},
		{62 * time.Second, ""},
		{4*time.Minute + 29*time.Second, ""},
		{4*time.Minute + 30*time.Second, "Step 1 has run for 4m30s and will be stopped at its limit of 5m.\n"},
		{4*time.Minute + 31*time.Second, ""},
	} {
		out.Reset()
		teller.time(s, began.Add(c.ran))
		if diff := cmp.Diff(c.want, out.String()); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", c.ran, diff)
		}
	}
	out.Reset()
	teller.time(exec.Apply(s, exec.Event{At: began, Step: "slow", Body: exec.StepEnded{Outcome: exec.Exited, Match: exec.Matched}}), began.Add(time.Hour))
	if out.Len() > 0 {
		t.Errorf("of a step that has ended it tells %s", &out)
	}
}

// TestTimeIsToldOfEachAttempt: on each terminal anew, and not of the step where it
// is its condition that is looked at.
func TestTimeIsToldOfEachAttempt(t *testing.T) {
	began := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	late := "Step 1 takes longer than the planned 1m.\n"
	for name, c := range map[string]struct {
		step   runbook.Step
		events []exec.Body
		want   string
	}{
		"on each terminal": {
			runbook.Step{At: []string{"one", "two"}},
			[]exec.Body{exec.StepBegan{Attempt: 1, At: "one"}, exec.StepEnded{Outcome: exec.Exited, Match: exec.Matched}, exec.StepBegan{Attempt: 1, At: "two"}},
			late + late,
		},
		"a look at its condition": {
			runbook.Step{IfProbe: &runbook.Probe{Run: "true"}},
			[]exec.Body{exec.StepBegan{Attempt: 1, Condition: true}},
			"",
		},
	} {
		c.step.ID, c.step.Kind, c.step.Run, c.step.Estimate = "slow", runbook.Run, "sleep 600", time.Minute
		s := exec.Apply(exec.New(&runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{c.step}}}}), exec.Event{At: began, Body: exec.Began{Scenario: "s"}})
		var out bytes.Buffer
		teller := newTeller(&out)
		for _, b := range c.events {
			s = exec.Apply(s, exec.Event{At: began, Step: "slow", Body: b})
			teller.time(s, began.Add(2*time.Minute))
		}
		if diff := cmp.Diff(c.want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestKeeperGone: that nobody records the exercise any more is told once, with
// what is known of a step that ran, and so is that somebody does again.
func TestKeeperGone(t *testing.T) {
	book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{{ID: "slow", Kind: runbook.Run, Run: "sleep 600"}}}}}
	began := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	ready := exec.Replay(book, []exec.Event{{At: began, Body: exec.Began{Scenario: "s"}}})
	runs := exec.Apply(ready, exec.Event{At: began, Step: "slow", Body: exec.StepBegan{Attempt: 1}})
	const gone = "THE KEEPER IS GONE since 14:05:00Z: nothing is recorded from here on, and no word reaches the exercise. What was on record is safe.\n"
	const leave = "Leave with stop, and go on with bythebook resume.\n"
	for _, c := range []struct {
		s    exec.State
		want string
	}{{ready, gone + leave}, {runs, gone + "Step 1 was running then. Whether it still runs, and how it ends, is not known from here.\n" + leave}} {
		var out bytes.Buffer
		teller := newTeller(&out)
		for _, told := range []struct {
			since time.Time
			want  string
		}{{time.Time{}, ""}, {began.Add(5 * time.Minute), c.want}, {began.Add(5 * time.Minute), ""}, {time.Time{}, "Somebody has resumed it elsewhere: this seat goes on reading its record.\n"}} {
			out.Reset()
			teller.recorded(exec.Update{State: c.s, Gone: told.since})
			teller.out.Flush()
			if diff := cmp.Diff(told.want, out.String()); diff != "" {
				t.Errorf("gone since %s (-want +got):\n%s", told.since, diff)
			}
		}
	}
}
