// Package history reads many exercises and tells what they show together.
package history

import (
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

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
