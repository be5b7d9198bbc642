package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// A script writes the events of an exercise by hand, one after the other.
type script struct {
	book   *runbook.Playbook
	events []exec.Event
	at     time.Time
	who    string
}

// begin puts an exercise of the bookstore on record and gives the go.
func begin(kind exec.Type, rule exec.Rule, dry bool) *script {
	s := recorded(bookstore(), kind, rule, dry)
	s.after(3*time.Second).event("", exec.GateDecided{Gate: "start", Go: true})
	s.event("", exec.RoleTaken{Role: "lead.primary", Who: "bob"})
	return s
}

func recorded(book *runbook.Playbook, kind exec.Type, rule exec.Rule, dry bool) *script {
	s := &script{book: book, at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), who: "bob"}
	s.event("", exec.Began{
		Format: 1, Exercise: "ex-20261123-1", Playbook: book.ID, Scenario: book.Scenarios[0].ID, Kind: kind, Rule: rule, DryRun: dry,
		Digest: digestOf("all"), Sums: []exec.Sum{{Path: "bookstore.yaml", SHA256: digestOf("a")}, {Path: "scripts/launch.sh", SHA256: digestOf("b")}},
		Source: "/srv/bob/bookstore.yaml", Operator: "bob", Program: "bythebook 0.3.0",
		Process: exec.Process{Boot: "b1", PID: 4711, Host: "ops-1", User: "bob"},
	})
	return s
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (s *script) after(d time.Duration) *script {
	s.at = s.at.Add(d)
	return s
}

func (s *script) event(step string, b exec.Body) *script {
	s.events = append(s.events, exec.Event{
		Seq: uint64(len(s.events) + 1), At: s.at, Mono: s.at.Sub(s.events0()), By: s.who, Step: step, Body: b,
	})
	return s
}

func (s *script) events0() time.Time {
	if len(s.events) == 0 {
		return s.at
	}
	return s.events[0].At
}

func (s *script) state() exec.State { return exec.Replay(s.book, s.events) }

// run begins a step and ends it as was expected or not.
func (s *script) run(step string, took time.Duration, exit int, match, output string, more ...exec.Check) *script {
	i := s.book.Scenarios[0].Find(step)
	st := s.state().Step(i)
	s.event(step, exec.StepBegan{Attempt: st.Tries() + 1, Command: s.book.Scenarios[0].Steps[i].Run, Confirmed: "y"})
	return s.after(took).event(step, exec.StepEnded{
		Attempt: st.Tries() + 1, Outcome: exec.Exited, Exit: &exit, Evidence: "exit status told by the shell, out of band",
		Match: match, Checks: more,
		Output: exec.Output{To: int64(len(output)), Lines: strings.Count(output, "\n"), SHA256: digestOf(output), Excerpt: output},
	})
}

func (s *script) done(step string, took time.Duration, said string) *script {
	return s.after(took).event(step, exec.StepDone{Text: said})
}

func (s *script) simulate(steps ...string) *script {
	for _, step := range steps {
		i := s.book.Scenarios[0].Find(step)
		if s.book.Scenarios[0].Steps[i].Kind == runbook.Manual {
			s.after(time.Second).event(step, exec.StepDone{Simulated: true})
			continue
		}
		s.event(step, exec.StepBegan{Attempt: 1}).after(time.Second)
		s.event(step, exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Evidence: "dry run", Simulated: true})
	}
	return s
}

func (s *script) input() Input {
	return Input{
		State: s.state(), Events: s.events,
		Record: Record{Events: len(s.events), First: digestOf("first"), Last: digestOf("last"), SHA256: digestOf("file")},
	}
}

