package compare

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bythebook/runbook"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naming are the fields that stand in the paths of others.
var naming = []string{"ID", "Name", "Gate", "Role", "Procedure"}

// Whatever is edited is told, and nothing else is.
func TestEditsAreTold(t *testing.T) {
	old := everything(t)
	alone := map[string][]Change{} // by the way to a field, what is told when only it is edited
	all := func(book *runbook.Playbook, visit func(v reflect.Value, path string)) {
		leaves(reflect.ValueOf(book).Elem(), "", "", func(v reflect.Value, path, field string) {
			if !slices.Contains(naming, field[strings.Index(field, ".")+1:]) {
				visit(v, path)
			}
		})
	}
	var paths []string
	new := everything(t)
	all(new, func(v reflect.Value, path string) {
		alter(v)
		alone[path] = Between(old, new)
		paths = append(paths, path)
	})
	rapid.Check(t, func(r *rapid.T) {
		edited := rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 1, 20, rapid.ID[string]).Draw(r, "edited")
		book := everything(t)
		var edits []func()
		want := map[string]bool{}
		all(book, func(v reflect.Value, path string) {
			if slices.Contains(edited, path) {
				edits = append(edits, func() { alter(v) }) // later, since leaves puts back what is done now
				want[alone[path][0].Path] = true
			}
		})
		for _, edit := range edits {
			edit()
		}
		got := map[string]bool{}
		for _, c := range Between(old, book) {
			got[c.Path] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("paths (-want +got):\n%s", diff)
		}
	})
}

// spelled is what a playbook says, without the ids that its steps' words give.
func spelled(book *runbook.Playbook) string {
	bare := *book
	bare.Scenarios = slices.Clone(book.Scenarios)
	for i := range bare.Scenarios {
		s := &bare.Scenarios[i]
		s.Steps, s.Abort.Steps = slices.Clone(s.Steps), slices.Clone(s.Abort.Steps)
		for _, part := range [][]runbook.Step{s.Steps, s.Abort.Steps} {
			for j := range part {
				if read.Made(part[j]) {
					part[j].ID = ""
				}
			}
		}
	}
	return string(read.YAML(&bare))
}

// Two texts differ exactly if what they say does, and a change can be shown.
func FuzzBetween(f *testing.F) {
	all, err := os.ReadFile("../read/testdata/everything.yaml")
	if err != nil {
		f.Fatal(err)
	}
	steps := []string{
		"do: Look.\ndo: Look.", "do: Look.\ntest:\ndo: Look.", "do: Look!\nid: a, run: b", "id: a, run: b\ndo: Look!", "id: look, do: Look.\nid: look-2, do: Look.",
		"run: a, capture: {A: b, B: c}", "run: a, capture: {B: c, A: b}", "id: x, run: a, capture: {A: {line: 1}}", "ask: a, answers: [{say: b}, {say: c}]", "ask: a, answers: [{say: c}, {say: b, go: test}]\ntest:\nwait: 1m",
		"run: a, expect: {json: 5}", "run: a, expect: {json: '5'}", "run: a, expect: {json: {a: [1, {b: null}]}}",
	}
	texts := []string{string(all), web, "inputs: {A: {default: ''}}\n" + inSteps("do: a"), "inputs: {A: {}}\n" + inSteps("do: a"), "tools: ['a,b']\n" + inSteps("do: a"), "tools: [a, b]\n" + inSteps("do: a")}
	for _, s := range steps {
		texts = append(texts, inSteps(s))
	}
	for i, a := range texts {
		f.Add(a, texts[(i+1)%len(texts)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		old, new := maybe(a), maybe(b)
		if old == nil || new == nil {
			return
		}
		if same := Between(old, old); len(same) > 0 {
			t.Errorf("a text differs from itself: %v", same)
		}
		changes := Between(old, new)
		if equal := spelled(old) == spelled(new); equal != (len(changes) == 0) {
			t.Errorf("equal: %v, changes: %v", equal, changes)
		}
		for _, c := range changes {
			if utf8.RuneCountInString(c.What) > maxWhat || strings.ContainsAny(c.What, "\n\r\t") || c.Path == "" {
				t.Errorf("%q at %q", c.What, c.Path)
			}
		}
		for _, s := range old.Scenarios {
			if concern := Scenario(old, new, s.ID); len(concern) > 0 && len(changes) == 0 {
				t.Errorf("%s: %v, and nothing has changed", s.ID, concern)
			}
		}
	})
}

// maybe is the playbook in a text, if it is one.
func maybe(text string) *runbook.Playbook {
	book, _ := read.Parse(runbook.Copy{Main: "pb.yaml", Files: map[string][]byte{"pb.yaml": []byte(text), "scripts/launch.sh": nil}})
	return book
}

// ofSteps is a playbook of so many steps, with the number of each in its id, its
// words and its command.
func ofSteps(n int, id, do, run string) *runbook.Playbook {
	s := runbook.Scenario{ID: "down", Title: "Down"}
	for i := range n {
		s.Steps = append(s.Steps, runbook.Step{
			ID: fmt.Sprint(id, i), Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Read, Tries: 1,
			Do: fmt.Sprint(do, i), Run: fmt.Sprint(run, i),
		})
	}
	return &runbook.Playbook{ID: "web", Scenarios: []runbook.Scenario{s}}
}

func BenchmarkBetween(b *testing.B) {
	const most = 10_000
	old, turned := ofSteps(most, "a-", "Do ", "run "), ofSteps(most, "a-", "Do ", "run ")
	slices.Reverse(turned.Scenarios[0].Steps)
	for _, bench := range []struct {
		name     string
		old, new *runbook.Playbook
	}{
		{"the same", old, old},
		{"all others", old, ofSteps(most, "b-", "Act ", "start ")},
		{"turned around", old, turned},
		{"without ids, all others", ofSteps(most, "do-", "Do ", "run "), ofSteps(most, "act-", "Act ", "start ")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				Between(bench.old, bench.new)
			}
		})
	}
}

func BenchmarkScenario(b *testing.B) {
	_, book, err := read.File("../../runbooks/practice.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Scenario(book, book, "api-failure")
	}
}
