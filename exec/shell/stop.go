package shell

import (
	"errors"
	"fmt"
	"time"
)

// Interrupt presses ^C for the running step. The second call presses it again;
// the third ends the shell and what the step has in the foreground, and with
// them the session.
func (s *Session) Interrupt() error {
	st := s.current()
	if st == nil {
		return errors.New("interrupt: no step is running")
	}
	if err := s.press(st); err != nil {
		return fmt.Errorf("interrupt: %w", err)
	}
	return nil
}

// stop takes the next measure against a step and returns when to take another.
func (s *Session) stop(st *step) <-chan time.Time {
	s.press(st) // if it fails, the next measure follows all the same
	return time.After(s.opt.Grace)
}

// press takes the next measure against a step.
func (s *Session) press(st *step) error {
	s.mu.Lock()
	st.presses++
	st.asked = true
	measure, here := st.presses, st.here()
	s.mu.Unlock()
	switch {
	case measure < 3 && !here:
		return nil // it follows when the step is there
	case measure < 3:
		s.received()
		return s.tty.interrupt()
	case measure > 3:
		return nil // what SIGKILL did not end, nothing will
	}
	group, victims := s.doomed()
	listed := procs(victims)
	s.mu.Lock()
	st.killed, st.victims, s.killed = true, listed, victims
	s.mu.Unlock()
	s.kill(group, victims)
	return nil
}

// received waits a moment until the shell has read the step: ^C in the middle
// would make it take the rest for the next one.
func (s *Session) received() {
	for tries := 0; s.unsent() > 0 && tries < 100; tries++ {
		<-time.After(time.Millisecond)
	}
}
