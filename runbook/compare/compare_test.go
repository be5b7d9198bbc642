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
		if len(changes) != 1 {
			t.Errorf("%s: %d changes", path, len(changes))
		}
	})
	golden.Compare(t, "testdata/fields.golden", got.String())
}
