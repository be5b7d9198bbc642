package read

import (
	"bytes"
	"unicode/utf8"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// YAML is the playbook in the YAML spelling. Reading it gives the same playbook
// again, but for places and remarks, which belong to the text that was read.
func YAML(book *runbook.Playbook) []byte {
	root := playbookRecord.node(book)
	for i := 1; i < len(root.Content); i += 2 {
		compact(root.Content[i])
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	_ = e.Encode(root) // the tree holds nothing that cannot be written
	_ = e.Close()
	return b.Bytes()
}

// flowWidth is how wide a mapping or a list may be and still stand on one line.
const flowWidth = 72

// compact lets what is short stand on one line, as people write it.
func compact(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		return
	}
	if w := width(n); w >= 0 && w <= flowWidth {
		n.Style = yaml.FlowStyle
		return
	}
	for _, c := range n.Content {
		compact(c)
	}
}

// width is how wide a node is on one line, -1 where it cannot be on one.
func width(n *yaml.Node) int {
	if n.Kind == yaml.ScalarNode {
		if n.Style != 0 {
			return -1
		}
		return utf8.RuneCountInString(n.Value)
	}
	sum := 2
	for _, c := range n.Content {
		w := width(c)
		if w < 0 {
			return -1
		}
		sum += w + 2
	}
	return sum
}

// JSON is the playbook as it was understood, for programs: the keys are those
// of the YAML spelling, with the digest of the text, and in each step also what
// the text left to be understood.
func JSON(book *runbook.Playbook, digest string) []byte {
	root := playbookRecord.node(book)
	if digest != "" {
		root.Content = append(root.Content, str("digest"), str(digest))
	}
	scenarios := child(root, "scenarios")
	for i := range book.Scenarios {
		s := &book.Scenarios[i]
		understood(child(scenarios, s.ID), s)
	}
	var b bytes.Buffer
	value{node: root}.writeTree(&b)
	b.WriteByte('\n')
	return b.Bytes()
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return &yaml.Node{Kind: yaml.MappingNode}
}

// understood adds to each step what the text leaves out.
func understood(scenario *yaml.Node, s *runbook.Scenario) {
	at := map[runbook.Procedure]int{}
	add := func(list *yaml.Node, st runbook.Step) {
		n := list.Content[at[st.Procedure]]
		at[st.Procedure]++
		for _, p := range []struct {
			key   string
			value *yaml.Node
		}{
			{"kind", str(string(st.Kind))}, {"do", str(st.Do)}, {"run", optionalStr(st.Run)},
			{"effect", str(string(st.Effect))}, {"line", whole(st.Line)},
		} {
			if p.value != nil && len(child(n, p.key).Value) == 0 && (p.key != "run" || st.Kind == runbook.Run) {
				n.Content = append(n.Content, str(p.key), p.value)
			}
		}
	}
	for _, st := range s.Steps {
		add(child(scenario, string(st.Procedure)), st)
	}
	for _, st := range s.Abort.Steps {
		add(child(child(scenario, string(runbook.Aborting)), "steps"), st)
	}
}

// writeTree is writeJSON for a tree of our own, whose order is kept.
func (v value) writeTree(b *bytes.Buffer) {
	open, end, stride := byte('{'), byte('}'), 2
	switch v.node.Kind {
	case yaml.ScalarNode:
		v.writeScalar(b)
		return
	case yaml.SequenceNode:
		open, end, stride = '[', ']', 1
	}
	b.WriteByte(open)
	for i := 0; i < len(v.node.Content); i += stride {
		if i > 0 {
			b.WriteByte(',')
		}
		if stride == 2 {
			writeString(b, v.node.Content[i].Value)
			b.WriteByte(':')
		}
		value{node: v.node.Content[i+stride-1]}.writeTree(b)
	}
	b.WriteByte(end)
}
