package check

import (
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
	s := &subject{Playbook: book, text: string(from.Files[from.Main]), digest: from.Digest(), facts: facts}
	for i := range Table {
		s.check = &Table[i]
		if s.check.find != nil {
			s.check.find(s)
		}
	}
	slices.SortStableFunc(s.found, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return s.found
}

// A subject is a playbook under the checks.
type subject struct {
	*runbook.Playbook
	text   string // the playbook's own file
	digest string
	facts  Facts
	check  *Check // the one that is looking
	found  []Finding

	reading *reading // of its procedures; see procedures()
}

// report says that the check that is looking found something at a path, and
// what to do about just this one; "" is what the check says of all.
func (s *subject) report(path, message, hint string) {
	s.reportAs(s.check.Severity, path, message, hint)
}

// reportAs is report for a check whose findings do not all weigh the same.
func (s *subject) reportAs(weight Severity, path, message, hint string) {
	if hint == "" {
		hint = s.check.Mend
	}
	at := s.Where.Find(path)
	s.found = append(s.found, Finding{
		Code: s.check.Code, Severity: weight, Allowed: s.allowed(path),
		Problem: runbook.Problem{File: s.File, Line: at.Line, Column: at.Column, Path: path, Message: message, Hint: hint},
	})
}

// allowed is the reason for which the document silences the check at a path.
func (s *subject) allowed(path string) string {
	for _, a := range s.Allow {
		rest, below := strings.CutPrefix(path, a.Where)
		if a.Code == s.check.Code && below && (a.Where == "" || rest == "" || rest[0] == '.' || rest[0] == '[') {
			return a.Reason
		}
	}
	return ""
}
