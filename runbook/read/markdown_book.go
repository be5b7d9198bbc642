package read

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// An author writes the tree of a document.
type author struct {
	*page
	root         *yaml.Node // what its prose says
	front        *yaml.Node // what its front matter says
	components   roster
	dependencies roster
	contacts     roster
	ids          map[string]*names     // those in use, by the table they stand in
	shown        map[place]bool        // known tables: whether all of it was read
	texts        map[string][]textLine // of the whole playbook, by their keys
}

func newBook(p *page, front *yaml.Node) *author {
	b := &author{page: p, root: newMapping(place{1, 1}), front: front, ids: map[string]*names{}, shown: map[place]bool{}, texts: map[string][]textLine{}}
	b.components.enroll(get(front, "components"))
	b.dependencies.enroll(get(front, "dependencies"))
	b.contacts.enroll(get(front, "contacts"))
	return b
}

// top is a value that the front matter may give as well.
func (b *author) top(key, value string) {
	if get(b.front, key) == nil {
		say(b.root, key, value, place{1, 1})
	}
}

// tell adds a paragraph to a text of the playbook.
func (b *author) tell(key, text string, at place) {
	b.texts[key] = append(b.texts[key], textLine{text, at})
}

// A roster is the names by which the entries of one table are called. How often
// it compares them is bounded: a hostile document could fill two tables.
type roster struct {
	exact    map[string]string // ids, by names in lower case
	members  []member
	compared int
}

type member struct{ id, name string }

const maxCompared = 50_000

func (c *roster) add(id string, names ...string) {
	if c.exact == nil {
		c.exact = map[string]string{}
	}
	for _, n := range append(names, id) {
		if low := strings.ToLower(n); c.exact[low] == "" {
			c.exact[low] = id
			c.members = append(c.members, member{id, low})
		}
	}
}

func (c *roster) enroll(entries *yaml.Node) {
	if entries == nil || entries.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(entries.Content); i += 2 {
		var called []string
		if name := get(entries.Content[i+1], "name"); name != nil {
			called = append(called, name.Value)
		}
		if aliases := get(entries.Content[i+1], "aliases"); aliases != nil {
			for _, a := range aliases.Content {
				called = append(called, a.Value)
			}
		}
		c.add(entries.Content[i].Value, called...)
	}
}

// find is the id of what is called so. Where nothing is called exactly so, it
// is the only one that has all the words of the name, or whose words it has.
func (c *roster) find(name string) (id string, exact bool) {
	name = strings.ToLower(name)
	if id = c.exact[name]; id != "" {
		return id, true
	}
	for _, m := range c.members {
		if c.compared += 1 + (len(name)+len(m.name))/64; c.compared > maxCompared {
			return "", false
		}
		switch {
		case m.id == id || !hasWords(m.name, name) && !hasWords(name, m.name):
		case id != "":
			return "", false // two could be meant
		default:
			id = m.id
		}
	}
	return id, false
}

// longest is the member with the longest name that stands in a text.
func (c *roster) longest(text string) (id string) {
	text = strings.ToLower(text)
	length := 0
	for _, m := range c.members {
		if c.compared += 1 + len(text)/64; c.compared > maxCompared {
			break
		}
		if len(m.name) > length && hasWords(text, m.name) {
			id, length = m.id, len(m.name)
		}
	}
	return id
}

// hasWords reports whether a text has a name in it as whole words.
func hasWords(text, name string) bool {
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		at += i + len(name)
		if after, _ := utf8.DecodeRuneInString(text[at:]); !wordRune(before) && !wordRune(after) {
			return true
		}
	}
	return false
}

func wordRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c > 0x7f && c != utf8.RuneError
}

// A reading is how the cells of a column are read into the entry of their row.
type reading struct {
	key  string
	read func(b *author, entry *yaml.Node, key string, c tableCell, unit time.Duration)
}

