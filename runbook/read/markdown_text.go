package read

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A page is a Markdown document while it is being read: its text without what
// is meant for site generators, and where each part of it stands in the file.
type page struct {
	r      *reader
	text   string
	front  string      // YAML front matter, on the lines where it stands
	toml   string      // front matter of a generator that writes TOML
	starts []int       // where the lines of text begin
	shift  map[int]int // columns that a line lost at its beginning
	aside  map[int]int // the number of the aside that a line stands in, from 1
	asides []setOff    // them

	remarks []remark
}

// A setOff is an aside as a generator's mark opens it. One that nothing ends is
// none: its kind is "", and the mark is text again.
type setOff struct {
	kind string
	line int
	mark string
}

// newPage prepares a text. Windows' line ends become the plain ones everywhere:
// in a command the \r would be taken for a part of its last word.
func newPage(r *reader, text string) *page {
	p := &page{r: r, shift: map[int]int{}, aside: map[int]int{}}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	p.cutFront(lines)
	c := cleaner{page: p}
	for i, l := range lines {
		if strings.Contains(l, "-->") {
			c.lastComment = i + 1
		}
		if endLiquid().MatchString(l) {
			c.lastLiquid = i + 1
		}
	}
	for i := range lines {
		lines[i] = c.line(i+1, lines[i])
	}
	for _, open := range c.open {
		a := &p.asides[open-1]
		lines[a.line-1], a.kind = a.mark, ""
	}
	p.text = strings.Join(lines, "\n")
	p.starts = make([]int, len(lines))
	at := 0
	for i, l := range lines {
		p.starts[i] = at
		at += len(l) + 1
	}
	return p
}

// place is the line and column of an offset in the text.
func (p *page) place(offset int) place {
	n := sort.SearchInts(p.starts, offset+1)
	return place{n, utf8.RuneCountInString(p.text[p.starts[n-1]:offset]) + 1 + p.shift[n]}
}

// cutFront takes the front matter out. What it says counts only where it holds
// the key `playbook`; all other front matter is a generator's.
func (p *page) cutFront(lines []string) {
	mark := strings.TrimRight(lines[0], " \t")
	if mark != "---" && mark != "+++" {
		return
	}
	for i := 1; i < len(lines); i++ {
		if end := strings.TrimRight(lines[i], " \t"); end != mark && (mark != "---" || end != "...") {
			continue
		}
		text := "\n" + strings.Join(lines[1:i], "\n") + "\n"
		if !frontKey().MatchString(text) {
			return // two rules, and text between them
		}
		if p.front = text; mark == "+++" {
			p.front, p.toml = "", text
		}
		for j := range lines[:i+1] {
			lines[j] = ""
		}
		return
	}
}

var frontKey = compiled(`(?m)^["']?[\w-]+["']?\s*[:=]`)

// asideKinds are the words that set off text beside the instructions, with the
// key of a step that takes it.
var asideKinds = map[string]string{
	"note": "note", "tip": "note", "info": "note", "hint": "note", "important": "note", "notice": "note", "seealso": "note",
	"abstract": "note", "summary": "note", "example": "note", "question": "note", "success": "note", "quote": "note",
	"warning": "warning", "caution": "warning", "danger": "warning", "attention": "warning", "error": "warning",
	"failure": "warning", "bug": "warning", "alert": "warning",
	"purpose": "why", "why": "why",
}

var (
	beginFence = compiled("^[ \t>]*(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)*(`{3,}[^`]*|~{3,}.*)$")
	endLiquid  = compiled(`\{%-?\s*endcomment\s*-?%\}`)
	listMark   = compiled(`^[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]`)
	newBlock   = compiled("^[ \t>]*(?:$|(?:[-+*]|[0-9]{1,9}[.)]|#{1,6})[ \t]|```|~~~)")
	startCom   = compiled(`\{%-?\s*comment\s*-?%\}`)
	liquid     = compiled(`^\{%-?[^%}]*-?%\}`)
	highlight  = compiled(`^([ \t]*)\{(?:%-?|\{<)\s*highlight\s+(\w+)[^}]*\}\}?\s*$`)
	highlit    = compiled(`^([ \t]*)\{(?:%-?|\{<)\s*/?\s*(?:endhighlight|highlight)\s*(?:-?%|>\})\}\s*$`)
	kramdown   = compiled(`^[ \t>]*\{:.*\}[ \t]*$`)

	colons    = compiled(`^[ \t]*:{3,}[ \t]*\{?\.?(\w*)(.*)$`)
	shortcode = compiled(`^[ \t]*\{\{[<%]\s*(/?)\s*(\w+)(.*?)\s*[>%]\}\}[ \t]*$`)
	mkdocs    = compiled(`^([ \t]*)(?:!!!|\?\?\?\+?)[ \t]+(\w+)(.*)$`)
	alertMark = compiled(`^\s*(?:\[!(?i:(` + labels() + `))\]|[*_]{2}(?i:(` + labels() + `))[*_]{2})\s*$`)
	quoted    = compiled(`(?:^\s*|\btitle=)"([^"]*)"`)
	anyWord   = compiled(`\w+`)
)

