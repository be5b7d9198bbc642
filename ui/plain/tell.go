package plain

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
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

// output prints the whole lines of the running step that were not printed yet.
func (t *teller) output(u exec.Update) {
	i := u.State.Running()
	if i < 0 {
		return
	}
	a, _ := u.State.Step(i).Newest()
	key := fmt.Sprint(i, a.Visit, a.Look, a.Block, a.At, a.N)
	if t.running != key {
		t.running, t.printed = key, 0
		t.say("Running step %d%s, started %s.", i+1, strings.TrimSuffix(which(a), ","), a.Began.UTC().Format("15:04:05Z"))
	}
	t.lines(u.Output, u.Lines, u.Waiting == "") // a prompt is a line that is not finished
	if u.Waiting != "" {
		t.once(fmt.Sprint("waiting", key, t.printed), func() {
			t.say("The command %s. What you type goes to it.", u.Waiting.Words())
			if u.Waiting == exec.WaitsForKeys {
				t.say("Its screen can't be shown line by line: use bythebook without --plain for it.")
			}
		})
	}
}

// time tells when a running step takes longer than is planned, and when its
// limit is near.
func (t *teller) time(s exec.State, now time.Time) {
	i := s.Running()
	if i < 0 {
		return
	}
	defer t.out.Flush()
	step := s.Scenario.Steps[i]
	a, _ := s.Step(i).LastAttempt()
	ran, key := now.Sub(a.Began), fmt.Sprint(i, a.Visit, a.Block, a.N)
	if exec.Overrun(step, ran) {
		t.once("overrun"+key, func() { t.say("Step %d takes longer than the planned %s.", i+1, exec.Long(exec.Planned(step))) })
	}
	if exec.Nearing(step, ran) {
		t.once("nearing"+key, func() {
			t.say("Step %d has run for %s and will be stopped at its limit of %s.", i+1, exec.Long(ran.Round(time.Second)), exec.Long(step.Timeout))
		})
	}
}

// lines prints what is new of the tail; the last line of a running step may
// still grow and is kept back.
func (t *teller) lines(tail []string, total int, running bool) {
	whole := total
	if running {
		whole--
	}
	if missed := total - len(tail); t.printed < missed {
		t.say("| ... %d lines are in the transcript", missed-t.printed)
		t.printed = missed
	}
	for ; t.printed < whole; t.printed++ {
		t.say("| %s", clean.Line(tail[len(tail)-(total-t.printed)]))
	}
}

