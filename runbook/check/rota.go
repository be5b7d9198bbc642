package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A crew is the people of a playbook, and what calls them, by their ids.
type crew struct {
	*subject
	contacts map[string]*runbook.Contact
	promised map[string]*runbook.Dependency // for a component
	rules    map[trigger][]*runbook.Notification
	roles    map[string][]string // who fills them
}

// A trigger is what a notification waits for; "" is any.
type trigger struct{ scenario, severity string }

func (s *subject) crew() crew {
	c := crew{s, map[string]*runbook.Contact{}, map[string]*runbook.Dependency{}, map[trigger][]*runbook.Notification{}, map[string][]string{}}
	for _, r := range s.Roles {
		c.roles[r.ID] = r.Held
	}
	for _, all := range [][]runbook.Contact{s.External, s.Contacts} {
		for i := range all {
			c.contacts[all[i].ID] = &all[i]
		}
	}
	for i := range slices.Backward(s.Dependencies) {
		c.promised[s.Dependencies[i].ComponentID()] = &s.Dependencies[i]
	}
	for i := range s.Notifications {
		n := &s.Notifications[i]
		scenarios := n.For
		if len(scenarios) == 0 {
			scenarios = []string{""}
		}
		for _, id := range unique(slices.Clone(scenarios)) {
			on := trigger{id, n.Severity}
			c.rules[on] = append(c.rules[on], n)
		}
	}
	return c
}

// triggers are what a scenario of its severity sets off.
func triggers(sc *runbook.Scenario) []trigger {
	if sc.Severity == "" {
		return []trigger{{"", ""}, {sc.ID, ""}}
	}
	return []trigger{{"", ""}, {sc.ID, ""}, {"", sc.Severity}, {sc.ID, sc.Severity}}
}

// notifications are those that a scenario of its severity triggers.
func (c crew) notifications(sc *runbook.Scenario) []*runbook.Notification {
	var all []*runbook.Notification
	for _, on := range triggers(sc) {
		all = append(all, c.rules[on]...)
	}
	return all
}

// ids is Playbook.People by table: the contacts that a name stands for.
func (c crew) ids(sc *runbook.Scenario, who string) []string {
	held, role := c.roles[who]
	switch {
	case who == runbook.PrimaryLead, who == runbook.SecondaryLead:
		return c.People(sc, who)
	case role:
		return held
	case who == "":
		return nil
	}
	return []string{who}
}

// people are the contacts that some names stand for, each once.
func (c crew) people(sc *runbook.Scenario, who ...string) []*runbook.Contact {
	var all []*runbook.Contact
	seen := map[string]bool{}
	for _, w := range who {
		for _, id := range c.ids(sc, w) {
			if contact := c.contacts[id]; contact != nil && !seen[id] {
				seen[id] = true
				all = append(all, contact)
			}
		}
	}
	return all
}

// A rota knows when the people of a playbook can be reached, over a year and a
// week on either side of it, so that every change of clocks is in it.
type rota struct {
	crew
	year  span
	posts map[[2]string]post // by hours and zone
	known map[string]coverage
	duty  map[trigger]spans
}

