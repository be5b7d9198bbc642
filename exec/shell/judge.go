package shell

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// judge turns what was seen of a step into its outcome.
func (s *Session) judge(st *step, e ending) Outcome {
	o := Outcome{Sent: true, From: st.from}
	switch e {
	case byRecord:
		s.fromRecord(st, &o)
	case byExit:
		s.fromExit(st, &o)
	case byProof:
		o.Kind, o.Evidence = Unknown, IdleProof
		o.Reason = "the shell waits for the next step but did not report how this one ended"
		if st.deaf {
			s.lose("the shell can't report any more")
		}
	case byLoss:
		o.Kind = Unknown
		o.Reason = "the shell was replaced by another program, or no longer obeys; it may still be running"
		s.lose("the shell was replaced or no longer obeys")
	case byEntry:
		o.Kind, o.HasCode, o.Evidence = Exited, true, InBand
	case byRefusal:
		o.Kind = Unknown
		o.Reason = "what has taken the terminal over is no shell that this program can drive; one line was typed to find out, and taken back"
	}
	s.stopped(st, e, &o)
	s.measure(st, e, &o)
	return o
}

// stopped tells a step that was stopped from one that ended by itself.
func (s *Session) stopped(st *step, e ending, o *Outcome) {
	s.mu.Lock()
	asked, killed, victims := st.asked, st.killed && e == byExit, st.victims
	s.mu.Unlock()
	why := ""
	switch {
	case st.timedOut:
		o.Kind, why = TimedOut, "it took too long and was stopped"
	case o.Kind == Unknown:
		return
	case st.cancelled || killed:
		o.Kind, why = Interrupted, "it was stopped"
	case asked && o.Kind == Exited && o.Code >= 128:
		o.Kind, why = Interrupted, "it was stopped by ^C"
	case asked && o.Kind == Exited:
		o.Notices = append(o.Notices, "^C was pressed while it ran")
		return
	default:
		return
	}
	if killed {
		why += "; as ^C did not end it, the terminal was ended with it"
		if len(victims) > 0 {
			o.Notices = append(o.Notices, "killed: "+names(victims))
		}
	}
	o.Reason = why + "; it may have taken effect"
}

// fromRecord reads the driver's report.
func (s *Session) fromRecord(st *step, o *Outcome) {
	rec := st.record
	o.Evidence, o.Cwd = Control, rec.cwd
	status, known := code(rec.status)
	last, _ := code(rec.last)
	halted := slices.ContainsFunc(rec.stopped, func(pid int) bool { return !slices.Contains(s.halted, pid) })
	switch {
	case rec.token != st.token:
		o.Kind, o.Evidence, o.Cwd = Unknown, "", ""
		o.Reason = "the step changed the shell's own variables, so its report can't be read"
	case rec.status == "vars":
		o.Kind, o.Sent = Unknown, false
		o.Reason = "its folder or a variable could not be set: the step was not run"
	case len(rec.stopped) > 0 && (byStop(status) && halted || rec.status == "left" && last >= 128):
		o.Kind, o.Reason = Suspended, "it was suspended; fg goes on with it"
	case rec.status == "left" && last < 128:
		o.Kind, o.Reason = Unknown, "the step said break or continue outside a loop, and the rest of it was not run"
	case rec.status == "left":
		o.Kind, o.Code, o.HasCode = Exited, last, true
	case !known:
		o.Kind, o.Evidence, o.Reason = Unknown, "", fmt.Sprintf("the shell reported %q as exit status", rec.status)
	default:
		o.Kind, o.Code, o.HasCode = Exited, status, true
	}
}

// byStop says whether an exit status means that a job was suspended.
func byStop(status int) bool {
	switch syscall.Signal(status - 128) {
	case unix.SIGTSTP, unix.SIGSTOP, unix.SIGTTIN, unix.SIGTTOU:
		return true
	}
	return false
}

