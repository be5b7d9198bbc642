package exec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// TestSecretsOfRealCommands runs commands that print a secret, through the whole
// of conductor and terminal, and looks for it in the transcript, on the record
// and on the screen. What is decided by its value is decided all the same.
func TestSecretsOfRealCommands(t *testing.T) {
	const secret = "hunter2-wHy?"
	steps := []runbook.Step{
		{ID: "as-it-is", Run: `echo "token $TOKEN."`, Expect: runbook.Expect{Contains: []string{"token $TOKEN."}}},
		{ID: "in-pieces", Run: `for ((i = 0; i < ${#TOKEN}; i++)); do printf %s "${TOKEN:i:1}"; sleep 0.002; done; echo .`, Expect: runbook.Expect{Matches: []string{`^hun\S+\?\.$`}}},
		{ID: "encoded", Run: `printf %s "x$TOKEN" | base64; set -x; : "$TOKEN"; set +x; printf '%q\n' "$TOKEN"; export -p | grep TOKEN`},
		{ID: "coloured", Run: `printf 'hun\033[1mter2-wHy?\n'; printf 'hXX\b\bun''ter2-wHy?\n'`},
		{ID: "captured", Run: `echo "url=https://me:$TOKEN@host host=h1"`, Capture: []runbook.Capture{{Name: "URL", Pattern: `url=(\S+)`}, {Name: "HOST", Pattern: `host=(\S+)`}}},
		{ID: "reused", Run: `test "$URL" = "https://me:$TOKEN@host" && test "$HOST" = h1 && echo "$URL"`},
		{ID: "redacted", Run: `echo key=s3''same-value end; printf key=; sleep 0.2; echo other''-value end`, Redact: []string{`key=\S+`}, Capture: []runbook.Capture{{Name: "KEY", Pattern: `key=(s\S+)`}}},
		{ID: "reused-too", Run: `echo "$KEY"; test "$KEY" = s3''same-value`},
		{ID: "suspect", Run: `echo postgres://bob:tr0ub4dor3@db/books`},
	}
	for i := range steps {
		steps[i].Procedure, steps[i].Kind, steps[i].Effect = runbook.Recovery, runbook.Run, runbook.Read
	}
	book := &runbook.Playbook{
		ID: "b", Inputs: []runbook.Input{{Name: "TOKEN", Secret: &runbook.Secret{Ask: true}}},
		Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", Steps: steps}},
	}
	dir := t.TempDir()
	transcript := filepath.Join(dir, "transcript.raw")
	j := &memory{}
	s, err := exec.Found(book, j, "bob", exec.Began{Format: 1, Exercise: "ex-1", Scenario: "down", Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob", Digest: "d0"})
	if err != nil {
		t.Fatal(err)
	}
	term := exec.NewTerminal(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Transcript: transcript})
	c := exec.Conduct(s, j, term, func() string { return "d0" })
	seat := c.Seat("bob")
	act := func(i exec.Intent) {
		t.Helper()
		if err := seat.Do(i); err != nil {
			t.Fatal(err)
		}
	}
	act(exec.Give{Name: "TOKEN", Value: secret, From: "asked"})
	act(exec.Begin{})
	var shown strings.Builder
	for i, step := range steps {
		act(exec.Run{Step: step.ID})
		for u := range seat.Watch() {
			shown.WriteString(strings.Join(u.Output, "\n"))
			if u.State.Running() < 0 {
				break
			}
		}
		if st := c.State().Step(i); st.Status != exec.Passed {
			a, _ := st.LastAttempt()
			t.Fatalf("%s: %s, %+v", step.ID, st.Status, a.Result)
		}
	}
	act(exec.Remark{Text: "I typed hunter2-wHy? here"})
	if err := c.Leave(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(transcript)
	if err != nil {
		t.Fatal(err)
	}
	record, err := json.Marshal(j.events)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"transcript": string(raw), "record": string(record), "screen": shown.String()} {
		for _, secret := range []string{"hunter2", "aHVudGVyMi13SH", "h1bnRlcjItd0", "s3same", "other-value", "unter2"} {
			if strings.Contains(text, secret) && !(name == "transcript" && secret == "unter2") { // overwritten characters keep it apart there
				at := strings.Index(text, secret)
				t.Errorf("%s lies in the %s: %q", secret, name, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
	var notes []string
	for i, step := range steps {
		a, _ := c.State().Step(i).LastAttempt()
		for _, n := range a.Result.Notes() {
			notes = append(notes, step.ID+": "+n)
		}
	}
	want := []string{
		"as-it-is: 1 passage of its output held a secret, and is hidden",
		"in-pieces: 1 passage of its output held a secret, and is hidden",
		"encoded: 4 passages of its output held a secret, and are hidden",
		"captured: 1 passage of its output held a secret, and is hidden",
		"reused: 1 passage of its output held a secret, and is hidden",
		"redacted: 2 passages of its output are hidden, as the document wants",
		"reused-too: 1 passage of its output held a secret, and is hidden",
		"suspect: what looks like a password was printed and is in the transcript; the document can name it as a secret, or under `redact`",
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("what is said of it (-want +got):\n%s", diff)
	}
}
