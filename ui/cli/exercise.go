package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/report"
	"bythebook/exec/shell"
	"bythebook/runbook"
	"bythebook/runbook/read"
	"bythebook/runbooks"
	"bythebook/runbooks/lab"
)

// A plan is an exercise before it has a record.
type plan struct {
	copy     runbook.Copy
	book     *runbook.Playbook
	scenario string
	source   string // the playbook's path, or shipped:NAME
	kind     exec.Type
	rule     exec.Rule
	dry      bool
	pace     float64  // of the practice bookstore
	set      []string // NAME=VALUE, for inputs
	alone    bool     // nobody is there to be asked
	consent  consent  // to commands that secrets come from

	override exec.Departure // what was said beforehand for a start that is barred
}

// shipped is how the source of a playbook that came with the program begins.
const shipped = "shipped:"

// isShipped reports whether a playbook comes with the program: then no folder
// is beside it, and its people are made up.
func isShipped(source string) bool { return strings.HasPrefix(source, shipped) }

// owned is the file that such a playbook becomes when a team makes it its own,
// and adopt the command that does it.
func owned(id string) string          { return filepath.Join("runbooks", id+".yaml") }
func (a *app) adopt(id string) string { return a.command("convert", id, "-o", owned(id)) }

// practised reports whether a playbook is the practice bookstore's, wherever it
// was read from.
func practised(digest string) bool {
	text, err := runbooks.Files.ReadFile(practiceFile)
	return err == nil && digest == runbook.Copy{Files: map[string][]byte{practiceFile: text}}.Digest()
}

// executes reports whether anything is really run: nothing is in a dry run,
// and a tabletop exercise is talked through.
func executes(dry bool, kind exec.Type) bool { return !dry && kind != exec.Tabletop }

// An exercise is one that this process conducts.
type exercise struct {
	id, dir   string
	conductor *exec.Conductor
	seat      exec.Seat
	lab       *lab.Lab
	resume    string                        // what to type to go on
	earlier   func() map[string]exec.Median // how long the steps took before; reads the records once
	override  exec.Departure
	reported  chan struct{}
}

// found begins an exercise: its folder, its frozen copy, its record. Whatever
// fails on the way leaves nothing behind.
func (a *app) found(p plan) (*exercise, error) {
	if executes(p.dry, p.kind) {
		if err := errors.Join(feasible(p), a.equipped(p.book)); err != nil {
			return nil, err
		}
	}
	began := a.began(p, time.Now())
	s := exec.Apply(exec.New(p.book), exec.Event{Body: began})
	if p.alone && p.override == (exec.Departure{}) && len(s.Bars()) > 0 {
		return nil, a.refuse(p, s)
	}
	values, err := a.values(p)
	if err != nil {
		return nil, err
	}
	home, err := a.homeDir()
	if err != nil {
		return nil, err
	}
	id, dir, err := newExercise(home)
	if err != nil {
		return nil, err
	}
	began.Exercise = id
	x := &exercise{id: id, dir: dir, override: p.override}
	if err := a.establish(x, home, p, began, values); err != nil {
		if x.lab != nil {
			err = errors.Join(err, x.lab.Close(true))
		}
		return nil, errors.Join(err, os.RemoveAll(dir)) // made a moment ago, by us alone
	}
	return x, nil
}

func (a *app) establish(x *exercise, home string, p plan, began exec.Began, values []exec.Give) error {
	if err := os.Mkdir(filepath.Join(x.dir, "out"), 0o700); err != nil {
		return fmt.Errorf("making room for output: %w", err)
	}
	if err := freeze(x.dir, p.copy); err != nil {
		return err
	}
	if practised(p.copy.Digest()) && executes(p.dry, p.kind) {
		if err := a.openLab(x, home, p.pace); err != nil {
			return err
		}
	}
	j, err := journal.Create(x.dir)
	if err != nil {
		return err
	}
	s, err := exec.Found(p.book, j, a.person(), began)
	if err != nil {
		return errors.Join(err, j.Close())
	}
	a.conduct(x, s, j)
	return x.supply(values)
}

// supply gives an exercise the values that are known; the others are asked for.
func (x *exercise) supply(values []exec.Give) error {
	for _, g := range values {
		if err := x.seat.Do(g); err != nil {
			return errors.Join(fmt.Errorf("giving %s its value: %w", g.Name, err), x.conductor.Leave())
		}
	}
	return nil
}

