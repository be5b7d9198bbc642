package history

import (
	"fmt"
	"slices"
	"time"

	"bythebook/runbook"
)

// An Overview is what the exercises of a playbook, or of one of its scenarios,
// show together. It is the same for the same records, text and instant.
type Overview struct {
	Playbook, Title string
	Gone            bool // only the records know the playbook: its newest text stands for it
	Now             time.Time
	Trends          []Trend // of each scenario, the document's order
	Covered         []Covered
	Improvements    []Improvement
	Baselines       []Baseline
	Damaged         []Record // of whatever playbook: nobody can tell
}

// Survey reads the exercises of a playbook together, or of one scenario of it
// where one is named. The text is the present one.
func Survey(all []Record, book *runbook.Playbook, scenario string, now time.Time) Overview {
	o := Overview{Playbook: book.ID, Title: book.Title, Now: now}
	here := func(id string) bool { return scenario == "" || id == scenario }
	for _, sc := range scenarios(all, book) {
		if here(sc.ID) {
			o.Trends = append(o.Trends, trend(all, book.ID, sc))
		}
	}
	for _, c := range Coverage(all, book) {
		if here(c.Scenario) {
			o.Covered = append(o.Covered, c)
		}
	}
	for _, im := range Improvements(all) {
		if im.Playbook == book.ID && here(im.Scenario) {
			o.Improvements = append(o.Improvements, im)
		}
	}
	for _, b := range Baselines(all, book) {
		if here(b.Scenario) {
			o.Baselines = append(o.Baselines, b)
		}
	}
	o.Damaged = slices.DeleteFunc(slices.Clone(all), func(r Record) bool { return r.Damage == nil })
	return o
}

// total is what was tried of the whole playbook, in words.
func (o Overview) total() string {
	exercised, steps, done, branches, given := 0, 0, 0, 0, 0
	for _, c := range o.Covered {
		if !c.Exercised.IsZero() {
			exercised++
		}
		steps, done = steps+len(c.Steps), done+Share(c.Steps)
		branches, given = branches+len(c.Branches), given+Share(c.Branches)
	}
	return fmt.Sprintf("%d of %d scenarios, %d of %d steps, %d of %d answers", exercised, len(o.Covered), done, steps, given, branches)
}

// Recalled is Survey for a playbook of which only records are left. What the
// present text would be held against is left out.
func Recalled(all []Record, playbook, scenario string, now time.Time) (Overview, bool) {
	for _, r := range slices.Backward(all) {
		if r.Damage == nil && r.State.Began.Playbook == playbook {
			o := Survey(all, r.State.Book, scenario, now)
			o.Gone, o.Covered, o.Baselines = true, nil, nil
			return o, true
		}
	}
	return Overview{}, false
}

// scenarios are those of the text, and behind them those that only exercises of
// earlier texts know.
func scenarios(all []Record, book *runbook.Playbook) []*runbook.Scenario {
	var found []*runbook.Scenario
	known := map[string]bool{}
	for i := range book.Scenarios {
		found, known[book.Scenarios[i].ID] = append(found, &book.Scenarios[i]), true
	}
	for _, r := range slices.Backward(all) {
		if r.Damage == nil && r.State.Began.Playbook == book.ID && !known[r.State.Scenario.ID] {
			found, known[r.State.Scenario.ID] = append(found, r.State.Scenario), true
		}
	}
	return found
}
