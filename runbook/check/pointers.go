package check

import (
	"fmt"
	"strconv"
	"strings"
)

var (
	stepNumber = compiled(`(?i)\bsteps? (\d{1,5})\b(\s+(?:of|in) (?:the |its |their )?(\w+))?`)
	stepName   = compiled("(?i)\\bsteps? `([a-z0-9][a-z0-9-]{0,63})`")
	stepTitle  = compiled(`(?i)\bsteps? "([^"\n]{3,80})"`)
)

// findMoved is LS29: what the text points at is there.
func findMoved(s *subject) {
	for _, sc := range s.procedures().scenes {
		titles := map[string]bool{}
		for _, st := range sc.all() {
			titles[st.title()] = true
			titles[strings.ToLower(st.Part)] = true
		}
		see := func(path string, texts ...string) {
			for _, text := range texts {
				s.reportMoved(sc, titles, path, text)
			}
		}
		see(scenarioPath(sc.Scenario, "overview"), sc.Overview)
		for _, st := range sc.all() {
			see(st.path, st.Do, st.Ask, st.If, st.When, st.Why, st.Note, st.Warning, st.Rollback)
			for _, a := range st.Answers {
				see(st.path, a.Say)
			}
		}
	}
}

// title is the first sentence of an instruction, as another one quotes it.
func (st *step) title() string { return strings.ToLower(st.opening()) }

func (s *subject) reportMoved(sc *scene, titles map[string]bool, path, text string) {
	if !strings.Contains(strings.ToLower(text), "step") {
		return
	}
	for _, m := range stepNumber().FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		own := m[3] == "" || ownWords[strings.ToLower(m[3])]
		if own && (n == 0 || n > len(sc.steps)+len(sc.aborts)) {
			s.report(path, fmt.Sprintf("this speaks of step %d, and the scenario has %d", n, len(sc.steps)), "")
		}
	}
	for _, m := range stepName().FindAllStringSubmatch(text, -1) {
		if !sc.hasStep(m[1]) {
			s.report(path, "this speaks of step `"+m[1]+"`, and the scenario has none of that name", "")
		}
	}
	for _, m := range stepTitle().FindAllStringSubmatch(text, -1) {
		if !titles[strings.ToLower(strings.TrimRight(plain(m[1]), ".!?:;"))] {
			s.report(path, "this speaks of step \""+m[1]+"\", and the scenario has none that begins so", "")
		}
	}
}

// ownWords are what a step number may be said to be of, and still be ours.
var ownWords = setOf("recovery test resume inject procedure scenario abort this")

func (sc *scene) hasStep(id string) bool {
	if _, ok := sc.flow.index[id]; ok {
		return true
	}
	for i := range sc.aborts {
		if sc.aborts[i].ID == id {
			return true
		}
	}
	return false
}
