package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// A view is the input, and what every section needs of it, computed once.
type view struct {
	Input
	s          exec.State
	verdicts   exec.Verdicts
	objectives []exec.Objective
	findings   []finding
	proposals  []proposal
	people     people
	steps      map[string]md // by id, the number and id of each step of the document
	zero       time.Time     // what T+ counts from
	zeroName   md
}

// A finding is a deviation with its number in the report.
type finding struct {
	exec.Deviation
	ID    string // D1, D2 ... in the order of the report
	Group int    // index into groups
}

// A proposal is one change to the playbook, however many deviations ask for it.
type proposal struct {
	ID, Step, Text string
	From           []string // ids of findings
}

// groups are the kinds of deviations, in the order of the report. Each takes
// what the ones before it left.
var groups = []struct {
	title, none md
	holds       func(exec.Deviation) bool
}{
	{"Undocumented actions", "None was declared.", undocumented},
	{"Material deviations", "None other.", exec.Deviation.Material},
	{"Minor deviations", "None.", func(d exec.Deviation) bool { return d.Severity == exec.Minor }},
	{"Not measured, and for information", "None.", func(exec.Deviation) bool { return true }},
}

// undocumented reports whether something was done, or had to be known, that
// the document does not say: an extra action, another way, help.
func undocumented(d exec.Deviation) bool {
	return d.Detection == "declared" && slices.Contains([]string{"F04", "C04", "P04"}, d.Code)
}

func look(in Input) *view {
	v := &view{
		Input: in, s: in.State,
		verdicts:   exec.Judge(in.State),
		objectives: exec.Objectives(in.State),
		people:     meet(in),
		steps:      map[string]md{},
	}
	for i, step := range v.s.Scenario.Steps {
		v.steps[step.ID] = say("%s %s", i+1, code(step.ID))
	}
	v.findings = sortFindings(exec.Deviations(in.State))
	for i, f := range v.findings {
		if f.Code == "V07" { // the rule names people by their ids
			v.findings[i].Actual = v.s.Began.Agreement.Told(v.people.called)
		}
	}
	v.proposals = propose(v.findings)
	starts, _ := exec.Anchors(in.State.Scenario)
	if m, ok := in.State.Moment(starts); ok {
		v.zero, v.zeroName = m.At, say("the mark %s", starts)
	} else if !in.State.Started.IsZero() {
		v.zero, v.zeroName = in.State.Started, "the go"
	} else {
		v.zero, v.zeroName = in.State.First, "the first record"
	}
	return v
}

// sortFindings numbers deviations in the order of their groups; within one they
// keep the order in which they were found.
func sortFindings(all []exec.Deviation) []finding {
	var found []finding
	for _, d := range all {
		group := 0
		for !groups[group].holds(d) {
			group++
		}
		found = append(found, finding{Deviation: d, Group: group})
	}
	slices.SortStableFunc(found, func(a, b finding) int { return a.Group - b.Group })
	for i := range found {
		found[i].ID = fmt.Sprintf("D%d", i+1)
	}
	return found
}

// propose collects the changes that findings ask for, each once.
func propose(found []finding) []proposal {
	var all []proposal
	for _, f := range found {
		if f.Proposal == "" {
			continue
		}
		same := func(p proposal) bool { return p.Step == f.Step && p.Text == f.Proposal }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].From = append(all[i].From, f.ID)
			continue
		}
		id := fmt.Sprintf("P%d", len(all)+1)
		all = append(all, proposal{ID: id, Step: f.Step, Text: f.Proposal, From: []string{f.ID}})
	}
	return all
}

// proposed is the number of the proposal that a finding led to, "" for none.
func (v *view) proposed(f finding) string {
	for _, p := range v.proposals {
		if slices.Contains(p.From, f.ID) {
			return p.ID
		}
	}
	return ""
}

// at is the findings that concern a step.
func (v *view) at(step string) []finding {
	var here []finding
	for _, f := range v.findings {
		if f.Step == step {
			here = append(here, f)
		}
	}
	return here
}

// material counts the findings that decide the fidelity, minor the lesser ones.
func (v *view) material() int {
	return v.count(func(f finding) bool { return f.Material() })
}

func (v *view) minor() int {
	return v.count(func(f finding) bool { return f.Severity == exec.Minor })
}

func (v *view) count(holds func(finding) bool) int {
	n := 0
	for _, f := range v.findings {
		if holds(f) {
			n++
		}
	}
	return n
}

// step names a step by its number and id, as the document and people do.
func (v *view) step(id string) md {
	if name, ok := v.steps[id]; ok {
		return name
	}
	return text(id)
}

// status is where a step stands, in the closed set of reports. A step that began
// and whose end is not on record is unknown, and never called not reached.
func (v *view) status(i int) exec.Status {
	switch st := v.s.Step(i); st.Status {
	case exec.Active:
		return exec.Unknown
	default:
		return v.s.FinalStatus(i)
	}
}

// standing is the status for people, who may read of an exercise that goes on.
func (v *view) standing(i int) exec.Status {
	if v.s.Ended == nil && v.s.Step(i).Status == exec.Active {
		return exec.Active
	}
	return v.status(i)
}

// reached reports whether the exercise came by a step and the step was due.
func (v *view) reached(i int) bool {
	switch v.status(i) {
	case exec.NotApplicable, exec.NotReached:
		return false
	case exec.Skipped:
		return !v.s.Scenario.Steps[i].Optional
	}
	return true
}

