package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// The checks of people: who leads, who can be reached when, who is told. The last
// of these stand in notices.go.
var peopleChecks = []Check{
	{
		Code: "LH01", Severity: Error, find: findLeaderless,
		Finds: "A scenario without a primary and a secondary lead, who are two people.",
		Why:   "Whoever is alone in charge is on holiday on the bad day.",
		Mend:  "name two contacts: `leads: {primary: ..., secondary: ...}`",
	},
	{
		Code: "LH02", Severity: Error, find: findHardToReach,
		Finds: "A lead who is no contact, or who can be reached in fewer than two ways.",
		Why:   "One way always fails: a dead phone, a mail server that is part of the outage.",
		Mend:  "give the contact an email, a phone, or another of `channels`",
	},
	{
		Code: "LH03", Severity: Error, find: findNights,
		Finds: "A stretch of time in which no lead can be reached and that is longer than the RTO leaves.",
		Why:   "A failure at its beginning is over its objective before anybody begins.",
		Mend:  "let one lead be on call, add a lead for those hours, or promise an RTO that the hours can keep",
	},
	{
		Code: "LH04", Severity: Warning, find: findDeputies,
		Finds: "A stretch of time in which only the deputy of the lead can be reached, and no rule says when the deputy is called.",
		Why:   "The time in which everybody waits for the lead is part of the RTO.",
		Mend:  "add a notification that calls both leads, with `ack_within`, or with `escalate_to: lead.secondary`",
	},
	{
		Code: "LH05", Severity: Error, find: findOffCall,
		Finds: "A dependency that is critical at all times, for whose failure nobody is on call.",
		Why:   "Outside of office hours it stays down, whatever its table says.",
		Mend:  "let a lead, or somebody whom a notification of the scenario reaches, be `on-call` or cover the whole week with the others",
	},
	{
		Code: "LH06", Severity: Warning, find: findOutsiders,
		Finds: "A lead who does not list the failed component among their services.",
		Why:   "Either somebody leads what they do not know, or the contact table is behind.",
		Mend:  "add the component to the contact's `services`, or choose another lead",
	},
	{
		Code: "LH07", Severity: Warning, find: findKeyPeople,
		Finds: "One person who is lead in every scenario, where there are three or more.",
		Why:   "When they are away, or two things fail at once, every scenario lacks a lead.",
		Mend:  "let somebody else lead one of the scenarios",
	},
	{
		Code: "LH08", Severity: Warning, find: findBadContacts,
		Finds: "A contact that is entered twice, an address, a number or hours that cannot be right, a role that nobody fills.",
		Why:   "It is found out by whoever dials.",
		Mend:  "correct the entry",
	},
	{
		Code: "LH09", Severity: Error, find: findUnknownParties,
		Finds: "A third party that an assumption counts on and that is no external contact.",
		Why:   "When the assumption fails, the next thing that anybody needs is their number.",
		Mend:  "add the support desk to `external_contacts`, with its phone and your contract's number",
	},
	{
		Code: "LH10", Severity: Error, find: findVagueRules,
		Finds: "No notification at all, or one that does not say who is told what, when, why and how.",
		Why:   "Under stress each missing answer is a discussion.",
		Mend:  "state all of `who`, `what`, `when`, `why` and `how`",
	},
	{
		Code: "LH11", Severity: Error, find: findSilentScenarios,
		Finds: "A scenario that no notification is for, or none of whose notifications says how long an answer may take and who is called next.",
		Why:   "A message that nobody answers is no alarm.",
		Mend:  "add `ack_within` and `escalate_to`, somebody who was not called before or is on call, to a notification of the scenario",
	},
	{
		Code: "LH12", Severity: Warning, find: findFragileChannels,
		Finds: "A notification with only one channel, or all of whose channels run over the component that failed.",
		Why:   "The message about the outage is lost in the outage.",
		Mend:  "name in `fallback_channel` a way that does not depend on what failed",
	},
	{
		Code: "LH13", Severity: Warning, find: findNoAuthority,
		Finds: "A playbook that does not say who may approve and who may abort, or a step that only its doer may approve.",
		Why:   "In doubt everybody waits for somebody who may.",
		Mend:  "give contacts their `authority: [approve, abort]`",
	},
}

