package keeper

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
)

// book has two steps that run and are never asked about.
func book() *runbook.Playbook {
	step := func(id string) runbook.Step {
		return runbook.Step{ID: id, Procedure: runbook.Recovery, Kind: runbook.Run, Do: id, Run: id, Effect: runbook.Read}
	}
	return &runbook.Playbook{ID: "b", Title: "B", Scenarios: []runbook.Scenario{{ID: "s", Title: "S", Steps: []runbook.Step{step("first"), step("second")}}}}
}

// an actor performs a step until it is let go.
type actor struct {
	mu      sync.Mutex
	lines   []string
	started []string
	typed   string
	relayed []bool        // what it was told of its screen
	goes    chan struct{} // closed: steps end at once
}

func (a *actor) Prepare(context.Context, exec.Job) ([]exec.Body, error) { return nil, nil }

func (a *actor) Perform(ctx context.Context, job exec.Job) exec.Result {
	a.mu.Lock()
	a.started = append(a.started, job.Step.ID)
	a.lines = []string{"here is " + job.Step.ID}
	a.mu.Unlock()
	select {
	case <-a.goes:
	case <-ctx.Done():
		return exec.Result{StepEnded: exec.StepEnded{Outcome: exec.WasInterrupted, Evidence: "test"}}
	}
	zero := 0
	return exec.Result{StepEnded: exec.StepEnded{Outcome: exec.Exited, Exit: &zero, Evidence: "test", Match: exec.Matched}}
}

func (a *actor) Tail() exec.Glimpse {
	a.mu.Lock()
	defer a.mu.Unlock()
	return exec.Glimpse{Lines: a.lines, Total: len(a.lines), Waiting: exec.WaitsForInput, Screen: &screen}
}

// screen is what the actor draws.
var screen = exec.Screen{Lines: []string{"drawn", "here"}, X: 3, Y: 1, Modes: []int{1049}}

func (a *actor) Relayed(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.relayed = append(a.relayed, on)
}

func (a *actor) Type(p []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.typed += string(p)
	return nil
}

func (a *actor) wasRelayed() []bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.relayed)
}

func (a *actor) ran() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.started, " ")
}

func (a *actor) Interrupt()      {}
func (a *actor) Resize(int, int) {}
func (a *actor) Close() error    { return nil }

func (a *actor) Survivors([]exec.Survivor) []exec.Survivor { return nil }

// A world is an exercise of bob's in a keeper, on a real record and a real
// socket.
type world struct {
	t       testing.TB
	dir     string
	sockets string // the folder
	actor   *actor
	c       *exec.Conductor
	k       *Keeper
}

func open(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "ex-1"), actor: &actor{goes: make(chan struct{})}}
	temp := t.TempDir()
	folder := func() (string, error) { return Folder("", temp) }
	var err error
	if w.sockets, err = folder(); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Create(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := exec.Found(book(), j, "bob", exec.Began{Format: 1, Exercise: "ex-1", Scenario: "s", Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	w.c = exec.Conduct(s, j, w.actor, func() string { return "" })
	if w.k, err = Open(w.dir, folder, w.c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.c.Leave(), w.k.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// sit dials as somebody.
func (w *world) sit(name string, looks bool) *Client {
	w.t.Helper()
	c, err := Dial(w.dir, Who{Name: name, Looks: looks}, func(events []exec.Event) (exec.State, error) {
		return exec.Replay(book(), events), nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.up)
	return c
}

// up gets up from a seat, where nobody has done so yet.
func (c *Client) up() {
	select {
	case <-c.over:
	default:
		c.rise()
	}
}

// resume goes on with the exercise as another process does when its keeper is gone.
func (w *world) resume(name string) {
	w.t.Helper()
	err := w.c.Leave()
	j, events, _, e := journal.Open(w.dir)
	if err = errors.Join(err, e); err != nil {
		w.t.Fatal(err)
	}
	s, err := exec.Reopen(exec.Replay(book(), events), j, name, exec.Resumed{}, exec.Remains{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.c = exec.Conduct(s, j, w.actor, func() string { return "" })
	if w.k, err = Open(w.dir, w.k.folder, w.c); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) do(c *Client, all ...exec.Intent) {
	w.t.Helper()
	for _, i := range all {
		if err := c.Do(i); err != nil {
			w.t.Fatalf("%T%+v: %v", i, i, err)
		}
	}
}

// until waits for what a seat is shown.
func (w *world) until(c *Client, what string, ok func(exec.Update) bool) exec.Update {
	w.t.Helper()
	return until(w.t, c, what, ok)
}

func until(t testing.TB, s exec.Seat, what string, ok func(exec.Update) bool) exec.Update {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case u := <-s.Watch():
			if ok(u) {
				return u
			}
		case <-late:
			t.Fatalf("%s never came", what)
		}
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	beat := time.NewTicker(5 * time.Millisecond)
	defer beat.Stop()
	for !ok() {
		select {
		case <-beat.C:
		case <-late:
			t.Fatalf("%s never came about", what)
		}
	}
}

// seats is how many sit there.
func (w *world) seats() int {
	w.k.mu.Lock()
	defer w.k.mu.Unlock()
	return len(w.k.seats)
}

// types are the events on record.
func (w *world) types() string {
	w.t.Helper()
	events, err := journal.Read(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		all = append(all, e.Body.Type())
	}
	return strings.Join(all, " ")
}

func ended(u exec.Update) bool   { return u.State.Ended != nil }
func running(u exec.Update) bool { return u.State.Running() >= 0 && len(u.Output) > 0 }
func passed(step int) func(exec.Update) bool {
	return func(u exec.Update) bool { return u.State.Step(step).Status == exec.Passed }
}

// TestMain makes the test binary be another user's client, or keeper, when it is
// started as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && strings.HasPrefix(os.Args[1], strangers) {
		os.Exit(stranger(strings.TrimPrefix(os.Args[1], strangers)))
	}
	if len(os.Args) == 2 && strings.HasPrefix(os.Args[1], impostors) {
		os.Exit(impostor(strings.TrimPrefix(os.Args[1], impostors)))
	}
	os.Exit(m.Run())
}
