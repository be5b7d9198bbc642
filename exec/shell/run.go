package shell

import (
	"context"
	"strings"
	"time"
)

const (
	probeEvery = 250 * time.Millisecond // how often a running step is looked at
	fenceLimit = 2 * time.Second        // how long a fence may come after its record
	reapEvery  = 5 * time.Second
	maxPrompts = 3 // prompts of the shell during one step before it is given up
)

// A step is one running step. Run alone uses it, except for the first fields,
// which Session.mu guards because keys come from elsewhere.
type step struct {
	presses int           // interrupts so far
	asked   bool          // a person wanted it to stop
	typed   int           // bytes typed
	paused  bool          // ^Z was among them
	handed  chan struct{} // closed once an inner shell has begun it, keys wait for that; else nil
	killed  bool          // the shell was killed to stop it
	victims []Proc        // and what was killed with it

	token     string
	from      int64
	prompt    int64 // offset of a prompt of the shell; negative until one is seen
	prompts   int
	deaf      bool // the control pipe is closed
	replaced  bool // and the shell's process lived on
	idle      int  // times in a row that the shell was seen idle
	taken     int  // times in a row that its successor was seen waiting for input
	cancelled bool
	timedOut  bool
	record    *record

	opens   bool          // its command opens another shell and stays in it
	silent  int64         // the output's end at the last look
	looks   int           // how often in a row it was that
	entry   int64         // where the other shell was found
	back    bool          // it was taken back while it was handed to the inner shell
	began   bool          // the inner shell said that it begins
	status  int           // how it ended there
	left    bool          // the shell came to its prompt before the end of the step
	unread  int           // bytes that were typed into it and that it did not read
	end     int64         // where the inner shell said so; 0 where it did not
	pressed time.Duration // how long ago ^C was pressed twice
	asking  bool          // the inner shell was asked once more
}

// here says whether the step is where it runs. One that is still being handed
// over must not be meddled with.
func (st *step) here() bool {
	if st.handed == nil {
		return true
	}
	select {
	case <-st.handed:
		return true
	default:
		return false
	}
}

// Run gives a step to the shell and returns how it ended. Its text is passed on
// untouched. Each of vars, NAME=value, is exported before it and stays set.
//
// When ctx ends or the limit (0 is none) has passed, the step is stopped: ^C,
// ^C again, and then, each after Options.Grace, the shell and everything that
// the step had in the foreground are killed. Without proof of how the step
// ended the outcome is Unknown, whatever seems likely.
func (s *Session) Run(ctx context.Context, text string, vars []string, limit time.Duration) Outcome {
	return s.RunIn(ctx, Place{}, text, vars, limit)
}

// RunIn is Run for a step that is started in a place of its own.
func (s *Session) RunIn(ctx context.Context, in Place, text string, vars []string, limit time.Duration) Outcome {
	return s.perform(ctx, &step{token: token(), prompt: -1}, in, text, vars, limit)
}

// perform runs a step in whatever takes the steps of this terminal.
func (s *Session) perform(ctx context.Context, st *step, in Place, text string, vars []string, limit time.Duration) Outcome {
	if !s.turn.TryLock() {
		return s.refuse(Unknown, "another step is running in this terminal")
	}
	defer s.turn.Unlock()
	enter, err := in.enter()
	if err != nil {
		return s.refuse(Unknown, err.Error())
	}
	before := joinCommands(s.undo, enter)
	message, err := message(st.token, text, vars, before)
	if err != nil {
		return s.refuse(Unknown, err.Error())
	}
	if ctx.Err() != nil {
		return s.refuse(Interrupted, "stopped before it began")
	}
	if why := s.ended(); why != "" {
		return s.refuse(SessionEnded, why)
	}
	level, _ := s.Level()
	if level != Raw && unclosed(s.cmd.Path, text) {
		return s.refuse(Unknown, "it ends within a here-document, whose last line is missing")
	}
	if level == Raw && enter != "" {
		return s.refuse(Unknown, "a folder or variables of its own can't be set in what is no shell")
	}
	s.undo = in.leave()
	over := make(chan struct{})
	defer close(over)
	trail := time.AfterFunc(probeEvery, func() { s.out.follow(over) })
	defer trail.Stop()
	switch level {
	case Nested:
		lines, _ := dictation(st.token, text, vars, before) // what can't be sent was refused
		return s.inside(ctx, st, lines, limit)
	case Raw:
		o := s.typeRaw(ctx, st, text, limit)
		o.Notices = append(o.Notices, unreached(text, vars)...)
		return o
	}
	return s.local(ctx, st, message, limit)
}

// unreached tells of variables that a text names and that don't reach what is no
// shell.
func unreached(text string, vars []string) (notices []string) {
	for _, v := range vars {
		if name, _, _ := strings.Cut(v, "="); strings.Contains(text, "$"+name) || strings.Contains(text, "${"+name) {
			notices = append(notices, "$"+name+" was typed as it is: what is no shell does not know its value")
		}
	}
	return notices
}

// local runs a step in the terminal's own shell.
func (s *Session) local(ctx context.Context, st *step, message []byte, limit time.Duration) Outcome {
	s.start(st)
	sent := s.send(message)
	ended := s.watch(ctx, st, limit)
	o := s.judge(st, ended)
	s.tidy(st, &o)
	<-sent
	return o
}

// start makes st the running step.
func (s *Session) start(st *step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step, s.typed = st, typed{}
	st.from = s.out.begin(st.token)
}

// refuse is the outcome of a step that never reached the shell.
func (s *Session) refuse(kind Kind, reason string) Outcome {
	at := s.out.position()
	return Outcome{Kind: kind, Reason: reason + ": the step was not run", From: at, To: at}
}

// send writes a message to the shell. One that fits into the pipe is written at
// once; a larger one by a goroutine that ends when the shell has read it or has
// gone.
func (s *Session) send(message []byte) <-chan struct{} {
	sent := make(chan struct{})
	if len(message) <= 4096 {
		s.steps.Write(message) // if it fails, the shell is gone, which watch sees
		close(sent)
		return sent
	}
	go func() {
		defer close(sent)
		s.steps.Write(message)
	}()
	return sent
}

// current returns the running step, or nil.
func (s *Session) current() *step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.step
}

// ended returns why no step can be run any more; "" while one can.
func (s *Session) ended() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.exited:
		if s.lost == "" {
			return "the terminal has ended"
		}
	default:
	}
	return s.lost
}

// lose says that no step can be run any more. The first reason stays.
func (s *Session) lose(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost == "" {
		s.lost = reason
	}
}
