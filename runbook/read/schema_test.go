package read

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bythebook/golden"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// A node of a JSON Schema, as far as the format needs one.
type schemaNode struct {
	Schema      string                `json:"$schema,omitempty"`
	Title       string                `json:"title,omitempty"`
	Description string                `json:"description,omitempty"`
	Ref         string                `json:"$ref,omitempty"`
	Type        any                   `json:"type,omitempty"`
	Enum        []string              `json:"enum,omitempty"`
	Pattern     string                `json:"pattern,omitempty"`
	MinLength   int                   `json:"minLength,omitempty"`
	Minimum     *int                  `json:"minimum,omitempty"`
	Maximum     *int                  `json:"maximum,omitempty"`
	Items       *schemaNode           `json:"items,omitempty"`
	MinItems    int                   `json:"minItems,omitempty"`
	Names       *schemaNode           `json:"propertyNames,omitempty"`
	Properties  map[string]schemaNode `json:"properties,omitempty"`
	Required    []string              `json:"required,omitempty"`
	Others      any                   `json:"additionalProperties,omitempty"` // a schema, or false
	AnyOf       []schemaNode          `json:"anyOf,omitempty"`
	AllOf       []schemaNode          `json:"allOf,omitempty"`
	Not         *schemaNode           `json:"not,omitempty"`
	Defs        map[string]schemaNode `json:"$defs,omitempty"`
}

// A schemaMaker collects the mappings that it meets.
type schemaMaker map[string]schemaNode

// record is the schema of a mapping, without the ones that it refers to.
func (m schemaMaker) record(s shape) schemaNode {
	n := schemaNode{Type: "object", Properties: map[string]schemaNode{}, Others: false}
	for _, r := range s.rows {
		p := m.form(r.form)
		p.Description = r.doc
		n.Properties[r.key] = p
		if r.need {
			n.Required = append(n.Required, r.key)
		}
	}
	if s.name == stepRecord.name {
		for i, a := range ways {
			for _, b := range ways[i+1:] {
				n.AllOf = append(n.AllOf, schemaNode{Not: &schemaNode{Required: []string{a.key, b.key}}})
			}
		}
	}
	return n
}

func (m schemaMaker) ref(of func() shape) schemaNode {
	s := of()
	if _, met := m[s.name]; !met {
		m[s.name] = schemaNode{} // so that a mapping may hold itself
		m[s.name] = m.record(s)
	}
	return schemaNode{Ref: "#/$defs/" + s.name}
}

func (m schemaMaker) form(f form) schemaNode {
	n := m.alone(f)
	if f.or == nil {
		return n
	}
	return schemaNode{AnyOf: []schemaNode{n, m.form(*f.or)}}
}

func (m schemaMaker) alone(f form) schemaNode {
	switch f.kind {
	case isNumber:
		return schemaNode{Type: "integer", Minimum: &f.least, Maximum: &f.most}
	case isFlag:
		return schemaNode{Type: "boolean"}
	case isList:
		items := m.form(*f.items)
		return schemaNode{Type: "array", Items: &items, MinItems: 1}
	case isRecord:
		return m.ref(f.of)
	case isMap:
		var members schemaNode
		if f.items != nil {
			members = m.form(*f.items)
		} else {
			members = m.ref(f.of)
		}
		if f.or != nil { // a member may also be this
			members = schemaNode{AnyOf: []schemaNode{members, m.form(*f.or)}}
		}
		return schemaNode{Type: "object", Names: &schemaNode{Pattern: f.key}, Others: members}
	case isAny:
		return schemaNode{}
	}
	switch {
	case len(f.set) > 0:
		return schemaNode{Enum: f.set}
	case f.pattern != "":
		return schemaNode{Type: "string", Pattern: f.pattern, MinLength: 1}
	}
	return schemaNode{Type: []string{"string", "number", "boolean"}} // scalars are text, quoted or not
}

// schema is the JSON Schema of a playbook in YAML, for editors.
func schema(t *testing.T) []byte {
	t.Helper()
	m := schemaMaker{}
	root := m.record(playbookRecord.shape())
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "bythebook playbook"
	root.Description = "A failover playbook. Checks beyond its form are made by `bythebook check`."
	root.Defs = m
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The committed schema is the one that the tables make.
func TestSchemaIsMadeFromTheTables(t *testing.T) {
	golden.Compare(t, "../../schema/playbook.schema.json", string(schema(t)))
}

func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("playbook.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("playbook.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainJSON is a YAML text as an editor's validator sees it: plain values, in
// which a date is text.
func plainJSON(t *testing.T, text []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		t.Fatalf("%s: %v", text, err)
	}
	var b bytes.Buffer
	value{r: newReader(""), node: doc.Content[0]}.writeTree(&b)
	v, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever is read passes the schema: every shipped playbook, and the document
// that holds every key.
func TestSchemaAcceptsWhatIsRead(t *testing.T) {
	s := validator(t)
	paths, err := filepath.Glob(filepath.Join("..", "..", "runbooks", "*.yaml"))
	if err != nil || len(paths) < 2 {
		t.Fatalf("shipped are %v, %v", paths, err)
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, ".answers.yaml") })
	for _, path := range append(paths, filepath.Join("testdata", "everything.yaml"), filepath.Join("testdata", "everything.written.yaml")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plainJSON(t, text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Mistakes of form are seen by the schema as well as by the reader.
func TestSchemaRefuses(t *testing.T) {
	s := validator(t)
	for _, bad := range []struct{ frame, text string }{
		{"top", "titel: x"},
		{"top", "status: fine"},
		{"top", "tools: aws"},
		{"top", "tools: []"},
		{"top", "review: {last: yesterday}"},
		{"top", "prerequisites: {cheese: {status: open}}"},
		{"top", "severities: {Critical: x}"},
		{"top", "inputs: {release: {ask: x}}"},
		{"top", "dependencies: {api: {class: vital}}"},
		{"top", "notifications: {a: {why: fun}}"},
		{"top", "allow: [{code: LS06}]"},
		{"scenario", "rto: 12"},
		{"scenario", "rto: 12 hours"},
		{"scenario", "clock: {starts: begin}"},
		{"scenario", "assumptions: [{owner: ann}]"},
		{"scenario", "abort: {then: x}"},
		{"step", "{do: a, run: b, wait: 5m}"},
		{"step", "{run: a, expect: {exit: 256}}"},
		{"step", "{run: a, expect: {exit: none}}"},
		{"step", "{run: a, expect: {where: {lag: 5}}}"},
		{"step", "{run: a, tries: 0}"},
		{"step", "{run: a, capture: {host: x}}"},
		{"step", "{run: a, capture: {HOST: {jsn: .a}}}"},
		{"step", "{until: {run: a}}"},
		{"step", "{do: a, isolated: maybe}"},
		{"step", "{ask: a, answers: [{go: last}]}"},
		{"whole", "playbook: web\n"},
		{"whole", "playbook: My Web\nscenarios: {down: {title: Down, recovery: [{do: Act.}]}}\n"},
		{"whole", "playbook: web\nscenarios: {down: {recovery: [{do: Act.}]}}\n"},
	} {
		text := framed(bad.frame, bad.text)
		if book, _ := parsed(text); book != nil {
			t.Errorf("the reader takes %s", bad.text)
		}
		if s.Validate(plainJSON(t, []byte(text))) == nil {
			t.Errorf("the schema takes %s", bad.text)
		}
	}
}
