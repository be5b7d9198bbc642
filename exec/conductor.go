package exec

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bythebook/runbook"
)

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
	// ErrUnwritable says that an event can't be written as it is, however often that
	// is tried: it is too long, or holds what the record has no form for.
	ErrUnwritable = errors.New("this can't be recorded")
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
	drawn   *Screen // the picture in it as it was drawn, to know it by; nobody is shown it
	relay   relay
	seats   []*seat
	cancel  context.CancelFunc // of the running step
	running sync.WaitGroup
	stopped bool          // a person asked the running step to stop
	halted  *surrender    // what follows once the running step has ended; nil for nothing
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

// save writes what could not be written yet. Where there is nothing to write
// nobody is shown anything: to wake every screen costs more than an event does.
func (c *Conductor) save() error {
	if len(c.unsaved) == 0 && c.err == nil {
		return nil
	}
	defer c.publish()
	for len(c.unsaved) > 0 {
		e, err := c.journal.Append(c.unsaved[0])
		if errors.Is(err, ErrUnwritable) {
			if short, shorter := shortened(c.unsaved[0]); shorter {
				c.unsaved[0] = short
				continue
			}
			c.unsaved = nil // nor what was to follow from it: all that is wanted later would wait for it
			return Refusal{no(err.Error())}
		}
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

// Leave stops recording and lets the terminal go. A step that runs is asked to
// end; the record then has its beginning and no end, which is the truth. What
// could not be written until then is tried once more, and an error where it is
// lost.
func (c *Conductor) Leave() error {
	c.mu.Lock()
	unwritten := c.save()
	c.left = true
	if c.cancel != nil {
		c.cancel()
	}
	c.mu.Unlock()
	c.running.Wait()
	err := c.perform.Close()
	if e := c.journal.Close(); e != nil {
		err = e
	}
	return errors.Join(unwritten, err)
}
