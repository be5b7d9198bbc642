package report

import (
	"fmt"
	"strings"

	"bythebook/exec"
)

// writeDeviations lists what differed, undocumented actions first.
func writeDeviations(v *view, p *page) {
	p.para("A deviation is a finding about the document before it is anything else: it names no cause and nobody's fault. Major and critical ones are material.")
	for g, group := range groups {
		p.heading(3, say("7.%s %s", g+1, group.title))
		n := 0
		for _, f := range v.findings {
			if f.Group == g {
				v.writeFinding(f, p)
				n++
			}
		}
		if n == 0 {
			p.para(group.none)
		}
	}
}

func (v *view) writeFinding(f finding, p *page) {
	at := md("")
	if f.Step != "" {
		at = say(" at step %s", v.step(f.Step))
	}
	facts := joined(", ", text(f.Code), text(string(f.Severity)), detection(f), v.when(f))
	p.para(say("**%s: %s**%s (%s)", f.ID, f.Name, at, facts))
	p.list(
		labelled("The playbook says", v.written(f)),
		labelled("What happened", text(f.Actual)),
		labelled("Reason given", v.reason(f)),
		labelled("Agreed by", v.agreedTo(f)),
		labelled(joined(" ", "Proposed change", text(v.proposed(f))), text(f.Proposal)),
	)
}

func labelled(label, said md) md {
	if said == "" {
		return ""
	}
	return label + ": " + sentence(said)
}

func detection(f finding) md {
	if f.Detection == "rule" {
		return "found by rule"
	}
	return say("%s by a person", f.Detection)
}

// written is what the playbook says, with a command in short.
func (v *view) written(f finding) md {
	i := v.s.Scenario.Find(f.Step)
	if i < 0 {
		return text(f.Documented)
	}
	step := v.s.Scenario.Steps[i]
	switch {
	case f.Code == "P01": // the rule quotes a role, which may be a person
		return say("For: %s", v.people.role(step.Who))
	case step.Run != "" && f.Documented == step.Do+"\n"+step.Run:
		return joined(" ", text(step.Do), commandWords(step.Run))
	}
	return text(f.Documented)
}

// departs reports whether somebody left the document on purpose, so that a
// reason and somebody's agreement belong to it.
func departs(f finding) bool {
	switch f.Code {
	case "F01", "F03", "F07", "R12":
		return true
	case "R01", "R02": // accepted, if there is a reason
		return f.Reason != ""
	}
	return f.Detection == "declared"
}

func (v *view) reason(f finding) md {
	if f.Reason == "" && departs(f) {
		return "none on record"
	}
	return text(f.Reason)
}

func (v *view) agreedTo(f finding) md {
	if f.Agreed == "" && !departs(f) {
		return ""
	}
	return v.agreed(f.Agreed)
}

// writeProposals lists the changes that the deviations ask for.
func writeProposals(v *view, p *page) {
	if len(v.proposals) == 0 {
		p.para("None.")
		return
	}
	rows := make([][]md, len(v.proposals))
	for i, prop := range v.proposals {
		where := md("the whole")
		if prop.Step != "" {
			where = v.step(prop.Step)
		}
		rows[i] = []md{text(prop.ID), where, text(prop.Text), text(strings.Join(prop.From, ", "))}
	}
	p.table([]md{"No.", "Step", "Change", "From"}, rows...)
	p.para("These are proposals in words; nothing was changed. Accepting any of them changes the text, and that voids the agreement on it: " +
		"the changed playbook asks for a new agreement, and for a retest of the steps that the change touches.")
}

// writeStops tells which stops were called, and what was answered.
func (v *view) writeStops(p *page) {
	var items []md
	for _, stop := range v.s.Stops {
		answer := md("It waits for an answer.")
		switch {
		case stop.Answered.IsZero() && v.s.GivenUp(stop):
			answer = "Then the exercise was given up."
		case stop.Answered.IsZero() && v.s.Ended != nil:
			answer = "Then the exercise was ended."
		case !stop.Answered.IsZero():
			answer = say("T%s, %s answered, and the exercise went on: %s", v.since(stop.Answered), v.people.called(stop.AnsweredBy), stop.Answer)
		}
		items = append(items, say("T%s, %s **called stop**: %s. %s", v.since(stop.At), v.people.called(stop.By), strings.TrimRight(stop.Reason, ". "), answer))
	}
	p.list(items...)
}

func writeNotes(v *view, p *page) {
	v.writeStops(p)
	if len(v.s.Notes) == 0 {
		p.para("No note was taken.")
		return
	}
	var items []md
	todos := 0
	for _, n := range v.s.Notes {
		where, mark := md(""), md("")
		if n.Step != "" {
			where = say(", step %s", v.step(n.Step))
		}
		if _, ok := n.Todo(); ok {
			todos++
			mark = " *(candidate for an action)*"
		}
		items = append(items, say("T%s, %s%s: %s%s", v.since(n.At), v.people.called(n.By), where, n.Text, mark))
	}
	p.list(items...)
	if todos > 0 {
		p.para("Notes that begin with `todo:` stand in section 10 as candidates for actions.")
	}
}

// blank is where people write; an empty cell would be too narrow for it.
const blank md = "_____"

// writeImprovements prefills the plan; owners and dates are for people.
func writeImprovements(v *view, p *page) {
	var rows [][]md
	add := func(found, action md) {
		rows = append(rows, []md{md(fmt.Sprintf("A%d", len(rows)+1)), found, action, blank, blank, blank})
	}
	for _, f := range v.findings {
		if !f.Material() {
			continue
		}
		action := joined(": ", text(v.proposed(f)), text(f.Proposal))
		add(say("%s, %s%s", f.ID, f.Name, v.atStep(f.Step)), action)
	}
	if e := v.s.Ended; e != nil && e.Completion != exec.Completed && v.material() == 0 {
		add(say("The exercise was %s: %s", e.Completion, e.Reason), "Decide what the document should say about this case.")
	}
	for _, n := range v.s.Notes {
		if todo, ok := n.Todo(); ok {
			add("note"+v.atStep(n.Step), text(todo))
		}
	}
	if len(rows) == 0 {
		p.para("Nothing to fill in: no material deviation, and no note that asks for an action.")
		return
	}
	p.para("Filled in from the material deviations and the notes that ask for an action. Each row wants one owner, a date, and somebody else who verifies it by a retest.")
	p.table([]md{"No.", "Finding", "Action", "Owner", "Due", "Verify"}, rows...)
}

func (v *view) atStep(id string) md {
	if id == "" {
		return ""
	}
	return say(" at step %s", v.step(id))
}
