package exec

import (
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A State is everything true of an exercise after some events. It is a value:
// Apply returns a new one and leaves the old as it was.
type State struct {
	Book     *runbook.Playbook
	Scenario *runbook.Scenario
	Began    Began
	At       int // index of the step where the document stands; len(Steps) at its end

	Started   time.Time // when the go was given; zero before
	Overrides []Override
	Operator  string
	Roles     []RoleTaken
	Values    map[string]string // given and captured; a secret's is Hidden
	Moments   []Moment          // marks set so far, the latest of each name last
	Point     *PointObserved
	Notes     []Note
	Declared  []Declaration
	Performed int // how many things were performed
	Holds     []Span
	Stops     []Stop // that were called; only the last may be unanswered
	Gaps      []Gap
	Jumps     []time.Duration
	Digests   []string     // of the playbook's file, as it was found later
	Altered   []Alteration // of the frozen copy
	Back      *Retreat     // that the exercise goes back to safety; nil while it does not
	Stuck     string       // why the current step can't be carried out as written
	Ended     *Ended
	Survivors []Survivor // that were left running, as far as the record tells
	Unlisted  int        // and how many that no event lists

	First, Last time.Time // of the first and the newest event
	Events      uint64
	steps       []*StepState
	legs        []Leg // each reaches to the next one
	leg         int   // the one where the exercise stands
	groups      []group
	index       map[string]int // of steps, by id; never changed
	hidden      []string       // names of the values that are on no record
	forgotten   []string       // and of those that went with an earlier process and were not told again
	writer      Process        // of the newest event
	newest      int            // 1 + the index of the step whose attempt ended last; 0 for none
	own         bool           // while an event is applied: steps is this state's own slice
	lone        bool           // while events are replayed: nobody sees the states between

	shells  []TerminalOpened // whose shells ran steps, and may still be there
	openers map[string]int   // 1 + the index of the step that opened a terminal last, by its name; never changed
}

// A StepState is where one step stands. Those in a State are never written to.
type StepState struct {
	Status   Status
	Reached  time.Time // when the document arrived here, last
	Closed   time.Time
	Visit    int // how often the document arrived here
	Attempts []Attempt
	Looks    []Attempt // at the condition that the machine answers
	Guard    Guard
	Choice   int      // of a decision, from 1
	Chosen   []int    // all choices ever made here
	Blocks   []int    // of several blocks the chosen ones, from 1, in order
	Ran      int      // how many turns are done: of the blocks, on each of the terminals
	Sites    []string // the terminals that the document names, in order
	By       string   // who closed it
	Text     string   // evidence that a person left
	File     *FileLeft
	Reason   string // of a skip, an acceptance, an unknown
	Agreed   string
	Accepted bool // its expectation failed, and a person let it pass
	Let      bool // that was at an earlier one of its terminals
	WayOut   bool // its expectation failed, and the documented way out was taken
	Stray    Stray

	Approvals  []Approval // said since the document came to it, in order
	Unapproved Unapproved
}

// A Guard is the answer to a step's `if`.
type Guard string

// The answers to a guard.
const (
	Unasked Guard = ""
	Yes     Guard = "yes"
	No      Guard = "no"
)

// An Attempt is one try at a step.
type Attempt struct {
	Visit, N  int
	Block     int    // of several blocks, which one; 0 where there is one
	At        string // the terminal, where the document names one
	opener    int    // 1 + the index of the step that had opened it; 0 where none had
	Began     time.Time
	Ended     time.Time     // zero while it runs
	Took      time.Duration // by the clock that nobody can set; 0 while it runs
	began     time.Duration // by that clock
	By        string
	Confirmed string
	Command   string
	Result    *StepEnded   // nil while it runs, or when nobody saw the end
	Unseen    *StepUnknown // where nobody saw the end, what became of what ran
	Look      bool         // not at the step itself but at its condition
	Void      bool         // nobody saw the end, and a person says that it did not happen
}

// A Moment is a clock mark that was set.
type Moment struct {
	Name     runbook.Mark
	At       time.Time
	Basis    string
	Notional bool // a simulated outage
	leg      int  // where it was set; anyLeg for one that follows from no step
}

// anyLeg is the leg of a mark that a person set.
const anyLeg = -1

// A Note is a person's remark.
type Note struct {
	At             time.Time
	By, Step, Text string
}

// Todo is what a note asks for that begins with "todo:", false where it only
// remarks.
func (n Note) Todo() (string, bool) {
	const begin = "todo:"
	text := strings.TrimSpace(n.Text)
	if len(text) < len(begin) || !strings.EqualFold(text[:len(begin)], begin) {
		return "", false
	}
	text = strings.TrimSpace(text[len(begin):])
	return text, text != ""
}

// A Declaration is a deviation that a person declared.
type Declaration struct {
	At       time.Time
	By, Step string
	Deviated
}

// A Stray is the first time that a step was performed while the document stood
// elsewhere. At is zero where that never happened.
type Stray struct {
	At       time.Time
	By       string
	Expected int // where the document stood
}

// A Stop is one that somebody called for, and what became of it.
type Stop struct {
	At         time.Time
	By, Reason string

	Answered           time.Time // zero while nobody has said that it goes on
	AnsweredBy, Answer string
}

// Words say who called, and why.
func (s Stop) Words() string { return s.By + " has called stop: " + strings.TrimRight(s.Reason, ". ") }

// first is why something has to wait for the answer.
func (s Stop) first() string { return s.Words() + "; that has to be answered first" }

// An Unapproved is the first time that a step was begun without an approval that
// it wants. Lacking is empty where that never happened.
type Unapproved struct {
	At      time.Time
	By      string
	Lacking []string // whose, as the document names them
}

// A Span is a stretch of time; To is zero while it lasts.
type Span struct {
	From, To time.Time
	Reason   string
}

// An Alteration is a file of the frozen copy that was found changed when a step
// was to run, which then did not start.
type Alteration struct {
	At   time.Time
	Step string
	CopyChanged
}

// A Gap is time in which nothing could be recorded.
type Gap struct {
	From, To time.Time
	Step     string // what was running, if anything
	Torn     int    // bytes of a half-written record that were set aside
}

// New is an exercise before its first event, on a playbook that was read from
// the frozen copy.
func New(book *runbook.Playbook) State { return State{Book: book} }

// Step is where the step at index i stands.
func (s State) Step(i int) StepState {
	if i < 0 || i >= len(s.steps) {
		return StepState{}
	}
	return *s.steps[i]
}

// find is the index of a step by its id, -1 where there is none.
func (s State) find(id string) int {
	if i, ok := s.index[id]; ok {
		return i
	}
	return -1
}

// Changed are the indexes of the steps that stand otherwise than they did in an
// earlier state of the same exercise.
func (s State) Changed(since State) []int {
	var changed []int
	for i := range s.steps {
		if i >= len(since.steps) || s.steps[i] != since.steps[i] {
			changed = append(changed, i)
		}
	}
	return changed
}

// Current is the step where the document stands, false at its end.
func (s State) Current() (runbook.Step, bool) {
	if s.Scenario == nil || s.At >= len(s.Scenario.Steps) {
		return runbook.Step{}, false
	}
	return s.Scenario.Steps[s.At], true
}

// Newest is the attempt that ended last and the index of its step, false where
// none has ended. It is what a person has just seen happen.
func (s State) Newest() (step int, a Attempt, ok bool) {
	a, ok = s.Step(s.newest - 1).Newest()
	return s.newest - 1, a, ok && a.Result != nil
}

// Running is the index of the step that runs, -1 when none does.
func (s State) Running() int {
	return slices.IndexFunc(s.steps, (*StepState).active)
}

func (st *StepState) active() bool { return st.Status == Active }

// Held reports whether the work is held up.
func (s State) Held() bool { return len(s.Holds) > 0 && s.Holds[len(s.Holds)-1].To.IsZero() }

// Called is the stop that waits for its answer, false where none does. To give
// the exercise up is an answer too.
func (s State) Called() (Stop, bool) {
	n := len(s.Stops)
	if n == 0 || !s.Stops[n-1].Answered.IsZero() || s.GivenUp(s.Stops[n-1]) {
		return Stop{}, false
	}
	return s.Stops[n-1], true
}

// GivenUp reports whether a person gave the exercise up after a stop was called.
func (s State) GivenUp(stop Stop) bool {
	return s.Back != nil && s.Back.Step == "" && !stop.At.After(s.Back.At)
}

// Waits reports whether somebody has to go on with the exercise: it was begun,
// and has not ended. Before the go nothing was done, and in a dry run nothing is.
func (s State) Waits() bool {
	return s.Ended == nil && !s.Started.IsZero() && (!s.Began.DryRun || s.Began.Kind == Tabletop)
}

// Moment is a mark, false where it was not set.
func (s State) Moment(m runbook.Mark) (Moment, bool) {
	return s.momentOf(m, func(Moment) bool { return true })
}

// momentIn is a mark as it was set in one leg, or by a person.
func (s State) momentIn(leg int, m runbook.Mark) (Moment, bool) {
	return s.momentOf(m, func(got Moment) bool { return got.leg == leg || got.leg == anyLeg })
}

// momentOf is the mark of a name that was set last, of those that count.
func (s State) momentOf(m runbook.Mark, counts func(Moment) bool) (Moment, bool) {
	for _, got := range slices.Backward(s.Moments) {
		if got.Name == m && counts(got) {
			return got, true
		}
	}
	return Moment{}, false
}

// Tries is how many attempts were made since the document arrived at the step,
// at the block and on the terminal whose turn it is.
func (st StepState) Tries() int { return st.triesOf(st.Visit, st.Block(), st.Terminal()) }

// triesOf counts the attempts of one visit at one block on one terminal. One
// that did not happen is none.
func (st StepState) triesOf(visit, block int, at string) int {
	n := 0
	for _, a := range st.Attempts {
		if a.Visit == visit && a.Block == block && a.At == at && !a.Void {
			n++
		}
	}
	return n
}

// LastAttempt is the newest attempt, false when there was none.
func (st StepState) LastAttempt() (Attempt, bool) {
	if len(st.Attempts) == 0 {
		return Attempt{}, false
	}
	return st.Attempts[len(st.Attempts)-1], true
}

// Uncompared reports whether the newest attempt ended, and only whether that was
// as documented is not known: what it printed could not be compared.
func (st StepState) Uncompared() bool {
	a, ok := st.LastAttempt()
	return ok && st.Status == Unknown && a.Result != nil && a.Result.Outcome == Exited
}

// Over reports whether nothing more is to be done at the step.
func (st StepState) Over() bool {
	switch st.Status {
	case Passed, Done, Skipped, NotApplicable, Simulated:
		return true
	case Failed:
		return st.Accepted || st.WayOut
	}
	return false
}

// Took is the time from the first attempt's begin, or from the arrival where
// nothing was begun, to the end. Where that is one attempt, nobody's setting of
// the clock is in it.
func (st StepState) Took() time.Duration {
	if st.Closed.IsZero() {
		return 0
	}
	from := st.Reached
	for _, a := range st.Attempts {
		if a.Visit == st.Visit {
			from = a.Began
			if a.Ended.Equal(st.Closed) {
				return a.Took
			}
			break
		}
	}
	return max(0, st.Closed.Sub(from))
}

// edit gives the step at i a copy of its own to be written to.
func (s *State) edit(i int) *StepState {
	if !s.own {
		s.steps, s.own = slices.Clone(s.steps), true
	}
	st := *s.steps[i]
	s.steps[i] = &st
	return &st
}

// set puts a mark, in place of an earlier one of that name and leg.
func (s *State) set(m Moment) {
	s.Moments = slices.DeleteFunc(slices.Clone(s.Moments), func(o Moment) bool { return o.Name == m.Name && (o.leg == m.leg || o.leg == anyLeg) })
	s.Moments = append(s.Moments, m)
}
