package exec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bythebook/exec/mask"
	"bythebook/runbook"
)

// A Journal keeps events. Append returns only when the event is safe, with the
// number it was given. After an error that is ErrStopped it never succeeds again.
type Journal interface {
	Append(Event) (Event, error)
	Close() error
}

// A Performer carries out steps that run: commands, conditions, waits.
type Performer interface {
	// Prepare readies whatever the job needs. What it opened is recorded before
	// the step begins. An error means that nothing may start; what it found amiss
	// is recorded then.
	Prepare(context.Context, Job) ([]Body, error)
	// Perform carries one attempt out. Cancelling the context ends it in the
	// order that leaves nothing half-started behind.
	Perform(context.Context, Job) Result
	// Tail is what the running job shows at this moment.
	Tail() Glimpse
	Type([]byte) error
	// Relayed says whether a person's own terminal shows the job, and so answers
	// what it asks of a terminal.
	Relayed(on bool)
	Interrupt()
	Resize(cols, rows int)
	// Survivors are the processes that still run of those that are known, and
	// whatever else was left running.
	Survivors(known []Survivor) []Survivor
	Close() error
}

// A Glimpse is what a running job shows.
type Glimpse struct {
	Lines   []string // the cleaned end of its output
	Total   int      // lines of it, ever
	Waiting Waiting
	Screen  *Screen // what a program that fills the screen draws; nil where none does
}

// A Job is one attempt at a step.
type Job struct {
	Step   runbook.Step
	Values map[string]string // given and captured so far; they reach commands as environment
	Setup  []Job             // what is done again first, where its terminal is new
	Hide   mask.Rules        // what must not be seen of its output
}

// A Result is how an attempt ended.
type Result struct {
	StepEnded
	Captured []Captured
	Point    *PointObserved
	Opened   *TerminalOpened // the terminal that it opened
	Lost     *TerminalEnded  // the terminal went with it
}

// A Seat is an exercise as one person sees it.
type Seat interface {
	Watch() <-chan Update
	Do(Intent) error
}

// An Update is what a seat is shown: the newest state, and the end of the
// output of the step that runs. A seat that is slow misses some and always
// gets the last.
type Update struct {
	State   State
	Output  []string
	Lines   int // of output, ever
	Waiting Waiting
	Screen  *Screen   // what a program that fills the screen draws; nil where none does
	Pen     Pen       // whether this seat may act
	Err     error     // ErrRecord: nothing starts until it can be written; ErrStopped: it never will from here
	Gone    time.Time // since when whoever recorded it is gone, and nobody does; zero while somebody does
}

// At is the time at which the exercise is shown: where nobody records it any
// more, nothing goes on that could be told.
func (u Update) At(now time.Time) time.Time {
	if !u.Gone.IsZero() {
		return u.Gone
	}
	return now
}

// A Refusal is an intent that is not allowed, or not yet.
type Refusal struct{ Answer Answer }

func (r Refusal) Error() string {
	if r.Answer.Verdict == AskFirst && r.Answer.Why == "" {
		return questions[r.Answer.Ask]
	}
	return r.Answer.Why
}

// questions says what is still wanted, where nobody can be asked.
var questions = map[Question]string{
	ForYes:    "it changes something and is not confirmed",
	ForWord:   "its target is not repeated",
	ForReason: "it leaves the document, and no reason is given",
	ForText:   "the document wants evidence, and none is given",
}

// What may become of an exercise that is conducted.
var (
	// ErrLeft says that the exercise was left; it can be resumed from its record.
	ErrLeft = errors.New("the exercise was left")
	// ErrRecord says that the record can't be written, at this moment or for good.
	ErrRecord = errors.New("writing the record")
	// ErrStopped says that this process can't write it any more, whatever is done:
	// what it last wrote may be lost, and the system would not say so again. Another
	// process reads what is there and goes on from that.
	ErrStopped = errors.New("recording has stopped")
)

// A Conductor owns a running exercise: it takes intents, performs steps and
// appends events. It is safe for use by several seats at once.
type Conductor struct {
	mu      sync.Mutex
	state   State
	journal Journal
	perform Performer
	source  func() string // the digest of the playbook's file as it is now
	keep    func(path string) (FileLeft, error)
	began   time.Time
	last    time.Time // of the newest event, with its monotonic reading
	vault   vault     // secrets, which are on no record
	unsaved []Event   // what could not be written yet, in order
	err     error
	shows   Glimpse // the running step, or the one that ended last
	relay   relay
	seats   []*seat
	cancel  context.CancelFunc // of the running step
	running sync.WaitGroup
	stopped bool          // a person asked the running step to stop
	over    chan struct{} // closed when the exercise has ended
	left    bool
}

