package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A Level says what takes the steps in a terminal.
type Level string

// The levels.
const (
	Local  Level = "local"  // the shell that the terminal was opened with
	Nested Level = "nested" // a shell within that one, driven through its prompt
	Raw    Level = "raw"    // a program that is no shell: text is typed, a person says how it ended
)

const (
	probeLimit = 3 * time.Second // how long a shell may take to answer the probe
	lineGraces = 4               // and to read a line of a step, in Options.Grace
	rawQuiet   = 2 * time.Second // how long a raw program is silent when it seems to be done
)

// An inner is what a step has opened within the terminal, and which has taken
// it over. The step itself goes on until that ends.
type inner struct {
	level  Level
	shell  string // its kind: sh, bash or zsh
	outer  string // token of the step that opened it
	token  string // of the newest step in it
	status int    // and how that ended
}

// Level says what takes the steps, and the name of the shell.
func (s *Session) Level() (Level, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner == nil {
		return Local, "bash"
	}
	return s.inner.level, s.inner.shell
}

// Enter gives the shell a step whose command opens another shell and stays in
// it: ssh, su, a container. Until that shell is there a person may have to
// answer it, so nothing is typed before the program that takes the keys has been
// silent for a while. Then it is asked whether it is a shell, taught to report
// and made to prove that it tells the truth about a status of 42.
//
// An outcome with Evidence InBand says that the shell is there: from here on all
// steps run in it, and with its end the session ends. Where something else has
// taken the terminal over the outcome is Unknown and the level Raw. A command
// that just ended has its own outcome, like any step's.
func (s *Session) Enter(ctx context.Context, text string, vars []string, limit time.Duration) Outcome {
	return s.perform(ctx, &step{token: token(), prompt: -1, opens: true}, Place{}, text, vars, limit)
}

// arrived looks whether the running step has opened what it was to open.
func (s *Session) arrived(st *step) (ending, bool) {
	at := s.out.position()
	if at != st.silent || at == st.from || !s.takesLine() || s.fillsScreen() {
		st.silent = at
		return 0, false
	}
	in, taught := s.teach(st)
	if len(s.records) > 0 { // it ended meanwhile
		return 0, false
	}
	st.entry = at
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inner = in
	if !taught {
		return byRefusal, true
	}
	return byEntry, true
}

// takesLine says whether a line that is typed now would go to a prompt. Line
// editors, and ssh for whatever is behind it, take single keys; a shell without
// an editor is told from a program with a question by its name.
func (s *Session) takesLine() bool {
	now, err := s.tty.settings()
	if err != nil {
		return false
	}
	echo, lines := now.Lflag&unix.ECHO != 0, now.Lflag&unix.ICANON != 0
	if !lines {
		return !echo
	}
	group, err := s.tty.foreground()
	if err != nil || !echo || group == s.pid {
		return false
	}
	p, _ := lookup(group)
	return slices.Contains([]string{"sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"}, p.command)
}

// fillsScreen says whether a program has switched to the screen that editors and
// pagers draw on. Nothing is typed into one of those.
func (s *Session) fillsScreen() bool {
	_, raw, _, _ := s.out.snapshot()
	return bytes.LastIndex(raw, []byte("\x1b[?1049h")) > bytes.LastIndex(raw, []byte("\x1b[?1049l"))
}

// teach asks whether a shell is there and teaches it. Where none answers, what
// was typed is taken back with ^C, and with an empty line, because some programs
// look up from a line only when it ends.
func (s *Session) teach(st *step) (in *inner, taught bool) {
	in = &inner{level: Raw, outer: st.token, token: token()}
	s.out.listen(in.token)
	s.enterLine(probeLine(in.token))
	code, ok := s.await(func(c signCode) bool { return signShell <= c && c < signShell+signCode(len(innerShells)) }, probeLimit)
	if !ok {
		s.out.listen("")
		s.enterLine("\x03")
		return in, false
	}
	kind := innerShells[code-signShell]
	s.enterLine(functions + "__book_y=$(stty -g </dev/tty) && __book_t=" + in.token + " && __book_m 4000")
	if _, ok := s.await(func(c signCode) bool { return c == signDefined }, probeLimit); !ok {
		s.out.listen("")
		return in, false
	}
	s.enterLine(discarding + kind.hook)
	if _, ok := s.await(signCode.prompt, probeLimit); !ok {
		s.out.listen("")
		return in, false
	}
	in.level, in.shell = Nested, kind.name
	lines, _ := dictation(token(), "(exit 42)", nil, "")
	if err := s.dictate(in, lines, func() bool { return false }); err != nil {
		return in, false
	}
	code, ok = s.await(signCode.prompt, probeLimit)
	return in, ok && code == signPrompt+42 // the first step finds a status of 0
}

// enterLine types a line.
func (s *Session) enterLine(line string) error { return s.tty.write([]byte(line + "\n")) }

