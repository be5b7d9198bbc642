package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// The checks of what needs what: coverage, cycles, and promises that the parts
// of the system make to each other.

func findUncovered(s *subject) {
	covered := map[string]bool{}
	for i := range s.Scenarios {
		covered[s.Scenarios[i].Component] = true
	}
	for _, d := range s.Dependencies {
		if d.Critical() && !covered[d.ComponentID()] {
			s.report(dependencyPath(d, ""), fmt.Sprintf("no scenario recovers `%s`, which is critical", d.ComponentID()), "")
		}
	}
}

func findStrays(s *subject) {
	listed := map[string]bool{}
	for _, d := range s.Dependencies {
		listed[d.ComponentID()] = true
	}
	for i := range s.Scenarios {
		listed[s.Scenarios[i].Component] = true // the application itself, where it is no dependency
	}
	defined := map[string]bool{}
	for _, c := range s.Components {
		defined[c.ID] = true
	}
	application := registerOf(s.Components).named(s.Application)
	for _, c := range s.Components {
		if !listed[c.ID] && !slices.Contains(application, c.ID) {
			s.report("components."+c.ID, fmt.Sprintf("`%s` is a component, but no dependency and no scenario is about it", c.ID), "")
		}
	}
	for _, d := range s.Dependencies {
		if !defined[d.ComponentID()] {
			s.report(dependencyPath(d, ""), fmt.Sprintf("`%s` is a dependency, but no component", d.ComponentID()), "")
		}
	}
}

func findCycles(s *subject) {
	for _, cycle := range newGraph(s.Dependencies).cycles() {
		first := s.Dependencies[cycle[0]]
		s.report(dependencyPath(first, "needs"), "each of these needs the next: "+s.wayOf(cycle), "")
	}
}

// wayOf is a way through the dependencies, as a sentence shows it: of a long
// one the beginning and the end.
func (s *subject) wayOf(way []int) string {
	const most = 8
	var ids []string
	for i, at := range way {
		if len(way) <= most || i < most-2 || i == len(way)-1 {
			ids = append(ids, "`"+s.Dependencies[at].ID+"`")
		} else if i == most-2 {
			ids = append(ids, "...")
		}
	}
	return strings.Join(ids, " -> ")
}

func findHiddenNeeds(s *subject) {
	defined := map[string]bool{}
	for _, d := range s.Dependencies {
		defined[d.ID] = true
	}
	for _, d := range s.Dependencies {
		for i, id := range d.Needs {
			if !defined[id] {
				s.report(dependencyPath(d, fmt.Sprintf("needs[%d]", i)), fmt.Sprintf("there is no dependency `%s`", id), "")
			}
		}
	}
	g, names := newGraph(s.Dependencies), registerOf(s.Components)
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		from, known := g.about[sc.Component]
		if !known {
			continue
		}
		var fine []bool // what may be named
		for j, a := range sc.Assumptions {
			for _, component := range names.named(a.Text) {
				to, ok := g.about[component]
				if ok && fine == nil {
					fine = g.under(from)
					fine[from] = true
					for _, landing := range names.named(sc.Platform + "\n" + sc.Landing.Domain) {
						if at, ok := g.about[landing]; ok {
							fine[at] = true // it takes over, and is needed only then
						}
					}
				}
				if ok && !fine[to] {
					fine[to] = true // said once
					s.reportAs(Warning, scenarioPath(sc, fmt.Sprintf("assumptions[%d]", j)),
						fmt.Sprintf("the recovery of `%s` rests on `%s`, which is not among its needs", s.Dependencies[from].ID, s.Dependencies[to].ID), "")
				}
			}
		}
	}
}

func findLateNeeds(s *subject) {
	back, due := newGraph(s.Dependencies).slowest()
	for i, d := range s.Dependencies {
		if d.RTO == 0 || due[i] < 0 {
			continue
		}
		all := trail(due, i)
		last, through := s.Dependencies[all[len(all)-1]], ""
		if len(all) > 2 {
			through = fmt.Sprintf(" (%s)", s.wayOf(all))
		}
		s.report(dependencyPath(d, "rto"), fmt.Sprintf("`%s` must be back in %s, but it needs `%s`%s, which may take %s",
			d.ID, inWords(d.RTO), last.ID, through, inWords(back[i])), "")
	}
}

