package check

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bythebook/runbook"
	"bythebook/runbook/golden"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const book = "playbook: web\n" +
	"severity: 重大 high # what 東京 says\n" +
	"\toverview: \x1b[31mTODO\n" +
	"run: 'curl -fsS https://a-very-long-host-name.example.com/with/a/long/path?and=a&long=query' # and here, TODO, and then much more text follows\n"

// mixedFindings hold one of everything that an output has to cope with.
func mixedFindings() ([]Finding, Sources) {
	at := func(code string, severity Severity, line, column int, path, message, hint, allowed string) Finding {
		return Finding{Code: code, Severity: severity, Allowed: allowed, Problem: runbook.Problem{
			File: "books/web failover.yaml", Line: line, Column: column, Path: path, Message: message, Hint: hint,
		}}
	}
	row := func(code string) Check { c, _ := Find(code); return c }
	return append([]Finding{
		at("LD01", Error, 1, 1, "scenarios.web-down", "the scenario lacks `rto`", row("LD01").Mend, ""),
		at("LD01", Error, 1, 1, "scenarios.web-slow", "the scenario lacks `rpo`", row("LD01").Mend, ""),
		at("LD03", Error, 2, 14, "severity", "the severity \"high\u202e\" is defined nowhere", row("LD03").Mend, ""),
		at("LD09", Warning, 3, 13, "overview", "\"TODO\" stands for something that was never written", row("LD09").Mend, ""),
		at("LD09", Warning, 4, 102, "run", "\"TODO\" stands for something that was never written", "ask the last one who ran it", ""),
		at("LD09", Warning, 4, 115, "run", "\"TODO\" stands for something that was never written", "ask the last one who ran it", ""),
		at("LD14", Warning, 4, 7, "run", "an internal address stands in the document", row("LD14").Mend, "The address is fixed by contract."),
		at("LX03", Advice, 0, 0, "", "no exercise has carried out restart", "take the way that leads there in the next one", ""),
	}, FromProblems(runbook.Problems{
		{File: "broken.md", Line: 9, Column: 2, Message: "a fence that is never closed"},
		{File: "broken.md", Line: 3, Column: 8, Path: "tools", Message: "is an empty list"},
	})...), Sources{"books/web failover.yaml": []byte(book)}
}

func TestText(t *testing.T) {
	var b strings.Builder
	found, sources := mixedFindings()
	if err := Text(&b, found, sources, Share{Ready: 3, Of: 8}.Plus(Share{Ready: 1, Of: 4})); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/text.golden", b.String())
}

func TestTextOfNothing(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, nil, nil, Share{}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "Nothing found.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	found, sources := mixedFindings()
	for name, err := range map[string]error{
		"text": Text(full{}, found, sources, Share{}), "json": JSON(full{}, found), "sarif": SARIF(full{}, found, ""),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	found, _ := mixedFindings()
	if err := JSON(&b, found); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/json.golden", b.String())
	b.Reset()
	if err := JSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	if b.String() != "[]\n" {
		t.Errorf("of nothing: %q", b.String())
	}
}

// TestSARIF holds the output against the standard's own schema, and against a
// file that was read through.
func TestSARIF(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	found, _ := mixedFindings()
	for name, findings := range map[string][]Finding{"sarif.golden": found, "sarif-nothing.golden": nil} {
		var b strings.Builder
		if err := SARIF(&b, findings, "0.2.0"); err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/"+name, b.String())
		var log any
		if err := json.Unmarshal([]byte(b.String()), &log); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheSchemaRefuses shows that the schema in testdata is one at all.
func TestTheSchemaRefuses(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range []string{
		`{"version": "2.1.0"}`,
		`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "columnKind": "bytes"}]}`,
		`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "x"}, "level": "advice"}]}]}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(log), &v); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("accepts %s", log)
		}
	}
}

func TestSeverities(t *testing.T) {
	found, _ := mixedFindings()
	for _, c := range []struct {
		least Severity
		want  int
	}{{Error, 5}, {Warning, 9}, {Advice, 10}} {
		if got := len(AtLeast(found, c.least)); got != c.want {
			t.Errorf("AtLeast(%s) keeps %d of %d, want %d", c.least, got, len(found), c.want)
		}
	}
	silenced := Finding{Code: "LD01", Severity: Error, Allowed: "so it is"}
	for _, c := range []struct {
		name  string
		found []Finding
		want  bool
	}{
		{"nothing", nil, false},
		{"a warning", []Finding{{Severity: Warning}}, false},
		{"an error that is silenced", []Finding{silenced}, false},
		{"an error", []Finding{silenced, {Severity: Error}}, true},
		{"a document that cannot be read", FromProblems(runbook.Problems{{Message: "x"}}), true},
	} {
		if got := Blocks(c.found); got != c.want {
			t.Errorf("Blocks(%s) = %v", c.name, got)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, code := range []string{"LD13", "LX04", "LOAD"} {
		got, err := Explain(strings.ToLower(code))
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/explain-"+code+".golden", got)
	}
}

func TestExplainGuesses(t *testing.T) {
	_, err := Explain("LD31")
	if err == nil || !strings.Contains(err.Error(), `there is no check "LD31"; did you mean LD01`) {
		t.Errorf("got %v", err)
	}
}

// TestExplainIsSafe: a code comes from the command line.
func TestExplainIsSafe(t *testing.T) {
	for _, code := range []string{"", "../check", "LD01.txtar", "\x1b[31m", strings.Repeat("L", 1000)} {
		if got, err := Explain(code); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("Explain(%q) = %q, %v", code, got, err)
		}
	}
}
