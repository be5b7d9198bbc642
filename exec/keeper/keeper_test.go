package keeper

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/exec/journal"
)

// TestScreenDies: the step goes on, the next screen shows the truth, and what it
// does reaches the same exercise.
func TestScreenDies(t *testing.T) {
	w := open(t)
	first := w.sit("bob", false)
	w.do(first, exec.Begin{}, exec.Run{Step: "first"})
	w.until(first, "output", running)
	w.do(first, exec.Relay{On: true})
	first.conn.Close()
	w.until(first, "the loss of its keeper", lost)
	if err := first.Do(exec.Remark{Text: "x"}); !errors.Is(err, ErrGone) {
		t.Errorf("a screen that lost its keeper says %v", err)
	}
	next := w.sit("bob", false)
	u := w.until(next, "the pen and the output", func(u exec.Update) bool { return running(u) && !u.Pen.Away })
	if u.Output[0] != "here is first" || u.Waiting != "input" {
		t.Errorf("the next screen shows %q, waiting for %q", u.Output, u.Waiting)
	}
	if diff := cmp.Diff(&screen, u.Screen); diff != "" {
		t.Errorf("the next screen shows another picture (-want +got):\n%s", diff)
	}
	if got := w.actor.wasRelayed(); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("of a screen that died in a relay, the step was told %v", got)
	}
	w.do(next, exec.Input{Text: "yes\r"})
	close(w.actor.goes)
	w.until(next, "the first step's end", passed(0))
	w.do(next, exec.Run{Step: "second"})
	w.until(next, "the second step's end", passed(1))
	w.do(next, exec.Finish{})
	w.until(next, "the end", ended)
	if w.actor.ran() != "first second" || w.actor.typed != "yes\r" {
		t.Errorf("it ran %q and typed %q", w.actor.ran(), w.actor.typed)
	}
	want := "exercise.began gate.decided marked step.began step.ended step.began step.ended exercise.ended"
	if got := w.types(); got != want {
		t.Errorf("the record is\n%s, want\n%s", got, want)
	}
}

// lost is that a seat knows of no keeper, and can do nothing but read.
func lost(u exec.Update) bool { return !u.Gone.IsZero() && u.Pen == reads && u.Waiting == "" }

// TestKeeperDies: whoever sits there is told since when it is gone; when somebody
// resumes the exercise elsewhere, all of them see what comes of it, to its end.
func TestKeeperDies(t *testing.T) {
	w := open(t)
	bob, kim, sara := w.sit("bob", false), w.sit("kim", true), w.sit("sara", false)
	w.do(bob, exec.Begin{}, exec.Run{Step: "first"})
	w.until(kim, "output", running)
	before := time.Now()
	if err := w.k.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*Client{"bob": bob, "kim": kim, "sara": sara} {
		u := w.until(c, "the loss of the keeper", lost)
		if u.State.Running() != 0 || u.Gone.Before(before) || u.At(time.Now().Add(time.Hour)) != u.Gone {
			t.Errorf("%s sees step %d run, gone since %s", name, u.State.Running(), u.Gone)
		}
		if err := c.Do(exec.Remark{Text: "x"}); !errors.Is(err, ErrGone) {
			t.Errorf("to %s it says %v", name, err)
		}
	}
	if _, err := sara.Leave(); !errors.Is(err, ErrGone) {
		t.Errorf("who leaves then hears %v", err)
	}
	w.resume("ann")
	for name, c := range map[string]*Client{"bob": bob, "kim": kim} {
		if u := w.until(c, "that it was resumed", func(u exec.Update) bool { return u.Gone.IsZero() }); u.Pen != reads || u.State.Operator != "ann" {
			t.Errorf("%s sees %s act, with the pen %+v", name, u.State.Operator, u.Pen)
		}
	}
	if _, err := kim.Leave(); err != nil {
		t.Errorf("who leaves after that hears %v", err)
	}
	if err := w.c.Seat("ann").Do(exec.Halt{Reason: "over", Confirm: exec.HaltWord}); err != nil {
		t.Fatal(err)
	}
	w.until(bob, "the end", ended)
	if s, err := bob.Leave(); err != nil || s.Ended == nil {
		t.Errorf("who stays to the end leaves with %v, %v", s.Ended, err)
	}
}

// TestDoIsSeenWhenItReturns: whoever acts and then looks sees what that changed,
// as at the conductor's own seat.
func TestDoIsSeenWhenItReturns(t *testing.T) {
	w := open(t)
	c := w.sit("bob", false)
	for n := range 50 {
		w.do(c, exec.Remark{Text: "x"})
		if got := len((<-c.Watch()).State.Notes); got != n+1 {
			t.Fatalf("after %d notes a look shows %d", n+1, got)
		}
	}
}

