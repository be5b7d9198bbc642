package exec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bythebook/runbook"
)

// A captured value that is a secret is gone with the process that knew it. A
// command that names it would find nothing in its place, and `rm -rf "$DIR"/*` is
// another command then. So it waits until the step that captures it is done again.

// misses says which captured value the command that is due at the step at index i
// names, or what is set up again for it, and nobody knows any more; "" where it
// has all.
func (s State) misses(i int) string {
	due := s.Due(i)
	for _, name := range s.forgotten {
		switch {
		case !captures(s.Scenario.Steps[i], name) && mentions(due, name):
		case slices.ContainsFunc(s.setUp(i), func(again runbook.Step) bool { return mentions(again, name) }):
		default:
			continue
		}
		return fmt.Sprintf("%s is a secret that went with the program that knew it; run the step that captures it again first: %s", name, strings.Join(s.sources(name), ", "))
	}
	return ""
}

// regains reports whether the step at index i is over, and captures what has been
// forgotten since: to do it again is no other way than the document's.
func (s State) regains(i int) bool {
	return s.Step(i).Over() && slices.ContainsFunc(s.forgotten, func(name string) bool { return captures(s.Scenario.Steps[i], name) })
}

// sources are the steps that capture a value.
func (s State) sources(name string) []string {
	var ids []string
	for _, step := range s.Scenario.Steps {
		if captures(step, name) {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

func captures(step runbook.Step, name string) bool {
	return slices.ContainsFunc(step.Capture, func(c runbook.Capture) bool { return c.Name == name })
}

// mentions reports whether a value's name is in what a step runs, or is started
// with, or what is expected of it.
func mentions(step runbook.Step, name string) bool {
	texts := []string{step.Run, step.In.Dir, step.Expect.String()}
	for _, e := range step.In.Env {
		texts = append(texts, e.Text)
	}
	if step.Point != nil {
		texts = append(texts, step.Point.From)
	}
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(strings.Join(texts, "\n"))
}
