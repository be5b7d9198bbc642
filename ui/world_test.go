package ui_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui"
	"bythebook/ui/look"
)

// book is a playbook with one step for every situation.
func book() *runbook.Playbook {
	contains := func(s string) runbook.Expect { return runbook.Expect{Stated: true, Contains: []string{s}} }
	steps := []runbook.Step{
		{ID: "stop-primary", Procedure: runbook.Inject, Kind: runbook.Run, Do: "Stop the primary database.", Run: "systemctl stop postgresql",
			Effect: runbook.Change, Mark: runbook.Disruption, Estimate: 10 * time.Second},
		{ID: "tell-bridge", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Tell the bridge", Effect: runbook.None, Estimate: 30 * time.Second, Who: "operator"},
		{ID: "check-replica", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Check that the replica is **streaming**.", Run: "psql -h db-eu-2 -c 'select state from pg_stat_replication'",
			Effect: runbook.Read, Expect: contains("streaming"), Estimate: 20 * time.Second},
		{ID: "restart-api", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Restart the API.", If: "The instance is up and the application is down.",
			Run: "sudo systemctl restart gunicorn", Effect: runbook.Change, Estimate: time.Minute},
		{ID: "page-lead", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Page the DBA lead", Evidence: "text", Estimate: 30 * time.Second},
		{ID: "promote", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Promote the replica db-eu-2.\n\nReplication lag was 0 when it was checked. Do not promote if the lag is above 5 s.",
			Run:    "pg_ctl promote -D /var/lib/postgresql/16/main --wait --timeout=170 --options='-c log_min_messages=debug1' --silent",
			Effect: runbook.Final, Aim: "db-eu-2", Timeout: 3 * time.Minute, Estimate: time.Minute, Expect: contains("server promoted"), IfNot: "rebuild",
			Warning: "Do not interrupt a promotion. Afterwards db-eu-1 must not be started as a primary again.", Rollback: "Rebuild the old primary as a replica."},
		{ID: "point-app", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Point the app at the new primary", Run: "kubectl -n shop set env deploy/orders DB_HOST=db-eu-2 &&\nkubectl -n shop rollout status deploy/orders",
			Effect: runbook.Change, Tries: 3, Estimate: time.Minute, Timeout: 2 * time.Minute, Expect: contains("12/12 pods ready"), IfNot: "rebuild"},
		{ID: "arriving", Procedure: runbook.Recovery, Kind: runbook.Decide, Do: "Look at the write rate on the new primary.", Ask: "Are writes arriving?", Estimate: 20 * time.Second,
			Answers: []runbook.Answer{{Say: "YES, above 20 writes/s", Go: "settle"}, {Say: "SOME, below 20 writes/s", Go: "rebuild"}, {Say: "NONE", Go: "point-app", AtMost: 1}}},
		{ID: "rebuild", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Rebuild the connection pools", Run: "kubectl -n shop rollout restart deploy/pool", Effect: runbook.Change, Estimate: 5 * time.Minute},
		{ID: "settle", Procedure: runbook.Recovery, Kind: runbook.Wait, Do: "Wait for 90 clean seconds", Wait: 90 * time.Second},
		{ID: "write-probe", Procedure: runbook.Test, Kind: runbook.Run, Do: "Write probe", Run: "./probe write", Effect: runbook.Read, Estimate: 10 * time.Second},
		{ID: "order", Procedure: runbook.Test, Kind: runbook.Manual, Do: "Order end to end", Estimate: 50 * time.Second},
		{ID: "status-page", Procedure: runbook.Resume, Kind: runbook.Manual, Do: "Update the status page", Estimate: 2 * time.Minute},
	}
	return &runbook.Playbook{
		File: "runbooks/bookstore.yaml", ID: "bookstore", Title: "Bookstore", Owner: "alice",
		Contacts: []runbook.Contact{{ID: "alice"}, {ID: "bob"}}, Roles: []runbook.Role{{ID: "operator", Held: []string{"alice", "bob"}}},
		Scenarios: []runbook.Scenario{{
			ID: "az-loss", Title: "Loss of an availability zone", Class: "disaster", RTO: 15 * time.Minute, RPO: 30 * time.Second,
			Overview:    "Fail the primary database over to eu-west-1b and prove that writes work again.",
			Assumptions: []runbook.Assumption{{Text: "The replica in eu-west-1b is up."}}, Steps: steps,
		}},
	}
}

// release is a playbook that asks for values, has a step of several blocks, tells
// people, and knows a way back to safety.
func release() *runbook.Playbook {
	return &runbook.Playbook{
		File: "runbooks/release.yaml", ID: "release", Title: "Release",
		Contacts: []runbook.Contact{
			{ID: "alice", Name: "Alice", Position: "Director of Technology", Email: "alice@example.com", Phone: "555-555-5550", Availability: "Mon-Fri 09:00-17:00"},
			{ID: "bob", Name: "Bob", Position: "Lead Developer, Bookstore API", Phone: "555-555-5551", Channels: []runbook.Named{{ID: "pager", Text: "bookstore-api"}}, Availability: "on-call"},
		},
		Inputs: []runbook.Input{
			{Name: "RELEASE", Ask: "Which release is deployed?", Pattern: "v[0-9.]+"},
			{Name: "TOKEN", Ask: "The deploy token, from the team's safe?", Secret: &runbook.Secret{Ask: true}},
		},
		Notifications: []runbook.Notification{{
			ID: "declared", When: "declared", For: []string{"api-failure"}, Who: []string{"lead.primary", "alice"}, Order: "sequence", Marker: "EXERCISE EXERCISE EXERCISE",
			What: "The bookstore's API is down since the time that you are told. Recovery begins now.", Why: "action", How: []string{"phone", "email"},
			AckWithin: 15 * time.Minute, Escalate: "alice", Every: 30 * time.Minute,
		}},
		Scenarios: []runbook.Scenario{{
			ID: "api-failure", Title: "Bookstore API failure", Class: "disaster", Primary: "bob", RTO: time.Hour, Overview: "Replace the API's instance.",
			Assumptions: []runbook.Assumption{{Text: "Route 53 answers."}},
			Abort: runbook.Abort{When: []string{"Customers notice."}, Steps: []runbook.Step{
				{ID: "back", Kind: runbook.Run, Do: "Start the old instance again.", Run: "aws ec2 start-instances --instance-ids \"$OLD\""}, {ID: "say", Kind: runbook.Manual, Do: "Tell everybody."}}},
			Steps: []runbook.Step{
				{ID: "tell", Procedure: runbook.Recovery, Kind: runbook.Notify, Do: "Tell the leads and the owner.", Rule: "declared"},
				{ID: "launch", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Launch a new instance.", Effect: runbook.Change, Estimate: 5 * time.Minute,
					Run: "aws ec2 run-instances --launch-template LaunchTemplateName=bookstore-api-ec2", Expect: runbook.Expect{Stated: true, Contains: []string{"InstanceId"}},
					Runs: []string{"aws ec2 run-instances --launch-template LaunchTemplateName=bookstore-api-ec2",
						"aws ec2 run-instances --launch-template LaunchTemplateName=bookstore-api-ec2 --instance-type t2.micro\naws ec2 wait instance-running"}},
				{ID: "deploy", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Deploy the release.", Run: "./deploy \"$RELEASE\" --token \"$TOKEN\"", Effect: runbook.Change,
					Preconditions: []string{"The new instance answers."}, DependsOn: []string{"launch"}},
				{ID: "see", Procedure: runbook.Test, Kind: runbook.Manual, Do: "Open the front page.", Expect: runbook.Expect{Stated: true, State: "The list of books is there."}},
			},
		}},
	}
}

// proven has a condition that the machine answers, and wants a file left behind.
func proven() *runbook.Playbook {
	return &runbook.Playbook{
		File: "runbooks/proven.yaml", ID: "proven", Title: "Proven",
		Contacts: []runbook.Contact{{ID: "alice", Name: "Alice"}, {ID: "bob", Name: "Bob"}},
		Scenarios: []runbook.Scenario{{
			ID: "api-failure", Title: "Bookstore API failure", RTO: time.Hour, Clock: runbook.Clock{Steady: 5 * time.Minute},
			Steps: []runbook.Step{
				{ID: "restart", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Restart the application.", Run: "sudo systemctl restart gunicorn", Effect: runbook.Change,
					IfProbe: &runbook.Probe{Run: "systemctl is-active gunicorn", Expect: runbook.Expect{Stated: true, Exit: []int{3}, Lines: "inactive"}}},
				{ID: "picture", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Take a picture of the console.", Evidence: exec.FileEvidence},
				{ID: "see", Procedure: runbook.Test, Kind: runbook.Manual, Do: "Open the front page."},
			},
		}},
	}
}

// away is a playbook whose steps others approve, or are done in any order, and that
// leads to another scenario and back to safety.
func away() *runbook.Playbook {
	seen := runbook.Expect{Stated: true}
	return &runbook.Playbook{
		File: "runbooks/away.yaml", ID: "store", Title: "Store", Exercise: &runbook.Plan{StopWord: "mayday"},
		Contacts: []runbook.Contact{{ID: "alice", Name: "Alice"}, {ID: "bob", Name: "Bob"}}, Roles: []runbook.Role{{ID: "dba", Held: []string{"alice", "bob"}}},
		Scenarios: []runbook.Scenario{{
			ID: "api-down", Title: "The API is down", Primary: "alice", Secondary: "bob", RTO: time.Hour,
			Steps: []runbook.Step{
				{ID: "break", Procedure: runbook.Inject, Kind: runbook.Run, Do: "Stop the API.", Run: "systemctl stop api", Effect: runbook.Change, Expect: seen, Mark: runbook.Disruption},
				{ID: "drop", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Drop the stale replica.", Run: "dropdb replica", Effect: runbook.Change, Expect: seen, Approve: []string{"dba", "lead.secondary"}},
				{ID: "hosts", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Start the hosts.", Run: "./start hosts", Effect: runbook.Read, Expect: seen, Together: "both", Estimate: time.Minute},
				{ID: "call", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Call the provider.", Together: "both", Estimate: 3 * time.Minute},
				{ID: "which", Procedure: runbook.Recovery, Kind: runbook.Decide, Do: "What is broken?", Ask: "What is broken?",
					Answers: []runbook.Answer{{Say: "The API"}, {Say: "The database", Go: "scenario:db-down"}, {Say: "Everything", Go: "abort"}}},
				{ID: "check", Procedure: runbook.Test, Kind: runbook.Manual, Do: "It answers."},
			},
			Abort: runbook.Abort{When: []string{"Customers notice."}, Steps: []runbook.Step{
				{ID: "start", Procedure: runbook.Aborting, Kind: runbook.Run, Do: "Start the API again.", Run: "systemctl start api", Effect: runbook.Change, Expect: seen},
				{ID: "say", Procedure: runbook.Aborting, Kind: runbook.Manual, Do: "Tell everybody that it is over."}}},
		}, {
			ID: "db-down", Title: "The database is down", Primary: "alice", RTO: 30 * time.Minute,
			Steps: []runbook.Step{
				{ID: "mend", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Mend the database."},
				{ID: "query", Procedure: runbook.Test, Kind: runbook.Run, Do: "It answers.", Run: "psql -c 'select 1'", Effect: runbook.Read, Expect: seen},
			},
		}},
	}
}

// approved is the exercise at a step, with what has to be approved on the way.
func (w *world) approved(id string) *world {
	w.until("drop")
	for _, who := range []string{"alice", "bob"} {
		w.do(exec.Approve{Step: "drop", By: who})
	}
	return w.until(id)
}

// disk is a journal in memory.
type disk struct {
	mu sync.Mutex
	n  uint64
	ok func() error
}

func (d *disk) Append(e exec.Event) (exec.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ok != nil {
		if err := d.ok(); err != nil {
			return e, err
		}
	}
	d.n++
	e.Seq = d.n
	return e, nil
}
func (d *disk) Close() error { return nil }

// play is how one attempt at a step goes.
type play struct {
	takes   time.Duration
	prints  []string
	waiting exec.Waiting
	screen  *exec.Screen
	exit    int
	fails   bool
	outcome exec.Outcome
	hidden  int      // passages of the output
	notices []string // of the terminal
	left    []exec.Survivor

	uncompared string // why it is not comparable
}

// actor performs steps as a script says, in virtual time.
type actor struct {
	mu      sync.Mutex
	script  map[string][]play
	now     play
	typed   []string
	stopped chan struct{}
}

func (a *actor) Survivors(known []exec.Survivor) []exec.Survivor { return known }

func (a *actor) Prepare(context.Context, exec.Job) ([]exec.Body, error) { return nil, nil }

func (a *actor) Perform(ctx context.Context, j exec.Job) exec.Result {
	p := a.begin(j.Step)
	select {
	case <-time.After(p.takes):
	case <-ctx.Done():
		p.outcome = exec.WasInterrupted
	case <-a.stopped:
		p.outcome = exec.WasInterrupted
	}
	r := exec.Result{StepEnded: exec.StepEnded{Outcome: p.outcome, Match: exec.Matched, Evidence: "status file"}}
	if p.outcome == "" {
		r.Outcome, r.Exit = exec.Exited, &p.exit
		r.Checks = []exec.Check{{Mode: "exit", Want: "0", Seen: fmt.Sprint(p.exit), OK: p.exit == 0}}
	}
	r.Output.Hidden, r.Notices, r.Survivors = p.hidden, p.notices, p.left
	if len(p.prints) > 0 {
		r.Output.Lines = len(p.prints)
		for _, line := range p.prints {
			r.Output.Excerpt += line + "\n"
		}
	}
	for _, c := range j.Step.Expect.Contains {
		seen := "nothing like it"
		if !p.fails {
			seen = "found"
		}
		r.Checks = append(r.Checks, exec.Check{Mode: "contains", Want: c, Seen: seen, OK: !p.fails})
	}
	switch {
	case p.fails:
		r.Match = exec.Differs
	case p.uncompared != "":
		r.Match, r.Uncompared = exec.NotComparable, p.uncompared
	}
	return r
}

func (a *actor) begin(step runbook.Step) play {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := play{takes: 2 * time.Second, prints: []string{"ok"}}
	if step.Kind == runbook.Wait {
		p = play{takes: step.Wait}
	}
	if s := a.script[step.ID]; len(s) > 0 {
		p, a.script[step.ID] = s[0], s[1:]
	}
	a.now, a.stopped = p, make(chan struct{}, 1)
	return p
}

func (a *actor) Tail() exec.Glimpse {
	a.mu.Lock()
	defer a.mu.Unlock()
	return exec.Glimpse{Lines: a.now.prints, Total: len(a.now.prints), Waiting: a.now.waiting, Screen: a.now.screen}
}

func (a *actor) Relayed(bool) {}

func (a *actor) Type(b []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.typed = append(a.typed, string(b))
	if a.now.waiting != exec.WaitsForKeys { // a program that fills the screen goes on with that
		a.now.waiting = ""
	}
	return nil
}

func (a *actor) Interrupt() {
	select {
	case a.stopped <- struct{}{}:
	default:
	}
}
func (*actor) Resize(int, int) {}
func (*actor) Close() error    { return nil }

// world is a real conductor around a scripted performer.
type world struct {
	t     testing.TB
	c     *exec.Conductor
	seat  exec.Seat
	actor *actor
	disk  *disk
	now   func() time.Time

	who    string                 // who sits at the screen; "" for mira
	had    string                 // who acted so far, where that is somebody else
	before map[string]exec.Median // how long the steps took in earlier exercises
	stays  bool                   // a step goes on when the screen is left
}

// A still is a seat as it stands at one moment, with another's pen.
type still struct {
	updates chan exec.Update
	mu      *sync.Mutex
	wanted  *[]exec.Intent // what was wanted from it
}

func (s still) Watch() <-chan exec.Update { return s.updates }
func (s still) Do(i exec.Intent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	*s.wanted = append(*s.wanted, i)
	return nil
}

// loses is that the keeper of the exercise dies, and some time passes.
func (w *world) loses() {
	u := <-w.seat.Watch()
	u.Pen, u.Gone, u.Waiting = exec.Pen{Away: true, Looks: true, Reads: true}, w.now(), ""
	s := still{make(chan exec.Update, 1), &sync.Mutex{}, &[]exec.Intent{}}
	s.updates <- u
	w.seat = s
	time.Sleep(40 * time.Minute)
}

// lend gives the pen to another seat than the screen's.
func (w *world) lend(p exec.Pen) *[]exec.Intent {
	s := still{make(chan exec.Update, 1), &sync.Mutex{}, &[]exec.Intent{}}
	u := <-w.seat.Watch()
	u.Pen = p
	s.updates <- u
	w.seat = s
	return s.wanted
}

func newWorld(t testing.TB, rule exec.Rule, script map[string][]play) *world {
	return newWorldOf(t, exec.Live, rule, false, script)
}

func newWorldOf(t testing.TB, kind exec.Type, rule exec.Rule, dry bool, script map[string][]play) *world {
	return newWorldOn(t, book(), kind, rule, dry, script)
}

// newWorldOn is an exercise of a text that all contacts have agreed to, but for
// those who are lacking.
func newWorldOn(t testing.TB, b *runbook.Playbook, kind exec.Type, rule exec.Rule, dry bool, script map[string][]play, lacking ...exec.Lacking) *world {
	b.Agreement = &runbook.Agreement{}
	for _, c := range b.Contacts {
		b.Agreement.By = append(b.Agreement.By, c.ID)
	}
	w := &world{t: t, actor: &actor{script: maps.Clone(script)}, disk: &disk{}, now: func() time.Time { return time.Now().UTC() }}
	s := exec.Apply(exec.New(b), exec.Event{Seq: 1, At: w.now(), By: "mira", Body: exec.Began{
		Format: 1, Exercise: "ex-20261123-1", Playbook: b.ID, Scenario: b.Scenarios[0].ID, Kind: kind, Rule: rule, DryRun: dry,
		Digest: "9f2c44d1aa0de6c3b1f09f2c44d1aa0de6c3b1f0", Operator: "mira",
		Agreement: &exec.Agreement{Asked: b.Agreement.By, Lacking: lacking},
	}})
	w.c = exec.Conduct(s, w.disk, w.actor, func() string { return "9f2c44d1aa0de6c3b1f09f2c44d1aa0de6c3b1f0" })
	w.c.Keeps(func(path string) (exec.FileLeft, error) {
		return exec.FileLeft{Name: "console.png", Bytes: 4711, SHA256: "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f"}, nil
	})
	w.seat = w.c.Seat("mira")
	return w
}

func (w *world) do(i exec.Intent) {
	w.t.Helper()
	if err := w.c.Seat("mira").Do(i); err != nil {
		w.t.Fatalf("%T: %v", i, err)
	}
}

// calls has somebody at another seat call stop.
func (w *world) calls(who, why string) {
	w.t.Helper()
	if err := w.c.Seat(who).Do(exec.CallStop{Reason: why}); err != nil {
		w.t.Fatal(err)
	}
}

// supply gives every value that is wanted.
func (w *world) supply() *world {
	for in, wanted := w.c.State().Wanted(); wanted; in, wanted = w.c.State().Wanted() {
		w.do(exec.Give{Name: in.Name, Value: "v1.4.2", From: "asked"})
	}
	return w
}

// reopened is the exercise after the program was left and started again.
func (w *world) reopened() {
	began := w.now()
	s, err := exec.Reopen(w.c.State(), w.disk, "mira", exec.Resumed{}, exec.Remains{
		Shell: exec.Survivor{PID: 4712, Begun: 1, Started: began}, Now: exec.StillRunning,
		Survivors: []exec.Survivor{{PID: 4713, Begun: 2, Started: began, Command: "sleep 300"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	_ = w.c.Leave()
	w.c = exec.Conduct(s, w.disk, w.actor, func() string { return "" })
	w.seat = w.c.Seat("mira")
}

// until carries the document out until it stands at a step.
func (w *world) until(id string) *world {
	w.t.Helper()
	if w.c.State().Started.IsZero() {
		w.supply()
		w.do(exec.Begin{Departure: exec.Departure{Reason: "The window ends today.", Agreed: "alice"}}) // asked only where it is barred
	}
	for range 100 {
		s := w.c.State()
		step, open := s.Current()
		if !open || step.ID == id {
			return w
		}
		w.pass(s, step)
	}
	w.t.Fatalf("the document never came to %s", id)
	return w
}

func (w *world) pass(s exec.State, step runbook.Step) {
	switch {
	case step.If != "" && s.Step(s.At).Guard == exec.Unasked:
		w.do(exec.Choose{Step: step.ID, Choice: 2})
	case step.Kind == runbook.Decide:
		w.do(exec.Choose{Step: step.ID, Choice: 1})
	case len(step.Runs) > 1 && len(s.Step(s.At).Blocks) == 0:
		w.do(exec.Choose{Step: step.ID, Choice: len(step.Runs) + 1})
	case step.Kind.Interaction() == runbook.Attests:
		time.Sleep(25 * time.Second)
		w.do(exec.Attest{Step: step.ID, Text: "sara said yes"})
	default:
		w.run(step)
	}
}

// run runs a step with what it asks for, to its end.
func (w *world) run(step runbook.Step) {
	w.start(step)
	for w.c.State().Running() >= 0 {
		time.Sleep(1370 * time.Millisecond) // never at the instant at which a step ends
	}
}

func (w *world) start(step runbook.Step) {
	confirm := "y"
	if step.Effect == runbook.Final {
		confirm = step.Aim
	}
	w.do(exec.Run{Step: step.ID, Confirm: confirm})
}

// begin starts the step at which the document stands, and leaves it running.
func (w *world) begin() *world {
	step, _ := w.c.State().Current()
	w.start(step)
	time.Sleep(12 * time.Second)
	return w
}

func (w *world) step() runbook.Step {
	step, _ := w.c.State().Current()
	return step
}

// app is the program on this exercise.
func (w *world) app() *ui.App {
	return ui.New(ui.Config{
		Who: cmp.Or(w.who, "mira"), Where: "/srv/runbooks", Start: w.exercise(), Look: look.Look{}, Now: w.now,
		Again: "bythebook resume ex-20261123-1",
	})
}

func (w *world) exercise() *ui.Exercise {
	return &ui.Exercise{
		ID: "ex-20261123-1", Seat: w.seat, Again: "bythebook resume ex-20261123-1", Resume: "bythebook resume ex-20261123-1", Had: w.had, Stays: w.stays,
		Earlier: func() map[string]exec.Median { return w.before },
		Report: func(s exec.State) string {
			return "# Exercise ex-20261123-1\n\nResult: **" + string(exec.Judge(s).Outcome) + "**. See [the record](https://example.com/record).\n\n" +
				"| step | took |\n|---|---|\n| promote | 00:47 |\n\n## Deviations\n\n- `promote`: none\n"
		},
		Export: func() (string, error) { return "/srv/exercises/ex-20261123-1/report.md", nil },
	}
}

// survivor is what a step left running.
var survivor = []exec.Survivor{{PID: 4715, Begun: 3, Started: time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC), Command: "pg_receivewal -D /backup"}}