// A cleaner goes over a text line by line and takes out what people do not see.
type cleaner struct {
	*page
	fence                   string // the marks that the fence we are in began with
	comment, liquid         bool   // inside one that began on an earlier line
	lastComment, lastLiquid int    // the last lines on which one can end
	torn                    bool   // the comment began behind text, and may not outlast its paragraph
	tornAt                  place
	open                    []int  // asides that end with a mark of their own
	indented                int    // the aside that ends with its indentation, or 0
	margin                  int    // how far its text is indented
	title                   string // of the aside that the last mark opened, as text
}

func (c *cleaner) line(n int, text string) string {
	text = c.outdent(n, text)
	if len(c.open) > 0 {
		c.aside[n] = c.open[len(c.open)-1]
	}
	if c.comment && c.torn && newBlock().MatchString(text) {
		c.torn = false
		c.r.report(problem{place: c.tornAt, message: "this comment begins behind text and goes on below its paragraph, where some programs show it and some do not", hint: "begin it on a line of its own, or end it in its paragraph"})
	}
	switch {
	case c.fence != "":
		if marks := strings.Trim(text, " \t>"); strings.HasPrefix(marks, c.fence) && strings.Trim(marks, c.fence[:1]) == "" {
			c.fence = ""
		}
		if m := highlit().FindStringSubmatch(text); m != nil && c.fence == liquidFence {
			c.fence = ""
			return m[1] + liquidFence
		}
		return text
	case c.comment || c.liquid:
	case !strings.ContainsAny(text, "`~{:!?<"):
		return text
	case highlight().MatchString(text):
		c.fence = liquidFence
		return highlight().ReplaceAllString(text, "${1}"+liquidFence+"${2}")
	case kramdown().MatchString(text):
		return ""
	case c.directive(n, text):
		return c.title
	default:
		if m := beginFence().FindStringSubmatch(text); m != nil {
			c.fence = m[1][:len(m[1])-len(strings.TrimLeft(m[1], m[1][:1]))]
			return text
		}
	}
	if text = c.blank(n, text); kramdown().MatchString(text) { // it stood behind a tag
		return ""
	}
	return text
}

// liquidFence is what a generator's tag for code becomes.
const liquidFence = "``````"

// directive notes an aside that begins or ends on this line.
func (c *cleaner) directive(n int, text string) bool {
	c.title = ""
	if m := colons().FindStringSubmatch(text); m != nil {
		return c.opens(n, m[1], strings.Trim(m[2], " []}"), text) || m[1] == "" && c.closes()
	}
	if m := shortcode().FindStringSubmatch(text); m != nil {
		if m[1] == "/" {
			return c.closes()
		}
		return c.opens(n, shortKind(m[2], m[3]), inQuotes(m[3]), text)
	}
	if m := mkdocs().FindStringSubmatch(text); m != nil && c.opens(n, m[2], inQuotes(m[3]), text) {
		c.open = c.open[:len(c.open)-1] // it ends where its indentation does
		c.indented, c.margin = len(c.asides), len(m[1])+4
		return true
	}
	return false
}

// opens begins an aside, if there is one of this name. Its title is its text.
func (c *cleaner) opens(n int, name, title, mark string) bool {
	kind := asideKinds[strings.ToLower(name)]
	if kind == "" {
		return false
	}
	c.asides = append(c.asides, setOff{kind, n, mark})
	c.open = append(c.open, len(c.asides))
	if c.aside[n] = len(c.asides); title != "" {
		c.title = mark[:len(mark)-len(strings.TrimLeft(mark, " \t"))] + "**" + title + "**"
	}
	return true
}

