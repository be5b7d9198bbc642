package exec_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"bythebook/exec"
	"bythebook/runbook"
)

// deployment is a playbook that wants a release and a token before it begins.
func deployment() *runbook.Playbook {
	return &runbook.Playbook{
		ID: "deployment",
		Inputs: []runbook.Input{
			{Name: "RELEASE", Ask: "Which release?", Pattern: `v[0-9.]+`},
			{Name: "TOKEN", Secret: &runbook.Secret{Ask: true}},
		},
		Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", Steps: []runbook.Step{
			{ID: "deploy", Procedure: runbook.Recovery, Kind: runbook.Run, Run: "deploy $RELEASE", Effect: runbook.Read},
			{ID: "again", Procedure: runbook.Recovery, Kind: runbook.Run, Run: "deploy $RELEASE", Effect: runbook.Read},
		}}},
	}
}

func TestUnfit(t *testing.T) {
	for _, tt := range []struct {
		in    runbook.Input
		value string
		want  string
	}{
		{runbook.Input{Name: "R"}, "anything at all", ""},
		{runbook.Input{Name: "R"}, "", "R needs a value"},
		{runbook.Input{Name: "R", HasDefault: true}, "", ""},
		{runbook.Input{Name: "R", HasDefault: true, Default: "v1"}, "", "R needs a value"},
		{runbook.Input{Name: "R"}, "a\x00b", "R holds a NUL byte, which no command can be given"},
		{runbook.Input{Name: "R", Pattern: "v[0-9]+"}, "v12", ""},
		{runbook.Input{Name: "R", Pattern: "v[0-9]+"}, "v12 ; reboot", "R must match v[0-9]+"},
		{runbook.Input{Name: "R", Pattern: "v1|v2"}, "v2x", "R must match v1|v2"},
		{runbook.Input{Name: "R", Pattern: "v[0-9]*"}, "v1\nrm", "R must match v[0-9]*"},
		{runbook.Input{Name: "R", Pattern: ".*"}, "", ""},
		{runbook.Input{Name: "R", Secret: &runbook.Secret{}}, "", "R needs a value"},
		{runbook.Input{Name: "R", Secret: &runbook.Secret{}}, "12345", "R is a secret, and one of fewer than 6 characters can't be kept out of the record: ordinary text holds the same"},
		{runbook.Input{Name: "R", Secret: &runbook.Secret{}, Pattern: ".*"}, "ab\ncd\nef", "R is a secret, and one of fewer than 6 characters can't be kept out of the record: ordinary text holds the same"},
		{runbook.Input{Name: "R", Secret: &runbook.Secret{}}, "123456", ""},
	} {
		if got := exec.Unfit(tt.in, tt.value); got != tt.want {
			t.Errorf("%q for %+v: %q, want %q", tt.value, tt.in, got, tt.want)
		}
	}
}

// TestInputsComeFirst: nothing begins before every input has its value, and
// none changes afterwards.
func TestInputsComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, j, _ := conductOn(t, deployment(), exec.Strict)
		for _, step := range []struct {
			intent exec.Intent
			next   exec.Situation
			why    string // it is refused
		}{
			{exec.Begin{}, exec.Wanting, "RELEASE has no value yet; give it first"},
			{exec.Give{Name: "RELEASE", Value: "latest", From: "asked"}, exec.Wanting, "RELEASE must match v[0-9.]+"},
			{exec.Give{Name: "OTHER", Value: "x", From: "asked"}, exec.Wanting, "the document has no input OTHER"},
			{exec.Give{Name: "RELEASE", Value: "v1", From: "asked"}, exec.Wanting, ""},
			{exec.Give{Name: "RELEASE", Value: "v2", From: "asked"}, exec.Wanting, ""},
			{exec.Give{Name: "TOKEN", Value: "hunter2", From: "asked"}, exec.Ready, ""},
			{exec.Begin{}, exec.ToRun, ""},
			{exec.Give{Name: "RELEASE", Value: "v3", From: "asked"}, exec.ToRun, "the exercise has begun with a value for RELEASE"},
		} {
			if a := exec.Allow(c.State(), step.intent); a.Why != step.why {
				t.Errorf("%+v: %q, want %q", step.intent, a.Why, step.why)
			} else if a.Verdict == exec.Allowed {
				do(t, s, step.intent)
			}
			if n := c.State().Next(began); n.Situation != step.next {
				t.Errorf("after %+v: %s, want %s", step.intent, n.Situation, step.next)
			}
		}
		if got := exec.Replay(deployment(), j.events).Values["RELEASE"]; got != "v2" {
			t.Errorf("the record tells of RELEASE=%s", got)
		}
	})
}

