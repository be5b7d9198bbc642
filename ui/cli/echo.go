package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// showTyping switches a terminal's echo. What is no terminal has none.
func showTyping(tty *os.File, on bool) {
	t, err := unix.IoctlGetTermios(int(tty.Fd()), getTermios)
	if err != nil {
		return
	}
	t.Lflag &^= unix.ECHO
	if on {
		t.Lflag |= unix.ECHO
	}
	_ = unix.IoctlSetTermios(int(tty.Fd()), setTermios, t)
}
