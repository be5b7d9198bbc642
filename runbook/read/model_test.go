package read

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func everything(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "everything.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever the format knows is either read or refused by its name.
func TestEverythingIsKnown(t *testing.T) {
	text := everything(t)
	_, problems := Parse(runbook.Copy{Main: "everything.yaml", Files: map[string][]byte{"everything.yaml": []byte(text), "scripts/launch.sh": nil}})
	for _, p := range problems {
		if !strings.HasSuffix(p.Message, "is not supported yet") {
			t.Errorf("neither read nor refused by name: %v", p)
		}
	}
	golden(t, "everything.golden", strings.Join(lines(problems), "\n")+"\n")
}

// supported is the same document without what is refused by name.
func supported(t *testing.T) runbook.Copy {
	t.Helper()
	text := everything(t)
	frozen := func() runbook.Copy {
		return runbook.Copy{Main: "everything.yaml", Files: map[string][]byte{"everything.yaml": []byte(text), "scripts/launch.sh": nil}}
	}
	_, problems := Parse(frozen())
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	refused := map[[2]int]bool{}
	for _, p := range problems {
		refused[[2]int{p.Line, p.Column}] = true
	}
	prune(&doc, refused)
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	text = string(out)
	return frozen()
}

// prune takes out the pairs whose key or value stands at a refused place.
func prune(n *yaml.Node, refused map[[2]int]bool) {
	at := func(n *yaml.Node) bool { return refused[[2]int{n.Line, n.Column}] }
	if n.Kind == yaml.MappingNode {
		var keep []*yaml.Node
		for i := 0; i < len(n.Content); i += 2 {
			if !at(n.Content[i]) && (n.Content[i+1].Kind != yaml.ScalarNode || !at(n.Content[i+1])) {
				keep = append(keep, n.Content[i], n.Content[i+1])
			}
		}
		n.Content = keep
	}
	for _, c := range n.Content {
		prune(c, refused)
	}
}

// Every field of every type is filled by something in the document, so none
// can be forgotten in the tables.
func TestEveryFieldIsFilled(t *testing.T) {
	book, problems := Parse(supported(t))
	if book == nil {
		t.Fatal(problems)
	}
	filled := map[string]bool{}
	visit(reflect.ValueOf(book).Elem(), filled)
	for field, ok := range filled {
		if !ok {
			t.Errorf("nothing fills %s", field)
		}
	}
	if len(filled) < 120 {
		t.Errorf("only %d fields were looked at", len(filled))
	}
}

func visit(v reflect.Value, filled map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Elem(), filled)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), filled)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			filled[name] = filled[name] || !v.Field(i).IsZero()
			visit(v.Field(i), filled)
		}
	}
}

