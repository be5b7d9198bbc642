package check

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// The checks of what a document names without listing it: services, hosts and
// third parties in its steps and assumptions.

// A mention is the first place that names something, and how many do.
type mention struct {
	path  string
	verb  string
	times int
}

// mentions collects them, in the order in which they come.
type mentions struct {
	order []string
	of    map[string]*mention
}

func (m *mentions) add(name, verb, path string) {
	if m.of == nil {
		m.of = map[string]*mention{}
	}
	if m.of[name] == nil {
		m.of[name] = &mention{path: path, verb: verb}
		m.order = append(m.order, name)
	}
	m.of[name].times++
}

// again says that others do the same, "" where none does.
func (m mention) again(what string) string {
	switch m.times {
	case 1:
		return ""
	case 2:
		return fmt.Sprintf(" (and one more %s)", what)
	}
	return fmt.Sprintf(" (and %d more %ss)", m.times-1, what)
}

// textOf is all that a step runs.
func textOf(st *runbook.Step) string {
	if len(st.Runs) > 0 {
		return strings.Join(st.Runs, "\n")
	}
	return st.Run
}

func findUsedUnlisted(s *subject) {
	t := s.system()
	var missing mentions
	var last *scene
	var landing map[string]bool
	s.eachStep(func(sc *scene, st *step) {
		if sc != last {
			last, landing = sc, hostsAt(sc.Platform)
		}
		if st.Procedure == runbook.Inject {
			return
		}
		used, hosts := t.reached(textOf(st.Step))
		for _, name := range unique(slices.Concat(used, t.usedBy(st.scripts), t.texts.in(st.Do))) {
			if len(t.serves[name]) == 0 {
				missing.add(name, "the step uses", st.path)
			}
		}
		for _, host := range hosts {
			if !t.knows(host) && !landing[host] && !landing[firstLabel(host)] {
				missing.add("`"+host+"`", "the step reaches", st.path)
			}
		}
	})
	for _, name := range missing.order {
		m := missing.of[name]
		s.report(m.path, fmt.Sprintf("%s %s, which is in no table%s", m.verb, name, m.again("step")), "")
	}
}

// hostsAt are the words of what says where a recovery lands: a host may be among
// them by the whole of its name or by the first part of it ("the standby db-b").
func hostsAt(platform string) map[string]bool {
	at := map[string]bool{}
	for _, word := range strings.Fields(platform) {
		at[strings.Trim(word, ".,;:()`'\"*")] = true
	}
	return at
}

// unique are the names, each once, in their order.
func unique(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		before := seen[name]
		seen[name] = true
		return before
	})
}

// eachAssumption looks at every assumption.
func (s *subject) eachAssumption(look func(a runbook.Assumption, path string)) {
	for i := range s.Scenarios {
		for j, a := range s.Scenarios[i].Assumptions {
			look(a, scenarioPath(&s.Scenarios[i], fmt.Sprintf("assumptions[%d]", j)))
		}
	}
}

func findAssumedUnlisted(s *subject) {
	t := s.system()
	depends := map[string]bool{}
	for _, d := range s.Dependencies {
		depends[d.ComponentID()] = true
	}
	isDependency := func(component string) bool { return depends[component] }
	var missing mentions
	s.eachAssumption(func(a runbook.Assumption, path string) {
		for _, id := range unique(t.components.named(a.Text)) {
			if !depends[id] {
				missing.add("`"+id+"`", "", path)
			}
		}
		for _, name := range t.texts.in(a.Text) {
			if on := t.serves[name]; len(on) == 0 {
				missing.add(name, "", path)
			} else if !slices.ContainsFunc(on, isDependency) {
				missing.add("`"+on[0]+"`", "", path)
			}
		}
	})
	for _, name := range missing.order {
		m := missing.of[name]
		s.report(m.path, fmt.Sprintf("%s is assumed to be up, and is not among the dependencies%s", name, m.again("assumption")), "")
	}
}

// A party is somebody outside the team who runs components.
type party struct {
	path         string
	components   []string
	support, sla bool
}

func findUnsupported(s *subject) {
	c := allServices()
	called := s.calledOutside(c)
	parties, order := map[string]*party{}, []string{}
	for _, part := range s.Components {
		for _, name := range c.vendorsOf(part) {
			p := parties[name]
			if p == nil {
				p = &party{path: "components." + part.ID, support: called[name]}
				parties[name], order = p, append(order, name)
			}
			p.components = append(p.components, "`"+part.ID+"`")
			if part.Vendor != nil {
				p.sla = p.sla || part.Vendor.SLA != ""
			}
		}
	}
	for _, name := range order {
		p, lacks := parties[name], []string{}
		if !p.support {
			lacks = append(lacks, "whom to call there")
		}
		if !p.sla {
			lacks = append(lacks, "what it promises")
		}
		if len(lacks) > 0 {
			s.report(p.path, fmt.Sprintf("%s runs %s, and it is not said %s", name, someOf(p.components), strings.Join(lacks, ", nor ")), "")
		}
	}
}

