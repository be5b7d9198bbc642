package exec_test

import (
	"testing"

	"bythebook/exec"
)

// noted is the events of an exercise in which much was noted.
func noted(t *testing.T, n int) (exec.State, []exec.Event) {
	s := exercise(t, false, exec.Began{Kind: exec.Rehearsal, Rule: exec.Strict})
	events := []exec.Event{{Seq: 1, At: began, By: "bob", Body: s.Began}}
	for i := range n {
		events = append(events, exec.Event{Seq: uint64(i + 2), At: began, By: "bob", Body: exec.Noted{Text: "as before"}})
	}
	return s, events
}

// TestALongRecordIsReplayedInOneGo: what was said before is not copied for each
// thing that is said. Others wrote the record, and it may be long.
func TestALongRecordIsReplayedInOneGo(t *testing.T) {
	s, events := noted(t, 2000)
	if n := testing.AllocsPerRun(1, func() { exec.Replay(s.Book, events) }); n > 500 {
		t.Errorf("%v allocations for 2000 notes", n)
	}
}

// TestWhatWasReplayedIsSharedByNobody: two states that come of it do not write
// into each other.
func TestWhatWasReplayedIsSharedByNobody(t *testing.T) {
	s, events := noted(t, 5)
	s = exec.Replay(s.Book, events)
	one := exec.Apply(s, exec.Event{Seq: 7, At: began, By: "bob", Body: exec.Noted{Text: "one"}})
	exec.Apply(s, exec.Event{Seq: 7, At: began, By: "bob", Body: exec.Noted{Text: "other"}})
	if got := one.Notes[5].Text; got != "one" {
		t.Errorf("the note reads %q", got)
	}
}
