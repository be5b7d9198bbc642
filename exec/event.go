package exec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// An Event is one thing that happened: when, by whom, to which step. Events are
// only ever appended. At decides (wall time, UTC); Mono checks it.
type Event struct {
	Seq  uint64        // from 1, without a gap
	At   time.Time     // UTC, when it was recorded
	Mono time.Duration // since the process that recorded it began, whole microseconds
	By   string        // who: a contact's id or a person's name
	Step string        // the step's id, where it concerns one
	Body Body
}

// A Body is what an event says. Bodies are values; their JSON is the record's.
type Body interface{ Type() string }

// Began is the first event of every record: what is exercised, under which
// rule, from which text, by whom and with what.
type Began struct {
	Format   int     `json:"format"` // of the record; 1
	Exercise string  `json:"exercise"`
	Playbook string  `json:"playbook"`
	Scenario string  `json:"scenario"`
	Kind     Type    `json:"kind"`
	Rule     Rule    `json:"rule"`
	DryRun   bool    `json:"dry_run,omitempty"`
	Digest   string  `json:"digest"` // of the frozen copy
	Main     string  `json:"main"`   // the playbook's own path among the sums
	Sums     []Sum   `json:"sums"`
	Source   string  `json:"source,omitempty"` // where the playbook was read from
	Operator string  `json:"operator"`
	Program  string  `json:"program"` // name and version of this program
	Process  Process `json:"process"`

	Unattended bool `json:"unattended,omitempty"` // the answers came from a file, and nobody sat there

	Agreement *Agreement `json:"agreement,omitempty"` // nil: nobody looked for one
	Errors    int        `json:"errors,omitempty"`    // of the checks, LD06 apart, that stood in the document
}

// An Agreement is who had agreed to exactly this text when the exercise began.
type Agreement struct {
	Asked   []string  `json:"asked,omitempty"`   // whom the document asks, by contact id
	Lacking []Lacking `json:"lacking,omitempty"` // whose word does not stand, or stands against the text
	Signers string    `json:"signers,omitempty"` // SHA-256 of the allowed_signers that proved it
}

// Lacking is somebody who has not agreed, and why their word does not count.
type Lacking struct {
	Who string `json:"who"`
	Why string `json:"why"`
}

// Sum is the SHA-256 of one file of the frozen copy.
type Sum struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Process says where a record is being written, and by what.
type Process struct {
	Boot string `json:"boot,omitempty"` // the system's boot id
	PID  int    `json:"pid"`
	Host string `json:"host"`
	User string `json:"user"`

	SHA256 string `json:"sha256,omitempty"` // of the program's own file; "" when it can't be read
}

// Resumed says that another process goes on with the record.
type Resumed struct {
	Process Process `json:"process"`
	Program string  `json:"program,omitempty"` // name and version; it may be another than the one that began
	Torn    int     `json:"torn,omitempty"`    // bytes of a half-written record that were set aside
	Digest  string  `json:"digest"`            // of the playbook's file as it is now; "" when it can't be read

	Survivors []Survivor `json:"survivors,omitempty"` // that the exercise has left running, and were found
	Unlisted  int        `json:"unlisted,omitempty"`  // how many more there are

	Agreement *Agreement `json:"agreement,omitempty"` // and errors: as Began, where the go was not given yet
	Errors    int        `json:"errors,omitempty"`
}

// CopyChanged says that a file of the frozen copy is not what it was when the
// exercise began. The step that was to run did not start.
type CopyChanged struct {
	Path   string `json:"path"`   // as in the sums
	SHA256 string `json:"sha256"` // of its bytes as they are; "" when they can't be read
}

// Ended closes the exercise.
type Ended struct {
	Completion Completion `json:"completion"` // completed, blocked or aborted
	Reason     string     `json:"reason,omitempty"`
	Digest     string     `json:"digest,omitempty"` // of the playbook's file as it is now

	Survivors []Survivor `json:"survivors,omitempty"` // that the exercise leaves running
	Unlisted  int        `json:"unlisted,omitempty"`  // how many more there are
}

// GateDecided is a go or a no-go, by whoever may say so.
type GateDecided struct {
	Gate   string `json:"gate"` // start; agreement or checks, which is overridden; or stop, which was called
	Go     bool   `json:"go"`
	Reason string `json:"reason,omitempty"`
	Agreed string `json:"agreed,omitempty"` // who overrides the gate
}

// RoleTaken says who acts in a role from here on.
type RoleTaken struct {
	Role string `json:"role"`
	Who  string `json:"who"`
}

