package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// Env is what the lab's commands need to know and may not find out themselves.
type Env struct {
	Dir  string  // the lab's folder: $LAB_DIR, else Dir(home)
	Self string  // the path of this program
	Pace float64 // the default of `lab up --pace`; 1 is as documented
}

// A call is one command as it was given.
type call struct {
	env      Env
	args     []string // without the command's name and its flags
	pace     string   // --pace
	owner    string   // --owner
	out, err io.Writer
}

// A command is one of the lab's controls.
type command struct {
	name     string
	args     string // as help shows them: [OPTIONAL] MANDATORY
	does     string
	help     string
	min, max int // arguments
	run      func(context.Context, call) int
}

// byHand is who owns a bookstore that no exercise started.
const byHand = "someone by hand"

// commands lists the controls in the order of a failover.
func commands() []command {
	return []command{
		{"up", "[--pace N] [--owner NAME]", "starts the practice bookstore", upHelp, 0, 0, runUp},
		{"down", "", "ends it; nothing is left over", downHelp, 0, 0, runDown},
		{"status", "", "lists its parts and how they answer", statusHelp, 0, 0, ask("status")},
		{"fail", "api|app|door|database|database-file|cdn|cdn-files|search", "brings a failure about", failHelp, 1, 1, ask("fail")},
		{"restart", "api|door|database|cdn|search|INSTANCE", "stops a part and starts it where it was", restartHelp, 1, 1, ask("restart")},
		{"launch", "api", "makes a new API instance from the image", launchHelp, 1, 1, ask("launch")},
		{"instances", "", "lists the API's instances", instancesHelp, 0, 0, ask("instances")},
		{"route", "[ADDRESS]", "shows or changes where the public address leads", routeHelp, 0, 1, ask("route")},
		{"snapshots", "", "lists the database's snapshots, oldest first", snapshotsHelp, 0, 0, ask("snapshots")},
		{"restore", "[SNAPSHOT|cdn]", "puts a snapshot in the database's place, or a copy in the CDN's", restoreHelp, 0, 1, ask("restore")},
		{"recovery-point", "[database|cdn]", "says up to when no data is missing", pointHelp, 0, 1, ask("recovery-point")},
	}
}

// The commands' own help.
const (
	upHelp = `Prints the variables that the other commands and curl need, to be read by a shell:

  eval "$(bythebook lab up)"
  curl -fsS "$BOOKSTORE_URL/books/"

--pace scales every delay: 1 is as documented, 0 is none. --owner names who has it;
where that owner has it already, it is left as it is. Where another has it, the
status is 1. It ends by "lab down", or after an hour with nobody there.`

	downHelp = `The status is 0 also where it was not running.

  bythebook lab down`

	statusHelp = `ANSWERS is ok, degraded (without a part that is not critical), down (a critical
dependency is), refused or no answer. The status is 0 when the bookstore runs, in
whatever state, and 1 when it does not.

  bythebook lab status`

	failHelp = `"api" destroys the instance that the public address leads to: a restart will not help.
"app" stops only the application on it, which a restart repairs. "database-file" and
"cdn-files" kill that part's process and remove what it keeps, so that a backup has to be
restored. The others kill that part's process. When the command returns, connections are
refused (curl: exit 7).

  bythebook lab fail api`

	restartHelp = `"api" is the instance that the public address leads to. The status is 1 when the part
does not come back.

  bythebook lab restart database`

	launchHelp = `Takes seconds, and prints the new instance's id and address. Nothing is routed to it.

  bythebook lab launch api
  i-0a1b2c3d 127.0.0.1:21234`

	instancesHelp = `STATUS-CHECK is ok, initializing or impaired (the machine itself is gone);
APPLICATION is running or stopped.

  bythebook lab instances`

	routeHelp = `Without an argument it prints the address that the public one leads to now. With an
instance's address it makes it lead there, which takes some seconds to propagate.

  bythebook lab route 127.0.0.1:21234`

	snapshotsHelp = `One is taken every 30 seconds; the last 20 are kept.

  bythebook lab snapshots`

	restoreHelp = `The newest, where none is named. The database restarts. What was written after the
snapshot is lost, as "lab recovery-point" then says. With "cdn" it is the newest copy of
the CDN's files, which is at most 30 seconds old.

  bythebook lab restore snap-000003`

	pointHelp = `The database writes a numbered marker every second. Printed is when the newest one was
written before which none is missing, and its number. The status is 1 when the database
does not answer. With "cdn" it is up to when none of the CDN's files is missing.

  bythebook lab recovery-point
  2026-11-23T16:00:00.000Z marker 61`
)

// Main carries out one `bythebook lab` command, args being what follows "lab",
// and returns its exit status: 0, 1 when it was not done, 2 for wrong usage.
// The words part and supervise are how the bookstore starts its own processes.
func Main(ctx context.Context, args []string, env Env, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		overview(stderr)
		return 2
	}
	switch args[0] {
	case "part":
		return runPart(args[1:], os.Stdin, stdout, stderr)
	case "supervise":
		return supervise(ctx, args[1:], stdout, stderr)
	case "help", "--help", "-h":
		overview(stdout)
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.start(ctx, args[1:], env, stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "bythebook lab: no command %q; `bythebook lab --help` lists them\n", args[0])
	return 2
}

