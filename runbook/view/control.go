package view

import (
	"cmp"

	"bythebook/runbook"
)

// writeInputs writes the values that are asked for. Of a secret it says only
// where it comes from; even a default of one stays out of the page.
func writeInputs(v *view, p *page) {
	var rows [][]md
	for _, in := range v.book.Inputs {
		value := md("")
		switch {
		case in.HasDefault && in.Secret != nil:
			value = "not shown: it is a secret"
		case in.HasDefault:
			value = code(in.Default)
		}
		rows = append(rows, []md{code(in.Name), text(in.Ask), optional(in.Pattern, code), value, source(in.Secret)})
	}
	p.table([]md{"Input", "Question", "Must match", "If nothing is given", "Secret from"}, rows...)
}

// source is where a secret comes from.
func source(s *runbook.Secret) md {
	if s == nil {
		return ""
	}
	asked := md("")
	if s.Ask {
		asked = "asked for at the start"
	}
	return joined(", ", asked, after("the environment's ", optional(s.Env, code)), after("the file ", optional(s.File, code)),
		after("the command ", optional(s.Command, code)))
}

func writeFiles(v *view, p *page) {
	p.list(after("Programs that must be present: ", each(v.book.Tools, code)), after("Files that belong to it, and to its digest: ", each(v.book.Files, code)))
}

// gates are the prerequisites of stage 1 in words.
var gates = map[string]md{
	"architecture":              "The architecture is defined",
	"observability":             "Failures can be observed",
	"critical-dependencies":     "Critical dependencies are defined",
	"non-critical-dependencies": "Non-critical dependencies are defined",
	"disaster-playbook":         "Disasters have a playbook",
	"critical-playbook":         "Failures of critical dependencies have a playbook",
	"non-critical-playbook":     "Failures of non-critical dependencies have a playbook",
	"published":                 "The text is complete and published",
	"agreement":                 "The whole team has agreed",
	"exercise":                  "It was exercised by hand",
}

func writePrerequisites(v *view, p *page) {
	if len(v.book.Prerequisites) == 0 {
		p.para(say("The document says of none of the %s gates before an exercise that it is complete.", len(runbook.Gates)))
		return
	}
	var rows [][]md
	for _, id := range runbook.Gates {
		r := v.book.Gate(id)
		rows = append(rows, []md{gates[id], status(r), text(r.Done), v.person(r.By), text(r.On)})
	}
	p.table([]md{"Gate", "Status", "Evidence", "Looked at by", "On"}, rows...)
}

// status is what a document says of a gate. Of what signatures and records show
// it says nothing that would hold: each word on it would make it another text.
func status(r runbook.Prerequisite) md {
	switch r.Gate {
	case "published", "agreement", "exercise":
		if r.Status == runbook.GateOpen {
			return "not told here"
		}
	}
	return text(r.Status)
}

// writePlan writes a GameDay that the document itself plans.
func writePlan(v *view, p *page) {
	e := v.book.Exercise
	if e == nil {
		return
	}
	p.table([]md{"What", "In this exercise"}, telling([][]md{
		{"Title", named(e.Title, e.ID)},
		{"Type", text(e.Type)},
		{"Window", text(e.Window)},
		{"Scenarios", each(e.Scenarios, v.scenario)},
		{"Scope", text(e.Scope)},
		{"Out of scope", text(e.OutOfScope)},
		{"Environment", text(e.Environment.Name)},
		{"May touch", each(e.Environment.Targets, code)},
		{"Observers", each(e.Observers, v.person)},
		{"Stop word", text(e.StopWord)},
		{"Where people talk", text(e.Channel)},
		{"Call", text(e.Bridge)},
		{"Call if that fails", text(e.BackupBridge)},
		{"Told before", each(e.Notice, v.person)},
		{"Change ticket", text(e.ChangeTicket)},
	}...)...)
	for _, l := range []struct {
		title md
		items []string
	}{
		{"Objectives:", e.Objectives}, {"It is aborted when:", e.AbortWhen}, {"Ground rules:", e.GroundRules},
		{"What is simulated:", e.Artificialities}, {"Open actions of earlier exercises:", e.CarriedActions},
		{"Rules that ask for it:", e.RegulatoryDriver},
	} {
		if len(l.items) > 0 {
			p.para(l.title)
			p.list(every(l.items, text)...)
		}
	}
	p.table([]md{"Role", "Who"}, every(e.Roles, func(r runbook.Filled) []md { return []md{text(r.Role), v.person(r.Who)} })...)
	p.table([]md{"After", "The players are told"}, every(e.Injects, func(i runbook.PlannedInject) []md { return []md{cmp.Or(long(i.At), "0s"), text(i.What)} })...)
}

func writeNone(v *view, p *page) { p.meanings("What", "Why", v.book.None) }

func writeGlossary(v *view, p *page) { p.meanings("Term", "Meaning", v.book.Glossary) }

// meanings writes a table of ids and texts.
func (p *page) meanings(id, meaning md, all []runbook.Named) {
	p.table([]md{id, meaning}, every(all, func(n runbook.Named) []md { return []md{text(n.ID), text(n.Text)} })...)
}

func writeAllowances(v *view, p *page) {
	p.table([]md{"Check", "Reason", "Only for"}, every(v.book.Allow, func(a runbook.Allowance) []md {
		return []md{text(a.Code), text(a.Reason), optional(a.Where, code)}
	})...)
}

func writeRemarks(v *view, p *page) {
	p.table([]md{"Check", "Where", "As it was read"}, every(v.book.Remarks, func(r runbook.Remark) []md {
		return []md{text(r.Code), optional(r.Path, code), text(r.Message)}
	})...)
}

// writeControl writes what the document says of itself and is nowhere else.
func writeControl(v *view, p *page) {
	b := v.book
	p.table([]md{"What", "In this document"}, telling([][]md{
		{"Application", text(b.Application)},
		{"Purpose", text(b.Purpose)},
		{"Scope", text(b.Scope)},
		{"Not recovered", sentences(b.Exclusions)},
		{"It applies when", sentences(b.Activation)},
		{"It stands down when", sentences(b.Deactivation)},
		{"Exceptions", sentences(b.Exceptions)},
		{"Recovered means", text(b.Success)},
		{"Time zone", text(b.Zone)},
		{"Who may see it", text(b.Classification)},
		{"Records are kept", text(b.Retention)},
	}...)...)
	p.meanings("Severity", "Meaning", b.Severities)
}

func writeRevisions(v *view, p *page) {
	p.table([]md{"Date", "Author", "Change", "After the exercise"}, every(v.book.Revisions, func(r runbook.Revision) []md {
		return []md{text(r.Date), v.person(r.Author), text(r.Change), text(r.Exercise)}
	})...)
}