// tables are those that are known, by what the first cell of their header says.
// The others are prose.
var tables = []struct {
	first   string
	into    string
	columns map[string]reading
}{
	{"service", "components", map[string]reading{
		"platform": {"platform", readText}, "technologies": {"technologies", readList}, "az": {"az", readText},
		"vpc": {"vpc", readText}, "subnet": {"subnet", readText}, "endpoint": {"endpoint", readText},
		"region": {"region", readText}, "aliases": {"aliases", readList},
	}},
	{"dependency", "dependencies", map[string]reading{
		"criticality period": {"period", readHours}, "manual workaround": {"workaround", readProse},
		"rto": {"rto", readLength}, "rpo": {"rpo", readLength}, "mtd": {"mtd", readLength},
		"severity": {"severity", readID}, "impact": {"impact", readProse}, "child dependencies": {"needs", readNeeds},
	}},
	{"team member", "contacts", map[string]reading{
		"position": {"position", readText}, "relevant services": {"services", readServices}, "email": {"email", readEmail}, "e-mail": {"email", readEmail},
		"phone": {"phone", readText}, "availability": {"availability", readHours},
		"time zone": {"zone", readText}, "reports to": {"reports_to", readContact},
	}},
}

// A grid is a table that is known.
type grid struct {
	kind    int // in tables
	class   string
	columns []reading // by place; without a key where unknown
	units   []time.Duration
	lines   []textLine
	at      place
	whole   bool // every column is known
}

// gridOf tells a known table by its header: the first cell and two others.
func gridOf(t block) (grid, bool) {
	head := cells(t.lines[0])
	for kind, row := range tables {
		if title, _ := headOf(head[0].text); title != row.first {
			continue
		}
		g := grid{kind: kind, at: t.at, lines: t.lines[2:], whole: true, columns: []reading{{}}, units: []time.Duration{0}}
		known := 0
		for _, c := range head[1:] {
			title, unit := headOf(c.text)
			r, ok := row.columns[title]
			if ok {
				known++
			}
			g.whole = g.whole && ok
			g.columns, g.units = append(g.columns, r), append(g.units, unit)
		}
		return g, known >= 2
	}
	return grid{}, false
}

// headOf is the title of a column, and the unit that stands behind it.
func headOf(text string) (title string, unit time.Duration) {
	text = strings.ToLower(unmarked(text))
	if m := inParen().FindStringSubmatch(text); m != nil {
		unit = unitNamed(strings.TrimSpace(m[1]))
	}
	return strings.TrimSpace(inParen().ReplaceAllString(text, "")), unit
}

// A tableRow is one of a known table, with the entry that it becomes.
type tableRow struct {
	grid
	cells []tableCell
	entry *yaml.Node
}

// readTables reads the known tables of a document: first who and what there is,
// then what is said of each, since rows name each other.
func (b *author) readTables(parts []section) {
	var rows []tableRow
	for kind := range tables {
		for i := range parts {
			for _, t := range parts[i].body {
				if t.form != table {
					continue
				}
				if g, ok := gridOf(t); ok && g.kind == kind {
					g.class = classOf(parts, i)
					b.shown[t.at] = g.whole
					rows = append(rows, b.rows(g)...)
				}
			}
		}
	}
	for _, r := range rows {
		for i, c := range r.cells[1:min(len(r.cells), len(r.columns))] {
			if col := r.columns[i+1]; col.key != "" && !absent(unmarked(c.text)) {
				col.read(b, r.entry, col.key, c, r.units[i+1])
			}
		}
		b.hoursZone(r.entry)
	}
}