// bookstore is a playbook with one scenario that has a step of every kind but
// waiting.
func bookstore() *runbook.Playbook {
	return &runbook.Playbook{
		File: "bookstore.yaml", ID: "bookstore", Title: "Bookstore disaster recovery failover playbook", Version: "1.3",
		Dependencies: []runbook.Dependency{{ID: "api", Component: "api", Class: "critical", RTO: 12 * time.Hour, MTD: 48 * time.Hour}},
		Contacts: []runbook.Contact{
			{ID: "alice", Name: "Alice Adams", Position: "Director of Technology", Email: "alice@example.com"},
			{ID: "bob", Name: "Bob Brown", Position: "Lead Developer, Bookstore API"},
			{ID: "christina", Name: "Christina Clark", Position: "Site Reliability Engineer"},
		},
		Scenarios: []runbook.Scenario{{
			ID: "api-failure", Title: "Bookstore API failure", Class: "disaster", Component: "api", Severity: "critical",
			Primary: "bob", Secondary: "alice", RTO: 30 * time.Minute, RPO: 24 * time.Hour,
			Platform: "EC2 t2.micro, us-west-2a", Success: "The public endpoint lists authors and books.",
			Assumptions: []runbook.Assumption{{Text: "Route 53 answers."}, {Text: "AMI backups are frequent.", Owner: "bob"}},
			Steps:       steps(),
		}},
	}
}

func steps() []runbook.Step {
	return []runbook.Step{
		{ID: "break-api", Procedure: runbook.Inject, Kind: runbook.Run, Do: "Stop the API.", Run: "./lab stop api", Effect: runbook.Change,
			Mark: runbook.Disruption, Expect: runbook.Expect{Stated: true}},
		{ID: "check-api", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Verify that the API does not answer.", Effect: runbook.Read,
			Run: "curl -fsS http://bookstore.pingpublications.com", Estimate: time.Minute, Expect: runbook.Expect{Stated: true, Exit: []int{7}}},
		{ID: "declare", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Declare the disaster in the team's channel.", Effect: runbook.None,
			Who: "lead.primary", Mark: runbook.Declared, Estimate: 2 * time.Minute},
		{ID: "which", Procedure: runbook.Recovery, Kind: runbook.Decide, Do: "Decide how to recover.", Ask: "Is the instance up?", Effect: runbook.None,
			Answers: []runbook.Answer{{Say: "yes, restart", Go: "restart"}, {Say: "no, replace", Go: "launch"}}},
		{ID: "restart", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Restart `gunicorn`.", Run: "sudo systemctl restart gunicorn",
			Effect: runbook.Change, Estimate: time.Minute, Then: "test"},
		{ID: "launch", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Launch a new instance from the template.", Effect: runbook.Change,
			Run: "set -e\naws ec2 run-instances \\\n  --launch-template LaunchTemplateName=bookstore-api-ec2\n", Estimate: 10 * time.Minute,
			Expect: runbook.Expect{Stated: true, Contains: []string{"InstanceId"}}, Capture: []runbook.Capture{{Name: "NEW_HOST", Pattern: `ec2-\S+`}}},
		{ID: "route", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Point the Route 53 A record at the new host.", Effect: runbook.None,
			Who: "lead.primary", Evidence: "text", Estimate: 3 * time.Minute},
		{ID: "public", Procedure: runbook.Test, Kind: runbook.Run, Do: "The public name lists authors and books.", Effect: runbook.Read,
			Run: "curl -fsS http://bookstore.pingpublications.com", Estimate: time.Minute, IfNot: "launch",
			Expect: runbook.Expect{Stated: true, Contains: []string{"authors", "books"}}},
		{ID: "newest", Procedure: runbook.Test, Kind: runbook.Run, Do: "Look for the newest order.", Effect: runbook.Read, Run: "./lab newest",
			Expect: runbook.Expect{Stated: true}, Capture: []runbook.Capture{{Name: "NEWEST", Line: 1}},
			Point: &runbook.Point{From: "NEWEST", Method: "marker", Every: time.Second}},
		{ID: "stand-down", Procedure: runbook.Resume, Kind: runbook.Manual, Do: "Tell everybody that the API is back.", Effect: runbook.None, Who: "lead.primary"},
	}
}

