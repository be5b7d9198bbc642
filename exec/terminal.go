package exec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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

// A Terminal performs steps in one long-lived shell, as if they were typed into
// one terminal. It opens the shell when the first command needs it, and a new
// one when that was lost, and says so each time.
type Terminal struct {
	options shell.Options
	mu      sync.Mutex // guards what follows; a step runs without it
	session *shell.Session
	unwait  context.CancelFunc // ends the wait that goes on
}

// NewTerminal is the terminal `local`.
func NewTerminal(o shell.Options) *Terminal { return &Terminal{options: o} }

func (t *Terminal) current() *shell.Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.session
}

// Prepare opens the shell for a step that runs a command.
func (t *Terminal) Prepare(ctx context.Context, job Job) ([]Body, error) {
	s := t.current()
	if s != nil {
		s.Forget() // what was printed last is another step's
	}
	if !job.Step.Kind.Commands() || (s != nil && s.Alive()) {
		return nil, nil
	}
	s, err := shell.Open(ctx, t.options)
	if err != nil {
		return nil, fmt.Errorf("opening the terminal: %w", err)
	}
	t.mu.Lock()
	t.session = s
	t.mu.Unlock()
	return []Body{TerminalOpened{Name: "local", Shell: "bash", PID: s.Pid()}}, nil
}

// Perform carries out a command, a condition or a wait.
func (t *Terminal) Perform(ctx context.Context, job Job) Result {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.unwait = cancel
	t.mu.Unlock()
	switch job.Step.Kind {
	case runbook.Wait:
		return wait(waiting, job.Step.Wait)
	case runbook.Until:
		return t.until(ctx, waiting, job)
	}
	return t.command(ctx, job, job.Step.Timeout)
}

// command runs a step's text once and looks at what it printed.
func (t *Terminal) command(ctx context.Context, job Job, limit time.Duration) Result {
	s := t.current()
	s.Hide(job.Hide)
	o := s.Run(ctx, job.Step.Run, environ(job.Values), limit)
	r := Result{StepEnded: StepEnded{
		Outcome: Outcome(o.Kind), Signal: o.Signal, Evidence: o.Evidence, Reason: o.Reason, Notices: o.Notices,
		Output: Output{From: o.From, To: o.To, Hidden: o.Hidden, Redacted: o.Redacted},
	}}
	if o.HasCode {
		r.Exit = &o.Code
	}
	shown := t.read(s, &r, o.To-o.From > compared)
	r.suspect(shown)
	r.compare(job, printed{text: plain(s, o.From, shown), shown: shown}, o.Complete)
	if !s.Alive() {
		r.Lost = &TerminalEnded{Name: "local", Reason: o.Reason}
	}
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

// read takes the output out of the transcript: its digest, its cleaned text,
// and the end of that as an excerpt.
func (t *Terminal) read(s *shell.Session, r *Result, long bool) string {
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
	r.Output.Lines = countLines(text)
	if _, total := s.Tail(); long {
		r.Output.Lines = total
	}
	r.Output.Excerpt = ending(text, excerpt)
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
func (t *Terminal) until(ctx, waiting context.Context, job Job) Result {
	every := job.Step.Every
	if every == 0 {
		every = time.Second
	}
	end := time.Now().Add(job.Step.Within)
	first, hidden, redacted := int64(-1), 0, 0 // of all looks
	var since time.Time                        // when the condition became true; zero while it is not
	for {
		looked := time.Now()
		r := t.command(ctx, job, max(time.Second, time.Until(end)))
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
		case r.Outcome != Exited || r.Lost != nil || !since.IsZero() && looked.Sub(since) >= job.Step.Holds:
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
func (t *Terminal) Tail() Glimpse {
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
func (t *Terminal) Relayed(on bool) {
	if s := t.current(); s != nil {
		s.Relayed(on)
	}
}

// Type sends what a person typed to the running step.
func (t *Terminal) Type(p []byte) error {
	if s := t.current(); s != nil {
		return s.Type(p)
	}
	return nil
}

// Interrupt asks the running command to stop, as ^C would; again, it insists.
func (t *Terminal) Interrupt() {
	t.mu.Lock()
	s, unwait := t.session, t.unwait
	t.mu.Unlock()
	if unwait != nil {
		unwait()
	}
	if s != nil {
		s.Interrupt()
	}
}

// Resize tells the shell how much room there is.
func (t *Terminal) Resize(cols, rows int) {
	t.options.Cols, t.options.Rows = cols, rows
	if s := t.current(); s != nil {
		s.Resize(cols, rows)
	}
}

// Close ends the shell.
func (t *Terminal) Close() error {
	if s := t.current(); s != nil {
		s.Close()
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
