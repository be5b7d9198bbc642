package shell

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A tty is our end of the terminal. It never keeps the programs' end open: then
// it couldn't be seen when the last of them lets go.
type tty struct {
	master *os.File
	name   string       // of the programs' end
	normal unix.Termios // the settings that every step starts with
}

// typing is how long a key may wait for room in the terminal's queue.
const typing = time.Second

// control calls f with the master's descriptor.
func (t *tty) control(f func(fd int) error) error {
	c, err := t.master.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := c.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// settings reads the terminal's settings.
func (t *tty) settings() (unix.Termios, error) {
	var now unix.Termios
	err := t.control(func(fd int) error {
		p, err := unix.IoctlGetTermios(fd, getTermios)
		if err == nil {
			now = *p
		}
		return err
	})
	return now, err
}

// set changes the terminal's settings.
func (t *tty) set(to unix.Termios) error {
	return t.control(func(fd int) error { return unix.IoctlSetTermios(fd, setTermios, &to) })
}

// prepare switches flow control off, so that ^S can't freeze a session, and
// remembers the result as normal.
func (t *tty) prepare() error {
	now, err := t.settings()
	if err != nil {
		return fmt.Errorf("read terminal settings: %w", err)
	}
	now.Iflag &^= unix.IXON | unix.IXOFF
	if err := t.set(now); err != nil {
		return fmt.Errorf("change terminal settings: %w", err)
	}
	t.normal, err = t.settings()
	return err
}

// restore puts the normal settings back and says whether that was needed.
func (t *tty) restore() bool {
	now, err := t.settings()
	if err != nil || now == t.normal {
		return false
	}
	return t.set(t.normal) == nil
}

// foreground returns the process group that the terminal's keys go to.
func (t *tty) foreground() (int, error) {
	group := 0
	err := t.control(func(fd int) (err error) {
		group, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	return group, err
}

// resize tells the programs how large the terminal is, in characters.
func (t *tty) resize(cols, rows int) error {
	size := unix.Winsize{Col: uint16(cols), Row: uint16(rows)}
	return t.control(func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &size) })
}

// write types p.
func (t *tty) write(p []byte) error {
	t.master.SetWriteDeadline(time.Now().Add(typing))
	_, err := t.master.Write(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("no program takes the input")
	}
	return err
}

// interrupt types whatever key interrupts here, as a rule ^C.
func (t *tty) interrupt() error {
	key := byte(3)
	if now, err := t.settings(); err == nil && now.Cc[unix.VINTR] != 0 {
		key = now.Cc[unix.VINTR]
	}
	return t.write([]byte{key})
}

// silently types a line that is not echoed. The settings stay changed until
// restore, which follows every step.
func (t *tty) silently(line string) error {
	now := t.normal
	now.Lflag &^= unix.ECHO | unix.ECHONL
	if err := t.set(now); err != nil {
		return err
	}
	return t.write([]byte(line + "\n"))
}

// discard throws away what was typed and not read, and returns how many bytes
// that were. An unfinished line counts only once lines don't matter any more,
// so they are switched off for a moment.
func (t *tty) discard() (int, error) {
	fd, err := unix.Open(t.name, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", t.name, err)
	}
	defer unix.Close(fd)
	now, err := t.settings()
	if err != nil {
		return 0, err
	}
	bare := now
	bare.Lflag &^= unix.ICANON
	t.set(bare)
	defer t.set(now)
	n, err := unread(fd)
	if n == 0 || err != nil {
		return 0, err
	}
	return n, flush(fd)
}
