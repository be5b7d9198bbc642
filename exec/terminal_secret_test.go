package exec_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// real is an exercise on some steps in a real terminal, and where that writes.
func real(t *testing.T, inputs []runbook.Input, steps []runbook.Step) (*exec.Conductor, *memory, string) {
	t.Helper()
	for i := range steps {
		steps[i].Procedure, steps[i].Kind = runbook.Recovery, runbook.Run
		if steps[i].Effect == "" {
			steps[i].Effect = runbook.Read
		}
	}
	book := &runbook.Playbook{ID: "b", Inputs: inputs, Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", Steps: steps}}}
	j, dir := &memory{}, t.TempDir()
	s, err := exec.Found(book, j, "bob", exec.Began{Format: 1, Exercise: "ex-1", Scenario: "down", Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob", Digest: "d0"})
	if err != nil {
		t.Fatal(err)
	}
	transcript := filepath.Join(dir, "transcript.raw")
	term := exec.NewTerminals(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Transcript: transcript})
	return exec.Conduct(s, j, term, func() string { return "d0" }), j, transcript
}

// act does what a person wants.
func act(t *testing.T, s exec.Seat, i exec.Intent) {
	t.Helper()
	if err := s.Do(i); err != nil {
		t.Fatal(err)
	}
}

// follow is all that a seat is shown until the running step has ended; what a
// person types where a password is waited for is given once.
func follow(t *testing.T, s exec.Seat, typed string) string {
	t.Helper()
	var shown strings.Builder
	for u := range s.Watch() {
		shown.WriteString(strings.Join(u.Output, "\n"))
		if u.State.Running() < 0 {
			break
		}
		if u.Waiting == "password" && typed != "" {
			act(t, s, exec.Input{Text: typed})
			typed = ""
		}
	}
	return shown.String()
}

// nowhere looks for secrets in all that is left of an exercise.
func nowhere(t *testing.T, j *memory, transcript, shown string, secrets ...string) {
	t.Helper()
	left := map[string]string{"screen": shown}
	all, err := filepath.Glob(filepath.Join(filepath.Dir(transcript), "*"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no transcript (%v)", err)
	}
	for _, path := range all {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		left[filepath.Base(path)] = string(raw)
	}
	record, err := json.Marshal(j.events)
	if err != nil {
		t.Fatal(err)
	}
	left["record"] = string(record)
	for name, text := range left {
		for _, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s lies in the %s: %q", secret, name, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
}

// TestTypedPasswordsAreNowhere: what is typed while it is not echoed reaches the
// program that asks, and nothing else.
func TestTypedPasswordsAreNowhere(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells that a password is waited for")
	}
	steps := []runbook.Step{
		{ID: "read", Run: `read -rsp "Password: " X; echo; echo "${#X} characters"`, Expect: runbook.Expect{Contains: []string{"13 characters"}}},
		{ID: "sudo-like", Run: `stty -echo; printf 'Password for mira: '; head -n 1 | wc -c; stty echo`, Expect: runbook.Expect{Contains: []string{"14"}}},
		{ID: "elsewhere", Run: `sh -c 'stty -echo </dev/tty; printf "PIN: " >/dev/tty; read x </dev/tty; stty echo </dev/tty; echo "${#x} long"'`, Expect: runbook.Expect{Contains: []string{"13 long"}}},
	}
	c, j, transcript := real(t, nil, steps)
	seat := c.Seat("bob")
	act(t, seat, exec.Begin{})
	var shown strings.Builder
	for i, step := range steps {
		act(t, seat, exec.Run{Step: step.ID})
		shown.WriteString(follow(t, seat, "typed-by-hand\r"))
		if st := c.State().Step(i); st.Status != exec.Passed {
			a, _ := st.LastAttempt()
			t.Fatalf("%s: %s, %+v", step.ID, st.Status, a.Result)
		}
	}
	if err := c.Leave(); err != nil {
		t.Fatal(err)
	}
	nowhere(t, j, transcript, shown.String(), "typed-by-hand")
}

// TestSecretsOfRealCommands runs commands that print a secret, through the whole
// of conductor and terminal, and looks for it in the transcript, on the record
// and on the screen. What is decided by its value is decided all the same.
func TestSecretsOfRealCommands(t *testing.T) {
	const secret = "hunter2-wHy?"
	steps := []runbook.Step{
		{ID: "as-it-is", Run: `echo "token $TOKEN."`, Expect: runbook.Expect{Contains: []string{"token $TOKEN."}}},
		{ID: "in-pieces", Run: `for ((i = 0; i < ${#TOKEN}; i++)); do printf %s "${TOKEN:i:1}"; sleep 0.002; done; echo .`, Expect: runbook.Expect{Matches: []string{`^hun\S+\?\.$`}}},
		{ID: "encoded", Run: `printf %s "x$TOKEN" | base64; set -x; : "$TOKEN"; set +x; printf '%q\n' "$TOKEN"; export -p | grep TOKEN`},
		{ID: "coloured", Run: `echo "$TOKEN" | grep --color=always nter; printf 'hun\033[1mter2-wHy?\n'; printf 'hXX\b\bun''ter2-wHy?\n'`},
		{ID: "captured", Run: `echo "url=https://me:$TOKEN@host host=h1"`, Capture: []runbook.Capture{{Name: "URL", Pattern: `url=(\S+)`}, {Name: "HOST", Pattern: `host=(\S+)`}}},
		{ID: "reused", Run: `test "$URL" = "https://me:$TOKEN@host" && test "$HOST" = h1 && echo "$URL"`},
		{ID: "redacted", Run: `echo key=s3''same-value end; printf key=; sleep 0.2; echo other''-value end`, Redact: []string{`key=\S+`}, Capture: []runbook.Capture{{Name: "KEY", Pattern: `key=(s\S+)`}}},
		{ID: "reused-too", Run: `echo "$KEY"; test "$KEY" = s3''same-value`},
		{ID: "suspect", Run: `echo postgres://bob:tr0ub4dor3@db/books`},
	}
	c, j, transcript := real(t, []runbook.Input{{Name: "TOKEN", Secret: &runbook.Secret{Ask: true}}}, steps)
	seat := c.Seat("bob")
	act(t, seat, exec.Give{Name: "TOKEN", Value: secret, From: "asked"})
	act(t, seat, exec.Begin{})
	var shown strings.Builder
	for i, step := range steps {
		act(t, seat, exec.Run{Step: step.ID})
		shown.WriteString(follow(t, seat, ""))
		if st := c.State().Step(i); st.Status != exec.Passed {
			a, _ := st.LastAttempt()
			t.Fatalf("%s: %s, %+v", step.ID, st.Status, a.Result)
		}
	}
	act(t, seat, exec.Remark{Text: "I typed hunter2-wHy? here"})
	if err := c.Leave(); err != nil {
		t.Fatal(err)
	}
	nowhere(t, j, transcript, shown.String(), "hunter2", "aHVudGVyMi13SH", "h1bnRlcjItd0", "s3same", "other-value")
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
		"coloured: 2 passages of its output held a secret, and are hidden",
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

// TestSecretsThatAreDrawn: a program that fills the screen puts a secret together
// by moving the cursor. Whoever watches does not see it.
func TestSecretsThatAreDrawn(t *testing.T) {
	steps := []runbook.Step{{ID: "draw", Run: `printf '\033[?1049h\033[H%s\033[1;12Hend\033[1;7H%s' "${TOKEN%2222}" 2222; read x; printf '\033[?1049l'`, Timeout: time.Minute}}
	c, _, _ := real(t, []runbook.Input{{Name: "TOKEN", Secret: &runbook.Secret{Ask: true}}}, steps)
	seat, watch := c.Seat("bob"), c.Seat("eve")
	act(t, seat, exec.Give{Name: "TOKEN", Value: "hunter2222", From: "asked"})
	act(t, seat, exec.Begin{})
	act(t, seat, exec.Run{Step: "draw"})
	seen := false
	for u := range watch.Watch() {
		if u.Screen != nil && strings.Contains(strings.Join(u.Screen.Lines, "\n"), "hunter2222") {
			t.Fatalf("a secret is on the picture: %q", u.Screen.Lines[0])
		}
		if u.Screen != nil && !seen && u.Screen.Lines[0] == exec.Hidden+" end" {
			seen = true
			act(t, seat, exec.Input{Text: "\r"})
		}
		if u.State.Running() < 0 && len(u.State.Step(0).Attempts) > 0 {
			break
		}
	}
	if err := c.Leave(); err != nil || !seen {
		t.Errorf("no picture with a secret in it was shown (%v)", err)
	}
}

// TestSecretsInEveryTerminal: the same in terminals that steps open, in steps
// that are processes of their own, and in what is set up again in a new terminal.
func TestSecretsInEveryTerminal(t *testing.T) {
	needs(t, "dash", "python3")
	const secret = "hunter2-wHy?"
	db := []string{"db"}
	steps := []runbook.Step{
		{ID: "open", Run: `echo "token $TOKEN"; exec dash`, Opens: "db", Expect: runbook.Expect{Contains: []string{"token $TOKEN"}}},
		{ID: "set-up", Run: `echo "again $TOKEN key="; echo key=s3''same`, At: db, Setup: true, Redact: []string{`key=\S+`}, Expect: runbook.Expect{Contains: []string{"again $TOKEN key="}}},
		{ID: "in-pieces", Run: `v=$TOKEN; while [ -n "$v" ]; do r=${v#?}; printf %s "${v%"$r"}"; v=$r; done; echo .`, At: db, Expect: runbook.Expect{Matches: []string{`^hun\S+\?\.$`}}},
		{ID: "captured", Run: `echo "url=https://me:$TOKEN@host"`, At: db, Capture: []runbook.Capture{{Name: "URL", Pattern: `url=(\S+)`}}},
		{ID: "alone", Run: `import os; print(os.environ["URL"])`, Isolated: true, In: runbook.In{Shell: "python3"}, Expect: runbook.Expect{Contains: []string{"https://me:$TOKEN@host"}}},
		{ID: "lose", Run: "exit 0", At: db, Closes: "db"},
		{ID: "reused", Run: `test "$URL" = "https://me:$TOKEN@host" && echo "$URL"`, At: db},
	}
	c, j, transcript := real(t, []runbook.Input{{Name: "TOKEN", Secret: &runbook.Secret{Ask: true}}}, steps)
	seat := c.Seat("bob")
	act(t, seat, exec.Give{Name: "TOKEN", Value: secret, From: "asked"})
	act(t, seat, exec.Begin{})
	var shown strings.Builder
	for _, id := range []string{"open", "set-up", "in-pieces", "captured", "alone", "lose", "open", "reused"} {
		act(t, seat, exec.Run{Step: id, Departure: exec.Departure{Reason: "as the test goes"}})
		shown.WriteString(follow(t, seat, ""))
		if st := c.State().Step(c.State().Scenario.Find(id)); st.Status != exec.Passed {
			a, _ := st.LastAttempt()
			t.Fatalf("%s: %s, %+v", id, st.Status, a.Result)
		}
	}
	again, _ := c.State().Step(0).LastAttempt()
	if len(again.Result.Replayed) != 1 || again.Result.Replayed[0].Match != exec.Matched {
		t.Errorf("what was set up again: %+v", again.Result)
	}
	if err := c.Leave(); err != nil {
		t.Fatal(err)
	}
	nowhere(t, j, transcript, shown.String(), "hunter2", "-wHy?", "s3same")
	var hidden []string
	for i, step := range steps {
		a, _ := c.State().Step(i).LastAttempt()
		hidden = append(hidden, fmt.Sprintf("%s %d %d", step.ID, a.Result.Output.Hidden, a.Result.Output.Redacted))
	}
	want := []string{"open 1 0", "set-up 1 1", "in-pieces 1 0", "captured 1 0", "alone 1 0", "lose 0 0", "reused 1 0"}
	if diff := cmp.Diff(want, hidden); diff != "" {
		t.Errorf("passages that are hidden (-want +got):\n%s", diff)
	}
}
