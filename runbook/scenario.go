package runbook

import (
	"sort"
	"time"
)

// A Scenario is one failure and the procedures that answer it.
type Scenario struct {
	ID, Title    string
	Class        string   // one of Classes
	Component    string   // what failed
	FailureMode  string   // down, slow, wrong, partial, unreachable
	Detection    []string // signal ids; with those signals that say so themselves, how it is known
	Primary      string   // lead, a contact's id
	Secondary    string
	Severity     string
	Overview     string // Markdown
	Assumptions  []Assumption
	RTO, RPO     time.Duration // 0: no objective is documented
	Clock        Clock
	Platform     string // where recovery lands
	Landing      Landing
	Success      string // what restored means
	BlastRadius  string // what an injected failure may reach
	Steps        []Step // inject, recovery, test and resume, one after the other
	Abort        Abort
	Line, Column int
}

// Classes of scenarios, by the gate of stage 1 that asks for them.
var Classes = [...]string{Disaster, CriticalDependency, NonCriticalDependency}

// The classes of scenarios.
const (
	Disaster              = "disaster"
	CriticalDependency    = "critical-dependency"
	NonCriticalDependency = "non-critical-dependency"
)

// A Landing is what is known of the platform on which recovery lands.
type Landing struct {
	Domain   string // its failure domain
	Capacity string
	Access   string // how one gets onto it
}

// An Abort is the way back to safety from anywhere.
type Abort struct {
	When  []string // what calls it
	Steps []Step
}

// An Assumption is a condition outside the team's control that the procedures
// rest on.
type Assumption struct {
	Text  string
	Kind  string // vendor | backup | access | people
	Owner string // contact or role: who knows whether it holds
	Probe *Probe // how to look; nil: a person says
}

// A Probe is a command that looks, and what it must see.
type Probe struct {
	Run    string // verbatim
	Expect Expect
}

// A Clock says which marks start and stop the RTO clock. Left out, it runs
// from the disruption to the moment recovery was verified.
type Clock struct {
	Starts, Stops Mark
	Steady        time.Duration // how long the service must have been well for it to stop
}

// A Procedure is one of the parts of a scenario.
type Procedure string

// The procedures, in the order in which they are performed. Aborting is none
// of them: it is not on the way from the failure to normal operation.
const (
	Inject   Procedure = "inject"
	Recovery Procedure = "recovery"
	Test     Procedure = "test"
	Resume   Procedure = "resume"
	Aborting Procedure = "abort"
)

// Procedures lists those that are performed in order.
var Procedures = [...]Procedure{Inject, Recovery, Test, Resume}

// A Mark is a moment that clocks are anchored on.
type Mark string

// The marks, in the order in which they are usually reached.
const (
	Disruption   Mark = "disruption" // at the beginning of its step; all others at the end
	Detected     Mark = "detected"
	Acknowledged Mark = "acknowledged"
	Declared     Mark = "declared"
	Recovered    Mark = "recovered" // unmarked: the end of recovery
	Verified     Mark = "verified"  // unmarked: the end of test
	Resumed      Mark = "resumed"   // unmarked: the end of resume
)

// Marks lists them in order.
var Marks = [...]Mark{Disruption, Detected, Acknowledged, Declared, Recovered, Verified, Resumed}

// First is the index of a procedure's first step, or of whatever follows where
// that procedure would stand.
func (s *Scenario) First(p Procedure) int {
	return sort.Search(len(s.Steps), func(i int) bool { return rank(s.Steps[i].Procedure) >= rank(p) })
}

// Last is the index of a procedure's last step, -1 where it has none.
func (s *Scenario) Last(p Procedure) int {
	for i := len(s.Steps) - 1; i >= 0; i-- {
		if s.Steps[i].Procedure == p {
			return i
		}
	}
	return -1
}

// Find is the index of the step with this id, -1 where there is none.
func (s *Scenario) Find(id string) int {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return i
		}
	}
	return -1
}

func rank(p Procedure) int {
	for i, q := range Procedures {
		if p == q {
			return i
		}
	}
	return -1
}

// An Input is a value that is asked for at the start, or given on the command
// line, and that commands find in their environment under its name.
type Input struct {
	Name       string // [A-Z][A-Z0-9_]*
	Ask        string // the question
	Pattern    string // RE2 that the whole value must match; "" is any
	Default    string
	HasDefault bool // a default is documented, maybe the empty text
	Secret     *Secret
}

// A Secret says where a value comes from that is never written anywhere. One
// of its fields is set.
type Secret struct {
	Ask     bool
	Env     string // a variable of the environment
	File    string // a path
	Command string
}
