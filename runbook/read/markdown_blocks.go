package read

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	source "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A blockForm is what a block of Markdown is.
type blockForm int

const (
	paragraph blockForm = iota
	heading
	code
	table
	bullets
	numbers
	item
	quote
	markup // HTML
	divider
	aside // a note or warning that a quote or a site's generator sets off
)

// A block is one part of a Markdown document, without the marks of whatever it
// stands in. Its lines are still Markdown: what is within a line is never
// parsed, since nothing here depends on it and parsers take quadratic time
// over it.
type block struct {
	form     blockForm
	at       place
	level    int    // of a heading
	number   int    // of the first item of numbers
	label    string // code: what stands behind its fence; aside: its kind
	labelAt  place
	fenced   bool
	lines    []textLine
	children []block
}

// A textLine is its text without the line break, and where it begins.
type textLine struct {
	text string
	at   place
}

// The limits of a Markdown document beside those of every playbook. With them no
// text, however hostile, costs more than its size.
const (
	maxBlocks = 50_000
	maxNested = 16 // quotes and items in each other
)

// The limits beyond which a part of a document is shown as plain text, so that
// nothing that draws Markdown has to take it apart.
const (
	maxBlock   = 16 << 10 // bytes of a paragraph
	maxColumns = 64       // of a table
	plainText  = "plain"  // the label of such parts
)

// blocks takes the page apart. Of goldmark only the block parsers are at work,
// without inline parsers, tables and reference definitions: what it costs grows
// with the text and with maxNested, and with nothing else.
func (p *page) blocks() (out []block) {
	defer func() { // as with the YAML library: see errGaveUp
		if recover() != nil {
			p.r.report(problem{place: place{1, 1}, message: "not Markdown that can be read: the reader gave up"})
		}
	}()
	w := &watch{begin: map[ast.Node]int{}, closed: map[ast.Node]bool{}, deepest: -1}
	if lines := len(p.starts); lines > maxLines {
		p.r.report(tooManyLines)
		return nil
	}
	own := parser.DefaultBlockParsers()
	for i, row := range own {
		own[i] = util.Prioritized(watched{row.Value.(parser.BlockParser), w}, row.Priority)
	}
	root := parser.NewParser(parser.WithBlockParsers(own...)).Parse(source.NewReader([]byte(p.text)))
	if w.deepest >= 0 {
		p.r.report(problem{place: p.place(w.deepest), message: fmt.Sprintf("nested deeper than %d", maxNested)})
	}
	if w.last > 0 {
		p.r.report(problem{place: p.place(w.last), message: fmt.Sprintf("more than %d paragraphs, items and other blocks", maxBlocks)})
		return nil
	}
	return p.asideBlocks((&taker{p, w}).all(root), 0)
}

// A watch remembers of goldmark's blocks what its tree does not tell.
type watch struct {
	begin   map[ast.Node]int
	closed  map[ast.Node]bool // fences that have an end
	deepest int               // where something was nested too deep, or -1
	last    int               // where there were too many blocks, or 0
}

// watched is one of goldmark's block parsers, with a watch on it that also
// bounds how deep quotes and lists stand in each other.
type watched struct {
	parser.BlockParser
	*watch
}

func (p watched) Open(parent ast.Node, reader source.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.Position()
	if len(p.begin) >= maxBlocks {
		p.last = segment.Start
		return nil, parser.NoChildren // with which goldmark stops
	}
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node == nil {
		return node, state
	}
	if k := node.Kind(); (k == ast.KindBlockquote || k == ast.KindList) && depth(parent) >= maxNested {
		reader.SetPosition(line, segment)
		if p.deepest < 0 {
			p.deepest = segment.Start
		}
		return nil, parser.NoChildren
	}
	p.begin[node] = segment.Start
	return node, state
}

func (p watched) Continue(node ast.Node, reader source.Reader, pc parser.Context) parser.State {
	state := p.BlockParser.Continue(node, reader, pc)
	if node.Kind() == ast.KindFencedCodeBlock && state == parser.Close {
		p.closed[node] = true
	}
	return state
}

// depth counts the quotes and items that a node stands in.
func depth(n ast.Node) (deep int) {
	for ; n != nil; n = n.Parent() {
		if k := n.Kind(); k == ast.KindBlockquote || k == ast.KindListItem {
			deep++
		}
	}
	return deep
}

// A taker turns goldmark's tree into blocks.
type taker struct {
	*page
	*watch
}

func (t *taker) all(parent ast.Node) []block {
	var out []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b := block{at: t.placeOf(n)}
		switch n := n.(type) {
		case *ast.Heading:
			b.form, b.level, b.lines = heading, n.Level, t.lines(n.Lines())
		case *ast.Paragraph, *ast.TextBlock:
			out = append(out, tabled(t.lines(n.Lines()))...)
			continue
		case *ast.CodeBlock:
			b.form, b.lines = code, t.lines(n.Lines())
		case *ast.FencedCodeBlock:
			t.fence(n, &b)
		case *ast.List:
			b.form, b.number, b.children = bullets, n.Start, t.all(n)
			if n.IsOrdered() {
				b.form = numbers
			}
		case *ast.ListItem:
			if b.form, b.children = item, t.all(n); len(b.children) > 0 {
				b.at = b.children[0].at
			}
		case *ast.Blockquote:
			b.form, b.children = quote, t.all(n)
		case *ast.HTMLBlock:
			b = plain(block{form: markup, at: b.at, lines: t.markup(n)})
		case *ast.ThematicBreak:
			b.form = divider
		}
		out = append(out, b)
	}
	return out
}

