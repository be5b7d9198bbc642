package shell

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// ticks is the unit of start times: hundredths of a second on every Linux.
const ticks = 100

// processes reads the whole table.
func processes() []process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []process
	for _, n := range names {
		if pid, err := strconv.Atoi(n); err == nil {
			if p, ok := lookup(pid); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

// lookup reads one row. The command's name stands in brackets and may hold
// anything, brackets too; after the last one come numbers.
func lookup(pid int) (process, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	open, shut := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if err != nil || open < 0 || shut < open {
		return process{}, false
	}
	f := strings.Fields(string(stat[shut+1:]))
	if len(f) < 21 {
		return process{}, false
	}
	number := func(i int) int { n, _ := strconv.Atoi(f[i]); return n }
	begun, _ := strconv.ParseInt(f[19], 10, 64)
	state := f[0][0]
	switch state {
	case 't':
		state = 'T'
	case 'X', 'x':
		state = 'Z'
	}
	if f[20] == "0" { // it has given its memory back, and is just ending
		state = 'Z'
	}
	return process{
		pid: pid, parent: number(1), group: number(2), session: number(3),
		state: state, begun: begun, start: startTime(begun), command: string(stat[open+1 : shut]),
	}, true
}

// startTime turns ticks since the system's start into a time.
func startTime(begun int64) time.Time {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return time.Time{}
	}
	age := time.Duration(now.Nano()) - time.Duration(begun)*time.Second/ticks
	return time.Now().Add(-age).UTC().Truncate(time.Second / ticks)
}

// commandLine returns a process's words, separated by blanks.
func commandLine(pid int) string {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return string(bytes.ReplaceAll(bytes.TrimRight(raw, "\x00"), []byte{0}, []byte{' '}))
}

// adopt makes processes that lose their parent children of this one, so that
// they are still found when their session is gone.
func adopt() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// mine returns the living processes of the session, the shell itself excepted:
// what comes from it, and what has lost its parent and so came to us, with all
// that comes from that. Looking at whose children there are, and not at the
// whole table, takes microseconds: it is done after each step.
func (s *Session) mine() []process {
	next, _ := offspring(s.pid)
	ours, ok := offspring(os.Getpid()) // only then: whoever lost its parent meanwhile is among these
	if !ok {
		return s.mineOfAll()
	}
	var all []process
	for _, p := range ours {
		if s.adopted(p) {
			next = append(next, p)
		}
	}
	for len(next) > 0 {
		p := next[0]
		more, _ := offspring(p.pid)
		next = append(next[1:], more...)
		if p.state != 'Z' && !slices.ContainsFunc(all, p.same) {
			all = append(all, p)
		}
	}
	return all
}

// mineOfAll is mine where the kernel was built without lists of children.
func (s *Session) mineOfAll() []process {
	all := tree(processes(), func(p process) bool { return p.parent == s.pid || s.adopted(p) })
	return slices.DeleteFunc(all, func(p process) bool { return p.pid == s.pid })
}

// offspring are the children of a process; false where that can't be told. One
// that ends while the list is read can hide another, so a list that holds any is
// read twice.
func offspring(pid int) (all []process, ok bool) {
	pids, ok := children(pid)
	if len(pids) > 0 {
		again, _ := children(pid)
		pids = append(pids, again...)
	}
	slices.Sort(pids)
	for _, pid := range slices.Compact(pids) {
		if p, ok := lookup(pid); ok {
			all = append(all, p)
		}
	}
	return all, ok
}

// children are the process ids of what a process's threads have started; false
// where that can't be told. Of our own threads only the first counts: orphans
// come to that one, and what the others start is ours.
func children(pid int) (pids []int, ok bool) {
	threads := []string{strconv.Itoa(pid)}
	if pid != os.Getpid() && !alone(pid) {
		threads = nil
		all, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, t := range all {
			threads = append(threads, t.Name())
		}
	}
	for _, t := range threads {
		text, err := list(fmt.Sprintf("/proc/%d/task/%s/children", pid, t))
		pids, ok = append(pids, numbers(string(text))...), ok || err == nil
	}
	return pids, ok
}

// alone says whether a process has one thread only, as every shell: the links to
// a folder count the folders in it.
func alone(pid int) bool {
	var task unix.Stat_t
	return unix.Stat(fmt.Sprintf("/proc/%d/task", pid), &task) == nil && task.Nlink == 3
}

// list reads a file that the kernel makes up, with no more calls than that takes:
// os.ReadFile asks twice as much, also whether reading it may have to wait.
func list(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	text := make([]byte, 0, 512)
	for {
		n, err := unix.Read(fd, text[len(text):cap(text)])
		switch {
		case err == unix.EINTR:
			continue
		case err != nil || n == 0:
			return text, err
		}
		if text = text[:len(text)+n]; len(text) == cap(text) {
			text = slices.Grow(text, cap(text))
		}
	}
}

// adopted says whether p came to us when its parent ended. Our own children
// share our session or were there before, and other terminals' processes carry
// their mark. One that threw its environment away carries none and counts as
// everybody's: better listed twice than not at all. So does one that is just
// becoming another program, which for a moment has neither environment nor words.
func (s *Session) adopted(p process) bool {
	if p.parent != os.Getpid() || p.pid == s.pid || p.begun < s.begun || p.session == ownSession() {
		return false
	}
	for _, v := range environ(p.pid) {
		if id, ok := strings.CutPrefix(v, terminalVar+"="); ok {
			return id == s.id
		}
	}
	return true
}

// environ is the environment that a process was started with, NAME=value each;
// nil where it has none or it may not be read.
func environ(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\x00")
}

// ownSession is the session that this program runs in.
func ownSession() int {
	id, _ := unix.Getsid(0)
	return id
}

// reap waits for adopted processes that have ended. One is waited for only when
// it was found ended twice: whoever started it waits for it at once, and only
// those that nobody waits for are left. It never waits for just any child.
func (s *Session) reap() {
	before := s.dead
	s.dead = map[int]int64{}
	for _, p := range processes() {
		switch {
		case p.state != 'Z' || p.parent != os.Getpid() || p.session == ownSession() || p.pid == s.pid:
		case before[p.pid] == p.begun:
			unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
		default:
			s.dead[p.pid] = p.begun
		}
	}
}

// unmask lets all signals through to this thread, and so to the child that it
// starts next; the result undoes it.
func unmask() (back func()) {
	runtime.LockOSThread()
	var was unix.Sigset_t
	err := unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{}, &was)
	return func() {
		if err == nil {
			_ = unix.PthreadSigmask(unix.SIG_SETMASK, &was, nil)
		}
		runtime.UnlockOSThread()
	}
}

// KeepDescriptors marks every open file of this process as not for children:
// what was inherited from whoever started it would leak into steps.
func KeepDescriptors() {
	if unix.CloseRange(3, ^uint(0)>>1, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	keepListed("/proc/self/fd")
}
