package cli

import (
	"context"
	"slices"
	"strings"

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

// lab runs one of the lab's commands and returns its exit status. A step finds
// the lab of its exercise by LAB_DIR; a person may name a home.
func (a *app) lab(args []string) int {
	args = a.takeHome(args)
	dir := a.Getenv("LAB_DIR")
	if home, err := a.homeDir(); err == nil && (dir == "" || a.home != "") {
		dir = lab.Dir(home)
	}
	return lab.Main(context.Background(), args, lab.Env{Dir: dir, Self: a.Self, Pace: 1}, a.Out, a.Err)
}

// takeHome takes --home DIR out of the lab's arguments, which know no such flag.
func (a *app) takeHome(args []string) []string {
	for i, arg := range args {
		if dir, ok := strings.CutPrefix(arg, "--home="); ok {
			a.home = dir
			return slices.Delete(slices.Clone(args), i, i+1)
		}
		if arg == "--home" && i+1 < len(args) {
			a.home = args[i+1]
			return slices.Delete(slices.Clone(args), i, i+2)
		}
	}
	return args
}
