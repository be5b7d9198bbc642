package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// Leads come first, then who looks after the component by priority, then who
// stands in or above, then who is called when nobody answers, then support.
func TestWhomToCall(t *testing.T) {
	v := look(bookstore(), "", nil)
	for component, want := range map[string][]string{
		"api":      {"bob", "alice", "christina", "kim", "dana", "aws-support"},
		"database": {"alice", "christina", "dana", "aws-support"},
		"cdn":      {"christina", "alice", "dana"},
	} {
		if d := cmp.Diff(want, v.callsFor(component).ids); d != "" {
			t.Errorf("%s (-want +got):\n%s", component, d)
		}
	}
}

func TestEscalationsAreCalled(t *testing.T) {
	book := &runbook.Playbook{
		Contacts:      []runbook.Contact{{ID: "a"}, {ID: "b"}, {ID: "c", Services: []string{"x"}}, {ID: "d"}},
		Roles:         []runbook.Role{{ID: "desk", Held: []string{"b", "nobody"}}},
		Notifications: []runbook.Notification{{ID: "n", For: []string{"s"}, Escalate: "desk"}, {ID: "m", For: []string{"other"}, Escalate: "d"}},
		Scenarios:     []runbook.Scenario{{ID: "s", Component: "x", Primary: "a"}},
	}
	if got := look(book, "", nil).callsFor("x").ids; !slices.Equal(got, []string{"a", "c", "b"}) {
		t.Errorf("called are %q", got)
	}
}

// People who manage each other in a circle are each called once, and drawn.
func TestCirclesEnd(t *testing.T) {
	book := &runbook.Playbook{
		Contacts: []runbook.Contact{
			{ID: "a", ReportsTo: "b", AlternateFor: "c", Services: []string{"x"}}, {ID: "b", ReportsTo: "c"}, {ID: "c", ReportsTo: "a"}, {ID: "d", ReportsTo: "d"},
		},
		Roles:        []runbook.Role{{ID: "r", Held: []string{"r"}}},
		Owner:        "r",
		Dependencies: []runbook.Dependency{{ID: "x", Needs: []string{"y", "x"}}, {ID: "y", Needs: []string{"x", "gone"}}},
	}
	v := look(book, "", nil)
	if got := v.callsFor("x").ids; !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("called are %q", got)
	}
	want := "flowchart TD\n  n1[\"a\"]\n  n2[\"b\"]\n  n3[\"c\"]\n  n4[\"d\"]\n  n2 --> n1\n  n3 --> n2\n  n1 --> n3\n  n4 --> n4"
	if d := cmp.Diff(want, v.orgChart()); d != "" {
		t.Errorf("the org chart (-want +got):\n%s", d)
	}
	for _, edge := range []string{"n1 --> n2", "n1 --> n1", "n2 --> n1", "n2 --> n3", `n3["gone"]`} {
		if g := v.dependencyGraph(); !strings.Contains(g, "  "+edge+"\n") {
			t.Errorf("%s is missing:\n%s", edge, g)
		}
	}
	if page := Markdown(book, ""); !strings.Contains(page, "Owner: r (r)") {
		t.Errorf("a role that holds itself:\n%s", page)
	}
}

// Nothing in a label can end it.
func TestLabelsAreQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"Bookstore API, v1.2": "Bookstore API, v1.2",
		"Zürich":              "Zürich",
		`a"]; click n1 "b`:    "a#34;#93;#59; click n1 #34;b",
		"`md` <b> #quot;":     "#96;md#96; #60;b#62; #35;quot#59;",
		"%%{init: {}}%%":      "#37;#37;#123;init: #123;#125;#125;#37;#37;",
		"a\nb\x1b":            "a b#94;#91;",
	} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %q, want %q", in, got, want)
		}
	}
}

// A list of people to call stays one that can be read through.
func TestListsOfCallsAreBounded(t *testing.T) {
	book := &runbook.Playbook{Components: []runbook.Component{{ID: "x"}}}
	for i := range 100 {
		book.Contacts = append(book.Contacts, runbook.Contact{ID: fmt.Sprint("p", i), Services: []string{runbook.AllServices, "x"}})
	}
	calls, _, _ := strings.Cut(Markdown(book, ""), "## People")
	if n := strings.Count(calls, "looks after it"); n != mostCalls || !strings.Contains(calls, "Whoever else") {
		t.Errorf("%d people to call:\n%s", n, calls)
	}
}
