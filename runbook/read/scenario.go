package read

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// A scene is a scenario while it is being read: its steps are not yet in order,
// and what they say of each other has not been looked up.
type scene struct {
	runbook.Scenario
	at     value
	parts  map[runbook.Procedure][]draft
	drafts []draft // of all parts, in order
	aborts []draft // of the way back to safety
}

var scenarioRecord = record[scene]{"scenario", []row[scene]{
	must(key("title", func(s *scene) *string { return &s.Title }, line, "What people call the failure.", "Bookstore API failure")),
	key("class", func(s *scene) *string { return &s.Class }, choice(runbook.Classes[:]...), "Which of the three playbooks of stage 1 it belongs to.", "disaster"),
	key("component", func(s *scene) *string { return &s.Component }, ref(component), "What failed.", "api"),
	key("failure_mode", func(s *scene) *string { return &s.FailureMode }, failureMode, "How it failed.", "down"),
	key("detection", func(s *scene) *[]string { return &s.Detection }, list(ref(signal)), "The signals that reveal it, besides those that name it.", "[api-answers]"),
	{
		key: "leads", doc: "Who leads the recovery.", example: "{primary: bob, secondary: alice}", form: form{kind: isRecord, of: leadRecord.shape},
		read:  func(v value, s *scene) { fill(v, leadRecord, &s.Scenario) },
		write: func(s *scene) *yaml.Node { return leadRecord.node(&s.Scenario) },
	},
	key("severity", func(s *scene) *string { return &s.Severity }, id, "How severe it is.", "critical"),
	key("overview", func(s *scene) *string { return &s.Overview }, prose, "The way in a few words.", "Launch a replacement and lead the public name to it."),
	key("assumptions", func(s *scene) *[]runbook.Assumption { return &s.Assumptions }, records(assumptionRecord), "What the procedures rest on.", "[{text: AMI backups are frequent., owner: bob}]"),
	key("rto", func(s *scene) *time.Duration { return &s.RTO }, length, "The recovery time objective.", "12h"),
	key("rpo", func(s *scene) *time.Duration { return &s.RPO }, loss, "The recovery point objective.", "24h"),
	key("clock", func(s *scene) *runbook.Clock { return &s.Clock }, mapping(clockRecord), "Which marks start and stop the RTO clock.", "{starts: disruption, stops: verified}"),
	key("platform", func(s *scene) *string { return &s.Platform }, prose, "Where recovery lands.", "A new t3.small in us-west-2b."),
	key("recovery_platform", func(s *scene) *runbook.Landing { return &s.Landing }, mapping(landingRecord), "What is known of that place.", "{failure_domain: us-west-2b}"),
	key("success", func(s *scene) *string { return &s.Success }, prose, "What restored means.", "The public endpoint lists authors and books."),
	key("blast_radius", func(s *scene) *string { return &s.BlastRadius }, prose, "What an injected failure may reach.", "Staging only."),
	procedure(runbook.Inject, "How an exercise brings the failure about; never part of a real incident."),
	procedure(runbook.Recovery, "The way back to service."),
	procedure(runbook.Test, "The proof that it is back."),
	procedure(runbook.Resume, "The return to normal operation."),
	{
		key: "abort", doc: "The way back to safety from anywhere.", example: "{when: [Customers notice.], steps: [{do: Start the API again.}]}",
		form:  form{kind: isRecord, of: func() shape { return abortRecord.shape() }},
		read:  func(v value, s *scene) { fill(v, abortRecord, s) },
		write: func(s *scene) *yaml.Node { return abortRecord.node(s) },
	},
}}

var leadRecord = record[runbook.Scenario]{"leads", []row[runbook.Scenario]{
	key("primary", func(s *runbook.Scenario) *string { return &s.Primary }, ref(contact), "Who leads.", "bob"),
	key("secondary", func(s *runbook.Scenario) *string { return &s.Secondary }, ref(contact), "And who when they cannot.", "alice"),
}}

var clockRecord = record[runbook.Clock]{"clock", []row[runbook.Clock]{
	key("starts", func(c *runbook.Clock) *runbook.Mark { return &c.Starts }, mark, "The mark that starts it; `disruption` when left out.", "disruption"),
	key("stops", func(c *runbook.Clock) *runbook.Mark { return &c.Stops }, mark, "The mark that stops it; `verified` when left out.", "verified"),
	key("steady", func(c *runbook.Clock) *time.Duration { return &c.Steady }, length, "How long all must have been well for the clock to stop. It stops that much after its mark, so the time counts; an exercise that ends before leaves the RTO not evaluated.", "5m"),
}}

var mark = choice(runbook.Marks[:]...)

var landingRecord = record[runbook.Landing]{"recovery_platform", []row[runbook.Landing]{
	key("failure_domain", func(l *runbook.Landing) *string { return &l.Domain }, line, "What is lost together with it.", "us-west-2b"),
	key("capacity", func(l *runbook.Landing) *string { return &l.Capacity }, line, "How much it can carry.", "The whole load."),
	key("access", func(l *runbook.Landing) *string { return &l.Access }, line, "How one gets onto it.", "Session Manager"),
}}

var assumptionRecord = record[runbook.Assumption]{"assumption", []row[runbook.Assumption]{
	must(key("text", func(a *runbook.Assumption) *string { return &a.Text }, prose, "What is assumed.", "AMI backups are frequent.")),
	key("kind", func(a *runbook.Assumption) *string { return &a.Kind }, choice("vendor", "backup", "access", "people"), "What it is about.", "backup"),
	key("owner", func(a *runbook.Assumption) *string { return &a.Owner }, ref(contact, role), "Who knows whether it holds.", "bob"),
	probed("run", func(a *runbook.Assumption) **runbook.Probe { return &a.Probe }),
	expected("expect", func(a *runbook.Assumption) **runbook.Probe { return &a.Probe }),
}}

