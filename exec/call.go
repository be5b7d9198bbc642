package exec

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// A Fact is a label of one short word and what there is to say under it.
type Fact struct{ Label, Text string }

// Duty is what a step that tells people asks for: the rule that it names, or
// its own list of people, one after the other.
func Duty(book *runbook.Playbook, step runbook.Step) runbook.Notification {
	if n, ok := book.Notification(step.Rule); ok {
		return n
	}
	return runbook.Notification{Who: step.Notify}
}

// Duties are the rules that say who is told when a scenario comes about.
func Duties(book *runbook.Playbook, sc *runbook.Scenario) []runbook.Notification {
	var all []runbook.Notification
	for _, n := range book.Notifications {
		concerns := len(n.For) == 0 || slices.Contains(n.For, sc.ID)
		if concerns && (n.Severity == "" || n.Severity == sc.Severity) {
			all = append(all, n)
		}
	}
	return all
}

// Call is a duty to tell people, as whoever carries it out needs it: whom, in
// which order and how; what to say and why; how long to wait, and whom then.
func Call(book *runbook.Playbook, sc *runbook.Scenario, n runbook.Notification) []Fact {
	var facts []Fact
	number := 0
	for _, who := range n.Who {
		for _, id := range book.People(sc, who) {
			number++
			facts = append(facts, Fact{fmt.Sprintf("call %d", number), reach(book, id)})
		}
	}
	order := "One after the other, until somebody answers."
	if n.Order == "parallel" {
		order = "All of them at once."
	}
	if number < 2 {
		order = ""
	}
	wait, then, every := "", "", ""
	if n.AckWithin > 0 {
		wait = Long(n.AckWithin) + " for an answer."
	}
	if n.Escalate != "" {
		then = "If nobody answers: " + strings.Join(reachAll(book, sc, n.Escalate), "; ")
	}
	if n.Every > 0 {
		every = "Every " + Long(n.Every) + ", while it lasts."
	}
	drill := ""
	if n.Marker != "" {
		drill = "In an exercise, say first: " + n.Marker
	}
	how := strings.Join(n.How, ", then ")
	if n.Fallback != "" {
		how = strings.TrimPrefix(how+"; if that fails: "+n.Fallback, "; ")
	}
	for _, f := range []Fact{
		{"order", order}, {"how", how}, {"drill", drill}, {"say", n.What}, {"why", reasons[n.Why]}, {"ok by", strings.Join(reachAll(book, sc, n.Approver), "; ")},
		{"wait", wait}, {"then", then}, {"again", every},
	} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// reasons says in words why people are told.
var reasons = map[string]string{"action": "They are to act on it.", "information": "They are to know; nothing is asked of them."}

func reachAll(book *runbook.Playbook, sc *runbook.Scenario, who string) []string {
	var all []string
	for _, id := range book.People(sc, who) {
		all = append(all, reach(book, id))
	}
	return all
}

// reach is a person with every way to reach them, and when.
func reach(book *runbook.Playbook, id string) string {
	c, known := book.Contact(id)
	if !known {
		return id + " (no contact of the document)"
	}
	name := c.Name
	if name == "" {
		name = c.ID
	}
	var ways []string
	for _, w := range c.Ways() {
		ways = append(ways, w.ID+" "+w.Text)
	}
	words := name
	if c.Position != "" {
		words += ", " + c.Position
	}
	if len(ways) > 0 {
		words += ": " + strings.Join(ways, ", ")
	}
	if c.Availability != "" {
		words += " (" + c.Availability + ")"
	}
	return words
}
