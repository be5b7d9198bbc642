package read

import (
	"fmt"
	"strings"

	"bythebook/runbook"
)

// A scene is a scenario while it is being read: its steps are not yet in order,
// and what they say of each other has not been looked up.
type scene struct {
	runbook.Scenario
	at     value
	parts  map[runbook.Procedure][]draft
	drafts []draft // of all parts, in order
}

var scenarioKeys = record[scene]{
	keys: map[string]func(value, *scene){
		"title": func(v value, s *scene) { s.Title = v.line() },
		"class": func(v value, s *scene) {
			s.Class = oneOf(v, "disaster", "critical-dependency", "non-critical-dependency")
		},
		"component":   func(v value, s *scene) { s.Component = ref(component)(v) },
		"leads":       func(v value, s *scene) { fill(v, leadKeys, &s.Scenario) },
		"severity":    func(v value, s *scene) { s.Severity = v.id() },
		"overview":    func(v value, s *scene) { s.Overview = v.prose() },
		"assumptions": func(v value, s *scene) { s.Assumptions = list(v, assumption) },
		"rto":         func(v value, s *scene) { s.RTO = v.duration() },
		"rpo":         func(v value, s *scene) { s.RPO = v.objective() },
		"clock":       func(v value, s *scene) { fill(v, clockKeys, &s.Clock) },
		"platform":    func(v value, s *scene) { s.Platform = v.prose() },
		"success":     func(v value, s *scene) { s.Success = v.prose() },
		"inject":      procedure(runbook.Inject),
		"recovery":    procedure(runbook.Recovery),
		"test":        procedure(runbook.Test),
		"resume":      procedure(runbook.Resume),
	},
	later: []string{"abort"},
	need:  []string{"title"},
}

var leadKeys = record[runbook.Scenario]{
	keys: map[string]func(value, *runbook.Scenario){
		"primary":   func(v value, s *runbook.Scenario) { s.Primary = ref(contact)(v) },
		"secondary": func(v value, s *runbook.Scenario) { s.Secondary = ref(contact)(v) },
	},
}

var clockKeys = record[runbook.Clock]{
	keys: map[string]func(value, *runbook.Clock){
		"starts": func(v value, c *runbook.Clock) { c.Starts = mark(v) },
		"stops":  func(v value, c *runbook.Clock) { c.Stops = mark(v) },
	},
	later: []string{"steady"},
}

var assumptionKeys = record[runbook.Assumption]{
	keys: map[string]func(value, *runbook.Assumption){
		"text":  func(v value, a *runbook.Assumption) { a.Text = v.prose() },
		"owner": func(v value, a *runbook.Assumption) { a.Owner = ref(contact, role)(v) },
	},
	later: []string{"run", "expect"},
	need:  []string{"text"},
}

func assumption(v value) (a runbook.Assumption) {
	fill(v, assumptionKeys, &a)
	return a
}

func mark(v value) runbook.Mark { return oneOf(v, runbook.Marks[:]...) }

// scenarios reads all of them, in the order written.
func scenarios(v value) []runbook.Scenario {
	entries := v.entries()
	if entries != nil && len(entries) == 0 {
		v.fault("a playbook needs a scenario", "")
	}
	out := make([]runbook.Scenario, len(entries))
	for i, e := range entries {
		v.r.defined[scenario] = append(v.r.defined[scenario], e.name())
		s := scene{at: e, parts: map[runbook.Procedure][]draft{}}
		s.ID, s.Line = e.name(), e.key.Line
		if fill(e, scenarioKeys, &s) != nil {
			s.finish()
		}
		out[i] = s.Scenario
	}
	return out
}

// procedure reads the steps of one part of a scenario.
func procedure(p runbook.Procedure) func(value, *scene) {
	return func(v value, s *scene) {
		s.parts[p] = []draft{}
		for _, item := range v.some() {
			if v.r.steps++; v.r.steps > maxSteps {
				if v.r.steps == maxSteps+1 {
					item.fault(fmt.Sprintf("more than %d steps", maxSteps), "")
				}
				return
			}
			s.parts[p] = append(s.parts[p], newDraft(item, p))
		}
	}
}

// finish puts the steps in order, names them, and checks what they say of each
// other and of the scenario.
func (s *scene) finish() {
	for _, p := range runbook.Procedures {
		s.drafts = append(s.drafts, s.parts[p]...)
	}
	if len(s.drafts) == 0 && len(s.parts) == 0 {
		s.at.faultKey("a scenario needs a step", "in `recovery`, `test` or `resume`")
	}
	s.identify()
	for _, d := range s.drafts {
		s.Steps = append(s.Steps, d.Step)
	}
	s.checkJumps()
	s.checkPoints()
	s.checkLeads()
}

// reserved are words with which a target does not mean a step's id.
var reserved = []string{
	string(runbook.Inject), string(runbook.Recovery), string(runbook.Test), string(runbook.Resume),
	string(runbook.Next), "abort",
}

// identify makes the ids that were left out, from the step's words, so that
// they stay the same when steps are added before them.
func (s *scene) identify() {
	taken := map[string]int{} // the line where, or 0
	for _, word := range reserved {
		taken[word] = 0
	}
	for i := range s.drafts {
		d := &s.drafts[i]
		if d.ID == "" {
			continue
		}
		line, twice := taken[d.ID]
		switch at := pick(d.pairs, "id"); {
		case twice && line == 0:
			at.fault(show(d.ID)+" is a word of the format", "choose another id")
		case twice:
			at.fault(show(d.ID)+" is the id of another step", fmt.Sprintf("the first is on line %d", line))
		default:
			taken[d.ID] = at.node.Line
		}
	}
	next := map[string]int{}
	for i := range s.drafts {
		if d := &s.drafts[i]; d.ID == "" {
			d.ID = free(slug(d.Do), taken, next)
			taken[d.ID] = d.Line
		}
	}
}

// free is the word itself, or with the first number that is not taken.
func free(word string, taken, next map[string]int) string {
	id := word
	for _, used := taken[id]; used; _, used = taken[id] {
		next[word] = max(2, next[word]+1)
		id = fmt.Sprintf("%s-%d", word, next[word])
	}
	return id
}

// slug turns an instruction into an id: its first words, in lower case.
func slug(text string) string {
	const most = 40
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}) {
		if b.Len() > 0 && b.Len()+1+len(word) > most {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word[:min(len(word), most)])
	}
	if b.Len() == 0 {
		return "step"
	}
	return b.String()
}
