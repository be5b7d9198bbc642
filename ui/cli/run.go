package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/runbook/read"
	"bythebook/runbooks"

	"github.com/spf13/cobra"
)

// A runFlags is what run and practice have in common.
type runFlags struct {
	kind, rule, answers string
	set                 []string
	dry, unattended     bool
	pace                float64
	gateFlags
}

func (f *runFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.kind, "type", string(exec.Rehearsal), "tabletop, rehearsal, live or incident")
	cmd.Flags().StringVar(&f.rule, "rule", string(exec.Strict), "guided, strict or lockstep")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "NAME=VALUE: the value of one of the playbook's inputs; may be said again")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "execute nothing; outcomes are simulated")
	cmd.Flags().BoolVar(&f.unattended, "unattended", false, "take the answers from --answers, ask nobody, never guess")
	cmd.Flags().StringVar(&f.answers, "answers", "", "a file of answers, for --unattended")
	cmd.Flags().StringVar(&f.override, "override", "", "`REASON` to begin although not everybody agreed or errors stand; with --agreed")
	cmd.Flags().StringVar(&f.agreed, "agreed", "", "`NAME` of who overrides that")
	among(cmd, "type", exec.Types[:]...)
	among(cmd, "rule", exec.Rules[:]...)
}

func newRun(a *app) *cobra.Command {
	f := &runFlags{pace: 1}
	cmd := &cobra.Command{
		Use:   "run PLAYBOOK [SCENARIO]",
		Short: "Takes you through one exercise",
		Long: `Takes you through one exercise: a scenario of a playbook, exactly as documented.
PLAYBOOK is a path, or the id of a playbook in the library.

A live exercise, and one under lockstep, begins once bythebook check finds no
error in the playbook and everybody whom it asks has agreed to exactly this text;
live, somebody has to be asked. To begin all the same takes a reason and the name
of who says so: at the start, or beforehand with --override and --agreed. That is
recorded, and is a material deviation.`,
		Example: "  bythebook run runbooks/web.yaml\n  bythebook run bookstore api-failure --rule lockstep\n  bythebook run web.yaml --rule lockstep --override \"The window ends today.\" --agreed alice\n  bythebook run runbooks/deploy.yaml --set RELEASE=v1.4.2",
		Args:    usageArgs(cobra.RangeArgs(1, 2)),

		ValidArgsFunction: a.completePlaybook,
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := a.playbook(args[0])
			if err != nil {
				return err
			}
			return a.runExercise(e, strings.Join(args[1:], ""), f)
		},
	}
	f.add(cmd)
	a.addKeeperFlag(cmd)
	return cmd
}

// The playbook of the practice bookstore, and what is practised where no
// scenario of it is named.
const (
	practiceFile     = "practice.yaml"
	practiceScenario = "api-failure"
)

func newPractice(a *app) *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "practice [SCENARIO]",
		Short: "Starts the practice bookstore and opens its playbook",
		Long: `Starts a small bookstore on this machine that really fails and really recovers,
and opens its playbook: the whole job in one command, nothing to set up.
SCENARIO is api-failure where it is left out; others are database-failure,
cdn-failure and search-failure.`,
		Example: "  bythebook practice\n  bythebook practice database-failure\n  bythebook practice --unattended --answers runbooks/practice.answers.yaml",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := shippedEntry(func(e read.Entry) bool { return e.Path == practiceFile })
			if err != nil {
				return err
			}
			return a.runExercise(e, cmp.Or(strings.Join(args, ""), practiceScenario), f)
		},
	}
	f.add(cmd)
	a.addKeeperFlag(cmd)
	cmd.Flags().Float64Var(&f.pace, "pace", 1, "scales every delay of the practice bookstore; 0 is without delays")
	return cmd
}

// runExercise begins an exercise and seats somebody, or nobody, at it.
func (a *app) runExercise(e read.Entry, scenario string, f *runFlags) error {
	p, err := f.plan(e, scenario)
	if err != nil {
		return err
	}
	sheet, err := f.sheet(p)
	if err != nil {
		return err
	}
	if _, known := called(p.book, p.override.Agreed); !known && p.override.Agreed != "" {
		fmt.Fprintf(a.Err, "%s is no contact of the playbook; the name is recorded as it stands.\n", clean.Line(p.override.Agreed))
	}
	p.set, p.alone, p.consent = f.set, f.unattended, a.asks
	if f.unattended {
		p.consent = unasked
	}
	x, err := a.found(p)
	if err != nil {
		return err
	}
	return a.attend(x, sheet)
}

