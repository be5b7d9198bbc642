package exec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"bythebook/exec/clean"
	"bythebook/exec/mask"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// excerpt is how much cleaned output an event keeps, in bytes; the whole of it
// stays in the transcript.
const excerpt = 4 << 10

// compared is how much output is looked at for expectations and captures.
const compared = 1 << 20

// Terminals perform steps, each in the terminal that the document names: the
// long-lived shell `local`, or one that a step has opened. A terminal that a step
// opens is a shell of its own, in which the opening command is the first one and
// stays. A new `local` is opened whenever a command needs one, and said so.
type Terminals struct {
	options shell.Options
	mu      sync.Mutex // guards what follows; a step runs without it
	open    map[string]*shell.Session
	now     *shell.Session     // where the newest step runs
	unwait  context.CancelFunc // ends the wait that goes on
}

// NewTerminals has no terminal open yet. The options are those of `local`; what
// comes out of another terminal goes to a file beside its transcript.
func NewTerminals(o shell.Options) *Terminals {
	return &Terminals{options: o, open: map[string]*shell.Session{}}
}

// current is the terminal in which the newest step runs, nil before there is one.
func (t *Terminals) current() *shell.Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// isolation names what a step that is a process of its own runs in. No document
// can name a terminal so.
const isolation = "_isolated"

// Place is the terminal that a step is carried out in.
func Place(step runbook.Step) string {
	switch {
	case step.Isolated:
		return isolation
	case step.Opens != "":
		return step.Opens
	case len(step.At) > 0:
		return step.At[0]
	}
	return runbook.LocalTerminal
}

// Transcript is the path of a terminal's transcript, where local's is the first.
func Transcript(local, place string) string {
	if place == runbook.LocalTerminal {
		return local
	}
	kind := filepath.Ext(local)
	return strings.TrimSuffix(local, kind) + "-" + place + kind
}

// Prepare finds the terminal of a step that runs a command, and opens it where
// that is for this program to do.
func (t *Terminals) Prepare(ctx context.Context, job Job) ([]Body, error) {
	if s := t.current(); s != nil {
		s.Forget() // what was printed last is another step's
	}
	if !job.Step.Kind.Commands() {
		return nil, nil
	}
	name := Place(job.Step)
	t.mu.Lock()
	s := t.open[name]
	t.mu.Unlock()
	alive := s != nil && s.Alive()
	switch {
	case job.Step.Isolated, job.Step.Opens != "", name == runbook.LocalTerminal && !alive:
		return t.start(ctx, name)
	case !alive:
		return nil, fmt.Errorf("the terminal %s is not open, or no longer; run the step that opens it first", name)
	}
	t.mu.Lock()
	t.now = s
	t.mu.Unlock()
	s.Forget()
	return nil, nil
}

// start opens a terminal in place of one of that name. Only of `local` can it be
// said that it is open: what is opened in another has still to show itself.
func (t *Terminals) start(ctx context.Context, name string) ([]Body, error) {
	t.end(name)
	o, err := t.optionsOf(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := shell.Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("opening the terminal: %w", err)
	}
	t.mu.Lock()
	t.open[name], t.now = s, s
	t.mu.Unlock()
	if name != runbook.LocalTerminal {
		return nil, nil
	}
	return []Body{opened(name, s)}, nil
}

// optionsOf are a terminal's options. One that a step opens begins with what that
// step would find in `local`: its folder, and all that is exported there. A
// process of its own begins with the exercise's.
func (t *Terminals) optionsOf(ctx context.Context, name string) (shell.Options, error) {
	o := t.options
	if name == runbook.LocalTerminal {
		return o, nil
	}
	o.Transcript = Transcript(o.Transcript, name)
	t.mu.Lock()
	local := t.open[runbook.LocalTerminal]
	t.mu.Unlock()
	if name == isolation || local == nil || !local.Alive() {
		return o, nil
	}
	dir, env, err := local.Surroundings(ctx)
	if err != nil {
		return o, fmt.Errorf("opening the terminal %s: %w", name, err)
	}
	o.Dir, o.Env = dir, env
	return o, nil
}

