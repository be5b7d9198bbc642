package read

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// parsed reads a text as the playbook pb.yaml, without files.
func parsed(text string) (*runbook.Playbook, runbook.Problems) {
	return Parse(runbook.Copy{Main: "pb.yaml", Files: map[string][]byte{"pb.yaml": []byte(text)}})
}

// The places that a fragment may be put into, so that each example shows only
// what it is about. The fragment is indented to where it stands.
var frames = map[string]string{
	"whole": "@",
	"top": `playbook: web
scenarios:
  down:
    title: Down
    recovery: [{do: Act.}]
contacts: {ann: {}, bob: {}}
components: {api: {}}
@
`,
	"people": `playbook: web
scenarios: {down: {title: Down, recovery: [{do: Act.}]}}
components: {api: {}}
@
`,
	"scenario": `playbook: web
contacts: {ann: {}, bob: {}}
components: {api: {}}
roles: {dba: [ann, bob]}
scenarios:
  down:
    title: Down
    test: [{id: last, do: Look.}]
    @
`,
	"step": `playbook: web
contacts: {ann: {}, bob: {}}
roles: {dba: [ann, bob]}
scenarios:
  down:
    title: Down
    leads: {primary: ann}
    recovery:
      - {id: first, run: date, capture: {WHEN: .+}}
      - @
      - {id: last, do: Look.}
`,
	"steps": `playbook: web
contacts: {ann: {}, bob: {}}
roles: {dba: [ann, bob]}
scenarios:
  down:
    title: Down
    recovery:
      - {id: first, do: Look.}
      @
      - {id: last, do: Look.}
`,
}

func framed(frame, fragment string) string {
	text := frames[frame]
	at := strings.Index(text, "@")
	begin := strings.LastIndexByte(text[:at], '\n') + 1
	indent := strings.Repeat(" ", at-begin)
	return strings.Replace(text, "@", strings.ReplaceAll(fragment, "\n", "\n"+indent), 1)
}

// lines are the problems as people see them, without the file's name.
func lines(problems runbook.Problems) []string {
	var out []string
	for _, p := range problems {
		out = append(out, strings.TrimPrefix(strings.TrimPrefix(p.Error(), p.File), ":"))
	}
	return out
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
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

// A rule is shown by what it lets pass and what it refuses; how it does so
// stands in testdata/rules.golden.
type rule struct{ frame, name, good, bad string }

func TestRules(t *testing.T) {
	var got strings.Builder
	for _, rule := range rules {
		name := rule.frame + ": " + rule.name
		if book, problems := parsed(framed(rule.frame, rule.good)); book == nil {
			t.Errorf("%s: the good example was refused:\n%s", name, problems)
		}
		book, problems := parsed(framed(rule.frame, rule.bad))
		if book != nil || len(problems) == 0 {
			t.Errorf("%s: the bad example was read", name)
		}
		fmt.Fprintf(&got, "# %s\n%s\n\n", name, strings.Join(lines(problems), "\n"))
	}
	golden(t, "rules.golden", got.String())
}

const ten = "playbook: web\nscenarios: {down: {title: Down, recovery: [{do: Act.}]}}\n"
