package keeper

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
)

// TestOnlooker: without a keeper to ask, a seat sees what comes on record, and
// nothing reaches the exercise from it. It changes no file.
func TestOnlooker(t *testing.T) {
	t.Parallel()
	w := open(t)
	if err := w.k.Close(); err != nil {
		t.Fatal(err)
	}
	fold := func(e []exec.Event) (exec.State, time.Time, error) { return exec.Replay(book(), e), time.Time{}, nil }
	o, err := LookOn(w.dir, fold)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range intents {
		var no exec.Refusal
		if err := o.Do(row.zero); !errors.As(err, &no) || !strings.Contains(no.Answer.Why, "this seat only reads the record") {
			t.Errorf("%s is answered with %v", row.name, err)
		}
	}
	bob := w.c.Seat("bob")
	for _, i := range []exec.Intent{exec.Begin{}, exec.CallStop{Reason: "smoke"}} {
		if err := bob.Do(i); err != nil {
			t.Fatal(err)
		}
	}
	u := until(t, o, "the call", func(u exec.Update) bool { _, called := u.State.Called(); return called })
	if u.Pen != reads || u.Err != nil {
		t.Errorf("it is shown %+v, %v", u.Pen, u.Err)
	}
	if err := bob.Do(exec.Halt{Reason: "over", Confirm: exec.HaltWord}); err != nil {
		t.Fatal(err)
	}
	until(t, o, "the end", ended)
	if s, err := o.Leave(); err != nil || s.Ended == nil {
		t.Errorf("it leaves with %v, %v", s.Ended, err)
	}
	files, err := os.ReadDir(w.dir)
	if err != nil || len(files) != 1 || files[0].Name() != journal.Name {
		t.Errorf("in the folder are %v, %v", files, err)
	}
	if w.k, err = Open(w.dir, w.k.folder, w.c); err != nil { // for the world to close
		t.Fatal(err)
	}
}

// TestOnlookerIsHonest: a record that can't be read any more is called so, and
// what was seen of it stays.
func TestOnlookerIsHonest(t *testing.T) {
	t.Parallel()
	w := open(t)
	fold := func(e []exec.Event) (exec.State, time.Time, error) { return exec.Replay(book(), e), time.Time{}, nil }
	o, err := LookOn(w.dir, fold)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, journal.Name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:10], 0o600); err != nil {
		t.Fatal(err)
	}
	u := until(t, o, "the damage", func(u exec.Update) bool { return u.Err != nil })
	if !errors.Is(u.Err, journal.ErrDamaged) || u.State.Scenario == nil {
		t.Errorf("it is shown %v", u.Err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, o, "its mending", func(u exec.Update) bool { return u.Err == nil })
	if _, err := o.Leave(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := LookOn(w.dir, fold); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a record: %v", err)
	}
}

// TestOnlookerAfterADeath: where it is known that nobody records the exercise,
// that is shown until somebody resumes it.
func TestOnlookerAfterADeath(t *testing.T) {
	t.Parallel()
	w := open(t)
	if err := w.k.Close(); err != nil {
		t.Fatal(err)
	}
	since := time.Now().Add(-time.Hour)
	o, err := LookOn(w.dir, func(e []exec.Event) (exec.State, time.Time, error) { return exec.Replay(book(), e), since, nil })
	if err != nil {
		t.Fatal(err)
	}
	if u := <-o.Watch(); u.Gone != since || u.Pen != reads {
		t.Errorf("it is shown as gone since %s, want %s", u.Gone, since)
	}
	w.resume("ann")
	until(t, o, "that it was resumed", func(u exec.Update) bool { return u.Gone.IsZero() && u.State.Operator == "ann" })
	if _, err := o.Leave(); err != nil {
		t.Error(err)
	}
}
