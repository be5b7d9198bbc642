package read

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A wording is what people read at a step, by the key that takes it.
type wording struct{ do, note, warning, why []string }

func (w *wording) add(kind, text string) {
	if text == "" {
		return
	}
	switch kind {
	case "note":
		w.note = append(w.note, text)
	case "warning":
		w.warning = append(w.warning, text)
	case "why":
		w.why = append(w.why, text)
	default:
		w.do = append(w.do, text)
	}
}

func (w *wording) join(other wording) {
	w.do = append(w.do, other.do...)
	w.note = append(w.note, other.note...)
	w.warning = append(w.warning, other.warning...)
	w.why = append(w.why, other.why...)
}

func (w *wording) empty() bool { return len(w.do)+len(w.note)+len(w.warning)+len(w.why) == 0 }

// all is everything as one text, for where there is no step to stand at.
func (w *wording) all() string {
	parts := slices.Clone(w.do)
	for _, row := range []struct {
		name  string
		texts []string
	}{{"Why", w.why}, {"Note", w.note}, {"Warning", w.warning}} {
		for _, t := range row.texts {
			parts = append(parts, "**"+row.name+":** "+t)
		}
	}
	return strings.Join(parts, "\n\n")
}

// A task is a step in the making.
type task struct {
	wording
	at         place
	part       string
	guard      string
	guardAt    place
	optional   bool
	then       string
	thenAt     place
	scripts    [][]script // block by block
	attributes []attribute
}

// A foreman makes the steps of one procedure out of its blocks.
//
// In a procedure of a scenario the items of its lists are the steps, and a block
// that stands between them belongs to the one above it. In a generic document
// every command is a step of its own, with the words before it.
type foreman struct {
	*page
	generic bool
	loose   bool // bullets are steps, for want of numbers
	part    string
	tasks   []*task
	held    wording // waits for the step that it introduces
	heldAt  place
	fresh   int    // the first task under this heading
	last    string // the text of the block before, if it was text
	command bool   // the block before was a command
}

func (f *foreman) blocks(all []block) {
	for _, b := range all {
		f.block(b)
	}
}

func (f *foreman) block(b block) {
	before, follows := f.last, f.command
	f.last, f.command = "", false
	found := scripts(b)
	switch t := f.latest(); {
	case found != nil:
		f.run(b, found)
	case t != nil && len(t.scripts) > 0 && output(b, before, follows):
		t.shows(b)
	case b.form == aside:
		f.setAside(b)
	case (b.form == bullets || b.form == numbers) && f.works(b):
		f.items(b)
	case b.form == quote && holds(b, isCommand):
		f.blocks(b.children)
	case b.form == paragraph:
		f.paragraph(b)
	default:
		f.hold("do", render(b), b.at)
	}
}

// latest is the newest step that a block without a place of its own belongs to.
func (f *foreman) latest() *task {
	if len(f.tasks) == 0 || f.generic && len(f.tasks) <= f.fresh {
		return nil
	}
	return f.tasks[len(f.tasks)-1]
}

func (f *foreman) hold(kind, text string, at place) {
	if f.held.empty() {
		f.heldAt = at
	}
	f.held.add(kind, text)
}

func (f *foreman) paragraph(b block) {
	kind, said := labelled(joined(b.lines))
	if t := f.latest(); kind != "" && t != nil && f.held.empty() {
		t.add(kind, said)
		return
	}
	f.hold(kind, said, b.at)
	f.last = said
}

// setAside takes a note or warning. Commands in it are commands all the same.
func (f *foreman) setAside(b block) {
	if holds(b, isCommand) {
		f.blocks(b.children)
		return
	}
	if t := f.latest(); t != nil && f.held.empty() {
		t.add(b.label, renderAll(b.children))
		return
	}
	f.hold(b.label, renderAll(b.children), b.at)
}

// run takes a command that stands in no item.
func (f *foreman) run(b block, found []script) {
	f.command = true
	t := f.latest()
	if t == nil || f.generic {
		t = &task{at: b.at, part: f.part}
		if len(f.held.do) > 0 {
			t.at = f.heldAt
		}
		f.tasks = append(f.tasks, t)
	}
	t.join(f.held)
	f.held = wording{}
	f.give(t, b, found)
}

func (t *task) shows(b block) {
	block := t.scripts[len(t.scripts)-1]
	s := &block[len(block)-1]
	if s.sample != "" {
		s.sample += "\n"
	}
	s.sample += strings.TrimRight(joined(outdented(b.lines)), " \t\n")
}

// works reports whether the items of a list are steps, or hold some.
func (f *foreman) works(b block) bool {
	if b.form == numbers {
		return !contents(b)
	}
	return slices.ContainsFunc(b.children, f.working)
}

