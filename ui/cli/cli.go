package cli

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	_ "time/tzdata" // zones are known on machines that have none installed

	"bythebook/exec/clean"

	"github.com/spf13/cobra"
)

// Version is the program's own, as records and reports name it.
const Version = "0.1.0"

// A World is what a command can reach: three files and the environment.
type World struct {
	In       *os.File
	Out, Err io.Writer
	Environ  []string
	Self     string // the path of this program
}

// Getenv is a variable of the environment, "" where it is not set.
func (w World) Getenv(name string) string {
	for i := len(w.Environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(w.Environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// Main runs one command line, without the program's name, in the real world,
// and returns its exit status.
func Main(args []string) int {
	debug.SetGCPercent(400)         // states are many and small: a few megabytes buy back a fiftieth of a step
	debug.SetMemoryLimit(160 << 20) // nor does a huge playbook need more: beyond this, memory is collected as it always was
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bythebook: finding this program:", err)
		return exitError
	}
	return Run(args, World{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(), Self: self})
}

// Run is Main in a world of the caller's.
func Run(args []string, w World) int {
	a := &app{World: w}
	if len(args) > 0 && args[0] == "lab" { // its parts are many processes: straight there
		return a.lab(args[1:])
	}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(w.In)
	root.SetOut(w.Out)
	root.SetErr(w.Err)
	err := root.Execute()
	status, tell := statusOf(err)
	if tell {
		w.tell(err)
	}
	return status
}

// tell says what went wrong. Errors name files, and whatever else others wrote.
func (w World) tell(err error) { fmt.Fprintln(w.Err, "bythebook:", clean.Text(err.Error())) }

// An app is what all commands share: the world, and the flags that any may take.
type app struct {
	World
	home  string // --home
	who   string // --as
	plain bool   // --plain

	noKeeper bool // --no-keeper

	relayed atomic.Bool // the terminal is handed over to a step at this moment
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "bythebook [LIBRARY]",
		Short: "Takes a team through a failover exercise strictly by its playbook",
		Long: `bythebook takes a team through a failover exercise by the book: it shows the
playbook as a checklist, runs or prompts each step strictly as documented, times
the exercise against RTO and RPO, records everything so that it survives
anything, and ends with a report that flags every deviation and proposes the
change to the playbook.

Alone it opens the library: the folder that is named, else $BYTHEBOOK_LIBRARY,
else the nearest runbooks/ at or above the working directory, else the shipped
playbooks.

run, resume and practice exit with 0 completed as documented; 6 completed and
objectives met, but with material deviations; 3 an objective missed or a test
failed; 4 blocked, aborted or declined; 5 interrupted, can be resumed; 1 an
error, nothing lost; 2 wrong usage.`,
		Example:       "  bythebook practice\n  bythebook run runbooks/web.yaml\n  bythebook resume",
		Version:       Version,
		Args:          a.oneLibrary,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(_ *cobra.Command, args []string) error { return a.library(args) },
	}
	root.PersistentFlags().StringVar(&a.home, "home", "", "where records are kept (else $BYTHEBOOK_HOME, $XDG_STATE_HOME/bythebook, ~/.local/state/bythebook)")
	root.PersistentFlags().StringVar(&a.who, "as", "", "who acts, a contact's id or a name (else $USER)")
	root.PersistentFlags().BoolVar(&a.plain, "plain", false, "line by line instead of screens: for screen readers, pipes, dumb terminals")
	a.addKeeperFlag(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newPractice(a), newRun(a), newResume(a), newWatch(a), newReport(a), newExercises(a), newStatus(a), newCheck(a), newAgree(a), newObject(a), newAgreement(a), newPublished(a),
		newView(a), newConvert(a), newNew(a), newMan(a), newLab(a), newKeeper(a))
	return root
}

// usageArgs makes a wrong number of arguments wrong usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
		}
		return nil
	}
}
