package exec

import (
	"context"
	"slices"
	"time"

	"bythebook/exec/shell"
	"bythebook/runbook"
)

// Perform carries out a command, a condition or a wait. In a terminal that was
// lost and is new, first what the document says may be done again there.
func (t *Terminals) Perform(ctx context.Context, job Job) Result {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.unwait = cancel
	s := t.now
	t.mu.Unlock()
	if job.Step.Kind == runbook.Wait {
		return wait(waiting, job.Step.Wait)
	}
	r := t.within(ctx, waiting, s, job)
	t.settle(s, job, &r)
	return r
}

// within carries out a step that runs a command, in its terminal.
func (t *Terminals) within(ctx, waiting context.Context, s *shell.Session, job Job) Result {
	if job.Step.Opens != "" {
		return t.enter(ctx, s, job)
	}
	var before, r Result
	if why := before.replay(ctx, s, job); why != "" {
		before.Outcome, before.Match, before.Reason = OutcomeUnknown, NotComparable, why+": the step was not run"
		return before
	}
	if job.Step.Kind == runbook.Until {
		r = until(ctx, waiting, s, job)
	} else {
		r = command(ctx, s, job, job.Step.Timeout)
	}
	r.Replayed = before.Replayed
	r.leave(before)
	return r
}

// enter runs a command that opens a terminal. Without a shell in it that answers
// it has not done what the document says, whatever its exit status.
func (t *Terminals) enter(ctx context.Context, s *shell.Session, job Job) Result {
	s.Hide(job.Hide)
	r := seen(s, job, s.Enter(ctx, job.Step.Run, environ(job.Values), job.Step.Timeout))
	level, kind := s.Level()
	if level == shell.Local {
		if r.Match == Matched {
			r.Match = Differs
			r.Checks = append(r.Checks, Check{Mode: "opens", Want: "a shell that stays open", Seen: "the command ended"})
		}
		return r
	}
	o := opened(job.Step.Opens, s)
	r.Opened = &o
	if level == shell.Raw {
		return r
	}
	r.Notices = append(r.Notices, "the terminal "+job.Step.Opens+" is open, with "+kind+" in it")
	if why := r.replay(ctx, s, job); why != "" {
		r.Match = Differs
		r.Checks = append(r.Checks, Check{Mode: "setup", Want: "what was set up before is set up again", Seen: why})
	}
	return r
}

// replay does again what the job brings from before its terminal was lost. It
// stops at the first that does not come out as documented, and says which.
func (r *Result) replay(ctx context.Context, s *shell.Session, job Job) (why string) {
	for _, again := range job.Setup {
		step := again.Step
		got := command(ctx, s, again, step.Timeout)
		r.Replayed = append(r.Replayed, Replayed{Step: step.ID, Outcome: got.Outcome, Exit: got.Exit, Evidence: got.Evidence, Match: got.Match, From: got.Output.From, To: got.Output.To})
		r.leave(got)
		if got.Match != Matched {
			return "in the new terminal, what step " + step.ID + " sets up did not come out as documented"
		}
	}
	return ""
}

// leave adds what another command of the same attempt has left running.
func (r *Result) leave(other Result) {
	var more int
	r.Survivors, more = listed(slices.Concat(r.Survivors, other.Survivors))
	r.Unlisted += other.Unlisted + more
}

// settle lets go of a terminal that has ended with its step, by accident or as
// the document wants it.
func (t *Terminals) settle(s *shell.Session, job Job, r *Result) {
	name, closes := Place(job.Step), job.Step.Closes
	switch {
	case job.Step.Isolated:
		t.end(name)
	case job.Step.Opens != "" && r.Opened == nil:
		t.end(name)
	case closes != "" && r.Match == Matched:
		t.end(closes)
		r.Lost = &TerminalEnded{Name: closes, Reason: "closed, as documented"}
	case !s.Alive():
		t.end(name)
		r.Lost = &TerminalEnded{Name: name, Reason: r.Reason}
	}
}

// command runs a step's text once and looks at what it printed.
func command(ctx context.Context, s *shell.Session, job Job, limit time.Duration) Result {
	step, vars := job.Step, environ(job.Values)
	s.Hide(job.Hide)
	place := shell.Place{Dir: step.In.Dir}
	for _, e := range step.In.Env {
		place.Env = append(place.Env, e.ID+"="+e.Text)
	}
	if step.Isolated {
		return seen(s, job, s.Isolate(ctx, place, step.In.Shell, step.Run, vars, limit))
	}
	o := s.RunIn(ctx, place, step.Run, vars, limit)
	if o.Kind == shell.SessionEnded && o.HasCode && step.Closes == Place(job.Step) {
		o.Kind = shell.Exited // to end the terminal is what it is for
	}
	return seen(s, job, o)
}

// environ hands values to commands as their environment.
func environ(values map[string]string) []string {
	vars := make([]string, 0, len(values))
	for name, value := range values {
		vars = append(vars, name+"="+value)
	}
	return vars
}
