package check

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A Severity is what a finding weighs.
type Severity string

// The severities, the heaviest first.
const (
	Error   Severity = "error"   // blocks agreement, lockstep and live
	Warning Severity = "warning" // must be acknowledged
	Advice  Severity = "advice"
)

// Severities lists them, the heaviest first.
var Severities = [...]Severity{Error, Warning, Advice}

// A Check is one row of the table. Its example that fails and the one that
// passes stand in examples/CODE.txtar.
type Check struct {
	Code     string // LS07: once given, never given to another
	Severity Severity
	Finds    string // what it looks for, a sentence
	Why      string // why that fails people
	Mend     string // what to do about it
	find     func(*subject)
}

// Table is every check, in the order of their codes' families.
var Table = slices.Concat(documentChecks, objectiveChecks, peopleChecks, procedureChecks, exerciseChecks)

// Facts are what a check may know beside the document.
type Facts struct {
	Now        time.Time   // the zero value leaves out every check of age
	Agreements []Agreement // who has agreed to which text
	History    []Exercise  // earlier exercises of this playbook, oldest first
	Absent     []string    // relative links and files that Links named and nobody found
}

// An Agreement is somebody's word on one text.
type Agreement struct {
	By     string // a contact's id
	Digest string // of the text
	On     time.Time
	Agrees bool // false: an objection that is not settled
}

// An Exercise is what the checks know of an earlier one.
type Exercise struct {
	ID       string
	Scenario string
	Type     string // tabletop | rehearsal | live | incident
	Ended    time.Time
	Complete bool     // performed to its end, as documented
	Steps    []string // ids of the steps that were carried out
	Open     []string // critical corrective actions of it that are still open
}

// A Finding is one place in a document that a check has something to say about.
type Finding struct {
	Code     string
	Severity Severity
	runbook.Problem
	Allowed string // the reason why it is silenced, "" where it stands
}

// Run performs every check on a playbook that was read from the copy. The
// findings are in the order of the document; those that it allows are among
// them, with their reason.
func Run(book *runbook.Playbook, from runbook.Copy, facts Facts) []Finding {
	s := &subject{Playbook: book, table: Table, text: string(from.Files[from.Main]), digest: from.Digest(), facts: facts, allow: allowances(book.Allow)}
	remarks := map[string][]runbook.Remark{}
	for _, r := range book.Remarks {
		remarks[r.Code] = append(remarks[r.Code], r)
	}
	for i := range Table {
		s.check = &Table[i]
		for _, r := range remarks[s.check.Code] {
			s.report(r.Path, r.Message, "")
		}
		if s.check.find != nil {
			s.check.find(s)
		}
	}
	slices.SortStableFunc(s.found, inOrder)
	return s.found
}

func inOrder(a, b Finding) int {
	return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
}

// A subject is a playbook under the checks. What several of them look at is
// computed once: none may go over the document again for each of its parts.
type subject struct {
	*runbook.Playbook
	text   string // the playbook's own file
	digest string
	facts  Facts
	allow  map[silenced]string // reasons
	table  []Check             // all of them
	check  *Check              // the one that is looking
	found  []Finding

	walked []spot // every step
	read   []passage

	reading *reading // of the procedures
}

// report says that the check that is looking found something at a path, and
// what to do about just this one; "" is what the check says of all.
func (s *subject) report(path, message, hint string) {
	s.reportAs(s.check.Severity, path, message, hint)
}

// reportAs is report for a check whose findings do not all weigh the same.
func (s *subject) reportAs(weight Severity, path, message, hint string) {
	s.reportAt(weight, s.Where.Find(path), path, message, hint)
}

// reportAt is reportAs for what stands at a place that no path leads to. What
// has no place is what the document lacks: that is said at its beginning.
func (s *subject) reportAt(weight Severity, at runbook.Place, path, message, hint string) {
	at = runbook.Place{Line: max(1, at.Line), Column: max(1, at.Column)}
	if hint == "" {
		hint = s.check.Mend
	}
	s.found = append(s.found, Finding{
		Code: s.check.Code, Severity: weight, Allowed: s.allowed(path),
		Problem: runbook.Problem{File: s.File, Line: at.Line, Column: at.Column, Path: path, Message: message, Hint: hint},
	})
}

// silenced is a check, and the path at and below which a document silences it.
type silenced struct{ code, where string }

func allowances(all []runbook.Allowance) map[silenced]string {
	reasons := make(map[silenced]string, len(all))
	for _, a := range all {
		reasons[silenced{a.Code, a.Where}] = a.Reason
	}
	return reasons
}

// allowed is the reason for which the document silences the check that is
// looking at a path, or at something that holds it.
func (s *subject) allowed(path string) string {
	for {
		reason, silent := s.allow[silenced{s.check.Code, path}]
		if silent || path == "" {
			return reason
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}