// opened tells of a terminal.
func opened(name string, s *shell.Session) TerminalOpened {
	level, kind := s.Level()
	return TerminalOpened{Name: name, Level: Level(level), Shell: kind, PID: s.Shell().PID, Started: s.Shell().Start, Begun: s.Shell().Begun}
}

// end lets go of a terminal, if it is open. What outlives it was told after its
// step.
func (t *Terminals) end(name string) {
	t.mu.Lock()
	s := t.open[name]
	delete(t.open, name)
	t.mu.Unlock()
	if s != nil {
		s.Close()
	}
}

// Perform carries out a command, a condition or a wait. In a terminal that was
// lost and is new, first what the document says may be done again there.
func (t *Terminals) Perform(ctx context.Context, job Job) Result {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.unwait = cancel
	s := t.now
	t.mu.Unlock()
	if job.Step.Kind == runbook.Wait {
		return wait(waiting, job.Step.Wait)
	}
	r := t.within(ctx, waiting, s, job)
	t.settle(s, job, &r)
	return r
}

// within carries out a step that runs a command, in its terminal.
func (t *Terminals) within(ctx, waiting context.Context, s *shell.Session, job Job) Result {
	if job.Step.Opens != "" {
		return t.enter(ctx, s, job)
	}
	var before, r Result
	if why := before.replay(ctx, s, job); why != "" {
		before.Outcome, before.Match, before.Reason = OutcomeUnknown, NotComparable, why+": the step was not run"
		return before
	}
	if job.Step.Kind == runbook.Until {
		r = until(ctx, waiting, s, job)
	} else {
		r = command(ctx, s, job, job.Step.Timeout)
	}
	r.Replayed = before.Replayed
	r.leave(before)
	return r
}

// enter runs a command that opens a terminal. Without a shell in it that answers
// it has not done what the document says, whatever its exit status.
func (t *Terminals) enter(ctx context.Context, s *shell.Session, job Job) Result {
	s.Hide(job.Hide)
	r := seen(s, job, s.Enter(ctx, job.Step.Run, environ(job.Values), job.Step.Timeout))
	level, kind := s.Level()
	if level == shell.Local {
		if r.Match == Matched {
			r.Match = Differs
			r.Checks = append(r.Checks, Check{Mode: "opens", Want: "a shell that stays open", Seen: "the command ended"})
		}
		return r
	}
	o := opened(job.Step.Opens, s)
	r.Opened = &o
	if level == shell.Raw {
		return r
	}
	r.Notices = append(r.Notices, "the terminal "+job.Step.Opens+" is open, with "+kind+" in it")
	if why := r.replay(ctx, s, job); why != "" {
		r.Match = Differs
		r.Checks = append(r.Checks, Check{Mode: "setup", Want: "what was set up before is set up again", Seen: why})
	}
	return r
}

// replay does again what the job brings from before its terminal was lost. It
// stops at the first that does not come out as documented, and says which.
func (r *Result) replay(ctx context.Context, s *shell.Session, job Job) (why string) {
	for _, again := range job.Setup {
		step := again.Step
		got := command(ctx, s, again, step.Timeout)
		r.Replayed = append(r.Replayed, Replayed{Step: step.ID, Outcome: got.Outcome, Exit: got.Exit, Evidence: got.Evidence, Match: got.Match, From: got.Output.From, To: got.Output.To})
		r.leave(got)
		if got.Match != Matched {
			return "in the new terminal, what step " + step.ID + " sets up did not come out as documented"
		}
	}
	return ""
}

// leave adds what another command of the same attempt has left running.
func (r *Result) leave(other Result) {
	var more int
	r.Survivors, more = listed(slices.Concat(r.Survivors, other.Survivors))
	r.Unlisted += other.Unlisted + more
}

// settle lets go of a terminal that has ended with its step, by accident or as
// the document wants it.
func (t *Terminals) settle(s *shell.Session, job Job, r *Result) {
	name, closes := Place(job.Step), job.Step.Closes
	switch {
	case job.Step.Isolated:
		t.end(name)
	case job.Step.Opens != "" && r.Opened == nil:
		t.end(name)
	case closes != "" && r.Match == Matched:
		t.end(closes)
		r.Lost = &TerminalEnded{Name: closes, Reason: "closed, as documented"}
	case !s.Alive():
		t.end(name)
		r.Lost = &TerminalEnded{Name: name, Reason: r.Reason}
	}
}

