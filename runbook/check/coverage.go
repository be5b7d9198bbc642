package check

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"bythebook/runbook"
)

var everyDependency = compiled(`(?i)\b(?:all|every|each|critical)\b(?: of)?(?: the| its)?(?: critical)? (?:dependenc(?:y|ies)|components?|services?)\b`)

// findCoverage is LS19.
func findCoverage(s *subject) {
	t := s.system()
	for _, sc := range s.procedures().scenes {
		tests := sc.of(runbook.Test)
		if len(tests) == 0 {
			continue // a missing section is another finding
		}
		if !slices.ContainsFunc(tests, (*step).judges) {
			s.reportAs(criteria(tests), tests[0].path, "no step of the test procedure says what must be seen for it to pass", "give its steps an `expect`; a step by hand has `expect: {state: ...}`")
		}
		text := testText(tests)
		d, _ := s.Dependency(sc.Component)
		if everyDependency().MatchString(text) {
			continue
		}
		tested := t.looksAt(tests, text)
		for _, need := range d.Needs {
			on, ok := s.Dependency(need)
			if ok && on.Critical() && !tested[on.ComponentID()] && !s.addressed(on.ComponentID(), text) {
				s.report(tests[0].path, "no step of the test procedure looks at `"+on.ComponentID()+"`, which `"+sc.Component+"` cannot do without", "add a test that fails while it is down")
			}
		}
	}
}

// looksAt are the components that tests name, and those that their commands
// cannot do without: kubectl fails where there is no cluster, and psql where
// there is no PostgreSQL, as long as there is one alone.
func (t system) looksAt(tests []*step, text string) map[string]bool {
	at := map[string]bool{}
	for _, id := range t.components.named(text) {
		at[id] = true
	}
	for _, st := range tests {
		for _, name := range t.usedBy(st.scripts) {
			if on := t.serves[name]; len(on) == 1 {
				at[on[0]] = true
			}
			for _, id := range t.tools[name] {
				at[id] = true
			}
		}
	}
	return at
}

// criteria weighs tests that state none: a command at least has a status.
func criteria(tests []*step) Severity {
	if slices.ContainsFunc(tests, func(st *step) bool { return st.Kind == runbook.Run }) {
		return Warning
	}
	return Error
}

// judges reports whether a test says when it passed. Somebody who does it by
// hand may be told in the instruction.
func (st *step) judges() bool {
	return st.Expect.Stated || st.Kind == runbook.Manual && verdict.in(st.prose.plain) != "" || st.Expect.State != "" || st.Kind == runbook.Until || st.Kind == runbook.Decide
}

func testText(tests []*step) string {
	var all []string
	for _, st := range tests {
		all = append(append(all, st.Do, st.Run, st.Ask), expected(&st.Expect)...)
		all = append(append(all, st.Expect.State), st.Runs...)
	}
	return strings.Join(all, "\n")
}

// addressed reports whether a text holds a component's address.
func (s *subject) addressed(component, text string) bool {
	c, ok := s.Component(component)
	return ok && c.Endpoint != "" && strings.Contains(text, c.Endpoint)
}

// stating is a sentence that tells how things are, not what to do.
var stating = compiled(`(?i)^(?:the|this|all|everything|every|our|your|normal|nothing|no|it|at this point|now|services?|systems?|operations?|traffic|users?|customers?)\b.*\b(?:is|are|was|were|has|have|should|will|can|resumes?|continues?)\b`)

// findIdleResume is LS20.
func findIdleResume(s *subject) {
	for _, sc := range s.procedures().scenes {
		steps := sc.of(runbook.Resume)
		acts := func(st *step) bool {
			return st.Kind != runbook.Manual || slices.ContainsFunc(st.prose.sentences, func(x string) bool { return !stating().MatchString(x) })
		}
		if len(steps) > 0 && !slices.ContainsFunc(steps, acts) {
			s.report(steps[0].path, "the resume procedure tells how things are, and not what to do", "")
		}
	}
}

// findRecoveryPoint is LS21.
func findRecoveryPoint(s *subject) {
	for _, sc := range s.procedures().scenes {
		observes := func(st *step) bool { return st.Point != nil }
		if sc.RPO > 0 && !slices.ContainsFunc(sc.all(), observes) {
			s.report(scenarioPath(sc.Scenario, "rpo"), "an RPO of "+inWords(sc.RPO)+" is promised, and no step finds out how much was lost", "")
		}
	}
}

