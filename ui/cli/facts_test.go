package cli

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"

	"github.com/google/go-cmp/cmp"
)

// TestTheChecksKnowOfThePast: what is on record decides what the checks of a
// document say of its exercises.
func TestTheChecksKnowOfThePast(t *testing.T) {
	home := t.TempDir()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	texts := historytest.Library(t, t.TempDir(), 2)
	e := texts[0]
	said := func(code string) []string {
		t.Helper()
		a := &app{home: home}
		f := a.factsOf(texts[:1])
		f.now = now
		var all []string
		for _, found := range examine(e, f) {
			if found.Code == code {
				all = append(all, found.Message)
			}
		}
		return all
	}
	hold := func(spec historytest.Spec) {
		t.Helper()
		historytest.Exercise(t, home, spec)
	}
	expect := func(what, code string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, said(code)); d != "" {
			t.Errorf("%s: %s (-want +got):\n%s", what, code, d)
		}
	}

	expect("with no record at all nobody can know", "LX03")
	hold(historytest.Spec{Text: texts[1], At: now.AddDate(0, 0, -1)})
	expect("with records of another playbook alone neither", "LX03")
	hold(historytest.Spec{Text: e, Scenario: "api-failure", At: now.AddDate(0, 0, -1), DryRun: true})
	expect("a dry run is none", "LX03")

	hold(historytest.Spec{Text: e, Scenario: "api-failure", At: now.AddDate(0, 0, -200)})
	if got := said("LX03"); len(got) != 3 || !strings.HasPrefix(got[1], "no exercise of this scenario was completed") {
		t.Errorf("one of three scenarios was exercised: LX03 says %q", got)
	}
	if got := said("LD05"); len(got) != 1 || !strings.Contains(got[0], "last exercised on 2026-05-10") {
		t.Errorf("an old exercise: LD05 says %q", got)
	}
	hold(historytest.Spec{Text: e, Scenario: "api-failure", At: now.AddDate(0, 0, -20), Failed: map[string]string{"connected": "It was read by hand."}})
	expect("a new one", "LD05")
	got := said("LX04")
	if len(got) != 1 || !strings.Contains(got[0], "left open: ") {
		t.Errorf("a failed test that was accepted is critical: LX04 says %q", got)
	}
	hold(historytest.Spec{Text: e, Scenario: "api-failure", At: now.AddDate(0, 0, -10)})
	expect("a test that passed", "LX04")
}

// TestStepsOfThePast: LX03 names the steps that no exercise has carried out.
func TestStepsOfThePast(t *testing.T) {
	home := t.TempDir()
	e := historytest.Library(t, t.TempDir(), 1)[0]
	historytest.Exercise(t, home, historytest.Spec{Text: e, Scenario: "api-failure", At: time.Now().AddDate(0, 0, -1), Not: []string{"clean"}})
	past := (&app{home: home}).facts().past(e.Playbook.ID)
	want := []string{"break", "look", "declare", "which", "restart", "answers", "connected", "recent", "over"}
	if len(past) != 1 || past[0].Type != string(exec.Rehearsal) {
		t.Fatalf("the past is %+v", past)
	}
	if d := cmp.Diff(want, past[0].Steps); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestWords: whose word is not proven has said nothing, and who objects does
// not agree.
func TestWords(t *testing.T) {
	on := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	got := words(agree.Standing{Digest: "d", Asked: []agree.Person{
		{ID: "a", State: agree.Agreed, On: on}, {ID: "b", State: agree.Objected, On: on}, {ID: "c", State: agree.Expired, On: on},
		{ID: "d", State: agree.Unproven}, {ID: "e", State: agree.Silent}, {ID: "f", State: agree.Another, On: on},
	}})
	if i := slices.IndexFunc(got, func(a check.Agreement) bool { return a.By == "f" }); i < 0 || got[i].Digest == "d" {
		t.Errorf("who agreed to another text is taken for one who agreed to this: %+v", got)
	}
	want := []check.Agreement{{By: "a", Digest: "d", On: on, Agrees: true}, {By: "b", Digest: "d", On: on}, {By: "c", Digest: "d", On: on, Agrees: true}}
	if d := cmp.Diff(want, got[:3]); d != "" || len(got) != 4 {
		t.Errorf("%d words (-want +got):\n%s", len(got), d)
	}
	others := words(agree.Standing{Digest: "d", Others: []agree.Person{{ID: "g", State: agree.Objected, On: on}, {ID: "h", State: agree.Agreed, On: on}}})
	if d := cmp.Diff([]check.Agreement{{By: "g", Digest: "d", On: on}}, others); d != "" {
		t.Errorf("of those who were not asked (-want +got):\n%s", d)
	}
	if empty := words(agree.Standing{}); empty == nil {
		t.Error("nobody has spoken, and that reads as if nobody had looked")
	}
}

// TestUnreadableHome: checks go on without a home, and say nothing of exercises.
func TestUnreadableHome(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(history.Dir(home, ""), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := (&app{home: home}).facts(); f.records != nil || f.past("any") != nil {
		t.Errorf("a home that can't be read has %d records", len(f.records))
	}
}