func (c *cleaner) closes() bool {
	if len(c.open) == 0 {
		return false
	}
	c.open = c.open[:len(c.open)-1]
	return true
}

// shortKind is the kind of aside that a shortcode opens: its name, or for the
// common names what its parameters say.
func shortKind(name, rest string) string {
	switch name {
	case "notice", "alert", "callout", "admonition", "hint":
		for _, w := range anyWord().FindAllString(rest, 10) {
			if asideKinds[strings.ToLower(w)] != "" {
				return w
			}
		}
		return "note"
	}
	return name
}

// inQuotes is the title among the parameters of a mark.
func inQuotes(rest string) string {
	if m := quoted().FindStringSubmatch(rest); m != nil && asideKinds[strings.ToLower(m[1])] == "" {
		return m[1]
	}
	return ""
}

// outdent moves the text of an aside that is known by its indentation to where
// that of others stands.
func (c *cleaner) outdent(n int, text string) string {
	if c.indented == 0 || strings.TrimSpace(text) == "" {
		return text
	}
	rest, by := text, 0
	for width := 0; width < c.margin && rest != ""; by++ {
		switch {
		case rest[0] == ' ':
			width++
		case rest[0] == '\t':
			width += 4
		default:
			c.indented = 0
			return text
		}
		rest = rest[1:]
	}
	c.aside[n], c.shift[n] = c.indented, by-(c.margin-4)
	return strings.Repeat(" ", c.margin-4) + rest
}

// blank puts spaces in the place of comments and tags, outside code spans.
func (c *cleaner) blank(n int, text string) string {
	if !c.comment && !c.liquid && !strings.Contains(text, "<!--") && !strings.Contains(text, "{%") {
		return text
	}
	var b strings.Builder
	hide := func(k int) {
		b.WriteString(strings.Repeat(" ", utf8.RuneCountInString(text[:k])))
		text = text[k:]
	}
	until := func(end []int, on *bool) {
		if *on = end == nil; *on {
			hide(len(text))
			return
		}
		hide(end[1])
	}
	before := text
	for text != "" {
		switch {
		case c.comment:
			until(span(text, "-->"), &c.comment)
		case c.liquid:
			until(endLiquid().FindStringIndex(text), &c.liquid)
		case strings.HasPrefix(text, "<!-->"), strings.HasPrefix(text, "<!--->"): // empty ones, for browsers
			hide(1 + strings.IndexByte(text, '>'))
		case strings.HasPrefix(text, "<!--") && n <= c.lastComment:
			c.torn = strings.Trim(listMark().ReplaceAllString(b.String(), ""), " \t>") != ""
			c.tornAt = place{n, utf8.RuneCountInString(b.String()) + 1 + c.shift[n]}
			hide(4)
			c.comment = true
		case strings.HasPrefix(text, "{%"):
			tag := liquid().FindStringIndex(text)
			if tag == nil {
				b.WriteByte('{')
				text = text[1:]
				break
			}
			c.liquid = n <= c.lastLiquid && startCom().MatchString(text[:tag[1]])
			hide(tag[1])
		default:
			k := plainSpan(text)
			b.WriteString(text[:k])
			text = text[k:]
		}
	}
	return c.align(n, before, b.String())
}

func span(text, word string) []int {
	if i := strings.Index(text, word); i >= 0 {
		return []int{i, i + len(word)}
	}
	return nil
}

// plainSpan is how far a text goes on without anything to take out: over a
// code span, or up to the next character that could begin something.
func plainSpan(text string) int {
	if text[0] == '`' {
		marks := len(text) - len(strings.TrimLeft(text, "`"))
		if end := strings.Index(text[marks:], text[:marks]); end >= 0 {
			return marks + end + marks
		}
		return marks
	}
	if i := strings.IndexAny(text[1:], "`<{"); i >= 0 {
		return 1 + i
	}
	return len(text)
}

// align keeps what stands behind something that was taken out where it stood
// in the outline: blanks before it would make it code.
func (c *cleaner) align(n int, before, after string) string {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }
	if by := indent(after) - indent(before); by > 0 && by+indent(before) < len(after) {
		c.shift[n] += by
		return before[:indent(before)] + after[indent(before)+by:]
	}
	return after
}

// labels are the words of asideKinds, for the patterns that look for them.
func labels() string {
	words := make([]string, 0, len(asideKinds))
	for w := range asideKinds {
		words = append(words, w)
	}
	slices.Sort(words)
	return strings.Join(words, "|")
}
