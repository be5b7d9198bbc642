package plain_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean/cleantest"
	"bythebook/runbook"
	"bythebook/ui/plain"
)

// memory is a record that keeps nothing.
type memory struct{ n uint64 }

func (m *memory) Append(e exec.Event) (exec.Event, error) { m.n++; e.Seq = m.n; return e, nil }
func (m *memory) Close() error                            { return nil }

// printer performs a step by printing something, and then fails.
type printer struct {
	exec.Simulation
	lines []string
}

func (p printer) Tail() exec.Glimpse { return exec.Glimpse{Lines: p.lines, Total: len(p.lines)} }
func (p printer) Perform(context.Context, exec.Job) exec.Result {
	time.Sleep(time.Second)
	three := 3
	return exec.Result{StepEnded: exec.StepEnded{
		Outcome: exec.Exited, Exit: &three, Match: exec.Differs, Reason: p.lines[0], Notices: p.lines,
		Checks: []exec.Check{{Mode: "exit", Want: p.lines[0], Seen: p.lines[0]}},
		Output: exec.Output{Lines: len(p.lines), Excerpt: strings.Join(p.lines, "\n")},
	}}
}

// document holds every text that plain mode reads out, each with more behind it.
func document(more string) *runbook.Playbook {
	step := func(kind runbook.Kind) runbook.Step {
		return runbook.Step{
			ID: "s-" + string(kind), Procedure: runbook.Recovery, Kind: kind, Do: "do", Run: "run", Why: "why", Note: "note", Warning: "warning", Rollback: "undo",
			If: "if", Preconditions: []string{"first"}, DependsOn: []string{"after"}, Expect: runbook.Expect{Stated: true, State: "seen", Contains: []string{"x"}},
			Ask: "ask", Answers: []runbook.Answer{{Say: "say"}}, Evidence: "text", Effect: runbook.Read,
		}
	}
	many := step(runbook.Run)
	many.ID, many.Runs = "s-many", []string{"one", "two"}
	book := &runbook.Playbook{
		ID: "b", Title: "title", Inputs: []runbook.Input{{Name: "VALUE", Ask: "ask", Pattern: ".*"}},
		Contacts:      []runbook.Contact{{ID: "bob", Name: "Bob", Position: "lead", Phone: "1", Channels: []runbook.Named{{ID: "c", Text: "d"}}, Availability: "always"}},
		Notifications: []runbook.Notification{{ID: "n", When: "declared", Who: []string{"bob", "nobody"}, What: "what", Marker: "marker", Fallback: "else", How: []string{"how"}}},
		Scenarios: []runbook.Scenario{{
			ID: "s", Title: "title", Abort: runbook.Abort{When: []string{"when"}, Steps: []runbook.Step{step(runbook.Run)}},
			Steps: []runbook.Step{step(runbook.Manual), many, step(runbook.Run), step(runbook.Decide), step(runbook.Notify)},
		}},
	}
	cleantest.Fields(book, func(_ string, text *string) {
		if *text != "" && !strings.HasPrefix(*text, "s-") && *text != "s" && *text != "VALUE" && *text != ".*" {
			*text += more
		}
	})
	return book
}

// TestEscapesReachNoTerminal: whoever writes it, where, and however it is told,
// no text of a document, a person, another seat or a command reaches the terminal
// as anything but text.
func TestEscapesReachNoTerminal(t *testing.T) {
	for _, e := range cleantest.Escapes {
		synctest.Test(t, func(t *testing.T) {
			evil := strings.ReplaceAll(e.Text, "\n", " ")
			book := document(evil)
			s := exec.Apply(exec.New(book), exec.Event{At: time.Now(), By: evil, Body: exec.Began{
				Format: 1, Exercise: evil, Scenario: "s", Kind: exec.Rehearsal, Rule: exec.Strict, Digest: evil, Operator: evil,
				Agreement: &exec.Agreement{Asked: []string{evil}, Lacking: []exec.Lacking{{Who: evil, Why: evil}}},
			}})
			c := exec.Conduct(s, &memory{}, printer{lines: []string{evil, "x" + evil}}, func() string { return evil })
			var out bytes.Buffer
			lines := strings.ReplaceAll(`look
give EVIL
EVIL
call stop EVIL
go on EVIL
begin
EVIL
EVIL
yes
done
saw EVIL
note EVIL
mark detected
rests on EVIL
deviate
3
did EVIL
because EVIL
EVIL
yes
choose 3
run
run
accept
reason EVIL
EVIL
skip
reason EVIL
EVIL
hold EVIL
release
blocked EVIL
look
finish
halt
`, "EVIL", evil)
			x := plain.NewConsole(c.Seat(evil), strings.NewReader(lines), &out, nil, false, func(bool) {})
			if err := x.Run(t.Context()); err != nil {
				t.Error(err)
			}
			for _, want := range []string{"STOP: ", "answers: it goes on", "is not as documented", "skipped. reason", "Blocked at step"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%s: %q was never told in\n%s", e.Name, want, out.String())
				}
			}
			cleantest.Harmless(t, e.Name, out.String())
			if err := c.Leave(); err != nil {
				t.Error(err)
			}
		})
	}
}
