package exec

import (
	"context"

	"bythebook/exec/mask"
	"bythebook/runbook"
)

// A Journal keeps events. Append returns only when the event is safe, with the
// number it was given. After an error that is ErrStopped it never succeeds again,
// and an event that is ErrUnwritable never does.
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
