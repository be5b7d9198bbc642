package runbook

import (
	"strings"
	"time"
)

// A Step is one line of the checklist: an instruction, and exactly one way of
// carrying it out.
type Step struct {
	ID           string // unique within its scenario
	Procedure    Procedure
	Part         string // the heading it stands under in a document without procedures
	Kind         Kind
	Do           string // the instruction, Markdown, in the document's own words
	Line, Column int    // where it stands in its file

	Run     string        // Run, Until: the command or script, verbatim
	Runs    []string      // Run: several blocks, of which the document does not say how they go together; Run is the first
	Ask     string        // Decide: the question
	Answers []Answer      // Decide: what may be answered
	Wait    time.Duration // Wait: how long
	Every   time.Duration // Until: pause between looks; Run: pause between tries
	Within  time.Duration // Until: how long the condition may take
	Holds   time.Duration // Until: how long it must stay true
	Rule    string        // Notify: the notification rule's id, or
	Notify  []string      // Notify: the people, in order

	Then          Target   // where it goes on; "" is the next step
	If            string   // a guard: asked first; no means "not for this case"
	IfProbe       *Probe   // a guard that the machine answers
	Optional      bool     // may be left out
	When          string   // the condition of an optional step, as written
	Preconditions []string // what must hold before it
	DependsOn     []string // ids of steps that must be done before it

	Expect  Expect
	Sample  string // documented output shown beside the actual; never decides
	Capture []Capture
	Point   *Point // this step observes the recovery point

	Effect     Effect
	Aim        string // target: the word typed to confirm a final step
	Idempotent bool   // may be run again without harm

	At       []string // the terminals it runs in, once in each; empty is the local one
	Opens    string   // the terminal that its command opens and stays in
	Closes   string   // the terminal that it ends
	In       In
	Isolated bool // runs in a process of its own
	Setup    bool // may be replayed into a new terminal after one is lost

	Who      string   // contact, role, lead.primary or lead.secondary
	Approve  []string // contacts and roles who must approve it first
	Together string   // consecutive steps of one name are done in any order

	Estimate                 time.Duration // planned, most likely
	EstimateMin, EstimateMax time.Duration // the estimate's range, where it has one
	Timeout                  time.Duration
	Tries                    int      // how often it may be tried, 1 when left out
	IfNot                    Target   // the documented way out when the expectation is not met
	Evidence                 string   // "text" or "file": what a person must leave behind
	Redact                   []string // RE2: what must never be written
	Mark                     Mark
	Why, Note, Warning       string
	Rollback                 string
	Refs                     []string
}

// LocalTerminal is the terminal in which steps run that name none.
const LocalTerminal = "local"

// In is what a step's command is started with.
type In struct {
	Dir   string
	Env   []Named
	Shell string // bash, or for isolated steps any interpreter
}

// A Kind says how a step is carried out.
type Kind string

// The kinds of step.
const (
	Run    Kind = "run"    // a command in a terminal
	Manual Kind = "manual" // a person does it and says so
	Decide Kind = "decide" // a person answers a question
	Wait   Kind = "wait"   // time passes
	Until  Kind = "until"  // a condition comes true
	Notify Kind = "notify" // people are told
)

// An Interaction is how a person meets a step. Screens know these, not kinds.
type Interaction string

// The interactions.
const (
	Runs    Interaction = "run"
	Attests Interaction = "attest"
	Decides Interaction = "decide"
	Waits   Interaction = "wait"
	Inputs  Interaction = "input"
)

// Kinds is the closed set of kinds, with how a person meets each and the effect
// of a step that states none: nothing gets easier by omission.
var Kinds = []struct {
	Kind        Kind
	Interaction Interaction
	Effect      Effect
}{
	{Run, Runs, Change},
	{Manual, Attests, None},
	{Decide, Decides, None},
	{Wait, Waits, None},
	{Until, Runs, Change},
	{Notify, Attests, None},
}

// Interaction is how a person meets steps of this kind.
func (k Kind) Interaction() Interaction {
	for _, row := range Kinds {
		if row.Kind == k {
			return row.Interaction
		}
	}
	return Attests
}

// Effect is that of a step of this kind that states none.
func (k Kind) Effect() Effect {
	for _, row := range Kinds {
		if row.Kind == k {
			return row.Effect
		}
	}
	return None
}

// Commands reports whether a step of this kind runs a command.
func (k Kind) Commands() bool { return k == Run || k == Until }

// An Effect is what a step can break; it alone decides how hard it is to start.
type Effect string

// The effects, from harmless to irrevocable.
const (
	None   Effect = "none"
	Read   Effect = "read"
	Change Effect = "change"
	Final  Effect = "final" // cannot be undone
)

// Effects lists them in order.
var Effects = [...]Effect{None, Read, Change, Final}

// An Answer is one way to answer a decision.
type Answer struct {
	Say    string
	Go     Target
	AtMost int // how often it may be given where it leads back; 0 is unbounded
}

// A Target is where a procedure goes on: a step id of the same scenario, a
// procedure's name, "next" (the same as ""), or "scenario:" with the id of
// another scenario.
type Target string

// Other is the scenario that the target leads to, "" where it stays in its own.
func (t Target) Other() string {
	id, _ := strings.CutPrefix(string(t), otherScenario)
	if id == string(t) {
		return ""
	}
	return id
}

// Leaves reports whether the target leads out of the scenario's procedures: to
// another scenario, or back to safety.
func (t Target) Leaves() bool { return t.Other() != "" || t == Target(Aborting) }

const otherScenario = "scenario:"

// Next is the target of whatever follows.
const Next Target = "next"

// Resolve is the index of the step that a target names, seen from the step at
// index from. It is -1 for a target that leaves the scenario; reading a playbook
// refuses all others that name no step.
func (s *Scenario) Resolve(from int, t Target) int {
	switch t {
	case "", Next:
		return from + 1
	case Target(Recovery), Target(Test), Target(Resume):
		return s.First(Procedure(t))
	}
	return s.Find(string(t))
}

// A Capture takes a value out of a step's output for later steps, which find
// it in their environment under Name.
type Capture struct {
	Name    string // [A-Z][A-Z0-9_]*
	Pattern string // RE2: the last match, its first group if it has one
	JSON    string // a path such as .Instances[0].PublicDnsName
	Line    int    // the n-th line, from 1
}

// A Point says that a captured value is the recovery point: the newest data
// that survived (the RPA's anchor).
type Point struct {
	From   string        // the name of a captured value, RFC 3339 or Unix seconds
	Method string        // marker | watermark | backup | declared
	Every  time.Duration // how often markers are written; the value's uncertainty
}

// PointMethods lists how a recovery point may be observed.
var PointMethods = [...]string{"marker", "watermark", "backup", "declared"}
