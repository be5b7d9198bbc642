package exec_test

import (
	"fmt"
	osexec "os/exec"
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

// An onTerminals is an exercise that is performed in real terminals.
type onTerminals struct {
	t    *testing.T
	c    *exec.Conductor
	seat exec.Seat
	j    *memory
	dir  string
}

// performing conducts the first scenario of a playbook, begun.
func performing(t *testing.T, text string, rule exec.Rule) *onTerminals {
	t.Helper()
	needs(t, "bash", "dash")
	book, j, dir := loadBook(t, []byte(text)), &memory{}, t.TempDir()
	e, err := j.Append(exec.Event{At: time.Now().UTC(), By: "bob", Body: exec.Began{
		Format: 1, Exercise: "ex-1", Scenario: book.Scenarios[0].ID, Kind: exec.Rehearsal, Rule: rule, Operator: "bob", Digest: "d0",
	}})
	if err != nil {
		t.Fatal(err)
	}
	x := &onTerminals{t: t, j: j, dir: dir}
	x.c = exec.Conduct(exec.Apply(exec.New(book), e), j, exec.NewTerminals(shell.Options{
		Dir: dir, Env: []string{"PATH=/usr/bin:/bin", "HOME=" + dir}, Transcript: filepath.Join(dir, "transcript.raw"),
	}), func() string { return "d0" })
	t.Cleanup(func() { _ = x.c.Leave() })
	x.seat = x.c.Seat("bob")
	if err := x.seat.Do(exec.Give{Name: "VALUE", Value: "it's $(hers)", From: "asked"}); err != nil {
		t.Fatal(err)
	}
	if err := x.seat.Do(exec.Begin{}); err != nil {
		t.Fatal(err)
	}
	return x
}

// needs skips a test where a program is missing.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := osexec.LookPath(p); err != nil {
			t.Skip("needs " + p)
		}
	}
}

// run runs a step's next turn and returns its attempt.
func (x *onTerminals) run(step string) exec.Attempt {
	x.t.Helper()
	if err := x.seat.Do(exec.Run{Step: step, Confirm: "y", Departure: exec.Departure{Reason: "again"}}); err != nil {
		x.t.Fatalf("%s: %v", step, err)
	}
	return x.ended(step)
}

// ended waits for the end of a step's attempt.
func (x *onTerminals) ended(step string) exec.Attempt {
	x.t.Helper()
	limit := time.After(30 * time.Second)
	for x.c.State().Running() >= 0 {
		select {
		case <-x.seat.Watch():
		case <-limit:
			x.t.Fatalf("step %s does not end", step)
		}
	}
	a, _ := x.c.State().Step(x.c.State().Scenario.Find(step)).LastAttempt()
	return a
}

// story tells what happened, an event a line.
func (x *onTerminals) story() []string {
	var all []string
	for _, e := range x.j.events {
		switch b := e.Body.(type) {
		case exec.TerminalOpened:
			all = append(all, fmt.Sprintf("opened %s %s %s", b.Name, b.Level, b.Shell))
		case exec.TerminalEnded:
			all = append(all, "ended "+b.Name)
		case exec.StepBegan:
			all = append(all, strings.TrimRight(fmt.Sprintf("began %s %s %s", e.Step, b.At, strings.Join(b.Setup, " ")), " "))
		case exec.StepEnded:
			code := "-"
			if b.Exit != nil {
				code = fmt.Sprint(*b.Exit)
			}
			all = append(all, strings.Join([]string{"ended", e.Step, string(b.Outcome), code, b.Evidence, b.Match, strings.ReplaceAll(b.Output.Excerpt, "\n", "|")}, " "))
			for _, r := range b.Replayed {
				all = append(all, fmt.Sprintf("again %s %s %s", r.Step, r.Outcome, r.Match))
			}
		}
	}
	return all
}

// inHosts is what comes before the steps of a playbook that knows a value.
const inHosts = `
playbook: hosts
title: Hosts
inputs: {VALUE: {ask: "Which?"}}
scenarios:
  down:
    title: Down
    recovery:
`

