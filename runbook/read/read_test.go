package read

import (
	"fmt"
	"strings"
	"testing"

	"bythebook/golden"
	"bythebook/runbook"
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
	golden.Compare(t, "testdata/rules.golden", got.String())
}

const ten = "playbook: web\nscenarios: {down: {title: Down, recovery: [{do: Act.}]}}\n"