func findLeaderless(s *subject) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		message := ""
		switch {
		case sc.Primary == "" && sc.Secondary == "":
			message = "nobody leads this recovery"
		case sc.Primary == "":
			message = "there is a secondary lead and no primary"
		case sc.Secondary == "":
			message = fmt.Sprintf("`%s` leads, and nobody takes over", sc.Primary)
		case sc.Primary == sc.Secondary:
			message = fmt.Sprintf("`%s` is both primary and secondary lead", sc.Primary)
		default:
			continue
		}
		s.report(scenarioPath(sc, "leads"), message, "")
	}
}

// A lead is somebody who leads a scenario, and the key that says so.
type lead struct{ key, who string }

func leadsOf(sc *runbook.Scenario) []lead {
	return slices.DeleteFunc([]lead{{"leads.primary", sc.Primary}, {"leads.secondary", sc.Secondary}}, func(l lead) bool { return l.who == "" })
}

func findHardToReach(s *subject) {
	crew, leads, first := s.crew(), map[string]bool{}, map[string]string{}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		for _, l := range leadsOf(sc) {
			if crew.contacts[l.who] == nil {
				s.report(scenarioPath(sc, l.key), fmt.Sprintf("`%s` leads and is no contact", l.who), "add them to `contacts`")
			}
			leads[l.who], first[l.who] = true, cmp.Or(first[l.who], sc.ID)
		}
	}
	for _, list := range s.everybody() {
		for _, c := range list.all {
			switch ways := c.Ways(); {
			case !leads[c.ID] || len(ways) > 1:
			case len(ways) == 0:
				s.report(list.key+"."+c.ID, fmt.Sprintf("`%s` leads `%s` and cannot be reached", c.ID, first[c.ID]), "")
			default:
				s.report(list.key+"."+c.ID, fmt.Sprintf("`%s` leads `%s` and can be reached by %s only", c.ID, first[c.ID], ways[0].ID), "")
			}
		}
	}
}

// A directory is a list of contacts, and the key that it stands under.
type directory struct {
	key string
	all []runbook.Contact
}

func (s *subject) everybody() []directory {
	return []directory{{"contacts", s.Contacts}, {"external_contacts", s.External}}
}

func findNights(s *subject) {
	r := s.rota()
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		leads := r.people(sc, runbook.PrimaryLead, runbook.SecondaryLead)
		if sc.RTO == 0 || len(leads) == 0 {
			continue
		}
		if silent := r.silent(leads); len(silent) > 0 {
			s.reportAs(Warning, scenarioPath(sc, "leads"), fmt.Sprintf("whether a lead can be reached in time is not known: %s states no hours", callOf(silent)),
				"state `availability` of the contact: "+howToWriteHours)
			continue
		}
		most, because := patience(s.procedures().scenes[i])
		if c, err := r.cover(r.period(sc.Component), leads); err == nil && c.worst.length() > most {
			s.report(scenarioPath(sc, "leads"), fmt.Sprintf("nobody on the lead list (%s) can be reached %s; %s; together they cover %.1f %% of the time that counts",
				callOf(leads), c, because, 100*c.share), "")
		}
	}
}

// silent are the contacts who state no hours, none where somebody else can be
// reached at all times.
func (r rota) silent(contacts []*runbook.Contact) []*runbook.Contact {
	var silent []*runbook.Contact
	for _, c := range contacts {
		if isAlways(c.Availability) {
			return nil
		}
		if c.Availability == "" {
			silent = append(silent, c)
		}
	}
	return silent
}

func findDeputies(s *subject) {
	r := s.rota()
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		leads := r.people(sc, runbook.PrimaryLead, runbook.SecondaryLead)
		if sc.RTO == 0 || len(leads) != 2 || r.callsDeputy(sc) {
			continue
		}
		most, because := patience(s.procedures().scenes[i])
		alone, err1 := r.cover(r.period(sc.Component), leads[:1])
		both, err2 := r.cover(r.period(sc.Component), leads)
		if err1 == nil && err2 == nil && alone.worst.length() > most && both.worst.length() <= most {
			s.report(scenarioPath(sc, "leads.primary"), fmt.Sprintf("`%s`, who leads, cannot be reached %s, and all rests on `%s`; %s",
				sc.Primary, alone, sc.Secondary, because), "")
		}
	}
}

// callsDeputy reports whether a notification says when the secondary lead is
// called.
func (c crew) callsDeputy(sc *runbook.Scenario) bool {
	return slices.ContainsFunc(c.notifications(sc), func(n *runbook.Notification) bool {
		deputy := func(who string) bool { return slices.Contains(c.ids(sc, who), sc.Secondary) }
		return n.AckWithin > 0 && (slices.ContainsFunc(n.Who, deputy) || deputy(n.Escalate))
	})
}

