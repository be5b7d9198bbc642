package shell

import (
	"slices"
	"time"
)

// A look at processes that are just coming or going takes place a few times.
const (
	lookAgain  = 20 * time.Millisecond
	looks      = 10  // after a step
	looksAtEnd = 100 // when a terminal ends
)

// account lists what the step has left running or suspended, and no earlier
// one. What is new may be just ending, as the end of a pipe that nobody waits
// for, or just becoming what it is to be, so it is looked at again until it
// stays the same.
func (s *Session) account(st *step, o *Outcome) {
	if st.record != nil {
		s.halted = st.record.stopped
	}
	left := s.mine()
	for n := 0; n < looks && slices.ContainsFunc(left, s.isNew); n++ {
		before := left
		<-time.After(lookAgain)
		left = s.mine()
		changing := func(p process) bool { return s.condemned(p) || s.isNew(p) && s.becoming(p) }
		if slices.EqualFunc(left, before, process.same) && !slices.ContainsFunc(left, changing) {
			break
		}
	}
	for _, p := range left {
		if s.isNew(p) {
			o.Survivors = append(o.Survivors, s.told(p))
		}
	}
	s.known = left
}

// survivors lists the processes that outlived the shell. What was in the
// foreground got the hang-up that a closed terminal means, or was killed with
// its step; it gets a moment to go. Of a step that was running, anything may
// have been in the foreground by then.
func (s *Session) survivors(foreground int, running bool) []process {
	left := s.mine()
	going := func(p process) bool {
		return p.group == foreground || s.condemned(p) || running && p.session == s.pid
	}
	for n := 0; n < looksAtEnd && slices.ContainsFunc(left, going); n++ {
		<-time.After(lookAgain)
		left = s.mine()
	}
	return s.still(left)
}

// isNew says whether nobody was told of p yet, or not of its being suspended.
func (s *Session) isNew(p process) bool {
	i := slices.IndexFunc(s.known, p.same)
	return i < 0 || p.state == 'T' && s.known[i].state != 'T'
}

// isFork says whether p is a copy of the shell, which runs commands of the step
// itself or is about to become another program.
func (s *Session) isFork(p process) bool { return s.words != "" && commandLine(p.pid) == s.words }

// becoming says whether p is about to be another program, or is so new a one that
// it has no words yet. Where words can't be read nothing is.
func (s *Session) becoming(p process) bool {
	return s.isFork(p) || s.words != "" && commandLine(p.pid) == ""
}

// told describes p for people.
func (s *Session) told(p process) Proc {
	told := p.proc()
	if s.isFork(p) {
		told.Command = "bash, a part of the step's own shell"
	}
	return told
}

// still are those of some processes that a second look finds too. A program that
// another terminal is just starting looks like an orphan until it has its mark.
func (s *Session) still(left []process) []process {
	if len(left) == 0 {
		return nil
	}
	<-time.After(lookAgain)
	again := s.mine()
	return slices.DeleteFunc(left, func(p process) bool { return !slices.ContainsFunc(again, p.same) })
}

// condemned says whether p was killed with its step.
func (s *Session) condemned(p process) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.killed, p.same)
}
