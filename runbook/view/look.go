package view

import (
	"cmp"
	"slices"

	"bythebook/runbook"
)

// A view is a playbook, with what is looked up in it again and again by id.
//
// What is named again and again is named in short: a page must not grow with
// the length of a name times how often it is used. Wherever a component, a
// contact or a role is defined, it stands in full.
type view struct {
	book      *runbook.Playbook
	digest    string
	scenarios []*runbook.Scenario // those on the page
	whole     bool                // all of the playbook, not one scenario

	contacts     map[string]runbook.Contact // of the team and outside it
	roles        map[string][]string
	components   map[string]runbook.Component
	dependencies map[string]runbook.Dependency
	titles       map[string]string                 // of scenarios
	failures     map[string][]*runbook.Scenario    // scenarios on the page, by what fails
	seen         map[string][]string               // signals, by the scenario that they detect
	escalations  map[string][]runbook.Notification // rules that name whom to call next, by scenario; "" is every one
	order        []runbook.Contact                 // the team, in the order in which they are called
	serving      map[string][]int                  // indexes into order, by component
	deputies     map[string][]string               // contacts, by whom they stand in for
}

// look prepares a playbook for a page about some of its scenarios.
func look(book *runbook.Playbook, digest string, scenarios []*runbook.Scenario) *view {
	v := &view{
		book: book, digest: digest, scenarios: scenarios, whole: scenarios == nil,
		contacts: map[string]runbook.Contact{}, roles: map[string][]string{},
		components: map[string]runbook.Component{}, dependencies: map[string]runbook.Dependency{},
		titles: map[string]string{}, failures: map[string][]*runbook.Scenario{}, seen: map[string][]string{},
		escalations: map[string][]runbook.Notification{}, serving: map[string][]int{}, deputies: map[string][]string{},
	}
	for i := range book.Scenarios {
		s := &book.Scenarios[i]
		v.titles[s.ID] = short(s.Title)
		if v.whole {
			v.scenarios = append(v.scenarios, s)
		}
	}
	for _, s := range v.scenarios {
		v.failures[s.Component] = append(v.failures[s.Component], s)
	}
	for _, c := range book.Components {
		c.Name = short(c.Name)
		v.components[c.ID] = c
	}
	for _, d := range book.Dependencies {
		v.dependencies[d.ID] = d
	}
	for _, s := range book.Signals {
		for _, id := range s.Detects {
			v.seen[id] = append(v.seen[id], s.ID)
		}
	}
	for _, n := range book.Notifications {
		if n.Escalate == "" {
			continue
		}
		for _, id := range n.For {
			v.escalations[id] = append(v.escalations[id], n)
		}
		if len(n.For) == 0 {
			v.escalations[""] = append(v.escalations[""], n)
		}
	}
	v.meet()
	return v
}

// meet sorts the people.
func (v *view) meet() {
	v.order = slices.Clone(v.book.Contacts)
	slices.SortStableFunc(v.order, func(a, b runbook.Contact) int {
		if a.Priority == 0 || b.Priority == 0 {
			return cmp.Compare(b.Priority, a.Priority) // who has none comes behind all who have one
		}
		return cmp.Compare(a.Priority, b.Priority)
	})
	for i, c := range v.order {
		v.contacts[c.ID] = brief(c)
		for _, component := range c.Services {
			v.serving[component] = append(v.serving[component], i)
		}
		if c.AlternateFor != "" {
			v.deputies[c.AlternateFor] = append(v.deputies[c.AlternateFor], c.ID)
		}
	}
	for _, c := range v.book.External {
		v.contacts[c.ID] = brief(c)
	}
	for _, r := range v.book.Roles {
		v.roles[r.ID] = few(r.Held)
	}
}

// mostCalls bounds a list of people to call. Who is on none of them is still
// among the people.
const mostCalls = 20

// few are as many as a person will call.
func few[T any](all []T) []T { return all[:min(len(all), mostCalls)] }

// brief is a contact for a list of people to call.
func brief(c runbook.Contact) runbook.Contact {
	for _, s := range []*string{&c.Name, &c.Position, &c.Email, &c.Phone, &c.Availability, &c.Zone} {
		*s = short(*s)
	}
	c.Channels = every(few(c.Channels), func(n runbook.Named) runbook.Named { return runbook.Named{ID: short(n.ID), Text: short(n.Text)} })
	return c
}

// short cuts off what is longer than any name.
func short(s string) string {
	const most = 200
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "..."
		}
		n++
	}
	return s
}

// component is a component by name, or by id where it has none.
func (v *view) component(id string) md { return titled(v.components[id].Name, id) }

// dependency is a dependency by the name of its component.
func (v *view) dependency(id string) md {
	return named(v.components[v.about(id)].Name, id)
}

// about is the component that a dependency is about.
func (v *view) about(id string) string {
	if d, ok := v.dependencies[id]; ok {
		return d.ComponentID()
	}
	return id
}

// scenario is a scenario by title, or by id where there is none such.
func (v *view) scenario(id string) md { return titled(v.titles[id], id) }

// contact is a person by name, or by id. Whoever is no contact is written down
// as the document calls them.
func (v *view) contact(id string) md {
	c, known := v.contacts[id]
	if !known {
		return text(id)
	}
	return titled(c.Name, id)
}

// person is whoever is meant by a contact's id, a role's or a lead's, where no
// scenario is at hand; "" for nobody.
func (v *view) person(id string) md {
	switch id {
	case runbook.PrimaryLead:
		return "the primary lead"
	case runbook.SecondaryLead:
		return "the secondary lead"
	}
	if held, ok := v.roles[id]; ok {
		return say("%s (%s)", id, each(held, v.contact))
	}
	return v.contact(id)
}

// people resolves whoever is meant, seen from within a scenario, to contacts.
func (v *view) people(s *runbook.Scenario, id string) []string {
	if held, ok := v.roles[id]; ok {
		return held
	}
	return v.book.People(s, id)
}
