package read

import (
	"strconv"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// places says where each value of the document stands: a scalar at itself, so
// that a caret points at what is written, everything else at its key.
func (v value) places() runbook.Places {
	all := runbook.Places{}
	v.note("", all)
	return all
}

func (v value) note(path string, all runbook.Places) {
	at := v.node
	if v.key != nil && (at.Kind != yaml.ScalarNode || at.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0) {
		at = v.key
	}
	all[path] = runbook.Place{Line: at.Line, Column: at.Column}
	switch v.node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			below := v.node.Content[i].Value
			if path != "" {
				below = path + "." + below
			}
			v.pair(v.node.Content[i], v.node.Content[i+1]).note(below, all)
		}
	case yaml.SequenceNode:
		for i, n := range v.node.Content {
			v.item(i, n).note(path+"["+strconv.Itoa(i)+"]", all)
		}
	}
}
