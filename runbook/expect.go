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
	Table    []TableRow      // rows that a printed table must hold
	Where    []Named         // comparisons of named groups as numbers: lag, "<= 5"
	Ignore   []Volatile      // what may differ in lines, exact, contains and table
	State    string          // what a person must see, for steps by hand
}

// A TableRow is a row of a printed table: what stands below which heading. The
// first cell says which row is meant; columns that are not named may hold anything.
type TableRow []Named

// String is the row on one line: NAME: api, READY: 3/3.
func (r TableRow) String() string {
	cells := make([]string, len(r))
	for i, c := range r {
		cells[i] = c.ID + ": " + c.Text
	}
	return strings.Join(cells, ", ")
}

// A Volatile is a kind of text that is another one each time it is printed. It
// is compared like all others unless the document says otherwise.
type Volatile string

// The kinds of volatile text.
const (
	Times     Volatile = "times"
	IDs       Volatile = "ids"
	UUIDs     Volatile = "uuids"
	Durations Volatile = "durations"
	Addresses Volatile = "addresses"
)

// Volatiles lists them.
var Volatiles = [...]Volatile{Times, IDs, UUIDs, Durations, Addresses}

// Text reports whether the expectation looks at output at all.
func (e Expect) Text() bool {
	return e.Lines != "" || e.Exact != "" || len(e.Contains)+len(e.Absent)+len(e.Matches) > 0 || len(e.JSON)+len(e.Table)+len(e.Where) > 0
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
		{"output lacks", e.Absent}, {matching, e.Matches}, {"output holds the JSON", []string{string(e.JSON)}},
		{"output has the table row", e.rows()}, {"seen", []string{e.State}},
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
	if len(e.Ignore) > 0 {
		kinds := make([]string, len(e.Ignore))
		for i, v := range e.Ignore {
			kinds[i] = string(v)
		}
		all = append(all, Clause{Words: "whatever the " + strings.Join(kinds, ", ")})
	}
	return all
}

// rows are the rows of tables, as text.
func (e Expect) rows() []string {
	all := make([]string, len(e.Table))
	for i, r := range e.Table {
		all[i] = r.String()
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
