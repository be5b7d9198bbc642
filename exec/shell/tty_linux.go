package shell

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)

// pollable is f, closed, as a file whose reads and writes don't block a thread:
// that makes deadlines work, and saves a switch of threads at every output.
func pollable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil // it sees that fd doesn't block
}

// unread returns how many typed bytes no program has read.
func unread(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.TIOCINQ) }

// flush throws them away.
func flush(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) }

// device returns the number of the terminal at path.
func device(path string) (uint64, error) {
	var stat unix.Stat_t
	err := unix.Stat(path, &stat)
	return stat.Rdev, err
}

// unsent returns how many bytes of a step the shell has not read yet.
func (s *Session) unsent() int { return held(s.steps) }

// unheard is how much the shell has reported that was not read here yet.
func (s *Session) unheard() int { return held(s.results) }

// held is how many bytes a pipe holds.
func held(pipe *os.File) int {
	n := 0
	if c, err := pipe.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	}
	return n
}

// startWriting has the disk begin to write a part of a file, and waits for
// nothing. It is a comfort: who wants it to be safe makes sure of that later.
func startWriting(f *os.File, from, n int64) {
	if c, err := f.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { unix.SyncFileRange(int(fd), from, n, unix.SYNC_FILE_RANGE_WRITE) })
	}
}