// command runs a step's text once and looks at what it printed.
func command(ctx context.Context, s *shell.Session, job Job, limit time.Duration) Result {
	step, vars := job.Step, environ(job.Values)
	s.Hide(job.Hide)
	place := shell.Place{Dir: step.In.Dir}
	for _, e := range step.In.Env {
		place.Env = append(place.Env, e.ID+"="+e.Text)
	}
	if step.Isolated {
		return seen(s, job, s.Isolate(ctx, place, step.In.Shell, step.Run, vars, limit))
	}
	o := s.RunIn(ctx, place, step.Run, vars, limit)
	if o.Kind == shell.SessionEnded && o.HasCode && step.Closes == Place(job.Step) {
		o.Kind = shell.Exited // to end the terminal is what it is for
	}
	return seen(s, job, o)
}

// seen is an outcome beside what is documented.
func seen(s *shell.Session, job Job, o shell.Outcome) Result {
	r := Result{StepEnded: StepEnded{
		Outcome: Outcome(o.Kind), Signal: o.Signal, Evidence: o.Evidence, Reason: o.Reason, Notices: o.Notices,
		Output: Output{From: o.From, To: o.To, Hidden: o.Hidden, Redacted: o.Redacted, Missing: o.Missing},
	}}
	r.Survivors, r.Unlisted = listed(survivors(o.Survivors))
	if r.Outcome == Exited {
		r.Reason = ""
	}
	if o.HasCode {
		r.Exit = &o.Code
	}
	if name := Place(job.Step); name != runbook.LocalTerminal {
		r.Output.Terminal = name
	}
	shown := taken(s, &r, o.To-o.From > compared)
	r.suspect(shown)
	r.compare(job, r.heard(s, shown), o.Complete)
	return r
}

// environ hands values to commands as their environment.
func environ(values map[string]string) []string {
	vars := make([]string, 0, len(values))
	for name, value := range values {
		vars = append(vars, name+"="+value)
	}
	return vars
}

// taken is the output as the transcript has it, cleaned; its digest, its lines
// and its end go into the result.
func taken(s *shell.Session, r *Result, long bool) string {
	if r.Output.From == r.Output.To {
		return ""
	}
	raw, err := s.Span(r.Output.From, r.Output.To, compared)
	if err != nil {
		lines, total := s.Tail() // what was not kept can still be seen
		r.Output.Lines, r.Output.Excerpt = total, ending(strings.Join(lines, "\n"), excerpt)
		r.Notices = append(r.Notices, "the transcript could not be read back: "+err.Error())
		return ""
	}
	if sum := sha256.Sum256(raw); !long {
		r.Output.SHA256 = hex.EncodeToString(sum[:])
	} else if whole, err := s.Digest(r.Output.From, r.Output.To); err == nil {
		r.Output.SHA256 = whole
	}
	if r.Output.To-r.Output.From > excerpt {
		// The record names it by its digest and keeps only its end: the rest must
		// be as safe as the record.
		if err := s.Sync(); err != nil {
			r.Notices = append(r.Notices, err.Error())
		}
	}
	text := clean.Output(raw)
	read := text // by people; what is compared is all of it
	if undrawn, any := clean.Undrawn(raw); any {
		read = clean.Output(undrawn)
	}
	r.Output.Lines = countLines(read)
	if _, total := s.Tail(); long {
		r.Output.Lines = total
	}
	r.Output.Excerpt = ending(read, excerpt)
	if long {
		r.Notices = append(r.Notices, fmt.Sprintf("only the last %d bytes of the output were looked at", compared))
	}
	return text
}

func countLines(text string) int {
	n := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		n++
	}
	return n
}

// ending is the last n bytes of a text, from the beginning of a line where
// there is one.
func ending(text string, n int) string {
	if len(text) <= n {
		return text
	}
	text = strings.ToValidUTF8(text[len(text)-n:], "")
	if i := strings.IndexByte(text, '\n'); i >= 0 && i < len(text)-1 {
		text = text[i+1:]
	}
	return text
}

