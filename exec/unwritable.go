package exec

import (
	"encoding/json"
	"fmt"
	"time"
)

// maxWords is how many bytes a person's words, or a value, may have: with several
// of them, and all that JSON escapes, a line of the record holds an event.
const maxWords = 8 << 10

// tooLong says why the record can't hold what a person wants, "" where it can.
// What is typed for a step is never recorded, and a value has a limit of its own.
func tooLong(i Intent) string {
	switch i.(type) {
	case Input, Give:
		return ""
	}
	data, err := json.Marshal(i)
	switch {
	case err != nil:
		return "that can't be recorded: " + err.Error()
	case len(data) > maxWords:
		return fmt.Sprintf("that has %d bytes, and the record takes %d at once; say it shorter, or in several notes", len(data), maxWords)
	}
	return ""
}

// datable reports whether the record can hold an instant.
func datable(at time.Time) bool {
	year := at.UTC().Year()
	return year >= 1 && year <= 9999
}

// tooMuch is why an attempt's end is recorded without what it rests on.
const tooMuch = "what is known of its end is too long for the record"

// shortened is an event that can be written in place of one that can't, false
// where there is none. That an attempt has ended must be on record; how, a person
// says then.
func shortened(e Event) (Event, bool) {
	b, end := e.Body.(StepEnded)
	if !end || b.Uncompared == tooMuch {
		return e, false
	}
	e.Body = StepEnded{
		Attempt: b.Attempt, Outcome: b.Outcome, Exit: b.Exit, Signal: b.Signal, Evidence: b.Evidence, Simulated: b.Simulated, Stopped: b.Stopped,
		Match: NotComparable, Uncompared: tooMuch, Unlisted: b.Unlisted + len(b.Survivors),
		Output: Output{Terminal: b.Output.Terminal, From: b.Output.From, To: b.Output.To, SHA256: b.Output.SHA256, Lines: b.Output.Lines},
	}
	return e, true
}