// start reads a command's flags and runs it.
func (c command) start(ctx context.Context, args []string, env Env, stdout, stderr io.Writer) int {
	call := call{env: env, pace: pace(env.Pace).String(), owner: byHand, out: stdout, err: stderr}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		name, value, given := strings.Cut(word, "=")
		switch {
		case word == "--help" || word == "-h":
			c.usage(stdout)
			return 0
		case c.name == "up" && (name == "--pace" || name == "--owner"):
			if !given && len(args) > 0 {
				value, args, given = args[0], args[1:], true
			}
			if !given {
				return c.wrong(stderr, name+" wants a value")
			}
			if name == "--owner" {
				call.owner = value
				continue
			}
			if _, err := parsePace(value); err != nil {
				return c.wrong(stderr, err.Error())
			}
			call.pace = value
		case strings.HasPrefix(word, "-"):
			return c.wrong(stderr, "no flag "+word)
		default:
			call.args = append(call.args, word)
		}
	}
	if len(call.args) < c.min || len(call.args) > c.max || (c.name == "launch" && call.args[0] != apiPart) {
		return c.wrong(stderr, "wrong arguments")
	}
	return c.run(ctx, call)
}

// wrong says what is wrong with a command's use.
func (c command) wrong(stderr io.Writer, what string) int {
	fmt.Fprintf(stderr, "bythebook lab %s: %s; usage: %s\n", c.name, what, c.line())
	return 2
}

func (c command) line() string { return strings.TrimSpace("bythebook lab " + c.name + " " + c.args) }

func (c command) usage(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n%s %s.\n%s\n", c.line(), c.name, c.does, c.help)
}

// overview lists the commands.
func overview(w io.Writer) {
	fmt.Fprint(w, "The practice bookstore: a small system on this machine that really fails and really recovers.\n\n")
	var rows []string
	for _, c := range commands() {
		rows = append(rows, "  "+c.name+"\t"+c.does)
	}
	fmt.Fprint(w, table(rows...))
	fmt.Fprintln(w, "\n`bythebook lab COMMAND --help` explains one, with an example.")
}

// runUp starts the bookstore and prints its variables for a shell.
func runUp(ctx context.Context, c call) int {
	l, err := up(ctx, settings{dir: c.env.Dir, self: c.env.Self, pace: c.pace, owner: c.owner, quiet: linger})
	if err != nil {
		fmt.Fprintln(c.err, "bythebook lab up:", err)
		return 1
	}
	defer l.Close(false)
	for _, variable := range l.Env() {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(c.out, "export %s=%s\n", name, quote(value))
	}
	fmt.Fprintf(c.out, "export PATH=%s:\"$PATH\"\n", quote(l.Bin()))
	if !l.Fresh() {
		fmt.Fprintln(c.err, "The practice bookstore runs already; it is left as it is.")
	}
	return 0
}

// quote makes text one word of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// runDown ends the bookstore, whoever has it.
func runDown(ctx context.Context, c call) int {
	err := bringDown(ctx, folder(c.env.Dir))
	if errors.Is(err, ErrDown) {
		fmt.Fprintln(c.out, "The practice bookstore was not running.")
		return 0
	}
	if err != nil {
		fmt.Fprintln(c.err, "bythebook lab down:", err)
		return 1
	}
	fmt.Fprintln(c.out, "The practice bookstore is down.")
	return 0
}

// ask is a command that the supervisor carries out.
func ask(name string) func(context.Context, call) int {
	return func(ctx context.Context, c call) int {
		r, err := tell(ctx, folder(c.env.Dir), order{name, c.args})
		if err != nil {
			fmt.Fprintf(c.err, "bythebook lab %s: %v\n", name, err)
			return 1
		}
		fmt.Fprint(c.out, r.Out)
		if r.Err != "" {
			fmt.Fprintf(c.err, "bythebook lab %s: %s\n", name, r.Err)
		}
		return r.Status
	}
}

// tell gives the supervisor an order and waits until it is carried out.
func tell(ctx context.Context, f folder, o order) (result, error) {
	n, err := f.read()
	if err != nil || n.Control == "" || !n.lives() {
		return result{}, fmt.Errorf("%w: start it with `bythebook lab up`", ErrDown)
	}
	text, err := json.Marshal(o)
	if err != nil {
		return result{}, err
	}
	response, err := n.call(ctx, doPath, bytes.NewReader(text), 0)
	if err != nil {
		return result{}, fmt.Errorf("ask the practice bookstore: %w", err)
	}
	defer response.Body.Close()
	var r result
	if response.StatusCode != http.StatusOK {
		return r, fmt.Errorf("the practice bookstore answers %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		return r, fmt.Errorf("ask the practice bookstore: %w", err)
	}
	return r, nil
}
