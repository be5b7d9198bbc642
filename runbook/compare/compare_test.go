package compare

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"bythebook/runbook"
	"bythebook/runbook/golden"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

func parsed(t testing.TB, text string) *runbook.Playbook {
	t.Helper()
	book, problems := read.Parse(runbook.Copy{Main: "pb.yaml", Files: map[string][]byte{"pb.yaml": []byte(text), "scripts/launch.sh": nil}})
	if book == nil {
		t.Fatal(problems)
	}
	return book
}

// everything is the playbook that holds every field, each step with words of
// its own, so that none are made from what a test changes.
func everything(t testing.TB) *runbook.Playbook {
	t.Helper()
	text, err := os.ReadFile("../read/testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book := parsed(t, string(text))
	for i := range book.Scenarios {
		s := &book.Scenarios[i]
		for j := range s.Steps {
			s.Steps[j].Do = fmt.Sprintf("Instruction %d.", j)
		}
	}
	return book
}

// unsaid are the fields that are no part of what a text says, or that follow
// from others.
var unsaid = map[string]bool{
	"Playbook.File": true, "Playbook.Where": true, "Playbook.Remarks": true,
	"Scenario.Line": true, "Scenario.Column": true, "Step.Line": true, "Step.Column": true,
	"Step.Kind": true, "Expect.Stated": true,

	"Scenarios[0].Steps[4].Optional":        true, // it says when
	"Scenarios[0].Steps[9].Run":             true, // the first of its blocks
	"Scenarios[0].Abort.Steps[0].Procedure": true, // it stands there
}

// leaves calls visit for every value that is set. After visit has changed one,
// it is put back.
func leaves(v reflect.Value, path, field string, visit func(v reflect.Value, path, field string)) {
	switch {
	case v.Type() == reflect.TypeFor[json.RawMessage]():
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			leaves(v.Elem(), path, field, visit)
		}
		return
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), field, visit)
		}
		return
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			field, inner := v.Type().Name()+"."+name, strings.TrimPrefix(path+"."+name, ".")
			if !unsaid[field] && !unsaid[inner] {
				leaves(v.Field(i), inner, field, visit)
			}
		}
		return
	}
	if !v.IsZero() {
		kept := reflect.New(v.Type()).Elem()
		kept.Set(v)
		visit(v, path, field)
		v.Set(kept)
	}
}

