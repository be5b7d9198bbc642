package runbook

import (
	"fmt"
	"strings"
)

// A Problem is one fault in a playbook, at a place, with a hint where there is
// one. Lines and columns count from 1; 0 means that the fault has no place.
type Problem struct {
	File         string
	Line, Column int
	Path         string // scenarios.api-failure.recovery[2].expect.exit
	Message      string
	Hint         string
}

// Error is the problem on one line, as compilers print theirs.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems are all faults of one document: never only the first.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
