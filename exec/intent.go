package exec

import (
	"time"

	"bythebook/runbook"
)

// An Intent is something that a person wants. It carries what they were asked
// for on the way: a confirmation, a reason, who agreed.
type Intent interface{ intent() }

// A Departure is what a rule asks of a person before the document is left.
type Departure struct {
	Reason string
	Agreed string // who agreed; empty means nobody
}

// The intents.
type (
	// Begin gives the go; the clock may start from here on. What bars it is
	// overridden with a reason and by a name, both of them.
	Begin struct{ Departure }
	// Decline is a no-go at the start.
	Decline struct{ Reason string }
	// Give says what the value of an input is.
	Give struct{ Name, Value, From string }
	// Run starts a step's command, its wait, or the next try.
	Run struct {
		Step    string
		Confirm string // "y", or the target's name
		Departure
	}
	// Attest says that a step was done by hand. Text is what is left as evidence:
	// a line, or the path of a file where the document wants one.
	Attest struct {
		Step, Text string
		Departure
	}
	// Choose answers a decision, a guard with 1 for yes and 2 for no, or which
	// of several blocks is run, with one more than there are for all of them.
	Choose struct {
		Step   string
		Choice int
	}
	// WayOut takes the documented way out of a failed expectation.
	WayOut struct{ Step string }
	// Accept lets a failed expectation pass.
	Accept struct {
		Step string
		Departure
	}
	// Skip leaves a step out.
	Skip struct {
		Step string
		Departure
	}
	// Block says that a step can't be carried out as it is written.
	Block struct{ Step, Reason string }
	// Resolve says what happened in a step whose end nobody saw.
	Resolve struct {
		Step string
		Done bool
		Text string
	}
	// Approve says that a step may begin. By is in whose name, where that is not
	// whoever sits at the seat; Seat is who does, and set by the conductor.
	Approve struct{ Step, By, Seat string }
	// Refuse says that it may not, and why.
	Refuse struct{ Step, By, Reason, Seat string }
	// Deviate declares a difference that only a person can know of.
	Deviate struct {
		Step, Kind, What string
		Departure
	}
	// Remark is a note, on a step or on the whole.
	Remark struct{ Step, Text string }
	// Mark sets a clock mark by a person's word.
	Mark struct {
		Name    runbook.Mark
		Instant time.Time
		Basis   string
	}
	// Hold stops the work; Release goes on.
	Hold struct{ Reason string }
	// Release ends a hold.
	Release struct{}
	// Finish ends an exercise whose document has come to its end, or, once its
	// word is typed, one that is blocked by a gap in it.
	Finish struct{ Confirm string }
	// CallStop calls for a stop: from here on nothing new starts, until whoever has
	// the pen answers. What runs goes on. Anybody may call, at any time.
	CallStop struct{ Reason string }
	// GoOn answers a stop that was called: the exercise goes on, for a reason.
	GoOn struct{ Reason string }
	// Halt gives the exercise up: what follows is the documented way back to safety,
	// or the end where there is none. It is always allowed, once its word is typed.
	Halt struct{ Reason, Confirm string }
	// Interrupt asks the running step to stop; said again, it insists.
	Interrupt struct{ Step string }
	// Input sends what a person typed to the running step. It is never recorded.
	Input struct{ Text string }
	// Relay hands the person's whole terminal over to the running step, and takes
	// it back: what they type goes there byte by byte, as Input.
	Relay struct{ On bool }
	// Resize tells the terminal how much room the screen has.
	Resize struct{ Cols, Rows int }
	// Take takes the pen: from here on this seat acts, and no other.
	Take struct{}
)

func (Begin) intent()     {}
func (Decline) intent()   {}
func (Give) intent()      {}
func (Run) intent()       {}
func (Attest) intent()    {}
func (Choose) intent()    {}
func (WayOut) intent()    {}
func (Accept) intent()    {}
func (Skip) intent()      {}
func (Block) intent()     {}
func (Resolve) intent()   {}
func (Approve) intent()   {}
func (Refuse) intent()    {}
func (Deviate) intent()   {}
func (Remark) intent()    {}
func (Mark) intent()      {}
func (Hold) intent()      {}
func (Release) intent()   {}
func (Finish) intent()    {}
func (CallStop) intent()  {}
func (GoOn) intent()      {}
func (Halt) intent()      {}
func (Interrupt) intent() {}
func (Input) intent()     {}
func (Relay) intent()     {}
func (Resize) intent()    {}
func (Take) intent()      {}

// The words that are typed to end an exercise for good before its document does.
const (
	HaltWord = "halt" // to give it up
	EndWord  = "end"  // to end it as blocked
)

// Confirmed is the intent with what was typed to confirm it.
func Confirmed(i Intent, word string) Intent {
	switch i := i.(type) {
	case Run:
		i.Confirm = word
		return i
	case Halt:
		i.Confirm = word
		return i
	case Finish:
		i.Confirm = word
		return i
	}
	return i
}

// Departed is the intent with the reason for leaving the document, or for
// beginning all the same.
func Departed(i Intent, d Departure) Intent {
	switch i := i.(type) {
	case Begin:
		i.Departure = d
		return i
	case Run:
		i.Departure = d
		return i
	case Attest:
		i.Departure = d
		return i
	case Accept:
		i.Departure = d
		return i
	case Skip:
		i.Departure = d
		return i
	}
	return i
}

// Evidenced is the intent with what a person leaves behind.
func Evidenced(i Intent, text string) Intent {
	if a, ok := i.(Attest); ok {
		a.Text = text
		return a
	}
	return i
}
