package read

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/runbook"
	"bythebook/runbook/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// corpus are the Markdown documents that were written for these tests, each of
// another shape.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/markdown/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) < 40 {
		t.Fatalf("only %d documents", len(paths))
	}
	all := map[string]string{}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(p)] = string(text)
	}
	return all
}

func markdowned(name, text string) (*runbook.Playbook, runbook.Problems) {
	return parse(name, []byte(text), func(string) error { return nil })
}

// TestCorpus holds what is understood of each document against what a person
// has read through: testdata/markdown/NAME.golden.
func TestCorpus(t *testing.T) {
	for name, text := range corpus(t) {
		book, problems := markdowned(name, text)
		if book == nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		sound(t, book)
		converted(t, book)
		golden.Compare(t, "testdata/markdown/"+strings.TrimSuffix(name, ".md")+".golden", asRead(book))
	}
}

// asRead is what a document was read as, a line for each thing, with the
// lines on which steps stand.
func asRead(b *runbook.Playbook) string {
	var out strings.Builder
	tell := func(indent, name, text string) {
		if text != "" {
			text = strings.ReplaceAll(text, "\n", "\n"+indent+"  | ")
			fmt.Fprintf(&out, "%s%s: %s\n", indent, name, text)
		}
	}
	fmt.Fprintf(&out, "%s: %s\n", b.ID, b.Title)
	tell("", "purpose", b.Purpose)
	for _, c := range b.Components {
		fmt.Fprintf(&out, "component %s: %s\n", c.ID, c.Name)
	}
	for _, d := range b.Dependencies {
		fmt.Fprintf(&out, "dependency %s: component %s, %s, %s, rto %s, rpo %s, needs %v, %s\n", d.ID, d.Component, d.Class, d.Period, d.RTO, d.RPO, d.Needs, d.Workaround)
	}
	for _, c := range b.Contacts {
		fmt.Fprintf(&out, "contact %s: %s, %s, %v, %s, %s, %s %s\n", c.ID, c.Name, c.Position, c.Services, c.Email, c.Phone, c.Availability, c.Zone)
	}
	for _, p := range b.Prerequisites {
		fmt.Fprintf(&out, "gate %s: %s\n", p.Gate, p.Status)
	}
	for _, s := range b.Scenarios {
		fmt.Fprintf(&out, "\nscenario %s: %s\n", s.ID, s.Title)
		for _, f := range [][2]string{
			{"class", s.Class}, {"component", s.Component}, {"leads", strings.Trim(s.Primary+" "+s.Secondary, " ")}, {"severity", s.Severity},
			{"overview", s.Overview}, {"platform", s.Platform},
		} {
			tell("  ", f[0], f[1])
		}
		for _, a := range s.Assumptions {
			tell("  ", "assumes", a.Text)
		}
		if s.RTO+s.RPO > 0 {
			fmt.Fprintf(&out, "  rto %s, rpo %s\n", s.RTO, s.RPO)
		}
		for _, st := range s.Steps {
			fmt.Fprintf(&out, "%d %s %s [%s]\n", st.Line, st.Procedure, st.ID, st.Kind)
			runs := strings.Join(st.Runs, "\n--\n")
			if runs == "" {
				runs = st.Run
			}
			exit := ""
			if st.Expect.Stated {
				exit = st.Expect.String()
			}
			optional := ""
			if st.Optional {
				optional = "yes"
			}
			for _, f := range [][2]string{
				{"part", st.Part}, {"do", st.Do}, {"if", st.If}, {"optional", optional}, {"run", runs}, {"expect", exit}, {"sample", st.Sample},
				{"then", string(st.Then)}, {"at", strings.Join(st.At, " ")}, {"opens", st.Opens}, {"closes", st.Closes},
				{"why", st.Why}, {"note", st.Note}, {"warning", st.Warning},
			} {
				tell("  ", f[0], f[1])
			}
		}
	}
	for _, r := range b.Remarks {
		fmt.Fprintf(&out, "%s %s: %s\n", r.Code, r.Path, r.Message)
	}
	return out.String()
}

// converted checks that the YAML that is written of a Markdown playbook is the
// same playbook.
func converted(t *testing.T, book *runbook.Playbook) {
	t.Helper()
	again, problems := markdowned("a.yaml", string(YAML(book)))
	if again == nil {
		t.Errorf("%s as YAML: %v", book.ID, problems)
		return
	}
	if diff := cmp.Diff(book, again, unplaced); diff != "" {
		t.Errorf("%s as YAML (-Markdown +YAML):\n%s", book.ID, diff)
	}
}

// unplaced leaves out of a comparison what belongs to one spelling.
var unplaced = cmp.Options{
	cmpopts.IgnoreFields(runbook.Playbook{}, "File", "Where", "Remarks"),
	cmpopts.IgnoreFields(runbook.Scenario{}, "Line", "Column"),
	cmpopts.IgnoreFields(runbook.Step{}, "Line", "Column"),
	cmpopts.EquateEmpty(),
}
