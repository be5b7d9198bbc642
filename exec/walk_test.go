package exec_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"

	"pgregory.net/rapid"
)

// winding is a playbook whose document leads everywhere: back, into groups, into
// another scenario and from there back, to safety from both.
const winding = `
playbook: b
contacts:
  bob: {name: Bob}
  kim: {name: Kim}
scenarios:
  a:
    title: A
    rto: 10m
    rpo: 5m
    inject:
      - {id: break, do: Break it., run: break, mark: disruption}
    recovery:
      - {id: which, do: 'Which?', ask: 'Which?', answers: [{say: on}, {say: b, go: 'scenario:b'}, {say: up, go: abort}, {say: back, go: which}], together: all}
      - {id: one, do: One., run: one, together: all, approve: [kim], if_not: abort}
      - {id: two, do: Two., together: all, then: test}
      - {id: three, do: Three., if: it is night, run: three, if_not: one}
    test:
      - {id: see, do: See., run: see, capture: {AT: '.*'}, point: {from: AT, method: marker}}
    resume:
      - {id: end, do: End., then: 'scenario:a'}
    abort:
      steps:
        - {id: undo, do: Undo., run: undo}
        - {id: safe, do: 'Safe?', ask: 'Safe?', answers: [{say: yes}, {say: no, go: undo}]}
  b:
    title: B
    rto: 5m
    inject:
      - {id: break, do: Break it., run: break}
    recovery:
      - {id: one, do: One., together: all, if_not: 'scenario:a', run: one}
      - {id: two, do: Two., together: all}
    test:
      - {id: see, do: See., ask: 'Is it?', answers: [{say: yes, go: 'scenario:a'}, {say: no, go: abort}]}
    abort:
      steps:
        - {id: undo, do: Undo., run: undo}
`

// anything is one thing that may happen at a step, whether it makes sense there
// or not.
var anything = []string{
	"begin %s", "end %s ok", "end %s exit", "end %s timeout", "done %s", "skip %s why", "block %s why", "unknown %s", "resolve %s done", "resolve %s not",
	"answer %s 0", "answer %s 1", "answer %s 2", "answer %s 3", "answer %s 4", "approve %s kim", "refuse %s kim why", "point %s 3s",
	"abort why", "hold why", "release", "deviate %s another_order why", "resumed d0",
}

// TestAnythingMayHappen: whatever a record says, its states hold together, each is
// left as it was by what follows, and reading it in one go gives the same as
// living through it. So it is from the beginning, after the exercise was given up,
// and in another scenario.
func TestAnythingMayHappen(t *testing.T) {
	for _, c := range []struct {
		from   string
		first  []string
		arrive func(exec.State) bool
	}{
		{"the beginning", nil, func(s exec.State) bool { return s.At == 0 && s.Back == nil }},
		{"given up", []string{"abort why"}, func(s exec.State) bool { return s.Back != nil }},
		{"another scenario", []string{"begin break", "end break ok", "answer which 2"}, func(s exec.State) bool { return len(s.Legs()) == 2 && !s.Legs()[1].Back }},
	} {
		t.Run(c.from, func(t *testing.T) { anythingMayHappen(t, c.first, c.arrive) })
	}
}

// anythingMayHappen lets it happen after what came first, which leads somewhere.
func anythingMayHappen(t *testing.T, first []string, arrive func(exec.State) bool) {
	book := loadBook(t, []byte(winding))
	ids := []string{"break", "which", "one", "two", "three", "see", "end", "undo", "safe", "b/break", "b/one", "b/two", "b/see", "b/undo"}
	rapid.Check(t, func(r *rapid.T) {
		lived, events := exec.New(book), []exec.Event{}
		happens := func(words string) {
			e := event(t, book, strings.Fields(words))
			e.Seq, e.At, e.By = uint64(len(events)+1), began.Add(time.Duration(len(events))*time.Second), "bob"
			before := picture(lived)
			next := exec.Apply(lived, e)
			if after := picture(lived); after != before {
				r.Fatalf("%+v changed what was before:\n%s\nis\n%s", e, before, after)
			}
			lived, events = next, append(events, e)
		}
		happens("exercise rehearsal strict")
		happens("go")
		for _, words := range first {
			happens(words)
		}
		if !arrive(lived) {
			r.Fatalf("%q did not lead there, but to\n%s", first, picture(lived))
		}
		for range rapid.IntRange(1, 40).Draw(r, "events") {
			what, id := rapid.SampledFrom(anything).Draw(r, "what"), rapid.SampledFrom(ids).Draw(r, "step")
			if step, open := lived.Current(); open && rapid.IntRange(0, 3).Draw(r, "here") > 0 {
				id = step.ID
			}
			happens(strings.ReplaceAll(what, "%s", id))
		}
		if one, other := picture(lived), picture(exec.Replay(book, events)); one != other {
			r.Fatalf("lived through:\n%s\nread:\n%s", one, other)
		}
	})
}

// picture is all that is seen of a state, and what must hold of it.
func picture(s exec.State) string {
	if s.Scenario == nil {
		return ""
	}
	var b strings.Builder
	now := began.Add(time.Hour)
	for i, step := range s.Scenario.Steps {
		st := s.Step(i)
		fmt.Fprintf(&b, "%d %s %s visit %d, %d tries, %v\n", i, step.ID, st.Status, st.Visit, len(st.Attempts), st.Approvals)
	}
	switch step, open := s.Current(); {
	case open && s.Step(s.At).Over():
		fmt.Fprintf(&b, "it stands at %s, which is over\n", step.ID)
		panic(b.String())
	case open:
		fmt.Fprintln(&b, s.SpareAfter(now, runbook.Target(runbook.Aborting)))
	}
	if s.At < 0 || s.At > len(s.Scenario.Steps) {
		panic(fmt.Sprintf("it stands at %d of %d", s.At, len(s.Scenario.Steps)))
	}
	fmt.Fprintf(&b, "at %d with %v, back %v, stuck %q, clock %+v, next %+v\n", s.At, s.Others(), s.Back, s.Stuck, s.Clock(now), s.Next(now))
	for _, d := range exec.Deviations(s) {
		fmt.Fprintf(&b, "%s %s %s\n", d.Code, d.Severity, d.Step)
	}
	for _, o := range exec.Objectives(s) {
		fmt.Fprintf(&b, "%s %s %s\n", o.Called(), o.Verdict, o.Why)
	}
	fmt.Fprintln(&b, exec.Judge(s))
	return b.String()
}
