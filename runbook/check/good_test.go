package check

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// stated is the comment in which a good playbook says what is found in it all
// the same, by codes.
var stated = regexp.MustCompile(`(?m)^(?:# |<!-- )Found: ([A-Z0-9 ]+)`)

// TestGoodPlaybooks: playbooks as careful teams write them, of eight different
// worlds. Nothing but advice is found in them, or exactly what they say.
func TestGoodPlaybooks(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no good playbooks", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		from := runbook.Copy{Main: filepath.Base(file), Files: map[string][]byte{filepath.Base(file): text}}
		var want, got []string
		if m := stated.FindSubmatch(text); m != nil {
			want = strings.Fields(string(m[1]))
		}
		said := ""
		for _, f := range Run(parse(t, from), from, Facts{Now: today}) {
			if f.Allowed == "" && f.Severity != Advice {
				got = append(got, f.Code)
				said += "\n" + f.Error()
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
			t.Errorf("%s: found what is not stated, or the other way round (-want +got):\n%s%s", file, diff, said)
		}
	}
}
