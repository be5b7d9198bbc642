package plain

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
)

// A teller prints an exercise as it goes, each thing once.
type teller struct {
	out     *bufio.Writer                 // flushed after each update and each answer
	told    map[string]bool               // what was said already
	printed int                           // lines of the running step's output
	running string                        // the attempt whose output is being printed
	pen     string                        // who has it, where it is not this seat, as it was told last
	gone    time.Time                     // since when nobody records it, as it was told last
	failed  error                         // the record's trouble that was told last
	read    uint64                        // events on record when it was told last how old they are
	before  exec.State                    // as it was told last
	earlier func() map[string]exec.Median // of the steps; nil where nobody is there to be told
}

func newTeller(out io.Writer) *teller {
	return &teller{out: bufio.NewWriter(out), told: map[string]bool{}}
}

// say says something on a line of its own, or on several. Whatever of it is
// foreign can't do more than be read; where it must not begin a line, it was made
// one before.
func (t *teller) say(format string, args ...any) {
	fmt.Fprintln(t.out, clean.Text(fmt.Sprintf(format, args...)))
}

// once says a thing that is known by key, the first time only.
func (t *teller) once(key string, tell func()) {
	if !t.told[key] {
		t.told[key] = true
		tell()
	}
}

// update tells what is new.
func (t *teller) update(u exec.Update, now time.Time) {
	defer t.out.Flush()
	s := u.State
	t.once("title", func() { t.title(s) })
	t.output(u)
	t.ends(s)
	t.led(s)
	t.before = s
	t.trouble(u.Err)
	t.stops(s)
	t.recorded(u)
	if n := s.Next(now); n.Situation != exec.Busy && u.Gone.IsZero() {
		t.situation(s, n, now)
	}
	t.whose(u.Pen)
	t.behind(u, now)
}

// behind tells a seat that only reads the record how old the newest of it is, at
// first and whenever something arrives late.
func (t *teller) behind(u exec.Update, now time.Time) {
	age := now.Sub(u.State.Last).Round(time.Second)
	if !u.Pen.Reads || t.read == u.State.Events || t.read > 0 && age < late {
		return
	}
	t.read = u.State.Events
	t.say("The newest of the record is from %s, %s ago.", u.State.Last.UTC().Format("15:04:05Z"), exec.Long(max(0, age)))
}

// late is from when on it is told how long after it was recorded something is
// seen: a look at the record takes a second by itself.
const late = 3 * time.Second

// recorded tells that nobody records the exercise any more, what is known of it,
// and what helps; and that somebody does again.
func (t *teller) recorded(u exec.Update) {
	switch was := t.gone; {
	case u.Gone.Equal(was):
		return
	case u.Gone.IsZero():
		t.say("Somebody has resumed it elsewhere: this seat goes on reading its record.")
	default:
		t.say("THE KEEPER IS GONE since %s: nothing is recorded from here on, and no word reaches the exercise. What was on record is safe.", u.Gone.UTC().Format("15:04:05Z"))
		if i := u.State.Running(); i >= 0 {
			t.say("Step %d was running then. Whether it still runs, and how it ends, is not known from here.", i+1)
		}
		t.say("Leave with stop, and go on with bythebook resume.")
	}
	t.gone = u.Gone
}

// trouble tells that the record can't be written, and what helps, when that
// changes.
func (t *teller) trouble(err error) {
	stopped := errors.Is(err, exec.ErrStopped)
	switch {
	case err != nil && stopped && !errors.Is(t.failed, exec.ErrStopped):
		t.say("THE RECORD CANNOT BE WRITTEN: %s. Nothing that happens from here on is recorded, and nothing starts; what was on record is safe. "+
			"Leave with stop, see to the disk, and resume the exercise.", clean.Line(err.Error()))
	case err != nil && t.failed == nil && !errors.Is(err, exec.ErrRecord):
		t.say("The record can't be read at this moment: %s.", clean.Line(err.Error()))
	case err != nil && t.failed == nil:
		t.say("THE RECORD CANNOT BE WRITTEN: %s. Nothing starts until it can; any word tries again.", clean.Line(err.Error()))
	}
	t.failed = err
}

// stops tells which stops were called, and how they were answered.
func (t *teller) stops(s exec.State) {
	for i, stop := range s.Stops {
		t.once(fmt.Sprint("stop", i), func() { t.say("STOP: %s", clean.Line(stop.Words())) })
		if stop.Answered.IsZero() {
			continue
		}
		t.once(fmt.Sprint("answered", i), func() { t.say("%s answers: it goes on. %s", clean.Line(stop.AnsweredBy), clean.Line(stop.Answer)) })
	}
}

