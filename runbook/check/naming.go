package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bythebook/runbook"
)

func findAmbiguousNames(s *subject) {
	owner := map[string]string{}
	for _, c := range s.Components {
		for _, name := range namesOf(c) {
			key := strings.Join(split(name), " ")
			if first, taken := owner[key]; taken && first != c.ID {
				s.report("components."+c.ID, fmt.Sprintf("%q stands for %s and for %s", name, first, c.ID), "")
				continue
			}
			owner[key] = c.ID
		}
	}
	titles := map[string]string{}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		key := strings.Join(split(sc.Title), " ")
		if first, taken := titles[key]; taken {
			s.report(scenarioPath(sc, "title"), fmt.Sprintf("the scenarios %s and %s have one title", first, sc.ID), "")
			continue
		}
		titles[key] = sc.ID
	}
	for i, a := range s.Allow {
		if !slices.ContainsFunc(s.table, func(c Check) bool { return c.Code == a.Code }) {
			s.report(fmt.Sprintf("allow[%d]", i), fmt.Sprintf("there is no check %q that could be silenced", a.Code), "take the entry out, or correct its code")
		}
		id, below := strings.CutPrefix(a.Where, "scenarios.")
		if id, _, _ = strings.Cut(id, "."); below && !slices.ContainsFunc(s.Scenarios, func(sc runbook.Scenario) bool { return sc.ID == id }) {
			s.report(fmt.Sprintf("allow[%d].where", i), fmt.Sprintf("there is no scenario %q in which %s could be silenced", id, a.Code), "correct the path, or leave it out for the whole playbook")
		}
	}
}

// namesOf are all the names that a component goes by.
func namesOf(c runbook.Component) []string {
	all := []string{c.ID}
	if c.Name != "" {
		all = append(all, c.Name)
	}
	return append(all, c.Aliases...)
}

// split is the words of a text, as names are compared by them.
func split(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// A register finds the components that a text names.
type register struct {
	owner   map[string]string // a name in lower case, its words one blank apart -> the component's id
	longest int               // words of a name
}

func registerOf(components []runbook.Component) register {
	r := register{owner: map[string]string{}}
	for _, c := range components {
		for _, name := range namesOf(c) {
			words := split(name)
			r.owner[strings.Join(words, " ")] = c.ID
			r.longest = min(max(r.longest, len(words)), longestName)
		}
	}
	return r
}

// longestName bounds how many words of a name are looked for.
const longestName = 6

// named are the ids of the components that a text names, in its order. Of names
// that overlap the longest counts.
func (r register) named(text string) []string {
	var ids []string
	words := split(text)
	for i := 0; i < len(words); {
		n := min(r.longest, len(words)-i)
		for n > 0 && r.owner[strings.Join(words[i:i+n], " ")] == "" {
			n--
		}
		if n > 0 {
			ids = append(ids, r.owner[strings.Join(words[i:i+n], " ")])
		}
		i += max(n, 1)
	}
	return ids
}

// failing is an introduction that tells what failed, or what is brought back.
var failing = phrase("fail|lost|lose|loss|down|outage|unavailable|unreachable|crash|recover|restor|rebuil|replac|recreat|does not|do not",
	`(?i)\b(fail(s|ed|ing|ures?)?|lost|loses?|loss|down|outages?|unavailable|unreachable|crash(es|ed)?|(do|does) not (answer|respond|work|start)|(recover|restor|rebuil|replac|recreat)\w*)\b`)

func findStrayIntroductions(s *subject) {
	r := registerOf(s.Components)
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if sc.Component == "" {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimSpace(sc.Overview), "\n\n")
		if failing.in(first) == "" {
			first = "" // it tells what to do, with whatever it takes
		}
		for _, part := range []struct{ key, first, all string }{{"title", sc.Title, sc.Title}, {"overview", first, sc.Overview}} {
			others := r.named(part.first)
			if len(others) > 0 && !slices.Contains(r.named(part.all), sc.Component) {
				s.report(scenarioPath(sc, part.key), fmt.Sprintf("the %s speaks of %s, and what failed is %s", part.key, others[0], sc.Component), "")
			}
		}
	}
}

// sheet is the lines of a Markdown text; those of another have none.
type sheet []string

func sheetOf(file, text string) sheet {
	if !markdown(file) {
		return nil
	}
	return strings.Split(visible(text), "\n")
}

// denial begins a section of which there is nothing to say.
var denial = compiled(`^(?:None\b|There (?:is|are) (?:no|none)\b)`)

// denies reports whether a section says that there is nothing of what its
// heading speaks of.
func (lines sheet) denies(what func() *regexp.Regexp) bool {
	inside := false
	for _, l := range lines {
		if m := heading().FindStringSubmatch(l); m != nil {
			inside = what().MatchString(m[1])
		} else if inside && denial().MatchString(l) {
			return true
		}
	}
	return false
}
