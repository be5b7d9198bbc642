package shell

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Options say how a session is opened.
type Options struct {
	Dir        string        // working directory; "" is this program's
	Env        []string      // the whole environment, NAME=value; nothing else is inherited
	Mark       string        // NAME=value, in the environment of all that runs here; Left finds it by that
	Transcript string        // path of the file that gets all output; created 0600, else appended to
	Cols, Rows int           // size in characters; 80 by 24 where 0
	Lines      int           // lines that Tail returns at most; 1000 where 0
	Grace      time.Duration // how long ^C is given before the next measure; 5 s where 0
}

// A Session is one terminal with one shell in it. All methods may be called
// from any goroutine; one step runs at a time.
type Session struct {
	opt     Options
	rc      string // bash's startup file; removed once it was read
	id      string // in the environment of everything that runs here
	tty     tty
	device  uint64 // of the terminal
	out     *output
	cmd     *exec.Cmd
	pid     int
	begun   int64       // the shell's start, in the system's unit
	born    time.Time   // the same by the wall clock
	words   string      // its command line
	steps   *os.File    // steps are written here
	results *os.File    // and results read from here
	records chan record // results, read; closed when the shell closes the pipe
	exited  chan struct{}
	closing sync.Once
	left    []Proc // what Close found
	canvas  canvas

	turn   sync.Mutex    // held while a step runs
	before string        // token of the step before
	halted []int         // suspended jobs after it
	known  []process     // what was running or suspended after it
	dead   map[int]int64 // orphans that the last look found ended, and their start
	reaped time.Time     // when that was
	undo   string        // what the next step does first: it leaves the last one's place

	mu     sync.Mutex
	cols   int // the terminal's size in characters
	rows   int
	step   *step
	typed  typed     // into it
	inner  *inner    // what a step has opened in here; nil while there is nothing
	lost   string    // why no further step can run; "" while one can
	killed []process // what was killed to stop a step
	opened []process // what takes the steps, where that is not the shell
}

// Shell is the shell's process.
func (s *Session) Shell() Proc {
	return Proc{PID: s.pid, Begun: s.begun, Start: s.born, Command: "bash"}
}

// Own is what ends with the terminal: its shell, and what takes its steps.
func (s *Session) Own() []Proc {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(procs(s.opened), s.Shell())
}

// Alive says whether another step can be run.
func (s *Session) Alive() bool { return s.ended() == "" }

// Tail returns the last lines of the running or last step's output, cleaned,
// and how many lines it has had in all. Asking often costs next to nothing.
func (s *Session) Tail() (lines []string, total int) { return s.out.tail(s.opt.Lines) }

// Forget makes Tail empty until the next step prints something: whoever looks
// before that must not take the last step's output for its own.
func (s *Session) Forget() { s.out.forget() }

// Resize tells the programs the terminal's size in characters.
func (s *Session) Resize(cols, rows int) error {
	if cols < 1 || rows < 1 {
		return fmt.Errorf("resize terminal to %d by %d: too small", cols, rows)
	}
	if err := s.tty.resize(cols, rows); err != nil {
		return fmt.Errorf("resize terminal: %w", err)
	}
	s.out.index.sized(s.out.written(), cols, rows)
	s.mu.Lock()
	s.cols, s.rows = cols, rows
	s.mu.Unlock()
	s.canvas.resize(cols, rows)
	return nil
}

// size is how large the terminal is, in characters.
func (s *Session) size() (cols, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cols, s.rows
}

// Type gives the running step what a person types, exactly.
func (s *Session) Type(p []byte) error {
	st := s.current()
	if st == nil {
		return errors.New("type into terminal: no step is running")
	}
	if !st.here() {
		select {
		case <-st.handed:
		case <-time.After(typing):
			return errors.New("type into terminal: the step is still being handed over")
		}
	}
	s.mu.Lock()
	st.typed += len(p)
	st.asked = st.asked || strings.ContainsRune(string(p), 3)
	st.paused = st.paused || strings.ContainsRune(string(p), 26)
	s.mu.Unlock()
	s.heard(p)
	if err := s.tty.write(p); err != nil {
		return fmt.Errorf("type into terminal: %w", err)
	}
	return nil
}

// Close ends the shell and returns the processes that outlived it. Those are
// not killed: what a step started in the background may be the very thing that
// it was to start. A running step is ended.
func (s *Session) Close() []Proc {
	s.closing.Do(func() {
		s.lose("the terminal was closed")
		s.blank()
		group, _ := s.tty.foreground()
		running := s.current() != nil
		s.cmd.Process.Kill() // fails where it has ended already
		<-s.exited
		s.out.drain()
		s.steps.Close()
		s.results.Close()
		s.tty.master.Close()
		s.out.close()
		for _, p := range s.survivors(group, running) {
			s.left = append(s.left, s.told(p))
		}
	})
	return s.left
}