// whose tells who acts, when that changes.
func (t *teller) whose(p exec.Pen) {
	words := p.Words()
	switch {
	case words == t.pen:
		return
	case words == "":
		t.say("You have the pen: what is done now, you do.")
	case p.Reads:
		t.say("Now %s, and nothing reaches the exercise from here.", words)
	case p.Looks:
		t.say("Now %s. From here you may type note, approve, refuse and call stop.", clean.Line(words))
	default:
		t.say("Now %s. From here you may type note, approve, refuse and call stop; take gives you the pen.", clean.Line(words))
	}
	t.pen = words
}

func (t *teller) title(s exec.State) {
	b := s.Began
	mode := strings.ToUpper(string(b.Kind))
	if b.DryRun {
		mode += ", DRY RUN"
	}
	t.say("Exercise %s: %s. %s. %s, rule %s.", clean.Line(b.Exercise), clean.Line(s.Book.Title), clean.Line(s.Scenario.Title), mode, b.Rule)
	t.say("Playbook digest %s.", clean.Line(b.Digest))
	t.agreement(s)
	for _, bar := range s.Bars() {
		t.say("Barred by %s: %s.", bar.Gate, clean.Line(bar.Why))
	}
	for _, n := range exec.Duties(s.Book, s.Scenario) {
		t.say("To be told, when %s:", clean.Line(n.When))
		t.facts(exec.Call(s.Book, s.Scenario, n))
	}
	t.safety(s)
}

// agreement tells who has agreed to exactly this text, and who has not and why.
func (t *teller) agreement(s exec.State) {
	a := s.Began.Agreement
	words := a.Told(func(who string) string { return who })
	if a.Full() {
		words = a.String() + ": " + strings.Join(a.Asked, ", ") + "."
	}
	t.say("%s: %s", cmp.Or(s.Unagreed(), "Agreement"), clean.Line(words))
}

// safety tells the document's way back to safety, from anywhere.
func (t *teller) safety(s exec.State) {
	a := s.Scenario.Abort
	if len(a.When)+len(a.Steps) == 0 {
		return
	}
	if word := exec.StopWord(s.Book); word != "" {
		t.say("At the word %s everybody stops; typed here, it halts.", clean.Line(word))
	}
	t.say("To abort, type halt; what follows then is:")
	for _, when := range a.When {
		t.say("  when: %s", clean.Line(when))
	}
	for i, step := range a.Steps {
		t.say("  %d: %s", i+1, clean.Line(step.Do))
		if step.Run != "" {
			t.say("  command: %s", clean.Text(strings.TrimRight(step.Run, "\n")))
		}
	}
}

// led tells where the document leads on to: another scenario, back to safety.
func (t *teller) led(s exec.State) {
	for k, l := range s.Legs() {
		if k > 0 && !l.Back {
			t.once(fmt.Sprint("leg", k), func() {
				t.say("The document leads on to the scenario %s: %s.", clean.Line(l.Scenario.ID), clean.Line(l.Scenario.Title))
			})
		}
	}
	if s.Back == nil {
		return
	}
	t.once("back", func() {
		t.say("The exercise is given up: %s.", clean.Line(s.Back.Reason))
		if s.WayBack() {
			t.say("What follows is the document's way back to safety.")
			return
		}
		t.say("The document does not say how to get back to safety. Do it, or say who will.")
	})
}

func (t *teller) clock(s exec.State, now time.Time) {
	c := s.Clock(now)
	if c.RTO == 0 || s.Back != nil {
		return
	}
	if c.Started.IsZero() || !c.Stopped.IsZero() {
		return
	}
	t.say("%s left of RTO %s. Spare %s, %s.", exec.Long(c.Left.Round(time.Second)), exec.Long(c.RTO), exec.Signed(c.Spare.Round(time.Second)), c.Pace())
}

func (t *teller) verdicts(s exec.State) {
	v := exec.Judge(s)
	t.say("")
	t.say("Exercise %s has ended.", clean.Line(s.Began.Exercise))
	t.agreement(s)
	t.say("Outcome: %s. Fidelity: %s. Completion: %s.", v.Outcome, v.Fidelity, v.Completion)
	for _, o := range exec.Objectives(s) {
		if o.Measured {
			t.say("%s %s: %s, actual %s (%s).", clean.Line(o.Called()), exec.Long(o.Target), o.Verdict, exec.Long(o.Actual), clean.Line(o.Basis))
		} else {
			t.say("%s %s: %s, %s.", clean.Line(o.Called()), exec.Long(o.Target), o.Verdict, clean.Line(o.Why))
		}
	}
	t.survivors(s)
	for _, d := range exec.Deviations(s) {
		t.say("Deviation %s (%s) %s: %s. %s %s", d.Code, d.Severity, d.Step, d.Name, clean.Line(d.Actual), clean.Line(d.Reason))
	}
}

// survivors tells what the exercise has left running.
func (t *teller) survivors(s exec.State) {
	for _, words := range s.StillRuns() {
		t.say("Still running: %s", clean.Line(words))
	}
}
