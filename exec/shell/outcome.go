package shell

import (
	"fmt"
	"strings"
	"time"
)

// A Kind is the way a step ended.
type Kind string

// The kinds of outcome.
const (
	Exited       Kind = "exited"        // the step ran to its end; Code tells how
	Suspended    Kind = "suspended"     // stopped by ^Z; it can go on as a job
	SessionEnded Kind = "session ended" // the shell itself is gone
	Interrupted  Kind = "interrupted"   // stopped because a person wanted it
	TimedOut     Kind = "timed out"     // stopped because it took too long
	Unknown      Kind = "unknown"       // nothing proves how it ended
)

// The kinds of evidence that an outcome can rest on.
const (
	Control    = "control"     // the shell's own report on the control pipe
	InBand     = "in band"     // a nested shell's own report, through the terminal
	WaitStatus = "wait status" // what the kernel said of the shell's end
	IdleProof  = "idle proof"  // the shell was seen waiting for the next step
	Operator   = "operator"    // a person's word; given by callers, never here
)

// An Outcome is how a step ended and what that rests on. It is a success only
// if Kind is Exited, HasCode and Complete hold and Code is what was documented.
type Outcome struct {
	Kind     Kind
	Code     int    // exit status, 0 to 255; only where HasCode
	HasCode  bool   //
	Signal   string // what ended the shell: "SIGKILL"
	Evidence string // Control, InBand, WaitStatus, IdleProof, Operator; "" where there is none
	Sent     bool   // the shell got the step; where false, nothing of it ran
	Complete bool   // From and To are exact and the transcript holds all of it
	Reason   string // why, in words, wherever Kind is not Exited

	From, To int64 // the output, as byte offsets into the transcript

	Missing  int64 // bytes of it that the transcript does not hold
	Hidden   int   // passages of it that held a secret, which were hidden
	Redacted int   // and those that matched a pattern

	Cwd       string   // the shell's directory afterwards
	Survivors []Proc   // what it left running or suspended, each told once
	Notices   []string // what else a person should know
}

// OK says whether the step ended with the wanted exit status, proven.
func (o Outcome) OK(want int) bool {
	return o.Kind == Exited && o.HasCode && o.Complete && o.Code == want
}

// A Proc is a process, named so that it can't be confused with a later one.
type Proc struct {
	PID     int
	Begun   int64     // when it was started, in the system's own unit; 0 where that can't be told
	Start   time.Time // the same by the wall clock, which may be set; zero where that can't be told
	Command string    // cleaned, at most 200 characters
	Stopped bool      // suspended, not running
}

// Runs reports whether that very process is still there, and not another that
// has its number by now. It is for the system's present life only: numbers and
// times begin anew when it is started.
func (p Proc) Runs() bool {
	now, ok := lookup(p.PID)
	return ok && now.begun == p.Begun && now.state != 'Z'
}

// String names a process for people, as records do.
func (p Proc) String() string {
	if p.Command == "" {
		return fmt.Sprintf("process %d", p.PID)
	}
	return fmt.Sprintf("process %d: %s", p.PID, p.Command)
}

// names lists processes in words.
func names(procs []Proc) string {
	words := make([]string, len(procs))
	for i, p := range procs {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}

// plural counts things in words: "1 byte", "3 bytes".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
