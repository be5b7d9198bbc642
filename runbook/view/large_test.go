package view

import (
	"fmt"
	"strings"
	"testing"

	"bythebook/runbook"
)

// large is a playbook that tries to make its page longer and slower than itself:
// n of everything, and everything refers to everything.
func large(n int) *runbook.Playbook {
	long := strings.Repeat("long ", 10*n)
	book := &runbook.Playbook{
		ID: "large", Title: long, Success: long, Severities: []runbook.Named{{ID: "critical", Text: long}},
		Roles: []runbook.Role{{ID: "all"}},
	}
	s := runbook.Scenario{ID: "s", Title: long, Component: "c1", Primary: "p1", Severity: "critical"}
	for i := range n {
		id := fmt.Sprint(i)
		book.Contacts = append(book.Contacts, runbook.Contact{
			ID: "p" + id, Services: []string{runbook.AllServices}, AlternateFor: "p1", ReportsTo: "p" + fmt.Sprint(i+1),
		})
		book.Roles[0].Held = append(book.Roles[0].Held, "p"+id)
		book.Components = append(book.Components, runbook.Component{ID: "c" + id})
		book.Dependencies = append(book.Dependencies, runbook.Dependency{ID: "c" + id, Needs: []string{"c" + fmt.Sprint((i+1)%n)}})
		book.Signals = append(book.Signals, runbook.Signal{ID: "g" + id, Detects: []string{"s"}})
		book.Notifications = append(book.Notifications, runbook.Notification{ID: "n" + id, Escalate: "all", Who: []string{"all"}})
		s.Steps = append(s.Steps, runbook.Step{ID: "t" + id, Procedure: runbook.Recovery, Who: "all", DependsOn: []string{"t1"}, Then: "test"})
		book.Scenarios = append(book.Scenarios, runbook.Scenario{ID: "s" + id, Component: "c" + id, Primary: "p1", Severity: "critical"})
	}
	book.Contacts[1].Name, book.Components[1].Name = long, long
	book.Scenarios = append(book.Scenarios, s)
	return book
}

// A page grows with its playbook, and not with the square of it.
func TestPagesGrowWithTheirPlaybooks(t *testing.T) {
	small := len(Markdown(large(100), ""))
	if big := len(Markdown(large(1000), "")); big > 12*small {
		t.Errorf("ten times as much makes a page %d times as long", big/small)
	}
}

func BenchmarkLarge(b *testing.B) {
	for _, n := range []int{1000, 4000} {
		book := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Markdown(book, "")
			}
		})
	}
}