func findOffCall(s *subject) {
	r := s.rota()
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		d := r.promised[sc.Component]
		if d == nil || !d.Critical() || !isAlways(d.Period) {
			continue
		}
		leads, calls := r.people(sc, runbook.PrimaryLead, runbook.SecondaryLead), ""
		if len(r.notifications(sc)) > 0 {
			calls = ", nor anybody whom its notifications call"
		}
		if len(leads) > 0 && !r.covered(sc) {
			s.report(scenarioPath(sc, "leads"), fmt.Sprintf("`%s` is critical at all times, and none of its leads (%s) is on call%s", d.ID, callOf(leads), calls), "")
		}
	}
}

func findOutsiders(s *subject) {
	crew := s.crew()
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		for _, l := range leadsOf(sc) {
			c := crew.contacts[l.who]
			if c != nil && sc.Component != "" && len(c.Services) > 0 && !c.Serves(sc.Component) {
				s.report(scenarioPath(sc, l.key), fmt.Sprintf("`%s` leads the recovery of `%s`, and their `services` are only %s", l.who, sc.Component, someOf(c.Services)), "")
			}
		}
	}
}

func findKeyPeople(s *subject) {
	const many = 3
	leads := map[string]int{}
	for i := range s.Scenarios {
		for _, id := range unique([]string{s.Scenarios[i].Primary, s.Scenarios[i].Secondary}) {
			leads[id]++
		}
	}
	for _, c := range s.Contacts {
		if n := leads[c.ID]; n >= many && n == len(s.Scenarios) {
			s.report("contacts."+c.ID, fmt.Sprintf("`%s` is a lead in all %d scenarios", c.ID, n), "")
		}
	}
}

func findBadContacts(s *subject) {
	s.findBadZone(s.Zone, "zone")
	first := map[string]string{} // an email, or a name with a phone -> whose it is
	for _, list := range s.everybody() {
		for _, c := range list.all {
			path := list.key + "." + c.ID
			other := ""
			for _, sign := range signsOf(c) {
				other = cmp.Or(other, first[sign])
				first[sign] = cmp.Or(first[sign], c.ID)
			}
			if other != "" {
				s.report(path, fmt.Sprintf("`%s` and `%s` seem to be one contact", other, c.ID), "keep one of them, or give each their own address")
			}
			s.findBadEntries(c, path)
		}
	}
	for _, r := range s.Roles {
		if len(r.Held) == 0 {
			s.report("roles."+r.ID, fmt.Sprintf("nobody fills the role `%s`", r.ID), "name the contacts who do")
		}
	}
}

// signsOf are what no two contacts have in common: an address, or a name and a
// number together.
func signsOf(c runbook.Contact) []string {
	var signs []string
	if c.Email != "" {
		signs = append(signs, strings.ToLower(c.Email))
	}
	if c.Name != "" && c.Phone != "" {
		signs = append(signs, strings.ToLower(c.Name)+"\n"+c.Phone)
	}
	return signs
}

// findBadEntries looks at one contact.
func (s *subject) findBadEntries(c runbook.Contact, path string) {
	if c.Email != "" && !emailForm().MatchString(c.Email) {
		s.report(join(path, "email"), fmt.Sprintf("`%s` is no email address", c.Email), "write it like bob@example.com")
	}
	if digits := len(nonDigits().ReplaceAllString(c.Phone, "")); c.Phone != "" && (!phoneForm().MatchString(c.Phone) || digits < 3 || digits > 20) {
		s.report(join(path, "phone"), fmt.Sprintf("`%s` is no phone number", c.Phone), "write it like +1 555-555-5551 ext. 2")
	}
	if _, err := parseHours(c.Availability); c.Availability != "" && err != nil {
		s.reportAs(Error, join(path, "availability"), err.Error(), howToWriteHours)
	}
	s.findBadZone(c.Zone, join(path, "zone"))
}

// findBadZone looks at a zone. It weighs more than other entries: without it
// nothing can be said of who is reachable.
func (s *subject) findBadZone(name, path string) {
	if _, err := zoneOf(name); err != nil {
		s.reportAs(Error, path, err.Error(), "write it like America/Los_Angeles")
	}
}

var (
	emailForm = compiled(`^[^@\s,;<>]+@[^@\s.,;<>]+(\.[^@\s.,;<>]+)+$`)
	phoneForm = compiled(`^(?i)(tel:)?[+]?[0-9 ()./-]+((ext\.?|x|#|,)[0-9 .-]*)?$`)
	nonDigits = compiled(`[^0-9]`)
)
