package match

import (
	"regexp"
	"strconv"
	"strings"

	"bythebook/runbook"
)

// wheres are the comparisons of an expectation, each as `group operator number`.
func wheres(e runbook.Expect) []string {
	var all []string
	for _, w := range e.Where {
		all = append(all, w.ID+" "+w.Text)
	}
	return all
}

// named are the named groups of an expectation's patterns, each with what it
// held at the last match, as captures take it.
func named(e runbook.Expect, s seen) map[string]string {
	if len(e.Where) == 0 {
		return nil
	}
	groups := map[string]string{}
	for _, pattern := range e.Matches {
		re, err := regexp.Compile("(?m)" + expandPattern(pattern, s.values))
		if err != nil {
			continue // checkMatches says so
		}
		all := re.FindAllStringSubmatchIndex(s.text, -1)
		for i, name := range re.SubexpNames() {
			if name == "" || len(all) == 0 {
				continue
			}
			if last := all[len(all)-1]; last[2*i] >= 0 {
				groups[name] = s.text[last[2*i]:last[2*i+1]]
			}
		}
	}
	return groups
}

// comparing are the ways in which two numbers are compared.
var comparing = map[string]func(a, b float64) bool{
	"<":  func(a, b float64) bool { return a < b },
	"<=": func(a, b float64) bool { return a <= b },
	">":  func(a, b float64) bool { return a > b },
	">=": func(a, b float64) bool { return a >= b },
	"==": func(a, b float64) bool { return a == b },
	"!=": func(a, b float64) bool { return a != b },
}

var comparisonForm = regexp.MustCompile(`^(\S+) (<=|>=|==|!=|<|>)\s*(\S+)$`)

func checkWhere(want string, s seen) Check {
	want = expand(want, s.values)
	c := Check{Want: clip(want), Seen: "not a comparison such as <= 5"}
	form := comparisonForm.FindStringSubmatch(strings.TrimSpace(want))
	if form == nil {
		return c
	}
	limit, err := strconv.ParseFloat(form[3], 64)
	if err != nil {
		c.Seen = form[3] + " is no number"
		return c
	}
	text, found := s.groups[form[1]]
	if !found {
		c.Seen = "no " + form[1]
		return c
	}
	c.Seen = clip(text)
	got, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	c.OK = err == nil && comparing[form[2]](got, limit)
	return c
}
