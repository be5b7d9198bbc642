package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestWhatTheChecksSay keeps what is said of dependencies, objectives and
// people, as the examples that fail bring it about.
func TestWhatTheChecksSay(t *testing.T) {
	var said strings.Builder
	for _, c := range slices.Concat(objectiveChecks, peopleChecks) {
		e := exampleOf(t, c.Code)
		for _, f := range of(c.Code, Run(parse(t, e.fails), e.fails, Facts{})) {
			fmt.Fprintf(&said, "%s %s %d:%d %s\n     %s\n     %s\n", f.Code, f.Severity, f.Line, f.Column, f.Path, f.Message, f.Hint)
		}
	}
	golden(t, "said.golden", said.String())
}
