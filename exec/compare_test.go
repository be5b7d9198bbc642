package exec_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// What a person typed is on the screen and no program printed it, so it is no
// part of what is compared; a password is not shown at all.
func TestTypedLinesAreNotCompared(t *testing.T) {
	for _, row := range []struct {
		name, run, typed, lines string
		left                    bool // out of the comparison
	}{
		{"a name", "printf 'Who? '; read -r name; echo bob is in; echo Hello, $name", "bob\n", "Who? bob is in\nHello, bob", true},
		{"nothing but enter", "read -r x; echo done", "\n", "done", true},
		{"a password", "printf 'Password: '; read -rs p; echo; echo $p", "bob\n", "Password:\nbob", false},
	} {
		dir := t.TempDir()
		term := exec.NewTerminals(shell.Options{Dir: dir, Env: []string{"PATH=/usr/bin:/bin"}, Transcript: filepath.Join(dir, "transcript.raw")})
		job := exec.Job{Step: runbook.Step{ID: "ask", Kind: runbook.Run, Run: row.run, Timeout: time.Minute, Expect: runbook.Expect{Stated: true, Lines: row.lines}}}
		if _, err := term.Prepare(context.Background(), job); err != nil {
			t.Fatal(err)
		}
		over := make(chan exec.Result)
		go func() { over <- term.Perform(context.Background(), job) }()
		beat := time.NewTicker(5 * time.Millisecond)
		for term.Tail().Waiting == "" {
			<-beat.C
		}
		if err := term.Type([]byte(row.typed)); err != nil {
			t.Fatal(err)
		}
		r := <-over
		said := slices.ContainsFunc(r.Notices, func(n string) bool { return strings.Contains(n, "typed") })
		if r.Match != exec.Matched || said != row.left {
			t.Errorf("%s: %s, %q, printed %q, %+v", row.name, r.Match, r.Notices, r.Output.Excerpt, r.Checks)
		}
		_ = term.Close()
	}
}

// Where nothing can be compared the verdict says so, and why: never that it fits.
func TestNotComparable(t *testing.T) {
	something := runbook.Expect{Stated: true, Contains: []string{"a"}}
	for _, row := range []struct {
		name, run string
		expect    runbook.Expect
		outcome   exec.Outcome
		match     string
		why       string // a part of it
	}{
		{"fits", "echo a", something, exec.Exited, exec.Matched, ""},
		{"over 1 MB", "head -c 1100000 /dev/zero | tr '\\0' a", something, exec.Exited, exec.NotComparable, "the output has 1100000 bytes"},
		{"over 1 MB, and nothing expected of it", "head -c 1100000 /dev/zero | tr '\\0' a", runbook.Expect{}, exec.Exited, exec.Matched, ""},
		{"over 1 MB, and another status", "head -c 1100000 /dev/zero | tr '\\0' a; false", something, exec.Exited, exec.Differs, ""},
		{"session lost", "echo a; exit 0", something, exec.SessionEnded, exec.NotComparable, "the terminal ended with it"},
		{"over its time", "echo a; sleep 1000", something, exec.TimedOut, exec.NotComparable, "when its time was over"},
	} {
		limit := time.Minute
		if row.outcome == exec.TimedOut {
			limit = 300 * time.Millisecond
		}
		r := perform(t, runbook.Step{ID: "look", Kind: runbook.Run, Run: row.run, Expect: row.expect, Timeout: limit})
		if r.Outcome != row.outcome || r.Match != row.match || !strings.Contains(r.Uncompared, row.why) || (r.Uncompared == "") != (row.why == "") {
			t.Errorf("%s: %s, %s, %q", row.name, r.Outcome, r.Match, r.Uncompared)
		}
	}
}

// What could not be compared is neither green nor red: a person says what it is.
func TestAPersonJudgesWhatIsNotComparable(t *testing.T) {
	end := exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Exit: new(0), Match: exec.NotComparable, Uncompared: "the output is binary"}
	s, _ := play(t, shop(t), "+0s exercise live strict\n+1s go")
	first := s.Scenario.Steps[s.At].ID
	tell := func(s exec.State, body exec.Body) exec.State {
		return exec.Apply(s, exec.Event{At: s.Last.Add(time.Second), By: "bob", Step: first, Body: body})
	}
	s = tell(tell(s, exec.StepBegan{Attempt: 1}), end)
	n := s.Next(s.Last)
	if st := s.Step(s.At); st.Status != exec.Unknown || !st.Uncompared() || n.Situation != exec.InDoubt || !strings.Contains(n.Words, "as documented") {
		t.Fatalf("after it: %+v, %+v", st, n)
	}
	if a := exec.Allow(s, exec.Run{Step: first}); a.Verdict != exec.Refused || !strings.Contains(a.Why, "could not be compared") {
		t.Errorf("running it again: %+v", a)
	}
	var got []exec.Status
	for _, done := range []bool{true, false} {
		got = append(got, tell(s, exec.StepResolved{Done: done}).Step(s.At).Status)
	}
	if d := cmp.Diff([]exec.Status{exec.Done, exec.Failed}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	weights := map[exec.Severity]int{}
	for _, d := range exec.Deviations(tell(s, exec.StepResolved{Done: true})) {
		if d.Code == "R02" && strings.Contains(d.Actual, "binary") {
			weights[d.Severity]++
		}
	}
	if weights[exec.Minor] != 1 || len(weights) != 1 {
		t.Errorf("R02: %v", weights)
	}
}

func TestWhatIsIgnoredIsOnRecord(t *testing.T) {
	r := perform(t, runbook.Step{ID: "look", Kind: runbook.Run, Run: "echo up for 12s", Timeout: time.Minute,
		Expect: runbook.Expect{Stated: true, Lines: "up for 3s", Ignore: []runbook.Volatile{runbook.Durations}}})
	want := []exec.Ignored{{Kind: "durations", Count: 1, Example: "12s"}}
	if d := cmp.Diff(want, r.Ignored); d != "" || r.Match != exec.Matched {
		t.Errorf("%s (-want +got):\n%s", r.Match, d)
	}
	if notes := strings.Join(r.Notes(), "; "); !strings.Contains(notes, `durations differ: 1 place, such as "12s"`) {
		t.Errorf("notes: %s", notes)
	}
}