// working reports whether a bullet is a step, or holds one.
func (f *foreman) working(it block) bool {
	return f.loose || holds(it, isStep) || !f.generic && conditional(it)
}

// items takes the items of a list that works. The other bullets are text.
func (f *foreman) items(b block) {
	for _, it := range b.children {
		if b.form == bullets && !f.working(it) {
			f.hold("do", render(block{form: bullets, children: []block{it}}), it.at)
			continue
		}
		f.item(it, task{})
	}
}

func isStep(b block) bool { return isCommand(b) || b.form == numbers && !contents(b) }

func isCommand(b block) bool { return scripts(b) != nil }

func holds(b block, what func(block) bool) bool {
	return what(b) || slices.ContainsFunc(b.children, func(c block) bool { return holds(c, what) })
}

var anchor = compiled(`^[*_]*\[[^\]]*\]\(#[^)]*\)[*_]*$`)

// contents reports whether a list is a table of contents: nothing but links to
// parts of the same page.
func contents(b block) bool {
	for _, c := range b.children {
		if c.form == paragraph && !anchor().MatchString(strings.TrimSpace(joined(c.lines))) || c.form != paragraph && !contents(c) {
			return false
		}
	}
	return len(b.children) > 0 || b.form == paragraph
}

// item makes a step of an item, and of those in it that are steps themselves.
// They are under the same condition as the item that they stand in.
func (f *foreman) item(it block, outer task) {
	t := &task{at: it.at, part: f.part, guard: outer.guard, guardAt: outer.guardAt, optional: outer.optional}
	t.note, t.warning, t.why = append(f.held.note, f.held.do...), f.held.warning, f.held.why
	f.held = wording{}
	mine := len(f.tasks)
	f.tasks = append(f.tasks, t)
	f.last, f.command = "", false
	current := t
	for i, b := range it.children {
		if i == 0 && b.form == paragraph {
			f.last = t.begins(b)
			continue
		}
		current = f.within(t, current, b)
	}
	f.tasks[len(f.tasks)-1].add("note", f.held.all())
	f.held = wording{}
	if !t.bare() {
		return
	}
	if f.tasks = slices.Delete(f.tasks, mine, mine+1); len(f.tasks) > mine {
		f.tasks[mine].join(t.wording)
	} else {
		f.held = t.wording
	}
}

// within takes a block of an item, for the step that is current in it, and says
// which one is next: nil behind steps of their own, after which a command is a
// step too.
func (f *foreman) within(t, current *task, b block) *task {
	before, follows := f.last, f.command
	found := scripts(b)
	f.last, f.command = "", found != nil
	full := current == nil || f.generic && len(current.scripts) > 0
	switch {
	case found != nil && full:
		current = &task{at: b.at, part: f.part, guard: t.guard, guardAt: t.guardAt, optional: t.optional, wording: f.held}
		f.held = wording{}
		f.tasks = append(f.tasks, current)
		f.give(current, b, found)
	case found != nil:
		f.give(current, b, found)
	case current != nil && len(current.scripts) > 0 && output(b, before, follows):
		current.shows(b)
	case b.form == paragraph && full:
		f.paragraph(b)
	case b.form == paragraph:
		kind, said := labelled(joined(b.lines))
		current.add(kind, said)
		current.jumps(b)
		f.last = said
	case b.form == bullets || b.form == numbers:
		if f.inner(b, t) {
			return nil
		}
	case (b.form == quote || b.form == aside) && holds(b, isCommand):
		for _, c := range b.children {
			current = f.within(t, current, c)
		}
	case current == nil && b.form == aside:
		f.hold(b.label, renderAll(b.children), b.at)
	case b.form == aside:
		current.add(b.label, renderAll(b.children))
	case full:
		f.hold("do", render(b), b.at)
	default:
		current.add("do", render(b))
	}
	return current
}

// inner takes a list within an item. Its items are steps where it has numbers,
// and otherwise those that begin with If or hold a command; the rest is text.
// It reports whether there was a step.
func (f *foreman) inner(b block, t *task) (steps bool) {
	rest := block{form: b.form, number: b.number}
	flush := func() {
		if len(rest.children) > 0 && !steps {
			t.add("do", render(rest))
		} else if len(rest.children) > 0 {
			f.tasks[len(f.tasks)-1].add("note", render(rest))
		}
		rest.children = nil
	}
	for _, it := range b.children {
		if b.form == numbers && !contents(b) || conditional(it) || holds(it, isCommand) {
			flush()
			f.item(it, *t)
			steps = true
			continue
		}
		rest.children = append(rest.children, it)
	}
	flush()
	return steps
}

func (t *task) bare() bool {
	return len(t.do)+len(t.scripts) == 0 && t.then == ""
}

