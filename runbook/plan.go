package runbook

import "time"

// A Plan is a GameDay before it is held: what is exercised, where, by whom and
// within which bounds (HSEEP exercise plan; SP 800-84).
type Plan struct {
	ID, Title        string
	Type             string // tabletop | rehearsal | live
	Objectives       []string
	Scope            string
	OutOfScope       string
	Environment      Environment
	Scenarios        []string // scenario ids, in the order in which they are held
	Roles            []Filled
	Observers        []string
	GroundRules      []string
	Injects          []PlannedInject
	StopWord         string
	AbortWhen        []string
	Window           string   // 2026-11-20 10:00 / 3h, in the playbook's zone
	Channel          string   // where people talk
	Bridge           string   // the call
	BackupBridge     string   // and where they meet when it fails
	Notice           []string // stakeholders who are told before
	ChangeTicket     string
	CarriedActions   []string // open actions of earlier exercises that this one looks at
	Artificialities  []string // what is simulated
	RegulatoryDriver []string // the rules that ask for it
}

// An Environment is what a plan may touch.
type Environment struct {
	Name    string
	Targets []string // patterns of hosts, accounts and regions that may be touched
}

// Filled is a role of the exercise and the contact who fills it: owner,
// coordinator, operator, scribe, facilitator, safety, reporter, observer.
type Filled struct{ Role, Who string }

// A PlannedInject is news that is given to the players at a time.
type PlannedInject struct {
	At   time.Duration // from the start
	What string
}
