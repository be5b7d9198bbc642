package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/exec/keeper"

	"github.com/spf13/cobra"
)

// keepLog is the file in an exercise's folder where its keeper complains.
const keepLog = "keeper.log"

// sockets is the folder where keepers listen.
func (a *app) sockets() (string, error) {
	return keeper.Folder(a.Getenv("XDG_RUNTIME_DIR"), os.TempDir())
}

// keeps reports whether an exercise is to have a keeper. It is for people, who
// come and go; whoever feeds lines or answers does not.
func (a *app) keeps(alone bool) bool {
	if a.noKeeper || alone || !isTerminal(a.In) {
		return false
	}
	_, err := a.sockets()
	if err != nil {
		a.tell(fmt.Errorf("leaving will end what runs, for no keeper can have the exercise: %w", err))
	}
	return err == nil
}

// addKeeperFlag lets a command that opens an exercise do without a keeper.
func (a *app) addKeeperFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.noKeeper, "no-keeper", false, "end what runs when the screen is left, instead of letting it go on in the background")
}

// entrust gives an exercise to a keeper or to this process, and sits down at it.
func (a *app) entrust(c charge, keeps bool) (*exercise, error) {
	if !keeps {
		o, err := a.own(c)
		if err != nil {
			return nil, err
		}
		a.announce(o.tells)
		x := a.seated(c.Dir, o.conductor.Seat(a.person()), o.conductor.State())
		x.owner = o
		return x, nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	tells, err := keeper.Start(keeper.Process{Self: a.Self, Args: []string{keepWord}, Env: a.Environ, Log: filepath.Join(c.Dir, keepLog), Charge: text})
	if err != nil {
		return nil, err
	}
	a.announce(tells)
	x, err := a.attach(c.Dir, false)
	if err != nil {
		err = fmt.Errorf("%w, and this screen can't reach it: %w", errKept, err)
	}
	return x, err
}

// errKept is that an exercise is in a keeper's hands, whatever else went wrong.
var errKept = errors.New("the exercise goes on in the background")

func (a *app) announce(lines []string) {
	for _, line := range lines {
		fmt.Fprintln(a.Err, clean.Line(line))
	}
}

// attach sits down at an exercise that a keeper has.
func (a *app) attach(dir string, looks bool) (*exercise, error) {
	had := ""
	c, err := keeper.Dial(dir, keeper.Who{Name: a.person(), Looks: looks, Agent: a.Getenv("SSH_AUTH_SOCK")}, func(events []exec.Event) (exec.State, error) {
		s, err := history.Replay(dir, events)
		had = a.other(s)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	x := a.seated(dir, c, c.State())
	x.kept = c
	if looks {
		x.resume = a.acting("watch", x.id)
		return x, nil
	}
	x.had = had
	return x, nil
}

func (a *app) seated(dir string, seat exec.Seat, s exec.State) *exercise {
	id := filepath.Base(dir)
	return &exercise{
		id: id, dir: dir, seat: seat, resume: a.acting("resume", id),
		earlier: sync.OnceValue(func() map[string]exec.Median { return earlier(dir, s) }),
	}
}

// keepWord is the command that makes this program a keeper's process.
const keepWord = "keeper"

// newKeeper is not for people: it is what found and reopen start.
func newKeeper(a *app) *cobra.Command {
	return &cobra.Command{
		Use: keepWord, Hidden: true, Args: usageArgs(cobra.NoArgs),
		Short: "Has an exercise while screens come and go; started by the program itself",
		RunE: func(*cobra.Command, []string) error {
			text, ready, err := keeper.Charge()
			var c charge
			if err == nil {
				err = json.Unmarshal(text, &c)
			}
			if err != nil {
				return usageError{fmt.Errorf("keeper is only started by this program itself: %w", err)}
			}
			a.home, a.who = c.Typed, c.Who
			return a.keep(c, ready)
		},
	}
}

// keep has an exercise until it ends, or is given up.
func (a *app) keep(c charge, ready func(keeper.Started) error) error {
	signal.Ignore(syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if link := keeper.Agent(c.Dir, a.Getenv("SSH_AUTH_SOCK")); link != "" {
		a.Environ = append(a.Environ, "SSH_AUTH_SOCK="+link)
	}
	o, err := a.own(c)
	if err != nil {
		return errors.Join(err, ready(keeper.Started{Failed: err.Error(), Held: errors.Is(err, journal.ErrHeld)}))
	}
	k, err := keeper.Open(c.Dir, a.sockets, o.conductor)
	if err != nil {
		_, e := o.leave()
		return errors.Join(err, e, ready(keeper.Started{Failed: err.Error()}))
	}
	_ = ready(keeper.Started{Tells: o.tells}) // whoever started it may be gone: others come
	kept := k.Keep(ctx, keeper.Alone)
	_, err = o.leave()
	return errors.Join(kept, err, k.Close())
}

func newWatch(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "watch [EXERCISE]",
		Short: "Another seat at an exercise: sees everything",
		Long: `Another seat at an exercise that somebody goes through at this moment, on this
machine, as the same user: sees everything, may add notes, approve the steps
that the playbook asks this person to approve, and call stop, under its own name;
nothing else. A stop that is called bars whatever would start until whoever has
the pen has answered it. Whoever resumes the exercise instead can take the pen,
and act.

Where the exercise has no keeper, or goes on at another machine that shares the
folder of its record, the seat reads the record as it grows, a second or more
behind, and nothing can be said from it. EXERCISE is an id or the beginning of
one; left out, the newest.`,
		Example: "  bythebook watch\n  bythebook watch ex-20261123-1 --as christina",
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
			return a.watch(dir)
		},
	}
}

// watch sits down beside whoever goes through an exercise.
func (a *app) watch(dir string) error {
	x, err := a.attach(dir, true)
	if errors.Is(err, keeper.ErrNone) {
		return a.lookOn(dir)
	}
	if err != nil {
		return err
	}
	trouble := a.seat(x, nil)
	s, err := x.kept.Leave()
	switch {
	case s.Ended != nil:
		a.farewell(x, s, false)
	case err == nil:
		fmt.Fprintf(a.Out, "%s goes on without you. Look again: %s\n", x.id, x.resume)
	}
	return errors.Join(trouble, err)
}

// lookOn sits down before the record of an exercise that no keeper has, and reads
// it as it grows.
func (a *app) lookOn(dir string) error {
	id := filepath.Base(dir)
	o, err := keeper.LookOn(dir, func(events []exec.Event) (exec.State, time.Time, error) {
		s, err := history.Replay(dir, events)
		if err == nil && s.Ended != nil {
			return s, time.Time{}, usageError{fmt.Errorf("%s has ended (%s); its report: %s", id, s.Ended.Completion, a.command("report", id))}
		}
		words, dead := a.writes(events, id)
		a.announce([]string{"No keeper can be asked for a seat: this one only reads the record. " + words})
		if dead {
			return s, s.Last, err
		}
		return s, time.Time{}, err
	})
	if err != nil {
		return err
	}
	x := a.seated(dir, o, o.State())
	x.resume = a.acting("watch", id)
	trouble := a.seat(x, nil)
	s, err := o.Leave()
	if s.Ended != nil {
		a.farewell(x, s, false)
	} else {
		fmt.Fprintf(a.Out, "What becomes of %s does not depend on you. Look again: %s\n", id, x.resume)
	}
	return errors.Join(trouble, err)
}

// writes says who writes a record, and whether that process still lives where
// that can be told. dead is that it is known not to.
func (a *app) writes(events []exec.Event, id string) (words string, dead bool) {
	var p exec.Process
	for _, e := range events {
		switch b := e.Body.(type) {
		case exec.Began:
			p = b.Process
		case exec.Resumed:
			p = b.Process
		}
	}
	words = fmt.Sprintf("The process %d of %s on %s has written it last", p.PID, clean.Line(p.User), clean.Line(p.Host))
	if here := process(); p.Host != here.Host || p.Boot != here.Boot {
		return words + ".", false
	}
	if errors.Is(syscall.Kill(p.PID, 0), syscall.ESRCH) {
		return words + ", and has ended; to go on: " + a.acting("resume", id), true
	}
	return words + ", and lives.", false
}