// findLossyNeeds is sure where the document says where the data is. Where it
// does not, a need with a larger RPO may hold it.
func findLossyNeeds(s *subject) {
	g, names := newGraph(s.Dependencies), registerOf(s.Components)
	for i, d := range s.Dependencies {
		c, _ := s.Component(d.ComponentID())
		stores := names.named(c.DataStore)
		for _, j := range g.needs[i] {
			child := s.Dependencies[j]
			if d.RPO == 0 || child.RPO <= d.RPO {
				continue
			}
			said := fmt.Sprintf("`%s` may lose %s, and `%s`, which it needs, may lose %s", d.ID, inWords(d.RPO), child.ID, inWords(child.RPO))
			if slices.Contains(stores, child.ComponentID()) {
				s.report(dependencyPath(d, "rpo"), said+"; the data is there", "")
			} else if c.DataStore == "" && child.Critical() {
				s.reportAs(Warning, dependencyPath(d, "rpo"), said+"; whether its data is there is not said", "")
			}
		}
	}
}

func findClassClashes(s *subject) {
	class := map[string]string{}
	for _, d := range s.Dependencies {
		first, known := class[d.ComponentID()]
		if known && first != d.Class {
			s.report(dependencyPath(d, "class"), fmt.Sprintf("`%s` is critical in one dependency and not in another", d.ComponentID()), "")
		}
		class[d.ComponentID()] = d.Class
	}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		d, known := s.Dependency(sc.Component)
		switch {
		case !known:
		case sc.Class == runbook.CriticalDependency && !d.Critical():
			s.report(scenarioPath(sc, "class"), fmt.Sprintf("the scenario is about a critical dependency, and `%s` is a non-critical one", d.ID), "")
		case sc.Class == runbook.NonCriticalDependency && d.Critical():
			s.report(scenarioPath(sc, "class"), fmt.Sprintf("the scenario is about a non-critical dependency, and `%s` is a critical one", d.ID), "")
		}
	}
	s.findLonelyNeeds()
}

// findLonelyNeeds finds what is critical though only non-critical dependencies
// need it. Only where critical ones say what they need is that a contradiction.
func (s *subject) findLonelyNeeds() {
	g := newGraph(s.Dependencies)
	told := false
	for i, needs := range g.needs {
		told = told || s.Dependencies[i].Critical() && len(needs) > 0
	}
	for j, d := range s.Dependencies {
		by := g.neededBy[j]
		lonely := len(by) > 0 && !slices.ContainsFunc(by, func(i int) bool { return s.Dependencies[i].Critical() })
		if told && lonely && d.Critical() {
			s.report(dependencyPath(d, "class"), fmt.Sprintf("`%s` is critical, but only `%s` needs it, which is not", d.ID, s.Dependencies[by[0]].ID), "")
		}
	}
}

func findSlowChains(s *subject) {
	planned := map[string]time.Duration{}
	for _, sc := range s.procedures().scenes {
		if t, least := sc.least(), planned[sc.Component]; t > 0 && (least == 0 || t < least) {
			planned[sc.Component] = t
		}
	}
	takes := func(d runbook.Dependency) time.Duration { return planned[d.ComponentID()] }
	back, due := newGraph(s.Dependencies).serial(takes)
	for i, d := range s.Dependencies {
		if d.RTO == 0 || back[i] <= d.RTO || due[i] < 0 || takes(d) > d.RTO || back[due[i]] == 0 {
			continue
		}
		var each []string
		for _, j := range slices.Backward(trail(due, i)) {
			if t := takes(s.Dependencies[j]); t > 0 {
				each = append(each, fmt.Sprintf("`%s` (%s)", s.Dependencies[j].ID, inWords(t)))
			}
		}
		s.report(dependencyPath(d, "rto"), fmt.Sprintf("lost together, %s come back one after the other in %s; the RTO is %s",
			someOf(each), inWords(back[i]), inWords(d.RTO)), "")
	}
}
