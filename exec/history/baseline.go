package history

import (
	"fmt"
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// A Baseline is an objective that exercises suggest to set anew. It is always a
// question to whoever owns the service, never an edit.
type Baseline struct {
	Scenario  string
	Objective string          // RTO or RPO
	From, To  time.Duration   // To is 0 where it was missed: no program says what a longer outage is worth
	Observed  []time.Duration // the measurements it rests on, the oldest first
	Simulated bool            // all of them: nothing had really broken
	Owner     string          // whom to ask, a contact's id; "" where nobody is named
	Why       string          // in words, with the rule that it follows
}

// Baselines are those that the exercises of a playbook suggest.
//
// A shorter objective is suggested from the newest exercises that measured it
// and were done as documented, or with minor deviations: the longest time among
// them, times 4 while there are one or two and times 2 from three on, rounded
// up. It is never shorter than the objective of anything that the service
// needs, nor than what its backups allow for, and never longer than its MTD.
// Simulated outages never suggest one. Where the newest exercise missed the
// objective, the question is another one, and a simulated outage may ask it while
// there are no others; after a miss among the newest, nothing is suggested.
func Baselines(all []Record, book *runbook.Playbook) []Baseline {
	var found []Baseline
	for i := range book.Scenarios {
		sc := &book.Scenarios[i]
		of := counted(Of(all, book.ID, sc.ID))
		for _, q := range []question{{book, sc, "RTO", sc.RTO}, {book, sc, "RPO", sc.RPO}} {
			if b, ok := q.answer(of); ok {
				found = append(found, b)
			}
		}
	}
	return found
}

// A question is whether an objective is still the right one.
type question struct {
	book *runbook.Playbook
	sc   *runbook.Scenario
	name string
	is   time.Duration
}

func (q question) answer(of []Record) (Baseline, bool) {
	of, simulated := q.telling(of)
	if len(of) == 0 || q.is == 0 {
		return Baseline{}, false
	}
	all := q.actuals(of)
	b := Baseline{Scenario: q.sc.ID, Objective: q.name, From: q.is, Simulated: simulated, Observed: all}
	var ask string
	b.Owner, ask = q.owner()
	missed := slices.DeleteFunc(slices.Clone(all), func(d time.Duration) bool { return d <= q.is })
	switch {
	case all[len(all)-1] > q.is:
		b.Why = q.late(all, len(missed)) + spoken(simulated) + ask
		return b, true
	case len(missed) > 0 || simulated: // what was only imagined is no ground for a promise
		return b, false
	}
	b.Observed = q.actuals(slices.DeleteFunc(of, strayed))
	if len(b.Observed) == 0 || slices.Max(b.Observed) == 0 {
		return b, false // nothing lost is luck, and no amount of it can be planned
	}
	b.To, b.Why = q.shorter(b.Observed)
	b.Why += ask
	return b, b.To < q.is
}

// strayed reports whether an exercise was not done as documented: then its time
// is not that of the document.
func strayed(r Record) bool {
	return r.Verdicts.Fidelity != exec.AsDocumented && r.Verdicts.Fidelity != exec.MinorDeviations
}

// telling are the newest exercises that measured the objective, and whether
// their outages were simulated. Once something really broke, only that counts.
func (q question) telling(of []Record) (telling []Record, simulated bool) {
	var real, played []Record
	for _, r := range of {
		switch o := r.Objective(q.name); {
		case !o.Measured:
		case o.Notional:
			played = append(played, r)
		default:
			real = append(real, r)
		}
	}
	if len(real) > 0 {
		return newest(real, latest), false
	}
	return newest(played, latest), true
}

func (q question) actuals(of []Record) []time.Duration { return actuals(measured(of, q.name)) }

// shorter is what may be promised after some measurements, and why that.
func (q question) shorter(observed []time.Duration) (time.Duration, string) {
	longest, factor, times := slices.Max(observed), time.Duration(4), "four times"
	if len(observed) >= 3 {
		factor, times = 2, "twice"
	}
	to := plannable(longest * factor)
	why := fmt.Sprintf("%s %s; %s that, rounded up, is %s.", most(q.name, len(observed)), exec.Long(longest), times, runbook.Spell(to))
	floor, of := q.floor()
	if floor > to {
		to = plannable(floor)
		why += fmt.Sprintf(" It can't be shorter than %s, %s: %s.", runbook.Spell(floor), of, runbook.Spell(to))
	}
	switch mtd := q.mtd(); {
	case mtd == 0 || to <= mtd:
	case mtd < floor:
		return q.is, why // what it needs takes longer than it may: no objective mends that
	default:
		to = mtd
		why += fmt.Sprintf(" It can't be longer than the MTD, %s.", runbook.Spell(mtd))
	}
	return to, why
}

// most begins the sentence that says what was measured.
func most(objective string, n int) string {
	verb := "took"
	if objective == "RPO" {
		verb = "lost"
	}
	if n == 1 {
		return fmt.Sprintf("The one exercise that measured the %s and followed the document %s", objective, verb)
	}
	return fmt.Sprintf("The last %d exercises that measured the %s and followed the document %s at most", n, objective, verb)
}

// late says how an objective was missed.
func (q question) late(all []time.Duration, missed int) string {
	last := exec.Long(all[len(all)-1])
	why := fmt.Sprintf("The last exercise that measured the %s missed it with %s", q.name, last)
	if missed > 1 {
		why = fmt.Sprintf("%d of the last %d exercises that measured the %s missed it, the last one with %s", missed, len(all), q.name, last)
	}
	why += ". Either the way becomes shorter, or the promise longer; whoever carries out the steps does not decide that."
	if mtd := q.mtd(); mtd > 0 {
		why += fmt.Sprintf(" Longer than the MTD, %s, it can't become.", runbook.Spell(mtd))
	}
	return why
}

func spoken(simulated bool) string {
	if simulated {
		return " All of these outages were simulated, which says little of a real one."
	}
	return ""
}

// mtd is the longest outage that can be borne. A loss of data is bounded by
// nothing of the kind.
func (q question) mtd() time.Duration {
	d, _ := q.book.Dependency(q.sc.Component)
	if q.name != "RTO" {
		return 0
	}
	return d.MTD
}

// floor is what the objective can't be shorter than, and what that is.
func (q question) floor() (least time.Duration, what string) {
	for _, d := range q.needed() {
		promised := d.RTO
		if q.name == "RPO" {
			promised = d.RPO
		}
		if promised > least {
			least, what = promised, fmt.Sprintf("the %s of %s, which it needs", q.name, d.ID)
		}
	}
	c, _ := q.book.Component(q.sc.Component)
	if apart := c.Backup.Every + c.Backup.Delay; q.name == "RPO" && c.LagSource == "" && apart > least {
		least, what = apart, "for its backups lie so far apart"
	}
	return least, what
}

// needed are the dependencies that the failed component needs, and those that
// they need.
func (q question) needed() []runbook.Dependency {
	byID := make(map[string]runbook.Dependency, len(q.book.Dependencies))
	for _, d := range q.book.Dependencies {
		byID[d.ID] = d
	}
	first, _ := q.book.Dependency(q.sc.Component)
	seen, ahead := map[string]bool{first.ID: true}, slices.Clone(first.Needs)
	var all []runbook.Dependency
	for len(ahead) > 0 {
		id := ahead[0]
		ahead = ahead[1:]
		if d, ok := byID[id]; ok && !seen[id] {
			seen[id] = true
			all, ahead = append(all, d), append(ahead, d.Needs...)
		}
	}
	return all
}

// owner is whom to ask, and the sentence that says so.
func (q question) owner() (id, ask string) {
	d, _ := q.book.Dependency(q.sc.Component)
	for _, o := range []struct{ id, of string }{
		{d.Owner, "who owns the service"}, {q.book.Approver, "who approves the playbook"}, {q.book.Owner, "who owns the playbook"},
	} {
		if o.id != "" {
			return o.id, fmt.Sprintf(" A question to %s, %s.", o.id, o.of)
		}
	}
	return "", " A question to whoever owns the service; the playbook names nobody."
}

// amounts are those that people plan with, up to where they count in days.
var amounts = [...]time.Duration{
	10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second,
	time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute,
	time.Hour, 90 * time.Minute, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour, 18 * time.Hour,
}

// plannable rounds up to an amount that people plan with.
func plannable(d time.Duration) time.Duration {
	for _, a := range amounts {
		if d <= a {
			return a
		}
	}
	const day = 24 * time.Hour
	return (d + day - 1).Truncate(day)
}
