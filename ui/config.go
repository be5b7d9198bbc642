package ui

import (
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/look"
)

// Config is what the screens are given; they read no flag, no environment and
// no file.
type Config struct {
	Who   string                      // who sits here
	Where string                      // the library's path, or what it is called
	Rows  []Row                       // the library, one row a scenario
	Open  func(Row) (Exercise, error) // starts or resumes an exercise from the library; may take its time
	Stand func() map[string]Standing  // how the library's playbooks stand, by their paths; may take its time
	Start *Exercise                   // opened at once, without the library
	Look  look.Look                   // decided by the caller; light or dark is asked of the terminal once
	Again string                      // what to type to come back, where the exercise itself does not say
	SSH   bool                        // the line is remote: frames are kept whole by the terminal
	Stays bool                        // a running step goes on when the screen is left; else it is asked to end
	Now   func() time.Time            // nil is time.Now
}

// A Row is one scenario of the library.
type Row struct {
	Playbook, Title         string // the playbook's id and title
	Scenario, ScenarioTitle string
	Path                    string
	RTO, RPO                time.Duration // 0: no objective is documented
	Steps                   int
	Last, Result            string // when it was exercised last, and how that went
	Unfinished              string // the id of an exercise that can be resumed
	At                      string // where that one stands: step 7 of 18
	Problems                runbook.Problems
	Book                    *runbook.Playbook // nil: it could not be loaded
}

// A Standing is how a playbook stands before anything is exercised.
type Standing struct {
	Errors, Warnings, Advice int      // findings of the checks that are not silenced
	Findings                 string   // all of them, as the checks print them
	Passed                   int      // gates of stage 1 that the document says are passed
	Open                     []string // the other gates
}

// An Exercise is one that is open: its seat, and what is known beside it.
type Exercise struct {
	ID     string
	Seat   exec.Seat
	Again  string                  // what to type to go on with it later
	Report func(exec.State) string // the report, Markdown
	Export func() (string, error)  // writes the report, returns its path

	Override exec.Departure // what was said beforehand for a start that is barred
}