// await waits for a sign.
func (s *Session) await(wanted func(signCode) bool, limit time.Duration) (signCode, bool) {
	over := time.NewTimer(limit)
	defer over.Stop()
	for {
		select {
		case got := <-s.out.signs:
			if wanted(got.code) {
				return got.code, true
			}
		case <-s.out.done:
			return 0, false
		case <-over.C:
			return 0, false
		}
	}
}

// dictate hands a step to the inner shell, which begins it at once; or takes it
// back, where it was stopped meanwhile.
func (s *Session) dictate(in *inner, lines []string, stopped func() bool) error {
	deaf := errors.New("the shell in this terminal did not take the step")
	s.out.listen(in.token)
	if err := s.enterLine(doLine(in.status)); err != nil {
		return err
	}
	taken := func(n int) bool {
		_, ok := s.await(func(c signCode) bool { return c == signTaken+signCode(n%1000) }, lineGraces*s.opt.Grace)
		return ok
	}
	if !taken(0) {
		return deaf
	}
	in.token = strings.TrimPrefix(lines[0], "t:")
	s.out.listen(in.token)
	for i, line := range lines {
		if stopped() && i > 0 {
			return s.enterLine("q")
		}
		if err := s.enterLine(line); err != nil {
			return err
		}
		if i < len(lines)-1 && !taken(i+1) {
			return deaf
		}
	}
	return nil
}

// inside runs a step in the inner shell.
func (s *Session) inside(ctx context.Context, st *step, lines []string, limit time.Duration) Outcome {
	st.from = s.out.position()
	s.mu.Lock()
	st.handed = make(chan struct{})
	s.step = st
	in := s.inner
	s.mu.Unlock()
	s.out.forget()
	stopped := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		st.back = st.presses > 0 || ctx.Err() != nil
		return st.back
	}
	if err := s.dictate(in, lines, stopped); err != nil {
		o := s.endInside(st, &Outcome{Kind: Unknown, Reason: err.Error() + ": whether any of it ran is not known"})
		s.lose(err.Error())
		return o
	}
	e := s.watchInside(ctx, st, limit)
	return s.endInside(st, s.judgeInside(in, st, e))
}

// watchInside waits until the step in the inner shell has ended, or the terminal
// has, stopping the step when it has to.
func (s *Session) watchInside(ctx context.Context, st *step, limit time.Duration) ending {
	over, escalate := alarm(limit), (<-chan time.Time)(nil)
	look := time.NewTicker(probeEvery)
	defer look.Stop()
	records, cancel := s.records, ctx.Done()
	for {
		select {
		case got := <-s.out.signs:
			if st.hears(got); st.prompt >= 0 {
				return byRecord
			}
			s.handed(st)
		case rec, open := <-records:
			if !open {
				records = nil
				continue
			}
			st.record = &rec
			return byExit
		case <-s.exited:
			return byExit
		case <-cancel:
			st.cancelled, cancel = true, nil
			escalate = s.stop(st)
		case <-over:
			st.timedOut, over = true, nil
			escalate = s.stop(st)
		case <-escalate:
			escalate = s.stop(st)
		case <-look.C:
			if s.recovered(st) {
				return byLoss
			}
		}
	}
}

// hears takes in what the inner shell says of the step: that it begins, and that
// the shell is at its prompt again.
func (st *step) hears(got sign) {
	switch {
	case got.code == signBegan:
		st.began, st.from = true, got.to
	case got.code.prompt():
		st.status, st.prompt = int(got.code-signPrompt), got.from
		if st.end > 0 {
			st.prompt = st.end
		}
	case signUnread <= got.code && got.code < signUnread+1000:
		st.unread, st.end = int(got.code-signUnread), got.from
	}
}

// handed lets keys through to a step that has begun; an interrupt that came
// before now follows.
func (s *Session) handed(st *step) {
	if !st.began || st.here() {
		return
	}
	s.mu.Lock()
	stop := st.presses > 0
	close(st.handed)
	s.mu.Unlock()
	if stop {
		s.tty.interrupt()
	}
}

// alarm goes off when a limit has passed; never where there is none.
func alarm(limit time.Duration) <-chan time.Time {
	if limit <= 0 {
		return nil
	}
	return time.After(limit)
}

