package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// TestEveryIntentTravels walks the intents that there are, as the source has
// them: each is in the table once, and arrives as it was sent.
func TestEveryIntentTravels(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../intent.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]exec.Intent{}
	for _, row := range intents {
		known[reflect.TypeOf(row.zero).Name()] = row.zero
	}
	found := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != "intent" {
			continue
		}
		found++
		name := f.Recv.List[0].Type.(*ast.Ident).Name
		zero, ok := known[name]
		if !ok {
			t.Errorf("%s has no row in intents", name)
			continue
		}
		sent := filled(zero)
		a, err := packed(7, sent)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.intent()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(sent, got); diff != "" {
			t.Errorf("%s arrives otherwise:\n%s", name, diff)
		}
	}
	if found != len(intents) {
		t.Errorf("there are %d intents and %d rows", found, len(intents))
	}
}

// filled has something in every field.
func filled(i exec.Intent) exec.Intent {
	v := reflect.New(reflect.TypeOf(i)).Elem()
	fill(v)
	return v.Interface().(exec.Intent)
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("<ä\x00\u202e\n\"")
	case reflect.Int:
		v.SetInt(42)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 1, 2, 3, 4000, time.UTC)))
			return
		}
		for n := range v.NumField() {
			fill(v.Field(n))
		}
	default:
		panic(v.Kind())
	}
}

func TestWhatIsNotMeantIsRefused(t *testing.T) {
	for _, body := range []string{
		`{"n":1,"intent":"rm","body":{}}`, `{"n":1,"intent":"","body":{}}`, `{"n":1,"intent":"run","body":{"Step":"x","Shell":"y"}}`,
		`{"n":1,"intent":"run","body":{"Step":7}}`, `{"n":1,"intent":"run","body":[]}`, `{"n":1,"intent":"run"}`,
		`{"n":1,"intent":"run","body":{},"more":1}`, `{"n":-1,"intent":"run","body":{}}`, `{"n":1,"intent":"run","body":{}} {}`,
	} {
		var a ask
		err := strictly([]byte(body), &a)
		if err == nil {
			_, err = a.intent()
		}
		if err == nil {
			t.Errorf("%s is taken", body)
		}
	}
	type stray struct{ exec.Intent }
	if _, err := packed(1, stray{}); err == nil {
		t.Error("an intent that nobody knows is sent")
	}
}

// TestErrorsArrive: what the conductor answers is the same at the other end.
func TestErrorsArrive(t *testing.T) {
	refusal := exec.Refusal{Answer: exec.Answer{Verdict: exec.AskFirst, Why: "w", Ask: exec.ForWord, Word: "db-eu-2"}}
	for _, sent := range []error{nil, refusal, exec.ErrLeft, errors.New("no room")} {
		text, err := json.Marshal(told(3, sent))
		if err != nil {
			t.Fatal(err)
		}
		var w word
		if err := strictly(text, &w); err != nil {
			t.Fatal(err)
		}
		if got := w.err(); fmt.Sprint(got) != fmt.Sprint(sent) || errors.Is(sent, exec.ErrLeft) != errors.Is(got, exec.ErrLeft) {
			t.Errorf("%v arrives as %v", sent, got)
		}
		if got, want := w.err(), error(refusal); sent == want && got != want {
			t.Errorf("%#v arrives as %#v", want, got)
		}
	}
}

// TestTailFits: however much was printed, a word is never longer than is read.
func TestTailFits(t *testing.T) {
	long := strings.Repeat("<", 3*maxTail)
	for _, tt := range []struct{ lines, want []string }{
		{nil, nil}, {[]string{"a", "b"}, []string{"a", "b"}}, {[]string{long, "b"}, []string{"b"}}, {[]string{"a", long}, []string{long[:maxTail]}},
	} {
		n := newsOf(exec.Update{Output: tt.lines})
		if diff := cmp.Diff(tt.want, n.Output); diff != "" {
			t.Errorf("%.20q: %.300s", tt.lines, diff)
		}
		text, err := json.Marshal(word{New: n})
		if err != nil || len(text) >= maxWord {
			t.Errorf("%.20q becomes %d bytes, %v", tt.lines, len(text), err)
		}
	}
}
