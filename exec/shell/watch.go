package shell

import (
	"context"
	"time"
)

// An ending is the way in which watching a step came to its end.
type ending int

const (
	byRecord  ending = iota // the driver reported
	byExit                  // the shell is gone
	byLoss                  // the shell lives but can't be driven any more
	byProof                 // the shell waits for the next step and has not reported
	byEntry                 // another shell is there, and reports
	byRefusal               // something else has taken the terminal over
)

// watch waits until the step has ended, stopping it when it has to.
func (s *Session) watch(ctx context.Context, st *step, limit time.Duration) ending {
	over, escalate := alarm(limit), (<-chan time.Time)(nil)
	look := time.NewTicker(probeEvery)
	defer look.Stop()
	records, cancel := s.records, ctx.Done()
	for {
		select {
		case rec, open := <-records:
			switch {
			case !open:
				st.deaf, records = true, nil
			case rec.token != s.before: // ^C in the wrong moment repeats the last record
				st.record = &rec
				return byRecord
			}
		case at := <-s.out.prompts:
			if !s.prompted(st, at) {
				return byLoss
			}
		case <-s.exited:
			return s.lastRecord(st, records)
		case <-cancel:
			st.cancelled, cancel = true, nil
			escalate = s.stop(st)
		case <-over:
			st.timedOut, over = true, nil
			escalate = s.stop(st)
		case <-escalate:
			escalate = s.stop(st)
		case <-look.C:
			if e, ended := s.look(st); ended && len(records) == 0 {
				return e
			}
		}
	}
}

// lastRecord prefers a report over the news that the shell ended just after it.
func (s *Session) lastRecord(st *step, records <-chan record) ending {
	if records == nil {
		return byExit
	}
	for {
		select {
		case rec, open := <-records:
			if !open {
				return byExit
			}
			if rec.token == st.token {
				st.record = &rec
				return byRecord
			}
		case <-time.After(probeEvery): // somebody else holds the pipe open
			return byExit
		}
	}
}

// prompted notes a prompt. It means that bash came out of the driver: it is led
// back in by typing the driver, unseen. That is done only while bash really
// reads a command, because anyone may print what looks like a prompt.
func (s *Session) prompted(st *step, at int64) bool {
	for tries := 0; !s.prompting(); tries++ {
		if tries == 50 {
			return true
		}
		<-time.After(2 * time.Millisecond)
	}
	if st.prompt < 0 {
		st.prompt = at
	}
	st.prompts++
	return st.prompts <= maxPrompts && s.tty.silently(again) == nil
}

// look looks at a step that has been running for a while.
func (s *Session) look(st *step) (ending, bool) {
	if st.opens {
		if e, arrived := s.arrived(st); arrived {
			return e, true
		}
	}
	return s.probe(st)
}

// probe looks at a step that has been running for a while, and believes only
// what it sees several times in a row. A shell whose control pipe is closed was
// replaced; if its successor takes input, it is no program that will just end.
func (s *Session) probe(st *step) (ending, bool) {
	if s.idle() {
		st.idle++
		return byProof, st.idle >= 3
	}
	st.idle = 0
	if !st.deaf {
		return 0, false
	}
	st.replaced = true
	if _, waits := s.Waiting(); waits || !canTell {
		st.taken++
	} else {
		st.taken = 0
	}
	return byLoss, st.taken >= 8
}
