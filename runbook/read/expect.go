package read

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

var expectKeys = record[runbook.Expect]{
	keys: map[string]func(value, *runbook.Expect){
		"exit":     func(v value, e *runbook.Expect) { e.AnyExit, e.Exit = exits(v) },
		"lines":    func(v value, e *runbook.Expect) { e.Lines = strings.Join(many(v, value.text), "\n") },
		"exact":    func(v value, e *runbook.Expect) { e.Exact = v.text() },
		"contains": func(v value, e *runbook.Expect) { e.Contains = many(v, value.text) },
		"absent":   func(v value, e *runbook.Expect) { e.Absent = many(v, value.text) },
		"matches":  func(v value, e *runbook.Expect) { e.Matches = many(v, value.pattern) },
		"json":     func(v value, e *runbook.Expect) { e.JSON = v.json() },
	},
	later: []string{"where"},
}

// expectation reads what must be seen for a step to count as done.
func expectation(v value) (e runbook.Expect) {
	pairs := fill(v, expectKeys, &e)
	if pairs != nil && len(pairs) == 0 {
		v.fault("says nothing", "leave it out where only exit 0 is wanted")
	}
	e.Stated = len(pairs) > 0
	return e
}

// exits are the statuses that count: a number, a list of them, or any.
func exits(v value) (all bool, statuses []int) {
	if v.node.Kind == yaml.ScalarNode && v.node.Value == "any" {
		return true, nil
	}
	return false, many(v, func(v value) int { return v.number(0, 255) })
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

// captures reads the values that a step's output gives to later steps.
func captures(v value) []runbook.Capture {
	pairs := v.pairs()
	if pairs != nil && len(pairs) == 0 {
		v.fault("captures nothing", "write NAME: 'PATTERN'")
	}
	var out []runbook.Capture
	for _, p := range pairs {
		c := runbook.Capture{Name: p.variable()}
		if p.node.Kind != yaml.MappingNode {
			c.Pattern = p.pattern()
		} else if found := fill(p, captureKeys, &c); len(found) != 1 {
			p.faultKey("takes one of `json` and `line`", "")
		}
		out = append(out, c)
	}
	return out
}

var captureKeys = record[runbook.Capture]{
	keys: map[string]func(value, *runbook.Capture){
		"json": func(v value, c *runbook.Capture) { c.JSON = jsonPath(v) },
		"line": func(v value, c *runbook.Capture) { c.Line = v.number(1, 1_000_000) },
	},
}

var validJSONPath = regexp.MustCompile(`^(\.|(\.[A-Za-z_][A-Za-z0-9_-]*|\.?\[[0-9]+\]|\.?\["[^"]+"\])+)$`)

// jsonPath is the way to one value of JSON output.
func jsonPath(v value) string {
	s := v.text()
	if s != "" && (s[0] != '.' || !validJSONPath.MatchString(s)) {
		v.fault(show(s)+" is not a path", "write it like .Instances[0].PublicDnsName")
	}
	return s
}

var pointKeys = record[runbook.Point]{
	keys: map[string]func(value, *runbook.Point){
		"from":   func(v value, p *runbook.Point) { p.From = v.text() },
		"method": func(v value, p *runbook.Point) { p.Method = oneOf(v, runbook.PointMethods[:]...) },
		"every":  func(v value, p *runbook.Point) { p.Every = v.duration() },
	},
	need: []string{"from", "method"},
}

func point(v value) *runbook.Point {
	p := new(runbook.Point)
	fill(v, pointKeys, p)
	return p
}