// began is the first event, but for the exercise's id: what, under which rule,
// from which text and how that stands, by whom.
func (a *app) began(p plan, now time.Time) exec.Began {
	b := exec.Began{
		Format: 1, Playbook: p.book.ID, Scenario: p.scenario, Kind: p.kind, Rule: p.rule,
		DryRun: !executes(p.dry, p.kind), Digest: p.copy.Digest(), Main: p.copy.Main, Source: p.source,
		Operator: a.person(), Program: "bythebook " + Version, Process: process(), Unattended: p.alone,
	}
	if path, err := filepath.Abs(p.source); err == nil && !strings.HasPrefix(p.source, shipped) {
		b.Source = path // it may be resumed from another folder
	}
	for _, line := range p.copy.Sums() {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		b.Sums = append(b.Sums, exec.Sum{Path: path, SHA256: sum})
	}
	b.Agreement, b.Errors = p.examined(now)
	return b
}

// process is where the record is being written.
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

// person is who acts.
func (a *app) person() string {
	for _, name := range []string{a.who, a.Getenv("USER"), a.Getenv("LOGNAME")} {
		if name != "" {
			return name
		}
	}
	return process().User
}

// reopen goes on with an exercise that was left.
func (a *app) reopen(dir string, may consent) (*exercise, error) {
	j, events, torn, err := journal.Open(dir)
	if err != nil {
		return nil, err
	}
	x := &exercise{id: filepath.Base(dir), dir: dir}
	s, err := history.Replay(dir, events)
	if err == nil && s.Ended != nil {
		err = usageError{fmt.Errorf("%s has ended (%s); its report: %s", x.id, s.Ended.Completion, a.command("report", x.id))}
	}
	resumed := exec.Resumed{Process: process(), Torn: torn}
	if err == nil {
		resumed.Digest = digestOf(s.Began)
	}
	if err == nil && s.Started.IsZero() {
		resumed.Agreement, resumed.Errors, err = reexamined(dir, s)
	}
	if err == nil && !s.Began.DryRun {
		err = a.reequip(x, s)
	}
	var values []exec.Give
	if err == nil {
		values, err = a.secrets(s, may)
	}
	if err == nil {
		s, err = exec.Reopen(s, j, a.person(), resumed)
	}
	if err != nil {
		if x.lab != nil {
			err = errors.Join(err, x.lab.Close(false))
		}
		return nil, errors.Join(err, j.Close())
	}
	a.conduct(x, s, j)
	return x, x.supply(values)
}

// reequip makes sure that a resumed exercise has what its steps need.
func (a *app) reequip(x *exercise, s exec.State) error {
	if err := a.equipped(s.Book); err != nil {
		return err
	}
	if !practised(s.Began.Digest) {
		return nil
	}
	home, err := a.homeDir()
	if err != nil {
		return err
	}
	if err := a.openLab(x, home, 1); err != nil {
		return err
	}
	if x.lab.Fresh() {
		fmt.Fprintln(a.Err, "The practice bookstore had ended and was started anew: what the exercise did to it is undone.")
	}
	return nil
}

