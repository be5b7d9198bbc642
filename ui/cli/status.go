package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"bythebook/exec/history"
	"bythebook/exec/stage"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// statusForms write a standing, for so many columns where that matters.
var statusForms = map[string]func(stage.Library, int) ([]byte, error){
	"text": func(l stage.Library, columns int) ([]byte, error) { return []byte(l.Text(columns)), nil },
	"md":   func(l stage.Library, _ int) ([]byte, error) { return []byte(l.Markdown()), nil },
	"json": func(l stage.Library, _ int) ([]byte, error) { return l.JSON() },
}

func newStatus(a *app) *cobra.Command {
	var form formFlags
	var out string
	cmd := &cobra.Command{
		Use:   "status [LIBRARY|PLAYBOOK]",
		Short: "Says where the team stands, what is missing and what is due",
		Long: `Says where the team stands on the ten gates of stage 1: what shows that a gate is
passed, and for whatever is missing the one command to type or the one edit to
make. Then what is due: reviews, agreements that run out, exercises, and what the
exercises so far left open.

Of a library it is a summary and what each gate lacks first, of a playbook all of
it. --format md is a page to publish.`,
		Example: "  bythebook status\n  bythebook status bookstore\n  bythebook status runbooks --format md -o STATUS.md\n  bythebook status --json | jq '.playbooks[] | select(.complete | not) | .missing[0]'",
		Args:    usageArgs(cobra.MaximumNArgs(1)),

		ValidArgsFunction: a.completePlaybook,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := form.chosen(cmd)
			if err != nil {
				return err
			}
			where, err := a.status(append(args, "")[0])
			if err != nil {
				return err
			}
			text, err := statusForms[format](where, columns(a.Out))
			if err != nil {
				return err
			}
			return a.emit(out, text)
		},
	}
	form.add(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	return cmd
}

// status is where the playbooks of a library stand, or one of them.
func (a *app) status(path string) (stage.Library, error) {
	entries, where, err := a.asked(path)
	if err != nil {
		return stage.Library{}, err
	}
	now, records := time.Now(), make(chan facts, 1)
	go func() { records <- a.facts(entries...) }() // ends when the records are read
	inputs := make([]stage.Input, len(entries))
	atOnce(len(entries), func(i int) {
		if e := entries[i]; e.Playbook != nil {
			inputs[i].Findings = weighty(e, now)
		}
	})
	f := <-records
	l := stage.Library{Where: where, Now: f.now, Books: make([]stage.Standing, len(entries))}
	switch {
	case len(entries) == 0:
		l.Begin = a.nothing(where)
	case where != "" && isShipped(entries[0].Path):
		l.Begin = a.nothing("runbooks")
		l.Begin.Mend.Note += "; how one of these becomes your own says `" + a.command("status") + " ID`"
	}
	for _, r := range f.records {
		if r.Damage != nil {
			l.Damaged = append(l.Damaged, r)
		}
	}
	atOnce(len(entries), func(i int) {
		a.known(&inputs[i], entries[i], f)
		a.called(&inputs[i], entries, i, path)
		l.Books[i] = stage.Judge(inputs[i])
	})
	return l, nil
}

// asked are the playbooks of the library that is meant, with where that is, or
// the one that is named, without.
func (a *app) asked(path string) ([]read.Entry, string, error) {
	if info, err := os.Stat(path); path == "" || err == nil && info.IsDir() {
		entries, where, err := a.entries(path)
		return entries, near(where), err
	}
	entries, err := a.documents(path)
	return entries, "", err
}

// known fills in what is known of a playbook.
func (a *app) known(in *stage.Input, e read.Entry, f facts) {
	in.Book, in.Problems, in.Text, in.Now = e.Playbook, e.Problems, e.Copy, f.now
	if e.Playbook == nil {
		return
	}
	for _, r := range f.records {
		if r.Damage == nil && r.State.Began.Playbook == e.Playbook.ID {
			in.Records = append(in.Records, r)
		}
	}
	for _, im := range f.open {
		if im.Playbook == e.Playbook.ID {
			in.Improvements = append(in.Improvements, im)
		}
	}
	in.Baselines = history.Baselines(in.Records, e.Playbook)
	in.Agreement = standing(e, f.now)
}

// called fills in what commands call the playbook: its id where that leads to it,
// else its path. One that comes with the program has the path that it is to get.
func (a *app) called(in *stage.Input, entries []read.Entry, i int, asked string) {
	e := entries[i]
	in.Path, in.Name, in.Command = near(e.Path), near(e.Path), a.command
	switch {
	case e.Playbook == nil:
	case isShipped(e.Path):
		in.Shipped = e.Playbook.ID
		in.Path = owned(e.Playbook.ID)
		in.Name = in.Path
	case asked == e.Playbook.ID || asked == "" && alone(entries, i):
		in.Name = e.Playbook.ID
	}
}

// alone reports whether a playbook's id means it and nothing else.
func alone(entries []read.Entry, i int) bool {
	id := entries[i].Playbook.ID
	for k, e := range entries {
		if k != i && e.Playbook != nil && e.Playbook.ID == id {
			return false
		}
	}
	_, err := os.Stat(id)
	return errors.Is(err, fs.ErrNotExist)
}

// nothing is what to do where there is no playbook of the team's own yet.
func (a *app) nothing(where string) *stage.Missing {
	file := filepath.Join(where, "web.yaml")
	return &stage.Missing{
		What: "There is no playbook of your own here yet.",
		Mend: stage.Mend{Command: a.command("new", "web", "-o", file), Note: "web is an example: call it what fails over"},
	}
}

// atOnce does something for each of n things, as many at once as there are
// processors: somebody waits.
func atOnce(n int, do func(i int)) {
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		all.Go(func() error { do(i); return nil }) // ends when that is done
	}
	_ = all.Wait() // none fails
}