// Over is closed when the exercise has ended; leaving one does not end it.
func (c *Conductor) Over() <-chan struct{} { return c.over }

// Conduct takes over an exercise in the state that its record tells. The
// journal and the performer are the conductor's until Leave.
func Conduct(s State, j Journal, p Performer, source func() string) *Conductor {
	now := time.Now()
	return &Conductor{state: s, journal: j, perform: p, source: source, began: now, last: now, over: make(chan struct{})}
}

// Keeps says how a file that a person leaves as evidence is copied to where the
// record is. Without it no such file can be left.
func (c *Conductor) Keeps(keep func(path string) (FileLeft, error)) { c.keep = keep }

// Found writes the first event of a record: from here on the exercise exists.
func Found(book *runbook.Playbook, j Journal, by string, b Began) (State, error) {
	return grow(New(book), j, by, "", b)
}

// Reopen goes on with a record that another process left. A step that was
// running is unknown from here on: nobody saw how it ended, and nothing runs
// again by itself. What was found of its processes is on record.
func Reopen(s State, j Journal, by string, r Resumed, left Remains) (State, error) {
	r.Survivors, r.Unlisted = left.Survivors, left.Unlisted
	s, err := grow(s, j, by, "", r)
	if err != nil {
		return s, err
	}
	i := s.Running()
	if i < 0 {
		return s, nil
	}
	a, _ := s.Step(i).Newest()
	return grow(s, j, by, s.Scenario.Steps[i].ID, StepUnknown{
		Attempt: a.N, Reason: "the program that ran it ended before the step did",
		PID: left.Shell.PID, Started: left.Shell.Started, Begun: left.Shell.Begun, Now: left.Now,
	})
}

// grow appends one event outside of any conductor.
func grow(s State, j Journal, by, step string, b Body) (State, error) {
	e, err := j.Append(Event{At: time.Now().UTC().Round(0).Truncate(time.Microsecond), By: by, Step: step, Body: b})
	if err != nil {
		return s, fmt.Errorf("writing the record: %w", err)
	}
	return Apply(s, e), nil
}

// Seat is a place for a person. Who acts from it is recorded under this name.
func (c *Conductor) Seat(name string) Seat {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &seat{c: c, name: name, updates: make(chan Update, 1)}
	c.seats = append(c.seats, s)
	c.publish()
	return s
}

type seat struct {
	c       *Conductor
	name    string
	updates chan Update
}

// Vacate gives a seat up: nothing is shown there any more.
func (c *Conductor) Vacate(s Seat) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seats = slices.DeleteFunc(c.seats, func(other *seat) bool { return Seat(other) == s })
	if c.relay.seat != nil && Seat(c.relay.seat) == s { // its screen died in the middle of it
		c.takeBack()
	}
}

func (s *seat) Watch() <-chan Update { return s.updates }
func (s *seat) Do(i Intent) error    { return s.c.do(s, i) }

// publish shows every seat the newest state; an older one that was not looked
// at yet makes room.
func (c *Conductor) publish() {
	u := Update{State: c.state, Output: c.shows.Lines, Lines: c.shows.Total, Waiting: c.shows.Waiting, Screen: c.shows.Screen, Err: c.err}
	for _, s := range c.seats {
		select {
		case <-s.updates:
		default:
		}
		s.updates <- u
	}
}

// State is the state as it stands.
func (c *Conductor) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Stopped is why this process is of no more use to the exercise: nothing can be
// recorded any more, and no step runs that could be disturbed. It is nil before.
func (c *Conductor) Stopped() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil || !errors.Is(c.err, ErrStopped) {
		return nil
	}
	return c.err
}

// record appends events in order. What can't be written is kept and written
// before anything else; until then nothing new may start.
func (c *Conductor) record(by, step string, bodies ...Body) error {
	for _, b := range bodies {
		c.stamp(by, step, b)
	}
	return c.save()
}

func (c *Conductor) stamp(by, step string, b Body) {
	now := time.Now()
	wall, mono := now.Round(0).Sub(c.last.Round(0)), now.Sub(c.last)
	c.last = now
	at := func(b Body) Event {
		return Event{At: now.UTC().Round(0).Truncate(time.Microsecond), Mono: now.Sub(c.began).Truncate(time.Microsecond), By: by, Step: step, Body: b}
	}
	if d := wall - mono; d.Abs() > max(2*time.Second, mono/200) {
		e := at(ClockJumped{By: d})
		e.Step = ""
		c.unsaved = append(c.unsaved, e)
	}
	c.unsaved = append(c.unsaved, at(c.vault.hideIn(b)))
}

