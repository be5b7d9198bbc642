package compare

import (
	"cmp"
	"slices"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

// Scenario are those of them that concern what is done, by whom, or against
// which objective in one scenario: the changes after which an earlier exercise
// of it no longer says that the present text works.
//
// Of the scenario itself these are all but its title and overview, and in its
// steps the heading, the reason, the note, the references and the estimate. Of
// the rest they are the roles and the names of those who act in it, the
// notifications that apply to it, the inputs that its commands can see, the
// objectives of its component, and the meaning of success where it states none
// of its own. What the files hold that a playbook names is no part of the
// model: whoever asks compares their sums.
func Scenario(old, new *runbook.Playbook, id string) []Change {
	uses := map[use]bool{}
	look(old, id, uses)
	look(new, id, uses)
	return Between(only(old, id, uses), only(new, id, uses))
}

// A use is something that a scenario rests on, by its kind and id.
type use struct{ kind, id string }

const (
	somebody     = "contact or role"
	notification = "notification"
	input        = "input"
	component    = "component"
)

// look notes what a scenario rests on.
func look(book *runbook.Playbook, id string, uses map[use]bool) {
	s, ok := book.Scenario(id)
	if !ok {
		return
	}
	uses[use{component, s.Component}] = true
	for _, st := range slices.Concat(s.Steps, s.Abort.Steps) {
		uses[use{notification, st.Rule}] = true
	}
	for _, who := range acting(book, s, uses) {
		uses[use{somebody, who}] = true
	}
	for _, r := range book.Roles {
		for _, who := range r.Held {
			uses[use{somebody, who}] = uses[use{somebody, who}] || uses[use{somebody, r.ID}]
		}
	}
	for _, name := range visible(book, s) {
		uses[use{input, name}] = true
	}
}

// acting are those who do something in a scenario or are told of it, as they
// are named there. The notifications that apply to it are noted.
func acting(book *runbook.Playbook, s *runbook.Scenario, uses map[use]bool) []string {
	people := []string{s.Primary, s.Secondary}
	for _, st := range slices.Concat(s.Steps, s.Abort.Steps) {
		people = append(append(append(people, st.Who), st.Approve...), st.Notify...)
	}
	for _, a := range s.Assumptions {
		people = append(people, a.Owner)
	}
	for _, n := range book.Notifications {
		if uses[use{notification, n.ID}] || applies(n, s) {
			uses[use{notification, n.ID}] = true
			people = append(append(people, n.Escalate, n.Approver), n.Who...)
		}
	}
	return people
}

func applies(n runbook.Notification, s *runbook.Scenario) bool {
	return (len(n.For) == 0 || slices.Contains(n.For, s.ID)) && (n.Severity == "" || n.Severity == s.Severity)
}

// visible are the inputs that a scenario names, or all of them where a script
// may look at any.
func visible(book *runbook.Playbook, s *runbook.Scenario) []string {
	var names []string
	for _, in := range book.Inputs {
		names = append(names, in.Name)
	}
	if len(names) == 0 || len(book.Files) > 0 {
		return names
	}
	words := map[string]bool{}
	alone := read.Outline(&runbook.Playbook{Scenarios: []runbook.Scenario{*s}})
	for _, word := range strings.FieldsFunc(text(find(alone, "scenarios")), func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) {
		words[word] = true
	}
	return slices.DeleteFunc(names, func(name string) bool { return !words[name] })
}

// only is a playbook of nothing but one scenario and what it uses, without what
// may change while everything is done as before.
func only(book *runbook.Playbook, id string, uses map[use]bool) *runbook.Playbook {
	bare := &runbook.Playbook{
		Notifications: kept(book.Notifications, uses, notification, func(n runbook.Notification) string { return n.ID }),
		Inputs:        kept(book.Inputs, uses, input, func(in runbook.Input) string { return in.Name }),
		Roles:         kept(book.Roles, uses, somebody, func(r runbook.Role) string { return r.ID }),
	}
	for _, c := range kept(slices.Concat(book.Contacts, book.External), uses, somebody, func(c runbook.Contact) string { return c.ID }) {
		bare.Contacts = append(bare.Contacts, runbook.Contact{ID: c.ID, Name: c.Name})
	}
	for _, d := range kept(book.Dependencies, uses, component, runbook.Dependency.ComponentID) {
		bare.Dependencies = append(bare.Dependencies, runbook.Dependency{ID: d.ID, RTO: d.RTO, RPO: d.RPO, MTD: d.MTD})
	}
	s, ok := book.Scenario(id)
	if !ok {
		return bare
	}
	scenario := *s
	scenario.Title, scenario.Overview, scenario.Success = "", "", cmp.Or(s.Success, book.Success)
	scenario.Steps, scenario.Abort.Steps = done(s.Steps), done(s.Abort.Steps)
	bare.Scenarios = []runbook.Scenario{scenario}
	return bare
}

// kept are those of some that are used, by their ids: their order says nothing.
func kept[T any](all []T, uses map[use]bool, kind string, id func(T) string) []T {
	var out []T
	for _, t := range all {
		if uses[use{kind, id(t)}] {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b T) int { return strings.Compare(id(a), id(b)) })
	return out
}

// done are steps as they are done, without the words that only explain them.
func done(steps []runbook.Step) []runbook.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		s := &steps[i]
		s.Part, s.Why, s.Note, s.Refs = "", "", "", nil
		s.Estimate, s.EstimateMin, s.EstimateMax = 0, 0, 0
	}
	return steps
}