// rows makes the entries of a table's rows.
func (b *author) rows(g grid) []tableRow {
	var out []tableRow
	for _, l := range g.lines {
		cells := cells(l)
		if len(cells) == 0 {
			b.r.report(problem{place: l.at, message: "this line belongs to the table above it, and has no cells", hint: "put an empty line before it"})
			continue
		}
		if !slices.ContainsFunc(cells, func(c tableCell) bool { return c.text != "" }) {
			continue
		}
		if extra := len(cells) - len(g.columns); extra > 0 {
			b.r.report(problem{place: cells[len(g.columns)].at, message: "this row has more cells than the table has columns", hint: `write \| where a bar is part of the text`})
			continue
		}
		name := unmarked(cells[0].text)
		if absent(name) {
			b.r.report(problem{place: l.at, message: "this row names no " + tables[g.kind].first})
			continue
		}
		into := tables[g.kind].into
		entry := newMapping(cells[0].at)
		id := b.id(into, name, tables[g.kind].first)
		put(within(b.root, into, g.at), id, entry)
		switch into {
		case "components":
			b.components.add(id, name)
		case "dependencies":
			b.dependencies.add(id, name)
			say(entry, "component", b.componentOf(name, cells[0].at, entry), cells[0].at)
			if g.class != "" && g.class != runbook.Disaster {
				say(entry, "class", strings.TrimSuffix(g.class, "-dependency"), cells[0].at)
			}
		case "contacts":
			b.contacts.add(id, name)
		}
		if into != "dependencies" {
			say(entry, "name", name, cells[0].at)
		}
		out = append(out, tableRow{g, cells, entry})
	}
	return out
}

// id makes an id that no other entry of the table has.
func (b *author) id(into, name, other string) string {
	if b.ids[into] == nil {
		b.ids[into] = newNames()
	}
	return b.ids[into].new(slugOr(name, strings.ReplaceAll(other, " ", "-")))
}

// componentOf is the component that a name means. Where the table of services
// has none, there is one all the same: something depends on it.
func (b *author) componentOf(name string, at place, on *yaml.Node) string {
	id, exact := b.components.find(name)
	switch {
	case id == "":
		id = b.id("components", name, "component")
		entry := newMapping(at)
		say(entry, "name", name, at)
		put(within(b.root, "components", at), id, entry)
		b.components.add(id, name)
		b.remark("LP03", on, show(name)+" is in no table of services; a component was made for it")
	case !exact:
		b.inexact(on, name, id)
	}
	return id
}

func (b *author) inexact(on *yaml.Node, name, id string) {
	b.remark("LD10", on, show(name)+" is not exactly the name of anything; it was read as "+show(id))
}

func readText(_ *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	say(entry, key, unmarked(c.text), c.at)
}

var mailTo = compiled(`\]\(<?mailto:([^\s<>()?]+)`)

// readEmail reads an address, which may stand behind a name as a link.
func readEmail(_ *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	address := strings.TrimPrefix(unmarked(c.text), "mailto:")
	if m := mailTo().FindStringSubmatch(c.text); m != nil {
		address = m[1]
	}
	say(entry, key, address, c.at)
}

// readProse reads words whose links lead to more of them.
func readProse(_ *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	say(entry, key, withLinks(c.text), c.at)
}

func readID(_ *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	text := unmarked(c.text)
	say(entry, key, slugOr(text, text), c.at)
}

func readList(_ *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	list := sequence(c.at)
	for _, w := range split(c) {
		list.Content = append(list.Content, scalar(w.text, w.at))
	}
	put(entry, key, list)
}

// split takes a cell apart at its commas.
func split(c tableCell) []tableCell {
	var out []tableCell
	for part := range strings.FieldsFuncSeq(unmarked(c.text), func(c rune) bool { return c == ',' || c == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			at := c.at
			if i := strings.Index(c.text, part); i > 0 {
				at.column += utf8.RuneCountInString(c.text[:i])
			}
			out = append(out, tableCell{part, at})
		}
	}
	return out
}

func readLength(b *author, entry *yaml.Node, key string, c tableCell, unit time.Duration) {
	b.length(entry, key, tableCell{unmarked(c.text), c.at}, unit)
}

