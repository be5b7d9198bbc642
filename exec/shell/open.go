package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
)

// What can go wrong with opening a session.
var (
	// ErrNoBash says that there is no bash to run steps with.
	ErrNoBash = errors.New("bash is not installed")
	// ErrSelfTest says that the shell did not report what really happened.
	ErrSelfTest = errors.New("the shell failed its self-test")
)

const (
	stepFD      = 200 // where the driver reads steps
	terminalVar = "BYTHEBOOK_TERMINAL"
	readyLimit  = 10 * time.Second
)

// Open starts a shell and proves that it tells the truth about a status of 42.
func Open(ctx context.Context, opt Options) (*Session, error) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBash, err)
	}
	KeepDescriptors()
	if err := adopt(); err != nil {
		return nil, fmt.Errorf("become the parent of orphans: %w", err)
	}
	opt = opt.withDefaults()
	s := &Session{opt: opt, cols: opt.Cols, rows: opt.Rows, id: token(), records: make(chan record, 4), exited: make(chan struct{})}
	prompt, ready := token(), token()
	if s.out, err = openOutput(opt.Transcript, prompt); err != nil {
		return nil, err
	}
	defer func() { os.Remove(s.rc) }()
	if err := s.connect(bash, prompt, ready); err != nil {
		s.out.file.Close()
		s.out.index.close()
		return nil, fmt.Errorf("start a terminal: %w", err)
	}
	if err := s.selfTest(ctx, ready); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	set := func(n *int, otherwise int) {
		if *n <= 0 {
			*n = otherwise
		}
	}
	set(&o.Cols, 80)
	set(&o.Rows, 24)
	set(&o.Lines, 1000)
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	return o
}

// environment is the steps' environment: the given one, this terminal's kind
// and, where nobody chose a pager, none: a pager would wait for a person.
func (s *Session) environment() []string {
	env := []string{"PAGER=cat", "GIT_PAGER=cat", "SYSTEMD_PAGER=cat"}
	for _, v := range s.opt.Env {
		if !strings.HasPrefix(v, "TERM=") && !strings.HasPrefix(v, terminalVar+"=") {
			env = append(env, v)
		}
	}
	if s.opt.Mark != "" {
		env = append(env, s.opt.Mark)
	}
	return append(env, "TERM=xterm-256color", terminalVar+"="+s.id)
}

// connect makes the terminal and the pipes and starts bash on them.
func (s *Session) connect(bash, prompt, ready string) (err error) {
	var open closers
	defer func() { open.closeAll(err != nil) }()
	master, slave, err := pty.Open()
	if err != nil {
		return err
	}
	open.theirs(slave)
	if master, err = pollable(master); err != nil {
		return err
	}
	open.ours(master)
	stepR, stepW, err := os.Pipe()
	if err != nil {
		return err
	}
	open.ours(stepW)
	open.theirs(stepR)
	resultR, resultW, err := os.Pipe()
	if err != nil {
		return err
	}
	open.ours(resultR)
	open.theirs(resultW)
	s.tty, s.steps, s.results = tty{master: master, name: slave.Name()}, stepW, resultR
	if s.device, err = device(slave.Name()); err != nil {
		return err
	}
	if err := errors.Join(s.tty.resize(s.opt.Cols, s.opt.Rows), s.tty.prepare()); err != nil {
		return err
	}
	s.out.index.sized(s.out.written(), s.opt.Cols, s.opt.Rows)
	return s.launch(bash, startup(prompt, ready), ready, slave, stepR, resultW)
}

// launch starts bash and the goroutines that listen to it. The one that waits
// ends with the shell, which Close kills; the two that read end when Close
// closes what they read.
func (s *Session) launch(bash, startup, ready string, slave, steps, results *os.File) error {
	rc, err := os.CreateTemp("", "bythebook-*.sh") // mode 0600
	if err != nil {
		return err
	}
	defer rc.Close()
	s.rc = rc.Name()
	s.cmd = exec.Command(bash, "--noprofile", "--rcfile", rc.Name(), "--noediting", "-i")
	s.cmd.Dir, s.cmd.Env = s.opt.Dir, s.environment()
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = slave, slave, slave
	s.cmd.ExtraFiles = []*os.File{steps, results}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if _, err := rc.WriteString(startup); err != nil {
		return err
	}
	s.out.begin(ready)
	back := heed()
	err = s.cmd.Start()
	back()
	if err != nil {
		return err
	}
	s.pid = s.cmd.Process.Pid
	if p, ok := lookup(s.pid); ok {
		s.begun, s.born, s.words = p.begun, p.start, commandLine(s.pid)
	}
	go s.out.pump(s.tty.master)
	go readRecords(s.results, s.records)
	go func() {
		s.cmd.Wait() // the status is read from ProcessState
		close(s.exited)
	}()
	return nil
}

// heed makes the child that this goroutine starts next heed the signals that
// this program was told to ignore, as one started by nohup is, or that were
// blocked for it; the result undoes it. What is ignored is so for the whole
// process, so one terminal is started at a time: another one's undoing would hit
// a child that is just being made.
func heed() (back func()) {
	starting.Lock()
	mask := unmask()
	var ignored []os.Signal
	for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGPIPE, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU} {
		if signal.Ignored(sig) {
			ignored = append(ignored, sig)
		}
	}
	if len(ignored) == 0 {
		return func() {
			mask()
			starting.Unlock()
		}
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, ignored...)
	return func() {
		signal.Stop(c)
		signal.Ignore(ignored...)
		mask()
		starting.Unlock()
	}
}

// starting is held while a terminal's shell is started.
var starting sync.Mutex

// selfTest waits for the driver and has it report a status that can't be a
// default.
func (s *Session) selfTest(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	select {
	case rec, ok := <-s.records:
		if !ok || rec.token != ready {
			return fmt.Errorf("%w: it did not start: %s", ErrSelfTest, s.lastWords())
		}
	case <-ctx.Done():
		return fmt.Errorf("%w: it was not ready in time: %s", ErrSelfTest, s.lastWords())
	}
	s.before = ready
	for _, status := range []int{42, 0} { // and 0 last: the first step finds that in $?
		o := s.Run(ctx, fmt.Sprintf("(exit %d)", status), nil, 0)
		o.Complete = o.Complete || o.Missing > 0 // that nothing can be kept is another matter
		if !o.OK(status) {
			return fmt.Errorf("%w: exit status %d was reported as %s %d %s", ErrSelfTest, status, o.Kind, o.Code, o.Reason)
		}
	}
	return nil
}

// lastWords is what the shell printed last, for an error.
func (s *Session) lastWords() string {
	lines, _ := s.Tail()
	if len(lines) == 0 {
		return "it printed nothing"
	}
	return lines[len(lines)-1]
}

// closers closes the files of a start: the children's always, ours if it failed.
type closers struct{ our, their []*os.File }

func (c *closers) ours(f *os.File)   { c.our = append(c.our, f) }
func (c *closers) theirs(f *os.File) { c.their = append(c.their, f) }

func (c *closers) closeAll(failed bool) {
	for _, f := range c.their {
		f.Close()
	}
	if failed {
		for _, f := range c.our {
			f.Close()
		}
	}
}
