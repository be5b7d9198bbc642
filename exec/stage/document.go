package stage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
	detected, excused := in.detected(), in.excused("LS28")
	var missing []Missing
	for i := range in.Book.Scenarios {
		sc := &in.Book.Scenarios[i]
		if len(sc.Detection) == 0 && !detected[sc.ID] && excused["scenarios."+sc.ID] == "" {
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

// detected are the scenarios that a signal says it shows.
func (in Input) detected() map[string]bool {
	shown := map[string]bool{}
	for _, signal := range in.Book.Signals {
		for _, id := range signal.Detects {
			shown[id] = true
		}
	}
	return shown
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
	promised := in.promised()
	var names []string
	var missing []Missing
	for _, d := range all {
		names = append(names, fmt.Sprintf("%s (RTO %s, RPO %s)", d.ID, cmp.Or(runbook.Spell(d.RTO), "none"), cmp.Or(runbook.Spell(d.RPO), "none")))
		if d.RTO == 0 {
			missing = append(missing, Missing{"Nothing says how long " + d.ID + " may be down.", in.edit("dependencies."+d.ID+".rto", cmp.Or(runbook.Spell(promised[d.ComponentID()]), "4h"))})
		}
	}
	return []string{counted(len(all), "critical dependency") + ": " + several(names)}, missing
}

// promised are the RTOs that scenarios state, by what fails in them.
func (in Input) promised() map[string]time.Duration {
	all := map[string]time.Duration{}
	for _, sc := range in.Book.Scenarios {
		all[sc.Component] = max(all[sc.Component], sc.RTO)
	}
	return all
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
	excused := in.excused("LP01")
	return in.answered(runbook.CriticalDependency, in.dependencies(true), func(d runbook.Dependency) bool { return excused["dependencies."+d.ID] != "" })
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
	recovers := in.recovered()
	recovered, borne := 0, ""
	for _, d := range all {
		switch {
		case recovers[d.ComponentID()]:
			recovered++
		case bearable(d):
			borne = "; where none does, the document says why that is borne"
		default:
			missing = append(missing, Missing{"No scenario answers the loss of " + d.ID + ".", in.answer(d, class)})
		}
	}
	if found := in.scenarios(class); len(found) > 0 {
		evidence = append(evidence, described(found))
	}
	return append(evidence, fmt.Sprintf("scenarios answer the loss of %d of %s", recovered, counted(len(all), strings.Replace(class, "-d", " d", 1)))+borne), missing
}

// recovered are the components that scenarios recover.
func (in Input) recovered() map[string]bool {
	all := map[string]bool{}
	for _, sc := range in.Book.Scenarios {
		all[sc.Component] = true
	}
	return all
}

// answer is how the loss of a dependency gets one: a scenario that may be meant
// for it says so, or one is drafted.
func (in Input) answer(d runbook.Dependency, class string) Mend {
	for _, sc := range in.Book.Scenarios {
		if sc.Component == "" && (sc.Class == "" || sc.Class == class) && in.failed(sc) == d.ComponentID() {
			return in.edit("scenarios."+sc.ID+".component", d.ComponentID())
		}
	}
	return in.draft(d.ID+"-down", class, d.ComponentID())
}

// excused are the document's reasons for silencing what a check found, by where.
func (in Input) excused(code string) map[string]string {
	reasons := map[string]string{}
	for _, f := range in.Findings {
		if f.Code == code {
			reasons[f.Path] = f.Allowed
		}
	}
	return reasons
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
