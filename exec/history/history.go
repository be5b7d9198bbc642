// Package history reads many exercises and tells what they show together.
package history

import (
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// A Record is one exercise as its record tells it.
type Record struct {
	ID, Dir    string
	Damage     error      // why it can't be trusted; then nothing below is set, and it counts for nothing
	State      exec.State // of the exercise; exercises of one text share its Book
	Verdicts   exec.Verdicts
	Objectives []exec.Objective
	Deviations []exec.Deviation
}

// Real reports whether anything was executed: not in a dry run, nor at a table.
func (r Record) Real() bool { panic("not written yet") }

// Read reads all records of a home, the oldest first. Folders without a first
// event are none. A damaged one is among them, with what is wrong with it.
func Read(home string) ([]Record, error) { panic("not written yet") }

// Of are the records of a scenario of a playbook, the oldest first, those that are damaged left out.
func Of(all []Record, playbook, scenario string) []Record { panic("not written yet") }

// A Median is how long a step took in earlier exercises.
type Median struct {
	Took time.Duration
	Of   int // exercises
}

// Medians are those of a scenario's steps, by their ids. Only real exercises in
// which the step was carried out count.
func Medians(all []Record, playbook, scenario string) map[string]Median { panic("not written yet") }

// An Improvement is a change that an exercise showed to be needed, and that no
// later exercise of the scenario has shown to be made.
type Improvement struct {
	Playbook, Scenario string
	Exercise           string // that showed it first
	Since              time.Time
	Code               string
	Severity           exec.Severity
	Step               string
	Text               string   // the change, in words
	Owner              string   // a contact's id; "" where nobody is named
	Again              []string // later exercises that showed it too
}

// Improvements are the open ones, the heaviest and oldest first.
func Improvements(all []Record) []Improvement { panic("not written yet") }

// A Baseline is an objective that exercises suggest to set anew. It is always a
// question to whoever owns the service, never an edit.
type Baseline struct {
	Scenario  string
	Objective string // RTO or RPO
	From, To  time.Duration
	Observed  []time.Duration // the measurements it rests on, the oldest first
	Why       string          // in words, with the rule that it follows
}

// Baselines are those that the exercises of a playbook suggest.
func Baselines(all []Record, book *runbook.Playbook) []Baseline { panic("not written yet") }