// alter gives a value another one.
func alter(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[runbook.Procedure]() && v.String() == string(runbook.Test):
		v.SetString(string(runbook.Resume))
	case v.Type() == reflect.TypeFor[runbook.Procedure]():
		v.SetString(string(runbook.Test))
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{"other":[1]}`))
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Kind() == reflect.Bool:
		v.SetBool(false)
	default:
		v.SetInt(v.Int() + int64(1e9))
	}
}

// Nothing that a playbook may say can change without being told, once and under
// the path of its value.
func TestEveryFieldIsCompared(t *testing.T) {
	old, new := everything(t), everything(t)
	var got strings.Builder
	leaves(reflect.ValueOf(new).Elem(), "", "", func(v reflect.Value, path, field string) {
		alter(v)
		changes := Between(old, new)
		fmt.Fprintf(&got, "%s\n", path)
		for _, c := range changes {
			fmt.Fprintf(&got, "    %s | %s\n", c.Path, c.What)
		}
		want := 1
		if field == "Scenario.ID" { // records are kept under it, so it is another scenario
			want = 2
		}
		if len(changes) != want {
			t.Errorf("%s: %d changes, want %d", path, len(changes), want)
		}
	})
	golden.Compare(t, "testdata/fields.golden", got.String())
}

// Where two members of a list change places, or one of it is gone, that is one
// change as well.
func TestEveryListIsCompared(t *testing.T) {
	old, new := everything(t), everything(t)
	lists := 0
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			walk(v.Elem(), path)
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		case v.Kind() == reflect.Slice && v.Type() != reflect.TypeFor[json.RawMessage]():
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
			lists++
			changedOnce(t, old, new, v, path)
		}
	}
	walk(reflect.ValueOf(new).Elem(), "")
	if lists < 80 {
		t.Errorf("only %d lists were looked at", lists)
	}
}

func changedOnce(t *testing.T, old, new *runbook.Playbook, list reflect.Value, path string) {
	t.Helper()
	one := func(did string) {
		if changes := Between(old, new); len(changes) != 1 {
			t.Errorf("%s: %d changes after %s: %v", path, len(changes), did, changes)
		}
	}
	whole := list.Interface()
	last := list.Len() - 1
	if last < 0 {
		return
	}
	list.Set(list.Slice(0, last))
	one("one was taken out")
	list.Set(reflect.ValueOf(whole))
	if swap := reflect.Swapper(whole); last > 0 {
		i := (last - 1) / 2 // of the steps, two of one procedure
		swap(i, i+1)
		one("two changed places")
		swap(i, i+1)
	}
}

// Only what a text says counts, not how it is spelled.
func TestSpellingIsNoChange(t *testing.T) {
	for _, path := range []string{"bookstore.md", "disk-full.md", "bookstore.yaml", "practice.yaml", "postgresql.yaml"} {
		_, book, err := read.File("../../runbooks/" + path)
		if err != nil {
			t.Fatal(err)
		}
		text := "# A remark.\n" + string(read.YAML(book))
		frozen := runbook.Copy{Main: "pb.yaml", Files: map[string][]byte{"pb.yaml": []byte(text)}}
		for _, f := range book.Files {
			frozen.Files[f] = nil
		}
		again, problems := read.Parse(frozen)
		if again == nil {
			t.Fatal(problems)
		}
		if changes := Between(book, again); len(changes) > 0 {
			t.Errorf("%s: %v", path, changes)
		}
	}
}

// What the tables say of keys is said of keys that there are.
func TestTablesAgree(t *testing.T) {
	keys := map[string]bool{}
	var walk func(all []read.Field)
	walk = func(all []read.Field) {
		for _, f := range all {
			keys[f.Key] = true
			walk(f.Fields)
		}
	}
	walk(read.Outline(everything(t)))
	for key := range nouns {
		if !keys[key] {
			t.Errorf("there is no key %s", key)
		}
	}
	for _, table := range []map[string]string{names, flags} {
		for key := range table {
			words := strings.FieldsFunc(key, func(c rune) bool { return c == ' ' || c == '.' })
			if !keys[words[len(words)-1]] {
				t.Errorf("there is no key %s", key)
			}
		}
	}
}

func TestChangesInWords(t *testing.T) {
	const begin, end = "playbook: web\ncontacts: {ann: {}, bob: {}, cid: {}}\n", "scenarios: {down: {title: Down, recovery: [{id: launch, do: Launch., run: launch now"
	top := func(s string) string { return begin + s + "\n" + end + "}]}}\n" }
	step := func(s string) string { return begin + end + s + "}]}}\n" }
	for _, test := range []struct{ old, new, want string }{
		{top("version: 1.0"), top("version: 1.1"), "version of the playbook: 1.1, was 1.0"},
		{top(""), top("version: 1.1"), "version of the playbook: 1.1, was not stated"},
		{top("purpose: This."), top(""), "purpose of the playbook: not stated, was This."},
		{top("purpose: This and that."), top(""), "the playbook: its purpose removed"},
		{top(""), top("purpose: This and that."), "the playbook: its purpose added"},
		{top(""), top("agreement: {by: [ann]}"), "the agreement was added"},
		{top("agreement: {by: [ann], valid: 90d}"), top("agreement: {by: [ann, bob], valid: 90d}"), "people of the agreement: now also bob"},
		{top("agreement: {by: [ann, bob, cid]}"), top("agreement: {by: [cid]}"), "people of the agreement: no longer ann, bob"},
		{top("agreement: {by: [ann, bob]}"), top("agreement: {by: [bob, ann]}"), "people of the agreement: in another order"},
		{top("agreement: {by: [ann], valid: 90d}"), top("agreement: {by: [ann], valid: 7d}"), "validity of the agreement: 7d, was 90d"},
		{top("severities: {low: a b, high: c d}"), top("severities: {high: c d, low: a b}"), "severity high was moved to the beginning"},
		{top("severities: {low: a b}"), top("severities: {low: a c}"), "severity low changed"},
		{top("roles: {dba: [ann]}"), top("roles: {dba: [ann, bob]}"), "role dba: now also bob"},
		{top("roles: {dba: [ann]}"), top("roles: {dba: [ann], net: [bob]}"), "role net was added"},
		{top("external_contacts: {dan: {phone: 555-1}}"), top("external_contacts: {dan: {phone: 555-2}}"), "external contact dan: phone changed"},
		{top("external_contacts: {dan: {phone: 555-1}}"), top("external_contacts: {dan: {}}"), "external contact dan: phone removed"},
		{step(""), step(", effect: read"), "effect of step launch of down: read, was not stated"},
		{step(""), step(", approve: [ann, bob]"), "approvers of step launch of down: now also ann, bob"},
		{step(", approve: [ann, bob]"), step(""), "approvers of step launch of down: no longer ann, bob"},
		{step(", timeout: 30s"), step(", timeout: 2m"), "timeout of step launch of down: 2m, was 30s"},
		{step(""), step(", expect: {exit: 7}"), "step launch of down: its expectation added"},
		{step(", expect: {exit: 7}"), step(", expect: {exit: [7, 22]}"), "expected exit status of step launch of down: now also 22"},
		{step(", if: {run: date, expect: {exit: 7}}"), step(", if: {run: date, expect: {exit: 8}}"), "guard's expected exit status of step launch of down: 8, was 7"},
		{step(""), step(", optional: true"), "step launch of down: it may be left out now"},
		{step(", optional: true"), step(", optional: At night only."), "step launch of down: its condition for leaving it out changed"},
		{step(", isolated: true"), step(""), "step launch of down: it runs in a process of its own no longer"},
		{step(", capture: {A: a}"), step(", capture: {A: a, B: b}"), "captured value B of step launch of down was added"},
		{step(", capture: {A: a}"), step(", capture: {A: {line: 1}}"), "captured value A of step launch of down changed"},
	} {
		if diff := cmp.Diff([]string{test.want}, said(t, test.old, test.new)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.new, diff)
		}
	}
}

// The texts of a change are whole, and read like the document.
func TestTextsOfAChange(t *testing.T) {
	old := inSteps("id: look, do: Look.")
	new := inSteps("id: look, do: Look.\nid: launch, do: Launch., run: \"one\\ntwo\", expect: {exit: [0, 1], contains: ['a, b', c]}")
	want := []Change{{
		Path: "scenarios.down.recovery.launch",
		What: "step launch of down was added after step look",
		New:  "id: launch\ndo: Launch.\nrun:\n  one\n  two\nexpect:\n  exit: 0, 1\n  contains:\n    - a, b\n    - c",
	}}
	if diff := cmp.Diff(want, Between(parsed(t, old), parsed(t, new))); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// However many and long the names are, a change is one line of a hundred
// characters, and its values are whole.
func TestChangesFitALine(t *testing.T) {
	long := func(letter string) string { return strings.Repeat(letter, 64) }
	text := func(value string) string {
		return "playbook: web\nscenarios:\n  " + long("s") + ":\n    title: x\n    abort: {steps: [{id: " + long("t") + ", until: {run: x, within: 1m, expect: {matches: ['(?P<" +
			long("g") + ">.)'], where: {" + long("g") + ": \"" + value + "\"}}}}]}\n    recovery: [{do: x}]\n"
	}
	changes := Between(parsed(t, text("<= 5")), parsed(t, text("<= 6")))
	want := []Change{{
		Path: "scenarios." + long("s") + ".abort.steps." + long("t") + ".until.expect.where." + long("g"),
		What: "comparison " + long("g")[:17] + "… of abort step " + long("t")[:17] + "… of " + long("s")[:17] + "… changed",
		Old:  "<= 5", New: "<= 6",
	}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}
