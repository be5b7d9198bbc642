package read

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// gateWords are the prerequisites of stage 1 by the words of their headings, the
// narrower ones first.
var gateWords = []struct {
	words []string
	gate  string
}{
	{[]string{"non-critical", "playbook"}, "non-critical-playbook"},
	{[]string{"critical", "playbook"}, "critical-playbook"},
	{[]string{"disaster", "playbook"}, "disaster-playbook"},
	{[]string{"non-critical", "dependenc"}, "non-critical-dependencies"},
	{[]string{"critical", "dependenc"}, "critical-dependencies"},
	{[]string{"architecture"}, "architecture"},
	{[]string{"observability"}, "observability"},
	{[]string{"monitoring"}, "observability"},
	{[]string{"publish"}, "published"},
	{[]string{"agree"}, "agreement"},
	{[]string{"exercise"}, "exercise"},
	{[]string{"gameday"}, "exercise"},
}

func gateOf(name string) string {
	name = strings.ToLower(name)
	for _, row := range gateWords {
		all := true
		for _, w := range row.words {
			all = all && strings.Contains(name, w)
		}
		if all {
			return row.gate
		}
	}
	return ""
}

// facts are lines that say one thing of what they stand in: Status: Complete.
var facts = compiled(`(?i)^[*_]*(status|evidence)[*_]*\s*:[*_]*\s*(.+)$`)

// about reads a section that is part of no scenario. It is text about the whole,
// but for the state of a prerequisite and for what is empty on purpose.
func (b *author) about(s section) {
	body := s.body[:0:0]
	for _, p := range s.body {
		whole, known := b.shown[p.at]
		if (p.form != table || !known || !whole) && !b.gate(s, p) {
			body = append(body, p)
		}
	}
	s.body = body
	text := s.text(false)
	if text == "" {
		return
	}
	at := s.body[0].at
	switch name := strings.ToLower(s.name()); {
	case name == "purpose" || name == "scope":
		b.tell(name, text, at)
	case nonCritical().MatchString(name) && emptied().MatchString(text) && get(b.root, "none") == nil:
		put(within(b.root, "none", at), "non-critical", scalar(strings.ReplaceAll(unmarked(text), "\n", " "), at))
	case s.level < 2:
		b.tell("purpose", text, at)
	default:
		b.tell("purpose", s.text(true), at)
	}
}

var emptied = compiled(`(?i)^[-*_ ]*(none|n/a|no |there (is|are) no)\b`)

// gate reads the state of a prerequisite from a paragraph or a list that says
// nothing else, and reports whether it was one.
func (b *author) gate(s section, p block) bool {
	gate := gateOf(s.name())
	all := statements([]block{p})
	if gate == "" || len(all) == 0 || p.form != paragraph && p.form != bullets {
		return false
	}
	for _, l := range all {
		if !facts().MatchString(l.text) {
			return false
		}
	}
	entry := within(within(b.root, "prerequisites", p.at), gate, p.at)
	for _, l := range all {
		m := facts().FindStringSubmatch(l.text)
		said := withLinks(m[2])
		key := strings.ToLower(m[1])
		if key == "status" && !onlyState().MatchString(said) {
			b.tell("purpose", "**"+s.name()+":** "+said, l.at)
		}
		switch {
		case get(entry, key) != nil:
		case key == "evidence":
			say(entry, "done", said, l.at)
		case completed().MatchString(said):
			say(entry, "status", "complete", l.at)
		default:
			say(entry, "status", "open", l.at)
		}
	}
	return true
}

var (
	completed = compiled(`(?i)^\W*(complete|completed|done)\b`)
	onlyState = compiled(`(?i)^\W*(complete|completed|done|open|in progress|incomplete|not (yet )?(complete|done|started)|pending|planned|to ?do)\W*$`)
)

