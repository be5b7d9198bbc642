package stage

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec/history"
)

// A Library is where a team stands with all of its playbooks, or with one.
type Library struct {
	Where   string // the folder; "" where one playbook was asked for
	Books   []Standing
	Damaged []history.Record // records that can't be trusted, of whichever playbook
	Begin   *Missing         // what to do where there is no playbook
	Now     time.Time
}

// Marks are the gates of a playbook in a row: x passed, - does not apply, . missing.
func (s Standing) Marks() string {
	var b []byte
	for _, g := range s.Gates {
		b = append(b, g.mark())
	}
	return string(b)
}

func (g Gate) mark() byte {
	switch {
	case !g.Passed():
		return '.'
	case g.Left != "":
		return '-'
	}
	return 'x'
}

// headline says how far stage 1 is, in so many words.
func (s Standing) headline() string {
	n := len(s.Missing())
	switch {
	case s.Complete():
		return "stage 1 complete"
	case len(s.Gates) == 0:
		return "stage 1 can't be judged"
	case n == 1:
		return "stage 1: " + s.passed() + " gates passed, 1 thing is missing"
	}
	return "stage 1: " + s.passed() + " gates passed, " + counted(n, "thing") + " are missing"
}

func (s Standing) passed() string { return fmt.Sprintf("%d/%d", s.Passed(), len(gates)) }

// A summary is a playbook in one row.
type summary struct{ playbook, gates, agreed, last, due string }

func (s Standing) summary(now time.Time) summary {
	row := summary{playbook: s.Playbook, gates: "not readable", agreed: "nobody", last: "never"}
	if len(s.Gates) > 0 {
		row.gates = s.passed() + " " + s.Marks()
	}
	if s.Asked > 0 {
		row.agreed = fmt.Sprintf("%d/%d", s.Agreed, s.Asked)
	}
	if s.Last != nil {
		row.last = day(s.Last.State.First)
	}
	switch {
	case len(s.Unfinished) > 0:
		var ids []string
		for _, u := range s.Unfinished {
			ids = append(ids, u.ID)
		}
		row.due = "unfinished: " + several(ids)
	case len(s.Due) > 0:
		row.due = s.Due[0].Days(now) + ": " + s.Due[0].Kind
	}
	return row
}

// legend names the gates by their number.
func legend() string {
	var names []string
	for i, g := range gates {
		names = append(names, fmt.Sprintf("%d %s", i+1, strings.ToLower(g.name)))
	}
	return strings.Join(names, ", ") + "."
}

// named is a playbook by title and id.
func named(s Standing) string {
	if s.Title == "" {
		return s.Playbook
	}
	return s.Title + " (" + s.Playbook + ")"
}