// fromExit reads what the kernel says of the shell's end.
func (s *Session) fromExit(st *step, o *Outcome) {
	o.Kind, o.Evidence = SessionEnded, WaitStatus
	how := s.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case how.Signaled():
		o.Signal = unix.SignalName(how.Signal())
		o.Reason = "the shell was ended by " + o.Signal
	case how.ExitStatus() == lost:
		o.Kind = Unknown
		o.Reason = "the step cut the shell off: it could not report any more"
	default:
		o.Code, o.HasCode = how.ExitStatus(), true
		o.Reason = fmt.Sprintf("the step ended the shell, with exit status %d", o.Code)
	}
	s.mu.Lock()
	why := s.lost
	s.mu.Unlock()
	if why != "" {
		o.Reason = why + " while the step ran; it may have taken effect"
	}
	if st.replaced {
		o.Reason += ", after it was replaced by exec"
	}
}

// measure finds where the output ends and whether that is exact.
func (s *Session) measure(st *step, e ending, o *Outcome) {
	exact, end := false, int64(-1)
	if e == byEntry || e == byRefusal {
		s.arriving(st, o)
		return
	}
	if e == byRecord && st.record.token == st.token {
		end = s.awaitFence()
		exact = end >= 0
	} else {
		closed := s.out.drain()
		end, exact = s.out.fenced(), closed && e != byRecord
	}
	if st.prompt >= 0 && (end < 0 || st.prompt < end) {
		end = st.prompt
	}
	o.To, o.Missing = s.out.finish(end)
	o.Complete = exact && o.Missing == 0
	o.Hidden, o.Redacted = s.out.veil.hidden()
	switch {
	case o.Missing > 0:
		o.Notices = append(o.Notices, fmt.Sprintf("the transcript is incomplete: %v", s.out.trouble()))
	case !exact:
		o.Notices = append(o.Notices, "where the output ends is not exact")
	}
}

// arriving measures the output of a step that has opened something and goes on.
func (s *Session) arriving(st *step, o *Outcome) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	o.To, o.Missing = s.out.cut(st.entry)
	o.Complete = o.Missing == 0
	o.Hidden, o.Redacted = s.out.veil.hidden()
}

// awaitFence waits for the fence that was printed before the record was sent.
// It returns its offset, or a negative one where it does not come.
func (s *Session) awaitFence() int64 {
	if at := s.out.fenced(); at >= 0 {
		return at
	}
	limit := time.NewTimer(fenceLimit)
	defer limit.Stop()
	select {
	case at := <-s.out.fences:
		return at
	case <-s.out.done:
	case <-limit.C:
	}
	return s.out.fenced()
}

// tidy leaves the terminal as the next step expects it, and tells what it found.
func (s *Session) tidy(st *step, o *Outcome) {
	s.mu.Lock()
	s.step = nil
	typed, alive, entered := st.typed, s.lost == "", s.inner != nil
	s.mu.Unlock()
	s.blank()
	if entered {
		s.known = s.mine() // what it opened is no survivor
		s.mu.Lock()
		s.opened = s.known
		s.mu.Unlock()
		return // it has not ended, and the settings are those of what it opened
	}
	s.before = st.token
	s.account(st, o)
	if !alive {
		return
	}
	if typed > 0 {
		if n, err := s.tty.discard(); err == nil && n > 0 {
			o.Notices = append(o.Notices, plural(n, "byte")+" of typed input were not read and were discarded")
		}
	}
	s.switchOff(o, s.out.leftOn(false))
	if s.tty.restore() && st.prompts == 0 {
		o.Notices = append(o.Notices, "the terminal's settings were restored")
	}
	if time.Since(s.reaped) > reapEvery {
		s.reaped = time.Now()
		s.reap()
	}
}

// switchOff tells what a step left switched on in the terminal.
func (s *Session) switchOff(o *Outcome, on []string) {
	if len(on) > 0 {
		o.Notices = append(o.Notices, "it left switched on, and it was switched off: "+strings.Join(on, ", "))
	}
}
