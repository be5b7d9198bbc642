package runbooks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook/check"
	"bythebook/runbook/read"
)

// Playbooks that are shown as good ones have nothing against them, but for what
// they silence with a reason.
func TestGoodExamplesPassTheChecks(t *testing.T) {
	for _, path := range []string{"bookstore.yaml", "postgresql.yaml"} {
		for _, f := range findings(t, path) {
			if f.Allowed == "" {
				t.Errorf("%s %s %v", f.Severity, f.Code, f.Problem)
			}
		}
	}
}

// The Bookstore's playbook as it was found looks complete. What it is known to
// fail people by is found in it.
func TestBookstoreHasItsKnownFaults(t *testing.T) {
	const api, database, cdn = "scenarios.bookstore-api-failure.", "scenarios.database-failure.", "scenarios.cdn-failure."
	found := findings(t, "bookstore.md")
	for _, fault := range []struct{ code, below, what string }{
		{"LP06", "dependencies.api.rto", "the API is promised sooner than the CDN, without which it does not work"},
		{"LH03", api + "leads", "nobody of the API's leads can be reached for longer than its RTO"},
		{"LH03", database + "leads", "nor of the database's"},
		{"LS11", database + "recovery[2]", "a restart that helped leads round the test procedure"},
		{"LS06", api + "recovery[4]", "an image's id is used as it was once"},
		{"LS06", api + "recovery[5]", "so is the name of a host that one step found and another one logs in to"},
		{"LS08", api + "recovery[5]", "steps run on another host from here on, and only the prose says so"},
		{"LP21", api + "platform", "the replacement stands where the lost one stood"},
		{"LS21", api + "rpo", "nothing finds out how much was lost"},
		{"LP17", api + "recovery[9]", "Route 53 is used and in no table"},
		{"LP18", api + "assumptions[0]", "it is counted on, and no dependency"},
		{"LH09", api + "assumptions[0]", "nobody at AWS is a contact"},
		{"LS10", cdn + "recovery[1]", "a bucket that is well is made anew"},
		{"LS18", cdn + "overview", "the overview does so only if it is not"},
		{"LH10", "notifications", "there is a picture of who reports to whom, and nothing of who is told what"},
		{"LS20", api + "resume[0]", "the way back to normal is a statement"},
		{"LD12", "dependencies.cdn.rto", "24 of what?"},
		{"LD13", "contacts.alice.availability", "9 to 5, where?"},
	} {
		if !slices.ContainsFunc(found, func(f check.Finding) bool {
			return f.Code == fault.code && strings.HasPrefix(f.Path, fault.below)
		}) {
			t.Errorf("%s is not found at %s: %s", fault.code, fault.below, fault.what)
		}
	}
}

// findings are what the checks say of a shipped playbook, on a day on which its
// dates are recent.
func findings(t *testing.T, path string) []check.Finding {
	t.Helper()
	text, book, err := read.File(path)
	if err != nil {
		t.Fatal(err)
	}
	return check.Run(book, text, check.Facts{Now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)})
}
