package runbook

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An Expect is what must be seen for a step to count as done as documented.
// The zero value is "nothing was documented", which still wants exit 0.
type Expect struct {
	Stated   bool  // somebody wrote an expectation
	AnyExit  bool  // exit: any
	Exit     []int // statuses that count; empty means 0
	Lines    string
	Exact    string
	Contains []string
	Absent   []string
	Matches  []string        // RE2
	JSON     json.RawMessage // a subset of the output
	Where    []Named         // comparisons of named groups as numbers: lag, "<= 5"
	State    string          // what a person must see, for steps by hand
}

// Text reports whether the expectation looks at output at all.
func (e Expect) Text() bool {
	return e.Lines != "" || e.Exact != "" || len(e.Contains)+len(e.Absent)+len(e.Matches) > 0 || len(e.JSON)+len(e.Where) > 0
}

// A Clause is one part of an expectation, in words.
type Clause struct {
	Words string // exit 0, output contains ...
	Text  string // what the output is held against, "" for none
}

// String is the clause on one line, its text between marks.
func (c Clause) String() string {
	switch text := strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", " / "); {
	case c.Text == "":
		return c.Words
	case c.Words == matching:
		return c.Words + " /" + text + "/"
	default:
		return c.Words + ` "` + text + `"`
	}
}

const matching = "output matches"

// Clauses are all parts of the expectation; the exit status comes first.
func (e Expect) Clauses() []Clause {
	all := []Clause{{Words: e.exits()}}
	for _, m := range []struct {
		words string
		texts []string
	}{
		{"output has the lines", []string{e.Lines}}, {"output is exactly", []string{e.Exact}}, {"output contains", e.Contains},
		{"output lacks", e.Absent}, {matching, e.Matches}, {"output holds the JSON", []string{string(e.JSON)}}, {"seen", []string{e.State}},
	} {
		for _, text := range m.texts {
			if text != "" {
				all = append(all, Clause{m.words, text})
			}
		}
	}
	for _, w := range e.Where {
		all = append(all, Clause{Words: w.ID + " " + w.Text})
	}
	return all
}

func (e Expect) exits() string {
	switch {
	case e.AnyExit:
		return "any exit status"
	case len(e.Exit) == 0:
		return "exit 0"
	}
	return "exit " + strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Exit), " ", " or "), "[]")
}

// String is the whole expectation on one line.
func (e Expect) String() string {
	var parts []string
	for _, c := range e.Clauses() {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, "; ")
}
