package shell

import (
	"bytes"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// processes reads the whole table.
func processes() []process {
	rows, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	all := make([]process, 0, len(rows))
	for i := range rows {
		all = append(all, row(&rows[i]))
	}
	return all
}

// lookup reads one row.
func lookup(pid int) (process, bool) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(k.Proc.P_pid) != pid {
		return process{}, false
	}
	return row(k), true
}

// States of a process in sys/proc.h.
const (
	stateStopped = 4
	stateZombie  = 5
)

func row(k *unix.KinfoProc) process {
	pid := int(k.Proc.P_pid)
	session, _ := unix.Getsid(pid)
	start := time.Unix(k.Proc.P_starttime.Unix()).UTC()
	p := process{
		pid: pid, parent: int(k.Eproc.Ppid), group: int(k.Eproc.Pgid), session: session,
		terminal: uint64(uint32(k.Eproc.Tdev)),
		begun:    start.UnixMicro(), start: start,
	}
	name, _, _ := bytes.Cut(k.Proc.P_comm[:], []byte{0})
	p.command = string(name)
	switch k.Proc.P_stat {
	case stateStopped:
		p.state = 'T'
	case stateZombie:
		p.state = 'Z'
	}
	return p
}

// commandLine is not asked for here: a process's name has to do.
func commandLine(int) string { return "" }

// environ is not known here.
func environ(int) []string { return nil }

// adopt does nothing: orphans go to launchd, and only those that kept the
// terminal can be found.
func adopt() error { return nil }

// mine returns the living processes of the session, the shell itself excepted:
// those that still belong to it or have its terminal, and all that come from
// them.
func (s *Session) mine() []process {
	all := tree(processes(), func(p process) bool {
		return p.begun >= s.begun && (p.session == s.pid || p.terminal == s.device && s.device != 0)
	})
	return slices.DeleteFunc(all, func(p process) bool { return p.pid == s.pid })
}

// reap does nothing: orphans aren't our children.
func (s *Session) reap() {}

// unmask does nothing: this system offers no way to it without C.
func unmask() (back func()) { return func() {} }

// KeepDescriptors marks every open file of this process as not for children:
// what was inherited from whoever started it would leak into steps.
func KeepDescriptors() {
	keepListed("/dev/fd")
}