// probed and expected are the two keys of a probe that stand among others.
func probed[T any](name string, field func(*T) **runbook.Probe) row[T] {
	return row[T]{
		key: name, doc: "How to look.", example: "dig +short bookstore.example.com", form: command.form,
		read: func(v value, t *T) { probe(field(t)).Run = v.command() },
		write: func(t *T) *yaml.Node {
			if p := *field(t); p != nil {
				return optionalStr(p.Run)
			}
			return nil
		},
	}
}

func expected[T any](name string, field func(*T) **runbook.Probe) row[T] {
	read := besides(expectation, "run", "`expect` needs a `run` whose output it looks at").read
	return row[T]{
		key: name, doc: "What must be seen.", example: `{matches: "."}`, form: expectation.form,
		read: func(v value, t *T) { probe(field(t)).Expect = read(v) },
		write: func(t *T) *yaml.Node {
			if p := *field(t); p != nil {
				return expectation.write(p.Expect)
			}
			return nil
		},
	}
}

// probe is the probe itself, made where there was none.
func probe(p **runbook.Probe) *runbook.Probe {
	if *p == nil {
		*p = new(runbook.Probe)
	}
	return *p
}

var abortRecord = record[scene]{"abort", []row[scene]{
	key("when", func(s *scene) *[]string { return &s.Abort.When }, list(prose), "What calls for it.", "[Customers notice.]"),
	{
		key: "steps", doc: "The steps.", example: "[{do: Start the API again.}]", form: steps.form,
		read:  func(v value, s *scene) { s.aborts = v.drafts(runbook.Aborting) },
		write: func(s *scene) *yaml.Node { return steps.write(s.Abort.Steps) },
	},
}}

// scenarios are all of them, in the order written.
var scenarios = codec[[]runbook.Scenario]{
	form: form{kind: isMap, of: scenarioRecord.shape, key: idPattern},
	read: func(v value) []runbook.Scenario {
		entries := v.entries()
		if entries != nil && len(entries) == 0 {
			v.fault("a playbook needs a scenario", "")
		}
		out := make([]runbook.Scenario, len(entries))
		for i, e := range entries {
			v.r.define(scenario, e)
			s := scene{at: e, parts: map[runbook.Procedure][]draft{}}
			s.ID, s.Line, s.Column = e.name(), e.key.Line, e.key.Column
			if fill(e, scenarioRecord, &s) != nil {
				s.finish()
			}
			out[i] = s.Scenario
		}
		return out
	},
	write: func(all []runbook.Scenario) *yaml.Node {
		return pairsOf(all, func(s runbook.Scenario) (string, *yaml.Node) { return s.ID, scenarioRecord.node(&scene{Scenario: s}) })
	},
}

// procedure is the row of one part of a scenario.
func procedure(p runbook.Procedure, doc string) row[scene] {
	return row[scene]{
		key: string(p), doc: doc, example: "[{do: Look.}]", form: steps.form,
		read: func(v value, s *scene) { s.parts[p] = v.drafts(p) },
		write: func(s *scene) *yaml.Node {
			var part []runbook.Step
			for _, st := range s.Steps {
				if st.Procedure == p {
					part = append(part, st)
				}
			}
			return steps.write(part)
		},
	}
}

// drafts reads the steps of one procedure.
func (v value) drafts(p runbook.Procedure) []draft {
	out := []draft{}
	for _, item := range v.some() {
		if v.r.steps++; v.r.steps > maxSteps {
			if v.r.steps == maxSteps+1 {
				item.fault(fmt.Sprintf("more than %d steps", maxSteps), "")
			}
			return out
		}
		out = append(out, newDraft(item, p))
	}
	return out
}

// finish puts the steps in order, names them, and checks what they say of each
// other and of the scenario.
func (s *scene) finish() {
	var parts [][]draft
	for _, p := range runbook.Procedures {
		parts = append(parts, s.parts[p])
	}
	s.drafts = slices.Concat(parts...)
	if len(s.drafts) == 0 && len(s.parts) == 0 {
		s.at.faultKey("a scenario needs a step", "in `recovery`, `test` or `resume`")
	}
	s.identify()
	s.Steps = slices.Grow(s.Steps, len(s.drafts)) // steps are large
	for _, d := range s.drafts {
		s.Steps = append(s.Steps, d.Step)
	}
	for _, d := range s.aborts {
		s.Abort.Steps = append(s.Abort.Steps, d.Step)
	}
	s.checkJumps()
	s.checkOrder()
	s.checkPoints()
	s.checkLeads()
	s.checkMarks()
}

// reserved are words with which a target does not mean a step's id.
var reserved = []string{
	string(runbook.Inject), string(runbook.Recovery), string(runbook.Test), string(runbook.Resume),
	string(runbook.Next), string(runbook.Aborting),
}

// identify makes the ids that were left out, from the step's words, so that
// they stay the same when steps are added before them.
func (s *scene) identify() {
	taken := map[string]int{} // the line where, or 0
	for _, word := range reserved {
		taken[word] = 0
	}
	var all []*draft
	for _, part := range [][]draft{s.drafts, s.aborts} {
		for i := range part {
			all = append(all, &part[i])
		}
	}
	for _, d := range all {
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
	for _, d := range all {
		if d.ID == "" {
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
