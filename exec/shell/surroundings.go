package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Surroundings are the folder in which the terminal's own shell stands, and the
// environment that a command would find there: what another terminal begins with
// to be as if it were opened from here. They come through a pipe, so they are on
// no disk. The next step finds the same $? as without that.
func (s *Session) Surroundings(ctx context.Context) (dir string, env []string, err error) {
	if level, _ := s.Level(); level != Local {
		return "", nil, errors.New("ask the terminal for its environment: another shell has taken it over")
	}
	pipe, err := fifo()
	if err != nil {
		return "", nil, fmt.Errorf("ask the terminal for its environment: %w", err)
	}
	defer os.RemoveAll(filepath.Dir(pipe.Name()))
	defer pipe.Close()
	read := make(chan []string, 1)
	go func() { read <- entries(pipe) }() // ends with the last entry, or when the pipe is closed
	o := s.Run(ctx, fmt.Sprintf(askEnvironment, quote(pipe.Name())), nil, probeLimit)
	pipe.SetReadDeadline(time.Now().Add(answerGrace)) // all of it was written by now
	if env = <-read; o.Kind != Exited || env == nil {
		return "", nil, fmt.Errorf("ask the terminal for its environment: it does not answer (%s)", o.Kind)
	}
	return o.Cwd, env, nil
}

// entries reads texts that each end in a NUL, up to an empty one; none where
// that does not come.
func entries(r io.Reader) (all []string) {
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadString(0)
		if err != nil {
			return nil
		}
		if text == "\x00" {
			return all
		}
		all = append(all, strings.TrimSuffix(text, "\x00"))
	}
}

// askEnvironment prints what is exported, and ends with the status of the step
// before.
const askEnvironment = `__book_e=$?; { \builtin compgen -e | while IFS= \builtin read -r __book_n; do ` +
	`[[ ! ${!__book_n+x} ]] || \builtin printf '%%s=%%s\0' "$__book_n" "${!__book_n}"; done; \builtin printf '\0'; } >%s || [[ 1 ]]; (exit "$__book_e")`

// fifo makes a named pipe that only this user can open, in a folder of its own,
// and opens our end. That is open for writing too, so opening waits for nobody.
func fifo() (*os.File, error) {
	dir, err := os.MkdirTemp("", "bythebook-*") // mode 0700
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "environment")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		os.RemoveAll(dir)
	}
	return f, err
}