func (s *subject) rota() rota {
	begin := s.facts.Now
	if begin.IsZero() {
		begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return rota{s.crew(), span{begin.Unix() - week, begin.Unix() + 366*day + week}, map[[2]string]post{}, map[string]coverage{}, map[trigger]spans{}}
}

// A post is hours, the zone that they are in, and when in the year that is.
type post struct {
	hours hours
	zone  *time.Location
	year  spans
}

// post reads hours. Those that name no zone are in the playbook's, and in UTC
// where that names none either, which is another check's finding.
func (r rota) post(text, zone string) (post, error) {
	zone = cmp.Or(zone, r.Zone)
	if p, known := r.posts[[2]string{text, zone}]; known {
		return p, nil
	}
	h, err := parseHours(text)
	if err != nil {
		return post{}, err
	}
	at, err := zoneOf(zone)
	if err != nil && slices.Equal(h, always) {
		at, err = time.UTC, nil // the same in every zone
	}
	if err != nil {
		return post{}, err
	}
	p := post{h, at, h.in(at, r.year)}
	r.posts[[2]string{text, zone}] = p
	return p, nil
}

// within is when the post is manned in a part of the year.
func (p post) within(frame span) spans { return p.year.and(spans{frame}) }

// period is when a component counts as critical: always, where the document
// does not say or cannot be read, which is another check's finding.
func (r rota) period(component string) string {
	if d := r.promised[component]; d != nil {
		if _, err := r.post(d.Period, ""); err == nil {
			return d.Period
		}
	}
	return "Always"
}

// A coverage is how well some contacts together cover a period.
type coverage struct {
	gap   span           // the longest stretch of it in which nobody can be reached, in a week without a change of clocks
	worst span           // and the longest of the year
	share float64        // of the period that is covered
	zone  *time.Location // in which times are told
}

// cover computes it, once for each combination of hours. It fails where hours
// cannot be read.
func (r rota) cover(period string, contacts []*runbook.Contact) (coverage, error) {
	key := period
	for _, c := range contacts {
		key += "|" + c.Availability + "|" + c.Zone
	}
	if c, ok := r.known[key]; ok {
		return c, nil
	}
	critical, err := r.post(period, "")
	if err != nil {
		return coverage{}, err
	}
	var posts []post
	for _, c := range contacts {
		p, err := r.post(c.Availability, c.Zone)
		if err != nil {
			return coverage{}, err
		}
		posts = append(posts, p)
	}
	c := coverage{zone: critical.zone}
	if r.Zone == "" && len(posts) > 0 {
		c.zone = posts[0].zone
	}
	open := gaps(critical, posts, r.year)
	c.worst = open.longest()
	c.gap = c.worst
	if calm, ok := r.calm(append(posts, critical)); ok {
		c.gap = gaps(critical, posts, calm).longest()
	}
	c.share = 1 - float64(open.seconds())/float64(max(1, critical.year.seconds()))
	r.known[key] = c
	return c, nil
}

// covered reports whether at any time of the year a lead of the scenario or
// somebody whom its notifications call can be reached. Who states no hours that
// can be read cannot.
func (r rota) covered(sc *runbook.Scenario) bool {
	open := spans{r.year}
	for _, lead := range r.people(sc, runbook.PrimaryLead, runbook.SecondaryLead) {
		p, _ := r.post(lead.Availability, lead.Zone)
		open = open.without(p.year)
	}
	for _, on := range triggers(sc) {
		open = open.without(r.onDuty(on))
	}
	return len(open) == 0
}

// onDuty is when somebody of those can be reached whom some notifications call
// by name or role.
func (r rota) onDuty(on trigger) spans {
	if s, known := r.duty[on]; known {
		return s
	}
	var all []span
	for _, n := range r.rules[on] {
		for _, c := range r.people(&runbook.Scenario{}, append(slices.Clone(n.Who), n.Escalate)...) {
			p, _ := r.post(c.Availability, c.Zone)
			all = append(all, p.year...)
		}
	}
	r.duty[on] = joined(all)
	return r.duty[on]
}

// gaps are the stretches of a period within a frame that no post covers.
func gaps(period post, posts []post, frame span) spans {
	open := period.within(frame)
	for _, p := range posts {
		open = open.without(p.year)
	}
	return open
}

// calm is three weeks of the year in which no clock of these zones changes:
// the middle one is like all weeks, and its gaps are whole.
func (r rota) calm(posts []post) (span, bool) {
	const long = 3 * week
search:
	for from := r.year.from; from+long <= r.year.to; from += week {
		for _, p := range posts {
			if _, end := time.Unix(from, 0).In(p.zone).ZoneBounds(); !end.IsZero() && end.Unix() < from+long {
				continue search
			}
		}
		return span{from, from + long}, true
	}
	return span{}, false
}

// String is when nobody can be reached and for how long: from Sat 14:00 to Sun
// 10:00, 20 h.
func (c coverage) String() string {
	if c.gap.length() == 0 {
		return fmt.Sprintf("for %s from %s, when clocks change", inWords(c.worst.length()), c.at(c.worst.from, "Mon 2006-01-02 15:04"))
	}
	text := fmt.Sprintf("from %s to %s, %s", c.at(c.gap.from, "Mon 15:04"), c.at(c.gap.to, "Mon 15:04"), inWords(c.gap.length()))
	if c.worst.length() > c.gap.length() {
		text += fmt.Sprintf(" (%s from %s, when clocks change)", inWords(c.worst.length()), c.at(c.worst.from, time.DateOnly))
	}
	return text
}

func (c coverage) at(second int64, layout string) string {
	return time.Unix(second, 0).In(c.zone).Format(layout)
}

// patience is how long a scenario's leads may be out of reach: its RTO without the
// time that its steps take. Where these alone take longer than that, which is
// another check's finding, it is the whole RTO. words says how it comes about.
func patience(sc *scene) (left time.Duration, words string) {
	left, words = sc.RTO, "the RTO is "+inWords(sc.RTO)
	if steps := sc.least(); steps > 0 && steps < sc.RTO {
		left -= steps
		words += ", of which the steps take " + inWords(steps)
	}
	return left, words
}

// callOf is contacts as a sentence names them: alice, bob.
func callOf(contacts []*runbook.Contact) string {
	var ids []string
	for _, c := range contacts {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}