// TestSameRefusals: a screen hears exactly what the conductor's own seat says.
func TestSameRefusals(t *testing.T) {
	w := open(t)
	c, own := w.sit("bob", false), w.c.Seat("bob")
	for _, i := range []exec.Intent{
		exec.Run{Step: "first"}, exec.Halt{}, exec.Halt{Confirm: exec.HaltWord}, exec.Release{}, exec.Give{Name: "X"},
		exec.Skip{Step: "first"}, exec.Remark{}, exec.Finish{}, exec.Input{Text: "x"}, exec.Deviate{Kind: "?"},
	} {
		want, got := own.Do(i), c.Do(i)
		var no, other exec.Refusal
		if !errors.As(want, &no) || !errors.As(got, &other) || no != other {
			t.Errorf("%T: the conductor says %v, the keeper %v", i, want, got)
		}
	}
	if err := w.c.Leave(); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(exec.Remark{Text: "late"}); !errors.Is(err, exec.ErrLeft) {
		t.Errorf("after it was left the keeper says %v", err)
	}
	if err := c.Do(exec.Remark{Text: strings.Repeat("x", maxAsk)}); err == nil || errors.Is(err, ErrGone) {
		t.Errorf("what is too long to say ends in %v", err)
	}
}

// TestPen: one seat acts. The others note, and call stop; taking the pen is recorded.
func TestPen(t *testing.T) {
	w := open(t)
	bob, sara, kim := w.sit("bob", false), w.sit("sara", false), w.sit("kim", true)
	refused := func(c *Client, i exec.Intent, want string) {
		t.Helper()
		var no exec.Refusal
		if err := c.Do(i); !errors.As(err, &no) || !strings.Contains(no.Answer.Why, want) {
			t.Errorf("%T is answered with %v, want %q", i, err, want)
		}
	}
	refused(sara, exec.Begin{}, "bob has the pen")
	refused(kim, exec.Begin{}, "bob has the pen")
	refused(kim, exec.Take{}, "only looks on")
	refused(bob, exec.Take{}, "has the pen already")
	w.do(bob, exec.Begin{})
	w.do(sara, exec.Remark{Text: "I look on."})
	w.do(kim, exec.Remark{Text: "I do too."})
	w.do(sara, exec.Take{})
	w.until(bob, "that sara has the pen", func(u exec.Update) bool { return u.Pen == exec.Pen{Away: true, With: "sara"} })
	w.until(kim, "that sara has the pen", func(u exec.Update) bool { return u.Pen == exec.Pen{Away: true, With: "sara", Looks: true} })
	refused(bob, exec.Run{Step: "first"}, "sara has the pen")
	sara.conn.Close()
	w.until(bob, "that nobody has the pen", func(u exec.Update) bool { return u.Pen == exec.Pen{Away: true} })
	refused(bob, exec.Run{Step: "first"}, "nobody has the pen")
	w.do(bob, exec.Take{})
	w.until(bob, "the pen", func(u exec.Update) bool { return !u.Pen.Away && u.State.Operator == "bob" })
	refused(kim, exec.Halt{Reason: "customers notice", Confirm: exec.HaltWord}, "bob has the pen")
	w.do(kim, exec.CallStop{Reason: "customers notice"})
	w.until(bob, "kim's call", func(u exec.Update) bool { stop, called := u.State.Called(); return called && stop.By == "kim" })
	refused(bob, exec.Run{Step: "first"}, "kim has called stop: customers notice")
	refused(kim, exec.GoOn{Reason: "it was nothing"}, "bob has the pen")
	w.do(bob, exec.GoOn{Reason: "they are told"}, exec.Run{Step: "first"})
	want := "exercise.began gate.decided marked noted noted role.handed role.handed stop.called gate.decided step.began"
	if got := w.types(); got != want {
		t.Errorf("the record is\n%s, want\n%s", got, want)
	}
}

// TestPenOfWhoComesBack: a free pen goes to whoever sits down, which is recorded
// where it is somebody else; the pen of a screen that died goes to the same
// person's next one, even before the keeper has noticed.
func TestPenOfWhoComesBack(t *testing.T) {
	w := open(t)
	dead, next := w.sit("bob", false), w.sit("bob", false)
	dead.conn.Close()
	w.until(next, "the pen", func(u exec.Update) bool { return !u.Pen.Away })
	next.conn.Close()
	eventually(t, "an empty room", func() bool { return w.seats() == 0 })
	if u := w.until(w.sit("kim", true), "a look", func(exec.Update) bool { return true }); !u.Pen.Away {
		t.Error("who only looks on has the pen")
	}
	u := w.until(w.sit("sara", false), "the pen", func(u exec.Update) bool { return !u.Pen.Away })
	if u.State.Operator != "sara" {
		t.Errorf("the operator is %s", u.State.Operator)
	}
	if got := w.types(); got != "exercise.began role.handed" {
		t.Errorf("the record is %s", got)
	}
}

