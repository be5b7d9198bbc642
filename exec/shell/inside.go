package shell

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// inside runs a step in the inner shell.
func (s *Session) inside(ctx context.Context, st *step, lines []string, limit time.Duration) Outcome {
	st.from = s.out.open()
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
	e := s.watchInside(ctx, st, limit, s.recovered)
	return s.endInside(st, s.judgeInside(in, st, e))
}

// watchInside waits until the step has ended, or the terminal has, stopping the
// step when it has to. Now and then it asks whether there is another proof that
// nothing more will come.
func (s *Session) watchInside(ctx context.Context, st *step, limit time.Duration, over func(*step) bool) ending {
	late, escalate := alarm(limit), (<-chan time.Time)(nil)
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
		case <-late:
			st.timedOut, late = true, nil
			escalate = s.stop(st)
		case <-escalate:
			escalate = s.stop(st)
		case <-look.C:
			if over(st) {
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
		st.status, st.left, st.prompt = int(got.code%1000), got.code.left(), got.from
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
		o.Kind, o.Sent, o.Reason = Unknown, false, "its folder or a variable could not be set, or it did not come whole: the step was not run"
	case e == byRecord && st.paused:
		o.Kind, o.Evidence, o.Reason = Suspended, InBand, "^Z was pressed; fg goes on with what has not ended"
		in.status = st.status
	case e == byRecord && st.left && st.status == 0:
		o.Kind, o.Evidence, o.Reason = Unknown, InBand, "the shell left it before its end, and the rest of it was not run"
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
	end, exact := st.prompt, st.prompt >= 0
	switch {
	case o.Kind == Unknown && st.entry > 0:
		end = st.entry
	case end < 0:
		exact = s.out.drain()
	}
	s.out.mu.Lock()
	to, missing := s.out.cut(end)
	s.out.mu.Unlock()
	s.account(st, o)
	s.mu.Lock()
	s.step = nil
	s.mu.Unlock()
	s.blank()
	if level, _ := s.Level(); level == Nested && s.Alive() {
		s.switchOff(o, s.out.leftOn(true))
	}
	o.From, o.To, o.Missing, o.Complete = min(st.from, to), to, missing, missing == 0 && exact
	o.Hidden, o.Redacted = s.out.veil.hidden()
	if missing > 0 {
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
	if e := s.watchInside(ctx, st, limit, s.quiet); e == byExit && st.record != nil {
		s.departed(st, o)
	} else if e == byExit {
		s.fromExit(st, o)
	}
	s.stopped(st, byExit, o)
	return s.endInside(st, o)
}

// quiet says whether nothing has been printed for so long that the program seems
// to be done. While it can be seen to work, and not to wait for a person, it is
// not; behind ssh that can't be seen.
func (s *Session) quiet(st *step) bool {
	if at := s.out.position(); at != st.silent {
		st.silent, st.looks = at, 0
	}
	st.looks++
	if time.Duration(st.looks)*probeEvery <= rawQuiet {
		return false
	}
	_, waits := s.Waiting()
	return waits || !canTell
}
