package read

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bythebook/golden"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// shapes are all mappings of the format, each after the one that holds it.
func shapes() []shape {
	all, met := []shape{playbookRecord.shape()}, map[string]bool{}
	var visit func(f form)
	visit = func(f form) {
		if f.of != nil {
			if s := f.of(); !met[s.name] {
				met[s.name] = true
				all = append(all, s)
			}
		}
		for _, g := range []*form{f.items, f.or} {
			if g != nil {
				visit(*g)
			}
		}
	}
	for i := 0; i < len(all); i++ {
		for _, r := range all[i].rows {
			visit(r.form)
		}
	}
	return all
}

// A mapping's name stands for it in the schema and in the reference, so no two
// share one; and no key stands without its meaning and an example.
func TestEveryKeyIsDescribed(t *testing.T) {
	held := map[string]string{}
	for _, s := range shapes() {
		keys := fmt.Sprint(s.rows)
		if other, twice := held[s.name]; twice && other != keys {
			t.Errorf("two mappings are called %s", s.name)
		}
		held[s.name] = keys
		for _, r := range s.rows {
			if !strings.HasSuffix(r.doc, ".") || r.example == "" {
				t.Errorf("%s.%s is not described: %q, example %q", s.name, r.key, r.doc, r.example)
			}
		}
	}
}

// Each example has the form that its key wants.
func TestExamplesAreOfTheirForm(t *testing.T) {
	for _, s := range shapes() {
		for _, r := range s.rows {
			m := schemaMaker{}
			root := m.form(r.form)
			root.Schema, root.Defs = "https://json-schema.org/draft/2020-12/schema", m
			text, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			c := jsonschema.NewCompiler()
			if err := c.AddResource("x.json", doc); err != nil {
				t.Fatal(err)
			}
			compiled, err := c.Compile("x.json")
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(plainJSON(t, []byte(r.example))); err != nil {
				t.Errorf("the example of %s.%s, %s: %v", s.name, r.key, r.example, err)
			}
		}
	}
}

// heads say what each mapping of the reference is.
var heads = map[string]string{
	"playbook": "The document itself.",
	"step":     "A step says what to do, in the document's own words, and then exactly one way of doing it: `run` (or `runs`), `ask`, `wait`, `until`, `notify`, or none of these, which is a step by hand.",
	"expect":   "What must be seen for a step to count as done as documented. All of what is written must hold.",
	"exercise": "A GameDay before it is held.",
}

// referencePage is docs/playbook.md.
func referencePage() string {
	var b strings.Builder
	b.WriteString(`# What a playbook may hold

Every key of the YAML spelling. A Markdown playbook is read into the same keys; its own spelling is described by examples in [runbooks/bookstore.md](../runbooks/bookstore.md) and [runbooks/disk-full.md](../runbooks/disk-full.md). For completion in an editor, begin a file with

` + "```yaml\n# yaml-language-server: $schema=../schema/playbook.schema.json\n```" + `

with the way to a copy of [schema/playbook.schema.json](../schema/playbook.schema.json). This page is made from the tables that read playbooks (` + "`go test ./runbook/read -update`" + `).

A duration carries its units, the longer before the shorter: ` + "`90s`, `5m`, `12h`, `7d`, `1h30m`" + `. An id is made of a-z, 0-9 and -. Scalars are text, quoted or not. What is needed is marked with *.
`)
	for _, s := range shapes() {
		fmt.Fprintf(&b, "\n## %s\n\n", s.name)
		if head := heads[s.name]; head != "" {
			b.WriteString(head + "\n\n")
		}
		b.WriteString("| Key | Meaning | Form | Example |\n| --- | --- | --- | --- |\n")
		for _, r := range s.rows {
			name := "`" + r.key + "`"
			if r.need {
				name += " *"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, cell(r.doc), cell(inForm(r.form)), "`"+cell(r.example)+"`")
		}
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// inForm says in words what a value looks like.
func inForm(f form) string {
	words := f.words
	switch f.kind {
	case isList:
		words = "a list of: " + inForm(*f.items)
	case isRecord:
		words = "[" + f.of().name + "](#" + f.of().name + ")"
	case isMap:
		inside := ""
		if f.items != nil {
			inside = inForm(*f.items)
		} else {
			inside = "[" + f.of().name + "](#" + f.of().name + ")"
		}
		words = "a mapping to: " + inside
	}
	if f.or != nil {
		words += ", or " + inForm(*f.or)
	}
	return words
}

// The committed reference is the one that the tables make.
func TestReferenceIsMadeFromTheTables(t *testing.T) {
	golden.Compare(t, "../../docs/playbook.md", referencePage())
}