// length writes a duration, and gives back what stands behind it. One that is
// not understood is left for the reader to refuse.
func (b *author) length(entry *yaml.Node, key string, c tableCell, unit time.Duration) (rest string) {
	d, rest, ok := lengthOf(c.text, unit)
	if !ok {
		d.text, rest = c.text, ""
	}
	node := scalar(d.text, c.at)
	put(entry, key, node)
	if d.guessed && ok {
		b.remark("LD12", node, show(c.text)+" has no unit and was read as hours")
	}
	return rest
}

func readHours(b *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	text := unmarked(c.text)
	h, ok := hoursOf(text)
	if !ok {
		h.text = text
	}
	node := scalar(h.text, c.at)
	put(entry, key, node)
	if key == "availability" {
		say(entry, "zone", h.zone, c.at)
	}
	switch {
	case !ok:
		b.remark("LD13", node, show(text)+" was not understood as times")
	case h.guessed:
		b.remark("LD13", node, show(text)+" does not say which half of the day; it was read as "+h.text)
	}
}

// hoursZone remarks on times of a person that are in no zone.
func (b *author) hoursZone(entry *yaml.Node) {
	at := get(entry, "availability")
	if at != nil && strings.Contains(at.Value, ":") && get(entry, "zone") == nil && get(b.front, "zone") == nil {
		b.remark("LD13", at, "the times are in no zone; they are read in that of the playbook, which names none")
	}
}

func readNeeds(b *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	b.names(entry, key, c, func(w tableCell) (string, bool) { return b.dependencies.find(w.text) })
}

func readServices(b *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	b.names(entry, key, c, func(w tableCell) (string, bool) {
		if strings.EqualFold(w.text, "all") || strings.EqualFold(w.text, "all services") {
			return runbook.AllServices, true
		}
		return b.components.find(w.text)
	})
}

// names writes a list of ids, each found by the name in the cell. What is not
// found is left for the reader to refuse.
func (b *author) names(entry *yaml.Node, key string, c tableCell, find func(tableCell) (id string, exact bool)) {
	list := sequence(c.at)
	for _, w := range split(c) {
		id, exact := find(w)
		node := scalar(cmp.Or(id, w.text), w.at)
		list.Content = append(list.Content, node)
		if id != "" && !exact {
			b.inexact(node, w.text, id)
		}
	}
	put(entry, key, list)
}

func readContact(b *author, entry *yaml.Node, key string, c tableCell, _ time.Duration) {
	if id := b.contact(tableCell{unmarked(c.text), c.at}); id != "" {
		say(entry, key, id, c.at)
	}
}

// contact is the id of a person, or "" once it is reported that there is none.
func (b *author) contact(c tableCell) string {
	id, _ := b.contacts.find(c.text)
	if id == "" {
		var names []string
		for _, m := range b.contacts.members[:min(len(b.contacts.members), 1000)] {
			names = append(names, m.name)
		}
		b.r.report(problem{place: c.at, message: "there is no contact " + show(c.text), hint: cmp.Or(b.r.meant(c.text, names), "name a person of the table of team members")})
	}
	return id
}

// classOf is the class of scenarios or dependencies that the headings around a
// section say, from the nearest to the title.
func classOf(parts []section, i int) string {
	for ; i >= 0; i = parts[i].above {
		name := strings.ToLower(parts[i].name())
		for _, row := range []struct {
			words func() *regexp.Regexp
			class string
		}{
			{nonCritical, runbook.NonCriticalDependency}, {critical, runbook.CriticalDependency}, {disaster, runbook.Disaster},
		} {
			if row.words().MatchString(name) {
				return row.class
			}
		}
	}
	return ""
}

var (
	nonCritical = compiled(`\bnon-?\s?critical\s+dependenc`)
	critical    = compiled(`\bcritical\s+dependenc`)
	disaster    = compiled(`\bdisaster\s+recovery\b`)
)
