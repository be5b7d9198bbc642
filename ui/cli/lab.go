package cli

import (
	"context"

	"bythebook/runbooks/lab"

	"github.com/spf13/cobra"
)

// newLab lists the practice bookstore's controls among the commands; Run sends
// their command lines straight to the lab.
func newLab(a *app) *cobra.Command {
	return &cobra.Command{
		Use:                "lab COMMAND",
		Short:              "The practice bookstore's own controls",
		DisableFlagParsing: true,
		RunE:               func(_ *cobra.Command, args []string) error { return exitStatus(a.lab(args)) },
	}
}

// lab runs one of the lab's commands and returns its exit status.
func (a *app) lab(args []string) int {
	dir := a.Getenv("LAB_DIR")
	if home, err := a.homeDir(); dir == "" && err == nil {
		dir = lab.Dir(home)
	}
	return lab.Main(context.Background(), args, lab.Env{Dir: dir, Self: a.Self, Pace: 1}, a.Out, a.Err)
}
