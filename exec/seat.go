package exec

import (
	"slices"
	"time"
)

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

func (s *seat) Do(i Intent) error { return s.c.do(s, i) }

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
