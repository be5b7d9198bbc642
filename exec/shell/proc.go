package shell

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"bythebook/exec/clean"
)

// A process is a row of the system's table of processes.
type process struct {
	pid, parent    int
	group, session int
	//lint:ignore U1000 only macOS has to ask for it
	terminal uint64 // device of its terminal; 0 where it isn't asked for
	state    byte   // 'Z' ended or just ending, 'T' stopped
	begun    int64  // when it was started, in the system's own unit
	start    time.Time
	command  string // as the table has it; a name only
}

// maxCommand is how many characters of a command line are worth showing.
const maxCommand = 200

// proc describes p for people.
func (p process) proc() Proc {
	words := commandLine(p.pid)
	if words == "" {
		words = "[" + p.command + "]"
	}
	words = clean.Line(strings.TrimSpace(words))
	if utf8.RuneCountInString(words) > maxCommand {
		words = string([]rune(words)[:maxCommand-3]) + "..."
	}
	return Proc{PID: p.pid, Begun: p.begun, Start: p.start, Command: words, Stopped: p.state == 'T'}
}

// same says whether p and q are one process.
func (p process) same(q process) bool { return p.pid == q.pid && p.begun == q.begun }

// procs describes processes for people.
func procs(all []process) []Proc {
	var told []Proc
	for _, p := range all {
		told = append(told, p.proc())
	}
	return told
}

// tree returns the processes that root holds true of, and all that come from
// them.
func tree(all []process, root func(process) bool) []process {
	in := map[int]bool{}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !in[p.pid] && (in[p.parent] || root(p)) {
				in[p.pid], grown = true, true
			}
		}
	}
	return slices.DeleteFunc(all, func(p process) bool { return !in[p.pid] || p.state == 'Z' })
}

// Left looks for what terminals have left running, and for all that comes from
// it: those of the known that are still there, what is in the session of one of
// them, and what was started with the variable, NAME=value, in its environment.
// What has left its session and thrown its environment away is found only if it
// is known, or comes from what is; so is, where only the system's own programs
// may read environments (macOS), whatever has left its session.
func Left(variable string, known []Proc) []Proc {
	return procs(tree(processes(), func(p process) bool {
		of := func(k Proc) bool {
			return p.begun == k.Begun && p.pid == k.PID || p.begun >= k.Begun && p.session == k.PID
		}
		return slices.ContainsFunc(known, of) || variable != "" && slices.Contains(environ(p.pid), variable)
	}))
}

// doomed returns the process group in the foreground and what will have to end
// with it, without the shell; 0 and nothing if the shell itself is in front.
func (s *Session) doomed() (group int, victims []process) {
	group, err := s.tty.foreground()
	if err != nil || group <= 1 || group == s.pid {
		return 0, nil
	}
	return group, tree(processes(), func(p process) bool { return p.group == group })
}

// kill ends the shell and then the doomed. The shell is first because one that
// lives goes on with the step's next command. What earlier steps left in the
// background stays.
func (s *Session) kill(group int, victims []process) {
	s.cmd.Process.Kill() // fails where it has ended already
	if group > 0 {
		syscall.Kill(-group, syscall.SIGKILL)
	}
	for _, p := range victims {
		if now, ok := lookup(p.pid); ok && now.begun == p.begun {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
}

// keepListed marks the open files that a folder of descriptors lists as not for
// children.
func keepListed(folder string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, n := range names {
		if fd, err := strconv.Atoi(n); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}
