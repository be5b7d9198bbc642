package plain

import (
	"bufio"
	"context"
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

// A Console is a person at a line-by-line terminal.
type Console struct {
	seat  exec.Seat
	lines <-chan string
	stop  <-chan struct{} // somebody pressed ctrl+c
	live  bool            // somebody types: a line is meant for what runs at that moment
	echo  func(bool)      // shows what is typed, or not: a password is nobody's business
	t     *teller
	now   exec.Update
	quit  bool
	turn  int // of steps that are done in any order, the one that is turned to; -1 for none

	Override exec.Departure // what was said beforehand for a start that is barred

	Earlier func() map[string]exec.Median // how long the steps took in earlier exercises, by their ids; nil: not known
}

// NewConsole seats a person who types lines on in and reads out. stop tells of
// each ctrl+c: it stops a running step, and otherwise leaves the exercise. live
// says that in is a keyboard; lines from a file wait for a running step to end,
// or to ask for them. echo switches off the showing of what is typed, and on.
func NewConsole(seat exec.Seat, in io.Reader, out io.Writer, stop <-chan struct{}, live bool, echo func(bool)) *Console {
	lines := make(chan string)
	go func() { // ends with its input, or with the process
		defer close(lines)
		for sc := bufio.NewScanner(in); sc.Scan(); {
			lines <- sc.Text()
		}
	}()
	return &Console{seat: seat, lines: lines, stop: stop, live: live, echo: echo, t: newTeller(out), turn: -1}
}

// Run goes on until the exercise has ended, the person leaves, the input ends
// or ctx is done. What was begun stays on record.
func (c *Console) Run(ctx context.Context) error {
	c.t.earlier = c.Earlier
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for !c.quit {
		select {
		case <-ctx.Done():
			return nil
		case u := <-c.seat.Watch():
			c.see(u)
		case line, open := <-c.listen():
			if !open {
				c.t.say("There is no more input, and no terminal to ask at: the exercise is left.")
				c.t.out.Flush()
				return nil
			}
			c.line(line)
		case <-c.stop:
			c.interrupted()
		case now := <-beat.C:
			c.t.time(c.now.State, c.now.At(now))
		}
	}
	return nil
}

// see takes in what is new.
func (c *Console) see(u exec.Update) {
	if (u.Waiting == exec.WaitsForPassword) != (c.now.Waiting == exec.WaitsForPassword) {
		c.echo(u.Waiting != exec.WaitsForPassword)
	}
	u.State = u.State.Toward(c.turn)
	c.now = u
	c.t.update(u, time.Now())
	c.quit = c.quit || u.State.Ended != nil || !c.live && !u.Gone.IsZero() // lines from a file are not for another day
}

// listen is where the next line comes from: nowhere, while a step runs that
// did not ask for one.
func (c *Console) listen() <-chan string {
	s := c.now.State
	if s.Scenario == nil || !c.live && s.Running() >= 0 && c.now.Waiting == "" {
		return nil
	}
	return c.lines
}

func (c *Console) interrupted() {
	defer c.t.out.Flush()
	lost := errors.Is(c.now.Err, exec.ErrStopped) || !c.now.Gone.IsZero() // whether it still runs can't be told any more
	if i := c.now.State.Running(); i >= 0 && !lost {
		c.t.say("Asking step %d to stop. Again insists.", i+1)
		c.do(exec.Interrupt{Step: c.now.State.Scenario.Steps[i].ID})
		return
	}
	c.quit = true
}

// line takes one typed line: an answer to the running command, or a word.
func (c *Console) line(text string) {
	defer c.t.out.Flush()
	s := c.now.State
	if s.Scenario != nil && s.Running() >= 0 && !c.now.Pen.Away { // it is not another seat's to type into
		c.whileRunning(text)
		return
	}
	if c.stops(text) {
		c.halt("")
		return
	}
	verb, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rest = strings.TrimSpace(rest)
	if n, err := strconv.Atoi(verb); err == nil && rest == "" {
		c.choose(strconv.Itoa(n))
		return
	}
	for _, w := range words() {
		if word := strings.ToLower(verb); w.word == word || slices.Contains(strings.Fields(w.also), word) {
			w.do(c, rest)
			return
		}
	}
	if verb != "" {
		c.t.say("Not a word that works here: %s. Type help.", clean.Line(verb))
	}
}

// stops reports whether a line is the document's stop word.
func (c *Console) stops(text string) bool {
	s := c.now.State
	return s.Scenario != nil && !s.Started.IsZero() && strings.TrimSpace(text) != "" && strings.EqualFold(strings.TrimSpace(text), exec.StopWord(s.Book))
}

// whileRunning hands lines to the command, but for the few words that concern
// the exercise itself.
func (c *Console) whileRunning(text string) {
	word, rest, _ := strings.Cut(text, " ")
	switch {
	case c.now.Waiting == "" && word == "stop":
		c.interrupted()
	case c.now.Waiting == "" && word == "note":
		c.do(exec.Remark{Text: rest})
	case c.now.Waiting == "" && word == "call":
		c.callStop(rest)
	case c.now.Waiting == "" && word == "go":
		c.goOn(rest)
	case c.now.Waiting == "" && (word == "halt" || c.stops(text)):
		c.halt("")
	default:
		c.do(exec.Input{Text: text + "\r"})
	}
}

// A word is one thing that can be typed.
type word struct {
	word, also, help string
	do               func(*Console, string)
}

// words is the vocabulary of plain mode.
func words() []word {
	return []word{
		{"give", "g", "give VALUE, or give alone to be asked: the value that is wanted", (*Console).give},
		{"begin", "", "give the go", func(c *Console, _ string) { c.do(exec.Begin{}) }},
		{"run", "r", "run the step's command, or start its wait", func(c *Console, _ string) { c.do(exec.Run{Step: c.step()}) }},
		{"retry", "", "try the step again", func(c *Console, _ string) { c.do(exec.Run{Step: c.step()}) }},
		{"done", "d", "the step was done by hand; or: it did happen", (*Console).done},
		{"not", "", "not done: it did not happen, when an outcome is in doubt", (*Console).notDone},
		{"choose", "", "choose 2: answer a decision, or which block is run", (*Console).choose},
		{"yes", "y", "yes, to a condition", func(c *Console, _ string) { c.do(exec.Choose{Step: c.step(), Choice: 1}) }},
		{"no", "", "no, to a condition", func(c *Console, _ string) { c.do(exec.Choose{Step: c.step(), Choice: 2}) }},
		{"step", "", "step 5: go on with that one of several that are done in any order", (*Console).turnTo},
		{"way", "", "way out: take the documented way out", func(c *Console, _ string) { c.do(exec.WayOut{Step: c.step()}) }},
		{"skip", "", "skip the step: a deviation with a reason", func(c *Console, _ string) { c.do(exec.Skip{Step: c.step()}) }},
		{"accept", "", "accept the result although it failed: a deviation", func(c *Console, _ string) { c.do(exec.Accept{Step: c.step()}) }},
		{"approve", "", "approve, or approve NAME in that person's name: the step may begin", (*Console).approve},
		{"refuse", "", "refuse, or refuse NAME: the step may not begin", (*Console).refuse},
		{"blocked", "", "blocked REASON: the document does not say how to go on", (*Console).blocked},
		{"deviate", "", "declare a deviation", (*Console).deviate},
		{"note", "n", "note TEXT", func(c *Console, rest string) { c.do(exec.Remark{Text: rest}) }},
		{"mark", "", "mark disruption [12:04:05]: set a clock mark, UTC", (*Console).mark},
		{"hold", "", "hold REASON: stop the work, not the clock", func(c *Console, rest string) { c.do(exec.Hold{Reason: rest}) }},
		{"release", "", "go on after a hold", func(c *Console, _ string) { c.do(exec.Release{}) }},
		{"call", "", "call stop WHY: nothing new starts until whoever has the pen answers", (*Console).callStop},
		{"go", "", "go on WHY: answer a stop that was called, and go on", (*Console).goOn},
		{"take", "", "take the pen, where somebody else has it: from here on you act", (*Console).take},
		{"look", "l", "say again where we are", func(c *Console, _ string) { c.look() }},
		{"finish", "", "end the exercise; writes the report", func(c *Console, _ string) { c.do(exec.Finish{}) }},
		{"halt", "", "give the exercise up: back to safety, as documented", (*Console).halt},
		{"stop", "q quit leave", "leave; nothing is lost, it can be resumed", func(c *Console, _ string) { c.quit = true }},
		{"help", "?", "this list", (*Console).help},
	}
}

func (c *Console) help(string) {
	for _, w := range words() {
		c.t.say("  %-8s %s", w.word, w.help)
	}
}

// step is the id of the step that a word concerns.
func (c *Console) step() string {
	s := c.now.State
	n := s.Next(time.Now())
	if n.Step >= 0 {
		return s.Scenario.Steps[n.Step].ID
	}
	return ""
}

// give takes the value that is wanted. A secret is only ever asked for: what was
// typed on the line of a word could be read by whoever stands by.
func (c *Console) give(value string) {
	in, wanted := c.now.State.Wanted()
	switch {
	case !wanted:
		c.t.say("No value is wanted.")
		return
	case in.Secret != nil && value != "":
		c.t.say("%s is a secret: type give alone, and then its value, which is not shown.", in.Name)
		return
	case in.Secret != nil:
		c.echo(false)
		value = c.answer(clean.Line(exec.QuestionOf(in)))
		c.echo(true)
		c.t.say("") // the line that the person ended was not shown
	case value == "":
		value = strings.TrimSpace(c.answer(clean.Line(exec.QuestionOf(in))))
	}
	c.do(exec.Give{Name: in.Name, Value: value, From: "asked"})
}

func (c *Console) take(string) {
	if a := c.now.Allow(exec.Take{}); a.Verdict != exec.Allowed {
		c.t.say("Not now: %s.", clean.Line(a.Why))
		return
	}
	c.do(exec.Take{})
}

func (c *Console) callStop(rest string) {
	reason := strings.TrimSpace(strings.TrimPrefix(rest, "stop"))
	if reason == "" {
		reason = c.ask("What is wrong?")
	}
	c.do(exec.CallStop{Reason: reason})
}

func (c *Console) goOn(rest string) {
	reason := strings.TrimSpace(strings.TrimPrefix(rest, "on"))
	if reason == "" {
		reason = c.ask("Why can it go on? It is your answer.")
	}
	c.do(exec.GoOn{Reason: reason})
}

func (c *Console) done(rest string) {
	if c.now.State.Next(time.Now()).Situation == exec.InDoubt {
		c.do(exec.Resolve{Step: c.step(), Done: true, Text: rest})
		return
	}
	c.do(exec.Attest{Step: c.step(), Text: rest})
}

func (c *Console) notDone(rest string) {
	c.do(exec.Resolve{Step: c.step(), Text: strings.TrimSpace(strings.TrimPrefix(rest, "done"))})
}

// turnTo goes on with another step of those that are done in any order.
func (c *Console) turnTo(rest string) {
	n, err := strconv.Atoi(rest)
	if err != nil || !slices.Contains(c.now.State.Others(), n-1) {
		c.t.say("Not now: that is not a step that is done in any order with this one.")
		return
	}
	c.turn = n - 1
	c.now.State = c.now.State.Toward(c.turn)
	c.look()
}

func (c *Console) choose(rest string) {
	n, err := strconv.Atoi(rest)
	if err != nil {
		c.t.say("Say which: choose 1.")
		return
	}
	c.do(exec.Choose{Step: c.step(), Choice: n})
}

func (c *Console) blocked(rest string) {
	if rest == "" {
		rest = c.ask("What does the document not say?")
	}
	c.do(exec.Block{Step: c.step(), Reason: rest})
}

func (c *Console) deviate(string) {
	for i, k := range exec.Declarable {
		c.t.say("  %d  %s", i+1, k.Name)
	}
	n, err := strconv.Atoi(c.ask("Which kind?"))
	if err != nil || n < 1 || n > len(exec.Declarable) {
		c.t.say("Nothing was declared.")
		return
	}
	i := exec.Deviate{Step: c.step(), Kind: exec.Declarable[n-1].Name, What: c.ask("What was done instead?")}
	i.Reason, i.Agreed = c.ask("Why?"), c.ask("Who agreed? (empty = nobody)")
	c.do(i)
}

func (c *Console) mark(rest string) {
	name, at, _ := strings.Cut(rest, " ")
	instant := exec.OnDay(time.Now(), at)
	if instant.IsZero() {
		c.t.say("Write the time as 12:04:05, UTC.")
		return
	}
	c.do(exec.Mark{Name: runbook.Mark(name), Instant: instant, Basis: c.ask("What does that rest on?")})
}

func (c *Console) halt(string) {
	reason := c.ask("Why is the exercise halted?")
	last := "It cannot be resumed. To halt, type halt:"
	if s := c.now.State; !s.Started.IsZero() && s.Back == nil && s.WayBack() {
		last = "What follows is the document's way back to safety. To halt, type halt:"
	}
	c.do(exec.Halt{Reason: reason, Confirm: c.ask(last)})
}

// approve takes somebody's word: that of whoever looks on, or, from whoever acts,
// that of a person whom they name.
func (c *Console) approve(name string) {
	if by, ok := c.inName(name, "Who approves? (a name)"); ok {
		c.do(exec.Approve{Step: c.step(), By: by})
	}
}

func (c *Console) refuse(name string) {
	if by, ok := c.inName(name, "Who refuses? (a name)"); ok {
		c.do(exec.Refuse{Step: c.step(), By: by, Reason: c.ask("Why is it not approved?")})
	}
}

// inName is in whose name a word is said, "" for one's own; false where that is
// needed and not told.
func (c *Console) inName(name, question string) (string, bool) {
	if name == "" && !c.now.Pen.Away {
		name = c.ask(question)
	}
	return name, name != "" || c.now.Pen.Away
}

// look says the current situation again.
func (c *Console) look() {
	clear(c.t.told)
	c.t.told["title"] = true
	s := c.now.State
	c.t.agreement(s)
	if !c.now.Gone.IsZero() {
		c.t.gone = time.Time{}
		c.t.recorded(c.now)
		return
	}
	c.t.situation(s, s.Next(time.Now()), time.Now())
}

// ask prints a question and takes the next line as its answer.
func (c *Console) ask(question string) string { return strings.TrimSpace(c.answer(question)) }

// answer is the next line exactly as it was typed.
func (c *Console) answer(question string) string {
	c.t.say("%s", question)
	c.t.out.Flush()
	return <-c.lines
}

// settle takes in what the last deed changed, so that the next line is judged
// by it.
func (c *Console) settle() {
	select {
	case u := <-c.seat.Watch():
		c.see(u)
	default:
	}
}

// do wants something, and asks whatever the rules want asked first. A question
// that is not answered is the end of it: nothing happens.
func (c *Console) do(i exec.Intent) {
	defer c.settle()
	for range 4 { // no rule asks more often
		err := c.seat.Do(i)
		var no exec.Refusal
		switch {
		case err == nil:
			return
		case !errors.As(err, &no):
			c.t.say("Not done: %s.", clean.Line(err.Error()))
			return
		case no.Answer.Verdict == exec.Refused:
			c.t.say("Not now: %s.", clean.Line(no.Answer.Why))
			return
		}
		if i = c.filled(i, no.Answer); i == nil {
			c.t.say("Nothing was done.")
			return
		}
	}
}

// evidence is the question for the line that a step by hand leaves behind.
func (c *Console) evidence() string {
	if step, open := c.now.State.Current(); open && step.Kind == runbook.Notify {
		return "Who was reached, and when? Who was not? It is kept as evidence:"
	}
	if step, open := c.now.State.Current(); open && step.Evidence == exec.FileEvidence {
		return "Which file shows it? Type its whole path, from the root; it is copied beside the record:"
	}
	return "What did you see? It is kept as evidence:"
}

// filled asks one question and puts the answer into the intent, nil when it
// was not answered.
func (c *Console) filled(i exec.Intent, a exec.Answer) exec.Intent {
	switch a.Ask {
	case exec.ForYes:
		if strings.ToLower(c.ask("This changes something. Type yes to run it:")) != "yes" {
			return nil
		}
		return exec.Confirmed(i, "y")
	case exec.ForWord:
		if c.ask(fmt.Sprintf("This cannot be taken back. Type %s to go on:", clean.Line(a.Word))) != a.Word {
			return nil
		}
		return exec.Confirmed(i, a.Word)
	case exec.ForReason:
		reason := c.ask("That leaves the document. Why?")
		if reason == "" {
			return nil
		}
		return exec.Departed(i, exec.Departure{Reason: reason, Agreed: c.ask("Who agreed? (empty = nobody)")})
	case exec.ForOverride:
		return c.overridden(i, a)
	case exec.ForText:
		if text := c.ask(c.evidence()); text != "" {
			return exec.Evidenced(i, text)
		}
	}
	return nil
}

// overridden asks why what bars the start is overridden, and who does that. What
// was said beforehand is said again, for it is recorded now.
func (c *Console) overridden(i exec.Intent, a exec.Answer) exec.Intent {
	d := c.Override
	if d == (exec.Departure{}) {
		c.t.say("It is %s.", clean.Line(a.Why))
		d.Reason, d.Agreed = c.ask("Why does it begin all the same?"), c.ask("Who overrides it? (a name)")
	}
	if d.Reason == "" || d.Agreed == "" {
		return nil
	}
	c.t.say("Overridden by %s: %s", clean.Line(d.Agreed), clean.Line(d.Reason))
	return exec.Departed(i, d)
}