// statements are the lines of paragraphs and of items, without their bullets.
func statements(blocks []block) []textLine {
	var out []textLine
	for _, b := range blocks {
		switch b.form {
		case paragraph:
			for _, l := range b.lines {
				out = append(out, textLine{strings.TrimSpace(l.text), l.at})
			}
		case bullets, numbers, item:
			out = append(out, statements(b.children)...)
		}
	}
	return out
}

// scenarios reads a document of the shape that names its scenarios.
func (b *author) scenarios(parts []section) {
	b.readTables(parts)
	at := scenarioAt(parts)
	all := newMapping(parts[at].head.at)
	for i := 0; i < len(parts); {
		if !opensScenario(parts[i]) {
			b.about(parts[i])
			i++
			continue
		}
		end := i + 1
		for end < len(parts) && parts[end].level > parts[i].level && !opensScenario(parts[end]) {
			end++
		}
		s := story{author: b, node: newMapping(parts[i].head.at), terminal: newCourse()}
		title := scenarioTitle().ReplaceAllString(parts[i].name(), "")
		say(s.node, "title", title, parts[i].head.at)
		say(s.node, "class", classOf(parts, parts[i].above), parts[i].head.at)
		say(s.node, "component", b.components.longest(title), parts[i].head.at)
		s.read(parts[i:end])
		put(all, b.id("scenarios", cmp.Or(parts[i].id, title), "scenario"), s.node)
		i = end
	}
	put(b.root, "scenarios", all)
}

// A story is a scenario while it is read.
type story struct {
	*author
	node     *yaml.Node
	told     []string // its overview
	toldAt   place
	terminal *course
}

// fields are the headings that a scenario's parts stand under: the one of the
// public shape, and what teams write instead.
var fields = []struct {
	names []string
	read  func(s *story, parts []section)
}{
	{[]string{"disaster recovery leads", "recovery leads", "leads"}, (*story).leads},
	{[]string{"severity"}, (*story).severity},
	{[]string{"recovery procedure overview", "overview", "summary"}, (*story).overview},
	{[]string{"basic assumptions", "assumptions"}, (*story).assumptions},
	{[]string{"recovery time objective", "recovery time objective (rto)", "rto"}, func(s *story, parts []section) { s.objective(parts, "rto") }},
	{[]string{"recovery point objective", "recovery point objective (rpo)", "rpo"}, func(s *story, parts []section) { s.objective(parts, "rpo") }},
	{[]string{"recovery platform"}, (*story).platform},
	{[]string{"recovery procedure", "recovery steps", "recovery"}, func(s *story, parts []section) { s.procedure(parts, runbook.Recovery) }},
	{[]string{"test procedure", "test", "tests", "validation", "verification"}, func(s *story, parts []section) { s.procedure(parts, runbook.Test) }},
	{[]string{"resume procedure", "resume", "return to normal"}, func(s *story, parts []section) { s.procedure(parts, runbook.Resume) }},
}

// read takes the sections of a scenario. What stands under no heading that is
// known, and what a known one has beyond its sense, goes to the overview.
func (s *story) read(parts []section) {
	s.also(parts[0].text(false), parts[0])
	var unknown []section // under which stand steps
	for i := 1; i < len(parts); {
		end := i + 1
		for end < len(parts) && parts[end].level > parts[i].level {
			end++
		}
		known := false
		for _, f := range fields {
			if known = slices.Contains(f.names, strings.ToLower(parts[i].name())); known {
				f.read(s, parts[i:end])
				i = end
				break
			}
		}
		if !known {
			if parts[i].text(false) != "" || empty(parts, i) {
				s.also(parts[i].text(true), parts[i])
			}
			if slices.ContainsFunc(parts[i].body, func(b block) bool { return isStep(b) || holds(b, isStep) }) {
				unknown = append(unknown, parts[i])
			}
			i++
		}
	}
	say(s.node, "overview", strings.Join(s.told, "\n\n"), s.toldAt)
	for _, u := range unknown {
		s.remark("LD01", get(s.node, "overview"), fmt.Sprintf("the steps below %s, line %d, were read as text: a scenario's steps stand below Recovery Procedure, Test Procedure or Resume Procedure", show(u.name()), u.head.at.line))
	}
}