// TestRaceForThePen: of many who take it at once the last has it, alone.
func TestRaceForThePen(t *testing.T) {
	w := open(t)
	w.sit("bob", false)
	var all []*Client
	for range 8 {
		all = append(all, w.sit("sara", false))
	}
	var racing sync.WaitGroup
	for _, c := range all {
		racing.Go(func() {
			if err := c.Do(exec.Take{}); err != nil {
				t.Error(err)
			}
			_ = c.Do(exec.Begin{}) // once it was given, all others are refused
		})
	}
	racing.Wait()
	var last exec.Update
	for _, c := range all {
		last = w.until(c, "one who has the pen", func(u exec.Update) bool { return u.State.Operator == "sara" })
		w.do(c, exec.Remark{Text: "still here"})
	}
	if last.Pen.Away && last.Pen.With != "sara" {
		t.Errorf("the pen is %+v", last.Pen)
	}
	holders := 0
	for _, c := range all {
		if err := c.Do(exec.Hold{Reason: "who can?"}); err == nil {
			holders++
		}
	}
	if holders != 1 {
		t.Errorf("%d of them may act", holders)
	}
	if got := strings.Count(w.types(), "gate.decided"); got > 1 {
		t.Errorf("the go was given %d times", got)
	}
}

// TestLosesNothing: what was answered is on record and in every seat's state,
// whatever screens come and go meanwhile.
func TestLosesNothing(t *testing.T) {
	w := open(t)
	acknowledged := 0
	for range 30 {
		c := w.sit("bob", false)
		for range 5 {
			if c.Do(exec.Remark{Text: "x"}) == nil {
				acknowledged++
			}
		}
		go c.conn.Close() // while it says one more
		_ = c.Do(exec.Remark{Text: "perhaps"})
	}
	last := w.sit("bob", false)
	seen := last.State() // one "perhaps" more may come after it
	events, err := journal.Read(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exec.Replay(book(), events[:seen.Events]).Notes, seen.Notes); diff != "" {
		t.Errorf("the record and the seat differ:\n%s", diff)
	}
	if got := strings.Count(w.types(), "noted"); got < acknowledged {
		t.Errorf("%d notes were acknowledged, %d are on record", acknowledged, got)
	}
}