// give gives a block of commands to a task. What stands behind its fence is on
// no page, so that a command may not hide there.
func (f *foreman) give(t *task, b block, found []script) {
	_, said := attributes(textLine{b.label, b.labelAt})
	for _, a := range said {
		if strings.HasSuffix(a.key, ".run") {
			f.r.report(problem{place: a.at, message: "a command in the braces of a fence is one that nobody sees", hint: "write the braces at the end of the item: what is run must be what is read"})
		}
	}
	t.scripts, t.attributes = append(t.scripts, found), append(t.attributes, said...)
}

var (
	label      = compiled(`^[^\pL\pN\[*_]*(?:\*\*|__|\*|_)?(?i:(` + labels() + `))\b(?:\*\*|__|\*|_)?\s*(:|!|-|–|—)\s*(?:\*\*|__|\*|_)?\s*`)
	optionally = compiled(`(?i)^[*_]*\(optional\)[*_]*:?\s*|^[*_]*optional[*_]*:[*_]*\s*|\s*[*_]*\(optional\)[*_]*([.:]?)$`)
	begins     = compiled(`(?i)^[*_]*if\b[*_]*\s+`)
	ends       = compiled(`,\s|\s+then\b|[:.;]\s|[:.;]$|\n\n`)
	counted    = compiled(`\b(?:or|and)\b`)
	verb       = compiled(`(?i)\b(?:is|are|was|were|has|have|does|do|did|fails?|cannot)\b|n['’]t\b`)
	goesTo     = compiled(`(?i)\b(?:proceed|go|continue|skip|return|jump|move|advance)(?:\s+(?:on|back|ahead|straight|directly))?\s+(?:to|with)\s+(?:the\s+)?["'*_\[]*(recovery|test|resume)\s+procedure`)
)

// labelled is the text of a paragraph that begins with NOTE: or a word like it,
// and the key that takes it.
func labelled(text string) (kind, said string) {
	m := label().FindStringSubmatchIndex(text)
	if m == nil {
		return "", strings.TrimRight(text, " \t\n")
	}
	return asideKinds[strings.ToLower(text[m[2]:m[3]])], strings.TrimSpace(text[m[1]:])
}

func conditional(it block) bool {
	if len(it.children) == 0 || it.children[0].form != paragraph {
		return false
	}
	text := optionally().ReplaceAllString(it.children[0].lines[0].text, "")
	return begins().MatchString(text)
}

// begins reads the first paragraph of an item, and is its text.
func (t *task) begins(b block) string {
	lines := slices.Clone(b.lines)
	lines[0], t.attributes = attributes(lines[0])
	text := lines[0].text
	if optionally().MatchString(text) {
		t.optional = true
		text = optionally().ReplaceAllString(text, "$1")
	}
	if lines[0].text = text; len(lines) > 1 || text != "" {
		text = strings.TrimRight(joined(lines), " \t\n")
		t.add("do", text)
	}
	if m := begins().FindStringIndex(text); m != nil {
		condition := conditionOf(strings.TrimSpace(text[m[1]:]))
		if t.guard != "" {
			condition = t.guard + ", and " + condition
		}
		t.guard, t.guardAt = condition, b.at
	}
	t.jumps(b)
	return text
}

// conditionOf is the condition with which a text begins, up to a comma, a colon
// or the like. In "the API, the database or the CDN is down, restart it" the
// commas before the last of them only part what is counted up.
func conditionOf(text string) string {
	parts := strings.SplitN(text, ", ", 10)
	for i, part := range parts[:len(parts)-1] {
		complete := verb().MatchString(part)
		if ends().MatchString(part) || complete && (i == 0 || !counted().MatchString(part)) {
			break
		}
		if complete {
			return strings.Join(parts[:i+1], ", ")
		}
	}
	if end := ends().FindStringIndex(text); end != nil {
		return text[:end[0]]
	}
	return text
}

// jumps reads where a step says that one goes on.
func (t *task) jumps(b block) {
	if m := goesTo().FindStringSubmatch(joined(b.lines)); m != nil && t.then == "" {
		t.then, t.thenAt = strings.ToLower(m[1]), b.at
	}
}

// A course is what the steps of a scenario have in common: the terminals that
// are open, the one in use last.
type course struct {
	open []string
	*names
}

func newCourse() *course {
	c := &course{names: newNames()}
	c.taken["local"] = 1 // is where one begins
	return c
}

// names are those in use, none of them twice.
type names struct{ taken, next map[string]int } // see free

func newNames() *names { return &names{map[string]int{}, map[string]int{}} }

// new is the word, or the word with a number where it is in use.
func (n *names) new(word string) string {
	word = free(word, n.taken, n.next)
	n.taken[word] = 1
	return word
}

