package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The limits of one playbook. They are far above what people can follow, and
// low enough that no text, however hostile, takes a second to refuse.
const (
	maxBytes = 1 << 20 // of one file
	maxLines = 100_000 // of one file
	maxDepth = 32      // of mappings and lists in each other
	maxSteps = 10_000  // of all scenarios
)

// document is the root of the only YAML document in the text. It is false when
// there is none that could be read on.
func (r *reader) document(text []byte) (value, bool) {
	r.last = 1 + bytes.Count(text, []byte("\n"))
	if !r.legible(text) {
		return value{}, false
	}
	if r.last-1 > maxLines {
		r.report(tooManyLines)
		return value{}, false
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	doc, err := decode(d)
	if errors.Is(err, io.EOF) {
		r.report(problem{message: "the file is empty"})
		return value{}, false
	}
	if err != nil {
		r.syntax(text, err)
		return value{}, false
	}
	if len(doc.Content) == 0 || (value{node: doc.Content[0]}).empty() {
		r.report(problem{message: "the file is empty"})
		return value{}, false
	}
	switch next, err := decode(d); {
	case err == nil:
		at := place{max(1, next.Line), max(1, next.Column)}
		r.report(problem{place: at, message: "a second document begins here", hint: "a file holds one playbook; nothing below `---` would be read"})
	case !errors.Is(err, io.EOF):
		r.syntax(text, err)
	}
	root := value{r: r, node: doc.Content[0]}
	return root, root.plain(1)
}

// tooManyLines says that of a file. The library takes 200 bytes and more for a
// line, however short.
var tooManyLines = problem{place: place{maxLines + 1, 1}, message: fmt.Sprintf("more than %d lines", maxLines)}

// errGaveUp stands for a panic inside the YAML library. None is known in this
// version, but others of it had some, and a playbook that cannot be read on the
// bad day must say so rather than take the program down.
var errGaveUp = errors.New("the YAML reader gave up")

func decode(d *yaml.Decoder) (n *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			err = errGaveUp
		}
	}()
	n = new(yaml.Node)
	return n, d.Decode(n)
}

// legible refuses bytes that look different to different programs: what is not
// UTF-8, what moves a terminal's cursor, and the line breaks that YAML counts
// but editors do not show, behind which a comment would turn into a command.
func (r *reader) legible(text []byte) bool {
	at := place{1, 1}
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(text[i:])
		}
		switch {
		case c == utf8.RuneError && size == 1:
			r.report(problem{place: at, message: "the file is not UTF-8", hint: "save it as UTF-8"})
			return false
		case c == '\ufeff':
			r.report(problem{place: at, message: "a byte-order mark is refused", hint: "save the file as UTF-8 without one"})
			return false
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c == '\u2028' || c == '\u2029' || c == '\ufffe' || c == '\uffff' || control(c):
			r.report(problem{place: at, message: fmt.Sprintf("the character %U is refused", c)})
			return false
		}
		at.column++
		if c == '\n' {
			at = place{at.line + 1, 1}
		}
		i += size
	}
	return true
}

// control reports characters that have no place in any text of a playbook.
func control(c rune) bool {
	return c != '\n' && c != '\t' && (c < 0x20 || c >= 0x7f && c < 0xa0)
}

// hidden reports characters that a reader cannot see or that change the order
// in which others are seen. A command with one is not the command it seems.
func hidden(c rune) bool {
	return control(c) || c > 0x7f && unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point) ||
		c == '\u2800' || unicode.Is(unicode.Variation_Selector, c) && c != '\ufe0e' && c != '\ufe0f' // with which people write emoji
}

// oneLess lists what the YAML library says of faults for which it counts lines
// from 0; all its other faults count from 1.
var oneLess = []string{
	"did not find expected <document start>",
	"did not find expected node content",
	"did not find expected '-' indicator",
	"did not find expected key",
	"did not find expected ',' or ']'",
	"did not find expected ',' or '}'",
	"found undefined tag handle",
	"found duplicate %YAML directive",
	"found incompatible YAML document",
	"found duplicate %TAG directive",
}