// recovered is for a step that is over and whose shell can't say so, because the
// step took its prompt away. Some time after ^C has been pressed twice it is
// asked again whether a shell is there.
func (s *Session) recovered(st *step) bool {
	s.mu.Lock()
	in, pressed := s.inner, st.presses
	s.mu.Unlock()
	if pressed < 2 || st.asking {
		return false
	}
	if st.pressed += probeEvery; st.pressed <= s.opt.Grace {
		return false
	}
	st.asking = true
	st.entry = s.out.position()
	again, taught := s.teach(&step{token: in.outer})
	if !taught {
		s.out.listen(in.token)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inner = again
	return true
}

// judgeInside turns what was seen of a step in the inner shell into its outcome.
func (s *Session) judgeInside(in *inner, st *step, e ending) *Outcome {
	o := &Outcome{Sent: true}
	switch {
	case e == byRecord && !st.began && st.back:
		o.Kind, o.Sent, o.Reason = Interrupted, false, "stopped before it began: the step was not run"
		return o
	case e == byRecord && !st.began:
		o.Kind, o.Sent, o.Reason = Unknown, false, "its folder or a variable could not be set: the step was not run"
	case e == byRecord && st.paused:
		o.Kind, o.Evidence, o.Reason = Suspended, InBand, "^Z was pressed; fg goes on with what has not ended"
		in.status = st.status
	case e == byRecord:
		o.Kind, o.Code, o.HasCode, o.Evidence = Exited, st.status, true, InBand
		in.status = st.status
		if st.unread > 0 {
			o.Notices = append(o.Notices, plural(st.unread, "byte")+" of typed input were not read and were discarded")
		}
		if byStop(st.status) {
			o.Notices = append(o.Notices, fmt.Sprintf("a status of %d can mean that it was suspended and has not ended", st.status))
		}
	case e == byLoss:
		o.Kind, o.Reason = Unknown, "the step took away the prompt by which its end is known"
	case st.record == nil:
		s.fromExit(st, o)
	default:
		s.departed(st, o)
	}
	s.stopped(st, e, o)
	return o
}

// departed is the outcome of a step that did not come back, because what was
// opened in the terminal has ended. A connection that broke looks the same as an
// exit status of 255, and a program that was killed is no end either.
func (s *Session) departed(st *step, o *Outcome) {
	status, known := code(st.record.status)
	st.prompt = s.awaitFence()
	for len(s.out.signs) > 0 { // those before the fence
		if got := <-s.out.signs; got.code == signBegan {
			st.hears(got)
		}
	}
	s.lose("what was opened in the terminal has ended")
	if !known || status >= 128 || !st.began && s.inner.level == Nested {
		o.Kind, o.Reason = Unknown, fmt.Sprintf("the connection, or what was opened in this terminal, ended with %q while the step ran; it may have taken effect", st.record.status)
		return
	}
	o.Kind, o.Code, o.HasCode, o.Evidence = SessionEnded, status, true, Control
	o.Reason = fmt.Sprintf("the step ended its terminal, with exit status %d", status)
}

// endInside measures the step's output and leaves the terminal as it is: its
// settings are the inner shell's own.
func (s *Session) endInside(st *step, o *Outcome) Outcome {
	end := st.prompt
	switch {
	case o.Kind == Unknown && st.entry > 0:
		end = st.entry
	case end < 0:
		s.out.drain()
	}
	s.out.mu.Lock()
	to, kept := s.out.cut(end)
	s.out.mu.Unlock()
	s.mu.Lock()
	s.step = nil
	s.mu.Unlock()
	o.From, o.To, o.Complete = min(st.from, to), to, kept && end >= 0
	if !kept {
		o.Notices = append(o.Notices, fmt.Sprintf("the transcript is incomplete: %v", s.out.trouble()))
	}
	return *o
}

// typeRaw types a step into a program that is no shell, and waits until that
// seems to be done with it. How it ended only a person can say.
func (s *Session) typeRaw(ctx context.Context, st *step, text string, limit time.Duration) Outcome {
	st.from = s.out.open()
	s.mu.Lock()
	s.step = st
	s.mu.Unlock()
	o := &Outcome{Kind: Unknown, Sent: true, Reason: "no shell is here to tell how it ended: look at what it printed, and say what happened"}
	for line := range strings.Lines(text) {
		if err := s.enterLine(strings.TrimRight(line, "\r\n")); err != nil {
			o.Reason = "not all of it could be typed: " + err.Error()
		}
	}
	if e := s.watchRaw(ctx, st, limit); e == byExit && st.record != nil {
		s.departed(st, o)
	} else if e == byExit {
		s.fromExit(st, o)
	}
	s.stopped(st, byExit, o)
	return s.endInside(st, o)
}

// watchRaw waits until the program is silent, or ends.
func (s *Session) watchRaw(ctx context.Context, st *step, limit time.Duration) ending {
	over, escalate := alarm(limit), (<-chan time.Time)(nil)
	last, silent := int64(-1), time.NewTicker(rawQuiet)
	defer silent.Stop()
	records, cancel := s.records, ctx.Done()
	for {
		select {
		case rec, open := <-records:
			if !open {
				records = nil
				continue
			}
			st.record = &rec
			return byExit
		case <-s.exited:
			return byExit
		case <-cancel:
			st.cancelled, cancel = true, nil
			escalate = s.stop(st)
		case <-over:
			st.timedOut, over = true, nil
			escalate = s.stop(st)
		case <-escalate:
			escalate = s.stop(st)
		case <-silent.C:
			at := s.out.position()
			if at == last {
				return byProof
			}
			last = at
		}
	}
}
