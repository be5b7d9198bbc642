package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/look"
)

// Config is what the screens are given; they read no flag, no environment and
// no file.
type Config struct {
	Who   string                      // who sits here
	Where string                      // the library's path, or what it is called
	Rows  []Row                       // the library, one row a scenario, as far as it is known at once
	Open  func(Row) (Exercise, error) // starts or resumes an exercise from the library; may take its time
	Stand func() Library              // the library with all that is on record; may take its time; nil: Rows is all
	Start *Exercise                   // opened at once, without the library
	Look  look.Look                   // decided by the caller; light or dark is asked of the terminal once
	Again string                      // what to type to come back, where the exercise itself does not say
	SSH   bool                        // the line is remote: frames are kept whole by the terminal
	Now   func() time.Time            // nil is time.Now
}

// A Library is what can be exercised, how it stands, and what is on record.
type Library struct {
	Rows    []Row               // the unfinished ones first
	Stands  map[string]Standing // of the playbooks, by their paths
	Trouble []string            // records that can't be trusted: where, and what is wrong
	History func(Row) string    // what a scenario's exercises show together, lines for a terminal; may take its time
}

// A Row is one scenario of the library.
type Row struct {
	Playbook, Title         string // the playbook's id and title
	Scenario, ScenarioTitle string
	Path                    string
	RTO, RPO                time.Duration // 0: no objective is documented
	Past                    []Past        // exercises on record, the newest first
	Medians                 map[string]exec.Median
	Improvements            int    // that exercises showed to be needed, and that are open
	Unfinished              string // the id of an exercise that can be resumed
	At                      string // where that one stands: step 7 of 18
	Problems                runbook.Problems
	Book                    *runbook.Playbook // nil: it could not be loaded
}

// A Past is one exercise of a scenario that is on record.
type Past struct {
	ID       string
	On       time.Time     // when it began
	Result   string        // in a word: met, missed, blocked, talked through ...
	Missed   string        // the objective that was: RTO, RPO, MTD; "" where none was
	RTA      time.Duration // how long recovery took; 0: not measured, or not completed
	Notional bool          // nothing was executed: a tabletop, a dry run
}

// A Standing is how a playbook stands on the way through stage 1.
type Standing struct {
	Errors, Warnings, Advice int      // findings of the checks that are not silenced
	Findings                 string   // all of them, as the checks print them
	Passed, Gates            int      // gates that are passed, and all of them
	Missing                  string   // what the first of the others lacks
	Command, Edit            string   // what mends it: the one to type, or the other to make
	Asked, Agreed            int      // people whose agreement the document asks for, and who gave it
	Objections               int      // that are open
	Words                    []string // how everybody's word stands: "alice, bob agreed", "christina said nothing"
	Due                      []Due    // the soonest first
}

// Full reports whether everybody who is asked has agreed and nobody objects.
func (s Standing) Full() bool { return s.Asked > 0 && s.Agreed == s.Asked && s.Objections == 0 }

// A Due is something that has its day.
type Due struct {
	What     string
	Scenario string    // whose exercise it is; "" where it is about the whole playbook
	On       time.Time // zero: it was never done
}

// ErrLeave is what a relay ends with when the screens are to be left too.
var ErrLeave = errors.New("the terminal is no longer there for the screens")

// An Exercise is one that is open: its seat, and what is known beside it.
type Exercise struct {
	ID      string
	Seat    exec.Seat
	Again   string                            // what to type to go on with it later
	Had     string                            // who acted so far, where that is somebody else; "" where nobody did
	Resume  string                            // what to type to go on with it where its keeper is gone
	Stays   bool                              // a running step goes on when the screen is left; else it is asked to end
	Earlier func() map[string]exec.Median     // how long its steps took before, by their ids; may take its time, may be nil
	Report  func(exec.State) string           // the report, Markdown
	Export  func() (string, error)            // writes the report, returns its path
	Relay   func(exec.Update) tea.ExecCommand // hands the terminal over to the step that runs, which showed this last; may be nil

	Override exec.Departure // what was said beforehand for a start that is barred
}