// RoleHanded says that a role goes from one person to another.
type RoleHanded struct {
	Role string `json:"role"` // RoleOperator
	From string `json:"from"`
	To   string `json:"to"`
}

// RoleOperator is the role of whoever acts for the exercise.
const RoleOperator = "operator"

// InputGiven says that an input has its value. A secret's is not written.
type InputGiven struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
	From   string `json:"from"` // who or what gave it: asked, --set, the default, the file PATH ...
}

// Marked sets a clock mark by a person's word rather than by a step.
type Marked struct {
	Name     string    `json:"name"`
	Instant  time.Time `json:"instant"`
	Basis    string    `json:"basis"`
	Notional bool      `json:"notional,omitempty"` // a simulated outage: nothing really broke then
}

// StepBegan is on disk before the step's process gets its first byte.
type StepBegan struct {
	Attempt   int    `json:"attempt"`         // 1, 2 ... since the step was reached this time
	Block     int    `json:"block,omitempty"` // of several blocks, which one, from 1
	At        string `json:"at,omitempty"`    // the terminal, where the document names one
	Command   string `json:"command,omitempty"`
	Confirmed string `json:"confirmed,omitempty"` // what was pressed or typed to confirm it

	Condition bool     `json:"condition,omitempty"` // not the step itself: a look whether it is for this case
	Setup     []string `json:"setup,omitempty"`     // steps that are done again for it, because its terminal is new
}

// StepEnded is how an attempt ended, and what that rests on.
type StepEnded struct {
	Attempt  int     `json:"attempt"`
	Outcome  Outcome `json:"outcome"`
	Exit     *int    `json:"exit,omitempty"`
	Signal   string  `json:"signal,omitempty"`
	Evidence string  `json:"evidence"`
	Reason   string  `json:"reason,omitempty"`
	Match    string  `json:"match,omitempty"` // match, differs, not comparable
	Checks   []Check `json:"checks,omitempty"`

	Uncompared string    `json:"uncompared,omitempty"` // why it is not comparable
	Ignored    []Ignored `json:"ignored,omitempty"`    // what differs each time, and the document lets differ

	Sample    string   `json:"sample,omitempty"` // match or differs, where the document shows one
	Output    Output   `json:"output"`
	Simulated bool     `json:"simulated,omitempty"`
	Stopped   bool     `json:"stopped,omitempty"` // a person asked it to stop
	Notices   []string `json:"notices,omitempty"` // terminal restored, input discarded

	Survivors []Survivor `json:"survivors,omitempty"` // what it left running, and no earlier event tells
	Unlisted  int        `json:"unlisted,omitempty"`  // how many more there are

	Replayed []Replayed `json:"replayed,omitempty"` // what was done again in a new terminal
}

// A Replayed is a step that was done again because its terminal was lost. The
// step itself stands where it stood.
type Replayed struct {
	Step     string  `json:"step"`
	Outcome  Outcome `json:"outcome"`
	Exit     *int    `json:"exit,omitempty"`
	Evidence string  `json:"evidence"`
	Match    string  `json:"match"`
	From     int64   `json:"from"` // its output, in the same transcript as the step's
	To       int64   `json:"to"`
}

// Notes are what else a person should know of an attempt: what it left running,
// what was noticed, and how much of its output is not there.
func (e StepEnded) Notes() []string {
	var notes []string
	for _, words := range inWords(e.Survivors, e.Unlisted) {
		notes = append(notes, "left running: "+words)
	}
	notes = append(notes, e.Notices...)
	if n := e.Output.Missing; n > 0 {
		notes = append(notes, plural(int(n), "byte of its output is", "bytes of its output are")+" missing from the transcript")
	}
	if n := e.Output.Hidden; n > 0 {
		notes = append(notes, plural(n, "passage of its output held a secret, and is hidden", "passages of its output held a secret, and are hidden"))
	}
	if n := e.Output.Redacted; n > 0 {
		notes = append(notes, plural(n, "passage of its output is hidden, as the document wants", "passages of its output are hidden, as the document wants"))
	}
	for _, i := range e.Ignored {
		notes = append(notes, fmt.Sprintf("the document lets %s differ: %s, such as %q", i.Kind, plural(i.Count, "place", "places"), i.Example))
	}
	return notes
}

// Ignored is a kind of volatile text in the output that was not compared.
type Ignored struct {
	Kind    string `json:"kind"` // times, ids, uuids, durations or addresses
	Count   int    `json:"count"`
	Example string `json:"example"` // the first of them
}

