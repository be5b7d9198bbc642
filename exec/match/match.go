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
}

// A Check is one expectation. When it failed, Want is the first part of it that
// was not found and Seen is what stood there or nearby.
type Check struct {
	Mode string // exit, or one of the modes of expectation
	Want string
	Seen string
	OK   bool
}

// A mode is one way of wanting something of the output.
type mode struct {
	name  string
	wants func(runbook.Expect) []string
	check func(want string, s seen) Check // its Mode is filled in afterwards
}

// seen is the output in the form that the modes look at, and the values.
type seen struct {
	text   string
	values map[string]string
	groups map[string]string // what the patterns' named groups held
}

// modes is the closed set of them, in the order in which they are checked.
var modes = [...]mode{
	{"lines", func(e runbook.Expect) []string { return one(e.Lines) }, checkLines},
	{"exact", func(e runbook.Expect) []string { return one(e.Exact) }, checkExact},
	{"contains", func(e runbook.Expect) []string { return e.Contains }, checkContains},
	{"absent", func(e runbook.Expect) []string { return e.Absent }, checkAbsent},
	{"matches", func(e runbook.Expect) []string { return e.Matches }, checkMatches},
	{"json", func(e runbook.Expect) []string { return one(string(e.JSON)) }, checkJSON},
	{"where", wheres, checkWhere},
}

// Compare checks all that is expected. One failed check makes the verdict
// "differs"; what can't be checked makes it "not comparable".
func Compare(e runbook.Expect, got Got) Result {
	exit := checkExit(e, got)
	r := Result{Verdict: Matches, Checks: []Check{exit}}
	why := incomparable(got)
	s := seen{values: got.Values}
	if why == "" {
		s.text = normalise(got.Text)
		s.groups = named(e, s)
	}
	differs, unknown := got.HasExit && !exit.OK, !got.HasExit
	for _, m := range modes {
		for _, want := range m.wants(e) {
			c := Check{Want: clip(want), Seen: why}
			if why == "" {
				c = m.check(want, s)
				differs = differs || !c.OK
			} else {
				unknown = true
			}
			c.Mode = m.name
			r.Checks = append(r.Checks, c)
		}
	}
	switch {
	case differs:
		r.Verdict = Differs
	case unknown:
		r.Verdict = NotComparable
	}
	return r
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
		return "not compared: the output is not complete"
	case len(got.Text) > MaxText:
		return fmt.Sprintf("not compared: the output has %d bytes, and %d are the most", len(got.Text), MaxText)
	case strings.IndexByte(got.Text, 0) >= 0:
		return "not compared: the output is binary"
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
