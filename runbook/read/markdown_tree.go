package read

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// What Markdown says becomes the tree that the same playbook has in YAML, each
// node at the place where its text stands, and is then read by the same tables.

func scalar(s string, at place) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: at.line, Column: at.column}
}

func newMapping(at place) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.line, Column: at.column}
}

func sequence(at place, items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: at.line, Column: at.column, Content: items}
}

// get is the value of a key, nil where there is none.
func get(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// put adds an entry to a mapping. It does not look for an older one.
func put(m *yaml.Node, key string, value *yaml.Node) {
	m.Content = append(m.Content, scalar(key, place{value.Line, value.Column}), value)
}

// say adds text, unless there is none.
func say(m *yaml.Node, key, value string, at place) {
	if value != "" {
		put(m, key, scalar(value, at))
	}
}

// within is the mapping under a key, made if need be.
func within(m *yaml.Node, key string, at place) *yaml.Node {
	inner := get(m, key)
	if inner == nil {
		inner = newMapping(at)
		put(m, key, inner)
	}
	return inner
}

// merge adds to a mapping what another has beyond it. Where both say something,
// the first one's word holds, but for mappings, whose entries are merged.
func merge(into, from *yaml.Node) {
	known := map[string]*yaml.Node{}
	for i := 0; i+1 < len(into.Content); i += 2 {
		known[into.Content[i].Value] = into.Content[i+1]
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		switch old := known[key.Value]; {
		case old == nil:
			into.Content = append(into.Content, key, value)
		case old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			merge(old, value)
		}
	}
}

// A remark is one on a node, whose path is known when the tree is whole.
type remark struct {
	code    string
	on      *yaml.Node
	message string
}

func (p *page) remark(code string, on *yaml.Node, message string) {
	p.remarks = append(p.remarks, remark{code, on, message})
}

// remarked are the remarks with their paths. Those on nodes that front matter
// has replaced are gone with them.
func (p *page) remarked(root value) []runbook.Remark {
	paths := map[*yaml.Node]string{}
	for _, rem := range p.remarks {
		paths[rem.on] = ""
	}
	root.paths(paths)
	var out []runbook.Remark
	for _, rem := range p.remarks {
		if path := paths[rem.on]; path != "" {
			out = append(out, runbook.Remark{Code: rem.code, Path: path, Message: rem.message})
		}
	}
	return out
}

// paths fills in where the wanted nodes stand.
func (v value) paths(want map[*yaml.Node]string) {
	if _, wanted := want[v.node]; wanted {
		want[v.node] = v.path()
	}
	for i, n := range v.node.Content {
		switch {
		case v.node.Kind == yaml.SequenceNode:
			v.item(i, n).paths(want)
		case i%2 == 1:
			v.pair(v.node.Content[i-1], n).paths(want)
		}
	}
}

// An attribute is one key=value between braces.
type attribute struct {
	key, value    string
	at, valueFrom place
}

var (
	attributeToken = compiled(`^([A-Za-z_]+(?:\.[A-Za-z_][A-Za-z0-9_]*)*)=(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"{}]+))(?:\s+|$)`)
	braces         = compiled(`\s*\{([^{}]*(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^{}'"]*)*)\}\s*$`)
	unescape       = compiled(`\\(["\\])`)
)

// foreign are attributes that site generators know, and that say how a block
// looks. Braces with one of them are theirs.
var foreign = compiled(`^(linenos|linenostart|lineNos|lineNoStart|hl_lines|hl_Lines|hl_style|anchorlinenos|style|class|title|name|file|startFrom|numberLines|highlight|start|width|height|tabWidth|noClasses)$`)

// attributes reads the braces at the end of a text, and gives the text without
// them. Braces that hold anything but key=value are text.
func attributes(l textLine) (rest textLine, found []attribute) {
	if !strings.HasSuffix(strings.TrimRight(l.text, " \t"), "}") {
		return l, nil
	}
	m := braces().FindStringSubmatchIndex(l.text)
	if m == nil {
		return l, nil
	}
	inner := strings.TrimLeft(l.text[m[2]:m[3]], " \t")
	column := l.at.column + utf8.RuneCountInString(l.text[:m[3]-len(inner)])
	for inner != "" {
		t := attributeToken().FindStringSubmatchIndex(inner)
		if t == nil || foreign().MatchString(inner[t[2]:t[3]]) {
			return l, nil
		}
		a := attribute{key: inner[t[2]:t[3]], at: place{l.at.line, column}}
		for _, g := range []int{4, 6, 8} {
			if t[g] >= 0 {
				a.value = inner[t[g]:t[g+1]]
				a.valueFrom = place{l.at.line, column + utf8.RuneCountInString(inner[:t[g]])}
			}
		}
		if t[6] >= 0 {
			a.value = unescape().ReplaceAllString(a.value, "$1")
		}
		found = append(found, a)
		column += utf8.RuneCountInString(inner[:t[1]])
		inner = inner[t[1]:]
	}
	return textLine{l.text[:m[0]], l.at}, found
}

// lists are the attributes that may hold several words, joined by commas.
var lists = map[string]bool{"exit": true, "at": true, "approve": true, "depends_on": true, "refs": true}

// ownWords are the keys that hold the document's own words. Most pages do not
// show braces, so they never put others in the place of these.
var ownWords = map[string]bool{"do": true, "part": true, "run": true, "runs": true, "sample": true, "why": true, "note": true, "warning": true}

// apply writes attributes into a step, in the place of what was read from its
// words. One that stands there twice is left for the reader to refuse.
func apply(step *yaml.Node, found []attribute) {
	for _, a := range found {
		if !ownWords[a.key] {
			drop(step, a)
		}
	}
	for _, a := range found {
		m, key := step, a.key
		if key == "exit" {
			key = "expect.exit"
		}
		for outer, inner, nested := strings.Cut(key, "."); nested; outer, inner, nested = strings.Cut(key, ".") {
			m, key = within(m, outer, a.at), inner
			if m.Kind != yaml.MappingNode {
				break
			}
		}
		value := scalar(a.value, a.valueFrom)
		if words := strings.Split(a.value, ","); lists[a.key] && len(words) > 1 {
			value = sequence(a.valueFrom)
			for _, w := range words {
				value.Content = append(value.Content, scalar(strings.TrimSpace(w), a.valueFrom))
			}
		}
		m.Content = append(m.Content, scalar(key, a.at), value)
	}
}

// drop takes out of a step what an attribute replaces.
func drop(step *yaml.Node, a attribute) {
	key, _, _ := strings.Cut(a.key, ".")
	if key == "exit" {
		key = "expect"
	}
	for i := 0; i+1 < len(step.Content); i += 2 {
		if step.Content[i].Value == key {
			step.Content = append(step.Content[:i:i], step.Content[i+2:]...)
			return
		}
	}
}

// render is a block as Markdown again, to be shown to people.
func render(b block) string {
	switch b.form {
	case heading:
		return "**" + joined(b.lines) + "**"
	case code:
		return fencedText(b)
	case table:
		if b = plain(b); b.form == code { // known tables are read whatever their size
			return fencedText(b)
		}
	case bullets, numbers:
		return renderList(b)
	case quote:
		if body := renderAll(b.children); body != "" {
			return indentAll(body, "> ", "> ")
		}
		return ""
	case aside:
		return "**" + strings.ToUpper(b.label[:1]) + b.label[1:] + ":** " + renderAll(b.children)
	case item:
		return renderAll(b.children)
	case divider:
		return ""
	}
	return strings.TrimRight(joined(b.lines), " \t\n")
}

func renderAll(blocks []block) string {
	var out strings.Builder
	for i, b := range blocks {
		s := render(b)
		switch {
		case s == "":
			continue
		case out.Len() > 0 && (b.form == bullets || b.form == numbers) && blocks[i-1].form == paragraph:
			out.WriteByte('\n')
		case out.Len() > 0:
			out.WriteString("\n\n")
		}
		out.WriteString(s)
	}
	return out.String()
}

func renderList(b block) string {
	lines := make([]string, len(b.children))
	for i, it := range b.children {
		mark := "- "
		if b.form == numbers {
			mark = strconv.Itoa(b.number+i) + ". "
		}
		lines[i] = indentAll(render(it), mark, strings.Repeat(" ", len(mark)))
	}
	return strings.Join(lines, "\n")
}

func indentAll(s, first, rest string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines[1:] {
		lines[i+1] = strings.TrimRight(rest+l, " ")
	}
	return first + strings.Join(lines, "\n")
}

// fencedText is a block of code between marks that it does not hold itself.
func fencedText(b block) string {
	body := strings.TrimRight(joined(b.lines), "\n")
	longest, run := 2, 0
	for i := range len(body) {
		if run++; body[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	marks := strings.Repeat("`", longest+1)
	return marks + language(b.label) + "\n" + body + "\n" + marks
}
