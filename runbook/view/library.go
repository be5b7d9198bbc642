package view

import (
	"cmp"

	"bythebook/runbook"
)

// An Entry is one playbook of a library, with what is known of it beside its
// text. Book is nil where the file could not be read.
type Entry struct {
	Book         *runbook.Playbook
	Path         string
	Digest       string
	Problems     int // why it could not be read
	Errors       int // findings of the checks, by severity
	Warnings     int
	Advice       int
	LastExercise string // in words
}

// title is the entry's name on the page.
func (e Entry) title() md {
	if e.Book == nil {
		return optional(e.Path, code)
	}
	return named(e.Book.Title, e.Book.ID)
}

// Library is the overview of a folder of playbooks, for the place where all of
// them are published: which there are, what they prepare for, and how far each
// has come. Playbooks that could not be read are listed too, so that nobody
// misses them on the bad day.
func Library(entries []Entry) string {
	p := &page{}
	p.heading(1, "Playbooks")
	if len(entries) == 0 {
		p.para("There are none yet.")
		return p.String()
	}
	p.table([]md{"Playbook", "File", "Version", "State", "Owner", "Published", "Problems", "Last exercise", "Digest"}, every(entries, overview)...)
	var scenarios, prerequisites [][]md
	for _, e := range entries {
		if e.Book != nil {
			scenarios = append(scenarios, prepared(e)...)
			prerequisites = append(prerequisites, passed(e))
		}
	}
	if len(scenarios) > 0 {
		p.heading(2, "Scenarios")
		p.table([]md{"Fails", "Scenario", "Playbook", "Class", "Severity", "RTO", "RPO", "Leads"}, scenarios...)
	}
	if len(prerequisites) > 0 {
		p.heading(2, "Before an exercise")
		p.list(every(runbook.Gates[:], func(id string) md { return text(id) + ": " + gates[id] })...)
		p.table(append([]md{"Playbook"}, every(runbook.Gates[:], text)...), prerequisites...)
	}
	return p.String()
}

// overview is one playbook's row.
func overview(e Entry) []md {
	row := []md{e.title(), optional(e.Path, code), "", "could not be read", "", "", problems(e), text(e.LastExercise), optional(e.Digest, code)}
	if e.Book != nil {
		v := look(e.Book, e.Digest, nil)
		row[2], row[3] = text(e.Book.Version), text(cmp.Or(e.Book.Status, "not stated"))
		row[4], row[5] = v.person(e.Book.Owner), text(e.Book.Published)
	}
	return row
}

// problems counts what stands against a playbook.
func problems(e Entry) md {
	var parts []md
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{e.Problems, "problem", "problems"}, {e.Errors, "error", "errors"}, {e.Warnings, "warning", "warnings"}, {e.Advice, "advice", "advice"},
	} {
		switch {
		case c.n == 1:
			parts = append(parts, say("1 %s", c.one))
		case c.n > 1:
			parts = append(parts, say("%s %s", c.n, c.many))
		}
	}
	return cmp.Or(joined(", ", parts...), "none")
}

// prepared are the rows of a playbook's scenarios.
func prepared(e Entry) [][]md {
	v := look(e.Book, e.Digest, nil)
	return every(v.scenarios, func(s *runbook.Scenario) []md {
		return []md{
			joined(" ", v.component(s.Component), text(s.FailureMode)), named(s.Title, s.ID), e.title(), text(s.Class), text(s.Severity),
			long(s.RTO), long(s.RPO), each(leads(s), v.person),
		}
	})
}

// passed is the row of a playbook's gates.
func passed(e Entry) []md {
	row := []md{e.title()}
	for _, id := range runbook.Gates {
		g := e.Book.Gate(id)
		row = append(row, joined(", ", status(g), text(g.On)))
	}
	return row
}
