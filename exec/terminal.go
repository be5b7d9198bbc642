package exec

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"bythebook/exec/shell"
	"bythebook/runbook"
)

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
