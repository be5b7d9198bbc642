package ui

import (
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// A scene is all that screens and overlays are given to draw from. It is a
// value, made anew after every message.
type scene struct {
	look    look.Look
	lay     layout
	now     time.Time
	cfg     *Config
	page    *part.Page // renders reports; owned by the app
	armed   bool
	opening bool // an exercise is being opened

	ex      *Exercise // nil in the library
	st      exec.State
	next    exec.Next
	update  exec.Update
	devs    []exec.Deviation
	goals   []exec.Objective
	report  string                 // once it has ended
	medians map[string]exec.Median // of the steps, from earlier exercises
	lib     *Library               // nil before it was looked over
	past    pastMsg                // the history that was asked for last

	screen screen
	view   view
	keyed  bool // every key goes to the running step
}

// A view is what a person looks at. It changes nothing in the exercise.
type view struct {
	step   int  // the step that is looked at, -1 for the current one
	aim    bool // the step that is looked at is wanted instead of the current one
	top    int  // the first line of output that is shown, -1 for the end of it
	scroll int  // lines that a page is scrolled by
	row    int  // the row chosen in the library
	turn   int  // of steps that are done in any order, the one that is turned to; -1 for none
}

// home is the view that follows the exercise.
func home() view { return view{step: -1, top: -1, turn: -1} }

// at is the index of the step that is shown.
func (sc scene) at() int {
	if sc.view.step >= 0 {
		return sc.view.step
	}
	if sc.next.Step >= 0 {
		return sc.next.Step
	}
	return min(sc.st.At, max(0, sc.steps()-1))
}

// steps is how many steps the scenario has.
func (sc scene) steps() int {
	if sc.st.Scenario == nil {
		return 0
	}
	return len(sc.st.Scenario.Steps)
}

// step is the step that is shown, as it is carried out now; false where there is none.
func (sc scene) step() (runbook.Step, exec.StepState, bool) {
	i := sc.at()
	if i < 0 || i >= sc.steps() {
		return runbook.Step{}, exec.StepState{}, false
	}
	return sc.st.Due(i), sc.st.Step(i), true
}

// mute reports whether a command runs of which nobody can tell whether it waits for
// this person: behind another machine's terminal it may ask, and not be seen to.
func (sc scene) mute() bool {
	if sc.next.Situation != exec.Busy || sc.next.Key != "" || sc.update.Waiting != "" || sc.onlooking() {
		return false
	}
	return sc.st.Scenario.Steps[sc.next.Step].Kind.Commands()
}

// looking reports whether another step than the current one is shown.
func (sc scene) looking() bool { return sc.view.step >= 0 }

// open reports whether an exercise is open and its record was read.
func (sc scene) open() bool { return sc.ex != nil && sc.st.Scenario != nil }

// working reports whether an exercise is being carried out: begun, not ended.
func (sc scene) working() bool {
	return sc.open() && !sc.st.Started.IsZero() && sc.st.Ended == nil
}

func (sc scene) checklist() part.Checklist {
	return part.Checklist{State: sc.st, Now: sc.now, At: sc.at(), Devs: sc.devs, Medians: sc.medians}
}

// output is what the shown step printed: live while it runs, else the end that
// the record keeps.
func (sc scene) output() (lines []string, total int, running bool) {
	_, st, ok := sc.step()
	if !ok {
		return nil, 0, false
	}
	if st.Status == exec.Active {
		return sc.update.Output, sc.update.Lines, true
	}
	a, tried := st.Newest()
	if !tried || a.Result == nil || st.Earlier(a) {
		return nil, 0, false
	}
	return excerpt(a.Result.Output), max(a.Result.Output.Lines, len(excerpt(a.Result.Output))), false
}

// printed is what can be read of output: the shown step's own, else what the
// newest command printed. step is whose it is, from 1.
func (sc scene) printed() (lines []string, step int) {
	if lines, total, running := sc.output(); running || total > 0 {
		return lines, sc.at() + 1
	}
	if i, a, ok := sc.st.Newest(); ok {
		return excerpt(a.Result.Output), i + 1
	}
	return nil, sc.at() + 1
}

// clock is a time of day as people here read it.
func (sc scene) clock(t time.Time) string { return t.In(sc.now.Location()).Format("15:04:05") }