var (
	sayLine   = regexp.MustCompile(`^line ([0-9]+): `)
	sayAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntax reports what the YAML library says of a text that is no YAML. It names
// a line, but for faults in the first and for an alias without its anchor.
func (r *reader) syntax(text []byte, err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := place{1, 1}
	if m := sayLine.FindStringSubmatch(message); m != nil {
		at.line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
		if slices.Contains(oneLess, message) {
			at.line++
		}
	} else if m := sayAnchor.FindStringSubmatch(message); m != nil {
		before, _, _ := bytes.Cut(text, []byte("*"+m[1]))
		at.line += bytes.Count(before, []byte("\n"))
		at.column += utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		message = "aliases are refused"
	}
	r.report(problem{place: at, message: "not YAML: " + message, hint: remedies[message]})
}

// remedies are what to do about the faults that people meet most.
var remedies = map[string]string{
	"mapping values are not allowed in this context": "text with `: ` in it needs quotes",
	"found character that cannot start any token":    "indent with spaces, and quote text that begins with @, ` or %",
	"did not find expected ',' or '}'":               "text with ?, [, ], {, } or a comma in it needs quotes between { and }",
	"did not find expected ',' or ']'":               "text with ?, [, ], {, } or a comma in it needs quotes between [ and ]",
	"did not find expected key":                      "keys that belong together are indented alike",
	"aliases are refused":                            "write out what is meant",
	"found unknown escape character":                 "between double quotes a \\ is written \\\\; single quotes leave it alone",
}

// plain goes over every node once and refuses what is YAML but not plain text.
// It is false when there is no use in reading on: the tree is too deep, or the
// list of problems is full.
func (v value) plain(depth int) bool {
	if v.r.full() {
		return false
	}
	if depth > maxDepth {
		v.fault(fmt.Sprintf("nested deeper than %d", maxDepth), "")
		return false
	}
	v.unadorned(v.node)
	switch v.node.Kind {
	case yaml.MappingNode:
		return v.plainPairs(depth)
	case yaml.SequenceNode:
		for i, n := range v.node.Content {
			if !v.item(i, n).plain(depth + 1) {
				return false
			}
		}
	}
	return true
}

func (v value) plainPairs(depth int) bool {
	first := make(map[string]int, min(len(v.node.Content)/2, 64))
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.node.Content[i]
		pair := v.pair(key, v.node.Content[i+1])
		pair.unadorned(key)
		switch line, twice := first[key.Value]; {
		case key.Kind == yaml.AliasNode:
		case key.Kind != yaml.ScalarNode:
			pair.faultKey("a key must be text", "")
		case key.Tag == "!!merge":
			pair.faultKey("merge keys are refused", "write out what is meant")
		case twice:
			pair.faultKey(show(key.Value)+" is here twice", fmt.Sprintf("the first is on line %d", line))
		default:
			first[key.Value] = key.Line
		}
		if !pair.plain(depth + 1) {
			return false
		}
	}
	return true
}

// unadorned refuses what YAML can hang on a node, and control characters that
// were written as escapes.
func (v value) unadorned(n *yaml.Node) {
	at := v
	at.node = n
	switch {
	case n.Kind == yaml.AliasNode:
		at.fault("aliases are refused", "write out what is meant")
	case n.Anchor != "":
		at.fault("anchors are refused", "write out what is meant")
	case n.Style&yaml.TaggedStyle != 0:
		at.fault("tags such as "+show(n.Tag)+" are refused", "every value is read as its key says")
	}
	if i := strings.IndexFunc(n.Value, control); i >= 0 {
		c, _ := utf8.DecodeRuneInString(n.Value[i:])
		at.fault(fmt.Sprintf("the character %U is refused", c), "")
	}
}
