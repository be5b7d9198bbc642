package match

import (
	"fmt"
	"strconv"
	"strings"

	"bythebook/runbook"
)

// MaxText is the longest output that is compared, in bytes.
const MaxText = 1 << 20

// A Verdict says how what was seen stands to what is documented.
type Verdict string

// The verdicts.
const (
	Matches       Verdict = "match"
	Differs       Verdict = "differs"
	NotComparable Verdict = "not comparable" // and so neither of the others
)

// Got is what was seen of a step.
type Got struct {
	Exit      int
	HasExit   bool   // the exit status is known
	Text      string // the output, cleaned, without what the operator typed
	Truncated bool   // there was more output than Text
	Values    map[string]string
}

// A Result is a verdict and what it rests on.
type Result struct {
	Verdict Verdict
	Checks  []Check
	Why     string    // of not comparable
	Ignored []Ignored // what the document lets differ
}

// A Check is one expectation. When it failed, Want is the first part of it that
// was not found and Seen is what stood there or nearby.
type Check struct {
	Mode  string // exit, or one of the modes of expectation
	Want  string
	Seen  string
	OK    bool
	Alike int // of a whole output that differs: how much is the same, in percent
}

// A mode is one way of wanting something of the output.
type mode struct {
	name  string
	wants func(runbook.Expect) []want
	blurs bool // what is volatile may be ignored in it
	whole bool // it is about all that was printed
}

// A want is one thing that is wanted of the output, as it is documented.
type want struct {
	text  string
	check func(seen) Check // its Mode is filled in afterwards
}

// seen is the output in the form that the modes look at, and the values.
type seen struct {
	text   string
	values map[string]string
	groups map[string]string // what the patterns' named groups held
}

// modes is the closed set of them, in the order in which they are checked.
var modes = [...]mode{
	{name: "lines", wants: func(e runbook.Expect) []want { return each(checkLines, one(e.Lines)) }, blurs: true, whole: true},
	{name: "exact", wants: func(e runbook.Expect) []want { return each(checkExact, one(e.Exact)) }, blurs: true, whole: true},
	{name: "contains", wants: func(e runbook.Expect) []want { return each(checkContains, e.Contains) }, blurs: true},
	{name: "absent", wants: func(e runbook.Expect) []want { return each(checkAbsent, e.Absent) }},
	{name: "matches", wants: func(e runbook.Expect) []want { return each(checkMatches, e.Matches) }},
	{name: "json", wants: func(e runbook.Expect) []want { return each(checkJSON, one(string(e.JSON))) }},
	{name: "table", wants: rowsOf, blurs: true},
	{name: "where", wants: func(e runbook.Expect) []want { return each(checkWhere, wheres(e)) }},
}

// each are texts that are checked in the same way.
func each(check func(string, seen) Check, texts []string) []want {
	var all []want
	for _, text := range texts {
		all = append(all, want{text, func(s seen) Check { return check(text, s) }})
	}
	return all
}

// Compare checks all that is expected. One failed check makes the verdict
// "differs"; what can't be checked makes it "not comparable".
func Compare(e runbook.Expect, got Got) Result {
	exit := checkExit(e, got)
	r := Result{Verdict: Matches, Checks: []Check{exit}, Why: incomparable(got)}
	s := seen{values: got.Values}
	vague := s
	if r.Why == "" {
		s.text = normalise(got.Text)
		s.groups = named(e, s)
		vague = s
		if len(e.Ignore) > 0 {
			vague.text, r.Ignored = ignoring(e, s)
			e = blurred(e)
		}
	}
	differs, wanted := got.HasExit && !exit.OK, false
	for _, m := range modes {
		for _, w := range m.wants(e) {
			c := Check{Want: clip(w.text), Seen: "not compared: " + r.Why}
			if r.Why == "" {
				c = m.check(w, s, vague)
				differs = differs || !c.OK
			}
			wanted, c.Mode = true, m.name
			r.Checks = append(r.Checks, c)
		}
	}
	r.decide(differs, wanted, got.HasExit)
	return r
}

// check looks whether the output is as it is wanted.
func (m mode) check(w want, s, vague seen) Check {
	if m.blurs {
		s = vague
	}
	c := w.check(s)
	if m.whole && !c.OK {
		c.Alike = alike(expand(w.text, s.values), s.text)
	}
	return c
}

// decide gives the verdict. A difference that was seen is one, whatever could
// not be looked at besides.
func (r *Result) decide(differs, wanted, hasExit bool) {
	if !wanted {
		r.Why = "" // nothing is expected of the output, so nobody misses it
	}
	if !hasExit {
		r.Why = "the exit status is not known"
	}
	switch {
	case differs:
		r.Verdict, r.Why = Differs, ""
	case r.Why != "":
		r.Verdict = NotComparable
	}
}

// Sample reports whether documented output agrees with the actual one, as in
// lines mode. No documented output agrees with everything; output over MaxText
// agrees with none.
func Sample(sample, text string) bool {
	if strings.TrimSpace(sample) == "" {
		return true
	}
	return len(text) <= MaxText && checkLines(sample, seen{text: normalise(text)}).OK
}

// incomparable says why the output can't be compared, or "".
func incomparable(got Got) string {
	switch {
	case got.Truncated:
		return "the output is not complete"
	case len(got.Text) > MaxText:
		return fmt.Sprintf("the output has %d bytes, and %d are the most", len(got.Text), MaxText)
	case strings.IndexByte(got.Text, 0) >= 0:
		return "the output is binary"
	}
	return ""
}

func checkExit(e runbook.Expect, got Got) Check {
	wanted := e.Exit
	if len(wanted) == 0 {
		wanted = []int{0}
	}
	words := make([]string, len(wanted))
	c := Check{Mode: "exit", OK: got.HasExit && e.AnyExit, Seen: "not known"}
	for i, n := range wanted {
		words[i] = strconv.Itoa(n)
		c.OK = c.OK || got.HasExit && got.Exit == n
	}
	c.Want = strings.Join(words, ", ")
	if e.AnyExit {
		c.Want = "any"
	}
	if got.HasExit {
		c.Seen = strconv.Itoa(got.Exit)
	}
	return c
}

// one is a list of the text, without it if there is none.
func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
