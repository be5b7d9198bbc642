package exec

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A step that others must approve does not begin before all of them have. Each
// says so from their own seat, or whoever acts says it in their name, which is
// marked. Nobody's approval of what they do themselves counts.

// An Approval is somebody's word on a step before it begins.
type Approval struct {
	At      time.Time
	By      string // from whose seat
	Who     string // whose word it is
	Refused bool
	Reason  string
}

// Named reports whether somebody else gave the word in that person's name.
func (a Approval) Named() bool { return a.Who != a.By }

// An Approver is one of those whom the document wants to approve a step.
type Approver struct {
	Named  string   // as the document names them: a contact, a role, a lead
	People []string // whom that stands for
	Word   Approval // what one of them said last; zero where nobody did
}

// Agrees reports whether the approval is there.
func (a Approver) Agrees() bool { return !a.Word.At.IsZero() && !a.Word.Refused }

// Approvers are those whom the document wants to approve the step at index i,
// with what they said since the document came to it.
func (s State) Approvers(i int) []Approver {
	if i < 0 || i >= len(s.steps) {
		return nil
	}
	var all []Approver
	for _, named := range s.Scenario.Steps[i].Approve {
		a := Approver{Named: named, People: s.Book.People(s.Of(i), named)}
		for _, word := range s.steps[i].Approvals {
			if slices.Contains(a.People, word.Who) {
				a.Word = word
			}
		}
		all = append(all, a)
	}
	return all
}

// Unapproved are those whose approval of the step at index i is lacking for that
// person to do it. In a dry run nothing begins that anybody could approve.
func (s State) Unapproved(i int, doer string) []string {
	if s.Began.DryRun {
		return nil
	}
	var lacking []string
	for _, a := range s.Approvers(i) {
		if !a.Agrees() || a.Word.Who == s.Person(doer) {
			lacking = append(lacking, a.Named)
		}
	}
	return lacking
}

// Awaits are those without whose approval the step at index i does not begin:
// nobody once it did.
func (s State) Awaits(i int) []string {
	if st := s.Step(i); st.Over() || st.begun() {
		return nil
	}
	return s.Unapproved(i, s.Operator)
}

// begun reports whether the step was begun since the document came to it.
func (st StepState) begun() bool {
	return slices.ContainsFunc(st.Attempts, func(a Attempt) bool { return a.Visit == st.Visit && !a.Void })
}

// Person is the id of the contact who has this id, name or email, and otherwise
// the name itself.
func (s State) Person(name string) string {
	name = strings.TrimSpace(name)
	for _, c := range s.Book.Contacts {
		for _, known := range []string{c.ID, c.Name, c.Email} {
			if known != "" && strings.EqualFold(known, name) {
				return c.ID
			}
		}
	}
	return name
}

// allowApproval judges somebody's word on a step, said by whoever sits at seat.
func allowApproval(s State, step, by, seat string) Answer {
	n, who := s.find(step), s.Person(cmp.Or(strings.TrimSpace(by), seat))
	if n < 0 {
		return no("the document has no step " + step)
	}
	all, st := s.Approvers(n), s.Step(n)
	switch {
	case len(all) == 0:
		return no("the document wants nobody's approval of step " + step)
	case s.Began.DryRun:
		return no("nothing begins in a dry run, and so there is nothing to approve")
	case st.Over() || st.begun():
		return no("step " + step + " has begun already")
	case who == s.Person(s.Operator) && len(s.Awaits(n)) == 0:
		return no("step " + step + " waits for nobody's approval any more")
	case who == s.Person(s.Operator):
		return no("nobody approves what they do themselves; " + list(s.Awaits(n)) + " may")
	case !slices.ContainsFunc(all, func(a Approver) bool { return slices.Contains(a.People, who) }):
		return no("the document does not ask " + who + " to approve step " + step + ", but " + list(s.Scenario.Steps[n].Approve))
	}
	return yes()
}

// unawaited says whether a step may begin now, as far as approvals go. Without
// them that is a departure, with a reason under every rule that has any.
func (s State) unawaited(n int, d Departure) Answer {
	lacking := s.Awaits(n)
	if len(lacking) == 0 {
		return yes()
	}
	why := "it waits for the approval of " + list(lacking)
	if s.Began.Rule == Lockstep {
		return no(why)
	}
	a := s.depart(d, true)
	if a.Verdict == AskFirst {
		a.Why = why
	}
	return a
}

func allowRefuse(s State, i Refuse) Answer {
	if a := allowApproval(s, i.Step, i.By, i.Seat); a.Verdict != Allowed {
		return a
	}
	return needs(said(i.Reason), "say why it is not approved")
}

// seated is an intent with the name of whoever it comes from, where that matters.
func seated(i Intent, seat string) Intent {
	switch i := i.(type) {
	case Approve:
		i.Seat = seat
		return i
	case Refuse:
		i.Seat = seat
		return i
	}
	return i
}

// list is a list in a sentence.
func list(names []string) string { return strings.Join(names, ", ") }

// approval takes somebody's word on a step. A refusal blocks it, until the same
// person approves.
func (s *State) approval(i int, b Approved, e Event) {
	st := s.edit(i)
	word := Approval{At: e.At, By: s.Person(e.By), Who: b.Who, Refused: b.Refused, Reason: b.Reason}
	for _, before := range st.Approvals {
		if before.Who == word.Who && before.Refused && i == s.stuck && s.Stuck == before.refusal() {
			s.Stuck = ""
		}
	}
	st.Approvals = append(slices.Clip(st.Approvals), word)
	if word.Refused && i == s.At && (s.Stuck == "" || i == s.stuck) {
		s.Stuck, s.stuck = word.refusal(), i
	}
}

// refusal is a refusal in words.
func (a Approval) refusal() string { return a.Who + " refuses to approve it: " + a.Reason }

// Refused reports whether a refusal is what blocks the current step.
func (s State) Refused() bool {
	return s.Stuck != "" && slices.ContainsFunc(s.Step(s.stuck).Approvals, func(a Approval) bool { return a.Refused && a.refusal() == s.Stuck })
}

// findUnapproved speaks where a step began without the approval that it wants.
func findUnapproved(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		u := st.Unapproved
		d := Deviation{
			At: u.At, By: u.By, Documented: "To be approved first by " + list(step.Approve) + ".",
			Actual:   "It began without the approval of " + list(u.Lacking) + ".",
			Proposal: "Name deputies who may approve step " + step.ID + ", so that somebody can be reached.",
		}
		d.Reason, d.Agreed = s.declaredFor(step.ID, DepartApproval)
		return d, len(u.Lacking) > 0
	})
}
