package read

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// A codec is one way in which values are spelled: how one is read, how it is
// written so that reading it gives the same, and the form that both have.
type codec[V any] struct {
	form  form
	read  func(value) V
	write func(V) *yaml.Node // nil where the value says nothing
}

// A form is what a value looks like, for the schema and the reference.
type form struct {
	kind    formKind
	words   string       // what people call it: a duration
	pattern string       // isText: RE2 and ECMA alike
	set     []string     // isText: all that it may be
	least   int          // isNumber
	most    int          // isNumber
	of      func() shape // isRecord, isMap: what the mapping holds
	items   *form        // isList, isMap: what its members are
	key     string       // isMap: the pattern of its keys
	or      *form        // what may stand in its place
}

type formKind string

const (
	isText   formKind = "text"
	isNumber formKind = "number"
	isFlag   formKind = "flag"
	isList   formKind = "list"
	isRecord formKind = "record"
	isMap    formKind = "map"
	isAny    formKind = "any"
)

// The forms of ids, variables' names, durations and dates.
const (
	idPattern       = `^[a-z0-9][a-z0-9-]{0,63}$`
	variablePattern = `^[A-Z][A-Z0-9_]{0,127}$`
	durationPattern = `^(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?(?:[0-9]+ms)?$`
	datePattern     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	checkPattern    = `^L[DPHSX][0-9]{2}$`
)

func text(words string) form { return form{kind: isText, words: words} }

func shaped(words, pattern string) form { return form{kind: isText, words: words, pattern: pattern} }

// The codecs of scalars.
var (
	line     = codec[string]{text("text on one line"), value.line, optionalStr}
	prose    = codec[string]{text("text, Markdown"), value.prose, optionalStr}
	verbatim = codec[string]{text("text, kept as it stands"), value.text, optionalStr}
	command  = codec[string]{text("a command or a script"), value.command, optionalStr}
	word     = codec[string]{text("one word"), value.word, optionalStr}
	id       = codec[string]{shaped("an id", idPattern), value.id, optionalStr}
	date     = codec[string]{shaped("a date", datePattern), value.date, optionalStr}
	pattern  = codec[string]{text("a pattern (RE2)"), value.pattern, optionalStr}
	yesNo    = codec[bool]{form{kind: isFlag, words: "true or false"}, value.flag, writeFlag}
	length   = codec[time.Duration]{shaped("a duration", durationPattern), value.duration, writeDuration}
	loss     = codec[time.Duration]{shaped("a duration", durationPattern), value.objective, writeDuration}
	target   = codec[runbook.Target]{text("a step's id, `recovery`, `test`, `resume`, `abort`, `next` or `scenario:ID`"), readTarget, writeText[runbook.Target]}
	who      = codec[string]{text("a contact, a role, `lead.primary` or `lead.secondary`"), person, optionalStr}
	filePath = codec[string]{text("a path below the playbook's folder"), file, optionalStr}
	words    = list(line)
	people   = list(who)
)

// ref is the id of something that is defined elsewhere, maybe further down.
func ref(to ...kind) codec[string] {
	names := make([]string, len(to))
	for i, k := range to {
		names[i] = string(k)
	}
	return codec[string]{shaped("the id of a "+strings.Join(names, " or "), idPattern), refTo(to), optionalStr}
}

func refTo(to []kind) func(value) string {
	return func(v value) string {
		id := v.text()
		if id != "" {
			v.r.refs = append(v.r.refs, reference{v, to})
		}
		return id
	}
}

// choice is a member of a closed set.
func choice[T ~string](set ...T) codec[T] {
	names := make([]string, len(set))
	for i, t := range set {
		names[i] = string(t)
	}
	return codec[T]{
		form:  form{kind: isText, set: names, words: "`" + strings.Join(names, "`, `") + "`"},
		read:  func(v value) T { return oneOf(v, set...) },
		write: writeText[T],
	}
}

// number is a whole number between two.
func number(least, most int) codec[int] {
	return codec[int]{
		form: form{kind: isNumber, words: "a number", least: least, most: most},
		read: func(v value) int { return v.number(least, most) },
		write: func(n int) *yaml.Node {
			if n == 0 {
				return nil
			}
			return whole(n)
		},
	}
}

// list is a list that is not empty.
func list[V any](c codec[V]) codec[[]V] {
	return codec[[]V]{
		form: form{kind: isList, items: &c.form},
		read: func(v value) []V { return members(v, c.read) },
		write: func(all []V) *yaml.Node {
			if len(all) == 0 {
				return nil
			}
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, v := range all {
				n.Content = append(n.Content, present(c.write(v)))
			}
			return n
		},
	}
}

// many is a list, or the one value that stands where a list may stand.
func many[V any](c codec[V]) codec[[]V] {
	several := list(c)
	m := several
	m.form.or = &c.form
	m.read = func(v value) []V {
		if v.node.Kind == yaml.ScalarNode {
			return []V{c.read(v)}
		}
		return several.read(v)
	}
	m.write = func(all []V) *yaml.Node {
		if len(all) == 1 {
			if n := c.write(all[0]); n != nil && n.Kind == yaml.ScalarNode {
				return n
			}
		}
		return several.write(all)
	}
	return m
}

// texts is a mapping of ids to text.
func texts(c codec[string]) codec[[]runbook.Named] {
	return codec[[]runbook.Named]{
		form: form{kind: isMap, key: idPattern, items: &c.form},
		read: func(v value) []runbook.Named {
			var out []runbook.Named
			for _, e := range v.entries() {
				out = append(out, runbook.Named{ID: e.name(), Text: c.read(e)})
			}
			return out
		},
		write: func(all []runbook.Named) *yaml.Node {
			return pairsOf(all, func(n runbook.Named) (string, *yaml.Node) { return n.ID, present(c.write(n.Text)) })
		},
	}
}

// subset is a JSON value of which the output must hold at least what it says.
var subset = codec[json.RawMessage]{
	form:  form{kind: isAny, words: "any value"},
	read:  value.json,
	write: writeJSON,
}

func str(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case !strings.Contains(s, "\n"):
	case legibleBlock(s):
		n.Style = yaml.LiteralStyle
	default:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// legibleBlock reports whether a text of several lines can stand as it is. The
// library miscounts the indent of one that begins with a blank, and an empty
// line at its end is lost on people.
func legibleBlock(s string) bool {
	return !strings.ContainsAny(s, "\t\r") && strings.Trim(s, " \n") == strings.TrimSuffix(s, "\n") && !strings.Contains(s, " \n")
}

// present is a node where something must stand, even if it says nothing.
func present(n *yaml.Node) *yaml.Node {
	if n == nil {
		return str("")
	}
	return n
}

func optionalStr(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	return str(s)
}

func writeText[T ~string](t T) *yaml.Node { return optionalStr(string(t)) }

func whole(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func writeFlag(b bool) *yaml.Node {
	if !b {
		return nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
}

func writeDuration(d time.Duration) *yaml.Node { return optionalStr(runbook.Spell(d)) }

// writeJSON is the node of a canonical JSON value, which is YAML as it stands.
func writeJSON(raw json.RawMessage) *yaml.Node {
	var doc yaml.Node
	if len(raw) == 0 || yaml.Unmarshal(raw, &doc) != nil {
		return nil
	}
	return doc.Content[0]
}

// members reads each member of a list.
func members[T any](v value, read func(value) T) []T {
	items := v.some()
	out := make([]T, 0, len(items))
	for _, item := range items {
		if v.r.full() {
			break
		}
		out = append(out, read(item))
	}
	return slices.Clip(out)
}
