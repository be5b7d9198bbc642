package historytest_test

import (
	"fmt"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/exec/journal"

	"github.com/google/go-cmp/cmp"
)

var at = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// story is what a record tells, in a line, but for who had agreed to its text.
func story(r history.Record) string {
	text := fmt.Sprintf("%s, %s", r.Verdicts.Outcome, r.Verdicts.Completion)
	for _, o := range r.Objectives {
		if o.Measured {
			text += fmt.Sprintf("; %s %s", o.Name, o.Actual)
		}
	}
	for _, d := range r.Deviations {
		if d.Code != "V07" && d.Severity != exec.Info {
			text += "; " + d.Code
			if d.Step != "" {
				text += " " + d.Step
			}
		}
	}
	return text
}

// TestExercise: what a Spec says is what the record tells. As documented the
// scenario takes 10s + 30s + 2m + 1m + 2m + 3 x 30s until it is verified.
func TestExercise(t *testing.T) {
	text := historytest.Library(t, t.TempDir(), 1)[0]
	for _, row := range []struct {
		name string
		spec historytest.Spec
		want string
	}{
		{"as documented", historytest.Spec{}, "met, completed; RTO 7m10s; RPO 0s; MTD 9m10s"},
		{"the other branch", historytest.Spec{Answers: map[string]int{"which": 2}}, "met, completed; RTO 25m10s; RPO 0s; MTD 27m10s"},
		{"too slow, and data lost", historytest.Spec{Took: map[string]time.Duration{"restart": time.Hour}, Lost: 6 * time.Minute},
			"missed, completed; RTO 1h5m10s; RPO 6m1s; MTD 1h7m10s; T01 restart; O01; O02"},
		{"nobody looked at the data", historytest.Spec{Skipped: map[string]string{"recent": "No time."}},
			"not evaluated, completed; F01 recent; F09 recent; O03; O03; O03"},
		{"a way out", historytest.Spec{Failed: map[string]string{"restart": ""}}, "met, completed; RTO 27m10s; RPO 0s; MTD 29m10s"},
		{"accepted", historytest.Spec{Failed: map[string]string{"look": "It is down in another way."}}, "met, completed; RTO 7m10s; RPO 0s; MTD 9m10s; R01 look"},
		{"tried again", historytest.Spec{Tries: map[string]int{"answers": 2}}, "met, completed; RTO 7m10s; RPO 0s; MTD 9m10s; F07 answers; R01 answers"},
		{"declared", historytest.Spec{Declared: map[string]exec.Deviated{"declare": {Kind: "needed help", Reason: "The channel is not named."}}},
			"met, completed; RTO 7m10s; RPO 0s; MTD 9m10s; P04 declare"},
		{"not for this case", historytest.Spec{Not: []string{"clean"}}, "met, completed; RTO 7m10s; RPO 0s; MTD 8m10s"},
		{"blocked", historytest.Spec{Rule: exec.Lockstep, Stops: "declare", Ends: exec.Blocked, Reason: "There is no channel."},
			"not evaluated, blocked; F12 declare; O03; O03; O03"},
		{"aborted", historytest.Spec{Stops: "restart", Ends: exec.Aborted, Reason: "Customers noticed."}, "not evaluated, aborted; F11 restart"},
		{"unfinished", historytest.Spec{Stops: "answers", Ends: exec.Running}, "not evaluated, running"},
		{"a dry run", historytest.Spec{DryRun: true}, "not evaluated, completed"},
		{"at a table", historytest.Spec{Kind: exec.Tabletop}, "not evaluated, completed"},
		{"an incident", historytest.Spec{Kind: exec.Incident}, "met, completed; RTO 7m0s; RPO 0s; MTD 9m0s"},
	} {
		t.Run(row.name, func(t *testing.T) {
			home := t.TempDir()
			row.spec.Text, row.spec.At = text, at
			id := historytest.Exercise(t, home, row.spec)
			all, err := history.Read(home)
			if err != nil || len(all) != 1 || all[0].ID != id || all[0].Damage != nil {
				t.Fatal(all, err)
			}
			if d := cmp.Diff(row.want, story(all[0])); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestARecordGoesOn: one that was left unfinished is resumed as any other.
func TestARecordGoesOn(t *testing.T) {
	home := t.TempDir()
	text := historytest.Library(t, t.TempDir(), 1)[0]
	id := historytest.Exercise(t, home, historytest.Spec{Text: text, At: at, Scenario: "database-failure", Stops: "promote", Ends: exec.Running})
	j, events, torn, err := journal.Open(history.Dir(home, id))
	if err != nil || torn != 0 {
		t.Fatal(torn, err)
	}
	defer j.Close()
	s, err := history.Replay(history.Dir(home, id), events)
	if err != nil {
		t.Fatal(err)
	}
	s, err = exec.Reopen(s, j, "bob", exec.Resumed{Digest: s.Began.Digest}, exec.Remains{})
	if step, _ := s.Current(); err != nil || step.ID != "promote" {
		t.Errorf("it goes on at %q: %v", step.ID, err)
	}
}

func TestSameArgumentsSameExercises(t *testing.T) {
	texts := historytest.Library(t, t.TempDir(), 3)
	a := historytest.Exercises(t, t.TempDir(), texts, 30, at)
	b := historytest.Exercises(t, t.TempDir(), texts, 30, at)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
}