// printed is what a command printed: as it came, which is in memory only, and
// as it may be seen.
type printed struct{ text, shown string }

// heard is what was printed, without the lines that a person typed: they are in
// the output because the terminal shows them.
func (r *Result) heard(s *shell.Session, shown string) printed {
	from := r.Output.From
	plain, echoes := s.Plain(from), s.Echoes()
	if len(echoes) > 0 && r.Output.To-from <= compared {
		if raw, err := s.Span(from, r.Output.To, compared); err == nil {
			raw, dropped := shell.WithoutEchoes(raw, from, echoes)
			shown = clean.Output(raw)
			if dropped > 0 {
				r.Notices = append(r.Notices, plural(dropped, "line that was typed is in the output, and left out of the comparison", "lines that were typed are in the output, and left out of the comparison"))
			}
		}
		plain, _ = shell.WithoutEchoes(plain, from, echoes)
	}
	if plain == nil {
		return printed{shown, shown}
	}
	return printed{clean.Output(plain), shown}
}

// suspect says what looks like a secret in what is on record now.
func (r *Result) suspect(shown string) {
	for _, s := range mask.Suspects(shown) {
		r.Notices = append(r.Notices, "what looks like "+s.What+" was printed and is in the transcript; the document can name it as a secret, or under `redact`")
	}
}

// until looks again and again, until the condition is true, and has been for as
// long as the document wants, or until its time is up. Interrupting it ends the pause between two looks at once, through waiting.
func until(ctx, waiting context.Context, s *shell.Session, job Job) Result {
	every := job.Step.Every
	if every == 0 {
		every = time.Second
	}
	end := time.Now().Add(job.Step.Within)
	first, hidden, redacted := int64(-1), 0, 0 // of all looks
	var before Result                          // what all looks left running
	var since time.Time                        // when the condition became true; zero while it is not
	for {
		looked := time.Now()
		r := command(ctx, s, job, max(time.Second, time.Until(end)))
		if first < 0 {
			first = r.Output.From
		}
		hidden, redacted = hidden+r.Output.Hidden, redacted+r.Output.Redacted
		r.Output.From, r.Output.Hidden, r.Output.Redacted = first, hidden, redacted
		before.leave(r)
		r.Survivors, r.Unlisted = before.Survivors, before.Unlisted
		if r.Match != Matched {
			since = time.Time{}
		} else if since.IsZero() {
			since = looked
		}
		switch {
		case r.Outcome != Exited || !s.Alive() || !since.IsZero() && looked.Sub(since) >= job.Step.Holds:
			return r
		case time.Now().Add(every).After(end):
			r.Outcome, r.Match = TimedOut, NotComparable
			r.Reason = untrue(job.Step)
			return r
		}
		if wait(waiting, every).Outcome != Exited {
			r.Outcome, r.Match, r.Reason = WasInterrupted, NotComparable, "stopped while waiting to look again"
			return r
		}
	}
}

// untrue says what did not come about in time.
func untrue(step runbook.Step) string {
	if step.Holds > 0 {
		return "the condition did not stay true for " + Long(step.Holds) + " within " + Long(step.Within)
	}
	return "the condition was not true within " + Long(step.Within)
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) Result {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return Result{StepEnded: StepEnded{Outcome: Exited, Evidence: "clock", Match: Matched}}
	case <-ctx.Done():
		return Result{StepEnded: StepEnded{Outcome: WasInterrupted, Evidence: "clock", Match: NotComparable, Reason: "stopped before the time was over"}}
	}
}

// A Screen is what a program that fills the screen draws: a row each, cleaned,
// and where its cursor is.
type Screen = shell.Screen

// Tail is the end of what the newest step has printed so far.
func (t *Terminals) Tail() Glimpse {
	s := t.current()
	if s == nil {
		return Glimpse{}
	}
	w, _ := s.Waiting()
	g := Glimpse{Waiting: waits[w], Screen: s.Screen(w)}
	g.Lines, g.Total = s.Tail()
	if g.Screen != nil && g.Waiting == "" {
		g.Waiting = WaitsForKeys // the alternate screen says so, where the system can't
	}
	return g
}

