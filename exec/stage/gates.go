package stage

import (
	"cmp"
	"slices"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/check"
)

// A gate is one row of the table: what it is called, where its faults are looked
// for, and how one sees that it is passed.
type gate struct {
	id, name string
	codes    []string // of the checks that speak about it, wherever they find something
	parts    []string // top-level keys: whatever else the checks find below them is about it too
	class    string   // of the scenarios in which what the checks find is about it
	claimed  bool     // somebody must have looked, and the document say so: nothing else can show it
	optional []string // ids by which the document may leave it out, below `none`
	look     func(Input) (evidence []string, missing []Missing)
}

// gates are the ten prerequisites of stage 1, in the order of runbook.Gates.
var gates = [...]gate{
	{
		id: "architecture", name: "System architecture", claimed: true, look: Input.architecture,
		codes: []string{"LD10", "LP02", "LP03", "LP17", "LP21"},
		parts: []string{"components"},
	},
	{
		id: "observability", name: "Observability", claimed: true, look: Input.observability,
		codes: []string{"LS28"},
		parts: []string{"signals"},
	},
	{
		id: "critical-dependencies", name: "Critical dependencies", claimed: true, look: Input.critical,
		codes: []string{"LP04", "LP05", "LP06", "LP07", "LP08", "LP09", "LP10", "LP13", "LP14", "LP15", "LP16", "LP18", "LP19", "LP20", "LP22", "LP23"},
		parts: []string{"dependencies", "severities"},
	},
	{
		id: "non-critical-dependencies", name: "Non-critical dependencies", claimed: true, look: Input.nonCritical,
		codes:    []string{"LD16", "LP12"},
		optional: []string{"non-critical-dependencies", runbook.NonCritical},
	},
	{
		id: "disaster-playbook", name: "Disaster playbook", claimed: true, look: Input.disaster, class: runbook.Disaster,
		codes: []string{"LH09", "LH10", "LH12", "LH13"},
		parts: []string{"contacts", "external_contacts", "roles", "notifications", "inputs"},
	},
	{
		id: "critical-playbook", name: "Critical-dependency playbook", claimed: true, look: Input.criticalPlaybook, class: runbook.CriticalDependency,
		codes:    []string{"LP01"},
		optional: []string{"critical-playbook"},
	},
	{
		id: "non-critical-playbook", name: "Non-critical-dependency playbook", claimed: true, look: Input.nonCriticalPlaybook, class: runbook.NonCriticalDependency,
		optional: []string{"non-critical-playbook", "non-critical-dependencies", runbook.NonCritical},
	},
	{
		id: "published", name: "Complete and published", look: Input.published,
		codes: []string{"LD02", "LD04", "LD07", "LD08", "LD13", "LD14"},
	},
	{
		id: "agreement", name: "Team-wide agreement", look: Input.agreement,
		codes: []string{"LD06"},
		parts: []string{"agreement"},
	},
	{
		id: "exercise", name: "Exercise as documented", look: Input.exercise,
		codes: []string{"LD05", "LX01", "LX02", "LX03", "LX04", "LX05"},
		parts: []string{"exercise", "review"},
	},
}

// seen are the codes whose findings the gates see for themselves, and say with
// what mends them.
var seen = []string{"LD06", "LD07", "LD16", "LP01", "LS28"}

// unwritten is the code of text that is still to be written. It is a warning
// where the document is read, and here it is what keeps it from being complete.
const unwritten = "LD09"

// light are the codes of warnings that weigh here: the gates look at what they
// find, or some of it is an error all the same.
var light = []string{unwritten, "LD16", "LS28", "LH08"}

// Needs reports whether the gates want to know what a check finds. Leaving the
// others out halves the time that a library takes.
func Needs(c check.Check) bool { return c.Severity == check.Error || slices.Contains(light, c.Code) }

// gates judges all of them.
func (in Input) gates() []Gate {
	faults := in.faults()
	judged := make([]Gate, len(gates))
	for i, row := range gates {
		judged[i] = in.gate(row, faults[row.id])
	}
	return judged
}

