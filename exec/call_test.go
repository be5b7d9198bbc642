package exec_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/runbook"
)

func team() *runbook.Playbook {
	return &runbook.Playbook{
		ID: "team",
		Contacts: []runbook.Contact{
			{ID: "alice", Name: "Alice", Position: "Director", Email: "alice@example.com", Phone: "555-5550", Availability: "Mon-Fri 09:00-17:00"},
			{ID: "bob", Name: "Bob", Channels: []runbook.Named{{ID: "pager", Text: "4711"}}},
		},
		External: []runbook.Contact{{ID: "vendor", Phone: "555-0000"}},
		Roles:    []runbook.Role{{ID: "managers", Held: []string{"alice", "vendor"}}},
		Notifications: []runbook.Notification{{
			ID: "declared", When: "declared", Who: []string{runbook.PrimaryLead, "managers"}, Order: "sequence", What: "The API is down.", Why: "action",
			How: []string{"phone", "email"}, Fallback: "the bridge", AckWithin: 15 * time.Minute, Escalate: "bob", Every: 30 * time.Minute,
			Approver: "alice", Marker: "EXERCISE",
		}},
		Scenarios: []runbook.Scenario{{ID: "down", Title: "Down", Primary: "bob", Steps: []runbook.Step{
			{ID: "tell", Procedure: runbook.Recovery, Kind: runbook.Notify, Rule: "declared"},
			{ID: "call", Procedure: runbook.Recovery, Kind: runbook.Notify, Notify: []string{"bob", "stranger"}},
		}}},
	}
}

// TestCall is all that somebody who has to make the calls must be told.
func TestCall(t *testing.T) {
	book := team()
	sc := &book.Scenarios[0]
	want := []exec.Fact{
		{Label: "call 1", Text: "Bob: pager 4711"},
		{Label: "call 2", Text: "Alice, Director: email alice@example.com, phone 555-5550 (Mon-Fri 09:00-17:00)"},
		{Label: "call 3", Text: "vendor: phone 555-0000"},
		{Label: "order", Text: "One after the other, until somebody answers."},
		{Label: "how", Text: "phone, then email"},
		{Label: "or else", Text: "the bridge, should that fail."},
		{Label: "drill", Text: "In an exercise, say first: EXERCISE"},
		{Label: "say", Text: "The API is down."},
		{Label: "why", Text: "They are to act on it."},
		{Label: "ok by", Text: "Alice, Director: email alice@example.com, phone 555-5550 (Mon-Fri 09:00-17:00)"},
		{Label: "wait", Text: "15m for an answer."},
		{Label: "then", Text: "If nobody answers: Bob: pager 4711"},
		{Label: "again", Text: "Every 30m, while it lasts."},
	}
	if diff := cmp.Diff(want, exec.Call(book, sc, exec.Duty(book, sc.Steps[0]))); diff != "" {
		t.Errorf("a rule (-want +got):\n%s", diff)
	}
	want = []exec.Fact{
		{Label: "call 1", Text: "Bob: pager 4711"},
		{Label: "call 2", Text: "stranger (no contact of the document)"},
		{Label: "order", Text: "Each of them, in this order."},
	}
	if diff := cmp.Diff(want, exec.Call(book, sc, exec.Duty(book, sc.Steps[1]))); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	parallel := exec.Call(book, sc, runbook.Notification{Who: []string{"alice", "bob"}, Order: "parallel"})
	if len(parallel) != 3 || parallel[2].Text != "All of them at once." {
		t.Errorf("in parallel: %+v", parallel)
	}
}

// TestCallsAreMadeByHand: they count as made with a line of evidence only.
func TestCallsAreMadeByHand(t *testing.T) {
	s, _ := play(t, team(), "0s exercise rehearsal strict\n1s go")
	if n := s.Next(began); n.Situation != exec.ToAttest || n.Aside != "asks who was reached, and when" {
		t.Errorf("next is %+v", n)
	}
	if a := exec.Allow(s, exec.Attest{Step: "tell"}); a.Ask != exec.ForText {
		t.Errorf("without a word: %+v", a)
	}
	if a := exec.Allow(s, exec.Attest{Step: "tell", Text: "Bob, 12:04"}); a.Verdict != exec.Allowed {
		t.Errorf("with one: %+v", a)
	}
	if a := exec.Allow(s, exec.Run{Step: "tell"}); a.Verdict != exec.Refused {
		t.Errorf("running it: %+v", a)
	}
}
