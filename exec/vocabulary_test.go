package exec

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A documented vocabulary is the form of each field, by the event or the field
// that holds it.
type documented map[string]map[string]string

// TestTheRecordIsDocumented: docs/record.md names every event and every field
// of it, with its form, and nothing else.
func TestTheRecordIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	want := documented{}
	for _, b := range bodies {
		want.add(t, b.Type(), reflect.TypeOf(b))
	}
	if diff := cmp.Diff(want, tables(string(page))); diff != "" {
		t.Errorf("docs/record.md and exec/event.go differ (-event.go +record.md):\n%s", diff)
	}
}

// add puts the fields of a struct under a name, and what they hold under theirs.
func (d documented) add(t *testing.T, name string, of reflect.Type) {
	fields := map[string]string{}
	for f := range of.Fields() {
		key, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		form, part := formOf(f.Type)
		if form == "" || key == "" {
			t.Fatalf("%s.%s has no form that the page knows", of, f.Name)
		}
		if rest == "omitempty" || rest == "omitzero" {
			form += "?"
		}
		fields[key] = form
		if part != nil {
			d.add(t, key, part)
		}
	}
	if known, ok := d[name]; ok && !cmp.Equal(known, fields) {
		t.Fatalf("%s means two things", name)
	}
	d[name] = fields
}

// formOf is how the page calls what a field holds, and the struct in it, if
// there is one.
func formOf(of reflect.Type) (form string, part reflect.Type) {
	switch of {
	case reflect.TypeFor[time.Time]():
		return "instant", nil
	case reflect.TypeFor[time.Duration]():
		return "span", nil
	}
	switch of.Kind() {
	case reflect.String:
		return "text", nil
	case reflect.Int, reflect.Int64:
		return "number", nil
	case reflect.Bool:
		return "yes or no", nil
	case reflect.Struct:
		return "object", of
	case reflect.Pointer:
		return formOf(of.Elem())
	case reflect.Slice:
		_, part = formOf(of.Elem())
		return "list", part
	}
	return "", nil
}

// tables reads the page: a heading names an event or a field, and each row of
// the table below it one field and its form.
func tables(page string) documented {
	d := documented{}
	var fields map[string]string
	for line := range strings.Lines(page) {
		if name, ok := strings.CutPrefix(line, "### `"); ok {
			fields = map[string]string{}
			d[strings.TrimSuffix(name, "`\n")] = fields
		} else if strings.HasPrefix(line, "#") {
			fields = nil
		}
		if cells := strings.SplitN(line, " | ", 3); fields != nil && len(cells) == 3 && strings.HasPrefix(line, "| `") {
			fields[strings.Trim(cells[0], "| `")] = cells[1]
		}
	}
	return d
}
