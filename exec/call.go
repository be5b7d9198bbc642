package exec

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
	for _, who := range n.Who {
		for _, person := range reach(book, sc, who) {
			facts = append(facts, Fact{fmt.Sprintf("call %d", len(facts)+1), person})
		}
	}
	order := orders[n.Order]
	if len(facts) < 2 {
		order = ""
	}
	for _, f := range []Fact{
		{"order", order},
		{"how", strings.Join(n.How, ", then ")},
		{"or else", within("%s, should that fail.", n.Fallback)},
		{"drill", within("In an exercise, say first: %s", n.Marker)},
		{"say", n.What},
		{"why", reasons[n.Why]},
		{"ok by", strings.Join(reach(book, sc, n.Approver), "; ")},
		{"wait", within("%s for an answer.", lasting(n.AckWithin))},
		{"then", within("If nobody answers: %s", strings.Join(reach(book, sc, n.Escalate), "; "))},
		{"again", within("Every %s, while it lasts.", lasting(n.Every))},
	} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// orders says in words in which order people are told.
var orders = map[string]string{
	"": "Each of them, in this order.", "sequence": "One after the other, until somebody answers.", "parallel": "All of them at once.",
}

// reasons says in words why people are told.
var reasons = map[string]string{"action": "They are to act on it.", "information": "They are to know; nothing is asked of them."}

// within puts a text into a sentence, where there is one.
func within(sentence, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf(sentence, text)
}

// lasting is a duration in words, "" for none.
func lasting(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return Long(d)
}

// reach is everybody whom a contact, a role or a lead stands for, each with
// every way to reach them, and when.
func reach(book *runbook.Playbook, sc *runbook.Scenario, who string) []string {
	var all []string
	for _, id := range book.People(sc, who) {
		c, known := book.Contact(id)
		if !known {
			all = append(all, id+" (no contact of the document)")
			continue
		}
		all = append(all, card(c))
	}
	return all
}

// card is a person on one line.
func card(c runbook.Contact) string {
	words := c.Name
	if words == "" {
		words = c.ID
	}
	if c.Position != "" {
		words += ", " + c.Position
	}
	var ways []string
	for _, w := range c.Ways() {
		ways = append(ways, w.ID+" "+w.Text)
	}
	return words + within(": %s", strings.Join(ways, ", ")) + within(" (%s)", c.Availability)
}
