// Package compare tells in what two texts of a playbook differ in meaning.
package compare

import "bythebook/runbook"

// A Change is one difference in meaning.
type Change struct {
	Path string // of the value: scenarios.api-failure.recovery.launch.run
	What string // in words, one line: step launch of api-failure: its command changed
	Old  string // "" where it is new
	New  string // "" where it is gone
}

// Between are the differences from one text to another, in the document's order.
// None means that only comments, layout or spelling differ.
func Between(old, new *runbook.Playbook) []Change { panic("not written yet") }

// Scenario are those of them that concern what is done, by whom, or against
// which objective in one scenario.
func Scenario(old, new *runbook.Playbook, id string) []Change { panic("not written yet") }
