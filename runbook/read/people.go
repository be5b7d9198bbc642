package read

import (
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// The tables of people: whom to call, and who is told what.

var contacts = named(contact, contactRecord, func(c *runbook.Contact) *string { return &c.ID })

var contactRecord = record[runbook.Contact]{"contact", []row[runbook.Contact]{
	key("name", func(c *runbook.Contact) *string { return &c.Name }, line, "Their name.", "Bob"),
	key("position", func(c *runbook.Contact) *string { return &c.Position }, line, "Their position.", "Lead Developer"),
	key("services", func(c *runbook.Contact) *[]string { return &c.Services }, list(codec[string]{text("a component, or `ALL`"), service, optionalStr}), "The components that they know.", "[api]"),
	key("email", func(c *runbook.Contact) *string { return &c.Email }, word, "Their mail.", "bob@example.com"),
	key("phone", func(c *runbook.Contact) *string { return &c.Phone }, line, "Their phone.", "555-555-5551"),
	key("channels", func(c *runbook.Contact) *[]runbook.Named { return &c.Channels }, texts(line), "Other ways to reach them.", `{pager: "555-555-5561"}`),
	key("availability", func(c *runbook.Contact) *string { return &c.Availability }, line, "When they can be reached: `Always`, `on-call`, or windows joined by `;`.", `"Mon-Fri 09:00-17:00; Sat-Sun 10:00-14:00"`),
	key("zone", func(c *runbook.Contact) *string { return &c.Zone }, word, "The time zone of that; the playbook's when left out.", "America/New_York"),
	key("priority", func(c *runbook.Contact) *int { return &c.Priority }, number(1, 1000), "The order in which they are called, 1 first.", "2"),
	key("alternate_for", func(c *runbook.Contact) *string { return &c.AlternateFor }, ref(contact), "Whose deputy they are.", "alice"),
	key("reports_to", func(c *runbook.Contact) *string { return &c.ReportsTo }, ref(contact), "Whom they report to. Together these are the org chart.", "alice"),
	key("authority", func(c *runbook.Contact) *[]string { return &c.Authority }, list(choice("declare", "approve", "abort", "publish")), "What they may decide.", "[declare, abort]"),
	key("competence", func(c *runbook.Contact) *string { return &c.Competence }, line, "What they are trained for.", "PostgreSQL failover"),
	key("last_trained", func(c *runbook.Contact) *string { return &c.LastTrained }, date, "When they last were.", "2026-04-01"),
}}

// service is a component's id, or ALL for every one.
func service(v value) string {
	if v.node.Value == runbook.AllServices {
		return runbook.AllServices
	}
	return ref(component).read(v)
}

// person is a contact, a role, or a lead of the scenario.
func person(v value) string {
	if s := v.node.Value; s == runbook.PrimaryLead || s == runbook.SecondaryLead {
		return s
	}
	return ref(contact, role).read(v)
}

var roles = codec[[]runbook.Role]{
	form: form{kind: isMap, key: idPattern, items: &crew.form},
	read: func(v value) []runbook.Role {
		var out []runbook.Role
		for _, e := range v.entries() {
			v.r.define(role, e)
			v.r.roles = append(v.r.roles, e)
			out = append(out, runbook.Role{ID: e.name(), Held: crew.read(e)})
		}
		return out
	},
	write: func(all []runbook.Role) *yaml.Node {
		return pairsOf(all, func(r runbook.Role) (string, *yaml.Node) { return r.ID, crew.write(r.Held) })
	},
}

var crew = list(ref(contact))

var notifications = named(notification, notificationRecord, func(n *runbook.Notification) *string { return &n.ID })

var notificationRecord = record[runbook.Notification]{"notification", []row[runbook.Notification]{
	key("when", func(n *runbook.Notification) *string { return &n.When }, line, "What fires it: a mark, `hold`, `abort`, `stand-down`, or a condition in words.", "declared"),
	key("for", func(n *runbook.Notification) *[]string { return &n.For }, list(ref(scenario)), "The scenarios it is for; all when left out.", "[api-failure]"),
	key("severity", func(n *runbook.Notification) *string { return &n.Severity }, id, "Only where the scenario is this severe.", "critical"),
	key("who", func(n *runbook.Notification) *[]string { return &n.Who }, people, "Who is told.", "[lead.primary, lead.secondary, alice]"),
	key("order", func(n *runbook.Notification) *string { return &n.Order }, choice("sequence", "parallel"), "One after the other until somebody answers, or all at once.", "sequence"),
	key("what", func(n *runbook.Notification) *string { return &n.What }, prose, "What they are told.", "The API is down; join the bridge."),
	key("why", func(n *runbook.Notification) *string { return &n.Why }, choice("action", "information"), "Whether they must act.", "action"),
	key("how", func(n *runbook.Notification) *[]string { return &n.How }, words, "The channels, in order.", "[phone, email]"),
	key("fallback_channel", func(n *runbook.Notification) *string { return &n.Fallback }, line, "The channel that does not depend on what failed.", "pager"),
	key("ack_within", func(n *runbook.Notification) *time.Duration { return &n.AckWithin }, length, "How long to wait for an answer.", "15m"),
	key("escalate_to", func(n *runbook.Notification) *string { return &n.Escalate }, who, "Who is called next.", "alice"),
	key("every", func(n *runbook.Notification) *time.Duration { return &n.Every }, length, "How often it is repeated while it lasts.", "30m"),
	key("approver", func(n *runbook.Notification) *string { return &n.Approver }, who, "Who approves words to the outside.", "alice"),
	key("exercise_marker", func(n *runbook.Notification) *string { return &n.Marker }, line, "What marks the message as an exercise.", "EXERCISE EXERCISE EXERCISE"),
}}
