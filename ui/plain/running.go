package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

// output prints the whole lines of the running step that were not printed yet.
func (t *teller) output(u exec.Update) {
	i := u.State.Running()
	if i < 0 {
		return
	}
	a, _ := u.State.Step(i).Newest()
	key := keyOf(i, a)
	if t.running != key {
		t.running, t.printed = key, 0
		t.say("Running step %d%s, started %s.", i+1, strings.TrimSuffix(which(a), ","), a.Began.UTC().Format("15:04:05Z"))
	}
	t.lines(u.Output, u.Lines, u.Waiting == "") // a prompt is a line that is not finished
	if u.Waiting != "" {
		t.once(fmt.Sprint("waiting", key, t.printed), func() {
			t.say("The command %s. What you type goes to it.", u.Waiting.Words())
			if u.Waiting == exec.WaitsForKeys {
				t.say("Its screen can't be shown line by line: use bythebook without --plain for it.")
			}
		})
	}
}

// keyOf is by what an attempt at the step at index i is known.
func keyOf(i int, a exec.Attempt) string { return fmt.Sprint(i, a.Visit, a.Look, a.Block, a.At, a.N) }

// time tells when a running step takes longer than is planned, and when its
// limit is near.
func (t *teller) time(s exec.State, now time.Time) {
	i := s.Running()
	if i < 0 {
		return
	}
	defer t.out.Flush()
	step := s.Due(i)
	a, _ := s.Step(i).Newest()
	ran, key := now.Sub(a.Began), keyOf(i, a)
	if exec.Overrun(step, ran) {
		t.once("overrun"+key, func() { t.say("Step %d takes longer than the planned %s.", i+1, exec.Long(exec.Planned(step))) })
	}
	if exec.Nearing(step, ran) {
		t.once("nearing"+key, func() {
			t.say("Step %d has run for %s and will be stopped at its limit of %s.", i+1, exec.Long(ran.Round(time.Second)), exec.Long(step.Timeout))
		})
	}
}

// lines prints what is new of the tail; the last line of a running step may
// still grow and is kept back.
func (t *teller) lines(tail []string, total int, running bool) {
	whole := total
	if running {
		whole--
	}
	if missed := total - len(tail); t.printed < missed {
		t.say("| ... %d lines are in the transcript", missed-t.printed)
		t.printed = missed
	}
	for ; t.printed < whole; t.printed++ {
		t.say("| %s", clean.Line(tail[len(tail)-(total-t.printed)]))
	}
}

// ends tells how attempts and steps ended.
func (t *teller) ends(s exec.State) {
	for _, i := range s.Changed(t.before) {
		step, st := s.Scenario.Steps[i], s.Step(i)
		for _, a := range slices.Concat(st.Looks, st.Attempts) {
			if a.Result == nil {
				continue
			}
			t.once("end"+keyOf(i, a), func() { t.attempt(s, i, a) })
		}
		if st.Over() && !st.Closed.IsZero() && (st.Status != exec.Passed && st.Status != exec.Simulated) {
			t.once(fmt.Sprint("over", i, st.Visit, st.Status), func() { t.closed(i, step, st) })
		}
	}
}

func (t *teller) attempt(s exec.State, i int, a exec.Attempt) {
	r, took := a.Result, a.Took
	if last, _ := s.Step(i).Newest(); last.Began.Equal(a.Began) && t.printed < r.Output.Lines {
		t.rest(r.Output)
	}
	switch {
	case a.Look:
		t.say("The condition of step %d: %s, after %s.", i+1, clean.Line(answered(r)), exec.Long(took))
	case r.Simulated:
		t.say("Step %d%s simulated: nothing was executed.", i+1, which(a))
		return
	case r.Outcome == exec.Exited && r.Match == exec.Matched:
		t.say("Step %d%s passed in %s.", i+1, which(a), exec.Long(took))
	case r.Outcome == exec.Exited && r.Match == exec.NotComparable:
		t.say("Step %d%s ended after %s and is not comparable: %s.", i+1, which(a), exec.Long(took), clean.Line(r.Uncompared))
	case r.Outcome == exec.Exited:
		t.say("Step %d%s is not as documented, after %s:", i+1, which(a), exec.Long(took))
		for _, c := range r.Checks {
			if !c.OK {
				t.say("  expected %s %s, saw %s%s", c.Mode, clean.Line(c.Want), clean.Line(c.Seen), alike(c))
			}
		}
	default:
		t.say("Step %d%s: %s. %s", i+1, which(a), r.Outcome, clean.Line(r.Reason))
	}
	for _, n := range r.Notes() {
		t.say("  note: %s", clean.Line(n))
	}
}

// answered is what a look at a condition has told.
func answered(r *exec.StepEnded) string {
	switch {
	case r.Simulated:
		return "taken as met; nothing was executed"
	case r.Outcome == exec.Exited && r.Match == exec.Matched:
		return "yes, it is met"
	case r.Outcome == exec.Exited && r.Match == exec.Differs:
		return "no, it is not met"
	}
	return strings.TrimSuffix("it can't be told: "+cmp.Or(r.Uncompared, r.Reason), ": ")
}

// alike says how much of an output that differs is the same.
func alike(c exec.Check) string {
	if c.Alike == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d %% alike)", c.Alike)
}

// which names the block that was tried, and the terminal.
func which(a exec.Attempt) string {
	if turn := a.Turn(); turn != "" {
		return ", " + clean.Line(turn) + ","
	}
	return ""
}

// rest prints what came after the last look at the running step.
func (t *teller) rest(o exec.Output) {
	lines := o.Ending()
	t.lines(lines, max(o.Lines, len(lines)), false)
}

func (t *teller) closed(i int, step runbook.Step, st exec.StepState) {
	switch {
	case st.Status == exec.Skipped:
		t.say("Step %d skipped. %s", i+1, clean.Line(st.Reason))
	case st.Status == exec.NotApplicable:
		t.say("Step %d is not for this case.", i+1)
	case st.WayOut:
		t.say("Step %d: the documented way out is taken, to %s.", i+1, step.IfNot)
	case st.Accepted:
		t.say("Step %d accepted although it failed. %s", i+1, clean.Line(st.Reason))
	case st.Choice > 0:
		t.say("Step %d answered %d: %s", i+1, st.Choice, clean.Line(step.Answers[st.Choice-1].Say))
	case st.File != nil:
		t.say("Step %d done. Kept as evidence: %s.", i+1, clean.Line(st.File.String()))
	default:
		t.say("Step %d done.", i+1)
	}
}