// asDocumented is a clean run on the restart path.
func asDocumented() *script {
	s := begin(exec.Rehearsal, exec.Strict, false)
	s.book.Scenarios[0].Steps[4].Expect.Stated = true
	s.after(5*time.Second).event("", exec.TerminalOpened{Name: "local", Shell: "bash 5.2", PID: 4712, Begun: 1000})
	s.run("break-api", 400*time.Millisecond, 0, exec.Matched, "api stopped\n")
	s.after(20*time.Second).run("check-api", 80*time.Millisecond, 7, exec.Matched, "curl: (7) Failed to connect\n")
	s.done("declare", 90*time.Second, "")
	s.after(10*time.Second).event("which", exec.Answered{Question: "Is the instance up?", Choice: 1, Say: "yes, restart"})
	s.after(4*time.Second).run("restart", 2*time.Second, 0, exec.Matched, "")
	return tested(s)
}

// tested performs the test and resume procedures and ends the exercise.
func tested(s *script) *script {
	s.after(9*time.Second).run("public", 120*time.Millisecond, 0, exec.Matched, "{\"authors\": \"/authors\", \"books\": \"/books\"}\n")
	s.after(time.Second).event("newest", exec.StepBegan{Attempt: 1, Command: "./lab newest", Confirmed: ""})
	exit := 0
	s.after(30*time.Millisecond).event("newest", exec.Captured{Name: "NEWEST", Value: "2026-11-23T10:00:06Z"})
	s.event("newest", exec.PointObserved{Instant: time.Date(2026, 11, 23, 10, 0, 6, 0, time.UTC), Method: "marker", Every: time.Second, Value: "2026-11-23T10:00:06Z"})
	s.event("newest", exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Exit: &exit, Evidence: "exit status told by the shell, out of band", Match: exec.Matched,
		Output: exec.Output{To: 21, Lines: 1, SHA256: digestOf("newest"), Excerpt: "2026-11-23T10:00:06Z\n"}})
	s.done("stand-down", 45*time.Second, "")
	return s.after(8*time.Second).event("", exec.Ended{Completion: exec.Completed, Digest: digestOf("all")})
}

// departed is a run that misses its RTO, with a skip, an unexpected exit, an
// overrun, notes and declared deviations, on the replacement path.
func departed() *script {
	s := begin(exec.Rehearsal, exec.Strict, false)
	s.after(5*time.Second).run("break-api", 400*time.Millisecond, 0, exec.Matched, "api stopped\n")
	s.after(10*time.Second).event("", exec.Marked{Name: "detected", Instant: s.at.Add(-4 * time.Second), Basis: "the probe's alert"})
	s.event("", exec.Marked{Name: "acknowledged", Instant: s.at, Basis: "answered in the channel"})
	s.after(10*time.Second).run("check-api", 80*time.Millisecond, 28, exec.Differs, "curl: (28) Operation timed out\n",
		exec.Check{Mode: "exit", Want: "7", Seen: "28"})
	s.after(15*time.Second).event("check-api", exec.StepDone{Accepted: "It is down, only in another way.", Agreed: "alice"})
	s.event("check-api", exec.Noted{Text: "todo: ask for a longer timeout in the probe"})
	s.after(40*time.Second).event("declare", exec.StepSkipped{Reason: "Everybody was in the room.", Agreed: "alice"})
	s.event("which", exec.Answered{Question: "Is the instance up?", Choice: 2, Say: "no, replace"})
	s.after(time.Minute).event("launch", exec.Deviated{Kind: "extra action", What: "Raised the account's instance quota in the console.", Reason: "The launch was refused without it.", Agreed: "sara"})
	s.run("launch", 27*time.Minute, 0, exec.Matched, "InstanceId: i-0abc\nec2-54-188-3-235.us-west-2.compute.amazonaws.com\n")
	s.event("launch", exec.Captured{Name: "NEW_HOST", Value: "ec2-54-188-3-235.us-west-2.compute.amazonaws.com"})
	s.who = "christina"
	s.event("", exec.StopCalled{Reason: "The wrong zone is on the screen."}).who = "bob"
	s.event("", exec.GateDecided{Gate: exec.GateStop, Go: true, Reason: "It is the right one, the screen was old."})
	s.event("", exec.Held{Reason: "Fire drill in the building."}).after(4*time.Minute).event("", exec.Released{})
	s.who = "christina"
	s.event("", exec.Noted{Text: "The quota page is hard to find."})
	s.who = "bob"
	s.after(2*time.Minute).event("route", exec.Deviated{Kind: "needed help", What: "The zone's id was told by phone.", Reason: "The document does not name it."})
	s.done("route", 30*time.Second, "A record now 54.188.3.235.")
	return tested(s)
}