func (c *Conductor) save() error {
	defer c.publish()
	for len(c.unsaved) > 0 {
		e, err := c.journal.Append(c.unsaved[0])
		if err != nil {
			c.err = fmt.Errorf("%w: %w", ErrRecord, err)
			return c.err
		}
		c.unsaved = c.unsaved[1:]
		c.state = Apply(c.state, e)
		if _, ended := e.Body.(Ended); ended {
			close(c.over)
		}
	}
	if !errors.Is(c.err, ErrStopped) {
		c.err = nil
	}
	return c.err
}

// do carries out what a person wants, if the rules allow it.
func (c *Conductor) do(s *seat, i Intent) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := s.name
	if c.left {
		return ErrLeft
	}
	if err := c.save(); err != nil && recorded(i) {
		return err
	}
	i = seated(i, by)
	if a := Allow(c.state, i); a.Verdict != Allowed {
		return Refusal{a}
	}
	switch i := i.(type) {
	case Run:
		return c.run(by, i)
	case Input:
		return c.perform.Type([]byte(i.Text))
	case Relay:
		c.relays(s, i.On)
		return nil
	case Interrupt:
		c.stopped = true
		c.perform.Interrupt()
		return nil
	case Take:
		c.takeBack() // whoever has the pen now has the step
	case Resize:
		c.perform.Resize(i.Cols, i.Rows)
		return nil
	case Begin:
		return c.start(by, i)
	case Give:
		return c.give(by, i)
	case Attest:
		return c.attest(by, i)
	case Halt:
		return c.halt(by, i)
	}
	step, bodies := c.told(by, i)
	return c.record(by, step, bodies...)
}

// recorded reports whether what a person wants has to be on record. What reaches
// the running step alone has not: it can be stopped although nothing can be
// written any more.
func recorded(i Intent) bool {
	switch i.(type) {
	case Input, Relay, Interrupt, Resize:
		return false
	}
	return true
}

// start gives the go. Whoever begins takes every role that the scenario's
// steps name; a later actor who is somebody else is noticed by rule. Where no
// step brings the disruption about, a rehearsal's is taken to begin now, and is
// marked as notional. What is overridden is on record before the go.
func (c *Conductor) start(by string, i Begin) error {
	var bodies []Body
	for _, bar := range c.state.Bars() {
		bodies = append(bodies, GateDecided{Gate: bar.Gate, Go: true, Reason: i.Reason, Agreed: i.Agreed})
	}
	bodies = append(bodies, GateDecided{Gate: GateStart, Go: true})
	seen := map[string]bool{}
	marked := false
	for _, step := range c.state.Scenario.Steps {
		if step.Who != "" && !seen[step.Who] {
			seen[step.Who] = true
			bodies = append(bodies, RoleTaken{Role: step.Who, Who: by})
		}
		marked = marked || step.Mark == runbook.Disruption
	}
	k := c.state.Began.Kind
	if !marked && (k == Tabletop || k == Rehearsal) {
		bodies = append(bodies, Marked{
			Name: string(runbook.Disruption), Instant: time.Now().UTC().Round(0).Truncate(time.Microsecond),
			Basis: "the exercise began; no step brings the failure about", Notional: true,
		})
	}
	return c.record(by, "", bodies...)
}

// give takes a value. That of a secret stays with the conductor.
func (c *Conductor) give(by string, i Give) error {
	in, _ := c.state.Book.Input(i.Name)
	if in.Secret == nil {
		return c.record(by, "", InputGiven{Name: i.Name, Value: i.Value, From: i.From})
	}
	c.vault.put(i.Name, i.Value)
	return c.record(by, "", InputGiven{Name: i.Name, Secret: true, From: i.From})
}

// attest takes a person's word on a step by hand. A file that they leave behind is
// safe before the record says so.
func (c *Conductor) attest(by string, i Attest) error {
	done := StepDone{Text: i.Text, Simulated: c.state.Began.DryRun}
	if c.state.Scenario.Steps[c.state.find(i.Step)].Evidence == FileEvidence && !done.Simulated {
		if c.keep == nil {
			return Refusal{no("no file can be kept here")}
		}
		left, err := c.keep(strings.TrimSpace(i.Text))
		if err != nil {
			return Refusal{no(err.Error())}
		}
		done.Text, done.File = "", &left
	}
	return c.record(by, i.Step, append(c.departed(i.Step, i.Departure), done)...)
}