func TestStepsAsRead(t *testing.T) {
	book, problems := Parse(supported(t))
	if book == nil {
		t.Fatal(problems)
	}
	s, _ := book.Scenario("api-failure")
	check := s.Steps[s.Find("check-api")]
	check.Line = 0
	want := runbook.Step{
		ID: "check-api", Procedure: runbook.Recovery, Kind: runbook.Run,
		Do:  "Check that the API is down.",
		Run: "curl -fsS http://bookstore.pingpublications.com",
		Expect: runbook.Expect{
			Stated: true, Exit: []int{7, 22}, Lines: "curl: (<n>) ...", Exact: "curl: (7)",
			Contains: []string{"refused"}, Absent: []string{"books"}, Matches: []string{"^curl: (?P<status>[0-9]+)"},
			JSON: []byte(`{"code":7,"status":"down"}`),
		},
		Sample: "curl: (7) Failed to connect\n",
		Effect: runbook.Read, Who: "lead.primary",
		Estimate: 2 * time.Minute, Timeout: 30 * time.Second, Tries: 3, Every: 5 * time.Second,
		IfNot: "which",
		Why:   "So that nobody replaces what is up.", Note: "From a local machine.",
		Warning: "Not from the bastion.", Rollback: "None needed.",
		Refs: []string{"https://wiki.example.com/dr/bookstore#check"},
	}
	if diff := cmp.Diff(want, check); diff != "" {
		t.Errorf("check-api (-want +got):\n%s", diff)
	}
	var ids []string
	for _, st := range s.Steps {
		ids = append(ids, string(st.Procedure)+"/"+st.ID+"/"+string(st.Kind)+"/"+string(st.Effect))
	}
	wantIDs := []string{
		"inject/stop-api/run/change", "recovery/check-api/run/read", "recovery/which/decide/none",
		"recovery/tell/manual/none", "recovery/restart/manual/none", "recovery/again/manual/none",
		"recovery/launch/run/final", "recovery/login/run/change", "recovery/propagate/wait/none",
		"test/reachable/until/change", "resume/close/manual/none",
	}
	if diff := cmp.Diff(wantIDs, ids); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestScalarsAreText(t *testing.T) {
	book, problems := parsed(`playbook: no
title: No
version: 1.0
team: ~
published: 0x1F
scenarios:
  on:
    title: 2026-10-01
    recovery:
      - {ask: yes, answers: [{say: Yes}, {say: No}]}
`)
	if book == nil {
		t.Fatal(problems)
	}
	s := book.Scenarios[0]
	got := []string{book.ID, book.Title, book.Version, book.Team, book.Published, s.ID, s.Title, s.Steps[0].Ask, s.Steps[0].Answers[1].Say}
	want := []string{"no", "No", "1.0", "~", "0x1F", "on", "2026-10-01", "yes", "No"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scalars (-want +got):\n%s", diff)
	}
}

func TestDerivedWordsAndIDs(t *testing.T) {
	book, problems := parsed("playbook: web\nscenarios:\n  down:\n    title: Down\n    recovery:\n" + `
      - {do: Restart the web server., run: restart}
      - {do: "Restart the *web* server!"}
      - {run: curl -fsS http://localhost/}
      - {run: "echo ` + "`date`" + `\nsecond\n"}
      - {wait: 90s}
      - {ask: "Is it up?", answers: [{say: a}, {say: b}]}
      - {until: {run: date, within: 1m}}
      - {do: Next}
      - {do: 再起動}
      - {id: step-2, do: 再起動}
      - {do: 再起動}
      - {do: An instruction that goes on for very much longer than an id should be}
`)
	if book == nil {
		t.Fatal(problems)
	}
	var got []string
	for _, st := range book.Scenarios[0].Steps {
		if !runbook.ValidID.MatchString(st.ID) {
			t.Errorf("%q is no id", st.ID)
		}
		got = append(got, st.ID+": "+st.Do)
	}
	want := []string{
		"restart-the-web-server: Restart the web server.",
		"restart-the-web-server-2: Restart the *web* server!",
		"run-curl-fss-http-localhost: Run `curl -fsS http://localhost/`.",
		"run-echo-date-and-what-follows-it: Run `` echo `date` `` and what follows it.",
		"wait-90s: Wait 90s.",
		"is-it-up: Is it up?",
		"wait-until-date-succeeds: Wait until `date` succeeds.",
		"next-2: Next",
		"step: 再起動",
		"step-2: 再起動",
		"step-3: 再起動",
		"an-instruction-that-goes-on-for-very: An instruction that goes on for very much longer than an id should be",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestCommandsAreVerbatim(t *testing.T) {
	script := "set -e\n\tcat <<-'EOF'\n  # not a comment  \n\tEOF\n\n\n"
	indented := strings.ReplaceAll(script, "\n", "\n          ")
	book, problems := parsed("playbook: web\nscenarios:\n  down:\n    title: Down\n    recovery:\n      - run: |+\n          " + indented + "\n")
	if book == nil {
		t.Fatal(problems)
	}
	if got := strings.TrimRight(book.Scenarios[0].Steps[0].Run, "\n"); got != strings.TrimRight(script, "\n") {
		t.Errorf("run is %q, want %q", got, script)
	}
}

func TestJSONIsCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"{b: 1, a: [true, null, ~, 1.50, x, 'true', <&>]}": `{"a":[true,null,null,1.50,"x","true","<&>"],"b":1}`,
		"{}":           `{}`,
		"[]":           `[]`,
		"2026-10-01":   `"2026-10-01"`,
		`"a\tb\u2028"`: `"a\tb\u2028"`,
		"{1: No}":      `{"1":"No"}`,
	} {
		book, problems := parsed(framed("step", "{run: a, expect: {json: "+in+"}}"))
		if book == nil {
			t.Errorf("%s: %v", in, problems)
			continue
		}
		if got := string(book.Scenarios[0].Steps[1].Expect.JSON); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

// A key cannot both be read and be refused, and each table's needs are in it.
func TestTablesAgree(t *testing.T) {
	for name, table := range map[string]struct{ keys, later, need []string }{
		"playbook":   parts(playbookKeys),
		"scenario":   parts(scenarioKeys),
		"step":       parts(stepKeys),
		"until":      parts(untilKeys),
		"expect":     parts(expectKeys),
		"clock":      parts(clockKeys),
		"assumption": parts(assumptionKeys),
		"answer":     parts(answerKeys),
		"agreement":  parts(agreementKeys),
		"point":      parts(pointKeys),
	} {
		for _, key := range table.later {
			if slices.Contains(table.keys, key) {
				t.Errorf("%s: %s is both read and refused", name, key)
			}
		}
		for _, key := range table.need {
			if !slices.Contains(table.keys, key) {
				t.Errorf("%s: %s is needed and cannot be written", name, key)
			}
		}
	}
	for _, row := range meaningful {
		if _, ok := stepKeys.keys[row.key]; !ok {
			t.Errorf("%s is no key of a step", row.key)
		}
	}
	for _, row := range ways {
		if !slices.Contains(stepKeys.names(), row.key) {
			t.Errorf("%s is no key of a step", row.key)
		}
	}
}

func parts[T any](rec record[T]) struct{ keys, later, need []string } {
	out := struct{ keys, later, need []string }{later: rec.later, need: rec.need}
	for key := range rec.keys {
		out.keys = append(out.keys, key)
	}
	return out
}

func TestDangerousNames(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z][A-Z0-9_]*\*?$`)
	for _, row := range dangerous {
		for _, name := range row.names {
			if !form.MatchString(name) {
				t.Errorf("%s can be no variable's name", name)
			}
			if danger(strings.Replace(name, "*", "X", 1)) == "" {
				t.Errorf("%s is let pass", name)
			}
		}
	}
	for _, name := range []string{"NEW_HOST", "PATHS", "RELEASE", "AWS_PROFILE", "HOST"} {
		if why := danger(name); why != "" {
			t.Errorf("%s is refused: it %s", name, why)
		}
	}
}

func TestMeant(t *testing.T) {
	among := []string{"timeout", "tries", "title", "then", "if"}
	for word, want := range map[string]string{
		"timout": "timeout", "timeuot": "timeout", "Timeout": "timeout", "tilte": "title",
		"cheese": "", "fi": "", "": "", "thne": "then", strings.Repeat("t", 100): "",
	} {
		got := newReader("").meant(word, among)
		if want != "" {
			want = "did you mean `" + want + "`?"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
