package read

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"
	"bythebook/runbook/golden"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func everything(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "everything.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// frozen is the document that holds every key.
func frozen(t *testing.T) runbook.Copy {
	t.Helper()
	return runbook.Copy{Main: "everything.yaml", Files: map[string][]byte{"everything.yaml": []byte(everything(t)), "scripts/launch.sh": nil}}
}

// Every field of every type is filled by something in the document, so none
// can be forgotten in the tables.
func TestEveryFieldIsFilled(t *testing.T) {
	book, problems := Parse(frozen(t))
	if book == nil {
		t.Fatal(problems)
	}
	filled := map[string]bool{}
	visit(reflect.ValueOf(book).Elem(), filled)
	for field, ok := range filled {
		if !ok && field != "Playbook.Remarks" { // the YAML spelling leaves nothing open
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
	book, problems := Parse(frozen(t))
	if book == nil {
		t.Fatal(problems)
	}
	s, _ := book.Scenario("api-failure")
	check := s.Steps[s.Find("check-api")]
	check.Line, check.Column = 0, 0
	want := runbook.Step{
		ID: "check-api", Procedure: runbook.Recovery, Kind: runbook.Run, Part: "Diagnosis",
		Preconditions: []string{"The bastion answers."}, Idempotent: true, Isolated: true, Setup: true, At: []string{"local"},
		In:  runbook.In{Dir: "/srv", Env: []runbook.Named{{ID: "A", Text: "b"}}, Shell: "bash"},
		Do:  "Check that the API is down.",
		Run: "curl -fsS http://bookstore.pingpublications.com",
		Expect: runbook.Expect{
			Stated: true, Exit: []int{7, 22}, Lines: "curl: (<n>) ...", Exact: "curl: (7)",
			Contains: []string{"refused"}, Absent: []string{"books"}, Matches: []string{"^curl: (?P<status>[0-9]+)"},
			JSON: []byte(`{"code":7,"status":"down"}`), Where: []runbook.Named{{ID: "status", Text: "<= 22"}},
			Table:  []runbook.TableRow{{{ID: "CODE", Text: "7"}, {ID: "STATUS", Text: "refused"}, {ID: "AGE", Text: "..."}}, {{ID: "CODE", Text: "22"}, {ID: "STATUS", Text: "<word>"}}},
			Ignore: runbook.Volatiles[:],
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
		"recovery/tell/notify/none", "recovery/restart/manual/none", "recovery/again/manual/none",
		"recovery/launch/run/final", "recovery/login/run/change", "recovery/leave/run/change", "recovery/either/run/change", "recovery/call/notify/none",
		"recovery/propagate/wait/none",
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

// What the tables of steps say of keys is said of keys that there are.
func TestTablesAgree(t *testing.T) {
	for _, row := range meaningful {
		if _, ok := stepRecord.find(row.key); !ok {
			t.Errorf("%s is no key of a step", row.key)
		}
	}
	for _, row := range ways {
		if _, ok := stepRecord.find(row.key); !ok {
			t.Errorf("%s is no key of a step", row.key)
		}
	}
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

// Converting and loading gives the same model: whatever the format knows is
// written as well as it is read.
func TestWrittenIsReadAgain(t *testing.T) {
	book, problems := Parse(frozen(t))
	if book == nil {
		t.Fatal(problems)
	}
	again(t, book)
	golden.Compare(t, "testdata/everything.written.yaml", string(YAML(book)))
}

// Whatever text stands in a playbook, it is written so that it is read as the
// same text: quotes, colons, blanks at the ends, lines of every kind.
func TestAnyTextIsReadAgain(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "No", "1.0", " ", "\n", "\t", ":", "#", "-", "?", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "'", `"`, "%", "@", "`", "\\", "é", "日本", "~", "2026-10-01", "0x1F", "..."})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "") })
	rapid.Check(t, func(r *rapid.T) {
		prose, command, line := text.Draw(r, "prose"), text.Draw(r, "command"), text.Draw(r, "line")
		prose, line = strings.TrimRight(prose, "\n"), strings.ReplaceAll(line, "\n", "")
		if strings.TrimSpace(prose) == "" || strings.TrimSpace(command) == "" || line == "" {
			r.Skip("says nothing")
		}
		book, problems := parsed(ten)
		if book == nil {
			r.Fatal(problems)
		}
		book.Title, book.Team = line, line
		book.Scenarios[0].Steps = append(book.Scenarios[0].Steps, runbook.Step{
			ID: "any", Procedure: runbook.Recovery, Kind: runbook.Run, Do: prose, Run: command, Sample: command, Effect: runbook.Change, Tries: 1,
			Expect: runbook.Expect{Stated: true, Lines: command, Exact: line, Contains: []string{prose, line}}, Why: prose,
		})
		again(t, book)
	})
}
