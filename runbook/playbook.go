package runbook

import (
	"regexp"
	"slices"
	"time"
)

// A Playbook is a document: components, dependencies, contacts and scenarios
// exactly as somebody wrote them. Entries that a document names by id keep the
// order in which they were written.
//
// Every field of the document's own is one that a standard or the stage-1
// article asks for; its comment says which. Nothing here is derived: a digest
// is computed from the Copy, and when it was last exercised from the records.
type Playbook struct {
	File  string // where it was read from, as shown to people
	Where Places // where in it each value stands

	ID             string // [a-z0-9][a-z0-9-]{0,63}; stable across versions (ISO 22301 7.5)
	Title          string
	Version        string
	Revisions      []Revision // what changed and why (SP 800-34, record of changes)
	Team           string     // the one group responsible for the application
	Owner          string     // a contact's id: who maintains it (ISO 22301 5.3)
	Approver       string     // a contact's id: who may approve it
	Status         string     // draft | proposed | agreed | superseded | retired
	Application    string     // what is recovered (SP 800-34, supporting information)
	Purpose        string
	Scope          string
	Exclusions     []string // what it does not recover
	Zone           string   // IANA zone for times of day that name none
	Published      string   // the one place where everybody finds it
	OfflineCopy    string   // where it is found while that place is down (RTS 2024/1774 art. 26)
	Review         Review
	Classification string   // classification: who may see it (HSEEP handling instructions)
	Retention      string   // how long its records are kept
	Activation     []string // when it applies (SP 800-34, activation)
	Deactivation   []string // deactivation criteria: when it stands down
	Exceptions     []string
	Success        string  // what recovered means, for every scenario that does not say
	Severities     []Named // id and definition, the most severe first
	Glossary       []Named

	Agreement     *Agreement     // nil: the document asks for none
	Prerequisites []Prerequisite // the gates before stage 1
	None          []Named        // what the document leaves empty on purpose, and why
	Allow         []Allowance    // checks silenced, each with its reason
	Files         []string       // whatever else is run or read; part of the digest
	Tools         []string       // programs that must be present before the start
	Components    []Component
	Signals       []Signal
	Dependencies  []Dependency
	Contacts      []Contact
	External      []Contact // vendors, regulators, customers' desks
	Roles         []Role
	Notifications []Notification
	Inputs        []Input
	Exercise      *Plan // a GameDay planned in the document itself
	Scenarios     []Scenario

	Remarks []Remark // what its spelling left open, and how it was read
}

// Named is an id with its definition.
type Named struct{ ID, Text string }

// A Revision is one line of the record of changes.
type Revision struct {
	Date     string // 2006-01-02
	Author   string
	Change   string
	Exercise string // the exercise whose report led to it
}

// Review says how often the document is looked over and exercised (DORA 11(6):
// yearly, and on substantive change).
type Review struct {
	Every     time.Duration
	Last      string // a date, 2006-01-02
	Exercised string // the date of the last exercise that no record tells of
}

// An Agreement names who must agree to exactly this text, and for how long
// their word holds.
type Agreement struct {
	By     []string // contact ids
	Valid  time.Duration
	Method string // how consent is given beside the signatures: a meeting, a review
}

// A Prerequisite is a gate that stage 1 puts before the exercise.
type Prerequisite struct {
	Gate   string // one of Gates
	Status string // complete | open
	Done   string // the evidence
	By     string // contact's id
	On     string // a date, 2006-01-02
}

// Gates are the prerequisites of stage 1, in the article's order.
var Gates = [...]string{
	"architecture", "observability", "critical-dependencies", "non-critical-dependencies",
	"disaster-playbook", "critical-playbook", "non-critical-playbook", "published", "agreement", "exercise",
}

// Whether a gate is passed.
const (
	GateComplete = "complete"
	GateOpen     = "open"
)

// Gate is what the document says of one of Gates. One that it leaves out is
// open, and one for which it only gives the evidence is complete.
func (p *Playbook) Gate(id string) Prerequisite {
	for _, g := range p.Prerequisites {
		if g.Gate != id {
			continue
		}
		switch {
		case g.Status == "" && g.Done != "":
			g.Status = GateComplete
		case g.Status == "":
			g.Status = GateOpen
		}
		return g
	}
	return Prerequisite{Gate: id, Status: GateOpen}
}

// An Allowance silences a check, with its reason.
type Allowance struct {
	Code   string // LS06
	Reason string
	Where  string // the path below which it holds; "" is the whole playbook
}

// A Remark is something that the document's spelling left open and that was
// read in the way it says: a finding for the checks, never for the reader.
type Remark struct {
	Code    string // of the check that reports it
	Path    string
	Message string
}

// Scenario finds a scenario by its id.
func (p *Playbook) Scenario(id string) (*Scenario, bool) {
	for i := range p.Scenarios {
		if p.Scenarios[i].ID == id {
			return &p.Scenarios[i], true
		}
	}
	return nil, false
}

// Contact finds a contact, of the team or outside it, by its id.
func (p *Playbook) Contact(id string) (Contact, bool) {
	is := func(c Contact) bool { return c.ID == id }
	if c, ok := found(p.Contacts, is); ok {
		return c, true
	}
	return found(p.External, is)
}

// Component finds a component by its id.
func (p *Playbook) Component(id string) (Component, bool) {
	return found(p.Components, func(c Component) bool { return c.ID == id })
}

// Dependency finds what the document promises for a component.
func (p *Playbook) Dependency(component string) (Dependency, bool) {
	return found(p.Dependencies, func(d Dependency) bool {
		return d.Component == component || d.Component == "" && d.ID == component
	})
}

// Notification finds a notification rule by its id.
func (p *Playbook) Notification(id string) (Notification, bool) {
	return found(p.Notifications, func(n Notification) bool { return n.ID == id })
}

// Input finds an input by its name.
func (p *Playbook) Input(name string) (Input, bool) {
	return found(p.Inputs, func(in Input) bool { return in.Name == name })
}

// found is the first that is asked for.
func found[T any](all []T, is func(T) bool) (one T, ok bool) {
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return one, false
	}
	return all[i], true
}

// People resolves a contact, a role or a lead to the contacts who may act.
func (p *Playbook) People(s *Scenario, who string) []string {
	switch who {
	case "":
		return nil
	case PrimaryLead:
		return []string{s.Primary}
	case SecondaryLead:
		return []string{s.Secondary}
	}
	for _, r := range p.Roles {
		if r.ID == who {
			return r.Held
		}
	}
	return []string{who}
}

// ValidID is the form of every id that a path may be made of.
var ValidID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