// TestSecretsReachCommandsAndNothingElse looks for a secret wherever it could
// have come to lie.
func TestSecretsReachCommandsAndNothingElse(t *testing.T) {
	const secret = "hunter2\nsecond-line"
	synctest.Test(t, func(t *testing.T) {
		c, s, j, a := conductOn(t, deployment(), exec.Strict)
		var got []string
		a.perform = func(_ context.Context, job exec.Job) exec.Result {
			got = append(got, job.Values["TOKEN"], job.Values["URL"])
			r := passed()
			r.Output.Excerpt = "with hunter2 it goes\nand second-line\n"
			r.Checks = []exec.Check{{Mode: "contains", Want: "hunter2", Seen: "x hunter2 x", OK: true}}
			r.Notices, r.Reason = []string{"hunter2"}, "hunter2"
			r.Captured = []exec.Captured{{Name: "URL", Value: "https://me:hunter2@host"}, {Name: "HOST", Value: "host"}}
			return r
		}
		do(t, s, exec.Give{Name: "RELEASE", Value: "v1", From: "asked"})
		do(t, s, exec.Give{Name: "TOKEN", Value: secret, From: "the file token"})
		do(t, s, exec.Begin{})
		do(t, s, exec.Run{Step: "deploy"})
		do(t, s, exec.Run{Step: "again"})
		if want := []string{secret, "", secret, "https://me:hunter2@host"}; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("commands were given %q, want %q", got, want)
		}
		u := <-s.Watch()
		record, _ := json.Marshal(j.events)
		shown, _ := json.Marshal([]any{u.Output, u.State.Values, u.State.Step(0)})
		for _, text := range []string{string(record), string(shown)} {
			if strings.Contains(text, "hunter2") || strings.Contains(text, "second-line") {
				t.Errorf("a secret lies in %s", text)
			}
		}
		if v := c.State().Values; v["TOKEN"] != exec.Hidden || v["HOST"] != "host" {
			t.Errorf("the values are %v", v)
		}
	})
}

// TestSecretsAreAskedForAgain: a resumed exercise has the values that are on
// record, and none of those that are not.
func TestSecretsAreAskedForAgain(t *testing.T) {
	s, _ := play(t, deployment(), `
0s exercise rehearsal strict
1s given RELEASE v1
1s given TOKEN secret
2s go
3s begin deploy
4s end deploy ok
5s resumed d0`)
	if s.Values["RELEASE"] != "v1" {
		t.Errorf("the values are %v", s.Values)
	}
	if in, wanted := s.Wanted(); !wanted || in.Name != "TOKEN" {
		t.Errorf("%s is asked for", in.Name)
	}
	if a := exec.Allow(s, exec.Run{Step: "again"}); a.Why != "TOKEN has no value yet; give it first" {
		t.Errorf("without its secret a command: %+v", a)
	}
	if a := exec.Allow(s, exec.Give{Name: "TOKEN", Value: "hunter2", From: "asked"}); a.Verdict != exec.Allowed {
		t.Errorf("giving it again: %+v", a)
	}
}

// TestADryRunWantsNothing: it executes nothing, so that it needs no values.
func TestADryRunWantsNothing(t *testing.T) {
	s, _ := play(t, deployment(), "0s exercise rehearsal strict dry")
	if in, wanted := s.Wanted(); wanted {
		t.Errorf("a dry run asks for %s", in.Name)
	}
	if a := exec.Allow(s, exec.Begin{}); a.Verdict != exec.Allowed {
		t.Errorf("it can't begin: %+v", a)
	}
}

// resumed goes on with a record as another process would, which knows no secret.
func resumed(t *testing.T, book *runbook.Playbook, j *memory, a *actor) (*exec.Conductor, exec.Seat) {
	t.Helper()
	s, err := exec.Reopen(exec.Replay(book, j.events), j, "bob", exec.Resumed{}, exec.Remains{})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Conduct(s, j, a, func() string { return "d0" })
	return c, c.Seat("bob")
}

// TestForgottenSecretsAreInNoCommandLine: what still runs may have a secret in its
// command line, which after a resume nobody can hide there. Once it is given
// again, it is hidden by its value.
func TestForgottenSecretsAreInNoCommandLine(t *testing.T) {
	for _, tt := range []struct {
		resumes int
		give    bool
		want    string
	}{
		{0, false, "sh -c echo " + exec.Hidden}, {1, false, "sh ..."}, {2, false, "sh ..."}, {2, true, "sh -c echo " + exec.Hidden},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, s, j, a := conductOn(t, deployment(), exec.Strict)
			do(t, s, exec.Give{Name: "RELEASE", Value: "v1", From: "asked"})
			do(t, s, exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"})
			do(t, s, exec.Begin{})
			a.left = []exec.Survivor{{PID: 7, Begun: 1, Command: "sh -c echo hunter2222"}, {PID: 8, Begun: 1, Command: "alone"}}
			for range tt.resumes {
				_, s = resumed(t, deployment(), j, a)
			}
			if tt.give {
				do(t, s, exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"})
			}
			do(t, s, exec.Halt{Reason: "enough", Confirm: exec.HaltWord})
			left := j.events[len(j.events)-1].Body.(exec.Ended).Survivors
			if len(left) != 2 || left[0].Command != tt.want || left[1].Command != "alone" {
				t.Errorf("after %d resumes, given again %t: %v", tt.resumes, tt.give, left)
			}
		})
	}
}
