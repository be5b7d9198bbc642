package runbook

import "strings"

// A Place is where something stands in a file. Lines and columns count from 1.
type Place struct{ Line, Column int }

// Places says where each value of a document stands, by its path:
// scenarios.api-failure.recovery[2].expect.exit. The path of a value that is
// read from prose is the one that it would have in YAML.
type Places map[string]Place

// Find is where a value stands, or the nearest that holds it.
func (p Places) Find(path string) Place {
	for path != "" {
		if at, ok := p[path]; ok {
			return at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return p[""]
}
