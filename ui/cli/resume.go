package cli

import (
	"fmt"
	"strings"

	"bythebook/exec/clean"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
)

func newResume(a *app) *cobra.Command {
	var answers string
	var unattended bool
	cmd := &cobra.Command{
		Use:   "resume [EXERCISE]",
		Short: "Goes on where an exercise stopped",
		Long: `Goes on where an exercise stopped, or sits down at one that goes on in the
background. A step that was running when the program itself was ended is "outcome
unknown" until a person says what happened; nothing runs again by itself.
EXERCISE is an id or the beginning of one; left out, the newest.`,
		Example: "  bythebook resume\n  bythebook resume ex-20261123-1",
		Args:    usageArgs(cobra.MaximumNArgs(1)),

		ValidArgsFunction: a.completeExercise,
		RunE: func(_ *cobra.Command, args []string) error {
			var sheet *read.Sheet
			if unattended {
				s, err := read.Answers(answers)
				if err != nil {
					return err
				}
				sheet = &s
			}
			home, err := a.homeDir()
			if err != nil {
				return err
			}
			dir, err := find(home, strings.Join(args, ""))
			if err != nil {
				return err
			}
			if readable(dir) {
				fmt.Fprintf(a.Err, "bythebook: others on this machine can read the record in %s; chmod go= %s mends that\n", clean.Line(dir), clean.Word(dir))
			}
			may := consent(a.asks)
			if unattended {
				may = unasked
			}
			x, err := a.reopen(dir, unattended, may)
			if err != nil {
				return err
			}
			a.announce(a.follows(x))
			return a.attend(x, sheet)
		},
	}
	a.addKeeperFlag(cmd)
	cmd.Flags().BoolVar(&unattended, "unattended", false, "take the answers from --answers, ask nobody, never guess")
	cmd.Flags().StringVar(&answers, "answers", "", "a file of answers, for --unattended")
	return cmd
}