// someOf is some names as a sentence lists them: the first three, and how many more.
func someOf(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}

// vendorsOf are the third parties that run a component: the one that it names,
// else those whose services its platform is.
func (c catalogue) vendorsOf(part runbook.Component) []string {
	if part.Vendor == nil || part.Vendor.Name == "" {
		return c.platforms.in(part.Platform)
	}
	if known := c.vendors.in(part.Vendor.Name); len(known) > 0 {
		return known[:1]
	}
	return []string{part.Vendor.Name}
}

// calledOutside are the third parties at whom somebody can be called.
func (s *subject) calledOutside(c catalogue) map[string]bool {
	called := map[string]bool{}
	for _, desk := range s.External {
		for _, v := range c.vendors.in(desk.ID, desk.Name, desk.Position, desk.Email) {
			called[v] = true
		}
	}
	for _, part := range s.Components {
		for _, v := range c.vendorsOf(part) {
			called[v] = called[v] || part.Vendor != nil && part.Vendor.Support != ""
		}
	}
	return called
}

// findLockouts looks at the tools of a recovery: what must be up for a command
// to run at all. That what was lost is itself looked at and restarted is what
// recoveries are for, and so is speaking of it.
func findLockouts(s *subject) {
	t, g := s.system(), newGraph(s.Dependencies)
	for _, sc := range s.procedures().scenes {
		lost, said := g.lostWith(sc.Component), map[string]bool{}
		for _, st := range sc.of(runbook.Recovery) {
			for _, name := range t.usedBy(st.scripts) {
				for _, part := range t.tools[name] {
					if why := lost(part); why != "" && !said[part] {
						said[part] = true
						s.report(st.path, fmt.Sprintf("the step uses %s (`%s`), which %s", name, part, why), "")
					}
				}
			}
		}
	}
}

// lostWith says of a component why it is lost with another one, "" where it is
// not.
func (g *graph) lostWith(failed string) func(component string) string {
	var above []bool
	return func(component string) string {
		at, isDependency := g.about[component]
		from, known := g.about[failed]
		switch {
		case component == failed:
			return "is what was lost"
		case !isDependency || !known:
			return ""
		case above == nil:
			above = g.above(from)
		}
		if above[at] {
			return fmt.Sprintf("needs `%s`, which was lost", failed)
		}
		return ""
	}
}

// findUnknownParties looks for whoever is assumed to be there and is nobody's
// contact.
func findUnknownParties(s *subject) {
	c := allServices()
	called := s.calledOutside(c)
	var missing mentions
	s.eachAssumption(func(a runbook.Assumption, path string) {
		parties := c.partiesIn(a.Text)
		for _, name := range parties {
			if !called[name] && !s.desk(name) {
				missing.add(name, "", path)
			}
		}
		if a.Kind == "vendor" && len(parties) == 0 && len(s.External) == 0 {
			missing.add("a vendor", "", path)
		}
	})
	for _, name := range missing.order {
		m := missing.of[name]
		s.report(m.path, fmt.Sprintf("%s is counted on, and nobody there is among the external contacts%s", name, m.again("assumption")), "")
	}
}

// partiesIn are the third parties that a text names: by their services, or by
// their support.
func (c catalogue) partiesIn(text string) []string {
	var parties []string
	for _, name := range c.texts.in(text) {
		if v := c.rows[name].vendor; v != "" {
			parties = append(parties, v)
		}
	}
	for _, m := range supportOf().FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(notNames().ReplaceAllString(m[1], ""))
		switch known := c.vendors.in(name); {
		case len(known) > 0:
			parties = append(parties, known[0])
		case name != "" && len(c.texts.in(name)) == 0:
			parties = append(parties, name)
		}
	}
	return unique(parties)
}

var (
	supportOf = compiled(`\b((?:[A-Z][\w&.-]* )*[A-Z][\w&.-]*) [Ss]upport\b`) // AWS Support, Acme Networks support
	notNames  = compiled(`\b(?:The|Our|Their|Its|A|An|Any|All|No|IT|Customer|Technical|Vendor|Internal|External|Level|First|Second)\b`)
)

// desk reports whether an external contact goes by a name.
func (s *subject) desk(name string) bool {
	names := newPhrases()
	names.add(name, name)
	return slices.ContainsFunc(s.External, func(c runbook.Contact) bool { return len(names.in(c.ID, c.Name, c.Position)) > 0 })
}
