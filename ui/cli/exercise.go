package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/exec/history"
	"bythebook/exec/keeper"
	"bythebook/exec/report"
	"bythebook/exec/shell"
	"bythebook/runbook"
	"bythebook/runbook/read"
	"bythebook/runbooks"
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

// An exercise is one that somebody sits at.
type exercise struct {
	id, dir  string
	seat     exec.Seat
	owner    *owner                        // nil where a keeper has it
	kept     *keeper.Client                // the seat, where a keeper has it
	had      string                        // who acted so far, where that is somebody else than who sits down
	resume   string                        // what to type to go on
	earlier  func() map[string]exec.Median // how long the steps took before; reads the records once
	override exec.Departure
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
	a.warn(dir)
	x, err := a.establish(p, charge{Dir: dir, Home: home, Typed: a.home, Who: a.person(), Began: &began, Values: values, Pace: p.pace}, a.keeps(p.alone))
	if errors.Is(err, errKept) {
		return nil, err
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir)) // made a moment ago, by us alone
	}
	x.override = p.override
	return x, nil
}

func (a *app) establish(p plan, c charge, keeps bool) (*exercise, error) {
	if err := os.Mkdir(filepath.Join(c.Dir, "out"), 0o700); err != nil {
		return nil, fmt.Errorf("making room for output: %w", err)
	}
	if err := freeze(c.Dir, p.copy); err != nil {
		return nil, err
	}
	return a.entrust(c, keeps)
}

// began is the first event, but for the exercise's id: what, under which rule,
// from which text and how that stands, by whom.
func (a *app) began(p plan, now time.Time) exec.Began {
	b := exec.Began{
		Format: 1, Playbook: p.book.ID, Scenario: p.scenario, Kind: p.kind, Rule: p.rule,
		DryRun: !executes(p.dry, p.kind), Digest: p.copy.Digest(), Main: p.copy.Main, Source: p.source,
		Operator: a.person(), Program: nameAndVersion, Unattended: p.alone,
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

// person is who acts.
func (a *app) person() string {
	for _, name := range []string{a.who, a.Getenv("USER"), a.Getenv("LOGNAME")} {
		if name != "" {
			return name
		}
	}
	return process().User
}

// reopen goes on with an exercise: with the keeper that has it, or from its
// record where it was left.
func (a *app) reopen(dir string, alone bool, may consent) (*exercise, error) {
	x, err := a.attach(dir, false)
	if !errors.Is(err, keeper.ErrNone) {
		return x, err
	}
	a.warn(dir)
	c, had, err := a.resumption(dir, may)
	if err != nil {
		return nil, err
	}
	keeps := a.keeps(alone)
	for range 20 {
		if x, err = a.entrust(c, keeps); !errors.Is(err, keeper.ErrHeld) {
			if err == nil {
				x.had = had
			}
			return x, err
		}
		// Somebody else resumes it at this moment, or its keeper is just going.
		if x, err := a.attach(dir, false); !errors.Is(err, keeper.ErrNone) {
			return x, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, err
}

// resumption is what it takes to go on with an exercise that was left, and who
// acted so far, where that is somebody else.
func (a *app) resumption(dir string, may consent) (c charge, had string, err error) {
	s, err := history.Recall(dir)
	if err != nil {
		return charge{}, "", err
	}
	id := filepath.Base(dir)
	if s.Ended != nil {
		return charge{}, "", usageError{fmt.Errorf("%s has ended (%s); its report: %s", id, s.Ended.Completion, a.command("report", id))}
	}
	if !s.Began.DryRun {
		if err := a.equipped(s.Book); err != nil {
			return charge{}, "", err
		}
	}
	home, err := a.homeDir()
	if err != nil {
		return charge{}, "", err
	}
	values, err := a.secrets(s, may)
	return charge{Dir: dir, Home: home, Typed: a.home, Who: a.person(), Values: values, Pace: 1}, a.other(s), err
}

// other is who acted so far, where that is somebody else than who sits down.
func (a *app) other(s exec.State) string {
	if s.Operator == a.person() {
		return ""
	}
	return s.Operator
}

// follows says that somebody else acted so far, nil where nobody else did.
func (a *app) follows(x *exercise) []string {
	if x.had == "" {
		return nil
	}
	return []string{fmt.Sprintf("You are %s; %s acted so far. If that is you, leave and type: %s", a.person(), x.had, a.command("resume", x.id, "--as", x.had))}
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

// export writes report.md beside the record and returns its path.
func export(dir string) (string, error) {
	in, err := reportInput(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "report.md")
	return path, replaceFile(path, []byte(report.Markdown(in)))
}

// close leaves an exercise that came to trouble, or nil. It says on the normal
// screen how to go on, or how it ended, and returns the exit status.
func (a *app) close(x *exercise, trouble error) error {
	s, err := x.leave()
	goesOn := x.kept != nil && err == nil
	if errors.Is(err, exec.ErrRecord) { // it is trouble, and may be the same
		trouble, err = cmp.Or(trouble, err), nil
	}
	for _, err := range []error{trouble, err} {
		if err != nil {
			a.tell(err)
		}
	}
	a.farewell(x, s, goesOn)
	if trouble != nil {
		return exitStatus(exitError)
	}
	if status := exitOf(s); status != exitOK {
		return exitStatus(status)
	}
	return nil
}

// leave leaves an exercise as it stands then. What a keeper has goes on.
func (x *exercise) leave() (exec.State, error) {
	if x.kept != nil {
		return x.kept.Leave()
	}
	return x.owner.leave()
}

func (a *app) farewell(x *exercise, s exec.State, goesOn bool) {
	if s.Ended == nil {
		fmt.Fprintf(a.Out, "%s %s. Resume: %s\n", x.id, leftAt(s, goesOn), x.resume)
		return
	}
	v := exec.Judge(s)
	fmt.Fprintf(a.Out, "%s %s. Objectives %s. Fidelity: %s.\nReport: %s\n", x.id, v.Completion, v.Outcome, v.Fidelity, clean.Line(filepath.Join(x.dir, "report.md")))
}

// leftAt says where an exercise was left.
func leftAt(s exec.State, goesOn bool) string {
	_, open := s.Current()
	switch i := s.Running(); {
	case s.Started.IsZero():
		return "stopped before its start"
	case goesOn && i >= 0:
		return fmt.Sprintf("goes on with step %d of %d, which is running", i+1, len(s.Scenario.Steps))
	case !open:
		return "stopped at its end, not finished"
	}
	return fmt.Sprintf("stopped at step %d of %d", s.At+1, len(s.Scenario.Steps))
}

// acting is what a person types to sit down as the same person as now.
func (a *app) acting(words ...string) string {
	if a.who != "" {
		words = append(words, "--as", a.who)
	}
	return a.command(words...)
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
