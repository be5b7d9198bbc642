package exec

import (
	"context"
	"time"

	"bythebook/exec/shell"
	"bythebook/runbook"
)

// until looks again and again, until the condition is true, and has been for as
// long as the document wants, or until its time is up. Interrupting it ends the
// pause between two looks at once, through waiting.
func until(ctx, waiting context.Context, s *shell.Session, job Job) Result {
	every := job.Step.Every
	if every == 0 {
		every = time.Second
	}
	end := time.Now().Add(job.Step.Within)
	first, hidden, redacted := int64(-1), 0, 0 // of all looks
	var before Result                          // what all looks left running
	var since time.Time                        // when the condition became true; zero while it is not
	for {
		looked := time.Now()
		r := command(ctx, s, job, max(time.Second, time.Until(end)))
		if first < 0 {
			first = r.Output.From
		}
		hidden, redacted = hidden+r.Output.Hidden, redacted+r.Output.Redacted
		r.Output.From, r.Output.Hidden, r.Output.Redacted = first, hidden, redacted
		before.leave(r)
		r.Survivors, r.Unlisted = before.Survivors, before.Unlisted
		if r.Match != Matched {
			since = time.Time{}
		} else if since.IsZero() {
			since = looked
		}
		switch {
		case r.Outcome != Exited || !s.Alive() || !since.IsZero() && looked.Sub(since) >= job.Step.Holds:
			return r
		case time.Now().Add(every).After(end):
			r.Outcome, r.Match = TimedOut, NotComparable
			r.Reason = untrue(job.Step)
			return r
		}
		if wait(waiting, every).Outcome != Exited {
			r.Outcome, r.Match, r.Reason = WasInterrupted, NotComparable, "stopped while waiting to look again"
			return r
		}
	}
}

// untrue says what did not come about in time.
func untrue(step runbook.Step) string {
	if step.Holds > 0 {
		return "the condition did not stay true for " + Long(step.Holds) + " within " + Long(step.Within)
	}
	return "the condition was not true within " + Long(step.Within)
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) Result {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return Result{StepEnded: StepEnded{Outcome: Exited, Evidence: "clock", Match: Matched}}
	case <-ctx.Done():
		return Result{StepEnded: StepEnded{Outcome: WasInterrupted, Evidence: "clock", Match: NotComparable, Reason: "stopped before the time was over"}}
	}
}
