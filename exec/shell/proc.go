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
	state    byte   // 'Z' ended and not waited for, 'T' stopped
	begun    uint64 // when it was started, in the system's own unit
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
	return Proc{PID: p.pid, Start: p.start, Command: words, Stopped: p.state == 'T'}
}

// describe looks up processes by their id. One that is gone stays a number.
func describe(pids []int) []Proc {
	var all []Proc
	for _, pid := range pids {
		if p, ok := lookup(pid); ok {
			all = append(all, p.proc())
		} else {
			all = append(all, Proc{PID: pid})
		}
	}
	return all
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

// mine returns the living processes of the session, the shell itself excepted:
// those that still belong to it, those that left it, and all that come from
// them.
func (s *Session) mine() []process {
	all := tree(processes(), func(p process) bool {
		return p.begun >= s.begun && p.pid != s.pid && (p.session == s.pid || s.adopted(p))
	})
	return slices.DeleteFunc(all, func(p process) bool { return p.pid == s.pid })
}

// Left looks for what terminals of an earlier process have left running: what
// was started with this variable, NAME=value, in its environment. One that threw
// its environment away is not found, nor is any where only the system's own
// programs may read environments (macOS).
func Left(variable string) []Proc {
	var all []Proc
	for _, p := range processes() {
		if p.state != 'Z' && slices.Contains(environ(p.pid), variable) {
			all = append(all, p.proc())
		}
	}
	return all
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
