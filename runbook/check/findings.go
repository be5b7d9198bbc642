package check

import (
	"slices"

	"bythebook/runbook"
)

// Load is the code of what keeps a document from being read at all. It is no
// check, but whoever reads the findings should not have to know that.
const Load = "LOAD"

var load = Check{
	Code: Load, Severity: Error,
	Finds: "Whatever keeps the document from being read: a key that does not exist, a reference to nothing, a wrong type.",
	Why:   "A document that cannot be read cannot be checked, agreed to or exercised.",
	Mend:  "correct it at the place that is named",
}

// FromProblems makes findings of what kept a document from being read.
func FromProblems(problems runbook.Problems) []Finding {
	found := make([]Finding, len(problems))
	for i, p := range problems {
		found[i] = Finding{Code: Load, Severity: Error, Problem: p}
	}
	return found
}

// Find is the check with a code.
func Find(code string) (Check, bool) {
	if code == Load {
		return load, true
	}
	i := slices.IndexFunc(Table, func(c Check) bool { return c.Code == code })
	if i < 0 {
		return Check{}, false
	}
	return Table[i], true
}

// AtLeast are the findings that weigh as much as a severity, or more.
func AtLeast(findings []Finding, least Severity) []Finding {
	var kept []Finding
	for _, f := range findings {
		if f.Severity.rank() <= least.rank() {
			kept = append(kept, f)
		}
	}
	return kept
}

// rank is 0 for the heaviest.
func (s Severity) rank() int { return slices.Index(Severities[:], s) }

// Blocks reports whether an error stands: the document cannot be agreed to.
func Blocks(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error && f.Allowed == "" })
}

// A Share is how many of some things are as they should be.
type Share struct{ Ready, Of int }

// Plus adds the things of another document.
func (s Share) Plus(t Share) Share { return Share{s.Ready + t.Ready, s.Of + t.Of} }

// Readiness is the share of a playbook's command steps that could be carried
// out without a person: one command, what must be seen, how long it may take,
// and how it is undone unless it only looks. It says how far the way to an
// automatic failover still is.
func Readiness(book *runbook.Playbook) Share {
	var share Share
	for _, at := range spotsOf(book) {
		if !at.Kind.Commands() {
			continue
		}
		share.Of++
		bounded := at.Timeout > 0 || at.Kind == runbook.Until && at.Within > 0
		safe := at.Rollback != "" || at.Effect == runbook.Read || at.Effect == runbook.None
		if len(at.Runs) == 0 && at.Expect.Stated && bounded && safe {
			share.Ready++
		}
	}
	return share
}
