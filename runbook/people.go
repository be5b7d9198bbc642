package runbook

import "time"

// A Contact is a person, or outside the team a desk, who may be called.
type Contact struct {
	ID, Name, Position string
	Services           []string // component ids; AllServices means every one
	Email, Phone       string
	Channels           []Named  // other ways: pager, chat
	Availability       string   // Always, on-call, or windows
	Zone               string   // of the availability, else the playbook's
	Priority           int      // order of contact, 1 first; 0 is not stated
	AlternateFor       string   // a contact's id: whose deputy (ISO 22301 8.4.2)
	ReportsTo          string   // a contact's id; together these are the org chart
	Authority          []string // declare, approve, abort, publish
	Competence         string   // what they are trained for (ISO 22301 7.2)
	LastTrained        string   // a date, 2006-01-02 (SP 800-84)
}

// AllServices stands for every component.
const AllServices = "ALL"

// Serves reports whether a component is among the contact's services.
func (c Contact) Serves(component string) bool {
	for _, s := range c.Services {
		if s == component || s == AllServices {
			return true
		}
	}
	return false
}

// Ways are the channels on which a contact can be reached, email first.
func (c Contact) Ways() []Named {
	var ways []Named
	for _, w := range append([]Named{{"email", c.Email}, {"phone", c.Phone}}, c.Channels...) {
		if w.Text != "" {
			ways = append(ways, w)
		}
	}
	return ways
}

// A Role is a name for the contacts who may fill it.
type Role struct {
	ID   string
	Held []string // contact ids
}

// Names that stand for a scenario's leads wherever a person may be named.
const (
	PrimaryLead   = "lead.primary"
	SecondaryLead = "lead.secondary"
)

// A Notification is a rule that says who is told what, when, why and how (the
// article's five questions; SP 800-34, call tree).
type Notification struct {
	ID        string
	When      string        // what fires it: a mark, hold, abort, stand-down, or a condition in words
	For       []string      // scenario ids; empty means every one
	Severity  string        // only for scenarios this severe; "" is any
	Who       []string      // contacts, roles or leads
	Order     string        // sequence (one after the other until somebody answers) | parallel
	What      string        // the message
	Why       string        // action | information
	How       []string      // channels, the first one first
	Fallback  string        // the channel that does not depend on what failed
	AckWithin time.Duration // how long to wait for an answer
	Escalate  string        // contact, role or lead: whom to call next
	Every     time.Duration // how often it is repeated while it lasts
	Approver  string        // who approves it, for words to the outside
	Marker    string        // what marks the message as an exercise (HSEEP)
}
