package exec

import (
	"slices"

	"bythebook/exec/shell"
)

// Survivors looks for what runs of what was started here, and of what is known.
// The shells themselves are none of them: they end with their terminals.
func (t *Terminals) Survivors(known []Survivor) []Survivor {
	t.mu.Lock()
	var own []Survivor
	for _, s := range t.open {
		own = append(own, survivors(s.Own())...)
	}
	t.mu.Unlock()
	return slices.DeleteFunc(survivors(shell.Left(t.options.Mark, procs(known))), func(s Survivor) bool {
		return slices.ContainsFunc(own, s.is)
	})
}

// survivors are processes as the record has them.
func survivors(all []shell.Proc) []Survivor {
	var told []Survivor
	for _, p := range all {
		told = append(told, Survivor{PID: p.PID, Started: p.Start, Begun: p.Begun, Command: p.Command, Stopped: p.Stopped})
	}
	return told
}

// procs are the same the other way round.
func procs(all []Survivor) []shell.Proc {
	var back []shell.Proc
	for _, s := range all {
		back = append(back, shell.Proc{PID: s.PID, Begun: s.Begun})
	}
	return back
}

// FindRemains looks for what an earlier process's terminals have left running of
// an exercise that the process here takes over. What runs and is on no record
// yet comes from the step that ran last.
func FindRemains(s State, here Process, mark string) Remains {
	known := s.known()
	if !s.writer.shares(here) {
		known = nil
	}
	f := Remains{}
	host, told := s.host()
	if told {
		f.Shell, f.Now = host.process(), Gone
	}
	left := survivors(shell.Left(mark, procs(known)))
	if slices.ContainsFunc(left, func(p Survivor) bool { return !slices.ContainsFunc(s.Survivors, p.is) && !s.beyond(host, p) }) {
		f.Now = StillRunning
	}
	s.forget() // the process here knows no secret
	f.Survivors, f.Unlisted = listed(s.discreet(left))
	return f
}
