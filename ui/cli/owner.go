package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/shell"
	"bythebook/runbooks/lab"
)

// A charge is an exercise that a process is to own from here on: this one, or a
// keeper's.
type charge struct {
	Dir, Home string
	Typed     string // --home as it was typed, for what is told
	Who       string
	Began     *exec.Began // nil where it is on record already, and is gone on with
	Values    []exec.Give // that are known; the others are asked for
	Pace      float64     // of the practice bookstore
}

// An owner is what a process has of an exercise that it owns.
type owner struct {
	dir       string
	conductor *exec.Conductor
	lab       *lab.Lab // nil where it has none
	tells     []string // what whoever sits down has to know
	reported  chan struct{}
}

// own takes an exercise over. Where that fails, nothing is held any more.
func (a *app) own(c charge) (*owner, error) {
	o := &owner{dir: c.Dir, reported: make(chan struct{})}
	j, s, err := a.record(o, c)
	if err != nil {
		if o.lab != nil {
			err = errors.Join(err, o.lab.Close(c.Began != nil))
		}
		return nil, err
	}
	a.conduct(o, s, j)
	seat := o.conductor.Seat(c.Who)
	defer o.conductor.Vacate(seat)
	for _, g := range c.Values {
		if err := seat.Do(g); err != nil {
			_, e := o.leave()
			return nil, errors.Join(fmt.Errorf("giving %s its value: %w", g.Name, err), e)
		}
	}
	return o, nil
}

// record begins the record of an exercise, or goes on with it, once the practice
// bookstore is there, where it is practised on.
func (a *app) record(o *owner, c charge) (*journal.Journal, exec.State, error) {
	if c.Began != nil {
		return a.beginRecord(o, c)
	}
	j, events, torn, err := journal.Open(c.Dir)
	if err != nil {
		return nil, exec.State{}, err
	}
	s, err := history.Replay(c.Dir, events)
	resumed := exec.Resumed{Process: a.writer(), Program: nameAndVersion, Torn: torn}
	if err == nil {
		resumed.Digest = digestOf(s.Began)
	}
	if err == nil && s.Started.IsZero() {
		resumed.Agreement, resumed.Errors, err = reexamined(c.Dir, s)
	}
	if err == nil {
		err = a.practise(o, c, s.Began)
	}
	if err == nil && o.lab != nil && o.lab.Fresh() {
		o.tells = append(o.tells, "The practice bookstore had ended and was started anew: what the exercise did to it is undone.")
	}
	if err == nil {
		s, err = exec.Reopen(s, j, c.Who, resumed, exec.FindRemains(s, resumed.Process, mark(c.Dir)))
	}
	if err != nil {
		err = errors.Join(err, j.Close())
	}
	return j, s, err
}

// mark is the variable by which what an exercise runs is known as its own.
func mark(dir string) string { return "BYTHEBOOK_EXERCISE=" + dir }

func (a *app) beginRecord(o *owner, c charge) (*journal.Journal, exec.State, error) {
	began := *c.Began
	began.Process = a.writer()
	s, err := history.Replay(c.Dir, []exec.Event{{Body: began}}) // what runs is what was frozen
	if err == nil {
		err = a.practise(o, c, began)
	}
	if err != nil {
		return nil, s, err
	}
	j, err := journal.Create(c.Dir)
	if err != nil {
		return nil, s, err
	}
	if s, err = exec.Found(s.Book, j, c.Who, began); err != nil {
		err = errors.Join(err, j.Close())
	}
	return j, s, err
}

// nameAndVersion is how records name this program.
const nameAndVersion = "bythebook " + Version

// writer is this process as the writer of a record: where, and which program to
// the byte.
func (a *app) writer() exec.Process {
	p := process()
	f, err := os.Open(a.Self)
	if err != nil {
		return p
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err == nil {
		p.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return p
}

// process is this process.
func process() exec.Process {
	p := exec.Process{PID: os.Getpid()}
	p.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		p.User = u.Username
	}
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil { // Linux only
		p.Boot = strings.TrimSpace(string(id))
	}
	return p
}

// practise gives an exercise on the practice bookstore that bookstore.
func (a *app) practise(o *owner, c charge, b exec.Began) (err error) {
	if b.DryRun || !practised(b.Digest) {
		return nil
	}
	o.lab, err = a.openLab(c)
	return err
}

// openLab is the practice bookstore for an exercise. One that was left to an
// exercise which can't be resumed any more is ended first.
func (a *app) openLab(c charge) (*lab.Lab, error) {
	ctx, dir, id := context.Background(), lab.Dir(c.Home), filepath.Base(c.Dir)
	l, err := lab.Up(ctx, dir, a.Self, c.Pace, id)
	var busy lab.Busy
	if errors.As(err, &busy) && !busy.Present && !resumable(c.Home, busy.Owner) {
		left, e := lab.Up(ctx, dir, a.Self, c.Pace, busy.Owner)
		if e != nil {
			return nil, e
		}
		if e := left.Close(true); e != nil {
			return nil, e
		}
		l, err = lab.Up(ctx, dir, a.Self, c.Pace, id)
	}
	if errors.As(err, &busy) {
		return nil, fmt.Errorf("%w; go on with it: %s, or end it: %s", err, a.command("resume", busy.Owner), a.command("lab", "down"))
	}
	return l, err
}

// resumable reports whether an exercise is on record and has not ended. What is
// no exercise of ours is somebody's own, and left alone.
func resumable(home, id string) bool {
	if !strings.HasPrefix(id, "ex-") {
		return true
	}
	dir := history.Dir(home, id)
	if !history.HasBegun(dir) {
		return false
	}
	s, err := history.Recall(dir)
	return err != nil || s.Ended == nil
}

// conduct puts a conductor, a terminal and the report's writer in place.
func (a *app) conduct(o *owner, s exec.State, j *journal.Journal) {
	var perform exec.Performer = exec.Simulation{}
	if !s.Began.DryRun {
		perform = guarded{dir: o.dir, began: s.Began, Performer: exec.NewTerminals(shell.Options{
			Dir: filepath.Join(o.dir, "playbook"), Env: a.environment(o.lab), Mark: mark(o.dir),
			Transcript: transcript(o.dir), Cols: 80, Rows: 24,
		})}
	}
	began := s.Began
	o.conductor = exec.Conduct(s, j, perform, func() string { return digestOf(began) })
	o.conductor.Keeps(func(path string) (exec.FileLeft, error) { return journal.Keep(o.dir, path) })
	go a.report(o) // ends when the exercise does, or with the process
}

// report writes report.md the moment the exercise has ended.
func (a *app) report(o *owner) {
	<-o.conductor.Over()
	if _, err := export(o.dir); err != nil {
		a.tell(fmt.Errorf("writing the report: %w", err))
	}
	close(o.reported)
}

// leave gives an exercise up as it stands then; the bookstore stays for one that
// can be resumed.
func (o *owner) leave() (exec.State, error) {
	err := o.conductor.Leave()
	s := o.conductor.State()
	if s.Ended != nil {
		<-o.reported
	}
	if o.lab != nil {
		err = errors.Join(err, o.lab.Close(s.Ended != nil))
	}
	return s, err
}

// environment is what commands find in their environment.
func (a *app) environment(l *lab.Lab) []string {
	if l == nil {
		return a.Environ
	}
	env := slices.Concat(a.Environ, l.Env())
	return append(env, "PATH="+l.Bin()+string(os.PathListSeparator)+a.Getenv("PATH"))
}