// A Check is one line of an expectation: what was wanted, what was seen.
type Check struct {
	Mode string `json:"mode"`
	Want string `json:"want"`
	Seen string `json:"seen"`
	OK   bool   `json:"ok"`

	Alike int `json:"alike,omitempty"` // how much of an output that differs is the same, in percent; it decides nothing
}

// Output points at an attempt's bytes in the transcript and keeps their end. All
// of it, the digest too, is of what was written: without what was hidden.
type Output struct {
	Terminal string `json:"terminal,omitempty"` // whose transcript it is; "" for local's
	From     int64  `json:"from"`
	To       int64  `json:"to"`
	SHA256   string `json:"sha256,omitempty"`
	Lines    int    `json:"lines,omitempty"`
	Excerpt  string `json:"excerpt,omitempty"`  // cleaned, at most 4 KiB, the end of it
	Hidden   int    `json:"hidden,omitempty"`   // passages that held a secret
	Redacted int    `json:"redacted,omitempty"` // passages that the document's `redact` matched
	Missing  int64  `json:"missing,omitempty"`  // bytes that could not be written
}

// Ending are the lines of the excerpt: the end of what was printed.
func (o Output) Ending() []string {
	if o.Excerpt == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(o.Excerpt, "\n"), "\n")
}

// StepDone says that a person did a step by hand, or let an expectation pass that
// was not met.
type StepDone struct {
	Text      string `json:"text,omitempty"`     // what they leave behind as evidence
	Accepted  string `json:"accepted,omitempty"` // why a failed expectation was accepted
	Agreed    string `json:"agreed,omitempty"`
	Simulated bool   `json:"simulated,omitempty"`

	File *FileLeft `json:"file,omitempty"` // what they leave behind as a file
}

// FileLeft is a file that a person left as evidence. A copy of it is in the
// exercise's folder.
type FileLeft struct {
	Name   string `json:"name"` // its own, without the folder it came from
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // and its name in the folder evidence
}

// String names a file for people.
func (f FileLeft) String() string {
	return fmt.Sprintf("%s, %d bytes, SHA-256 %s", f.Name, f.Bytes, f.SHA256)
}

// StepSkipped says that a step was left out, and why.
type StepSkipped struct {
	Reason string `json:"reason"`
	Agreed string `json:"agreed,omitempty"`
}

// StepBlocked says that a step can't be carried out as it is written.
type StepBlocked struct {
	Reason string `json:"reason"`
}

// StepUnknown says that an attempt began and nobody saw how it ended.
type StepUnknown struct {
	Attempt int    `json:"attempt"`
	Reason  string `json:"reason"`
	PID     int    `json:"pid,omitempty"` // of the shell that ran it

	Started time.Time `json:"started,omitzero"` // when that was started
	Begun   int64     `json:"begun,omitempty"`  // the same in the system's own unit
	Now     string    `json:"now,omitempty"`    // StillRunning or Gone: the shell, or what it ran; "" where that can't be told
}

// StepResolved is a person's word on a step whose outcome was unknown.
type StepResolved struct {
	Done bool   `json:"done"` // false: it did not happen, and may be run again
	Text string `json:"text,omitempty"`
}

// Answered is a decision, a guard, a choice of block, or the documented way out
// taken.
type Answered struct {
	Question string `json:"question"`
	Choice   int    `json:"choice"` // from 1; for a guard 1 is yes and 2 is no; one more than there are blocks is all of them; 0 is the way out
	Say      string `json:"say"`
}

// Approved is somebody's word on a step before it begins.
type Approved struct {
	Who     string `json:"who"` // whose word it is; where somebody else says it, the event is theirs
	Refused bool   `json:"refused,omitempty"`
	Reason  string `json:"reason,omitempty"` // of a refusal
}

// Captured is a value taken out of a step's output.
type Captured struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Secret bool   `json:"secret,omitempty"` // it holds a secret, which Value does not
}

// PointObserved is the recovery point: the newest data that survived.
type PointObserved struct {
	Instant time.Time     `json:"instant"`
	Method  string        `json:"method"`
	Every   time.Duration `json:"every,omitempty"` // nanoseconds
	Value   string        `json:"value"`
}

// Deviated is a difference that a person declares.
type Deviated struct {
	Kind   string `json:"kind"` // the name of a row of Declarable, or why a rule was departed from
	What   string `json:"what,omitempty"`
	Reason string `json:"reason"`
	Agreed string `json:"agreed,omitempty"` // who agreed; empty means nobody
}

