// Package compare tells in what two texts of a playbook differ in meaning, so
// that somebody who has agreed to the one sees in seconds what is new in the
// other.
//
// Both are walked side by side as read.Outline lists them, which is made from
// the same rows as every spelling: nothing that a playbook may say can be
// forgotten here. Comments, layout and the spelling, YAML or Markdown, are no
// part of it.
//
//   - walk.go goes through both and says what it meets.
//   - align.go finds out which step of the one text is which of the other: by
//     its id, its command, its words, or the place where it stands.
//   - words.go puts a difference into words.
//   - scenario.go chooses the changes that make an earlier exercise of a
//     scenario say less about the present text.
package compare

import (
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// A Change is one difference in meaning.
type Change struct {
	Path string // of the value: scenarios.api-failure.recovery.launch.run
	What string // in words, one line: step launch of api-failure: its command changed
	Old  string // "" where it is new
	New  string // "" where it is gone
}

// Between are the differences from one text to another, in the document's order.
// None means that only comments, layout or spelling differ.
//
// A path is that of the new text, or for what is gone that of the old one. Steps
// stand in it under their ids and members of other lists under their number,
// from 0. Something that is new or gone as a whole is one change.
func Between(old, new *runbook.Playbook) []Change {
	w := walker{oldMade: made(old), newMade: made(new)}
	w.fields(spot{name: "the playbook", owner: "the playbook"}, read.Outline(old), read.Outline(new))
	return w.changes
}

// made are the steps whose ids are made from their words, as SCENARIO.STEP.
func made(book *runbook.Playbook) map[string]bool {
	all := map[string]bool{}
	for _, s := range book.Scenarios {
		for _, part := range [][]runbook.Step{s.Steps, s.Abort.Steps} {
			for _, st := range part {
				all[s.ID+"."+st.ID] = read.Made(st)
			}
		}
	}
	return all
}
