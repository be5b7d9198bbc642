package stage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/check"
)

// architecture wants the parts of the system. That scenarios name parts that
// there are is for the checks.
func (in Input) architecture() ([]string, []Missing) {
	all := in.Book.Components
	if len(all) == 0 {
		return nil, []Missing{{"The document does not say which parts the system has.", in.edit("components."+in.part(), record(
			"name", quoted("TODO: what people call it"), "platform", quoted("TODO: what hosts it"), "az", quoted("TODO: where it runs, and what is lost together with it")))}}
	}
	placed := count(all, func(c runbook.Component) bool { return c.FailureDomain() != "" })
	return []string{fmt.Sprintf("%s; the failure domain is stated for %d", counted(len(all), "component"), placed)}, nil
}

// observability wants a signal for each failure.
func (in Input) observability() ([]string, []Missing) {
	var missing []Missing
	for i := range in.Book.Scenarios {
		sc := &in.Book.Scenarios[i]
		if !in.detected(sc) && in.excused("LS28", "scenarios."+sc.ID) == "" {
			missing = append(missing, Missing{"No signal shows " + sc.ID + ".", in.edit("signals."+sc.ID+"-seen", record(
				"component", cmp.Or(sc.Component, in.part()), "kind", "probe", "run", quoted("TODO: the command that looks"),
				"detects", list(sc.ID), "alert_route", quoted("TODO: who is called when it fails"), "stop_when", quoted("TODO: what ends an exercise")))})
		}
	}
	if len(in.Book.Signals) == 0 {
		return nil, missing
	}
	return []string{fmt.Sprintf("%s, for %d of %s", counted(len(in.Book.Signals), "signal"), len(in.Book.Scenarios)-len(missing), counted(len(in.Book.Scenarios), "scenario"))}, missing
}

func (in Input) detected(sc *runbook.Scenario) bool {
	return len(sc.Detection) > 0 || slices.ContainsFunc(in.Book.Signals, func(s runbook.Signal) bool { return slices.Contains(s.Detects, sc.ID) })
}

// critical wants the dependencies without which nothing works, each with what
// is promised for it.
func (in Input) critical() ([]string, []Missing) {
	all := in.dependencies(true)
	if len(all) == 0 {
		sc := in.Book.Scenarios[0]
		return nil, []Missing{{"The document lists nothing that the application can't work without.", in.edit("dependencies."+in.part(), record(
			"component", in.part(), "class", runbook.Critical, "period", "Always", "workaround", quoted("TODO: how people cope while it is down"),
			"rto", cmp.Or(runbook.Spell(sc.RTO), "4h"), "rpo", cmp.Or(runbook.Spell(sc.RPO), "24h"), "mtd", cmp.Or(runbook.Spell(3*sc.RTO), "12h"),
			"owner", in.whoLooks(), "evidence", quoted("TODO: what these objectives rest on")))}}
	}
	var names []string
	var missing []Missing
	for _, d := range all {
		names = append(names, fmt.Sprintf("%s (RTO %s, RPO %s)", d.ID, cmp.Or(runbook.Spell(d.RTO), "none"), cmp.Or(runbook.Spell(d.RPO), "none")))
		if d.RTO == 0 {
			missing = append(missing, Missing{"Nothing says how long " + d.ID + " may be down.", in.edit("dependencies."+d.ID+".rto", in.promised(d))})
		}
	}
	return []string{counted(len(all), "critical dependency") + ": " + several(names)}, missing
}

// promised is the RTO that a scenario of the dependency's states already, or one
// to start from.
func (in Input) promised(d runbook.Dependency) string {
	for _, sc := range in.Book.Scenarios {
		if sc.Component == d.ComponentID() && sc.RTO > 0 {
			return runbook.Spell(sc.RTO)
		}
	}
	return "4h"
}

// nonCritical wants what the application can do without, or the word that there
// is no such thing, which may stand in prose: then LD16 has nothing to say.
func (in Input) nonCritical() ([]string, []Missing) {
	all := in.dependencies(false)
	if len(all) > 0 {
		return []string{fmt.Sprintf("%s: %s", counted(len(all), "non-critical dependency"), several(ids(all)))}, nil
	}
	if slices.ContainsFunc(in.Findings, func(f check.Finding) bool { return f.Code == "LD16" && f.Allowed == "" }) {
		return nil, []Missing{{"Nothing is said of what the application can do without.", in.edit("none."+runbook.NonCritical, quoted("TODO: why there is nothing that it can do without; or list it below dependencies, with class: non-critical"))}}
	}
	return []string{"the document says that there are none"}, nil
}

