package view

import "bythebook/runbook"

// A section is one part of a page. One that has nothing to say is left out.
type section struct {
	title md
	write func(*view, *page)
}

// Whoever reads the page on the bad day starts at its top. These come before
// the scenarios, in this order.
var first = []section{
	{"If something fails", writeIndex},
	{"Whom to call", writeCalls},
	{"Notifications", writeNotifications},
}

// What the procedures rest on comes behind them, then what the document says
// of itself.
var last = []section{
	{"People", writePeople},
	{"Architecture", writeArchitecture},
	{"Dependencies", writeDependencies},
	{"Coverage", writeCoverage},
	{"Signals", writeSignals},
	{"Inputs", writeInputs},
	{"Files and tools", writeFiles},
	{"Prerequisites", writePrerequisites},
	{"Planned exercise", writePlan},
	{"Empty on purpose", writeNone},
	{"Checks that are silenced", writeAllowances},
	{"How the text was read", writeRemarks},
	{"About this document", writeControl},
	{"Revisions", writeRevisions},
	{"Glossary", writeGlossary},
}

// around is what one scenario's page holds beside the scenario.
var around = []section{
	{"Signals", writeSignals},
	{"Inputs", writeInputs},
	{"Files and tools", writeFiles},
}

// Markdown is a whole playbook as a page. The digest is that of its text; ""
// leaves it out.
func Markdown(book *runbook.Playbook, digest string) string {
	v, p := look(book, digest, nil), &page{}
	p.heading(1, named(book.Title, book.ID))
	v.write(p, first, last)
	return p.String()
}

// Scenario is one scenario of a playbook as a page of its own, with whom to
// call and what its steps need.
func Scenario(book *runbook.Playbook, s *runbook.Scenario, digest string) string {
	v, p := look(book, digest, []*runbook.Scenario{s}), &page{}
	p.heading(1, joined(": ", titled(book.Title, book.ID), titled(s.Title, s.ID)))
	v.write(p, first[1:], around)
	return p.String()
}

// write writes a page below its title.
func (v *view) write(p *page, before, behind []section) {
	v.writeStatus(p)
	v.sections(p, before)
	for _, s := range v.scenarios {
		p.heading(2, named(s.Title, s.ID))
		v.writeScenario(p, s)
	}
	v.sections(p, behind)
}

func (v *view) sections(p *page, all []section) {
	for _, s := range all {
		inner := &page{}
		s.write(v, inner)
		if inner.b.Len() > 0 {
			p.heading(2, s.title)
			p.b.WriteString(inner.b.String())
		}
	}
}

// writeStatus says which text this is and whether it may be relied on.
func (v *view) writeStatus(p *page) {
	b := v.book
	p.list(
		joined(", ", after("Version ", text(b.Version)), text(b.Status)),
		joined("; ", after("Owner: ", v.person(b.Owner)), after("approver: ", v.person(b.Approver)), after("team: ", text(b.Team))),
		after("Digest (sha256): ", optional(v.digest, code)),
		after("Published: ", text(b.Published)),
		after("While that is down: ", text(b.OfflineCopy)),
		v.review(),
		v.agreement(),
	)
}

func (v *view) review() md {
	r := v.book.Review
	return after("Review: ", joined("; ", after("every ", long(r.Every)), after("last on ", text(r.Last)),
		after("last exercised on ", text(r.Exercised))))
}

// agreement says whose word the text needs.
func (v *view) agreement() md {
	a := v.book.Agreement
	if a == nil {
		return ""
	}
	return "Agreement: " + joined("; ", after("asked of ", each(a.By, v.person)), after("holds for ", long(a.Valid)), text(a.Method))
}

// writeIndex leads from what failed to what to do.
func writeIndex(v *view, p *page) {
	var rows [][]md
	for _, s := range v.scenarios {
		rows = append(rows, []md{
			joined(" ", v.component(s.Component), text(s.FailureMode)), named(s.Title, s.ID),
			each(leads(s), v.person), text(s.Severity), long(s.RTO), long(s.RPO), v.detection(s),
		})
	}
	p.table([]md{"Fails", "Scenario", "Leads", "Severity", "RTO", "RPO", "Seen by"}, rows...)
}

// leads are a scenario's leads, the primary one first.
func leads(s *runbook.Scenario) []string {
	var ids []string
	for _, id := range []string{s.Primary, s.Secondary} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// named is a title with its id.
func named(title, id string) md {
	if title == "" || id == "" {
		return titled(title, id)
	}
	return say("%s (%s)", title, code(id))
}

// titled is a title, or the id of what has none.
func titled(title, id string) md {
	if title == "" {
		return optional(id, code)
	}
	return text(title)
}

// optional is "" for no text, and otherwise what how makes of it.
func optional(s string, how func(string) md) md {
	if s == "" {
		return ""
	}
	return how(s)
}
