package exec

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Survivor is a process that outlived the step, or the program, that started
// it. It may be the very thing that the step was to start, so it is told and
// left alone. Its number can be another's later on; with Begun it is its own
// until the machine is started again.
type Survivor struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started,omitzero"` // by the wall clock, which may have been set since
	Begun   int64     `json:"begun,omitempty"`  // in the system's own unit
	Command string    `json:"command,omitempty"`
	Stopped bool      `json:"stopped,omitempty"` // suspended, not running
}

// String names a survivor for people.
func (s Survivor) String() string {
	words := fmt.Sprintf("process %d", s.PID)
	if s.Stopped {
		words += ", suspended"
	}
	if !s.Started.IsZero() {
		words += ", since " + s.Started.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	if s.Command != "" {
		words += ": " + s.Command
	}
	return words
}

// is reports whether two descriptions are of one process.
func (s Survivor) is(other Survivor) bool { return s.PID == other.PID && s.Begun == other.Begun }

// discreet are survivors with the command lines that the record has of them
// already, in which secrets are hidden. Others are without their arguments while
// there is a secret that nobody here knows: it may be among them.
func (s State) discreet(all []Survivor) []Survivor {
	all = slices.Clone(all)
	for i, p := range all {
		name, _, more := strings.Cut(p.Command, " ")
		if k := slices.IndexFunc(s.Survivors, p.is); k >= 0 {
			all[i].Command = s.Survivors[k].Command
		} else if more && len(s.forgotten) > 0 {
			all[i].Command = name + " ..."
		}
	}
	return all
}

// inWords names survivors, and how many more there are that no event lists.
func inWords(all []Survivor, unlisted int) []string {
	var words []string
	for _, s := range all {
		words = append(words, s.String())
	}
	if unlisted > 0 {
		words = append(words, plural(unlisted, "more process, which is not listed", "more processes, which are not listed"))
	}
	return words
}

// StillRuns says in words what the exercise has left running, as far as the
// record tells.
func (s State) StillRuns() []string { return inWords(s.Survivors, s.Unlisted) }

// StillRuns says in words what ran at the end.
func (e Ended) StillRuns() []string { return inWords(e.Survivors, e.Unlisted) }

// StillRuns says in words what ran when the exercise was gone on with.
func (r Resumed) StillRuns() []string { return inWords(r.Survivors, r.Unlisted) }

// maxSurvivors is how many survivors one event lists.
const maxSurvivors = 64

// listed are as many survivors as fit into one event, and how many more there
// are: with its words for each of them, a line of the record has to hold it.
func listed(all []Survivor) ([]Survivor, int) {
	bytes := 0
	for i, s := range all {
		if bytes += len(s.Command); i == maxSurvivors || bytes > excerpt {
			return all[:i:i], len(all) - i
		}
	}
	return all, 0
}

// What became of the processes of a step whose end nobody saw.
const (
	StillRunning = "still running"
	Gone         = "gone"
)

// Words say what ran and what became of it; "" where nothing is known.
func (u *StepUnknown) Words() string {
	if u == nil || u.PID == 0 || u.Now == "" {
		return ""
	}
	if u.Now == Gone {
		return fmt.Sprintf("process %d, the shell that ran it, is gone, and nothing was found of what it ran", u.PID)
	}
	return fmt.Sprintf("process %d, the shell that ran it, or something that it started is still running", u.PID)
}

// Remains are what was found of the processes of an exercise whose program has
// ended.
type Remains struct {
	Survivors []Survivor
	Unlisted  int
	Shell     Survivor // in which the step ran; nothing where the record does not tell
	Now       string   // what became of it and of what it ran: StillRunning, Gone, "" where that can't be told
}

// told reports whether the record tells of a survivor already, as it is now.
func (s State) told(p Survivor) bool {
	return slices.ContainsFunc(s.Survivors, func(q Survivor) bool { return p.is(q) && p.Stopped == q.Stopped })
}

// known are all processes of the exercise that the record names and that may
// still be there.
func (s State) known() []Survivor {
	all := slices.Clone(s.Survivors)
	for _, b := range s.shells {
		all = append(all, b.process())
	}
	return all
}

// process is a terminal's shell.
func (b TerminalOpened) process() Survivor {
	return Survivor{PID: b.PID, Started: b.Started, Begun: b.Begun}
}

// host is the terminal in which the running step runs, false where the record has
// no shell of it: a step that opens one tells of it at its end.
func (s State) host() (b TerminalOpened, known bool) {
	i := s.Running()
	if i < 0 || s.Due(i).Opens != "" {
		return b, false
	}
	place := Place(s.Due(i))
	for _, b := range slices.Backward(s.shells) {
		if b.Name == place {
			return b, true
		}
	}
	return b, false
}

// beyond reports whether a process is the shell of another terminal than host,
// which says nothing of a step there.
func (s State) beyond(host TerminalOpened, p Survivor) bool {
	return slices.ContainsFunc(s.shells, func(b TerminalOpened) bool { return b.process().is(p) && b.Name != host.Name })
}

// moved notes where the record is written from here on. Processes of another
// machine, or of this one before it was started anew, can't be there any more.
func (s *State) moved(to Process) {
	if !s.writer.shares(to) {
		s.shells, s.Survivors, s.Unlisted = nil, nil, 0
	}
	s.writer = to
}

// shares reports whether two processes were on one machine without its being
// started anew between them, so that process numbers mean the same to both.
func (p Process) shares(other Process) bool {
	if p.Boot != "" && other.Boot != "" {
		return p.Boot == other.Boot
	}
	return p.Host == other.Host
}
