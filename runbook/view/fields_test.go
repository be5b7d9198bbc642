package view

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"
)

// hidden are the fields that no page shows, each with its reason. Nothing else
// may be left out.
var hidden = map[string]string{
	"Playbook.File":   "where the text was read from differs from one machine to the next",
	"Playbook.Where":  "positions are for messages about the text",
	"Scenario.Line":   "a position",
	"Scenario.Column": "a position",
	"Step.Line":       "a position",
	"Step.Column":     "a position",

	"playbook.Scenarios[0].Abort.Steps[0].Procedure": "that they are of the abort is said by where they stand",
}

// fixed are the values of closed sets that the page puts into words, and those
// words.
var fixed = map[string]struct {
	value any
	words string
}{
	"Step.Procedure":     {runbook.Recovery, "### Recovery procedure"},
	"Step.Kind":          {runbook.Run, "Command"},
	"Step.Effect":        {runbook.Final, "**cannot be undone**"},
	"Prerequisite.Gate":  {runbook.Gates[3], string(gates[runbook.Gates[3]])},
	"Notification.Order": {"parallel", "all at once"},
	"Dependency.Class":   {runbook.NonCritical, "| non-critical |"},
}

// A leaf is one value in a playbook: where it is, and what the page must hold.
type leaf struct {
	path, field string
	value       reflect.Value
	words       string
}

// A filler gives every leaf a value of its own.
type filler struct{ leaves []leaf }

func (f *filler) fill(v reflect.Value, path, field string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			if inner := path + "." + v.Type().Field(i).Name; hidden[name]+hidden[inner] == "" {
				f.fill(v.Field(i), inner, name)
			}
		}
		return
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path, field)
		return
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			break
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 2)) // with room for one that a test adds
		f.fill(v.Index(0), path+"[0]", field)
		return
	}
	f.leaves = append(f.leaves, f.leaf(v, path, field))
}

func (f *filler) leaf(v reflect.Value, path, field string) leaf {
	n := len(f.leaves)
	word := fmt.Sprintf("w%dx", n)
	if set, ok := fixed[field]; ok {
		v.Set(reflect.ValueOf(set.value))
		return leaf{path, field, v, set.words}
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(time.Duration(1000+n) * time.Second))
		word = string(long(time.Duration(v.Int())))
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{"` + word + `":1}`))
	case v.Kind() == reflect.String:
		v.SetString(word)
	case v.Kind() == reflect.Int:
		v.SetInt(int64(70000 + n))
		word = fmt.Sprint(v.Int())
	case v.Kind() == reflect.Bool:
		v.SetBool(slices.Contains([]string{"Expect.Stated", "Input.HasDefault"}, field)) // without them nothing else of theirs holds
		word = ""
	default:
		panic("no way to fill a " + v.Type().String() + ", " + field)
	}
	return leaf{path, field, v, word}
}

// filled is a playbook in which every field of every type is set.
func filled() (*runbook.Playbook, []leaf) {
	book, f := &runbook.Playbook{}, &filler{}
	f.fill(reflect.ValueOf(book).Elem(), "playbook", "")
	book.Scenarios[0].Steps[0].Procedure = runbook.Recovery
	secret := book.Inputs[0].Secret
	book.Inputs[0].Secret = nil // or its default would not be shown
	book.Inputs = append(book.Inputs, runbook.Input{Name: "SECRET", Secret: secret})
	return book, f.leaves
}

// Whatever a playbook holds is on its page, in the words of the page, and no
// field can be changed without the page changing.
func TestEveryFieldAppears(t *testing.T) {
	book, leaves := filled()
	page := Markdown(book, digest)
	for _, l := range leaves {
		if !regexp.MustCompile(`(^|[^0-9a-z])` + regexp.QuoteMeta(l.words) + `($|[^0-9a-z])`).MatchString(page) {
			t.Errorf("%s is set to %v, and the page does not say %q", l.path, l.value, l.words)
		}
		kept := reflect.New(l.value.Type()).Elem()
		kept.Set(l.value)
		if l.value.Kind() == reflect.Bool {
			l.value.SetBool(!l.value.Bool())
		} else {
			l.value.SetZero()
		}
		if Markdown(book, digest) == page {
			t.Errorf("%s makes no difference to the page", l.path)
		}
		l.value.Set(kept)
	}
	if len(leaves) < 250 {
		t.Errorf("only %d fields were looked at", len(leaves))
	}
}

// A secret is named by its source. A default that somebody wrote beside it is a
// value, and stays out.
func TestSecretsAreNotShown(t *testing.T) {
	book := &runbook.Playbook{Inputs: []runbook.Input{{
		Name: "TOKEN", Default: "hunter2", HasDefault: true, Secret: &runbook.Secret{Env: "DEPLOY_TOKEN"},
	}}}
	page := Markdown(book, "")
	if strings.Contains(page, "hunter2") || !strings.Contains(page, "`DEPLOY_TOKEN`") || !strings.Contains(page, "not shown") {
		t.Errorf("the page of a secret:\n%s", page)
	}
}

// Closed sets are put into words wholly.
func TestEveryClosedSetHasWords(t *testing.T) {
	for _, k := range runbook.Kinds {
		if kinds[k.Kind] == "" {
			t.Errorf("the kind %s has no words", k.Kind)
		}
	}
	for _, e := range runbook.Effects {
		if effects[e] == "" {
			t.Errorf("the effect %s has no words", e)
		}
	}
	for _, p := range append(runbook.Procedures[:], runbook.Aborting) {
		if procedures[p] == "" {
			t.Errorf("the procedure %s has no title", p)
		}
	}
	for _, g := range runbook.Gates {
		if gates[g] == "" {
			t.Errorf("the gate %s has no words", g)
		}
	}
}
