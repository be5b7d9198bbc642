package shell

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// canTell says whether this system tells what a program waits for.
const canTell = true

// Waiting says whether the running step waits for a person, and for what. It
// looks at the terminal's settings and at what the foreground programs do, never
// at their words.
func (s *Session) Waiting() (Waiting, bool) {
	st := s.current()
	if st == nil {
		return "", false
	}
	now, err := s.tty.settings()
	if err != nil {
		return "", false
	}
	echo, lines := now.Lflag&unix.ECHO != 0, now.Lflag&unix.ICANON != 0
	switch {
	case lines && !echo:
		return Password, true
	case !lines && !echo:
		if s.beyond(st) {
			return "", false
		}
		return FullScreen, true
	}
	if s.reading() {
		return Input, true
	}
	return "", false
}

// beyond says whether single keys are taken by a shell, or by what leads to one:
// then it can't be told from here what is waited for.
func (s *Session) beyond(st *step) bool {
	level, _ := s.Level()
	return level == Nested || st.opens && !s.fillsScreen()
}

// reading says whether a program in the foreground reads from the terminal.
func (s *Session) reading() bool {
	group, err := s.tty.foreground()
	if err != nil {
		return false
	}
	if s.readsTerminal(group) { // the first of a group is nearly always the one
		return true
	}
	for _, p := range s.mine() { // and never the whole table, which is long on a large machine
		if p.group == group && p.pid != group && s.readsTerminal(p.pid) {
			return true
		}
	}
	return false
}

// readsTerminal says whether a thread of the process is blocked in a read of
// our terminal.
func (s *Session) readsTerminal(pid int) bool {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range threads {
		if fd, ok := reads(pid, t.Name()); ok && s.isTerminal(pid, fd) {
			return true
		}
	}
	return false
}

// reads returns the descriptor that a thread is blocked in read on.
func reads(pid int, thread string) (int, bool) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/syscall", pid, thread))
	f := strings.Fields(string(line))
	if err != nil || len(f) < 2 || f[0] != strconv.Itoa(unix.SYS_READ) {
		return 0, false
	}
	fd, err := strconv.ParseInt(f[1], 0, 32)
	return int(fd), err == nil
}

// isTerminal says whether a process's descriptor is our terminal, by its own
// name or as /dev/tty.
func (s *Session) isTerminal(pid, fd int) bool {
	var theirs unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d/fd/%d", pid, fd), &theirs) != nil {
		return false
	}
	return theirs.Rdev == s.device || theirs.Rdev == unix.Mkdev(5, 0)
}

// idle proves that the shell waits for the next step: it owns the terminal, has
// read all of the last step and is blocked in reading more. It proves nothing of
// a step whose report is on its way: on a machine so busy that this program comes
// to read it only later, the shell has long been waiting by then.
func (s *Session) idle() bool {
	group, err := s.tty.foreground()
	if err != nil || group != s.pid || s.unsent() != 0 || s.unheard() != 0 {
		return false
	}
	fd, ok := reads(s.pid, strconv.Itoa(s.pid))
	return ok && fd == stepFD
}

// prompting says whether the shell reads a command from the terminal.
func (s *Session) prompting() bool {
	group, err := s.tty.foreground()
	return err == nil && group == s.pid && s.readsTerminal(s.pid)
}
