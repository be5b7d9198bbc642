package exec_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"
)

// broken is a journal that fails from some moment on.
type broken struct {
	*memory
	mu  sync.Mutex
	err error
}

func (b *broken) Append(e exec.Event) (exec.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return e, b.err
	}
	return b.memory.Append(e)
}

// fails makes it fail from now on, or go on where there is no error.
func (b *broken) fails(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// breaking is an exercise in which a step runs for an hour, and whose journal can
// be made to fail.
func breaking(t *testing.T) (*broken, *exec.Conductor, exec.Seat) {
	t.Helper()
	j := &broken{memory: &memory{}}
	a := &actor{journal: j.memory, perform: func(context.Context, exec.Job) exec.Result { time.Sleep(time.Hour); return passed() }}
	s, err := exec.Found(shop(t), j, "bob", exec.Began{Format: 1, Scenario: shop(t).Scenarios[0].ID, Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Conduct(s, j, a, func() string { return "" })
	bob := c.Seat("bob")
	do(t, bob, exec.Begin{})
	do(t, bob, exec.Run{Step: "break", Confirm: "y"})
	return j, c, bob
}

// TestRecordingStops: once this process can't record any more it never tries to
// look as if it could. What runs goes on and can still be stopped; then the
// exercise is of no more use to it.
func TestRecordingStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c, bob := breaking(t)
		j.fails(fmt.Errorf("%w: the disk is gone", exec.ErrStopped))
		for range 2 {
			if err := bob.Do(exec.Remark{Text: "x"}); !errors.Is(err, exec.ErrStopped) || !errors.Is(err, exec.ErrRecord) {
				t.Errorf("a note is answered with %v", err)
			}
		}
		do(t, bob, exec.Input{Text: "y"})
		do(t, bob, exec.Interrupt{Step: "break"})
		if err := c.Stopped(); err != nil {
			t.Errorf("while the step runs: %v", err)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if u := <-bob.Watch(); !errors.Is(u.Err, exec.ErrStopped) || u.State.Running() < 0 {
			t.Errorf("bob sees %v, and %d runs", u.Err, u.State.Running())
		}
		if err := c.Stopped(); !errors.Is(err, exec.ErrStopped) {
			t.Errorf("after it: %v", err)
		}
		if err := c.Leave(); !errors.Is(err, exec.ErrStopped) {
			t.Errorf("leaving says %v", err)
		}
	})
}

// TestRecordingFails: a full disk is another matter: once there is room all that
// has waited is on record, and nobody has to go.
func TestRecordingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c, bob := breaking(t)
		j.fails(errors.New("no room"))
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if u := <-bob.Watch(); !errors.Is(u.Err, exec.ErrRecord) || errors.Is(u.Err, exec.ErrStopped) || c.Stopped() != nil {
			t.Errorf("bob sees %v, and it has stopped: %v", u.Err, c.Stopped())
		}
		j.fails(nil)
		do(t, bob, exec.Run{Step: "look"})
		if got := c.State().Step(0).Status; got != exec.Passed {
			t.Errorf("the step that ended meanwhile is %s", got)
		}
		if u := <-bob.Watch(); u.Err != nil {
			t.Errorf("with room bob sees %v", u.Err)
		}
		if err := c.Leave(); err != nil {
			t.Errorf("leaving says %v", err)
		}
	})
}