// TestNobodyThere: without a keeper there is nothing to sit down at, and what a
// dead one left is in nobody's way.
func TestNobodyThere(t *testing.T) {
	w := open(t)
	dial := func() error {
		c, err := Dial(w.dir, Who{Name: "bob"}, func(e []exec.Event) (exec.State, error) { return exec.Replay(book(), e), nil })
		if err == nil {
			c.up()
		}
		return err
	}
	if err := w.k.Close(); err != nil {
		t.Fatal(err)
	}
	if err := dial(); !errors.Is(err, ErrNone) {
		t.Errorf("after its keeper has gone: %v", err)
	}
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket(w.sockets, w.dir), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	if err := leaveNote(w.dir, socket(w.sockets, w.dir)); err != nil {
		t.Fatal(err)
	}
	if err := dial(); !errors.Is(err, ErrNone) {
		t.Errorf("with a socket that nobody listens at: %v", err)
	}
	if w.k, err = Open(w.dir, w.k.folder, w.c); err != nil {
		t.Fatal(err)
	}
	if err := dial(); err != nil {
		t.Errorf("with another keeper: %v", err)
	}
	if info, err := os.Stat(socket(w.sockets, w.dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", info.Mode(), err)
	}
	if err := os.Remove(filepath.Join(w.dir, note)); err != nil {
		t.Fatal(err)
	}
	if err := dial(); !errors.Is(err, ErrNone) {
		t.Errorf("without a note: %v", err)
	}
}

// TestSocketGone: a keeper whose socket was taken away, with its whole folder,
// makes it anew where one may be now, and who comes back finds it.
func TestSocketGone(t *testing.T) {
	w := open(t)
	stays := w.sit("bob", false)
	w.k.reach()
	if err := os.RemoveAll(w.sockets); err != nil {
		t.Fatal(err)
	}
	elsewhere, gone := t.TempDir(), true
	w.k.folder = func() (string, error) {
		if gone {
			return "", errors.New("there is no place for it")
		}
		return Folder("", elsewhere)
	}
	w.k.reach()
	_, err := Dial(w.dir, Who{Name: "bob"}, func(e []exec.Event) (exec.State, error) { return exec.Replay(book(), e), nil })
	if !errors.Is(err, ErrNone) {
		t.Errorf("without a socket: %v", err)
	}
	gone = false
	w.k.reach()
	w.do(w.sit("bob", false), exec.Remark{Text: "found it"})
	w.do(stays, exec.Remark{Text: "never left"})
}

// TestKeep: a keeper goes when its exercise has ended, when it is told to, and
// when nothing has run and nobody was there for long enough; not before.
func TestKeep(t *testing.T) {
	const alone = time.Hour
	for name, tt := range map[string]struct {
		happens func(k *Keeper, a *actor, s exec.Seat, stop func())
		want    error
		after   time.Duration // when it has gone, at the latest; at the earliest two beats before
	}{
		"nobody comes": {func(*Keeper, *actor, exec.Seat, func()) {}, ErrAlone, alone + beat},
		"told to":      {func(_ *Keeper, _ *actor, _ exec.Seat, stop func()) { time.Sleep(alone / 2); stop() }, context.Canceled, alone / 2},
		"the exercise ends": {func(_ *Keeper, _ *actor, s exec.Seat, _ func()) {
			_ = s.Do(exec.Halt{Reason: "over", Confirm: exec.HaltWord})
		}, nil, time.Second},
		"something runs": {func(_ *Keeper, a *actor, s exec.Seat, _ func()) {
			_, _ = s.Do(exec.Begin{}), s.Do(exec.Run{Step: "first"})
			time.Sleep(3 * alone)
			close(a.goes)
		}, ErrAlone, 4*alone + beat},
		"somebody is there": {func(k *Keeper, _ *actor, s exec.Seat, _ func()) {
			p := &place{k: k, name: "bob", nudge: make(chan struct{}, 1)}
			k.sit(p)
			time.Sleep(3 * alone)
			k.rise(p)
		}, ErrAlone, 4*alone + beat},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				j, err := journal.Create(dir)
				if err != nil {
					t.Fatal(err)
				}
				s, err := exec.Found(book(), j, "bob", exec.Began{Format: 1, Scenario: "s", Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob"})
				if err != nil {
					t.Fatal(err)
				}
				a := &actor{goes: make(chan struct{})}
				c := exec.Conduct(s, j, a, func() string { return "" })
				k := &Keeper{c: c, seats: map[*place]bool{}, dir: dir, path: dir} // a socket that is there, and that nobody uses
				if k.info, err = os.Lstat(dir); err != nil {
					t.Fatal(err)
				}
				k.here = k.info
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				began := time.Now()
				go tt.happens(k, a, c.Seat("bob"), stop)
				if err := k.Keep(ctx, alone); !errors.Is(err, tt.want) {
					t.Errorf("it went with %v, want %v", err, tt.want)
				}
				if took := time.Since(began); took > tt.after || took < tt.after-2*beat {
					t.Errorf("it went after %s, want %s", took, tt.after)
				}
				if err := c.Leave(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestSleepIsNoTime: a laptop that slept for days, or whose clock was set, has not
// been alone for days; only beats of a machine that is awake count.
func TestSleepIsNoTime(t *testing.T) {
	w := open(t)
	const alone = 10 * beat
	beats, went := make(chan time.Time), make(chan error)
	go func() { went <- w.k.keep(t.Context(), beats, alone) }()
	at := time.Now()
	for n := range int(alone / beat) { // all of them are taken: it is still there
		at = at.Add([]time.Duration{beat, 72 * time.Hour, -240 * time.Hour}[n%3])
		beats <- at
	}
	if err := <-went; !errors.Is(err, ErrAlone) {
		t.Errorf("it went with %v", err)
	}
}

// TestAnotherInItsPlace: who takes an exercise's folder away, under a keeper that
// nobody sees, and begins another of the same name gets the other one: the first
// keeper goes, and leaves socket and note of the second alone.
func TestAnotherInItsPlace(t *testing.T) {
	w := open(t)
	beats, went := make(chan time.Time), make(chan error)
	go func() { went <- w.k.keep(t.Context(), beats, time.Hour) }()
	beats <- time.Now()
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Create(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := exec.Found(book(), j, "kim", exec.Began{Format: 1, Scenario: "s", Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "kim"})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Conduct(s, j, &actor{goes: make(chan struct{})}, func() string { return "" })
	second, err := Open(w.dir, w.k.folder, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { second.Close(); c.Leave() })
	beats <- time.Now()
	if err := <-went; !errors.Is(err, ErrMoved) {
		t.Errorf("the first keeper went with %v", err)
	}
	if err := w.k.Close(); err != nil {
		t.Errorf("its end: %v", err)
	}
	if got := w.sit("kim", false).State().Began.Operator; got != "kim" {
		t.Errorf("who sits down is at the exercise of %s", got)
	}
}
