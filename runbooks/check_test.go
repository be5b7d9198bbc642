package runbooks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook/check"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// examined are the findings in a shipped playbook on a day after all its dates.
// Nothing stands beside it but what ships.
func examined(t *testing.T, name string) []check.Finding {
	t.Helper()
	copied, book, err := read.File(name)
	if err != nil {
		t.Fatal(err)
	}
	facts := check.Facts{Now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)}
	for _, file := range check.Links(book, copied) {
		if _, err := os.Stat(filepath.FromSlash(file)); err != nil {
			facts.Absent = append(facts.Absent, file)
		}
	}
	return check.Run(book, copied, facts)
}

// The playbooks that are examples of good ones hold what the checks want of
// them; what does not apply to one is silenced with its reason.
func TestGoodExamplesAreClean(t *testing.T) {
	for _, name := range []string{"practice.yaml", "bookstore.yaml", "etcd.yaml", "postgresql.yaml"} {
		for _, f := range examined(t, name) {
			if f.Allowed == "" && f.Severity != check.Advice {
				t.Errorf("%s %s %v", f.Severity, f.Code, f.Problem)
			}
		}
	}
}

// The public bookstore looks complete, and is not: its twelve best known faults
// are found, each where it stands.
func TestTwelveFaults(t *testing.T) {
	found := examined(t, "bookstore.md")
	for i, want := range []struct {
		code string
		line int
		says string
	}{
		{"LP06", 52, "`api` must be back in 12 h, but it needs `cdn`, which may take 24 h"},
		{"LH03", 85, "from Sat 14:00 to Sun 10:00, 20 h; the RTO is 12 h; they cover 28.6 %"},
		{"LS11", 272, "without the test procedure"},
		{"LS06", 179, "the host name of one instance"},
		{"LS08", 195, "On a local machine"},
		{"LP21", 125, "stands in us-west-2a, and is recovered there"},
		{"LS21", 121, "no step finds out how much was lost"},
		{"LP18", 108, "Route 53 is assumed to be up and is no dependency"},
		{"LS10", 325, "whatever it sees, this step follows"},
		{"LH10", 1, "nothing says who is told what"},
		{"LS20", 223, "says how things are, and nothing to do"},
		{"LD12", 52, "`12` has no unit and was read as hours"},
	} {
		if !slices.ContainsFunc(found, func(f check.Finding) bool {
			return f.Code == want.code && f.Line == want.line && strings.Contains(f.Message, want.says)
		}) {
			t.Errorf("%d: no %s on line %d says %q", i+1, want.code, want.line, want.says)
		}
	}
}

// All that is reported on it, line by line, as somebody has read it through.
func TestBookstoreFindings(t *testing.T) {
	var b strings.Builder
	for _, f := range examined(t, "bookstore.md") {
		fmt.Fprintf(&b, "%d:%d %s %s %s\n    %s\n", f.Line, f.Column, f.Severity, f.Code, f.Path, f.Message)
	}
	path := filepath.Join("testdata", "bookstore.findings.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