// told turns an intent into the events that tell of it.
func (c *Conductor) told(by string, i Intent) (step string, bodies []Body) {
	switch i := i.(type) {
	case Decline:
		return "", []Body{GateDecided{Gate: GateStart, Reason: i.Reason}, c.ended(Aborted, "declined at the start: "+i.Reason)}
	case Choose:
		return i.Step, []Body{c.answered(i)}
	case WayOut:
		to := c.state.Scenario.Steps[c.state.find(i.Step)].IfNot
		return i.Step, []Body{Answered{Question: "the expectation was not met", Say: "the documented way out: " + string(to)}}
	case Accept:
		return i.Step, []Body{StepDone{Accepted: i.Reason, Agreed: i.Agreed}}
	case Skip:
		return i.Step, []Body{StepSkipped{Reason: i.Reason, Agreed: i.Agreed}}
	case Block:
		return i.Step, []Body{StepBlocked{Reason: i.Reason}}
	case Resolve:
		return i.Step, []Body{StepResolved{Done: i.Done, Text: i.Text}}
	case Approve:
		return i.Step, []Body{Approved{Who: c.state.Person(cmp.Or(i.By, by))}}
	case Refuse:
		return i.Step, []Body{Approved{Who: c.state.Person(cmp.Or(i.By, by)), Refused: true, Reason: i.Reason}}
	case Deviate:
		return i.Step, []Body{Deviated{Kind: i.Kind, What: i.What, Reason: i.Reason, Agreed: i.Agreed}}
	case Remark:
		return i.Step, []Body{Noted{Text: i.Text}}
	case Mark:
		return "", []Body{Marked{Name: string(i.Name), Instant: i.Instant.UTC().Truncate(time.Microsecond), Basis: i.Basis}}
	case Hold:
		return "", []Body{Held(i)}
	case Take:
		if by != c.state.Operator { // else it goes from one screen to another of the same person
			bodies = []Body{RoleHanded{Role: RoleOperator, From: c.state.Operator, To: by}}
		}
		return "", bodies
	case Release:
		return "", []Body{Released{}}
	case CallStop:
		return "", []Body{StopCalled(i)}
	case GoOn:
		return "", []Body{GateDecided{Gate: GateStop, Go: true, Reason: i.Reason}}
	case Finish:
		return "", []Body{c.finished()}
	}
	return "", nil
}

// halt gives the exercise up. What runs is asked to stop, and the document's way
// back to safety is what follows; where there is none, or it is given up as well,
// the exercise ends.
func (c *Conductor) halt(by string, i Halt) error {
	s := c.state
	if s.Started.IsZero() || s.Back != nil || !s.WayBack() {
		return c.record(by, "", c.ended(Aborted, i.Reason))
	}
	if err := c.record(by, "", Aborting{Reason: i.Reason}); err != nil {
		return err
	}
	if c.state.Running() >= 0 {
		c.stopped = true
		c.perform.Interrupt()
	}
	return nil
}

// finished is the end of an exercise whose document has come to its own.
func (c *Conductor) finished() Ended {
	switch s := c.state; {
	case s.Stuck != "":
		return c.ended(Blocked, s.Stuck)
	case s.Back != nil:
		return c.ended(Aborted, s.Back.Reason)
	}
	return c.ended(Completed, "")
}

func (c *Conductor) ended(how Completion, why string) Ended {
	left, more := listed(c.perform.Survivors(c.state.known()))
	return Ended{Completion: how, Reason: why, Digest: c.source(), Survivors: left, Unlisted: more}
}

// departed is the declaration that goes with work outside the written order, or
// without an approval.
func (c *Conductor) departed(step string, d Departure) []Body {
	kind := DepartOrder
	switch {
	case d.Reason == "":
		return nil
	case c.state.here(step) && len(c.state.Awaits(c.state.find(step))) == 0:
		return nil
	case c.state.here(step):
		kind = DepartApproval
	}
	return []Body{Deviated{Kind: kind, Reason: d.Reason, Agreed: d.Agreed}}
}

func (c *Conductor) answered(i Choose) Answered {
	n := c.state.find(i.Step)
	step := c.state.Scenario.Steps[n]
	switch st := c.state.Step(n); {
	case !unguarded(step, st):
		return Answered{Question: Condition(step), Choice: i.Choice, Say: [...]string{"yes", "no"}[i.Choice-1]}
	case unpicked(step, st):
		return Answered{Question: WhichBlock, Choice: i.Choice, Say: BlockAnswers(step)[i.Choice-1]}
	}
	return Answered{Question: step.Ask, Choice: i.Choice, Say: step.Answers[i.Choice-1].Say}
}