const hosts = inHosts + `
      - {id: here, run: "HERE=local; echo $HERE", setup: true}
      - {id: in-one, run: bash --norc, opens: one, timeout: 1m}
      - {id: in-two, run: dash, opens: two, timeout: 1m}
      - {id: name, run: "NAME=$MEMBER-$0; echo \"$NAME $VALUE\"", at: [one, two], in: {env: {MEMBER: m}}, setup: true, expect: {matches: ["^m-"]}}
      - {id: where, run: "pwd; echo ${MEMBER-none} $NAME ${HERE-not here}", at: [one, two, local], in: {dir: /}}
      - {id: alone, run: "import os; print(os.environ['VALUE'])", isolated: true, in: {shell: python3}}
      - {id: lose, run: exit 3, at: one}
      - {id: out-two, run: exit, at: two, closes: two}
    test:
      - {id: last, run: "echo $HERE"}
`

// TestTerminals: steps run in the terminals that the document names, once on
// each, and what was set up in one that was lost is set up again, and only that.
func TestTerminals(t *testing.T) {
	needs(t, "python3")
	x := performing(t, hosts, exec.Guided)
	for _, step := range []string{"here", "in-one", "in-two", "name", "name", "where", "where", "where", "alone", "lose", "in-one", "where"} {
		x.run(step)
	}
	want := []string{
		"opened local local bash", "began here", "ended here exited 0 control match local|",
		"began in-one", "opened one nested bash", "ended in-one exited 0 in band match",
		"began in-two", "opened two nested sh", "ended in-two exited 0 in band match",
		"began name one", "ended name exited 0 in band match m-bash it's $(hers)|",
		"began name two", "ended name exited 0 in band match m-dash it's $(hers)|",
		"began where one", "ended where exited 0 in band match /|none m-bash not here|",
		"began where two", "ended where exited 0 in band match /|none m-dash not here|",
		"began where local", "ended where exited 0 control match /|none local|",
		"began alone", "ended alone exited 0 control match it's $(hers)|",
		"began lose one", "ended lose session ended 3 control not comparable exit|", "ended one",
		"began in-one  name", "opened one nested bash", "ended in-one exited 0 in band match", "again name exited match",
	}
	got := x.story()
	for i, line := range got {
		if strings.HasPrefix(line, "ended in-") { // with its shell's prompt
			got[i] = line[:strings.Index(line, "match")+len("match")]
		}
	}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Errorf("what happened (-want +got):\n%s", diff)
	}
}

// TestTerminalIsClosed: a step that closes its terminal has done what it is for;
// without the terminal no step runs in it, least of all in another one.
func TestTerminalIsClosed(t *testing.T) {
	x := performing(t, hosts, exec.Guided)
	x.run("in-two")
	if a := x.run("out-two"); a.Result.Outcome != exec.Exited || a.Result.Match != exec.Matched || a.Result.Reason != "" {
		t.Errorf("%+v", a.Result)
	}
	if !slices.Contains(x.story(), "ended two") {
		t.Errorf("its end is not on record: %q", x.story())
	}
	before := len(x.j.events)
	err := x.seat.Do(exec.Run{Step: "out-two", Confirm: "y", Departure: exec.Departure{Reason: "again"}})
	if err == nil || !strings.Contains(err.Error(), "two is not open") || len(x.j.events) != before {
		t.Errorf("a step in a terminal that is closed: %v", err)
	}
}

// TestLocalIsLost: what was set up in local is set up again when it is new.
func TestLocalIsLost(t *testing.T) {
	x := performing(t, strings.ReplaceAll(hosts, "exit 3, at: one", "exit 3"), exec.Guided)
	for _, step := range []string{"here", "lose", "last"} {
		x.run(step)
	}
	want := []string{
		"opened local local bash", "began here", "ended here exited 0 control match local|",
		"began lose", "ended lose session ended 3 wait status not comparable ", "ended local",
		"opened local local bash", "began last  here", "ended last exited 0 control match local|", "again here exited match",
	}
	if diff := cmp.Diff(want, x.story()); diff != "" {
		t.Errorf("what happened (-want +got):\n%s", diff)
	}
}

// TestSetUpFails: where it can't be set up again, the step is not run.
func TestSetUpFails(t *testing.T) {
	x := performing(t, inHosts+`
      - {id: once, run: mkdir once, setup: true}
      - {id: lose, run: exit 3}
      - {id: last, run: "touch last"}
`, exec.Guided)
	x.run("once")
	x.run("lose")
	a := x.run("last")
	if r := a.Result; r.Outcome != exec.OutcomeUnknown || !strings.Contains(r.Reason, "step once") || len(r.Replayed) != 1 {
		t.Errorf("%+v", r)
	}
	if found, _ := filepath.Glob(filepath.Join(x.dir, "last")); found != nil {
		t.Error("the step was run all the same")
	}
	if n := x.c.State().Next(time.Now()); n.Situation != exec.InDoubt {
		t.Errorf("next is %+v", n)
	}
}

