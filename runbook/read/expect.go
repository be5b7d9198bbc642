package read

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

type expect = runbook.Expect

var expectRecord = record[expect]{"expect", []row[expect]{
	{
		key: "exit", doc: "The exit statuses that count: a number, a list of them, or `any`. 0 when left out.", example: "[7, 28]",
		form:  form{kind: isNumber, words: "a number", most: 255, or: &form{kind: isList, items: &status.form, or: &form{kind: isText, set: []string{"any"}, words: "`any`"}}},
		read:  func(v value, e *expect) { e.AnyExit, e.Exit = exits(v) },
		write: writeExits,
	},
	{
		key: "lines", doc: "Lines that must occur in this order. `...` alone skips lines, inside a line anything; `<name>` is one word.", example: `"curl: (<n>) ..."`,
		form:  many(verbatim).form,
		read:  func(v value, e *expect) { e.Lines = strings.Join(many(verbatim).read(v), "\n") },
		write: func(e *expect) *yaml.Node { return optionalStr(e.Lines) },
	},
	key("exact", func(e *expect) *string { return &e.Exact }, verbatim, "All that is printed.", `"curl: (7)"`),
	key("contains", func(e *expect) *[]string { return &e.Contains }, many(verbatim), "What must occur.", "[refused]"),
	key("absent", func(e *expect) *[]string { return &e.Absent }, many(verbatim), "What must not occur.", "[books]"),
	key("matches", func(e *expect) *[]string { return &e.Matches }, many(pattern), "Patterns (RE2) that must match. Named groups may be compared by `where`.", `["lag: (?P<lag>[0-9]+)"]`),
	key("json", func(e *expect) *json.RawMessage { return &e.JSON }, subset, "What the printed JSON must hold at least.", "{status: down}"),
	key("table", func(e *expect) *[]runbook.TableRow { return &e.Table }, printedRows, "A row, or several, that a printed table must hold, by the headings of its columns. The first cell says which row is meant; `...` is anything, and so is a column that is not named.", `{NAME: api, READY: 3/3, AGE: "..."}`),
	key("where", func(e *expect) *[]runbook.Named { return &e.Where }, comparisons, "What a named group must be, as a number.", `{lag: "<= 5"}`),
	key("ignore", func(e *expect) *[]runbook.Volatile { return &e.Ignore }, ignored, "What may differ in `lines`, `exact`, `contains` and `table`, because it is another one each time. What was ignored is listed in the report.", "[times, ids]"),
	key("state", func(e *expect) *string { return &e.State }, prose, "What a person must see, for a step by hand.", "The console shows the instance as running."),
}}

var status = number(0, 255)

// expectation is what must be seen for a step to count as done.
var expectation = codec[expect]{
	form: form{kind: isRecord, of: expectRecord.shape},
	read: func(v value) (e expect) {
		pairs := fill(v, expectRecord, &e)
		if pairs != nil && len(pairs) == 0 {
			v.fault("says nothing", "leave it out where only exit 0 is wanted")
		}
		e.Stated = len(pairs) > 0
		return e
	},
	write: func(e expect) *yaml.Node { return expectRecord.node(&e) },
}

// besides is a value that means nothing without the one of another key.
func besides[V any](c codec[V], other, message string) codec[V] {
	read := c.read
	c.read = func(v value) V {
		if !pick(v.up.pairs(), other).written() {
			v.faultKey(message, "")
		}
		return read(v)
	}
	return c
}

// exits are the statuses that count: a number, a list of them, or any.
func exits(v value) (all bool, statuses []int) {
	if v.node.Kind == yaml.ScalarNode && v.node.Value == "any" {
		return true, nil
	}
	return false, many(status).read(v)
}

