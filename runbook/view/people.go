package view

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// A call is a person to call about a component, and why that one.
type call struct{ who, why md }

// callers collects calls in order, everybody once.
type callers struct {
	*view
	ids   []string
	calls []call
}

func (c *callers) add(id string, why md) {
	if _, known := c.contacts[id]; known && len(c.ids) < mostCalls && !slices.Contains(c.ids, id) {
		c.ids, c.calls = append(c.ids, id), append(c.calls, call{c.contact(id), why})
	}
}

// callsFor are the people to call when a component fails, in order: who leads
// its scenarios, who looks after it, who stands above or in for them, and
// whoever supports it from outside.
func (v *view) callsFor(component string) *callers {
	c := &callers{view: v}
	for _, s := range few(v.failures[component]) {
		c.add(s.Primary, "leads "+v.scenario(s.ID))
	}
	for _, s := range few(v.failures[component]) {
		c.add(s.Secondary, "second lead of "+v.scenario(s.ID))
	}
	for _, i := range v.lookingAfter(component) {
		c.add(v.order[i].ID, "looks after it")
	}
	c.escalate(component)
	if vendor := v.components[component].Vendor; vendor != nil {
		c.add(vendor.Support, say("support from outside, %s", short(vendor.Name)))
	}
	return c
}

// lookingAfter are the indexes of those whose services include a component, as
// many as a list may hold.
func (v *view) lookingAfter(component string) []int {
	found := slices.Concat(few(v.serving[component]), few(v.serving[runbook.AllServices]))
	slices.Sort(found)
	return found
}

// escalate adds who comes next when the first ones don't answer. The list grows
// while it is gone through, so managers of managers are on it; everybody is on
// it once, so a circle ends.
func (c *callers) escalate(component string) {
	for i := 0; i < len(c.ids) && len(c.ids) < mostCalls; i++ {
		who := c.ids[i]
		for _, deputy := range few(c.deputies[who]) {
			c.add(deputy, "deputy of "+c.contact(who))
		}
		c.add(c.contacts[who].ReportsTo, "manager of "+c.contact(who))
	}
	for _, s := range few(c.failures[component]) {
		for _, n := range slices.Concat(few(c.escalations[s.ID]), few(c.escalations[""])) {
			for _, id := range c.people(s, n.Escalate) {
				c.add(id, say("escalation of %s", code(n.ID)))
			}
		}
	}
}

// concerns reports whether a rule is one of a scenario's.
func concerns(n runbook.Notification, s *runbook.Scenario) bool {
	return len(n.For) == 0 || slices.Contains(n.For, s.ID)
}

// failing are the components that may fail: those of the scenarios on the page,
// and on the page of a whole playbook all others too.
func (v *view) failing() []string {
	var ids []string
	known := map[string]bool{}
	add := func(id string) {
		if !known[id] {
			ids, known[id] = append(ids, id), true
		}
	}
	for _, s := range v.scenarios {
		add(s.Component)
	}
	if !v.whole {
		return ids
	}
	for _, c := range v.book.Components {
		add(c.ID)
	}
	for _, d := range v.book.Dependencies {
		add(d.ComponentID())
	}
	return ids
}

// writeCalls writes whom to call for each component that may fail. Components
// for which that is the same share a list.
func writeCalls(v *view, p *page) {
	var lists []*callers
	shared := map[string][]string{} // components, by their list
	for _, component := range v.failing() {
		c := v.callsFor(component)
		if shared[c.key()] == nil {
			lists = append(lists, c)
		}
		shared[c.key()] = append(shared[c.key()], component)
	}
	for _, c := range lists {
		title := each(shared[c.key()], v.component)
		if title == "" {
			title = "Whatever fails"
		}
		p.heading(3, title)
		c.write(p)
	}
}

// key is the same for lists that read the same.
func (c *callers) key() string { return fmt.Sprintf("%q %q", c.ids, c.calls) }

func (c *callers) write(p *page) {
	if len(c.calls) == 0 {
		p.para("The document names nobody.")
	}
	for i, k := range c.calls { // no table: five columns are too many for a telephone's screen
		who := c.contacts[c.ids[i]]
		p.item(fmt.Sprintf("%d.", i+1), joined(", ", "**"+k.who+"**", text(who.Position))+": "+k.why, func() {
			p.list(channels(who), after("Available: ", c.available(who)))
		})
	}
	if len(c.calls) == mostCalls {
		p.para("Whoever else can help is among the people whom the playbook names.")
	}
}

// channels are all ways to reach somebody.
func channels(c runbook.Contact) md {
	return each(c.Ways(), func(w runbook.Named) md { return say("%s %s", w.ID, w.Text) })
}

// available says when, and by which clock where hours are named.
func (v *view) available(c runbook.Contact) md {
	zone := c.Zone
	if zone == "" && strings.Contains(c.Availability, ":") {
		zone = v.book.Zone
	}
	return joined(", ", text(c.Availability), text(zone))
}

// writeNotifications writes the rules by which people are told.
func writeNotifications(v *view, p *page) {
	for _, n := range v.book.Notifications {
		if !v.whole && !concerns(n, v.scenarios[0]) {
			continue
		}
		p.item("-", code(n.ID), func() {
			p.list(
				after("When: ", joined("; ", text(n.When), after("in ", each(n.For, v.scenario)), after("only when the severity is ", text(n.Severity)))),
				after("Who: ", joined("; ", each(n.Who, v.person), orders[n.Order])),
				after("What: ", text(n.What)),
				after("Why: ", text(n.Why)),
				after("How: ", joined("; ", each(n.How, text), after("if that fails, ", text(n.Fallback)))),
				after("Answer: ", joined("; ", after("within ", long(n.AckWithin)), after("else call ", v.person(n.Escalate)))),
				after("Again: every ", long(n.Every)),
				after("Approved by: ", v.person(n.Approver)),
				after("In an exercise, marked: ", text(n.Marker)),
			)
		})
	}
}

// orders says in words in which order people are told.
var orders = map[string]md{
	"sequence": "in sequence, one after the other until somebody answers",
	"parallel": "in parallel, all at once",
}

// writePeople writes the org chart, and all that is known of everybody.
func writePeople(v *view, p *page) {
	if chart := v.orgChart(); chart != "" {
		p.fence("mermaid", chart)
	}
	v.writeContacts(p, v.book.Contacts)
	if len(v.book.External) > 0 {
		p.para("Outside the team:")
		v.writeContacts(p, v.book.External)
	}
	var rows [][]md
	for _, r := range v.book.Roles {
		rows = append(rows, []md{code(r.ID), each(r.Held, v.person)})
	}
	p.table([]md{"Role", "Filled by"}, rows...)
}

func (v *view) writeContacts(p *page, all []runbook.Contact) {
	var rows [][]md
	for _, c := range all {
		priority := md("")
		if c.Priority != 0 {
			priority = say("%s", c.Priority)
		}
		rows = append(rows, []md{
			named(c.Name, c.ID), text(c.Position), each(c.Services, v.service), channels(c), v.available(c), priority,
			v.person(c.ReportsTo), v.person(c.AlternateFor), each(c.Authority, text),
			text(c.Competence), text(c.LastTrained),
		})
	}
	p.table([]md{
		"Who", "Position", "Services", "How", "Available", "Priority", "Reports to", "Deputy of", "May", "Trained for", "Last trained",
	}, rows...)
}

// service is a component that somebody looks after.
func (v *view) service(id string) md {
	if id == runbook.AllServices {
		return "all"
	}
	return v.component(id)
}
