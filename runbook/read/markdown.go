package read

import (
	"bytes"
	"cmp"
	"path/filepath"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// isMarkdown reports whether a file is in the Markdown spelling, by its name.
func isMarkdown(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".md" || ext == ".markdown"
}

// markdown is a Markdown document as the tree that it would be in YAML, and
// what its spelling left open. It is false when there is nothing to read on.
func (r *reader) markdown(text []byte) (value, []runbook.Remark, bool) {
	r.last = 1 + bytes.Count(text, []byte("\n"))
	if !r.legible(text) {
		return value{}, nil, false
	}
	if len(bytes.TrimSpace(text)) == 0 {
		r.report(problem{message: "the file is empty"})
		return value{}, nil, false
	}
	p := newPage(r, string(text))
	blocks := p.blocks()
	p.unseen(blocks)
	parts := sections(blocks)
	front, title, ignored := p.frontMatter()
	name := filepath.Base(r.file)
	book := newBook(p, front)
	book.top("playbook", slugOr(strings.TrimSuffix(name, filepath.Ext(name)), "playbook"))
	book.top("title", cmp.Or(title, titleOf(parts), strings.TrimSuffix(name, filepath.Ext(name)), "Runbook"))
	if ignored != "" {
		p.remark("LD02", get(book.root, "title"), show(ignored)+" in the front matter is not read, because no `playbook: ID` stands there")
	}
	if scenarioAt(parts) < 0 {
		book.generic(parts)
	} else {
		book.scenarios(parts)
	}
	for _, key := range []string{"purpose", "scope"} {
		if all := book.texts[key]; len(all) > 0 {
			say(book.root, key, paragraphs(all), all[0].at)
		}
	}
	p.twice(front, book.root)
	merge(front, book.root)
	root := value{r: r, node: front}
	return root, p.remarked(root), root.plain(1)
}

// claimsMarkdown reports whether a Markdown text of a library means to be a
// playbook: its front matter says so, or it has the heading of a scenario.
func claimsMarkdown(text []byte) bool {
	r := newReader("")
	if !r.legible(text) {
		return claim.Match(text) || scenarioLine().Match(text)
	}
	p := newPage(r, string(text))
	if reported().MatchString(p.front) {
		return false // a report names the playbook that it is about
	}
	return claim.MatchString(p.front) || scenarioAt(sections(p.blocks())) >= 0
}

var (
	reported      = compiled(`(?m)^report[ \t]*:`)
	scenarioLine  = compiled(`(?im)^ {0,3}#{1,6}[ \t]+scenario[ \t]*[0-9]*[ \t]*:`)
	scenarioTitle = compiled(`(?i)^[*_]*scenario\s*[0-9]*\s*:[*_]*\s*`)
	tomlTitle     = compiled(`(?m)^title\s*=\s*["'](.*)["']\s*$`)
	headingID     = compiled(`\s*\{[^{}]*#([A-Za-z0-9_-]+)[^{}]*\}\s*$`)
)

// frontMatter is what the front matter says if it is ours, and an empty tree
// if it is not, of which only the title is taken. ignored is a key of ours that
// stands there for nothing, "" where there is none.
func (p *page) frontMatter() (root *yaml.Node, title, ignored string) {
	none := newMapping(place{1, 1})
	if m := tomlTitle().FindStringSubmatch(p.toml); m != nil {
		return none, m[1], ""
	}
	if p.front == "" {
		return none, "", ""
	}
	doc, err := decode(yaml.NewDecoder(strings.NewReader(p.front)))
	ours := claim.MatchString(p.front)
	if err != nil && ours {
		p.r.syntax([]byte(p.front), err)
	}
	if err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return none, "", ""
	}
	if root = doc.Content[0]; ours && get(root, "playbook") != nil {
		return root, "", ""
	}
	if t := get(root, "title"); t != nil && t.Kind == yaml.ScalarNode {
		title = strings.TrimSpace(strings.ReplaceAll(t.Value, "\n", " "))
	}
	if !ours {
		ignored = keyOfOurs(root)
	}
	return none, title, ignored
}

// keyOfOurs is a key that a playbook may hold, among those of other programs.
func keyOfOurs(root *yaml.Node) string {
	for _, key := range playbookRecord.names() {
		if key != "title" && get(root, key) != nil { // every site generator has a title
			return key
		}
	}
	return ""
}

// A section is a heading and what stands below it up to the next one. The
// first has no heading.
type section struct {
	head  block
	level int
	id    string // {#id} behind the heading
	body  []block
	index int // among all sections
	above int // the section whose heading encloses it, or -1
}

func sections(blocks []block) []section {
	out := []section{{above: -1}}
	for _, b := range blocks {
		if b.form != heading {
			last := &out[len(out)-1]
			last.body = append(last.body, b)
			continue
		}
		s := section{head: b, level: b.level, index: len(out), above: len(out) - 1}
		for s.above >= 0 && out[s.above].level >= s.level {
			s.above = out[s.above].above
		}
		if text := joined(b.lines); headingID().MatchString(text) {
			s.id = headingID().FindStringSubmatch(text)[1]
			b.lines[0].text = headingID().ReplaceAllString(text, "")
			s.head.lines = b.lines[:1]
		}
		out = append(out, s)
	}
	return out
}

// name is the text of the section's heading, on one line.
func (s section) name() string {
	return unmarked(strings.ReplaceAll(joined(s.head.lines), "\n", " "))
}

// trail is the name of a section behind those of the headings around it, up to
// the first of parts, that nothing stands below but deeper ones. Without them
// two sections of one name could not be told apart.
func (s section) trail(parts []section) string {
	name := s.name()
	for at := s.above - parts[0].index; at > 0 && len(parts[at].body) == 0; at = parts[at].above - parts[0].index {
		name = parts[at].name() + " / " + name
	}
	return name
}

// empty reports whether nothing stands below the heading of a section, not even
// a deeper one.
func empty(parts []section, i int) bool {
	return parts[i].level > 0 && len(parts[i].body) == 0 && (i+1 == len(parts) || parts[i+1].level <= parts[i].level)
}

// text is everything in the section as Markdown, with its heading.
func (s section) text(heading bool) string {
	body := renderAll(s.body)
	switch {
	case s.level == 0 || !heading:
		return body
	case body == "":
		return render(s.head)
	}
	return render(s.head) + "\n\n" + body
}

// titleOf is the first heading. Where that is a scenario's, it is what fails: a
// page titled "Scenario: ..." would be taken for a playbook itself.
func titleOf(parts []section) string {
	for _, s := range parts {
		if title := scenarioTitle().ReplaceAllString(s.name(), ""); s.level > 0 && title != "" {
			return title
		}
	}
	return ""
}

// scenarioAt is the first section that opens a scenario, or -1.
func scenarioAt(parts []section) int {
	for i, s := range parts {
		if opensScenario(s) {
			return i
		}
	}
	return -1
}

func opensScenario(s section) bool { return s.level > 0 && scenarioTitle().MatchString(s.name()) }

// slugOr is the id made from a text, or another word where it gives none.
func slugOr(text, other string) string {
	if id := slug(text); id != "step" || strings.EqualFold(text, "step") {
		return id
	}
	return other
}

func paragraphs(all []textLine) string {
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = l.text
	}
	return strings.Join(parts, "\n\n")
}
