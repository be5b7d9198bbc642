package check

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"
)

// A passage is one text of the document, and where it stands.
type passage struct {
	path, words string
	kind        wording
}

// A wording says whom a text is for.
type wording int

const (
	prose   wording = iota // people, maybe in Markdown
	command                // a machine
	output                 // what a machine says
)

// reportIn is report for a part of a passage: the place is that of the part
// where it can be found.
func (s *subject) reportIn(p passage, part, message, hint string) {
	s.reportAt(s.check.Severity, s.locate(p, part), p.path, message, hint)
}

// locate is where a part of a passage stands in the file. A file may spell a
// text otherwise, with escapes or wrapped, and a line may be the whole file;
// then it is where the passage begins.
func (s *subject) locate(p passage, part string) runbook.Place {
	if s.starts == nil {
		s.starts = lineStarts(s.text)
	}
	at := s.Where.Find(p.path)
	if at.Line < 1 || at.Line > len(s.starts) || at.Column > farOut {
		return at
	}
	from := s.starts[at.Line-1]
	for range at.Column - 1 {
		_, size := utf8.DecodeRuneInString(s.text[from:])
		from += size
	}
	text := s.text[from:]
	if end := at.Line + strings.Count(p.words, "\n"); end < len(s.starts) {
		text = s.text[from:s.starts[end]]
	}
	part, _, _ = strings.Cut(strings.TrimSpace(part), "\n")
	i := strings.Index(text, part)
	if i < 0 {
		return at
	}
	if begin := 1 + strings.LastIndexByte(text[:i], '\n'); begin > 0 {
		return runbook.Place{Line: at.Line + strings.Count(text[:i], "\n"), Column: 1 + utf8.RuneCountInString(text[begin:i])}
	}
	return runbook.Place{Line: at.Line, Column: at.Column + utf8.RuneCountInString(text[:i])}
}

// farOut is a column beyond which nobody looks for the very character.
const farOut = 400

// lineStarts are the bytes at which the lines of a text begin.
func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// passages are all texts of the document in which people say or run something.
func (s *subject) passages() []passage {
	if s.read == nil {
		s.read = passagesOf(s.Playbook)
	}
	return s.read
}

func passagesOf(book *runbook.Playbook) []passage {
	var p pen
	p.playbook(book)
	for i := range book.Scenarios {
		p.scenario(&book.Scenarios[i])
	}
	for _, at := range spotsOf(book) {
		p.step(at)
	}
	return p.written
}

// A pen collects passages. Empty texts are none.
type pen struct{ written []passage }

func (p *pen) add(kind wording, at, below, words string) {
	if strings.TrimSpace(words) != "" {
		p.written = append(p.written, passage{join(at, below), words, kind})
	}
}

func (p *pen) list(kind wording, at, below string, all []string) {
	for i, words := range all {
		if words != "" {
			p.add(kind, at, fmt.Sprintf("%s[%d]", below, i), words)
		}
	}
}

// keyed is text by the key that it stands under.
type keyed []struct{ key, words string }

func (p *pen) prose(at string, all keyed) {
	for _, n := range all {
		p.add(prose, at, n.key, n.words)
	}
}

