package shell

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA

	fionread = 0x4004667f // FIONREAD of sys/filio.h
	fread    = 1          // FREAD of sys/fcntl.h
)

// pollable is f as it is: not every macOS can wait for terminals otherwise.
func pollable(f *os.File) (*os.File, error) { return f, nil }

// unread returns how many typed bytes no program has read.
func unread(fd int) (int, error) { return unix.IoctlGetInt(fd, fionread) }

// flush throws them away.
func flush(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCFLUSH, fread) }

// device returns the number of the terminal at path.
func device(path string) (uint64, error) {
	var stat unix.Stat_t
	err := unix.Stat(path, &stat)
	return uint64(uint32(stat.Rdev)), err
}

// unsent can't be told here.
func (s *Session) unsent() int { return 0 }

// startWriting has no counterpart here.
func startWriting(*os.File, int64, int64) {}
