package runbook

import "time"

// A Component is one part of the system's architecture (the article's table 0).
type Component struct {
	ID, Name        string
	Aliases         []string // other names that the document calls it by
	Platform        string   // the product that hosts it
	Technologies    []string // software, with versions
	Region          string
	AZ, VPC, Subnet string // where it runs; AZ is its failure domain unless Domain says otherwise
	Domain          string // failure domain: what is lost together with it
	Endpoint        string // public or internal address
	DataStore       string // where its data is
	Backup          Backup
	LagSource       string // where replication lag is read
	Vendor          *Vendor
	Diagram         string // a picture of it
}

// FailureDomain is what is lost together with the component, "" if not stated.
func (c Component) FailureDomain() string {
	for _, d := range []string{c.Domain, c.AZ, c.Region} {
		if d != "" {
			return d
		}
	}
	return ""
}

// A Backup is how recovery points are made (SP 800-34, backup strategy).
type Backup struct {
	Method string
	Every  time.Duration
	Delay  time.Duration // until a copy is where recovery finds it
}

// A Vendor is the third party that runs a component (DORA, ICT third party).
type Vendor struct {
	Name     string
	Contract string
	Support  string // an external contact's id
	SLA      string
}

// A Signal is a way to see a failure: a probe, an alert, a dashboard.
type Signal struct {
	ID, Component string
	Kind          string // metric | log | trace | probe | alert
	Run           string // how to look, verbatim
	Expect        Expect // its steady state
	URL           string
	Detects       []string // scenario ids
	AlertRoute    string   // who gets paged
	StopWhen      string   // what ends an exercise
}

// A Dependency is something that the application needs, with the objectives
// promised for it (NIST SP 800-34: RTO, RPO, MTD).
type Dependency struct {
	ID, Component string
	Class         string        // critical | non-critical: whether the application works without it
	Period        string        // when it counts as critical: Always, or windows
	Workaround    string        // how the team copes while it is down
	Severity      string        // of its loss, an id of Severities
	Impact        string        // what was observed when it was lost
	CriticalAfter time.Duration // an outage this long turns it critical
	RTO, RPO, MTD time.Duration // 0: not stated
	WRT           time.Duration // work recovery time: from restored to caught up, inside the MTD
	MBCO          string        // minimum business continuity objective (ISO/IEC 27031)
	Needs         []string      // child dependencies
	Provider      string        // the third party that can fix it
	Owner         string        // a contact's id: who can fix it inside
	FailureModes  []string      // down, slow, wrong, partial, unreachable
	Evidence      string        // what its objectives rest on: a BIA, an SLA, "initial baseline"
}

// ComponentID is the component that the dependency is about: its own id where
// it names none.
func (d Dependency) ComponentID() string {
	if d.Component != "" {
		return d.Component
	}
	return d.ID
}

// Critical reports whether the application cannot work without it.
func (d Dependency) Critical() bool { return d.Class != NonCritical }

// The classes of dependencies.
const (
	Critical    = "critical"
	NonCritical = "non-critical"
)