// ends tells how attempts and steps ended.
func (t *teller) ends(s exec.State) {
	for _, i := range s.Changed(t.before) {
		step, st := s.Scenario.Steps[i], s.Step(i)
		for _, a := range slices.Concat(st.Looks, st.Attempts) {
			if a.Result == nil {
				continue
			}
			t.once(fmt.Sprint("end", i, a.Visit, a.Look, a.Block, a.At, a.N), func() { t.attempt(s, i, a) })
		}
		if st.Over() && !st.Closed.IsZero() && (st.Status != exec.Passed && st.Status != exec.Simulated) {
			t.once(fmt.Sprint("over", i, st.Visit, st.Status), func() { t.closed(i, step, st) })
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

func (t *teller) attempt(s exec.State, i int, a exec.Attempt) {
	r, took := a.Result, a.Took
	if last, _ := s.Step(i).Newest(); last.Began.Equal(a.Began) && t.printed < r.Output.Lines {
		t.rest(r.Output)
	}
	switch {
	case a.Look:
		t.say("The condition of step %d: %s, after %s.", i+1, clean.Line(answered(r)), exec.Long(took))
	case r.Simulated:
		t.say("Step %d%s simulated: nothing was executed.", i+1, which(a))
		return
	case r.Outcome == exec.Exited && r.Match == exec.Matched:
		t.say("Step %d%s passed in %s.", i+1, which(a), exec.Long(took))
	case r.Outcome == exec.Exited && r.Match == exec.NotComparable:
		t.say("Step %d%s ended after %s and is not comparable: %s.", i+1, which(a), exec.Long(took), clean.Line(r.Uncompared))
	case r.Outcome == exec.Exited:
		t.say("Step %d%s is not as documented, after %s:", i+1, which(a), exec.Long(took))
		for _, c := range r.Checks {
			if !c.OK {
				t.say("  expected %s %s, saw %s%s", c.Mode, clean.Line(c.Want), clean.Line(c.Seen), alike(c))
			}
		}
	default:
		t.say("Step %d%s: %s. %s", i+1, which(a), r.Outcome, clean.Line(r.Reason))
	}
	for _, n := range r.Notes() {
		t.say("  note: %s", clean.Line(n))
	}
}

// answered is what a look at a condition has told.
func answered(r *exec.StepEnded) string {
	switch {
	case r.Simulated:
		return "taken as met; nothing was executed"
	case r.Outcome == exec.Exited && r.Match == exec.Matched:
		return "yes, it is met"
	case r.Outcome == exec.Exited && r.Match == exec.Differs:
		return "no, it is not met"
	}
	return strings.TrimSuffix("it can't be told: "+cmp.Or(r.Uncompared, r.Reason), ": ")
}

// alike says how much of an output that differs is the same.
func alike(c exec.Check) string {
	if c.Alike == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d %% alike)", c.Alike)
}

// which names the block that was tried, and the terminal.
func which(a exec.Attempt) string {
	if turn := a.Turn(); turn != "" {
		return ", " + clean.Line(turn) + ","
	}
	return ""
}

// rest prints what came after the last look at the running step.
func (t *teller) rest(o exec.Output) {
	lines := o.Ending()
	t.lines(lines, max(o.Lines, len(lines)), false)
}

func (t *teller) closed(i int, step runbook.Step, st exec.StepState) {
	switch {
	case st.Status == exec.Skipped:
		t.say("Step %d skipped. %s", i+1, clean.Line(st.Reason))
	case st.Status == exec.NotApplicable:
		t.say("Step %d is not for this case.", i+1)
	case st.WayOut:
		t.say("Step %d: the documented way out is taken, to %s.", i+1, step.IfNot)
	case st.Accepted:
		t.say("Step %d accepted although it failed. %s", i+1, clean.Line(st.Reason))
	case st.Choice > 0:
		t.say("Step %d answered %d: %s", i+1, st.Choice, clean.Line(step.Answers[st.Choice-1].Say))
	case st.File != nil:
		t.say("Step %d done. Kept as evidence: %s, %d bytes, SHA-256 %s.", i+1, clean.Line(st.File.Name), st.File.Bytes, clean.Line(st.File.SHA256))
	default:
		t.say("Step %d done.", i+1)
	}
}

// situation tells what a person is faced with, once for each time it arises.
func (t *teller) situation(s exec.State, n exec.Next, now time.Time) {
	st := s.Step(n.Step)
	in, _ := s.Wanted()
	key := fmt.Sprint("at", n.Situation, n.Step, st.Visit, len(st.Looks), len(st.Attempts), len(s.Holds), len(s.Stops), in.Name, len(st.Approvals))
	t.once(key, func() {
		if n.Step >= 0 && n.Situation != exec.Unmet && n.Situation != exec.InDoubt && n.Situation != exec.Gapped {
			t.clock(s, now)
			t.step(s, n)
		}
		switch n.Situation {
		case exec.Finished:
			t.verdicts(s)
		case exec.InDoubt:
			if st.Uncompared() {
				t.say("What step %d, %q, printed could not be compared with what is documented: %s. Look, and say: done or not done.", n.Step+1, clean.Line(s.Scenario.Steps[n.Step].Do), clean.Line(st.Reason))
				break
			}
			t.say("Nobody saw how step %d, %q, ended: %s. Look, and say: done or not done.", n.Step+1, clean.Line(s.Scenario.Steps[n.Step].Do), clean.Line(st.Reason))
			if a, _ := st.LastAttempt(); a.Unseen.Words() != "" {
				t.say("  note: %s", a.Unseen.Words())
			}
			t.survivors(s)
		case exec.Gapped:
			t.say("Blocked at step %d: %s", n.Step+1, clean.Line(s.Stuck))
		}
		if mark := s.Unmarked(); mark != "" {
			t.say("The clock waits until you say when it was %s: mark %s, with the time where it was not just now.", mark, mark)
		}
		if others := s.Others(); len(others) > 0 && n.Step == s.At {
			t.say("In any order with it: step %s. Type step and a number to go on with that one.", numbers(others))
		}
		if n.Situation != exec.Finished {
			t.say("NEXT: %s.", typed(s, n))
		}
	})
}

// numbers are steps as people count them.
func numbers(steps []int) string {
	words := make([]string, len(steps))
	for k, i := range steps {
		words[k] = strconv.Itoa(i + 1)
	}
	return strings.Join(words, ", ")
}

// typed says what to type in a situation.
func typed(s exec.State, n exec.Next) string {
	switch n.Situation {
	case exec.Wanting:
		return wanted(s)
	case exec.Ready:
		return strings.TrimSuffix("type begin; nothing runs yet; "+n.Aside, "; ")
	case exec.InDoubt:
		return "type done or not done; nothing runs again by itself"
	case exec.Called:
		return "type go on WHY, or halt; nothing new starts before that"
	case exec.OnHold:
		return "type release"
	case exec.AtEnd:
		if s.Back != nil {
			return "type finish, to end as aborted; it writes the report"
		}
		if calm := s.Calm(); s.Last.Before(calm) {
			return "type finish; it writes the report. All must be well for " + exec.Long(s.Of(s.At).Clock.Steady) + ": the clock stops at " + calm.Format("15:04:05Z")
		}
		return "type finish; it writes the report"
	case exec.Gapped:
		return "type finish to end as blocked, or deviate to say what was done instead"
	case exec.Guarding:
		return "type yes or no"
	case exec.Deciding:
		return fmt.Sprintf("type choose 1 to choose %d", len(s.Scenario.Steps[n.Step].Answers))
	case exec.Picking:
		return fmt.Sprintf("type choose 1 to choose %d; nothing runs yet", len(s.Scenario.Steps[n.Step].Runs)+1)
	case exec.Approving:
		return approvers(s, n)
	case exec.ToAttest:
		return "type done, when you have done it"
	case exec.Unmet:
		return typedUnmet(s.Scenario.Steps[n.Step], n)
	}
	if s.Scenario.Steps[n.Step].Optional {
		return "type run, or skip: it is optional"
	}
	return "type run"
}

// approvers says whose approval a step waits for, and how it is given.
func approvers(s exec.State, n exec.Next) string {
	words := "it waits for the approval of " + strings.Join(s.Awaits(n.Step), ", ") +
		": type approve NAME or refuse NAME, in the name of whoever says so; they themselves, looking on, type it without a name"
	if s.Began.Rule != exec.Lockstep {
		words += "; or go on without it: a deviation"
	}
	return clean.Line(words)
}

// wanted says which value is wanted, and how it is given.
func wanted(s exec.State) string {
	in, _ := s.Wanted()
	words := fmt.Sprintf("type give VALUE for %s (%s)", in.Name, clean.Line(exec.QuestionOf(in)))
	if in.Secret != nil {
		words = fmt.Sprintf("type give for %s; you are then asked for it, and it is not shown", in.Name)
	}
	if in.Pattern != "" {
		words += "; it must match " + clean.Line(in.Pattern)
	}
	return words
}

// typedUnmet offers the document's own ways first.
func typedUnmet(step runbook.Step, n exec.Next) string {
	var ways []string
	if n.Key == "r" {
		ways = append(ways, "retry, as documented")
	}
	if step.IfNot != "" {
		ways = append(ways, "way out, as documented")
	}
	return "type " + strings.Join(append(ways, "blocked, where nothing is documented", "or retry, accept or skip: deviations"), "; ")
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

func (t *teller) step(s exec.State, n exec.Next) {
	step := s.Due(n.Step)
	t.say("")
	t.say("Step %d of %d (%s): %s", n.Step+1, len(s.Scenario.Steps), part(s, n.Step), clean.Text(strings.TrimSpace(step.Do)))
	for _, line := range []struct{ label, text string }{
		{"Why", step.Why}, {"Note", step.Note}, {"Warning", step.Warning}, {"If it goes wrong", step.Rollback},
		{"First", strings.Join(step.Preconditions, " ")}, {"After", strings.Join(step.DependsOn, ", ")}, {"Only if", probed(step)},
		{"To be seen", step.Expect.State},
	} {
		if line.text != "" {
			t.say("%s: %s", line.label, clean.Text(strings.TrimSpace(line.text)))
		}
	}
	t.usual(step)
	if n.Situation == exec.Guarding {
		t.say("Condition: %s", clean.Line(exec.Condition(step)))
		if why := s.Step(n.Step).Unsure(); why != "" {
			t.say("The machine could not tell: %s. Look yourself.", clean.Line(why))
		}
		return
	}
	if step.Kind == runbook.Notify {
		t.facts(exec.Call(s.Book, s.Of(n.Step), exec.Duty(s.Book, step)))
	}
	switch {
	case len(step.Runs) > 1:
		t.blocks(step)
	case step.Run != "":
		t.facts(exec.Whereabouts(step))
		t.say("Command%s: %s", block(s.Step(n.Step)), clean.Text(strings.TrimRight(step.Run, "\n")))
		t.say("Expect: %s. It can %s.", clean.Line(expectation(step)), effects[step.Effect])
	}
	for _, a := range s.Approvers(n.Step) {
		if !a.Word.At.IsZero() {
			t.say("Approval of %s: %s.", clean.Line(a.Named), clean.Line(said(a.Word)))
		}
	}
	if step.Ask != "" {
		t.say("Question: %s", clean.Line(step.Ask))
		for k, a := range step.Answers {
			t.say("  choose %d  %s (goes to %s)", k+1, clean.Line(a.Say), target(a.Go))
		}
	}
}

// part is the procedure that a step belongs to, and the scenario where it is
// another than the exercise's own.
func part(s exec.State, i int) string {
	words := string(s.Scenario.Steps[i].Procedure)
	if of := s.Of(i).ID; of != s.Scenario.ID {
		words += " of " + clean.Line(of)
	}
	return words
}

// said is somebody's word on a step.
func said(a exec.Approval) string {
	text := a.Who + " approves it"
	if a.Refused {
		text = a.Who + " refuses: " + a.Reason
	}
	if a.Named() {
		text += " (said by " + a.By + ")"
	}
	return text
}

// usual says how long a step took in earlier exercises, where it was in any.
func (t *teller) usual(step runbook.Step) {
	if t.earlier == nil {
		return
	}
	m, ok := t.earlier()[step.ID]
	if !ok {
		return
	}
	plan, of := "not planned", "1 earlier exercise"
	if d := exec.Planned(step); d > 0 {
		plan = "planned " + exec.Long(d)
	}
	if m.Of > 1 {
		of = fmt.Sprintf("%d earlier exercises", m.Of)
	}
	t.say("Time: %s, median %s of %s.", plan, exec.Long(m.Took), of)
}

// block names the block whose turn it is, and the terminal.
func block(st exec.StepState) string {
	if turn := st.Turn(); turn != "" {
		return ", " + clean.Line(turn)
	}
	return ""
}

// blocks shows what may be chosen from.
func (t *teller) blocks(step runbook.Step) {
	for i, text := range step.Runs {
		t.say("Block %d: %s", i+1, clean.Text(strings.TrimRight(text, "\n")))
	}
	t.say("Question: %s", exec.WhichBlock)
	for i, say := range exec.BlockAnswers(step) {
		t.say("  choose %d  %s", i+1, say)
	}
}

// facts says each under its label.
func (t *teller) facts(facts []exec.Fact) {
	for _, f := range facts {
		t.say("  %s: %s", f.Label, clean.Line(f.Text))
	}
}

// probed is the command that answers a step's condition.
func probed(step runbook.Step) string {
	if step.IfProbe == nil {
		return ""
	}
	return step.IfProbe.Run
}

// effects says in words what a step can break.
var effects = map[runbook.Effect]string{
	runbook.None: "break nothing", runbook.Read: "only read", runbook.Change: "change something", runbook.Final: "not be undone",
}

func target(t runbook.Target) string {
	if t == "" {
		return "next"
	}
	return string(t)
}

// expectation is what counts as done as documented, in a few words.
func expectation(step runbook.Step) string {
	words := step.Expect.String()
	if step.Holds > 0 {
		words += "; for " + exec.Long(step.Holds) + " on end"
	}
	if step.Timeout > 0 {
		words += "; within " + exec.Long(step.Timeout)
	}
	if step.Within > 0 {
		words += "; true within " + exec.Long(step.Within)
	}
	return words
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
