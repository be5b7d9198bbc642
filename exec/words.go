package exec

// The closed sets of words that records, reports and programs share. They are
// those of the command line's contract and never change their spelling.

// A Type says what is at stake in an exercise.
type Type string

// The types of exercise (NIST SP 800-84 has tabletop and functional exercises).
const (
	Tabletop  Type = "tabletop"  // talked through
	Rehearsal Type = "rehearsal" // done, on something that may break
	Live      Type = "live"      // done on production
	Incident  Type = "incident"  // no exercise: it really broke
)

// Types lists them.
var Types = [...]Type{Tabletop, Rehearsal, Live, Incident}

// A Rule says how a departure from the document is met.
type Rule string

// The rules, from advice to the book alone.
const (
	Guided   Rule = "guided"   // order is advice; departures are flagged
	Strict   Rule = "strict"   // a departure needs its kind, a reason and a name first
	Lockstep Rule = "lockstep" // no departures: what the document does not say ends blocked
)

// Rules lists them.
var Rules = [...]Rule{Guided, Strict, Lockstep}

// A Completion says how far the exercise came.
type Completion string

// The completions.
const (
	Completed   Completion = "completed"
	Blocked     Completion = "blocked" // a gap in the document; correct behaviour
	Aborted     Completion = "aborted"
	Interrupted Completion = "interrupted" // can be resumed
	Running     Completion = "running"
)

// A Verdict on an objective, and on all of them together.
type Verdict string

// The verdicts.
const (
	Met          Verdict = "met"
	Missed       Verdict = "missed"
	NotEvaluated Verdict = "not evaluated"
)

// A Fidelity says whether what was done is what is written.
type Fidelity string

// The fidelities. Material means a deviation of severity major or critical.
const (
	AsDocumented       Fidelity = "as documented"
	MinorDeviations    Fidelity = "minor deviations"
	MaterialDeviations Fidelity = "material deviations"
	FidelityUnknown    Fidelity = "not evaluated"
)

// A Status is where a step stands.
type Status string

// The statuses. Open and Active are those of a running exercise; the others are
// final and appear in reports.
const (
	Open          Status = ""
	Active        Status = "running"
	Passed        Status = "passed"
	Failed        Status = "failed"
	Done          Status = "done"
	Skipped       Status = "skipped"
	NotApplicable Status = "not applicable"
	NotReached    Status = "not reached"
	Unknown       Status = "unknown"
	Simulated     Status = "simulated"
)

// An Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	Exited         Outcome = "exited"
	Suspended      Outcome = "suspended"
	SessionEnded   Outcome = "session ended"
	WasInterrupted Outcome = "interrupted"
	TimedOut       Outcome = "timed out"
	OutcomeUnknown Outcome = "unknown"
)

// A Level says what takes the steps in a terminal.
type Level string

// The levels.
const (
	LocalLevel  Level = "local"  // the shell that this program opened
	NestedLevel Level = "nested" // a shell that a step opened within it
	RawLevel    Level = "raw"    // a program that is no shell: a person says how a step ended
)

// What the output of an attempt was, beside what the document says.
const (
	Matched       = "match"
	Differs       = "differs"
	NotComparable = "not comparable"
)