func (t *taker) placeOf(n ast.Node) place {
	if k := n.Kind(); n.Type() == ast.TypeBlock && k != ast.KindFencedCodeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return t.place(n.Lines().At(0).Start)
	}
	at := t.begin[n]
	for at < len(t.text) && (t.text[at] == ' ' || t.text[at] == '\t') {
		at++
	}
	return t.place(at)
}

func (t *taker) lines(segments *source.Segments) []textLine {
	out := make([]textLine, 0, segments.Len())
	for _, s := range segments.Sliced(0, segments.Len()) {
		text := strings.Repeat(" ", s.Padding) + strings.TrimSuffix(t.text[s.Start:s.Stop], "\n")
		out = append(out, textLine{text, t.place(s.Start)})
	}
	return out
}

func (t *taker) fence(n *ast.FencedCodeBlock, b *block) {
	b.form, b.fenced, b.lines = code, true, t.lines(n.Lines())
	if n.Info != nil {
		b.label = t.text[n.Info.Segment.Start:n.Info.Segment.Stop]
		b.labelAt = t.place(n.Info.Segment.Start)
	}
	if !t.closed[n] {
		t.r.report(problem{place: b.at, message: "this fence has no end", hint: "close it with a line that holds only the same marks, indented like the first"})
	}
}

// markup is a block of HTML. A comment is for nobody, but one without an end
// would hide the rest of the document.
func (t *taker) markup(n *ast.HTMLBlock) []textLine {
	lines := t.lines(n.Lines())
	if n.HasClosure() {
		s := n.ClosureLine
		lines = append(lines, textLine{strings.TrimRight(t.text[s.Start:s.Stop], "\n"), t.place(s.Start)})
	}
	if begins := len(lines) > 0 && strings.HasPrefix(strings.TrimSpace(lines[0].text), "<!--"); begins && !strings.Contains(joined(lines), "-->") {
		t.r.report(problem{place: t.placeOf(n), message: "this comment has no end", hint: "end it with -->"})
	}
	return lines
}

func joined(lines []textLine) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
	}
	return b.String()
}

// tabled is a paragraph, with the table that it ends in as a block of its own.
func tabled(lines []textLine) []block {
	if len(lines) == 0 {
		return nil
	}
	for i := 0; i+1 < len(lines); i++ {
		if columns := delimiters(lines[i+1].text); columns > 0 && columns == len(cells(lines[i])) {
			head := block{form: table, at: lines[i].at, lines: lines[i:]}
			if columns > maxColumns {
				head.form, head.fenced, head.label = code, true, plainText
			}
			return append(tabled(lines[:i]), head)
		}
	}
	return []block{plain(block{form: paragraph, at: lines[0].at, lines: lines})}
}

// plain is a block, or its plain text where it is too large.
func plain(b block) block {
	size := 0
	for _, l := range b.lines {
		size += len(l.text) + 1
	}
	if size > maxBlock {
		b.form, b.fenced, b.label = code, true, plainText
	}
	return b
}

// asideBlocks gathers what stands within an aside of a site's generator, and tells
// the quotes that GitHub shows as alerts.
func (p *page) asideBlocks(blocks []block, within int) []block {
	out := blocks[:0:0]
	for i := 0; i < len(blocks); {
		b := blocks[i]
		mine := p.asideAt(b.at.line)
		if mine == within || mine == 0 {
			b.children = p.asideBlocks(b.children, within)
			out = append(out, alert(b))
			i++
			continue
		}
		end := i
		for end < len(blocks) && p.asideAt(blocks[end].at.line) == mine {
			end++
		}
		out = append(out, block{form: aside, at: b.at, label: p.asides[mine-1].kind, children: p.asideBlocks(blocks[i:end], mine)})
		i = end
	}
	return out
}

// asideAt is the number of the aside that a line stands in, or 0.
func (p *page) asideAt(line int) int {
	n := p.aside[line]
	if n > 0 && p.asides[n-1].kind == "" {
		return 0
	}
	return n
}

// alert is a quote that begins with [!WARNING], with **Warning** on a line of its
// own, or with WARNING: as an aside.
func alert(b block) block {
	if b.form != quote || len(b.children) == 0 || b.children[0].form != paragraph {
		return b
	}
	first := slices.Clone(b.children[0].lines)
	if m := alertMark().FindStringSubmatch(first[0].text); m != nil {
		b.label, first[0].text = asideKinds[strings.ToLower(m[1]+m[2])], ""
	} else {
		b.label, first[0].text = labelled(first[0].text)
	}
	if b.label == "" {
		return b
	}
	if first[0].text == "" {
		first = first[1:]
	}
	b.form, b.children = aside, slices.Clone(b.children)
	if b.children[0].lines = first; len(first) == 0 {
		b.children = b.children[1:]
	}
	return b
}
