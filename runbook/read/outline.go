package read

import (
	"bytes"
	"strconv"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// A Field is one value of a playbook: what it says and the key it stands under,
// without how it was spelled.
type Field struct {
	Key    string   // the key or id it stands under; of a step in its list the id, "" of what lists hold else
	Text   string   // where it is one text
	Texts  []string // where it is several
	Fields []Field  // where it holds others
}

// Outline is all that a playbook says, as YAML would write it: from the same
// rows, and therefore without leaving anything out.
func Outline(book *runbook.Playbook) []Field {
	return outline("", playbookRecord.node(book)).Fields
}

func outline(key string, n *yaml.Node) Field {
	f := Field{Key: key}
	if n == nil { // it says nothing
		return f
	}
	switch n.Kind {
	case yaml.ScalarNode:
		f.Text = n.Value
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			below, v := n.Content[i].Value, n.Content[i+1]
			if key == "expect" && below == "json" { // one value, whatever its shape
				f.Fields = append(f.Fields, Field{Key: below, Text: asJSON(v)})
				continue
			}
			f.Fields = append(f.Fields, outline(below, v))
		}
	case yaml.SequenceNode:
		for _, v := range n.Content {
			if v.Kind == yaml.ScalarNode {
				f.Texts = append(f.Texts, v.Value)
				continue
			}
			f.Fields = append(f.Fields, outline(child(v, "id").Value, v))
		}
	}
	return f
}

func asJSON(n *yaml.Node) string {
	var b bytes.Buffer
	value{node: n}.writeTree(&b)
	return b.String()
}

// Made reports whether a step's id is one that its own words give, so that it
// says nothing that the words do not.
func Made(s runbook.Step) bool {
	rest, begins := strings.CutPrefix(s.ID, slug(s.Do))
	n, more := strings.CutPrefix(rest, "-")
	_, err := strconv.Atoi(n)
	return begins && (rest == "" || more && err == nil)
}
