package check

import (
	"fmt"
	"strings"
	"time"

	"bythebook/runbook"
)

// A rota knows when the contacts of a playbook can be reached, over a year and
// a week on either side of it, so that every change of clocks is in it.
type rota struct {
	*subject
	year  span
	known map[string]coverage
}

func (s *subject) rota() rota {
	begin := s.facts.Now
	if begin.IsZero() {
		begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return rota{s, span{begin.Unix() - week, begin.Unix() + 366*day + week}, map[string]coverage{}}
}

// A post is hours and the zone that they are in.
type post struct {
	hours hours
	zone  *time.Location
}

// post reads hours. Those that name no zone are in the playbook's, and in UTC
// where that names none either, which is another check's finding.
func (r rota) post(text, zone string) (post, error) {
	if zone == "" {
		zone = r.Zone
	}
	h, err := parseHours(text)
	if err != nil {
		return post{}, err
	}
	at, err := zoneOf(zone)
	return post{h, at}, err
}

// period is when a component counts as critical: always, where the document
// does not say or cannot be read, which is another check's finding.
func (r rota) period(component string) string {
	d, _ := r.Dependency(component)
	if _, err := r.post(d.Period, ""); err != nil {
		return "Always"
	}
	return d.Period
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
func (r rota) cover(period string, contacts []runbook.Contact) (coverage, error) {
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
	c.share = 1 - float64(open.seconds())/float64(max(1, critical.hours.in(critical.zone, r.year).seconds()))
	r.known[key] = c
	return c, nil
}

// gaps are the stretches of a period within a frame that no post covers.
func gaps(period post, posts []post, frame span) spans {
	open := period.hours.in(period.zone, frame)
	for _, p := range posts {
		open = open.without(p.hours.in(p.zone, frame))
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
		return fmt.Sprintf("for %s from %s, when clocks change", inHours(c.worst.length()), c.at(c.worst.from, "Mon 2006-01-02 15:04"))
	}
	text := fmt.Sprintf("from %s to %s, %s", c.at(c.gap.from, "Mon 15:04"), c.at(c.gap.to, "Mon 15:04"), inHours(c.gap.length()))
	if c.worst.length() > c.gap.length() {
		text += fmt.Sprintf(" (%s from %s, when clocks change)", inHours(c.worst.length()), c.at(c.worst.from, time.DateOnly))
	}
	return text
}

func (c coverage) at(second int64, layout string) string {
	return time.Unix(second, 0).In(c.zone).Format(layout)
}

// leads are a scenario's leads, as far as they are known.
func (s *subject) leads(sc *runbook.Scenario) []runbook.Contact {
	var all []runbook.Contact
	for _, id := range []string{sc.Primary, sc.Secondary} {
		if c, ok := s.Contact(id); ok && id != "" {
			all = append(all, c)
		}
	}
	return all
}

// patience is how long a scenario's leads may be out of reach: its RTO without the
// time that its steps take. Where these alone take longer than that, which is
// another check's finding, it is the whole RTO. words says how it comes about.
func patience(sc *runbook.Scenario) (left time.Duration, words string) {
	left, words = sc.RTO, "the RTO is "+inHours(sc.RTO)
	if steps := plannedTime(sc); steps > 0 && steps < sc.RTO {
		left -= steps
		words += ", of which the steps take " + inHours(steps)
	}
	return left, words
}

// people are contacts by their ids, each once.
func (s *subject) people(sc *runbook.Scenario, who ...string) []runbook.Contact {
	var all []runbook.Contact
	seen := map[string]bool{}
	for _, w := range who {
		for _, id := range s.People(sc, w) {
			if c, ok := s.Contact(id); ok && !seen[id] {
				seen[id] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// callOf is contacts as a sentence names them: alice, bob.
func callOf(contacts []runbook.Contact) string {
	var ids []string
	for _, c := range contacts {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}