func writeExits(e *expect) *yaml.Node {
	switch {
	case e.AnyExit:
		return str("any")
	case len(e.Exit) == 1:
		return whole(e.Exit[0])
	case len(e.Exit) == 0:
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, status := range e.Exit {
		n.Content = append(n.Content, whole(status))
	}
	return n
}

// validComparison is a relation and a number.
const comparisonPattern = `^(?:<=|>=|<|>|==|!=) ?-?[0-9]+(?:\.[0-9]+)?$`

var validComparison = regexp.MustCompile(comparisonPattern)

var validGroup = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// comparisons hold the named groups of `matches` against numbers.
var comparisons = codec[[]runbook.Named]{
	form: form{kind: isMap, key: validGroup.String(), items: &form{kind: isText, words: "a relation and a number", pattern: comparisonPattern}},
	read: func(v value) []runbook.Named {
		var out []runbook.Named
		for _, p := range v.pairs() {
			if !validGroup.MatchString(p.name()) {
				p.faultKey(show(p.name())+" is not a group's name", "use letters, digits and _")
			}
			s := p.line()
			if s != "" && !validComparison.MatchString(s) {
				p.fault(show(s)+" is not a comparison", `write it like "<= 5"`)
			}
			out = append(out, runbook.Named{ID: p.name(), Text: s})
		}
		return out
	},
	write: func(all []runbook.Named) *yaml.Node {
		return pairsOf(all, func(n runbook.Named) (string, *yaml.Node) { return n.ID, str(n.Text) })
	},
}

// printedRow is a row of a printed table, in the order in which its cells are
// written: the first one picks the row.
var printedRow = codec[runbook.TableRow]{
	form: form{kind: isMap, key: `\S`, items: &form{kind: isText, words: "text on one line"}},
	read: func(v value) runbook.TableRow {
		pairs := v.pairs()
		if pairs != nil && len(pairs) < 2 {
			v.fault("compares nothing", "name the row by its first cell, and then what the others must be: {NAME: api, STATUS: Running}")
		}
		var row runbook.TableRow
		for _, p := range pairs {
			row = append(row, runbook.Named{ID: p.name(), Text: p.line()})
		}
		return row
	},
	write: func(r runbook.TableRow) *yaml.Node {
		return pairsOf(r, func(n runbook.Named) (string, *yaml.Node) { return n.ID, str(n.Text) })
	},
}

// printedRows are several rows, or the one that stands where they may stand.
var printedRows = codec[[]runbook.TableRow]{
	form: form{kind: isList, items: &printedRow.form, or: &printedRow.form},
	read: func(v value) []runbook.TableRow {
		if v.node.Kind == yaml.MappingNode {
			return []runbook.TableRow{printedRow.read(v)}
		}
		return list(printedRow).read(v)
	},
	write: list(printedRow).write,
}

// ignored are the kinds of text that may differ, where something is compared
// that they may differ in.
var ignored = codec[[]runbook.Volatile]{
	form: many(choice(runbook.Volatiles[:]...)).form,
	read: func(v value) []runbook.Volatile {
		with := v.up.pairs()
		if !slices.ContainsFunc([]string{"lines", "exact", "contains", "table"}, func(key string) bool { return pick(with, key).written() }) {
			v.faultKey("`ignore` means nothing without `lines`, `exact`, `contains` or `table`", "")
		}
		return many(choice(runbook.Volatiles[:]...)).read(v)
	},
	write: many(choice(runbook.Volatiles[:]...)).write,
}

// json is a value of any shape in the canonical spelling of JSON: keys sorted,
// no blanks.
func (v value) json() json.RawMessage {
	var b bytes.Buffer
	v.writeJSON(&b)
	return b.Bytes()
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (v value) writeJSON(b *bytes.Buffer) {
	switch v.node.Kind {
	case yaml.MappingNode:
		pairs := v.pairs()
		slices.SortStableFunc(pairs, func(a, b value) int { return strings.Compare(a.name(), b.name()) })
		b.WriteByte('{')
		for i, p := range pairs {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, p.name())
			b.WriteByte(':')
			p.writeJSON(b)
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range v.items() {
			if i > 0 {
				b.WriteByte(',')
			}
			item.writeJSON(b)
		}
		b.WriteByte(']')
	case yaml.ScalarNode:
		v.writeScalar(b)
	}
}

// writeScalar is the one place where a scalar is what YAML takes it for,
// because here nothing else says what it is.
func (v value) writeScalar(b *bytes.Buffer) {
	s := v.node.Value
	switch v.node.Tag {
	case "!!int", "!!float":
		if !jsonNumber.MatchString(s) {
			v.fault(show(s)+" is not a number as JSON writes them", "put it in quotes if it is text")
		}
		b.WriteString(s)
	case "!!bool":
		b.WriteString(strings.ToLower(s))
	case "!!null":
		if v.empty() {
			v.mistyped("a value")
		}
		b.WriteString("null")
	default:
		writeString(b, s)
	}
}

func writeString(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)         // a string always can be
	b.Truncate(b.Len() - 1) // the newline that Encode adds
}

// captures are the values that a step's output gives to later steps.
var captures = codec[[]runbook.Capture]{
	form: form{kind: isMap, key: variablePattern, of: captureRecord.shape, or: &pattern.form},
	read: func(v value) []runbook.Capture {
		pairs := v.pairs()
		if pairs != nil && len(pairs) == 0 {
			v.fault("captures nothing", "write NAME: 'PATTERN'")
		}
		var out []runbook.Capture
		for _, p := range pairs {
			c := runbook.Capture{Name: p.variable()}
			if p.node.Kind != yaml.MappingNode {
				c.Pattern = p.pattern()
			} else if found := fill(p, captureRecord, &c); len(found) != 1 {
				p.faultKey("takes one of `json` and `line`", "")
			}
			out = append(out, c)
		}
		return out
	},
	write: func(all []runbook.Capture) *yaml.Node {
		return pairsOf(all, func(c runbook.Capture) (string, *yaml.Node) {
			if c.Pattern != "" {
				return c.Name, str(c.Pattern)
			}
			return c.Name, captureRecord.node(&c)
		})
	},
}

var captureRecord = record[runbook.Capture]{"capture", []row[runbook.Capture]{
	key("json", func(c *runbook.Capture) *string { return &c.JSON }, codec[string]{text("a path into JSON"), jsonPath, optionalStr}, "A value of the printed JSON.", ".Instances[0].PublicDnsName"),
	key("line", func(c *runbook.Capture) *int { return &c.Line }, number(1, 1_000_000), "A line of the output, from 1.", "1"),
}}

var validJSONPath = regexp.MustCompile(`^(\.|(\.[A-Za-z_][A-Za-z0-9_-]*|\.?\[[0-9]+\]|\.?\["[^"]+"\])+)$`)

// jsonPath is the way to one value of JSON output.
func jsonPath(v value) string {
	s := v.text()
	if s != "" && (s[0] != '.' || !validJSONPath.MatchString(s)) {
		v.fault(show(s)+" is not a path", "write it like .Instances[0].PublicDnsName")
	}
	return s
}

var pointRecord = record[runbook.Point]{"point", []row[runbook.Point]{
	must(key("from", func(p *runbook.Point) *string { return &p.From }, verbatim, "The captured value that is the recovery point, RFC 3339 or Unix seconds.", "RECOVERY_POINT")),
	must(key("method", func(p *runbook.Point) *string { return &p.Method }, choice(runbook.PointMethods[:]...), "How it is observed.", "marker")),
	key("every", func(p *runbook.Point) *time.Duration { return &p.Every }, length, "How often markers are written: the value's uncertainty.", "1s"),
}}