// tally counts the steps that were reached, those of them that were performed
// as documented, and those that were never reached. What nobody saw the end of
// is not known to have been done as documented.
func (v *view) tally() (asWritten, reached, left int) {
	for i, step := range v.s.Scenario.Steps {
		status, st := v.status(i), v.s.Step(i)
		if status == exec.NotReached {
			left++
		}
		if !v.reached(i) {
			continue
		}
		reached++
		a, tried := st.LastAttempt()
		seen := !tried || a.Result != nil
		done := status == exec.Passed || status == exec.Done && seen || status == exec.Failed && st.WayOut
		if done && !slices.ContainsFunc(v.at(step.ID), func(f finding) bool { return f.Material() }) {
			asWritten++
		}
	}
	return asWritten, reached, left
}

// tallied is the tally in words.
func (v *view) tallied() md {
	done, reached, left := v.tally()
	words := say("of %s reached, %s were performed as documented", counted(reached, "step", "steps"), done)
	if left > 0 {
		words += say("; %s not reached", left)
	}
	return words
}

// when is a moment of a finding, "" where it has none within the exercise.
func (v *view) when(f finding) md {
	if f.At.Before(v.s.Started) || v.s.Started.IsZero() {
		return ""
	}
	return "T" + v.since(f.At)
}

// since is an instant against the zero of the timeline: +00:41:12.
func (v *view) since(t time.Time) md {
	d, sign := t.Sub(v.zero).Round(time.Second), "+"
	if d < 0 {
		d, sign = -d, "-"
	}
	sec := int(d / time.Second)
	return md(fmt.Sprintf("%s%02d:%02d:%02d", sign, sec/3600, sec/60%60, sec%60))
}

// people turns names into roles, or into the names that a playbook knows.
type people struct {
	in       Input
	order    []string          // names, in the order in which they appear
	took     int               // how many of them took part; the others were asked to agree
	roles    map[string]string // by name, what each is called without names
	used     map[string]int    // how often each role was given
	contacts map[string]runbook.Contact
}

// meet goes through the record and gives everybody a role of their own.
func meet(in Input) people {
	p := people{in: in, roles: map[string]string{}, used: map[string]int{}, contacts: map[string]runbook.Contact{}}
	for _, c := range in.State.Book.Contacts {
		for _, known := range []string{c.ID, c.Name, c.Email} {
			if _, taken := p.contacts[strings.ToLower(known)]; !taken {
				p.contacts[strings.ToLower(known)] = c
			}
		}
	}
	const partaker, asked = "participant", "person asked to agree"
	p.add(in.State.Began.Operator, partaker)
	for _, e := range in.Events {
		p.add(e.By, partaker)
		switch b := e.Body.(type) {
		case exec.GateDecided:
			p.add(b.Agreed, partaker)
		case exec.RoleTaken:
			p.add(b.Who, partaker)
		case exec.RoleHanded:
			p.add(b.From, partaker)
			p.add(b.To, partaker)
		case exec.Approved:
			p.add(b.Who, partaker)
		case exec.StepDone:
			p.add(b.Agreed, partaker)
		case exec.StepSkipped:
			p.add(b.Agreed, partaker)
		case exec.Deviated:
			p.add(b.Agreed, partaker)
		}
	}
	p.took = len(p.order)
	for _, voice := range in.State.Began.Agreement.Voices() {
		p.add(voice.Who, asked)
	}
	return p
}

// add gives somebody a role that nobody has yet; otherwise is what they are
// called where the playbook knows no position of theirs.
func (p *people) add(who, otherwise string) {
	who = p.in.State.Person(who)
	if _, met := p.roles[who]; met || who == "" {
		return
	}
	base := p.base(who, otherwise)
	role := base
	for p.used[role] > 0 {
		p.used[base]++
		role = fmt.Sprintf("%s %d", base, p.used[base])
	}
	p.used[role]++
	p.order = append(p.order, who)
	p.roles[who] = role
}

// base is what a person is called if nobody else is.
func (p *people) base(who, otherwise string) string {
	s := p.in.State
	if who == s.Person(s.Began.Operator) || who == s.Person(s.Operator) {
		return "operator"
	}
	for _, r := range s.Roles {
		if s.Person(r.Who) == who {
			return string(p.role(r.Role))
		}
	}
	if c, ok := p.contact(who); ok && c.Position != "" {
		return c.Position
	}
	return otherwise
}

// contact finds a person of the playbook by id, name or email.
func (p *people) contact(who string) (runbook.Contact, bool) {
	c, ok := p.contacts[strings.ToLower(who)]
	return c, ok && who != ""
}

// called is how a person appears in the report.
func (p *people) called(who string) string {
	if who == "" {
		return "the program"
	}
	if p.in.Names {
		if c, ok := p.contact(who); ok && c.Name != "" {
			return c.Name
		}
		return who
	}
	if role, met := p.roles[p.in.State.Person(who)]; met {
		return role
	}
	return "participant"
}

// role is how a role of the playbook appears; a contact may stand for one.
func (p *people) role(id string) string {
	switch id {
	case "lead.primary":
		return "primary lead"
	case "lead.secondary":
		return "secondary lead"
	}
	c, ok := p.contact(id)
	switch {
	case !ok:
		return id
	case p.in.Names && c.Name != "":
		return c.Name
	case c.Position != "":
		return c.Position
	}
	return "a person whom the playbook names"
}

// agreed says who agreed to a departure.
func (v *view) agreed(who string) md {
	if strings.TrimSpace(who) == "" {
		return "nobody, as far as the record tells"
	}
	return text(v.people.called(who))
}