func blocked() *script {
	s := begin(exec.Rehearsal, exec.Lockstep, false)
	s.after(5*time.Second).run("break-api", 400*time.Millisecond, 0, exec.Matched, "api stopped\n")
	s.after(20*time.Second).run("check-api", 80*time.Millisecond, 0, exec.Differs, "<html>it answers</html>\n",
		exec.Check{Mode: "exit", Want: "7", Seen: "0"})
	s.after(30*time.Second).event("check-api", exec.StepBlocked{Reason: "The document does not say what to do when the API answers."})
	return s.after(5*time.Second).event("", exec.Ended{Completion: exec.Blocked, Reason: "The document does not say what to do when the API answers.", Digest: digestOf("changed")})
}

func aborted() *script {
	s := begin(exec.Live, exec.Guided, false)
	s.after(5*time.Second).run("break-api", 400*time.Millisecond, 0, exec.Matched, "api stopped\n")
	s.after(12*time.Second).event("", exec.ClockJumped{By: 3 * time.Second})
	s.event("check-api", exec.CopyChanged{Path: "scripts/check.sh"})
	return s.event("", exec.Ended{Completion: exec.Aborted, Reason: "Customers noticed.", Digest: digestOf("all")})
}

func dryRun() *script {
	s := begin(exec.Rehearsal, exec.Strict, true)
	s.simulate("break-api", "check-api", "declare")
	s.after(time.Second).event("which", exec.Answered{Question: "Is the instance up?", Choice: 1, Say: "yes, restart"})
	s.simulate("restart", "public", "newest", "stand-down")
	return s.after(time.Second).event("", exec.Ended{Completion: exec.Completed, Digest: digestOf("all")})
}

// resumed was killed while a step ran, and goes on: it has not ended.
func resumed() *script {
	s := begin(exec.Rehearsal, exec.Strict, false)
	s.after(5*time.Second).run("break-api", 400*time.Millisecond, 0, exec.Matched, "api stopped\n")
	s.after(20*time.Second).run("check-api", 80*time.Millisecond, 7, exec.Matched, "curl: (7) Failed to connect\n")
	s.done("declare", 90*time.Second, "")
	s.after(10*time.Second).event("which", exec.Answered{Question: "Is the instance up?", Choice: 2, Say: "no, replace"})
	s.after(4*time.Second).event("launch", exec.StepBegan{Attempt: 1, Command: s.book.Scenarios[0].Steps[5].Run, Confirmed: "y"})
	s.after(7*time.Minute).event("", exec.Resumed{
		Process: exec.Process{Boot: "b1", PID: 99, Host: "ops-1"}, Torn: 112, Digest: digestOf("all"),
		Survivors: []exec.Survivor{{PID: 4801, Begun: 2000, Started: s.at.Add(-7 * time.Minute), Command: "aws ec2 wait instance-running"}}, Unlisted: 2,
	})
	s.event("launch", exec.StepUnknown{Attempt: 1, Reason: "the program ended while the step was running", PID: 4712, Begun: 1000, Now: exec.StillRunning})
	return s.after(time.Minute).event("launch", exec.StepResolved{Done: true, Text: "The console shows one new instance."})
}

