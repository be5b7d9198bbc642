package runbooks

import (
	"testing"
	"time"

	"bythebook/runbook/check"
	"bythebook/runbook/read"
)

// Playbooks that are shown as good ones have nothing against them, but for what
// they silence with a reason.
func TestGoodExamplesPassTheChecks(t *testing.T) {
	facts := check.Facts{Now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)}
	for _, path := range []string{"bookstore.yaml", "postgresql.yaml"} {
		text, book, err := read.File(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range check.Run(book, text, facts) {
			if f.Allowed == "" {
				t.Errorf("%s %s %v", f.Severity, f.Code, f.Problem)
			}
		}
	}
}