// openLab gives the exercise the practice bookstore. One that was left to an
// exercise which can't be resumed any more is ended first.
func (a *app) openLab(x *exercise, home string, pace float64) (err error) {
	ctx, dir := context.Background(), lab.Dir(home)
	x.lab, err = lab.Up(ctx, dir, a.Self, pace, x.id)
	var busy lab.Busy
	if errors.As(err, &busy) && !busy.Present && !resumable(home, busy.Owner) {
		left, e := lab.Up(ctx, dir, a.Self, pace, busy.Owner)
		if e != nil {
			return e
		}
		if e := left.Close(true); e != nil {
			return e
		}
		x.lab, err = lab.Up(ctx, dir, a.Self, pace, x.id)
	}
	if errors.As(err, &busy) {
		return fmt.Errorf("%w; go on with it: %s, or end it: %s", err, a.command("resume", busy.Owner), a.command("lab", "down"))
	}
	return err
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
func (a *app) conduct(x *exercise, s exec.State, j *journal.Journal) {
	var perform exec.Performer = exec.Simulation{}
	if !s.Began.DryRun {
		perform = exec.NewTerminals(shell.Options{
			Dir: filepath.Join(x.dir, "playbook"), Env: a.environment(x.lab),
			Transcript: filepath.Join(x.dir, "out", "transcript.raw"), Cols: 80, Rows: 24,
		})
	}
	began := s.Began
	x.conductor = exec.Conduct(s, j, perform, func() string { return digestOf(began) })
	x.seat = x.conductor.Seat(a.person())
	x.resume = a.command("resume", x.id)
	x.earlier = sync.OnceValue(func() map[string]exec.Median { return earlier(x.dir, s) })
	x.reported = make(chan struct{})
	go a.report(x) // ends when the exercise does, or with the process
}

// earlier are the medians of an exercise's steps. Its own record is there to say
// which text they are of; what was done in it so far is not earlier.
func earlier(dir string, s exec.State) map[string]exec.Median {
	records, _, err := history.ReadOf(filepath.Dir(filepath.Dir(dir)), []string{s.Began.Playbook})
	if err != nil {
		return nil // nobody has to know of earlier exercises to go through this one
	}
	of := slices.DeleteFunc(history.Of(records, s.Began.Playbook, s.Began.Scenario), func(r history.Record) bool { return r.ID == s.Began.Exercise })
	fresh := exec.Apply(exec.New(s.Book), exec.Event{Body: s.Began})
	return history.Medians(append(of, history.Record{State: fresh}), s.Began.Playbook, s.Began.Scenario)
}

// report writes report.md the moment the exercise has ended.
func (a *app) report(x *exercise) {
	<-x.conductor.Over()
	if _, err := x.export(); err != nil {
		a.tell(fmt.Errorf("writing the report: %w", err))
	}
	close(x.reported)
}

// export writes report.md beside the record and returns its path.
func (x *exercise) export() (string, error) {
	events, stat, err := journal.Verify(x.dir)
	if err != nil {
		return "", err
	}
	in := inputOf(exec.Replay(x.conductor.State().Book, events), events, stat)
	path := filepath.Join(x.dir, "report.md")
	return path, replaceFile(path, []byte(report.Markdown(in)))
}

// environment is what commands find in their environment.
func (a *app) environment(l *lab.Lab) []string {
	env := slices.Clone(a.Environ)
	if l == nil {
		return env
	}
	env = append(env, l.Env()...)
	return append(env, "PATH="+l.Bin()+string(os.PathListSeparator)+a.Getenv("PATH"))
}

// equipped makes sure that what the playbook names as its tools is there.
func (a *app) equipped(book *runbook.Playbook) error {
	for _, tool := range append([]string{"bash"}, book.Tools...) {
		if !shell.Have(tool, a.Getenv("PATH")) {
			return fmt.Errorf("%s is not on the PATH, and the playbook's commands need it: install it, then start again", tool)
		}
	}
	return nil
}

// digestOf is the digest of the playbook's files as they are now, "" where they
// can't be read. What came with the program can't have changed.
func digestOf(b exec.Began) string {
	if isShipped(b.Source) {
		return b.Digest
	}
	c := runbook.Copy{Main: b.Main, Files: map[string][]byte{}}
	for _, sum := range b.Sums {
		text, err := read.Bytes(filepath.Dir(b.Source), sum.Path)
		if err != nil {
			return ""
		}
		c.Files[sum.Path] = text
	}
	return c.Digest()
}

// close leaves an exercise that came to trouble, or nil. It says on the normal
// screen how to go on, or how it ended, and returns the exit status.
func (a *app) close(x *exercise, trouble error) error {
	err := x.conductor.Leave()
	s := x.conductor.State()
	if s.Ended != nil {
		<-x.reported
	}
	if x.lab != nil {
		err = errors.Join(err, x.lab.Close(s.Ended != nil))
	}
	for _, err := range []error{trouble, err} {
		if err != nil {
			a.tell(err)
		}
	}
	a.farewell(x, s)
	if trouble != nil {
		return exitStatus(exitError)
	}
	if status := exitOf(s); status != exitOK {
		return exitStatus(status)
	}
	return nil
}

func (a *app) farewell(x *exercise, s exec.State) {
	if s.Ended == nil {
		where := "before its start"
		if _, open := s.Current(); !s.Started.IsZero() {
			where = fmt.Sprintf("at step %d of %d", s.At+1, len(s.Scenario.Steps))
			if !open {
				where = "at its end, not finished"
			}
		}
		fmt.Fprintf(a.Out, "%s stopped %s. Resume: %s\n", x.id, where, x.resume)
		return
	}
	v := exec.Judge(s)
	fmt.Fprintf(a.Out, "%s %s. Objectives %s. Fidelity: %s.\nReport: %s\n", x.id, v.Completion, v.Outcome, v.Fidelity, filepath.Join(x.dir, "report.md"))
}

// command is what a person types to run one of our commands, the way this
// program was started: each word as a shell takes it.
func (a *app) command(words ...string) string {
	line := "bythebook"
	if strings.Contains(a.Self, "go-build") { // both places where `go run` puts a program
		line = "go run ."
	}
	if a.home != "" {
		words = append(words, "--home", a.home)
	}
	for _, w := range words {
		line += " " + clean.Word(w)
	}
	return line
}
