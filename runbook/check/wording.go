package check

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"
)

// deferred are words for what was to be written later.
var (
	deferred      = phrase("todo|tbd|tbc|fixme|change|to be |lorem|???", `(\b(?:TODO|TBD|TBC|FIXME|CHANGE_?ME)\b|(?i:\bto be (?:done|decided|determined|defined|written)\b|lorem ipsum)|\?\?\?)`)
	deferredValue = phrase("todo|tbd|tbc|fixme", `^[^#]*[:\[,{]\s*["']?(TODO|TBD|TBC|FIXME)\b`) // a value of YAML
	nothing       = compiled(`^\s*(\.\.\.|…|\?|-|(?i:todo|tbd|fixme|xxx))\s*$`)
	blank         = compiled(`<(?i:your|insert|replace)[A-Za-z0-9_ -]*>|<[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)+>`) // <instance-id>
)

func findPlaceholders(s *subject) {
	wholeText := markdown(s.File)
	if wholeText {
		s.deferrals(deferred, nil)
	}
	before := len(s.found)
	for _, p := range s.passages() {
		found := ""
		switch {
		case p.kind == output:
		case nothing().MatchString(p.words):
			found = strings.TrimSpace(p.words)
		case !wholeText && deferred.in(p.words) != "":
			found = deferred.in(p.words)
		case p.kind == command:
			found = blank().FindString(p.words)
		}
		if found != "" {
			s.reportIn(p, found, fmt.Sprintf("%q stands for something that was never written", found), "")
		}
	}
	if !wholeText {
		said := map[int]bool{}
		for _, f := range s.found[before:] {
			said[f.Line] = true
		}
		s.deferrals(deferredValue, said)
	}
}

// deferrals reports what the lines of a text leave for later, also where none
// of it is a scenario's, but for those of which it was said.
func (s *subject) deferrals(left pattern, said map[int]bool) {
	line := 0
	for l := range strings.SplitSeq(visible(s.text), "\n") {
		line++
		if !left.worthIt(l) {
			continue
		}
		if m := left.form().FindStringSubmatchIndex(l); m != nil && !said[line] {
			at := runbook.Place{Line: line, Column: 1 + utf8.RuneCountInString(l[:m[2]])}
			s.reportAt(s.check.Severity, at, "", fmt.Sprintf("%q stands for something that was never written", l[m[2]:m[3]]), "")
		}
	}
}

// bare is an objective in a sentence whose number has no unit after it.
var bare = compiled(`\b(?:RTO|RPO|MTD|[Rr]ecovery (?:[Tt]ime|[Pp]oint) [Oo]bjective)\b(?:\s*(?:is|of|at|:|=))?\s+(\d+)(?:\s*$|\s*[.,;)]\s*(?:\D|$)|\s+(?:and|or|while|but)\b)`)

func findBareNumbers(s *subject) {
	for _, p := range s.passages() {
		if m := bare().FindStringSubmatch(p.words); p.kind == prose && m != nil {
			s.reportIn(p, m[0], m[1]+" is a length of time without a unit", "")
		}
	}
}

// clockTime is a time of day, as windows hold it.
var clockTime = compiled(`\d:\d\d`)

func findZonelessTimes(s *subject) {
	if s.Zone != "" {
		return
	}
	var paths []string
	look := func(path, window string) {
		if clockTime().MatchString(window) {
			paths = append(paths, path)
		}
	}
	for _, d := range s.Dependencies {
		look("dependencies."+d.ID+".period", d.Period)
	}
	for _, c := range s.Contacts {
		if c.Zone == "" {
			look("contacts."+c.ID+".availability", c.Availability)
		}
	}
	for _, c := range s.External {
		if c.Zone == "" {
			look("external_contacts."+c.ID+".availability", c.Availability)
		}
	}
	if s.Exercise != nil {
		look("exercise.window", s.Exercise.Window)
	}
	if len(paths) > 0 {
		s.report(paths[0], "these times of day name no time zone"+more(len(paths)-1), "")
	}
}

// more says that there are further places of which no finding is made.
func more(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", here and in one other place"
	}
	return fmt.Sprintf(", here and in %d other places", n)
}