// Noted is a person's remark.
type Noted struct {
	Text string `json:"text"`
}

// Held stops the work, never the clock of a real outage; Released goes on.
type Held struct {
	Reason string `json:"reason"`
}

// Released ends a hold.
type Released struct{}

// StopCalled says that somebody calls for a stop. Nothing new starts until the
// gate GateStop is decided, or the exercise has ended.
type StopCalled struct {
	Reason string `json:"reason"`
}

// Aborting says that the exercise is given up, and that what follows are the
// documented steps back to safety.
type Aborting struct {
	Reason string `json:"reason"`
}

// ClockJumped says that wall time and monotonic time went apart.
type ClockJumped struct {
	By time.Duration `json:"by"` // nanoseconds; how much the wall clock gained
}

// TerminalOpened says that a terminal is ready: its shell told the truth about
// 42, or it is no shell, and a person has to.
type TerminalOpened struct {
	Name  string `json:"name"`
	Level Level  `json:"level,omitempty"` // "" is local
	Shell string `json:"shell,omitempty"` // bash, zsh, sh; "" where it is none
	PID   int    `json:"pid"`             // of the shell on this machine

	Started time.Time `json:"started,omitzero"`
	Begun   int64     `json:"begun,omitempty"` // the same in the system's own unit
}

// TerminalEnded says that a terminal is gone, with everything set in it.
type TerminalEnded struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// bodies is the vocabulary: every type of event, in the order of a life.
var bodies = []Body{
	Began{}, Resumed{}, CopyChanged{}, Ended{}, GateDecided{}, RoleTaken{}, RoleHanded{}, InputGiven{}, Marked{},
	StepBegan{}, StepEnded{}, StepDone{}, StepSkipped{}, StepBlocked{}, StepUnknown{}, StepResolved{},
	Answered{}, Approved{}, Captured{}, PointObserved{}, Deviated{}, Noted{}, Held{}, Released{}, StopCalled{}, Aborting{}, ClockJumped{},
	TerminalOpened{}, TerminalEnded{},
}

func (Began) Type() string          { return "exercise.began" }
func (Resumed) Type() string        { return "exercise.resumed" }
func (CopyChanged) Type() string    { return "copy.changed" }
func (Ended) Type() string          { return "exercise.ended" }
func (GateDecided) Type() string    { return "gate.decided" }
func (RoleTaken) Type() string      { return "role.taken" }
func (RoleHanded) Type() string     { return "role.handed" }
func (InputGiven) Type() string     { return "input.given" }
func (Marked) Type() string         { return "marked" }
func (StepBegan) Type() string      { return "step.began" }
func (StepEnded) Type() string      { return "step.ended" }
func (StepDone) Type() string       { return "step.done" }
func (StepSkipped) Type() string    { return "step.skipped" }
func (StepBlocked) Type() string    { return "step.blocked" }
func (StepUnknown) Type() string    { return "step.unknown" }
func (StepResolved) Type() string   { return "step.resolved" }
func (Answered) Type() string       { return "answered" }
func (Approved) Type() string       { return "approved" }
func (Captured) Type() string       { return "captured" }
func (PointObserved) Type() string  { return "point.observed" }
func (Deviated) Type() string       { return "deviated" }
func (Noted) Type() string          { return "noted" }
func (Held) Type() string           { return "held" }
func (Released) Type() string       { return "released" }
func (StopCalled) Type() string     { return "stop.called" }
func (Aborting) Type() string       { return "aborting" }
func (ClockJumped) Type() string    { return "clock.jumped" }
func (TerminalOpened) Type() string { return "terminal.opened" }
func (TerminalEnded) Type() string  { return "terminal.ended" }

// DecodeBody reads the body of an event of the given type. Unknown types and
// unknown fields are errors: a record says only what this program can read.
func DecodeBody(kind string, data []byte) (Body, error) {
	for _, b := range bodies {
		if b.Type() == kind {
			return decode(b, data)
		}
	}
	return nil, fmt.Errorf("unknown type of event %q", kind)
}

// decode fills a copy of the table's zero value; reflection stays in here.
func decode(zero Body, data []byte) (Body, error) {
	into := reflect.New(reflect.TypeOf(zero))
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into.Interface()); err != nil {
		return nil, fmt.Errorf("event %s: %w", zero.Type(), err)
	}
	return into.Elem().Interface().(Body), nil
}
