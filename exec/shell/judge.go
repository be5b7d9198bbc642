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

// A look at processes that are just coming or going takes place a few times.
const (
	lookAgain  = 20 * time.Millisecond
	looks      = 10  // after a step
	looksAtEnd = 100 // when a terminal ends
)

// switchOff tells what a step left switched on in the terminal.
func (s *Session) switchOff(o *Outcome, on []string) {
	if len(on) > 0 {
		o.Notices = append(o.Notices, "it left switched on, and it was switched off: "+strings.Join(on, ", "))
	}
}

// survivors lists the processes that outlived the shell. What was in the
// foreground got the hang-up that a closed terminal means, or was killed with
// its step; it gets a moment to go. Of a step that was running, anything may
// have been in the foreground by then.
func (s *Session) survivors(foreground int, running bool) []process {
	left := s.mine()
	going := func(p process) bool {
		return p.group == foreground || s.condemned(p) || running && p.session == s.pid
	}
	for n := 0; n < looksAtEnd && slices.ContainsFunc(left, going); n++ {
		<-time.After(lookAgain)
		left = s.mine()
	}
	return s.still(left)
}

// account lists what the step has left running or suspended, and no earlier
// one. What is new may be just ending, as the end of a pipe that nobody waits
// for, or just becoming what it is to be, so it is looked at again until it
// stays the same.
func (s *Session) account(st *step, o *Outcome) {
	if st.record != nil {
		s.halted = st.record.stopped
	}
	left := s.mine()
	for n := 0; n < looks && slices.ContainsFunc(left, s.isNew); n++ {
		before := left
		<-time.After(lookAgain)
		left = s.mine()
		changing := func(p process) bool { return s.condemned(p) || s.isNew(p) && s.becoming(p) }
		if slices.EqualFunc(left, before, process.same) && !slices.ContainsFunc(left, changing) {
			break
		}
	}
	for _, p := range left {
		if s.isNew(p) {
			o.Survivors = append(o.Survivors, s.told(p))
		}
	}
	s.known = left
}

// isNew says whether nobody was told of p yet, or not of its being suspended.
func (s *Session) isNew(p process) bool {
	i := slices.IndexFunc(s.known, p.same)
	return i < 0 || p.state == 'T' && s.known[i].state != 'T'
}

// isFork says whether p is a copy of the shell, which runs commands of the step
// itself or is about to become another program.
func (s *Session) isFork(p process) bool { return s.words != "" && commandLine(p.pid) == s.words }

// becoming says whether p is about to be another program, or is so new a one that
// it has no words yet. Where words can't be read nothing is.
func (s *Session) becoming(p process) bool {
	return s.isFork(p) || s.words != "" && commandLine(p.pid) == ""
}

// told describes p for people.
func (s *Session) told(p process) Proc {
	told := p.proc()
	if s.isFork(p) {
		told.Command = "bash, a part of the step's own shell"
	}
	return told
}

// still are those of some processes that a second look finds too. A program that
// another terminal is just starting looks like an orphan until it has its mark.
func (s *Session) still(left []process) []process {
	if len(left) == 0 {
		return nil
	}
	<-time.After(lookAgain)
	again := s.mine()
	return slices.DeleteFunc(left, func(p process) bool { return !slices.ContainsFunc(again, p.same) })
}

// condemned says whether p was killed with its step.
func (s *Session) condemned(p process) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.killed, p.same)
}