// disaster wants a scenario for the loss of the whole.
func (in Input) disaster() ([]string, []Missing) {
	if found := in.scenarios(runbook.Disaster); len(found) > 0 {
		return []string{described(found)}, nil
	}
	if i := slices.IndexFunc(in.Book.Scenarios, func(sc runbook.Scenario) bool { return sc.Class == "" }); i >= 0 {
		id := in.Book.Scenarios[i].ID
		return nil, []Missing{{"No scenario is said to be of the class disaster.", in.edit("scenarios."+id+".class", runbook.Disaster)}}
	}
	return nil, []Missing{{"No scenario is of the class disaster.", in.draft(in.Book.ID+"-down", runbook.Disaster, in.part())}}
}

// criticalPlaybook wants an answer to the loss of each critical dependency. The
// application itself is answered by its disaster scenario.
func (in Input) criticalPlaybook() ([]string, []Missing) {
	return in.answered(runbook.CriticalDependency, in.dependencies(true), func(d runbook.Dependency) bool {
		return in.excused("LP01", "dependencies."+d.ID) != ""
	})
}

// nonCriticalPlaybook wants it of the others too, or that the document knows what
// their loss does and when it begins to hurt: then waiting is an answer.
func (in Input) nonCriticalPlaybook() ([]string, []Missing) {
	all := in.dependencies(false)
	if len(all) == 0 {
		return []string{"there are no non-critical dependencies"}, nil
	}
	return in.answered(runbook.NonCriticalDependency, all, func(d runbook.Dependency) bool { return d.Impact != "" && d.CriticalAfter > 0 })
}

// answered tells which dependencies a scenario recovers, and which neither that
// nor something else makes bearable.
func (in Input) answered(class string, all []runbook.Dependency, bearable func(runbook.Dependency) bool) (evidence []string, missing []Missing) {
	recovered, borne := 0, ""
	for _, d := range all {
		switch {
		case slices.ContainsFunc(in.Book.Scenarios, func(sc runbook.Scenario) bool { return sc.Component == d.ComponentID() }):
			recovered++
		case bearable(d):
			borne = "; where none does, the document says why that is borne"
		default:
			missing = append(missing, Missing{"No scenario answers the loss of " + d.ID + ".", in.draft(d.ID+"-down", class, d.ComponentID())})
		}
	}
	if found := in.scenarios(class); len(found) > 0 {
		evidence = append(evidence, described(found))
	}
	return append(evidence, fmt.Sprintf("scenarios answer the loss of %d of %s", recovered, counted(len(all), strings.Replace(class, "-d", " d", 1)))+borne), missing
}

// excused is the document's reason for silencing a check at a path, "" where it
// does not, or where the check found nothing.
func (in Input) excused(code, path string) string {
	for _, f := range in.Findings {
		if f.Code == code && f.Path == path && f.Allowed != "" {
			return f.Allowed
		}
	}
	return ""
}

func (in Input) dependencies(critical bool) []runbook.Dependency {
	return slices.DeleteFunc(slices.Clone(in.Book.Dependencies), func(d runbook.Dependency) bool { return d.Critical() != critical })
}

func (in Input) scenarios(class string) []runbook.Scenario {
	return slices.DeleteFunc(slices.Clone(in.Book.Scenarios), func(sc runbook.Scenario) bool { return sc.Class != class })
}

func ids(all []runbook.Dependency) []string {
	var names []string
	for _, d := range all {
		names = append(names, d.ID)
	}
	return names
}

// described are scenarios as evidence.
func described(all []runbook.Scenario) string {
	var names []string
	for _, sc := range all {
		leads := strings.Trim(sc.Primary+", "+sc.Secondary, ", ")
		names = append(names, fmt.Sprintf("%s (%s, RTO %s, leads %s)", sc.ID, counted(len(sc.Steps), "step"), cmp.Or(runbook.Spell(sc.RTO), "none"), cmp.Or(leads, "none")))
	}
	return counted(len(all), "scenario") + ": " + several(names)
}
