package compare

import (
	"slices"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

// Scenario are those of them that concern what is done, by whom, or against
// which objective in one scenario: the changes after which an earlier exercise
// of it no longer says that the present text works.
//
// Of the scenario itself that is everything but prose and plans, see prose. Of
// the rest it is the roles and names of those who act in it, the notifications
// that apply to it, the inputs that its commands can see, the objectives of its
// component, and the meaning of success where it states none of its own. What
// the files hold that a playbook names is no part of the model: whoever asks
// compares their sums.
func Scenario(old, new *runbook.Playbook, id string) []Change {
	rests := restsOn(old, id)
	for path := range restsOn(new, id) {
		rests[path] = true
	}
	return slices.DeleteFunc(Between(old, new), func(c Change) bool {
		reordered := c.Path == "scenarios."+id && c.Old != "" && c.New != ""
		return !within(c.Path, rests) || prose(c.Path) || reordered
	})
}

// within reports whether a path is one of some, or leads to something in one.
func within(path string, some map[string]bool) bool {
	for path != "" && !some[path] {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return path != ""
}

// What may change without anything being done in another way: words that only
// explain, and how long it should take.
var (
	proseOfScenario = []string{"title", "overview"}
	proseOfStep     = []string{"part", "why", "note", "refs", "estimate"}
)

// prose reports whether a path leads to such words, in
// scenarios.ID.PROCEDURE.STEP.KEY or scenarios.ID.abort.steps.STEP.KEY.
func prose(path string) bool {
	keys := strings.Split(path, ".")
	if len(keys) < 3 || keys[0] != "scenarios" {
		return false
	}
	if keys = keys[2:]; slices.Contains(proseOfScenario, keys[0]) {
		return true
	}
	if keys[0] == string(runbook.Aborting) {
		keys = keys[1:]
	}
	return len(keys) > 2 && slices.Contains(proseOfStep, keys[2])
}

// restsOn are the paths of all that a scenario rests on; none where the
// playbook does not have it.
func restsOn(book *runbook.Playbook, id string) map[string]bool {
	rests := map[string]bool{"scenarios." + id: true}
	s, ok := book.Scenario(id)
	if !ok {
		return rests
	}
	for _, who := range acting(book, s, rests) {
		rests["roles."+who] = true
		for _, contact := range book.People(s, who) {
			rests["contacts."+contact+".name"] = true
			rests["external_contacts."+contact+".name"] = true
		}
	}
	seen := mentioned(book, id)
	for _, in := range book.Inputs {
		if seen[in.Name] || len(book.Files) > 0 { // a script may look at any
			rests["inputs."+in.Name] = true
		}
	}
	if d, ok := book.Dependency(s.Component); ok {
		for _, objective := range []string{"rto", "rpo", "mtd"} {
			rests["dependencies."+d.ID+"."+objective] = true
		}
	}
	if s.Success == "" {
		rests["success_criteria"] = true
	}
	return rests
}

// acting are the contacts, roles and leads who do something in a scenario or
// are told of it. The notifications by which they are told are noted.
func acting(book *runbook.Playbook, s *runbook.Scenario, rests map[string]bool) []string {
	people := []string{s.Primary, s.Secondary}
	rules := map[string]bool{}
	for _, st := range slices.Concat(s.Steps, s.Abort.Steps) {
		people = append(append(append(people, st.Who), st.Approve...), st.Notify...)
		rules[st.Rule] = true
	}
	for _, a := range s.Assumptions {
		people = append(people, a.Owner)
	}
	for _, n := range book.Notifications {
		if rules[n.ID] || applies(n, s) {
			rests["notifications."+n.ID] = true
			people = append(append(people, n.Escalate, n.Approver), n.Who...)
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

func applies(n runbook.Notification, s *runbook.Scenario) bool {
	return (len(n.For) == 0 || slices.Contains(n.For, s.ID)) && (n.Severity == "" || n.Severity == s.Severity)
}

// mentioned are the words of a scenario that may be variables.
func mentioned(book *runbook.Playbook, id string) map[string]bool {
	words := map[string]bool{}
	alone := *book
	alone.Scenarios = slices.DeleteFunc(slices.Clone(book.Scenarios), func(s runbook.Scenario) bool { return s.ID != id })
	for _, word := range strings.FieldsFunc(text(find(read.Outline(&alone), "scenarios")), func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) {
		words[word] = true
	}
	return words
}