func (p *pen) playbook(b *runbook.Playbook) {
	p.prose("", keyed{{"title", b.Title}, {"application", b.Application}, {"purpose", b.Purpose}, {"scope", b.Scope},
		{"offline_copy", b.OfflineCopy}, {"success_criteria", b.Success}})
	p.list(prose, "", "exclusions", b.Exclusions)
	p.list(prose, "", "activation_criteria", b.Activation)
	p.list(prose, "", "deactivation_criteria", b.Deactivation)
	p.list(prose, "", "exceptions", b.Exceptions)
	for _, set := range []struct {
		key string
		all []runbook.Named
	}{{"severities", b.Severities}, {"glossary", b.Glossary}, {"none", b.None}} {
		for _, n := range set.all {
			p.add(prose, set.key, n.ID, n.Text)
		}
	}
	for _, g := range b.Prerequisites {
		p.add(prose, "prerequisites."+g.Gate, "done", g.Done)
	}
	for _, c := range b.Components {
		p.prose("components."+c.ID, keyed{{"name", c.Name}, {"platform", c.Platform}, {"data_store", c.DataStore}})
		p.add(command, "components."+c.ID, "replication_lag_source", c.LagSource)
	}
	for _, s := range b.Signals {
		p.add(command, "signals."+s.ID, "run", s.Run)
		p.add(prose, "signals."+s.ID, "stop_when", s.StopWhen)
		p.expect("signals."+s.ID+".expect", s.Expect)
	}
	for _, d := range b.Dependencies {
		p.prose("dependencies."+d.ID, keyed{{"workaround", d.Workaround}, {"impact", d.Impact}, {"mbco", d.MBCO}, {"evidence", d.Evidence}})
	}
	for _, n := range b.Notifications {
		p.prose("notifications."+n.ID, keyed{{"when", n.When}, {"what", n.What}, {"exercise_marker", n.Marker}})
	}
	p.plan(b.Exercise)
}

func (p *pen) plan(x *runbook.Plan) {
	if x == nil {
		return
	}
	p.prose("exercise", keyed{{"title", x.Title}, {"scope", x.Scope}, {"out_of_scope", x.OutOfScope}})
	p.list(prose, "exercise", "objectives", x.Objectives)
	p.list(prose, "exercise", "ground_rules", x.GroundRules)
	p.list(prose, "exercise", "abort_when", x.AbortWhen)
	for i, inject := range x.Injects {
		p.add(prose, fmt.Sprintf("exercise.injects[%d]", i), "what", inject.What)
	}
}

func (p *pen) scenario(s *runbook.Scenario) {
	at := scenarioPath(s, "")
	p.prose(at, keyed{{"title", s.Title}, {"overview", s.Overview}, {"platform", s.Platform},
		{"success", s.Success}, {"blast_radius", s.BlastRadius}})
	p.list(prose, at, "abort.when", s.Abort.When)
	for i, a := range s.Assumptions {
		below := fmt.Sprintf("%s.assumptions[%d]", at, i)
		p.add(prose, below, "text", a.Text)
		p.probe(below, a.Probe)
	}
}

func (p *pen) probe(at string, look *runbook.Probe) {
	if look != nil {
		p.add(command, at, "run", look.Run)
		p.expect(at+".expect", look.Expect)
	}
}

func (p *pen) step(s spot) {
	p.prose(s.path, keyed{{"do", s.Do}, {"ask", s.Ask}, {"if", s.If}, {"optional", s.When}, {"why", s.Why},
		{"note", s.Note}, {"warning", s.Warning}, {"rollback", s.Rollback}})
	p.list(prose, s.path, "preconditions", s.Preconditions)
	p.list(prose, s.path, "refs", s.Refs)
	p.probe(s.path+".if", s.IfProbe)
	for i, a := range s.Answers {
		p.add(prose, fmt.Sprintf("%s.answers[%d]", s.path, i), "say", a.Say)
	}
	way := s.path
	if s.Kind == runbook.Until {
		way += ".until"
	}
	if len(s.Runs) > 0 {
		p.list(command, way, "runs", s.Runs)
	} else {
		p.add(command, way, "run", s.Run)
	}
	p.expect(way+".expect", s.Expect)
	p.add(output, s.path, "sample", s.Sample)
}

func (p *pen) expect(at string, e runbook.Expect) {
	if !e.Stated {
		return
	}
	p.add(output, at, "lines", e.Lines)
	p.add(output, at, "exact", e.Exact)
	p.list(output, at, "contains", e.Contains)
	p.list(output, at, "absent", e.Absent)
	p.list(output, at, "matches", e.Matches)
	p.add(output, at, "json", string(e.JSON))
	for i, r := range e.Table {
		p.add(output, at, fmt.Sprintf("table[%d]", i), r.String())
	}
	p.add(prose, at, "state", e.State)
}
