package check

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// The checks of notifications, and of who may decide.

func findVagueRules(s *subject) {
	if len(s.Notifications) == 0 {
		s.report("notifications", "nothing says who is told what, when, why and how", "add `notifications`, one for the declaration at least")
	}
	for _, n := range s.Notifications {
		var lacks []string
		for _, q := range []struct {
			word     string
			answered bool
		}{{"who", len(n.Who) > 0}, {"what", n.What != ""}, {"when", n.When != ""}, {"why", n.Why != ""}, {"how", len(n.How) > 0}} {
			if !q.answered {
				lacks = append(lacks, "`"+q.word+"`")
			}
		}
		if len(lacks) > 0 {
			s.report("notifications."+n.ID, fmt.Sprintf("the notification does not say %s", strings.Join(lacks, ", ")), "")
		}
	}
}

const writeOne = "write a notification for it, or add it to what another one is `for`"

func findSilentScenarios(s *subject) {
	crew := s.crew()
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		rules := crew.notifications(sc)
		switch {
		case len(rules) == 0 && sc.Severity != "":
			s.report(scenarioPath(sc, ""), fmt.Sprintf("no notification is for `%s`, whose severity is %s", sc.ID, sc.Severity), writeOne)
		case len(rules) == 0:
			s.report(scenarioPath(sc, ""), fmt.Sprintf("no notification is for `%s`", sc.ID), writeOne)
		case !slices.ContainsFunc(rules, func(n *runbook.Notification) bool { return crew.endsWithSomebody(sc, n) }):
			s.report(scenarioPath(sc, ""), deadEnd(rules), "")
		}
	}
}

// deadEnd says why notifications end with nobody: they name no time and no next
// one, or only people who were called before and may still not answer.
func deadEnd(rules []*runbook.Notification) string {
	var ids []string
	for _, n := range rules {
		if n.AckWithin > 0 && n.Escalate != "" {
			return fmt.Sprintf("when nobody answers, the notification `%s` calls `%s`, who was called before and is not on call", n.ID, n.Escalate)
		}
		ids = append(ids, n.ID)
	}
	return fmt.Sprintf("none of its notifications (%s) says how long to wait for an answer and who else is called then", someOf(ids))
}

// endsWithSomebody reports whether a notification has a time for the answer,
// and then somebody who was not called before, or who is on call and will
// answer in the end.
func (c crew) endsWithSomebody(sc *runbook.Scenario, n *runbook.Notification) bool {
	return n.AckWithin > 0 && slices.ContainsFunc(c.ids(sc, n.Escalate), func(next string) bool {
		called := slices.ContainsFunc(n.Who, func(who string) bool { return slices.Contains(c.ids(sc, who), next) })
		contact := c.contacts[next]
		return contact != nil && (!called || isAlways(contact.Availability))
	})
}

func findFragileChannels(s *subject) {
	names := registerOf(s.Components)
	for i := range s.Notifications {
		n := &s.Notifications[i]
		ways := unique(slices.DeleteFunc(append(slices.Clone(n.How), n.Fallback), func(w string) bool { return w == "" }))
		if len(ways) < 2 {
			s.report("notifications."+n.ID, "the notification is sent over one channel only, and nothing takes its place when that fails", "")
			continue
		}
		over := unique(names.named(ways[0])) // the components that every channel runs over
		for _, w := range ways[1:] {
			also := names.named(w)
			over = slices.DeleteFunc(over, func(id string) bool { return !slices.Contains(also, id) })
		}
		for _, component := range over {
			if s.lost(component, n) {
				s.report("notifications."+n.ID, fmt.Sprintf("every channel of the notification runs over `%s`, whose loss it is about", component), "")
			}
		}
	}
}

// lost reports whether a notification is about the loss of a component.
func (s *subject) lost(component string, n *runbook.Notification) bool {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if sc.Component == component && (len(n.For) == 0 || slices.Contains(n.For, sc.ID)) && (n.Severity == "" || n.Severity == sc.Severity) {
			return true
		}
	}
	return false
}

func findNoAuthority(s *subject) {
	has := func(what string) bool {
		return slices.ContainsFunc(s.Contacts, func(c runbook.Contact) bool { return slices.Contains(c.Authority, what) })
	}
	var lacks []string
	if s.Approver == "" && !has("approve") {
		lacks = append(lacks, "approve")
	}
	if !has("abort") {
		lacks = append(lacks, "abort")
	}
	if len(lacks) > 0 {
		s.report("contacts", "nobody is said to be allowed to "+strings.Join(lacks, " or to "), "")
	}
	s.findOwnApprovals()
}

// findOwnApprovals finds steps that nobody may approve: who does it is all that
// an approver's name stands for.
func (s *subject) findOwnApprovals() {
	crew := s.crew()
	s.eachStep(func(sc *scene, st *step) {
		doers := crew.ids(sc.Scenario, st.Who)
		if len(doers) != 1 {
			return
		}
		for _, who := range st.Approve {
			if slices.Equal(crew.ids(sc.Scenario, who), doers) {
				s.report(st.at("approve"), fmt.Sprintf("`%s` does this step and must approve it, and nobody approves what they do themselves", doers[0]), "let somebody else do it or approve it")
				return
			}
		}
	})
}
