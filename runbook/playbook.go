package runbook

import (
	"regexp"
	"time"
)

// A Playbook is a document: components, dependencies, contacts and scenarios
// exactly as somebody wrote them. Entries that a document names by id keep the
// order in which they were written.
type Playbook struct {
	File      string // where it was read from, as shown to people
	ID        string // [a-z0-9][a-z0-9-]{0,63}
	Title     string
	Version   string
	Team      string
	Owner     string // a contact's id
	Zone      string // IANA zone for times of day that name none
	Published string // the one place where everybody finds it (ISO 22301 7.5)

	Review       Review
	Severities   []Named    // id and definition
	Agreement    *Agreement // nil: the document asks for none
	Files        []string   // whatever else is run or read; part of the digest
	Tools        []string   // programs that must be present before the start
	Components   []Component
	Signals      []Signal
	Dependencies []Dependency
	Contacts     []Contact
	Roles        []Role
	Scenarios    []Scenario
}

// Named is an id with its definition.
type Named struct{ ID, Text string }

// Review says how often the document is looked over, and when it last was.
type Review struct {
	Every time.Duration
	Last  string // a date, 2006-01-02
}

// An Agreement names who must agree to exactly this text, and for how long
// their word holds.
type Agreement struct {
	By    []string // contact ids
	Valid time.Duration
}

// A Component is one part of the system's architecture.
type Component struct {
	ID, Name        string
	Aliases         []string
	Platform        string
	Technologies    []string
	AZ, VPC, Subnet string
	Endpoint        string
	BackupMethod    string
	BackupEvery     time.Duration
}

// A Signal is a way to see a failure: a probe, an alert, a dashboard.
type Signal struct {
	ID, Component, Kind string
	Run                 string
	Expect              Expect
	URL                 string
	Detects             []string // scenario ids
	StopWhen            string
}

// A Dependency is something that the application needs, with the objectives
// promised for it (NIST SP 800-34: RTO, RPO, MTD).
type Dependency struct {
	ID, Component string
	Class         string // critical | non-critical
	Period        string // when it counts as critical: Always, or windows
	Workaround    string // how the team copes while it is down
	Severity      string
	Impact        string
	CriticalAfter time.Duration // an outage this long turns it critical
	RTO, RPO, MTD time.Duration // 0: not stated
	Needs         []string      // child dependencies
}

// A Contact is a person who may be called.
type Contact struct {
	ID, Name, Position string
	Services           []string // component ids; ALL means every one
	Email, Phone       string
	Availability       string
	Zone               string
	Priority           int
	ReportsTo          string
}

// A Role is a name for the contacts who may fill it.
type Role struct {
	ID   string
	Held []string // contact ids
}

// A Scenario is one failure and the procedures that answer it.
type Scenario struct {
	ID, Title   string
	Class       string // disaster | critical-dependency | non-critical-dependency
	Component   string
	Primary     string // lead, a contact's id
	Secondary   string
	Severity    string
	Overview    string // Markdown
	Assumptions []Assumption
	RTO, RPO    time.Duration // 0: no objective is documented
	Clock       Clock
	Platform    string // where recovery lands
	Success     string // what restored means
	Steps       []Step // inject, recovery, test and resume, one after the other
	Line        int
}

// An Assumption is a condition outside the team's control that the procedures
// rest on.
type Assumption struct{ Text, Owner string }

// A Clock says which marks start and stop the RTO clock. Left out, it runs
// from the disruption to the moment recovery was verified.
type Clock struct{ Starts, Stops Mark }

// A Procedure is one of the parts of a scenario.
type Procedure string

// The procedures, in the order in which they are performed.
const (
	Inject   Procedure = "inject"
	Recovery Procedure = "recovery"
	Test     Procedure = "test"
	Resume   Procedure = "resume"
)

// Procedures lists them in order.
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

// Scenario finds a scenario by its id.
func (p *Playbook) Scenario(id string) (*Scenario, bool) {
	for i := range p.Scenarios {
		if p.Scenarios[i].ID == id {
			return &p.Scenarios[i], true
		}
	}
	return nil, false
}

// Contact finds a contact by its id.
func (p *Playbook) Contact(id string) (Contact, bool) {
	for _, c := range p.Contacts {
		if c.ID == id {
			return c, true
		}
	}
	return Contact{}, false
}

// Dependency finds what the document promises for a component.
func (p *Playbook) Dependency(component string) (Dependency, bool) {
	for _, d := range p.Dependencies {
		if d.Component == component || (d.Component == "" && d.ID == component) {
			return d, true
		}
	}
	return Dependency{}, false
}

// People resolves a contact, a role or a lead to the contacts who may act.
func (p *Playbook) People(s *Scenario, who string) []string {
	switch who {
	case "":
		return nil
	case "lead.primary":
		return []string{s.Primary}
	case "lead.secondary":
		return []string{s.Secondary}
	}
	for _, r := range p.Roles {
		if r.ID == who {
			return r.Held
		}
	}
	return []string{who}
}

// First is the index of a procedure's first step, or of whatever follows where
// that procedure would stand.
func (s *Scenario) First(p Procedure) int {
	for i := range s.Steps {
		if rank(s.Steps[i].Procedure) >= rank(p) {
			return i
		}
	}
	return len(s.Steps)
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

// ValidID is the form of every id that a path may be made of.
var ValidID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