// findAnchors is LS22. A person may mark the disruption; every other mark is
// a step's, or the end of a procedure.
func findAnchors(s *subject) {
	for _, sc := range s.procedures().scenes {
		if sc.RTO == 0 && sc.RPO == 0 {
			continue
		}
		starts, stops := orElse(sc.Clock.Starts, runbook.Disruption), orElse(sc.Clock.Stops, runbook.Verified)
		path := scenarioPath(sc.Scenario, "clock")
		if slices.Index(runbook.Marks[:], starts) >= slices.Index(runbook.Marks[:], stops) {
			s.report(path, fmt.Sprintf("the clock starts at `%s` and stops at `%s`, which comes before or with it", starts, stops), "")
			continue
		}
		for _, m := range []runbook.Mark{starts, stops} {
			s.reportAnchor(sc, m, path)
		}
	}
}

func orElse(m, usual runbook.Mark) runbook.Mark {
	if m == "" {
		return usual
	}
	return m
}

func (s *subject) reportAnchor(sc *scene, m runbook.Mark, path string) {
	var by []*step
	for i := range sc.steps {
		if sc.steps[i].Mark == m {
			by = append(by, &sc.steps[i])
		}
	}
	switch {
	case len(by) == 0 && m != runbook.Disruption && len(sc.of(endedBy[m])) == 0:
		hint := fmt.Sprintf("give the step that reaches it `mark: %s`", m)
		if p := endedBy[m]; p != "" {
			hint += fmt.Sprintf(", or write the %s procedure, whose end it is", p)
		}
		s.report(path, fmt.Sprintf("nothing marks `%s`, so the clock cannot tell the time that the RTO is about", m), hint)
	case len(by) == 1 && by[0].conditional():
		s.reportAs(Warning, by[0].at("mark"), fmt.Sprintf("the clock needs `%s`, and this step may be left out", m), "mark a step that is always done")
	}
}

// endedBy are the procedures whose ends are marks.
var endedBy = map[runbook.Mark]runbook.Procedure{runbook.Recovered: runbook.Recovery, runbook.Verified: runbook.Test, runbook.Resumed: runbook.Resume}

// findAssumptions is LS27.
func findAssumptions(s *subject) {
	people := newPhrases()
	for _, list := range s.everybody() {
		for _, c := range list.all {
			people.add(c.ID, c.ID)
			people.add(c.Name, c.ID)
		}
	}
	for _, sc := range s.procedures().scenes {
		for i, a := range sc.Assumptions {
			if a.Probe == nil && a.Owner == "" && len(people.in(a.Text)) == 0 {
				s.report(scenarioPath(sc.Scenario, fmt.Sprintf("assumptions[%d]", i)), "nobody is named who knows whether this holds, and no command looks", "")
			}
		}
	}
}

// findDetection is LS28.
func findDetection(s *subject) {
	detected := map[string]bool{}
	for _, sig := range s.Signals {
		for _, id := range sig.Detects {
			detected[id] = true
		}
	}
	for _, sc := range s.procedures().scenes {
		if len(sc.Detection) == 0 && !detected[sc.ID] {
			s.report(scenarioPath(sc.Scenario, ""), "no signal shows this failure", "")
		}
		failing, _ := s.Component(sc.Component)
		for _, sig := range s.Signals {
			if (slices.Contains(sig.Detects, sc.ID) || slices.Contains(sc.Detection, sig.ID)) && sits(sig.URL, failing.Endpoint) {
				s.report("signals."+sig.ID+".url", "this is where `"+failing.ID+"` itself is, and cannot be seen when that fails", "look from somewhere that stays up")
			}
		}
	}
}

// host is the name of the machine in an address, in small letters.
func host(address string) string {
	if !strings.Contains(address, "://") {
		address = "any://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// sits reports whether something at an address is lost together with an endpoint.
func sits(address, endpoint string) bool {
	at, on := host(address), host(endpoint)
	return at != "" && on != "" && at == on
}

// findInside is LS31: what one needs during a failure is not inside of what fails.
func findInside(s *subject) {
	kept := []runbook.Named{{ID: "published", Text: s.Published}, {ID: "offline_copy", Text: s.OfflineCopy}}
	for _, in := range s.Inputs {
		if in.Secret != nil {
			for _, link := range links().FindAllString(in.Secret.Command, -1) {
				kept = append(kept, runbook.Named{ID: "inputs." + in.Name + ".secret.command", Text: link})
			}
		}
	}
	failing := map[string]string{}
	for _, sc := range s.procedures().scenes {
		if c, ok := s.Component(sc.Component); ok && host(c.Endpoint) != "" {
			failing[host(c.Endpoint)] = c.ID
		}
	}
	for _, k := range kept {
		if k.ID == "published" && s.OfflineCopy != "" && failing[host(s.OfflineCopy)] == "" {
			continue
		}
		if id := failing[host(k.Text)]; k.Text != "" && id != "" {
			s.report(k.ID, "this is kept inside of `"+id+"`, and is lost together with it", "")
		}
	}
}

var links = compiled(`[a-z]+://[^\s"'<>]+`)