func (in Input) gate(row gate, faults []check.Finding) Gate {
	g := Gate{ID: row.id, Name: row.name}
	for _, n := range in.Book.None {
		if slices.Contains(row.optional, n.ID) && g.Left == "" {
			g.Left = n.Text
		}
	}
	if g.Left == "" {
		g.Evidence, g.Missing = row.look(in)
	}
	g.Missing = append(g.Missing, in.told(faults)...)
	if g.Left == "" && row.claimed {
		in.claim(&g)
	}
	return g
}

// claim asks for somebody's word that they looked.
func (in Input) claim(g *Gate) {
	c := in.Book.Gate(g.ID)
	if c.Status == runbook.GateComplete && c.Done != "" && c.By != "" && c.On != "" {
		g.Evidence = append(g.Evidence, in.person(c.By)+", "+c.On+": "+c.Done)
		return
	}
	what := "Nobody has said that `" + g.ID + "` is complete, and what shows it."
	switch {
	case c.Status == runbook.GateComplete && c.Done == "":
		what = "`" + g.ID + "` is called complete, and nothing is said to show it."
	case c.Status == runbook.GateComplete:
		what = "It is not said who saw that `" + g.ID + "` is complete, and when."
	}
	g.Missing = append(g.Missing, Missing{what, in.edit("prerequisites."+g.ID, record(
		"status", runbook.GateComplete, "done", quoted(cmp.Or(c.Done, "TODO: what shows it, such as a link")),
		"by", cmp.Or(c.By, in.whoLooks()), `"on"`, cmp.Or(c.On, in.today())))})
}

// faults are the findings that keep gates from being passed, by the gate that
// each is about.
func (in Input) faults() map[string][]check.Finding {
	about, classes := map[string][]check.Finding{}, in.classes()
	for _, f := range in.Findings {
		weighs := f.Severity == check.Error || f.Code == unwritten
		if weighs && f.Allowed == "" && !slices.Contains(seen, f.Code) {
			id := gateOf(f, classes)
			about[id] = append(about[id], f)
		}
	}
	return about
}

// gateOf is the gate that a finding is about: the one that its code is about, or
// the part of the document in which it stands. What is about none of them keeps
// the document from being complete.
func gateOf(f check.Finding, classes map[string]string) string {
	part, rest, _ := strings.Cut(f.Path, ".")
	part, _, _ = strings.Cut(part, "[")
	inside, _, _ := strings.Cut(rest, ".")
	for _, row := range gates {
		switch {
		case slices.Contains(row.codes, f.Code),
			slices.Contains(row.parts, part),
			part == "prerequisites" && inside == row.id,
			part == "none" && slices.Contains(row.optional, inside),
			part == "scenarios" && row.class != "" && row.class == classes[inside]:
			return row.id
		}
	}
	return "published"
}

// classes are those of the scenarios. One that states none may be any disaster.
func (in Input) classes() map[string]string {
	all := map[string]string{}
	for _, sc := range in.Book.Scenarios {
		all[sc.ID] = cmp.Or(sc.Class, runbook.Disaster)
	}
	return all
}

// told are findings as things that are missing. Those that say the same of
// several places are one.
func (in Input) told(faults []check.Finding) []Missing {
	type words struct{ code, message, hint string }
	var all []Missing
	known := map[words]int{}
	for _, f := range faults {
		same := words{f.Code, f.Message, f.Hint}
		if in.Shipped != "" {
			f.Line = 0 // of a file that is still to be made
		}
		if i, ok := known[same]; ok {
			all[i].Mend.Edit.Also = append(all[i].Mend.Edit.Also, At{f.Line, f.Path})
			continue
		}
		known[same] = len(all)
		m := Missing{
			What: sentence(f.Message) + " [" + f.Code + "]",
			Mend: Mend{Edit: Edit{File: in.Path, Line: f.Line, Path: f.Path, Do: f.Hint}},
		}
		if path, value := in.drafted(f); value != "" {
			m.Mend = in.edit(path, value)
		}
		all = append(all, m)
	}
	return all
}
