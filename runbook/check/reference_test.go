package check

import (
	"fmt"
	"strings"
	"testing"

	"bythebook/golden"
)

// checksPage is docs/checks.md: the table, for people.
func checksPage() string {
	var b strings.Builder
	b.WriteString("# The checks\n\nWhat `bythebook check` looks for in a playbook. `bythebook check --explain CODE` shows an example that fails and one that passes. A check that does not apply is silenced in the playbook, with its reason: `allow: [{code: LS06, reason: ..., where: scenarios.api-failure}]`. This page is made from the table of checks (`go test ./runbook/check -update`).\n")
	family := ""
	for _, c := range Table {
		if c.Code[:2] != family {
			family = c.Code[:2]
			fmt.Fprintf(&b, "\n## %s: %s\n\n| Code | Severity | Looks for | Why | What to do |\n| --- | --- | --- | --- | --- |\n", family, familyNames[family])
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.Code, c.Severity, cell(c.Finds), cell(c.Why), cell(c.Mend))
	}
	return b.String()
}

// familyNames are what the checks of one beginning look at.
var familyNames = map[string]string{
	"LD": "the document, its agreement and prerequisites",
	"LP": "dependencies and objectives",
	"LH": "people and notifications",
	"LS": "scenarios and their procedures",
	"LX": "exercises",
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// The committed page is the one that the table makes.
func TestPageIsMadeFromTheTable(t *testing.T) {
	golden.Compare(t, "../../docs/checks.md", checksPage())
}