// asked is a run with values that were asked for, several blocks in one step,
// and people who were told.
func asked() *script {
	book := bookstore()
	book.Inputs = []runbook.Input{
		{Name: "RELEASE", Ask: "Which release?"}, {Name: "ZONE", Default: "us-west-2a", HasDefault: true}, {Name: "TOKEN", Secret: &runbook.Secret{Env: "DEPLOY_TOKEN"}},
	}
	launch := "aws ec2 run-instances --launch-template LaunchTemplateName=bookstore-api-ec2"
	book.Scenarios[0].Steps = []runbook.Step{
		{ID: "tell", Procedure: runbook.Recovery, Kind: runbook.Notify, Do: "Tell the owner and the other lead.", Effect: runbook.None, Notify: []string{"alice", "christina"}},
		{ID: "launch", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Launch a new instance.", Effect: runbook.Change, Expect: runbook.Expect{Stated: true, Contains: []string{"running"}},
			Run: launch, Runs: []string{launch, "aws ec2 wait instance-running", "aws ec2 describe-instances"}},
		{ID: "deploy", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Deploy.", Effect: runbook.Change, Expect: runbook.Expect{Stated: true},
			Run: "./deploy \"$RELEASE\"", Runs: []string{"./deploy \"$RELEASE\"", "./deploy --all"}},
	}
	s := recorded(book, exec.Rehearsal, exec.Strict, false)
	s.event("", exec.InputGiven{Name: "ZONE", Value: "us-west-2a", From: "the default"})
	s.event("", exec.InputGiven{Name: "TOKEN", Secret: true, From: "the variable DEPLOY_TOKEN"})
	s.after(9*time.Second).event("", exec.InputGiven{Name: "RELEASE", Value: "v1.4|2", From: "asked"})
	s.after(3*time.Second).event("", exec.GateDecided{Gate: "start", Go: true})
	s.done("tell", time.Minute, "Alice at 10:01, by phone; Christina did not answer.")
	s.after(5*time.Second).event("launch", exec.Answered{Question: exec.WhichBlock, Choice: 4, Say: "all 3, in order"})
	for n, said := range []string{"i-0abc\n", "", "i-0abc (hidden) running\n"} {
		s.block("launch", n+1, said)
	}
	s.after(5*time.Second).event("deploy", exec.Answered{Question: exec.WhichBlock, Choice: 2, Say: "block 2 alone"})
	s.block("deploy", 2, "")
	return s.after(time.Second).event("", exec.Ended{Completion: exec.Completed, Digest: digestOf("all")})
}

// block runs one block of a step to the end that is expected of it.
func (s *script) block(step string, n int, output string) {
	i, exit := s.book.Scenarios[0].Find(step), 0
	s.event(step, exec.StepBegan{Attempt: 1, Block: n, Command: s.book.Scenarios[0].Steps[i].Runs[n-1], Confirmed: "y"})
	s.after(2*time.Second).event(step, exec.StepEnded{
		Attempt: 1, Outcome: exec.Exited, Exit: &exit, Evidence: "exit status told by the shell, out of band", Match: exec.Matched,
		Output: exec.Output{To: int64(len(output)), Lines: strings.Count(output, "\n"), SHA256: digestOf(output), Excerpt: output},
	})
}

// overridden is a run under lockstep of a text that one of three has agreed to,
// with an error in it, that was begun all the same.
func overridden() *script {
	s := asDocumented()
	s.book.Agreement = &runbook.Agreement{By: []string{"alice", "bob", "christina"}}
	began := s.events[0].Body.(exec.Began)
	began.Rule, began.Errors = exec.Lockstep, 1
	began.Agreement = &exec.Agreement{
		Asked: []string{"alice", "bob", "christina"}, Signers: digestOf("signers"),
		Lacking: []exec.Lacking{{Who: "bob", Why: "agreed to an earlier text, sha256 2f0c44d1aa0d"}, {Who: "christina", Why: "objects: step 7 does not name the zone"}},
	}
	s.events[0].Body = began
	var gates []exec.Event
	for _, gate := range []string{exec.GateAgreement, exec.GateChecks} {
		gates = append(gates, exec.Event{At: s.events[1].At, Mono: s.events[1].Mono, By: "bob",
			Body: exec.GateDecided{Gate: gate, Go: true, Reason: "The window | ends today.", Agreed: "christina"}})
	}
	s.events = slices.Insert(s.events, 1, gates...)
	for i := range s.events {
		s.events[i].Seq = uint64(i + 1)
	}
	return s
}