// TestSetUpElsewhere: what has set up a terminal is not done again in another one
// of its name, which another step opens, in another scenario or further down; it
// is where the step that opened it opens it once more.
func TestSetUpElsewhere(t *testing.T) {
	x := performing(t, sameName, exec.Guided)
	for _, step := range []string{"open", "name", "open", "lose", "reopen"} {
		x.run(step)
	}
	if err := x.seat.Do(exec.Choose{Step: "which", Choice: 1}); err != nil {
		t.Fatal(err)
	}
	x.run("other/open")
	a := x.run("other/use")
	if got := a.Result.Output.Excerpt; got != "other nobody\n" {
		t.Errorf("in the other terminal: %q", got)
	}
	began := slices.DeleteFunc(x.story(), func(line string) bool { return !strings.HasPrefix(line, "began") })
	want := []string{
		"began open", "began name remote", "began open  name", "began lose remote", "began reopen",
		"began other/open", "began other/use remote",
	}
	if diff := cmp.Diff(want, began); diff != "" {
		t.Errorf("what began, with what is done again (-want +got):\n%s", diff)
	}
}

const sameName = inHosts + `
      - {id: open, run: WHERE=first bash --norc, opens: remote, timeout: 1m}
      - {id: name, run: "NAME=$WHERE", at: remote, setup: true}
      - {id: lose, run: exit, at: remote, closes: remote}
      - {id: reopen, run: WHERE=second bash --norc, opens: remote, timeout: 1m}
      - {id: which, ask: "Which?", answers: [{say: other, go: "scenario:other"}, {say: go on}]}
  other:
    title: Other
    recovery:
      - {id: open, run: WHERE=other bash --norc, opens: remote, timeout: 1m}
      - {id: use, run: "echo $WHERE ${NAME-nobody}", at: remote}
`

// TestOpensNothing: a command that just ends has opened nothing, even with 0; one
// that fails says so.
func TestOpensNothing(t *testing.T) {
	x := performing(t, strings.NewReplacer("run: bash --norc", "run: 'true'", "run: dash", `run: "(exit 255)"`).Replace(hosts), exec.Guided)
	for step, mode := range map[string]string{"in-one": "opens", "in-two": "exit"} {
		r := x.run(step).Result
		if r.Match != exec.Differs || !slices.ContainsFunc(r.Checks, func(c exec.Check) bool { return c.Mode == mode && !c.OK }) {
			t.Errorf("%s: %+v", step, r)
		}
	}
	if slices.ContainsFunc(x.story(), func(s string) bool { return strings.HasPrefix(s, "opened") }) {
		t.Errorf("a terminal is said to be open: %q", x.story())
	}
}

// TestTurns: a failure on one terminal is let pass there, and there only.
func TestTurns(t *testing.T) {
	book := loadBook(t, []byte(hosts))
	script := "0s exercise rehearsal guided\n0s given VALUE v\n1s go\n2s begin here\n3s end here ok\n4s begin in-one\n5s end in-one ok\n6s begin in-two\n7s end in-two ok\n"
	s, _ := play(t, book, script)
	if n := s.Next(began); n.Words != "RUN step 4a at one" {
		t.Errorf("next: %q", n.Words)
	}
	s, _ = play(t, book, script+"8s begin name\n9s end name exit\n10s accept name never mind\n")
	name := s.Scenario.Find("name")
	if n := s.Next(began); n.Words != "RUN step 4b at two" || s.Step(name).Over() {
		t.Errorf("after the first was let pass: %+v", n)
	}
	s, _ = play(t, book, script+"8s begin name\n9s end name exit\n10s accept name never mind\n11s begin name\n12s end name ok\n")
	if st := s.Step(name); st.Status != exec.Failed || !st.Accepted || s.At != name+1 {
		t.Errorf("in the end: %+v at %d", st, s.At)
	}
	if got := s.Due(s.At); got.At[0] != "one" || got.Run != s.Scenario.Steps[s.At].Run {
		t.Errorf("due is %+v", got)
	}
}

