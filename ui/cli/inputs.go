package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// A consent says whether the command may be run that a playbook names for a
// secret, nil when it may: nothing runs that nobody has seen.
type consent func(runbook.Input) error

// values are those of the inputs that need nobody to be asked: from --set, from
// the document's defaults, and of secrets from where the document says.
func (a *app) values(p plan) ([]exec.Give, error) {
	all, err := settings(p.book, p.set)
	if err != nil {
		return nil, err
	}
	for _, in := range p.book.Inputs {
		if slices.ContainsFunc(all, func(g exec.Give) bool { return g.Name == in.Name }) {
			continue
		}
		switch {
		case in.HasDefault:
			all = append(all, exec.Give{Name: in.Name, Value: in.Default, From: "the default"})
		case !executes(p.dry, p.kind): // it needs no values
		case in.Secret != nil && !in.Secret.Ask:
			g, err := a.secret(in, folder(p.source), p.consent)
			if err != nil {
				return nil, err
			}
			all = append(all, g)
		case p.alone && in.Secret != nil:
			return nil, usageError{fmt.Errorf("%s has no value, and nobody is there to be asked: let the playbook take it from `env`, `file` or `command`", in.Name)}
		case p.alone:
			return nil, usageError{fmt.Errorf("%s has no value, and nobody is there to be asked: add --set %s=VALUE", in.Name, in.Name)}
		}
	}
	return all, fitting(p.book, all)
}

// settings reads --set NAME=VALUE.
func settings(book *runbook.Playbook, sets []string) ([]exec.Give, error) {
	var all []exec.Give
	for _, set := range sets {
		name, value, ok := strings.Cut(set, "=")
		in, known := book.Input(name)
		switch {
		case !ok:
			return nil, usageError{fmt.Errorf("--set is NAME=VALUE, not %q", set)}
		case !known:
			return nil, usageError{fmt.Errorf("--set %s: %s", name, noInput(book))}
		case slices.ContainsFunc(all, func(g exec.Give) bool { return g.Name == name }):
			return nil, usageError{fmt.Errorf("--set %s is there twice", name)}
		}
		if in.Secret != nil {
			return nil, usageError{fmt.Errorf("--set %s: it is a secret, and what stands on a command line can be seen by others; give it where the playbook takes it from", name)}
		}
		if why := exec.Unfit(in, value); why != "" {
			return nil, usageError{fmt.Errorf("--set %s: %s", name, why)}
		}
		all = append(all, exec.Give{Name: name, Value: value, From: "--set"})
	}
	return all, nil
}

// noInput says which inputs there are instead.
func noInput(book *runbook.Playbook) string {
	var names []string
	for _, in := range book.Inputs {
		names = append(names, in.Name)
	}
	if len(names) == 0 {
		return "the playbook has no inputs"
	}
	return "the playbook has no such input; it has " + strings.Join(names, ", ")
}

// fitting makes sure that values are what the document wants, wherever they
// came from.
func fitting(book *runbook.Playbook, all []exec.Give) error {
	for _, g := range all {
		in, _ := book.Input(g.Name)
		if why := exec.Unfit(in, g.Value); why != "" {
			return fmt.Errorf("the value of %s from %s: %s", g.Name, g.From, why)
		}
	}
	return nil
}

// secrets are those that a resumed exercise must be given again, as far as they
// need nobody to be asked.
func (a *app) secrets(s exec.State, may consent) ([]exec.Give, error) {
	var all []exec.Give
	for _, in := range s.Book.Inputs {
		if s.Began.DryRun || in.Secret == nil || in.Secret.Ask {
			continue
		}
		g, err := a.secret(in, folder(s.Began.Source), may)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, fitting(s.Book, all)
}

// folder is where paths in a playbook begin; those of one that came with the
// program begin here.
func folder(source string) string {
	if isShipped(source) {
		return "."
	}
	return filepath.Dir(source)
}

// secret takes a secret from where the document says.
func (a *app) secret(in runbook.Input, dir string, may consent) (exec.Give, error) {
	g, err := exec.Give{Name: in.Name}, error(nil)
	switch s := in.Secret; {
	case s.Env != "":
		g.From = "the variable " + s.Env
		if g.Value = a.Getenv(s.Env); g.Value == "" {
			err = errors.New("it is not set; export it, then start again")
		}
	case s.File != "":
		g.From = "the file " + s.File
		path := s.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		g.Value, err = secretFile(path)
	default:
		g.From = "the command that the playbook names"
		if err = may(in); err == nil {
			g.Value, err = shell.Answer(context.Background(), dir, a.Environ, s.Command)
		}
	}
	if err != nil {
		return g, fmt.Errorf("taking the secret %s from %s: %w", in.Name, clean.Line(g.From), err)
	}
	return g, nil
}

// secretLimit is more than any secret has, and what one variable may hold.
const secretLimit = 64 << 10

// secretFile is what a file holds, without the line feeds at its end.
func secretFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, secretLimit+1))
	if err == nil && len(text) > secretLimit {
		err = fmt.Errorf("it holds more than %d bytes", secretLimit)
	}
	return strings.TrimRight(string(text), "\r\n"), err
}

// asks shows a person the command, on the normal screen, and takes a yes.
func (a *app) asks(in runbook.Input) error {
	fmt.Fprintf(a.Err, "The secret %s comes from this command, which the playbook names:\n  %s\nType yes to run it: ", in.Name, clean.Text(in.Secret.Command))
	if a.line() != "yes" {
		return errors.New("it was not run, because nobody said yes")
	}
	return nil
}

// line is one line of the input, and not a byte more: the rest is for the
// exercise.
func (a *app) line() string {
	var line []byte
	for b := []byte{0}; ; {
		if n, err := a.In.Read(b); n == 0 || err != nil || b[0] == '\n' {
			return strings.TrimSpace(string(line))
		}
		line = append(line, b[0])
	}
}

// unasked is for where nobody is there to be asked, and has said so: the
// exercise was started to run by itself.
func unasked(runbook.Input) error { return nil }

// elsewhere is for where there is no normal screen to ask on.
func (a *app) elsewhere(runbook.Input) error {
	return fmt.Errorf("that is asked for on the command line; start the exercise there, with %s", a.command("run"))
}

// feasible makes sure that all that a scenario holds can be carried out.
func feasible(p plan) error {
	sc, _ := p.book.Scenario(p.scenario)
	var lines []string
	for _, u := range exec.Later(sc) {
		lines = append(lines, fmt.Sprintf("  %s:%d: step %d, %s: %s", p.book.File, u.Line, u.Step+1, sc.Steps[u.Step].ID, u.What))
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("this program can't carry out yet:\n%s\nNothing was started. A dry run (--dry-run) and a tabletop exercise (--type tabletop) go through all of it", strings.Join(lines, "\n"))
}
