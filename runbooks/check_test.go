package runbooks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/golden"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
)

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

// The Bookstore's playbook as it was found looks complete. What it is known to
// fail people by is found in it, each where it stands.
func TestBookstoreHasItsKnownFaults(t *testing.T) {
	const api, database, cdn = "scenarios.bookstore-api-failure.", "scenarios.database-failure.", "scenarios.cdn-failure."
	found := examined(t, "bookstore.md")
	for _, fault := range []struct {
		code, below string
		line        int
		what        string
	}{
		{"LP06", "dependencies.api.rto", 52, "the API is promised sooner than the CDN, without which it does not work"},
		{"LH03", api + "leads", 85, "nobody of the API's leads can be reached for longer than its RTO"},
		{"LH03", database + "leads", 234, "nor of the database's"},
		{"LS11", database + "recovery[2]", 272, "a restart that helped leads round the test procedure"},
		{"LS06", api + "recovery[4]", 169, "an image's id is used as it was once"},
		{"LS06", api + "recovery[5]", 179, "so is the name of a host that one step found and another one logs in to"},
		{"LS08", api + "recovery[5]", 176, "steps run on another host from here on, and only the prose says so"},
		{"LP21", api + "platform", 125, "the replacement stands where the lost one stood"},
		{"LS21", api + "rpo", 121, "nothing finds out how much was lost"},
		{"LP17", api + "recovery[9]", 205, "Route 53 is used and in no table"},
		{"LP18", api + "assumptions[0]", 108, "it is counted on, and no dependency"},
		{"LH09", api + "assumptions[0]", 108, "nobody at AWS is a contact"},
		{"LS10", cdn + "recovery[1]", 326, "a bucket that is well is made anew"},
		{"LS18", cdn + "overview", 300, "the overview does so only if it is not"},
		{"LH10", "notifications", 1, "there is a picture of who reports to whom, and nothing of who is told what"},
		{"LS20", api + "resume[0]", 223, "the way back to normal is a statement"},
		{"LD12", "dependencies.cdn.rto", 54, "24 of what?"},
		{"LD13", "contacts.alice.availability", 73, "9 to 5, where?"},
	} {
		if !slices.ContainsFunc(found, func(f check.Finding) bool {
			return f.Code == fault.code && f.Line == fault.line && strings.HasPrefix(f.Path, fault.below)
		}) {
			t.Errorf("%s is not found at %s: %s", fault.code, fault.below, fault.what)
		}
	}
}

// All that is reported on it, line by line, as somebody has read it through.
func TestBookstoreFindings(t *testing.T) {
	var b strings.Builder
	for _, f := range examined(t, "bookstore.md") {
		fmt.Fprintf(&b, "%d:%d %s %s %s\n    %s\n", f.Line, f.Column, f.Severity, f.Code, f.Path, f.Message)
	}
	golden.Compare(t, "testdata/bookstore.findings.golden", b.String())
}
