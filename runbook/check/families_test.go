package check

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWhatTheChecksSay runs the examples of the checks of objectives and of
// people: one that fails and one that passes for each, and what is said.
func TestWhatTheChecksSay(t *testing.T) {
	var said strings.Builder
	for _, c := range slices.Concat(objectiveChecks, peopleChecks) {
		archive, err := txtar.ParseFile(filepath.Join("examples", c.Code+".txtar"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, f := range archive.Files {
			found := slices.DeleteFunc(findings(t, string(f.Data), Facts{}), func(f Finding) bool { return f.Code != c.Code })
			if fails := f.Name == "fails.yaml"; fails != (len(found) > 0) {
				t.Errorf("%s: %s has %d findings", c.Code, f.Name, len(found))
			}
			for _, f := range found {
				fmt.Fprintf(&said, "%s %s %d:%d %s\n     %s\n     %s\n", f.Code, f.Severity, f.Line, f.Column, f.Path, f.Message, f.Hint)
			}
		}
	}
	golden(t, "testdata/said.golden", said.String())
}

// findings are what the checks find in a playbook's text.
func findings(t testing.TB, text string, facts Facts) []Finding {
	t.Helper()
	from := runbook.Copy{Main: "playbook.yaml", Files: map[string][]byte{"playbook.yaml": []byte(text)}}
	book, problems := read.Parse(from)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	return Run(book, from, facts)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