const carried = inHosts + `
      - {id: local, run: "cd /usr; export HOST='db 2' EMPTY=; SHELL_ONLY=x; alias ll=ls; (exit 7)", expect: {exit: 7}}
      - {id: open, run: "echo \"to $HOST\"; exec dash", opens: db, expect: {contains: to db 2}}
      - {id: there, run: "pwd; echo \"$HOST,${EMPTY-unset},${SHELL_ONLY-unset}\"", at: db, expect: {matches: ["^/usr$", "^db 2,,unset$"]}}
      - {id: alone, run: "echo \"${HOST-unset}\"", isolated: true, expect: {matches: ["^unset$"]}}
      - {id: back, run: "echo $? $SHELL_ONLY", expect: {matches: ["^7 x$"]}}
    test:
      - {id: last, run: "true"}
`

// TestOpeningFromLocal: a command that opens a terminal finds what earlier steps
// have set in the local one, and the local one is as it was.
func TestOpeningFromLocal(t *testing.T) {
	x := performing(t, carried, exec.Guided)
	for _, step := range []string{"local", "open", "there", "alone", "back"} {
		if a := x.run(step); a.Result == nil || a.Result.Match != exec.Matched {
			t.Errorf("%s: %+v", step, a.Result)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(x.story(), "\n"))
	}
}

// TestLockstepAndALostTerminal: where nothing may be done but what is written
// next, a terminal that was lost is not opened again by itself, and the step that
// opens it has had its turn: the step is blocked, which is a finding about the
// document.
func TestLockstepAndALostTerminal(t *testing.T) {
	x := performing(t, lost, exec.Lockstep)
	for _, step := range []string{"open", "name", "lose", "local"} {
		if a := x.run(step); a.Result == nil || a.Result.Match != exec.Matched {
			t.Fatalf("%s: %+v", step, a.Result)
		}
	}
	if err := x.seat.Do(exec.Run{Step: "there", Confirm: "y"}); err == nil || !strings.Contains(err.Error(), "the terminal db is not open") {
		t.Errorf("a step without its terminal: %v", err)
	}
	err := x.seat.Do(exec.Run{Step: "open", Confirm: "y", Departure: exec.Departure{Reason: "it was lost"}})
	if err == nil || !strings.Contains(err.Error(), "under lockstep the document is not left") {
		t.Errorf("the step that opens it, once more: %v", err)
	}
	if err := x.seat.Do(exec.Block{Step: "there", Reason: "the line dropped"}); err != nil {
		t.Errorf("blocked: %v", err)
	}
}

const lost = inHosts + `
      - {id: open, run: bash --norc, opens: db, timeout: 1m}
      - {id: name, run: NAME=set, at: db, setup: true}
      - {id: lose, run: exit 3, at: db, closes: db, expect: {exit: 3}}
      - {id: local, run: "true"}
      - {id: there, run: "echo $NAME", at: db}
    test:
      - {id: last, run: "true"}
`

// TestNotReplayed: what needs a person's word is not done again unasked in a new
// terminal, even where a document says so.
func TestNotReplayed(t *testing.T) {
	for name, step := range map[string]runbook.Step{
		"what cannot be undone": {Run: "true", Effect: runbook.Final, Aim: "db"},
		"what others approve":   {Run: "true", Approve: []string{"ann"}},
		"what opens a terminal": {Run: "bash --norc", Opens: "db"},
		"anything else":         {Run: "true"},
	} {
		t.Run(name, func(t *testing.T) {
			step.ID, step.Setup = "set", true
			c, j, _ := real(t, nil, []runbook.Step{step, {ID: "lose", Run: "exit", Closes: runbook.LocalTerminal}, {ID: "next", Run: "true"}})
			t.Cleanup(func() { _ = c.Leave() })
			seat := c.Seat("bob")
			act(t, seat, exec.Begin{})
			for _, id := range []string{"set", "lose", "next"} {
				act(t, seat, exec.Run{Step: id, Confirm: "db", Departure: exec.Departure{Reason: "as the test goes", Agreed: "ann"}})
				follow(t, seat, "")
			}
			began := 0
			for _, e := range j.events {
				if b, ok := e.Body.(exec.StepBegan); ok {
					if began++; e.Step == "next" && (len(b.Setup) > 0) != (name == "anything else") {
						t.Errorf("done again: %q", b.Setup)
					}
				}
			}
			if began != 3 {
				t.Errorf("%d steps began", began)
			}
		})
	}
}
