package shell

// canTell says whether this system tells what a program waits for.
const canTell = false

// Waiting can't be told here: the system doesn't say what a program does.
func (s *Session) Waiting() (Waiting, bool) { return CannotTell, false }

// idle can't be proven here.
func (s *Session) idle() bool { return false }

// prompting says whether the shell may be reading a command.
func (s *Session) prompting() bool {
	group, err := s.tty.foreground()
	return err == nil && group == s.pid
}
