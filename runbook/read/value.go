package read

import (
	"cmp"
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// maxProblems is how many are listed. Nobody reads on after a thousand, and a
// hostile file must not be answered with a hundred times its size.
const maxProblems = 1000

// A reader is one document being read: the problems so far, and what has to
// wait until all of it is known.
type reader struct {
	file    string
	last    int // the number of its lines
	found   runbook.Problems
	more    bool // there are problems beyond maxProblems
	guesses int  // comparisons spent on hints

	steps    int
	files    []value           // what `files` names
	roles    []value           // the entries of `roles`
	defined  map[kind][]string // ids, in the order written
	contacts map[string]int    // the line on which the contact of an id stands
	refs     []reference
}

func newReader(file string) *reader {
	return &reader{file: file, defined: map[kind][]string{}, contacts: map[string]int{}}
}

type place struct{ line, column int }

type problem struct {
	place
	path, message, hint string
}

// full reports whether no more problems will be listed, so that there is no use
// in looking for more.
func (r *reader) full() bool { return len(r.found) >= maxProblems }

func (r *reader) report(p problem) {
	if r.full() {
		r.more = true
		return
	}
	r.found = append(r.found, runbook.Problem{ // the YAML library puts the end on a line of its own
		File: r.file, Line: min(p.line, r.last), Column: p.column, Path: p.path, Message: p.message, Hint: p.hint,
	})
}

// problems are all that were found, in the order of the document; nil if none.
func (r *reader) problems() runbook.Problems {
	slices.SortStableFunc(r.found, func(a, b runbook.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if r.more {
		r.found = append(r.found, runbook.Problem{File: r.file, Message: fmt.Sprintf("there are more problems than these %d", maxProblems)})
		r.more = false
	}
	return r.found
}

// A value is one node of the document, and the way to it.
type value struct {
	r     *reader
	up    *value     // what it stands in; nil at the root
	key   *yaml.Node // the key it stands under; nil in lists and at the root
	node  *yaml.Node
	index int // its place in a list, from 0
}

// written reports whether the document holds this value at all.
func (v value) written() bool { return v.node != nil }

func (v value) name() string { return v.key.Value }

func (v *value) pair(key, node *yaml.Node) value {
	return value{r: v.r, up: v, key: key, node: node}
}

func (v *value) item(i int, node *yaml.Node) value {
	return value{r: v.r, up: v, node: node, index: i}
}

// path is the way from the root: scenarios.api-failure.recovery[2].expect.exit.
// It is put together only for a fault, since most values have none.
func (v value) path() string {
	switch {
	case v.up == nil:
		return ""
	case v.key == nil:
		return v.up.path() + "[" + strconv.Itoa(v.index) + "]"
	}
	return strings.TrimPrefix(v.up.path()+"."+bare(v.key.Value), ".")
}

func (v value) fault(message, hint string) { v.faultAt(v.node, message, hint) }

func (v value) faultKey(message, hint string) { v.faultAt(cmp.Or(v.key, v.node), message, hint) }

func (v value) faultAt(n *yaml.Node, message, hint string) {
	path := ""
	if !v.r.full() {
		path = v.path()
	}
	v.r.report(problem{place{max(1, n.Line), max(1, n.Column)}, path, message, hint})
}

// show quotes foreign text for a message: short, on one line, and spelled out
// where it holds characters that cannot be seen.
func show(s string) string { return "`" + bare(s) + "`" }

func bare(s string) string {
	const most = 48
	short := s
	if utf8.RuneCountInString(s[:min(len(s), 4*most)]) > most {
		short = string([]rune(s[:min(len(s), 4*most)])[:most]) + "..."
	}
	if !utf8.ValidString(short) || strings.ContainsFunc(short, func(c rune) bool { return !unicode.IsPrint(c) }) {
		quoted := strconv.Quote(short)
		return quoted[1 : len(quoted)-1]
	}
	return short
}

// pairs are the entries of a mapping; nil, with its fault, if it is none.
func (v value) pairs() []value {
	if v.node.Kind != yaml.MappingNode {
		v.mistyped("a mapping (`key: value`)")
		return nil
	}
	pairs := make([]value, 0, len(v.node.Content)/2)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.node.Content[i]
		if key.Kind == yaml.ScalarNode && key.Tag != "!!merge" { // others have been refused
			pairs = append(pairs, v.pair(key, v.node.Content[i+1]))
		}
	}
	return pairs
}

// inside are the pairs of a value that may be no mapping, which is said elsewhere.
func (v value) inside() []value {
	if !v.written() || v.node.Kind != yaml.MappingNode {
		return nil
	}
	return v.pairs()
}

// entries are the pairs of a mapping whose keys are ids.
func (v value) entries() []value {
	pairs := v.pairs()
	for _, p := range pairs {
		p.checkID(p.key)
	}
	return pairs
}

// items are the members of a list.
func (v value) items() []value {
	if v.node.Kind != yaml.SequenceNode {
		v.mistyped("a list (`[one, two]`)")
		return nil
	}
	items := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		items[i] = v.item(i, n)
	}
	return items
}

// some are the members of a list that must not be empty.
func (v value) some() []value {
	items := v.items()
	if items != nil && len(items) == 0 {
		v.fault("is an empty list", "")
	}
	return items
}

// mistyped says that another kind of node was wanted.
func (v value) mistyped(want string) {
	switch {
	case v.node.Kind == yaml.AliasNode: // has been refused
	case v.empty():
		v.faultKey("has no value, must be "+want, "")
	default:
		v.fault("must be "+want, "")
	}
}

// empty reports whether a key was written with nothing after it.
func (v value) empty() bool {
	return v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null" && v.node.Value == ""
}

// text is a scalar exactly as written; "" once its fault is reported.
func (v value) text() string {
	switch {
	case v.node.Kind != yaml.ScalarNode || v.empty():
		v.mistyped("text")
	case v.node.Value == "":
		v.fault("is empty", "leave it out where there is nothing to say")
	}
	if v.node.Kind != yaml.ScalarNode {
		return ""
	}
	return v.node.Value
}

// prose is text for people. The line break with which YAML ends its blocks is
// not part of it.
func (v value) prose() string { return strings.TrimRight(v.text(), "\n") }

// line is text on one line.
func (v value) line() string {
	s := v.prose()
	if strings.Contains(s, "\n") {
		v.fault("must be on one line", "")
	}
	return s
}

// seen is text of which every character can be seen.
func (v value) seen(s string) string {
	if i := strings.IndexFunc(s, hidden); i >= 0 {
		c, _ := utf8.DecodeRuneInString(s[i:])
		if !control(c) { // has been refused
			line := strings.Count(s[:i], "\n") + 1
			v.fault(fmt.Sprintf("line %d of it holds %U, which cannot be seen", line, c), "what is run must be what is read")
		}
	}
	return s
}

// command is run verbatim, so it is taken verbatim.
func (v value) command() string {
	s := v.seen(v.text())
	if s != "" && strings.TrimSpace(s) == "" {
		v.fault("is empty", "")
	}
	return s
}

// word is text without blanks, to be typed or looked up.
func (v value) word() string {
	s := v.seen(v.line())
	if strings.ContainsFunc(s, unicode.IsSpace) {
		v.fault("must be one word", "")
	}
	return s
}

// id is a name that paths may be made of.
func (v value) id() string {
	s := v.text()
	if s != "" {
		v.checkID(v.node)
	}
	return s
}

func (v value) checkID(n *yaml.Node) {
	if !runbook.ValidID.MatchString(n.Value) {
		v.faultAt(n, show(n.Value)+" is not an id", "use a-z, 0-9 and -, 64 characters at most")
	}
}

// oneOf is a member of a closed set.
func oneOf[T ~string](v value, set ...T) T {
	s := v.text()
	if s == "" || slices.Contains(set, T(s)) {
		return T(s)
	}
	names := make([]string, len(set))
	for i, t := range set {
		names[i] = string(t)
	}
	if len(set) == 1 {
		v.fault("must be "+show(names[0]), "")
		return T(s)
	}
	hint := v.r.meant(s, names)
	v.fault(show(s)+" is none of "+strings.Join(names, ", "), hint)
	return T(s)
}

// number is a whole number.
func (v value) number(least, most int) int {
	s := v.text()
	n, err := strconv.Atoi(s)
	if s != "" && (err != nil || strconv.Itoa(n) != s || n < least || n > most) {
		v.fault(fmt.Sprintf("%s is not a number from %d to %d", show(s), least, most), "")
	}
	return n
}

// duration is a length of time that is longer than nothing.
func (v value) duration() time.Duration {
	s := v.text()
	if s == "" {
		return 0
	}
	d, hint := duration(s)
	switch {
	case hint != "":
		v.fault(show(s)+" is not a duration", hint)
	case d == 0:
		v.fault("must be longer than 0", "")
	}
	return d
}

// maxPattern is how long a pattern may be, in bytes.
const maxPattern = 4096

// pattern is an RE2 expression. It is parsed and not compiled: this finds the
// same faults, while compiling many short patterns with large counts would
// take seconds.
func (v value) pattern() string {
	s := v.text()
	if len(s) > maxPattern {
		v.fault(fmt.Sprintf("is a pattern of more than %d bytes", maxPattern), "")
		return s
	}
	if _, err := syntax.Parse(s, syntax.Perl); err != nil {
		v.fault("is not a pattern (RE2): "+bare(strings.TrimPrefix(err.Error(), "error parsing regexp: ")), "")
	}
	return s
}

// flag is true or false.
func (v value) flag() bool { return oneOf(v, "true", "false") == "true" }