func (s *story) also(text string, from section) {
	if text == "" {
		return
	}
	if len(s.told) == 0 {
		if s.toldAt = from.head.at; len(from.body) > 0 {
			s.toldAt = from.body[0].at
		}
	}
	s.told = append(s.told, text)
}

// deeper keeps the sections below one that has none of its own sense for them.
func (s *story) deeper(parts []section) {
	for _, p := range parts[1:] {
		s.also(p.text(true), p)
	}
}

func (s *story) overview(parts []section) {
	s.also(parts[0].text(false), parts[0])
	s.deeper(parts)
}

func (s *story) platform(parts []section) {
	body := parts[0].body
	if len(body) == 1 && body[0].form == bullets && len(body[0].children) == 1 {
		body = body[0].children // the bullet says nothing
	}
	if text := renderAll(body); text != "" {
		say(s.node, "platform", text, body[0].at)
	}
	s.deeper(parts)
}

var leading = compiled(`(?i)^[*_]*(primary|secondary)(?:\s+lead)?[*_]*\s*(?::|-|–|—)[*_]*\s*`)

// leads reads - Primary: Bob, Lead Developer.
func (s *story) leads(parts []section) {
	leads := newMapping(parts[0].head.at)
	for _, l := range statements(parts[0].body) {
		m := leading().FindStringSubmatchIndex(l.text)
		if m == nil {
			s.also(l.text, parts[0])
			continue
		}
		name := personIn(l.text[m[1]:])
		at := place{l.at.line, l.at.column + utf8.RuneCountInString(l.text[:m[1]])}
		if absent(name) {
			continue
		}
		if id := s.contact(tableCell{name, at}); id != "" {
			put(leads, strings.ToLower(l.text[m[2]:m[3]]), scalar(id, at))
		}
	}
	if len(leads.Content) > 0 {
		put(s.node, "leads", leads)
	}
	s.others(parts)
}

// personIn is the name with which a text begins, up to what is said of it.
func personIn(text string) string {
	text = unmarked(text)
	if end := personEnds().FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return strings.TrimSpace(text)
}

var personEnds = compiled(`[,;(<]|\s[-–—]\s`)

// others keeps what stands beside the lines of a section.
func (s *story) others(parts []section) {
	for _, b := range parts[0].body {
		if b.form != paragraph && b.form != bullets && b.form != numbers {
			s.also(render(b), parts[0])
		}
	}
	s.deeper(parts)
}

var severityEnds = compiled(`[.,:;(]|\s[-–—]\s`)

// severity is the word with which its section begins.
func (s *story) severity(parts []section) {
	for i, l := range statements(parts[0].body) {
		word, rest := unmarked(l.text), ""
		if end := severityEnds().FindStringIndex(word); end != nil {
			word, rest = word[:end[0]], strings.Trim(word[end[1]:], " )")
		}
		if i > 0 {
			s.also(l.text, parts[0])
			continue
		}
		if !absent(word) {
			say(s.node, "severity", slugOr(word, word), l.at)
		}
		s.also(rest, parts[0])
	}
	s.others(parts)
}

// objective is the duration with which its section begins.
func (s *story) objective(parts []section, key string) {
	for i, l := range statements(parts[0].body) {
		text := unmarked(l.text)
		switch {
		case i > 0:
			s.also(l.text, parts[0])
		case !absent(strings.TrimRight(text, ".")):
			s.also(strings.Trim(s.length(s.node, key, tableCell{text, l.at}, 0), " ."), parts[0])
		}
	}
	s.others(parts)
}

