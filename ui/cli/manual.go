package cli

import (
	"slices"
	"strings"

	"bythebook/exec/history"
	"bythebook/runbook"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// newMan prints the manual; whoever packages the program puts it where man
// looks for it.
func newMan(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Prints the manual page",
		Long:    "Prints the manual page of this program and all its commands, for man(1).",
		Example: "  bythebook man | man -l -\n  bythebook man > /usr/local/share/man/man1/bythebook.1",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			unwrap(cmd.Root())
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return err
			}
			text := page.Build(roff.NewDocument()) // its first line makes the description the name of the book
			return a.emit("", []byte(strings.Replace(text, `"`+cmd.Root().Short+`"`, `"User commands"`, 1)))
		},
	}
}

// unwrap joins the lines of paragraphs in what the commands say of themselves:
// they are broken for terminals, and a manual breaks its own.
func unwrap(cmd *cobra.Command) {
	var paragraphs []string
	for p := range strings.SplitSeq(cmd.Long, "\n\n") {
		paragraphs = append(paragraphs, strings.ReplaceAll(p, "\n", " "))
	}
	cmd.Long = strings.Join(paragraphs, "\n")
	for _, c := range cmd.Commands() {
		unwrap(c)
	}
}

// completePlaybook completes PLAYBOOK [SCENARIO]: ids of the library, and the
// scenarios of the one that stands there. Files are completed by the shell.
func (a *app) completePlaybook(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		entries, _, err := a.entries("")
		if err != nil {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var words []string
		for _, e := range entries {
			if e.Playbook != nil && strings.HasPrefix(e.Playbook.ID, typed) {
				words = append(words, e.Playbook.ID+"\t"+e.Playbook.Title)
			}
		}
		return words, cobra.ShellCompDirectiveDefault
	case 1:
		e, err := a.playbook(args[0])
		if err != nil || e.Playbook == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeScenario(e.Playbook, typed)
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func completeScenario(book *runbook.Playbook, typed string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, s := range book.Scenarios {
		if strings.HasPrefix(s.ID, typed) {
			words = append(words, s.ID+"\t"+s.Title)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// among completes a flag that takes one of some words.
func among[T ~string](cmd *cobra.Command, flag string, words ...T) {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	// The only error is a flag that the command has not got.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp))
}

// completeExercise completes EXERCISE with the ids on record, the newest first.
func (a *app) completeExercise(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	home, err := a.homeDir()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids, _ := history.IDs(home, typed) // where nothing can be read, there is nothing to complete
	slices.Reverse(ids)
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
