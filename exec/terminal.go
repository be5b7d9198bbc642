package exec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bythebook/exec/clean"
	"bythebook/exec/mask"
	"bythebook/exec/match"
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
	o := t.options
	o.Transcript = Transcript(o.Transcript, name)
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

// opened tells of a terminal.
func opened(name string, s *shell.Session) TerminalOpened {
	level, kind := s.Level()
	return TerminalOpened{Name: name, Level: Level(level), Shell: kind, PID: s.Pid()}
}

// end lets go of a terminal, if it is open. What outlived it is said in words.
func (t *Terminals) end(name string) []string {
	t.mu.Lock()
	s := t.open[name]
	delete(t.open, name)
	t.mu.Unlock()
	if s == nil {
		return nil
	}
	var left []string
	for _, p := range s.Close() {
		left = append(left, "it outlived its terminal and still runs: "+p.String())
	}
	return left
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
	again, why := replay(ctx, s, job)
	if why != "" {
		return Result{StepEnded: StepEnded{Outcome: OutcomeUnknown, Match: NotComparable, Reason: why + ": the step was not run", Replayed: again}}
	}
	var r Result
	if job.Step.Kind == runbook.Until {
		r = until(ctx, waiting, s, job)
	} else {
		r = command(ctx, s, job, job.Step.Timeout)
	}
	r.Replayed = again
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
	again, why := replay(ctx, s, job)
	r.Replayed = again
	if why != "" {
		r.Match = Differs
		r.Checks = append(r.Checks, Check{Mode: "setup", Want: "what was set up before is set up again", Seen: why})
	}
	return r
}

// replay does again what the job brings from before its terminal was lost. It
// stops at the first that does not come out as documented, and says which.
func replay(ctx context.Context, s *shell.Session, job Job) (done []Replayed, why string) {
	for _, again := range job.Setup {
		step := again.Step
		r := command(ctx, s, again, step.Timeout)
		done = append(done, Replayed{Step: step.ID, Outcome: r.Outcome, Exit: r.Exit, Evidence: r.Evidence, Match: r.Match, From: r.Output.From, To: r.Output.To})
		if r.Match != Matched {
			return done, "in the new terminal, what step " + step.ID + " sets up did not come out as documented"
		}
	}
	return done, ""
}

// settle lets go of a terminal that has ended with its step, by accident or as
// the document wants it.
func (t *Terminals) settle(s *shell.Session, job Job, r *Result) {
	name, closes := Place(job.Step), job.Step.Closes
	switch {
	case job.Step.Isolated:
		r.Notices = append(r.Notices, t.end(name)...)
	case job.Step.Opens != "" && r.Opened == nil:
		r.Notices = append(r.Notices, t.end(name)...)
	case closes != "" && r.Match == Matched:
		r.Notices = append(r.Notices, t.end(closes)...)
		r.Lost = &TerminalEnded{Name: closes, Reason: "closed, as documented"}
	case !s.Alive():
		r.Notices = append(r.Notices, t.end(name)...)
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
		Output: Output{From: o.From, To: o.To, Hidden: o.Hidden, Redacted: o.Redacted},
	}}
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
	r.compare(job, printed{text: plain(s, o.From, shown), shown: shown}, o.Complete)
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
	read := clean.Output(clean.Undrawn(raw)) // by people; what is compared is all of it
	r.Output.Lines = countLines(read)
	if _, total := s.Tail(); long {
		r.Output.Lines = total
	}
	r.Output.Excerpt = ending(read, excerpt)
	if long {
		r.Notices = append(r.Notices, fmt.Sprintf("only the last %d bytes of the output were compared", compared))
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

// plain is the output as it came.
func plain(s *shell.Session, from int64, shown string) string {
	if raw := s.Plain(from); raw != nil {
		return clean.Output(raw)
	}
	return shown
}

// suspect says what looks like a secret in what is on record now.
func (r *Result) suspect(shown string) {
	for _, s := range mask.Suspects(shown) {
		r.Notices = append(r.Notices, "what looks like "+s.What+" was printed and is in the transcript; the document can name it as a secret, or under `redact`")
	}
}

// compare puts the result beside what is documented, and takes values out of
// it when it is as documented. What was really printed decides; what is kept of
// the checks comes from what may be seen.
func (r *Result) compare(job Job, out printed, complete bool) {
	if r.Outcome != Exited || r.Exit == nil || !complete {
		r.Match = NotComparable
		return
	}
	is := match.Got{Exit: *r.Exit, HasExit: true, Text: out.text, Truncated: r.Output.To-r.Output.From > compared, Values: job.Values}
	got := match.Compare(job.Step.Expect, is)
	r.Match = string(got.Verdict)
	kept := got.Checks
	if out.shown != out.text {
		is.Text, is.Values = out.shown, hidden(job)
		kept = match.Compare(job.Step.Expect, is).Checks // the same ones, in the same order
	}
	for i, c := range kept {
		r.Checks = append(r.Checks, Check{Mode: c.Mode, Want: ending(c.Want, 1<<10), Seen: ending(c.Seen, 1<<10), OK: got.Checks[i].OK})
	}
	if job.Step.Sample != "" {
		r.Sample = Differs
		if match.Sample(job.Step.Sample, out.text) {
			r.Sample = Matched
		}
	}
	if r.Match == Matched {
		r.capture(job, out)
	}
}

// hidden are a job's values as they may be seen.
func hidden(job Job) map[string]string {
	values := maps.Clone(job.Values)
	for name, value := range values {
		values[name] = job.Hide.Text(value)
	}
	return values
}

// capture takes the documented values out of the output. One that is not there
// is a difference: later steps rest on it. One that can't be seen is a secret.
func (r *Result) capture(job Job, out printed) {
	for _, c := range job.Step.Capture {
		value, ok := match.Capture(c, out.text)
		if !ok {
			r.Match = Differs
			r.Checks = append(r.Checks, Check{Mode: "capture", Want: "a value for " + c.Name, Seen: "nothing that fits"})
			continue
		}
		seen, _ := match.Capture(c, out.shown)
		r.Captured = append(r.Captured, Captured{Name: c.Name, Value: value, Secret: seen != value})
	}
	if p := job.Step.Point; p != nil {
		r.observe(*p, job.Values)
	}
}

// observe reads the recovery point from the value that carries it.
func (r *Result) observe(p runbook.Point, values map[string]string) {
	value := values[p.From]
	for _, c := range r.Captured {
		if c.Name == p.From {
			value = c.Value
		}
	}
	at, err := instant(value)
	if err != nil {
		r.Match = Differs
		r.Checks = append(r.Checks, Check{Mode: "point", Want: "a time in " + p.From + ", RFC 3339 or Unix seconds", Seen: value})
		return
	}
	r.Point = &PointObserved{Instant: at, Method: p.Method, Every: p.Every, Value: value}
}

// instant reads RFC 3339 or Unix seconds.
func instant(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC().Truncate(time.Microsecond), nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time", text)
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC(), nil
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
	var since time.Time                        // when the condition became true; zero while it is not
	for {
		looked := time.Now()
		r := command(ctx, s, job, max(time.Second, time.Until(end)))
		if first < 0 {
			first = r.Output.From
		}
		hidden, redacted = hidden+r.Output.Hidden, redacted+r.Output.Redacted
		r.Output.From, r.Output.Hidden, r.Output.Redacted = first, hidden, redacted
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

// Close has nothing to close.
func (Simulation) Close() error { return nil }