// assumptions are the items of the section's lists.
func (s *story) assumptions(parts []section) {
	all := sequence(parts[0].head.at)
	for _, b := range parts[0].body {
		if b.form != bullets && b.form != numbers {
			s.also(render(b), parts[0])
			continue
		}
		for _, it := range b.children {
			if text := render(it); text != "" {
				one := newMapping(it.at)
				say(one, "text", text, it.at)
				all.Content = append(all.Content, one)
			}
		}
	}
	if len(all.Content) > 0 {
		put(s.node, "assumptions", all)
	}
	s.deeper(parts)
}

// procedure reads the steps of one. Where nothing in it is an item, each block
// of commands is a step, and each heading below it, as in a document that has
// no scenarios.
func (s *story) procedure(parts []section, p runbook.Procedure) {
	numbered, listed := false, false
	for _, part := range parts {
		for _, b := range part.body {
			listed = listed || holds(b, func(b block) bool { return b.form == bullets })
			numbered = numbered || holds(b, func(b block) bool { return b.form == numbers && !contents(b) })
		}
	}
	f := foreman{page: s.page, generic: !numbered && !listed, loose: !numbered}
	for i, part := range parts {
		before := len(f.tasks)
		if i > 0 {
			f.part = part.trail(parts)
		}
		f.section(part)
		if i > 0 && f.generic && len(f.tasks) == before && !f.held.empty() {
			f.tasks = append(f.tasks, &task{at: part.head.at, part: f.part, wording: f.held})
			f.held = wording{}
		}
		s.also(f.leftOver(), part)
	}
	steps := f.steps(s.terminal)
	if len(steps) == 0 {
		s.r.report(problem{place: parts[0].head.at, message: "this procedure has no step", hint: "each item of a numbered list is a step; without one each bullet is, or each block of commands"})
		return
	}
	put(s.node, string(p), sequence(parts[0].head.at, steps...))
}

// section takes the blocks below one heading.
func (f *foreman) section(s section) {
	f.fresh = len(f.tasks)
	f.last, f.command = "", false
	f.blocks(s.body)
}

// leftOver gives the words that no step came for to the one before them. Where
// there is none, they come back.
func (f *foreman) leftOver() string {
	text := f.held.all()
	f.held = wording{}
	if t := f.latest(); t != nil {
		t.add("note", text)
		return ""
	}
	return text
}

// generic reads a document without scenarios as one: its headings are its
// parts, and what stands in a part without a step is its overview.
func (b *author) generic(parts []section) {
	title := cmp.Or(get(b.front, "title"), get(b.root, "title"))
	f := foreman{page: b.page, generic: true}
	s := story{author: b, node: newMapping(parts[0].start()), terminal: newCourse()}
	first := slices.IndexFunc(parts, func(s section) bool { return s.level > 0 })
	for i, part := range parts {
		f.part = ""
		if i > first {
			f.part = part.trail(parts[max(first, 0):])
		}
		f.section(part)
		rest := f.leftOver()
		if f.part != "" && (rest != "" || empty(parts, i)) {
			rest = strings.TrimSpace("**" + f.part + "**\n\n" + rest)
		}
		s.also(rest, part)
	}
	steps := f.steps(s.terminal)
	if len(steps) == 0 && get(b.front, "scenarios") != nil {
		return
	}
	if len(steps) == 0 {
		b.r.report(problem{place: parts[0].start(), message: "nothing in the document is a step", hint: "a block of commands (```sh) is one, or an item of a numbered list; a failure to prepare for stands under a heading `Scenario: ...`"})
		return
	}
	say(s.node, "title", title.Value, place{title.Line, title.Column})
	say(s.node, "overview", strings.Join(s.told, "\n\n"), s.toldAt)
	put(s.node, "recovery", sequence(place{steps[0].Line, steps[0].Column}, steps...))
	put(within(b.root, "scenarios", parts[0].start()), slugOr(title.Value, "runbook"), s.node)
}

// start is where a document begins to say something.
func (s section) start() place {
	if len(s.body) > 0 {
		return s.body[0].at
	}
	return place{1, 1}
}
