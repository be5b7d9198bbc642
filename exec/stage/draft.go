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

// drafts are the findings for which lines to begin with can be written: what is
// known is in them, and TODO where only the authors know.
var drafts = map[string]func(in Input, f check.Finding) (path, value string){
	"LD01": Input.draftSections,
	"LD03": func(in Input, f check.Finding) (string, string) {
		if word := in.severityAt(f.Path); word != "" {
			return "severities." + word, quoted("TODO: what nobody can do then")
		}
		return "", ""
	},
	"LH01": Input.draftLeads,
	"LH10": func(in Input, f check.Finding) (string, string) {
		if len(in.Book.Notifications) > 0 {
			return "", ""
		}
		return "notifications.declared", record(
			"when", "declared", "who", list(runbook.PrimaryLead), "order", "sequence", "what", quoted("TODO: what is said"), "why", "action",
			"how", "[phone, email]", "fallback_channel", quoted("TODO: a channel that does not depend on what failed"),
			"ack_within", "15m", "escalate_to", runbook.SecondaryLead, "every", "30m", "exercise_marker", quoted("EXERCISE, EXERCISE, EXERCISE:"))
	},
	"LP02": func(in Input, f check.Finding) (string, string) {
		sc, ok := in.Book.Scenario(strings.TrimSuffix(strings.TrimPrefix(f.Path, "scenarios."), ".component"))
		if !ok || sc.Component != "" {
			return "", ""
		}
		failed := in.failed(*sc)
		if _, known := in.Book.Component(failed); !known {
			return "", ""
		}
		return "scenarios." + sc.ID + ".component", failed
	},
}

// drafted are the lines to begin with, "" where there are none.
func (in Input) drafted(f check.Finding) (path, value string) {
	if make, ok := drafts[f.Code]; ok {
		return make(in, f)
	}
	return "", ""
}

// failed is what a scenario that does not say so is most likely about: what its id
// names, or what no other one of its class answers yet.
func (in Input) failed(sc runbook.Scenario) string {
	for _, c := range in.Book.Components {
		if strings.Contains(sc.ID, c.ID) {
			return c.ID
		}
	}
	answered := in.recovered()
	for _, d := range in.Book.Dependencies {
		of := map[bool]string{true: runbook.CriticalDependency, false: runbook.NonCriticalDependency}[d.Critical()]
		if of == sc.Class && !answered[d.ComponentID()] {
			return d.ComponentID()
		}
	}
	return in.part()
}

// free is an id that no scenario has yet: what is drafted takes nothing's place.
func (in Input) free(id string) string {
	for n, stem := 2, id; ; n++ {
		if _, taken := in.Book.Scenario(id); !taken {
			return id
		}
		id = fmt.Sprintf("%s-%d", stem, n)
	}
}

// draft is the edit that adds a scenario.
func (in Input) draft(id, class, component string) Mend {
	sc := runbook.Scenario{Component: component}
	if d, ok := in.Book.Dependency(component); ok {
		sc.Severity, sc.RTO, sc.RPO = d.Severity, d.RTO, d.RPO
	}
	return in.edit("scenarios."+in.free(id), record("title", quoted(component+" is down"), "class", class, "component", component)+in.sections(sc, true))
}

// draftSections are the sections that a scenario lacks.
func (in Input) draftSections(f check.Finding) (path, value string) {
	sc, ok := in.Book.Scenario(strings.TrimPrefix(f.Path, "scenarios."))
	if !ok {
		return "", ""
	}
	return f.Path, in.sections(*sc, false)
}

// sections are lines for those that a scenario must have; all of them, or only
// those that it lacks.
func (in Input) sections(sc runbook.Scenario, all bool) string {
	var lines strings.Builder
	rto := cmp.Or(sc.RTO, 4*time.Hour)
	within := func(most time.Duration, part time.Duration) string {
		return runbook.Spell(min(most, (rto / part).Truncate(time.Second)))
	}
	for _, s := range []struct {
		key     string
		written bool
		draft   string
	}{
		{"leads", sc.Primary != "" || sc.Secondary != "", in.leading()},
		{"severity", !all && sc.Severity != "", cmp.Or(sc.Severity, in.severity())},
		{"overview", sc.Overview != "", quoted("TODO: the way in two sentences")},
		{"assumptions", len(sc.Assumptions) > 0, fmt.Sprintf(`[{text: "TODO: what must hold for this to work", owner: %s}]`, in.whoLooks())},
		{"rto", !all && sc.RTO > 0, runbook.Spell(rto)},
		{"rpo", !all && sc.RPO > 0, cmp.Or(runbook.Spell(sc.RPO), "24h")},
		{"platform", sc.Platform != "" || sc.Landing != runbook.Landing{}, quoted("TODO: where recovery lands")},
		{"success", sc.Success != "" || !all, quoted("TODO: what restored means, as something that can be seen")},
		{"recovery", sc.Last(runbook.Recovery) >= 0, `[{do: "TODO: bring it back", expect: {state: "TODO: what shows that it worked"}, estimate: ` + within(30*time.Minute, 2) + `}]`},
		{"test", sc.Last(runbook.Test) >= 0, `[{do: "TODO: see that it works, and find the newest data that survived", expect: {state: "TODO: what must be seen"}, estimate: ` + within(5*time.Minute, 4) + `}]`},
		{"resume", sc.Last(runbook.Resume) >= 0, `[{do: "Tell everybody who was called that it is back.", evidence: text, estimate: 5m}]`},
	} {
		left := slices.ContainsFunc(in.Book.None, func(n runbook.Named) bool { return n.ID == s.key })
		if !s.written && !left && s.draft != "" {
			lines.WriteString(record(s.key, s.draft))
		}
	}
	return lines.String()
}

// draftLeads are two people who lead a scenario, "" where there are no two.
func (in Input) draftLeads(f check.Finding) (path, value string) { return f.Path, in.leading() }

func (in Input) leading() string {
	primary, secondary := in.leads()
	if secondary == "" {
		return ""
	}
	return fmt.Sprintf("{primary: %s, secondary: %s}", primary, secondary)
}

// draftPerson is a contact to begin with, below its id.
func draftPerson(id string) string {
	return "\n" + id + ":" + strings.ReplaceAll(record(
		"name", quoted("TODO: a name"), "position", quoted("TODO: what they do"), "services", list(runbook.AllServices),
		"email", id+"@example.com", "phone", quoted("TODO: the number of "+id), "availability", "on-call", "authority", "[declare, approve, abort, publish]"), "\n", "\n  ")
}

// severityAt is the word for a severity that stands at a path, where that can be
// a key.
func (in Input) severityAt(path string) string {
	part, rest, _ := strings.Cut(strings.TrimSuffix(path, ".severity"), ".")
	word := ""
	if sc, ok := in.Book.Scenario(rest); ok && part == "scenarios" {
		word = sc.Severity
	}
	for _, d := range in.Book.Dependencies {
		if part == "dependencies" && d.ID == rest {
			word = d.Severity
		}
	}
	if word = strings.ToLower(word); !runbook.ValidID.MatchString(word) {
		return ""
	}
	return word
}
