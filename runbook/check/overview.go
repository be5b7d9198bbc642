package check

import (
	"fmt"
	"strconv"
	"strings"

	"bythebook/runbook"
)

var counted = compiled(`(?i)\b(?:procedure|recovery|it) (?:has|takes|consists of) (\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) steps\b`)

var numbers = map[string]int{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}

func number(word string) int {
	if n, ok := numbers[strings.ToLower(word)]; ok {
		return n
	}
	n, _ := strconv.Atoi(word)
	return n
}

// findDisagreeing is LS18: the overview and the procedure tell the same story.
func findDisagreeing(s *subject) {
	for _, sc := range s.procedures().scenes {
		path := scenarioPath(sc.Scenario, "overview")
		steps := sc.of(runbook.Recovery)
		if m := counted().FindStringSubmatch(sc.Overview); m != nil && number(m[1]) != len(steps) && number(m[1]) != len(sc.steps) {
			s.report(path, fmt.Sprintf("the overview says \"%s\", and the recovery procedure has %d", m[0], len(steps)), "")
		}
		s.compare(sc, steps, path)
	}
}

// A deed is what a sentence tells to do: a verb, and a thing.
type deed struct{ verb, thing string }

// deeds are what a sentence tells to do.
func deeds(sentence string) []deed {
	v := verb(sentence)
	var all []deed
	for _, word := range split(sentence) {
		if word != v && !small[word] {
			all = append(all, deed{v, word})
		}
	}
	return all
}

var small = setOf("a an the and or it its them this that these those there of to in on at for from with by is are then next now first finally")

// An outline finds steps by their deeds. What two steps do finds neither.
type outline map[deed]int

func outlineOf(steps []*step) outline {
	o := outline{}
	for i, st := range steps {
		for _, d := range deeds(st.opening()) {
			if _, taken := o[d]; taken {
				i = -1
			}
			o[d] = i
		}
	}
	return o
}

// opening is the first sentence of a step's instruction.
func (st *step) opening() string {
	return strings.Join(st.prose.sentences[:min(1, len(st.prose.sentences))], "")
}

// step is the one that a sentence of the overview speaks of, for certain: every
// word of the first thing that it does is there.
func (o outline) step(sentence string) (int, bool) {
	does, condition := sentence, ""
	if before, after, ok := strings.Cut(sentence, ","); ok && ifClause().MatchString(before) {
		does, condition = strings.TrimSpace(after), before
	}
	does, _, _ = strings.Cut(does, " and ") // the first thing that it does
	all := deeds(does)
	if len(all) == 0 { // it says "it"
		for _, word := range split(condition) {
			if i, ok := o[deed{verb(does), word}]; ok && i >= 0 {
				return i, true
			}
		}
		return 0, false
	}
	first, ok := o[all[0]]
	for _, d := range all[1:] {
		i, known := o[d]
		ok = ok && known && i == first
	}
	return first, ok && first >= 0
}

// compare looks at the order and the conditions of what the overview and the
// procedure both tell to do.
func (s *subject) compare(sc *scene, steps []*step, path string) {
	known, missable, first := outlineOf(steps), sc.missable(), sc.flow.first[runbook.Recovery]
	last, said := -1, ""
	for _, sentence := range sentences(sc.Overview) {
		i, ok := known.step(sentence)
		switch {
		case !ok:
			continue
		case ifClause().MatchString(sentence) && !missable[first+i]:
			s.report(path, fmt.Sprintf("the overview sets a condition (\"%s\"), and step `%s` has none", sentence, steps[i].ID), "")
			return
		case i < last:
			s.report(path, fmt.Sprintf("the overview has \"%s\" after \"%s\", and the procedure has it before", sentence, said), "")
			return
		}
		last, said = i, sentence
	}
}

var ifClause = compiled(`(?i)^(?:if|unless|when|where)\b|\bif (?:it|the|that|this|un\w+|not|necessary|needed)\b`)
