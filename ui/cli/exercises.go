package cli

import (
	"errors"
	"fmt"
	"time"

	"bythebook/exec/clean"
	"bythebook/exec/history"

	"github.com/spf13/cobra"
)

// historyForms write records: all of them as a list, or those of a playbook
// together.
var historyForms = map[string]struct {
	list     func([]history.Record) ([]byte, error)
	overview func(history.Overview) ([]byte, error)
}{
	"text": {written(history.ListText), written(history.Text)},
	"md":   {written(history.ListMarkdown), written(history.Markdown)},
	"json": {history.ListJSON, history.JSON},
}

// written makes a writer that can't fail one that could.
func written[T any](write func(T) string) func(T) ([]byte, error) {
	return func(t T) ([]byte, error) { return []byte(write(t)), nil }
}

func newExercises(a *app) *cobra.Command {
	var form formFlags
	var out string
	cmd := &cobra.Command{
		Use:   "exercises [PLAYBOOK [SCENARIO]]",
		Short: "Shows the exercises on record, and what they show together",
		Long: `Lists the exercises on record, the newest first: when, what, by which rule, the
verdicts, and the times against the objectives. A damaged record is listed with
what is wrong with it, and is part of no figure.

Of a playbook, or of one scenario of it, it shows what the exercises show
together: how recovery times go, which steps take longer than planned, which
deviations come back, what nobody has tried, which improvements are open, and
which objectives to think over. PLAYBOOK is a path, the id of a playbook in the
library, or one that only records know.`,
		Example: "  bythebook exercises\n  bythebook exercises bookstore api-failure\n  bythebook exercises bookstore --format md -o trend.md\n  bythebook exercises --json | jq '.[0].verdicts'",
		Args:    usageArgs(cobra.MaximumNArgs(2)),

		ValidArgsFunction: a.completePlaybook,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := form.chosen(cmd)
			if err != nil {
				return err
			}
			args = append(args, "", "")
			text, err := a.exercises(args[0], args[1], format)
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

// exercises are the records as a list, or what those of a playbook show together.
func (a *app) exercises(playbook, scenario, format string) ([]byte, error) {
	home, err := a.homeDir()
	if err != nil {
		return nil, err
	}
	all, err := history.Read(home)
	switch {
	case err != nil:
		return nil, err
	case playbook != "":
		o, err := a.overview(all, playbook, scenario)
		if err != nil {
			return nil, err
		}
		return historyForms[format].overview(o)
	case len(all) == 0 && format == "text":
		return fmt.Appendf(nil, "No exercise is on record in %s.\n", clean.Line(home)), nil
	}
	return historyForms[format].list(all)
}

// overview is what the exercises of a playbook show together. One that is
// neither a file nor in the library may still be known from its records.
func (a *app) overview(all []history.Record, name, scenario string) (history.Overview, error) {
	e, err := a.playbook(name)
	if errors.Is(err, errNoPlaybook) {
		if o, ok := history.Recalled(all, name, scenario, time.Now()); ok {
			return o, hasScenario(o, scenario)
		}
	}
	if err != nil {
		return history.Overview{}, err
	}
	o := history.Survey(all, e.Playbook, scenario, time.Now())
	return o, hasScenario(o, scenario)
}

// hasScenario is an error where neither the text nor a record has the scenario
// that was asked for.
func hasScenario(o history.Overview, scenario string) error {
	if len(o.Trends) > 0 {
		return nil
	}
	return usageError{fmt.Errorf("unknown scenario %q: neither %s nor an exercise of it has one of that name", scenario, o.Playbook)}
}
