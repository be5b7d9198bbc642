package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/report"
	"bythebook/exec/shell"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
)

// reportFormats are the forms that a report can take. The last is no text: it
// shows the terminal as it was.
var reportFormats = []struct {
	name  string
	write func(to io.Writer, dir string, in report.Input) error
}{
	{"md", func(to io.Writer, _ string, in report.Input) error { return given([]byte(report.Markdown(in)))(to) }},
	{"json", func(to io.Writer, _ string, in report.Input) error {
		text, err := report.JSON(in)
		if err != nil {
			return err
		}
		return given(text)(to)
	}},
	{"cast", writeCast},
}

func newReport(a *app) *cobra.Command {
	var format, out string
	var names bool
	cmd := &cobra.Command{
		Use:     "report [EXERCISE]",
		Short:   "Writes the report on an exercise",
		Long:    "Writes the report on an exercise, made from its record. EXERCISE is an id or the\nbeginning of one; left out, the newest.\n\nThe format cast is no text: it is what its terminal showed, as a recording\n(asciicast version 3) that `asciinema play` shows.",
		Example: "  bythebook report\n  bythebook report ex-20261123-1 --format json -o report.json\n  bythebook report --format cast -o exercise.cast",
		Args:    usageArgs(cobra.MaximumNArgs(1)),

		ValidArgsFunction: a.completeExercise,
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.homeDir()
			if err != nil {
				return err
			}
			dir, err := find(home, strings.Join(args, ""))
			if err != nil {
				return err
			}
			in, err := reportInput(dir)
			if err != nil {
				return err
			}
			in.Names = names
			for _, f := range reportFormats {
				if f.name == format {
					return a.emitBy(out, func(to io.Writer) error { return f.write(to, dir, in) })
				}
			}
			return usageError{fmt.Errorf("--format is md, json or cast, not %q", format)}
		},
	}
	cmd.Flags().StringVar(&format, "format", "md", "md, json or cast")
	among(cmd, "format", "md", "json", "cast")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	cmd.Flags().BoolVar(&names, "names", false, "name people instead of roles")
	return cmd
}

// writeCast writes what the terminal showed, with the steps' beginnings to jump to.
func writeCast(to io.Writer, dir string, in report.Input) error {
	var steps []shell.Chapter
	for _, e := range in.Events {
		if b, ok := e.Body.(exec.StepBegan); ok {
			steps = append(steps, shell.Chapter{At: e.At, Name: fmt.Sprintf("%s, try %d", e.Step, b.Attempt)})
		}
	}
	err := shell.Cast(to, transcript(dir), in.State.Book.Title+": "+in.State.Scenario.Title, steps)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no recording: no terminal was opened in it, or it is older than recordings are", in.State.Began.Exercise)
	}
	return err
}

// emit writes a document to a file, or to where the output goes.
func (a *app) emit(path string, text []byte) error { return a.emitBy(path, given(text)) }

// emitBy is emit for what is written piece by piece.
func (a *app) emitBy(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(a.Out)
	}
	if playbookAt(path) {
		return fmt.Errorf("%s is a playbook; nothing was written. Name another file with -o", path)
	}
	return replaceWith(path, write)
}

// playbookAt reports whether there is a playbook at a path: somebody's work,
// which no page or report is written over.
func playbookAt(path string) bool {
	text, err := read.Bytes(filepath.Dir(path), filepath.Base(path))
	return err == nil && read.IsPlaybook(path, text)
}

// reportInput is an exercise's record, ready to be reported on.
func reportInput(dir string) (report.Input, error) {
	events, stat, err := journal.Verify(dir)
	if err != nil {
		return report.Input{}, err
	}
	s, err := history.Replay(dir, events)
	return inputOf(s, events, stat), err
}

// inputOf is a record with the state that it tells.
func inputOf(s exec.State, events []exec.Event, stat journal.Stat) report.Input {
	return report.Input{State: s, Events: events, Record: report.Record{
		Events: stat.Events, First: stat.First, Last: stat.Last, SHA256: stat.SHA256,
	}}
}