// plan checks what was asked for before anything is made.
func (f *runFlags) plan(e read.Entry, scenario string) (plan, error) {
	if len(e.Problems) > 0 {
		return plan{}, e.Problems
	}
	p := plan{copy: e.Copy, book: e.Playbook, source: e.Path, kind: exec.Type(f.kind), rule: exec.Rule(f.rule), dry: f.dry, pace: f.pace}
	switch {
	case !slices.Contains(exec.Types[:], p.kind):
		return p, usageError{fmt.Errorf("--type is tabletop, rehearsal, live or incident, not %q", f.kind)}
	case !slices.Contains(exec.Rules[:], p.rule):
		return p, usageError{fmt.Errorf("--rule is guided, strict or lockstep, not %q", f.rule)}
	case f.unattended != (f.answers != ""):
		return p, usageError{errors.New("--unattended and --answers FILE go together")}
	case f.pace < 0:
		return p, usageError{errors.New("--pace is 0 or more")}
	}
	var err error
	if p.override, err = f.departure(); err != nil {
		return p, err
	}
	p.scenario, err = chooseScenario(p.book, scenario)
	return p, err
}

func chooseScenario(book *runbook.Playbook, id string) (string, error) {
	var ids []string
	for _, s := range book.Scenarios {
		ids = append(ids, s.ID)
	}
	switch {
	case id == "" && len(ids) == 1:
		return ids[0], nil
	case id == "":
		return "", usageError{fmt.Errorf("which scenario? %s has %s", book.ID, strings.Join(ids, ", "))}
	case !slices.Contains(ids, id):
		return "", usageError{fmt.Errorf("unknown scenario %q; %s has %s", id, book.ID, strings.Join(ids, ", "))}
	}
	return id, nil
}

// sheet reads the answers of an unattended exercise, nil when somebody attends.
func (f *runFlags) sheet(p plan) (*read.Sheet, error) {
	if !f.unattended {
		return nil, nil
	}
	sheet, err := read.Answers(f.answers)
	if err != nil {
		return nil, err
	}
	if sheet.RunChanges && (p.kind == exec.Live || p.kind == exec.Incident) {
		return nil, usageError{fmt.Errorf("%s runs every change by default; that is refused for %s", f.answers, p.kind)}
	}
	for id, answer := range sheet.Steps {
		if !exec.Leads(p.book, p.scenario, id) {
			return nil, fmt.Errorf("%s:%d: answers: the scenario %s has no step %q", f.answers, answer.Line, p.scenario, id)
		}
	}
	return &sheet, nil
}

// playbook finds a playbook by its path, or by its id in the library.
func (a *app) playbook(name string) (read.Entry, error) {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		c, book, err := read.File(name)
		return read.Entry{Path: name, Copy: c, Playbook: book}, err
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return read.Entry{}, err
	}
	entries, where, err := a.entries("")
	if err != nil {
		return read.Entry{}, err
	}
	called := func(e read.Entry) bool { return e.Playbook != nil && e.Playbook.ID == name }
	if i := slices.IndexFunc(entries, called); i >= 0 {
		if j := slices.IndexFunc(entries[i+1:], called); j >= 0 {
			return read.Entry{}, usageError{fmt.Errorf("two playbooks are called %s: %s and %s; name the file", name, entries[i].Path, entries[i+1+j].Path)}
		}
		return entries[i], nil
	}
	if i := slices.IndexFunc(entries, func(e read.Entry) bool { return e.Meant(name) }); i >= 0 {
		return entries[i], entries[i].Problems
	}
	if e, err := shippedEntry(called); err == nil {
		return e, nil
	}
	return read.Entry{}, usageError{fmt.Errorf("%w %q: neither a file, nor an id in %s%s", errNoPlaybook, name, where, beside(name))}
}

// errNoPlaybook is that nothing is called so.
var errNoPlaybook = errors.New("there is no playbook")

// beside names the file that somebody may have meant by a name without ending.
func beside(name string) string {
	for _, ext := range []string{".yaml", ".yml", ".md"} {
		if info, err := os.Stat(name + ext); err == nil && info.Mode().IsRegular() {
			return "; did you mean " + name + ext + "?"
		}
	}
	return ""
}

// shippedEntry finds one of the playbooks that come with the program.
func shippedEntry(is func(read.Entry) bool) (read.Entry, error) {
	entries, err := read.LibraryFS(runbooks.Files)
	if err != nil {
		return read.Entry{}, err
	}
	i := slices.IndexFunc(entries, is)
	if i < 0 {
		return read.Entry{}, errors.New("no such playbook comes with this program")
	}
	e := entries[i]
	e.Path = shipped + e.Path
	return e, nil
}
