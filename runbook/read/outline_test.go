package read

import (
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

func TestOutline(t *testing.T) {
	book, problems := parsed(`playbook: web
tools: [aws, jq]
contacts: {ann: {}}
inputs: {A: {default: ""}}
scenarios:
  down:
    title: Down
    assumptions: [{text: It is so.}]
    recovery:
      - {id: look, run: date, expect: {exit: [0, 1], json: {b: [1, "1"], a: null}}}
`)
	if book == nil {
		t.Fatal(problems)
	}
	want := []Field{
		{Key: "playbook", Text: "web"},
		{Key: "tools", Texts: []string{"aws", "jq"}},
		{Key: "contacts", Fields: []Field{{Key: "ann"}}},
		{Key: "inputs", Fields: []Field{{Key: "A", Fields: []Field{{Key: "default"}}}}},
		{Key: "scenarios", Fields: []Field{{Key: "down", Fields: []Field{
			{Key: "title", Text: "Down"},
			{Key: "assumptions", Fields: []Field{{Fields: []Field{{Key: "text", Text: "It is so."}}}}},
			{Key: "recovery", Fields: []Field{{Key: "look", Fields: []Field{
				{Key: "id", Text: "look"},
				{Key: "run", Text: "date"},
				{Key: "expect", Fields: []Field{
					{Key: "exit", Texts: []string{"0", "1"}},
					{Key: "json", Text: `{"a":null,"b":[1,"1"]}`},
				}},
			}}}},
		}}}},
	}
	if diff := cmp.Diff(want, Outline(book)); diff != "" {
		t.Errorf("outline (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Field(nil), Outline(&runbook.Playbook{})); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
}

func TestIDsMadeFromWords(t *testing.T) {
	for _, test := range []struct {
		id, do string
		want   bool
	}{
		{"launch-a-replacement", "Launch a replacement.", true},
		{"launch-a-replacement-2", "Launch a replacement.", true},
		{"launch-a-replacement-now", "Launch a replacement.", false},
		{"launch-a", "Launch a replacement.", false},
		{"launch", "Launch a replacement.", false},
		{"launch", "Launch!", true},
		{"launch2", "Launch!", false},
		{"step-3", "再起動", true},
	} {
		if got := Made(runbook.Step{ID: test.id, Do: test.do}); got != test.want {
			t.Errorf("%s, made of %q: %v", test.id, test.do, got)
		}
	}
}
