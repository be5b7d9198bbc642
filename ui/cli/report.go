package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/report"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
)

// reportFormats are the forms that a report can take.
var reportFormats = []struct {
	name  string
	write func(report.Input) ([]byte, error)
}{
	{"md", func(in report.Input) ([]byte, error) { return []byte(report.Markdown(in)), nil }},
	{"json", report.JSON},
}

func newReport(a *app) *cobra.Command {
	var format, out string
	var names bool
	cmd := &cobra.Command{
		Use:     "report [EXERCISE]",
		Short:   "Writes the report on an exercise",
		Long:    "Writes the report on an exercise, made from its record. EXERCISE is an id or the\nbeginning of one; left out, the newest.",
		Example: "  bythebook report\n  bythebook report ex-20261123-1 --format json -o report.json",
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
					text, err := f.write(in)
					if err != nil {
						return err
					}
					return a.emit(out, text)
				}
			}
			return usageError{fmt.Errorf("--format is md or json, not %q", format)}
		},
	}
	cmd.Flags().StringVar(&format, "format", "md", "md or json")
	among(cmd, "format", "md", "json")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	cmd.Flags().BoolVar(&names, "names", false, "name people instead of roles")
	return cmd
}

// emit writes a document to a file, or to where the output goes.
func (a *app) emit(path string, text []byte) error {
	if path != "" && playbookAt(path) {
		return fmt.Errorf("%s is a playbook; nothing was written. Name another file with -o", path)
	}
	if path != "" {
		return replaceFile(path, text)
	}
	_, err := a.Out.Write(text)
	return err
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