// locally are words with which a document returns to where it began.
var locally = compiled(`(?i)\blocally\b|\b(?:your|my)\s+(?:own\s+|local\s+)*(?:machine|laptop|workstation|computer|shell|terminal)\b|\blocal\s+(?:machine|laptop|workstation|computer|host|shell|terminal)\b|\b(?:new|second|another|separate)\s+terminal\b|\b(?:log\s*out|disconnect)\b|\b(?:exit|leave|close)\s+(?:from\s+)?the\s+(?:ssh\s+|remote\s+)?(?:session|shell|instance|host|server|container|connection)\b`)

// steps writes the tasks as nodes.
func (f *foreman) steps(c *course) []*yaml.Node {
	var out []*yaml.Node
	for _, t := range f.tasks {
		out = append(out, t.nodes(f.page, c)...)
	}
	return out
}

// nodes are the steps of one task: one, or, where a terminal's session is shown
// that nothing else is said of, one for each of its commands.
func (t *task) nodes(p *page, c *course) []*yaml.Node {
	if locally().MatchString(strings.Join(t.do, "\n")) {
		c.open = nil
	}
	plain := t.guard == "" && !t.optional && len(t.attributes) == 0 && t.then == ""
	if len(t.scripts) != 1 || len(t.scripts[0]) < 2 || !plain {
		return []*yaml.Node{t.node(p, c)}
	}
	var out []*yaml.Node
	for i, s := range t.scripts[0] {
		one := task{at: s.at, part: t.part, scripts: [][]script{{s}}}
		if i == 0 {
			one.at, one.wording = t.at, t.wording
		}
		out = append(out, one.node(p, c))
	}
	return out
}

func (t *task) node(p *page, c *course) *yaml.Node {
	n := newMapping(t.at)
	say(n, "do", strings.Join(t.do, "\n\n"), t.at)
	say(n, "part", t.part, t.at)
	say(n, "if", t.guard, t.guardAt)
	if t.optional {
		say(n, "optional", "true", t.at)
	}
	t.commands(p, c, n)
	say(n, "then", t.then, t.thenAt)
	say(n, "why", strings.Join(t.why, "\n\n"), t.at)
	say(n, "note", strings.Join(t.note, "\n\n"), t.at)
	say(n, "warning", strings.Join(t.warning, "\n\n"), t.at)
	apply(n, t.attributes)
	if opens := get(n, "opens"); opens != nil && opens.Kind == yaml.ScalarNode {
		c.open = append(c.open, opens.Value)
		if !slices.ContainsFunc(t.attributes, func(a attribute) bool { return a.key == "opens" }) {
			p.remark("LS08", n, "the command opens a shell on "+show(opens.Value)+"; what follows was read as run there, until the text says otherwise")
		}
	}
	if closes := get(n, "closes"); closes != nil && len(c.open) > 0 {
		c.open = c.open[:len(c.open)-1]
	}
	return n
}

// commands writes the way in which a step is carried out.
func (t *task) commands(p *page, c *course, n *yaml.Node) {
	if len(t.scripts) == 0 {
		return
	}
	var runs []*yaml.Node
	var all script
	for _, block := range t.scripts {
		run := block[0].run
		for i, s := range block {
			if i > 0 {
				run += "\n" + s.run
			}
			if s.sample != "" {
				all.sample = strings.TrimPrefix(all.sample+"\n"+s.sample, "\n")
			}
			all.run, all.open = s.run, cmp.Or(all.open, s.open)
		}
		runs = append(runs, scalar(run, block[0].at))
	}
	at := t.scripts[0][0].at
	if len(runs) == 1 {
		put(n, "run", runs[0])
	} else {
		put(n, "runs", sequence(at, runs...))
		p.remark("LS13", n, "the step has several commands and does not say whether they follow one another or are alternatives; the operator is asked")
	}
	t.terminals(c, n, runs, at)
	if exit := exitOf(all); exit != "" {
		put(within(n, "expect", at), "exit", scalar(exit, at))
	}
	say(n, "sample", all.sample, at)
	if all.open != "" {
		p.remark("LS05", n, all.open)
	}
}

var leaving = compiled(`^(exit|logout)(\s+[0-9]+)?$`)

// terminals says in which terminal a command runs, and which it opens or ends.
func (t *task) terminals(c *course, n *yaml.Node, runs []*yaml.Node, at place) {
	here := ""
	if len(c.open) > 0 {
		here = c.open[len(c.open)-1]
	}
	say(n, "at", here, at)
	if len(runs) > 1 {
		return
	}
	if here != "" && leaving().MatchString(strings.TrimSpace(runs[0].Value)) {
		say(n, "closes", here, at)
	}
	if name := opened(runs[0].Value); name != "" {
		put(n, "opens", scalar(c.new(name), at))
	}
}
