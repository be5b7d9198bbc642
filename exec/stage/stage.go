package stage

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
)

// An Input is all that is known of one playbook.
type Input struct {
	Book         *runbook.Playbook // nil: the file can't be read, Problems say why
	Problems     runbook.Problems
	Text         runbook.Copy
	Findings     []check.Finding
	Agreement    agree.Standing
	Records      []history.Record // of this playbook's exercises, whatever text they had, the oldest first
	Improvements []history.Improvement
	Baselines    []history.Baseline
	Now          time.Time

	Path    string // of the file; of a playbook that comes with the program, the one that it is to become
	Shipped string // its id, where it comes with the program; "" where it is a file of the team's own
	Name    string // what commands call it: an id of the library, or a path

	Command func(words ...string) string // how a command of this program is typed here
}

// A Standing is where one playbook stands.
type Standing struct {
	Playbook, Title string
	Path, Digest    string
	More            string          // the command that shows all of this
	Begin           *Missing        // what comes before everything else, nil where nothing does
	Gates           []Gate          // the ten of them, in runbook.Gates' order; none where the file can't be read
	Agreed, Asked   int             // people
	Strays          []string        // what in the agreement's folder can't be trusted, and why
	Last            *history.Record // the newest exercise in which something was executed
	Due             []Due           // the soonest first
	Unfinished      []Unfinished    // exercises that can be resumed, the oldest first
	Improvements    []history.Improvement
	Baselines       []history.Baseline
	Next            []Ahead // on the way to the next stage
}

// A Gate is one prerequisite of stage 1 as it stands.
type Gate struct {
	ID       string // one of runbook.Gates
	Name     string // in plain words
	Left     string // why it does not apply, in the document's words; "" where it does
	Evidence []string
	Missing  []Missing
}

// Passed reports whether nothing of the gate is missing.
func (g Gate) Passed() bool { return len(g.Missing) == 0 }

// Missing is one thing that is not there yet, and what mends it.
type Missing struct {
	What string // a sentence
	Mend Mend
}

// A Mend is one command or one edit.
type Mend struct {
	Command string // to type as it stands; "" where it is an edit
	Edit    Edit
	Note    string // what to know for it; "" where nothing is
	Binds   bool   // it is about exactly the text as it stands: every edit comes first
}

// An Edit is a change of one file, by the playbook's owner.
type Edit struct {
	File string
	Line int    // where that, or what holds it, stands; 0 where nothing does
	Path string // of the value: prerequisites.architecture
	YAML string // the lines that the document must hold, from the top-level key down; "" where only its author knows them
	Do   string // then this says what to write
	Also []At   // where the same is to be done
}

// At is another place of the same file.
type At struct {
	Line int
	Path string
}

// An Unfinished exercise waits for somebody to go on.
type Unfinished struct {
	ID       string
	Kind     exec.Type
	Scenario string
	Since    time.Time
	Mend     Mend
	counts   bool // it may still prove the text at hand
}

// What it is, in words.
func (u Unfinished) What() string {
	return fmt.Sprintf("%s, the %s of %s that began on %s, is not ended", u.ID, u.Kind, u.Scenario, day(u.Since))
}

// Judge says where a playbook stands.
func Judge(in Input) Standing {
	s := Standing{Path: in.Path, Digest: in.Text.Digest(), More: in.command("status", cmp.Or(in.Shipped, in.Name)).Command}
	if in.Book == nil {
		s.Playbook, s.Begin = in.Name, in.unreadable()
		return s
	}
	s.Playbook, s.Title = in.Book.ID, in.Book.Title
	s.Begin = in.first()
	s.Improvements, s.Baselines = in.Improvements, in.Baselines
	s.Gates = in.gates()
	for _, p := range in.Agreement.Asked {
		s.Asked++
		if p.State == agree.Agreed {
			s.Agreed++
		}
	}
	s.Strays = in.Agreement.Strays
	s.Last = in.last()
	s.Due = in.due()
	s.Unfinished = in.unfinished()
	s.Next = in.ahead()
	return s
}

// Passed is how many gates are.
func (s Standing) Passed() int {
	n := 0
	for _, g := range s.Gates {
		if g.Passed() {
			n++
		}
	}
	return n
}

// Complete reports whether stage 1 is: all gates are passed.
func (s Standing) Complete() bool { return s.Begin == nil && s.Passed() == len(runbook.Gates) }

// Missing is all that is missing, in the order in which it is best mended:
// whatever changes the text first, because words and exercises are bound to it.
func (s Standing) Missing() []Missing {
	var edits, bound []Missing
	if s.Begin != nil {
		edits = append(edits, *s.Begin)
	}
	for _, g := range s.Gates {
		for _, m := range g.Missing {
			if m.Mend.Binds {
				bound = append(bound, m)
			} else {
				edits = append(edits, m)
			}
		}
	}
	return append(edits, bound...)
}

// unreadable is what keeps a file from being a playbook at all.
func (in Input) unreadable() *Missing {
	p := runbook.Problem{File: in.Path, Message: "it can't be read"}
	if len(in.Problems) > 0 {
		p = in.Problems[0]
	}
	return &Missing{
		What: "The file can't be read as a playbook: " + strings.TrimPrefix(p.Path+": ", ": ") + p.Message + ".",
		Mend: Mend{Edit: Edit{File: in.Path, Line: p.Line, Path: p.Path, Do: cmp.Or(p.Hint, "correct what is said of it")}},
	}
}

// first is what comes before everything else, nil where nothing does: a file of
// one's own, and people in it whom the rest can name.
func (in Input) first() *Missing {
	switch {
	case in.Shipped != "":
		return &Missing{"The playbook comes with the program, and nobody can agree to what is not theirs.", in.command("convert", in.Shipped, "-o", in.Path)}
	case len(in.Book.Contacts) == 0:
		return &Missing{"The document names nobody who could be called.", in.edit("contacts", draftPerson(someone)+draftPerson(deputy))}
	}
	return nil
}
