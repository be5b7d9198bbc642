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

// Facts are what a check may know beside the document. What is nil or zero
// nobody has looked for, and the checks that would need it say nothing.
type Facts struct {
	Now        time.Time
	Agreements []Agreement // who has agreed to which text; empty and not nil: nobody
	History    []Exercise  // earlier exercises of this playbook, the oldest first
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
	return Some(book, from, facts, func(Check) bool { return true })
}

// Some is Run for whoever needs a few of the checks, and no time to lose.
func Some(book *runbook.Playbook, from runbook.Copy, facts Facts, needed func(Check) bool) []Finding {
	s := &subject{Playbook: book, table: Table, text: string(from.Files[from.Main]), digest: from.Digest(), facts: facts, allow: allowances(book.Allow), left: map[string]bool{}, said: map[place]bool{}}
	for _, n := range book.None {
		s.left[n.ID] = true
	}
	remarks := map[string][]runbook.Remark{}
	for _, r := range book.Remarks {
		remarks[r.Code] = append(remarks[r.Code], r)
	}
	for i := range Table {
		if !needed(Table[i]) {
			continue
		}
		s.check = &Table[i]
		for _, r := range remarks[s.check.Code] {
			s.report(r.Path, r.Message, "")
		}
		for _, r := range remarks[s.check.Code] {
			s.said[place{r.Code, r.Path}] = r.Path != ""
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
	allow  map[place]string // reasons
	left   map[string]bool  // what the document leaves empty on purpose
	table  []Check          // all of them
	said   map[place]bool   // what the reader remarked on: nobody wants to hear it twice
	check  *Check           // the one that is looking
	found  []Finding

	walked []spot // every step
	read   []passage
	starts []int // of the lines of text

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
	if s.said[place{s.check.Code, path}] {
		return
	}
	if hint == "" {
		hint = s.check.Mend
	}
	s.found = append(s.found, Finding{
		Code: s.check.Code, Severity: weight, Allowed: s.allowed(path),
		Problem: runbook.Problem{File: s.File, Line: at.Line, Column: at.Column, Path: path, Message: message, Hint: hint},
	})
}

// A place is a check and a path.
type place struct{ code, path string }

func allowances(all []runbook.Allowance) map[place]string {
	reasons := make(map[place]string, len(all))
	for _, a := range all {
		reasons[place{a.Code, a.Where}] = a.Reason
	}
	return reasons
}

// allowed is the reason for which the document silences the check that is
// looking at a path, or at something that holds it.
func (s *subject) allowed(path string) string {
	for {
		reason, silent := s.allow[place{s.check.Code, path}]
		if silent || path == "" {
			return reason
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}