// waits is what a step waits for, in our words; nothing where it can't be told.
var waits = map[shell.Waiting]Waiting{
	shell.Input: WaitsForInput, shell.Password: WaitsForPassword, shell.FullScreen: WaitsForKeys,
}

// Relayed says whether a person's own terminal shows the step.
func (t *Terminals) Relayed(on bool) {
	if s := t.current(); s != nil {
		s.Relayed(on)
	}
}

// Type sends what a person typed to the running step.
func (t *Terminals) Type(p []byte) error {
	if s := t.current(); s != nil {
		return s.Type(p)
	}
	return nil
}

// Interrupt asks the running command to stop, as ^C would; again, it insists.
func (t *Terminals) Interrupt() {
	t.mu.Lock()
	s, unwait := t.now, t.unwait
	t.mu.Unlock()
	if unwait != nil {
		unwait()
	}
	if s != nil {
		s.Interrupt()
	}
}

// Resize tells the terminals how much room there is.
func (t *Terminals) Resize(cols, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.options.Cols, t.options.Rows = cols, rows
	for _, s := range t.open {
		s.Resize(cols, rows)
	}
}

// Survivors looks for what runs of what was started here, and of what is known.
// The shells themselves are none of them: they end with their terminals.
func (t *Terminals) Survivors(known []Survivor) []Survivor {
	t.mu.Lock()
	var own []Survivor
	for _, s := range t.open {
		own = append(own, survivors(s.Own())...)
	}
	t.mu.Unlock()
	return slices.DeleteFunc(survivors(shell.Left(t.options.Mark, procs(known))), func(s Survivor) bool {
		return slices.ContainsFunc(own, s.is)
	})
}

// survivors are processes as the record has them.
func survivors(all []shell.Proc) []Survivor {
	var told []Survivor
	for _, p := range all {
		told = append(told, Survivor{PID: p.PID, Started: p.Start, Begun: p.Begun, Command: p.Command, Stopped: p.Stopped})
	}
	return told
}

// procs are the same the other way round.
func procs(all []Survivor) []shell.Proc {
	var back []shell.Proc
	for _, s := range all {
		back = append(back, shell.Proc{PID: s.PID, Begun: s.Begun})
	}
	return back
}

// FindRemains looks for what an earlier process's terminals have left running of
// an exercise that the process here takes over. What runs and is on no record
// yet comes from the step that ran last.
func FindRemains(s State, here Process, mark string) Remains {
	known := s.known()
	if !s.writer.shares(here) {
		known = nil
	}
	f := Remains{}
	if n := len(s.shells); n > 0 {
		f.Shell, f.Now = s.shells[n-1], Gone
	}
	left := survivors(shell.Left(mark, procs(known)))
	if slices.ContainsFunc(left, func(p Survivor) bool { return !slices.ContainsFunc(s.Survivors, p.is) }) {
		f.Now = StillRunning
	}
	s.forget() // the process here knows no secret
	f.Survivors, f.Unlisted = listed(s.discreet(left))
	return f
}

// Close ends the terminals.
func (t *Terminals) Close() error {
	t.mu.Lock()
	names := slices.Sorted(maps.Keys(t.open))
	t.mu.Unlock()
	for _, name := range names {
		t.end(name)
	}
	return nil
}

// A Simulation performs nothing: every outcome is simulated, and says so.
type Simulation struct{}

// Prepare opens nothing.
func (Simulation) Prepare(context.Context, Job) ([]Body, error) { return nil, nil }

// Perform executes nothing.
func (Simulation) Perform(context.Context, Job) Result {
	return Result{StepEnded: StepEnded{Outcome: Exited, Evidence: "none", Simulated: true}}
}

// Tail is empty.
func (Simulation) Tail() Glimpse { return Glimpse{} }

// Relayed is ignored.
func (Simulation) Relayed(bool) {}

// Type is ignored.
func (Simulation) Type([]byte) error { return nil }

// Interrupt is ignored.
func (Simulation) Interrupt() {}

// Resize is ignored.
func (Simulation) Resize(int, int) {}

// Survivors are none: nothing was started.
func (Simulation) Survivors([]Survivor) []Survivor { return nil }

// Close has nothing to close.
func (Simulation) Close() error { return nil }
