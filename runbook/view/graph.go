package view

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"bythebook/exec/clean"
	"bythebook/runbook"
)

// A graph is a Mermaid flowchart being written. Its nodes are numbered, so that
// no id of a document is ever part of its syntax, and it lists nodes and edges
// without following them, so that a circle is drawn like anything else.
type graph struct {
	lines []string
	ids   map[string]string // by the document's id
}

func newGraph(kind string) *graph {
	return &graph{lines: []string{kind}, ids: map[string]string{}}
}

// node draws a node once. Its frame is what stands around a label: [] or ().
func (g *graph) node(id, frame, class string, label ...string) {
	if g.ids[id] != "" {
		return
	}
	g.ids[id] = fmt.Sprintf("n%d", len(g.ids)+1)
	var lines []string
	for _, l := range label {
		if l != "" {
			lines = append(lines, quoted(l))
		}
	}
	words := `"` + strings.Join(lines, "<br/>") + `"`
	g.lines = append(g.lines, "  "+g.ids[id]+frame[:1]+words+frame[1:]+class)
}

// edge draws an arrow. An end that nobody has drawn yet is named by its id.
func (g *graph) edge(from, arrow, to string) {
	g.node(from, "[]", "", from)
	g.node(to, "[]", "", to)
	g.lines = append(g.lines, "  "+g.ids[from]+" "+arrow+" "+g.ids[to])
}

func (g *graph) String() string { return strings.Join(g.lines, "\n") }

// quoted makes foreign text a label. Letters, digits and a few signs stay; all
// others are written as Mermaid's entities, for quotes, backticks, tags,
// semicolons and percent signs all mean something there.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range clean.Line(strings.Join(strings.Fields(s), " ")) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" .,-_/:", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}

// dependencyGraph draws what needs what. What the application can't work
// without has corners and a thick frame, the rest is round and dashed.
func (v *view) dependencyGraph() string {
	g := newGraph("flowchart LR")
	critical := map[string]bool{}
	for _, d := range v.book.Dependencies {
		promise := "no RTO"
		if d.RTO > 0 {
			promise = "RTO " + string(long(d.RTO))
		}
		name := cmp.Or(v.components[d.ComponentID()].Name, d.ID)
		critical[d.ID] = d.Critical()
		if d.Critical() {
			g.node(d.ID, "[]", ":::critical", name, promise)
		} else {
			g.node(d.ID, "()", ":::other", name, promise)
		}
	}
	for _, d := range v.book.Dependencies {
		for _, need := range d.Needs {
			arrow := "-->"
			if known, ok := critical[need]; ok && !known {
				arrow = "-.->"
			}
			g.edge(d.ID, arrow, need)
		}
	}
	g.lines = append(g.lines, "  classDef critical stroke-width:3px", "  classDef other stroke-dasharray:4 4")
	return g.String()
}

// orgChart draws who reports to whom, "" where the document doesn't say.
func (v *view) orgChart() string {
	g := newGraph("flowchart TD")
	all := append(append([]runbook.Contact(nil), v.book.Contacts...), v.book.External...)
	leads := map[string]bool{}
	for _, c := range all {
		leads[c.ReportsTo] = true
	}
	for _, c := range all {
		if c.ReportsTo != "" || leads[c.ID] {
			g.node(c.ID, "[]", "", cmp.Or(c.Name, c.ID), c.Position)
		}
	}
	for _, c := range all {
		if c.ReportsTo != "" {
			g.edge(c.ReportsTo, "-->", c.ID)
		}
	}
	if len(g.ids) == 0 {
		return ""
	}
	return g.String()
}
