package shell

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The driver is the text that bash runs between steps. Each part of it is there
// because without it something was reported wrongly:
//
//   - It is text in PROMPT_COMMAND and not a function, because what a step
//     declares in a function (declare -A m) is gone when the function ends.
//   - It is two loops, because a step may say break or continue. Whoever leaves
//     both (break 7, ^Z) comes to the last line and into the loops again.
//   - [[ 1 ]] and \builtin can't be replaced by a step's functions and aliases
//     the way : and printf can.
//   - The status is taken right after eval. Before it stands "left", so that a
//     step which jumps out of eval never gets the status of an earlier one.
//   - A status other than 0 is put back by a function on the left of ||, where
//     neither set -e nor a trap on ERR minds it.
//   - The descriptors are closed for the step's commands, so that they
//     can neither read the next step nor write a result.
//   - The whole list of jobs is asked for and thrown away, because that makes
//     bash forget those that have ended, as it does before a prompt; else %1
//     would be another job than in a terminal. That comes after the report: by
//     then nobody waits for bash.
//   - read gets a time limit of three years where TMOUT would be one and end it in
//     the middle of a long step; not always, because it is slower then. It ends with
//     more than 128 where a signal ends it; any other failure, or half a text, means
//     that nobody will ever send a step again. So does a token that is the last
//     one's: then a step has replaced builtin itself.
//   - A step comes as two texts and not as more, because bash reads a pipe byte
//     by byte, and that is most of what a short step costs.
const (
	loops = `while [[ 1 ]]; do while [[ 1 ]]; do ` + report + receive + perform + `done; __book_q=$?; done; \builtin eval "${__book_pc-}"`

	report = `\builtin printf '\033]7717;%s\a' "${__book_t-}" >&202; ` +
		`{ \builtin jobs -sp; \builtin printf '\0'; \builtin jobs -rp; ` +
		`\builtin printf '\0E\0%s\0%s\0%s\0%s\0' "${__book_t-}" "${__book_r-}" "${__book_q-}" "${PWD-}"; } >&201; `

	receive = `\builtin jobs >/dev/null; __book_p=${__book_q:-0} __book_q=0 __book_r=vars __book_u=${__book_t-}; ` +
		`for __book_n in __book_v __book_s; do ` +
		`until IFS= \builtin read -r -d '' ${TMOUT:+"-t99999999"} -u 200 "$__book_n"; do [[ $? -gt 128 && ! ${!__book_n} ]] || \exit 125; done; done; `

	perform = `if \builtin eval "__book_t=${__book_v-}"; then __book_r=left; fi; ` +
		`[[ $__book_t != "$__book_u" ]] || \exit 125; ` +
		`if [[ $__book_r == vars ]]; then __book_q=$__book_p; continue; fi; ` +
		`if [[ $__book_p == 0 ]]; then ` + doStep + `; else __book_set "$__book_p" || ` + doStep + `; fi; ` +
		`__book_r=$? __book_q=$__book_r; `

	doStep = `\builtin eval "${__book_s-}" 200<&- 201>&- 202>&-`

	// again is what runs when the loops were left; also what is typed at a
	// prompt, should bash ever show one.
	again = `__book_q=$?; ` + loops
	// first is what bash runs before a prompt: at the start and after ^C.
	first = `__book_r=$?; __book_q=$__book_r; ` + loops
)

// lost is the exit status by which the driver says that it can't go on.
const lost = 125

// startup is bash's startup file. It moves the pipes out of the way of steps,
// keeps no history and starts the driver. prompt and ready are tokens.
func startup(prompt, ready string) string {
	return strings.Join([]string{
		`exec 200<&3 201>&4 202>/dev/tty 3<&- 4>&-`,
		`set +o history`,
		`unset HISTFILE PS0`,
		`PS1='\e]7717;` + prompt + `\a' PS2=`,
		`__book_set() { return "$1"; }`,
		`__book_t=` + ready,
		`__book_pc=` + quote(again),
		`PROMPT_COMMAND=` + quote(first),
		``,
	}, "\n")
}

// token returns 128 random bits, written as 22 characters that no shell minds.
func token() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// marker is what a token looks like in the terminal's output. All markers have
// the same length.
func marker(token string) []byte { return []byte("\x1b]7717;" + token + "\a") }

const markerLen = 7 + 22 + 1

// quote makes s one word that the shell reads as exactly s.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// message is a step as the driver reads it: the token with what is done before
// the step, and the text, each ended by a NUL. What can't be sent is refused.
func message(token, text string, vars []string, before string) ([]byte, error) {
	if strings.ContainsRune(text, 0) {
		return nil, errors.New("the command holds a NUL byte, which no shell can read")
	}
	exports, err := exports(`\builtin export`, vars)
	if err != nil {
		return nil, err
	}
	first := token
	if commands := joinCommands(before, exports); commands != "" {
		first += "; " + commands
	}
	return []byte(first + "\x00" + text + "\x00"), nil
}

// exports is the command that gives vars, NAME=value, to all that follows; ""
// where there are none.
func exports(command string, vars []string) (string, error) {
	var b strings.Builder
	for i, v := range vars {
		name, value, ok := strings.Cut(v, "=")
		switch {
		case !ok || !variable.MatchString(name) || strings.HasPrefix(name, "__book_"):
			return "", fmt.Errorf("%q is not a variable's name and value", v)
		case strings.ContainsRune(value, 0):
			return "", fmt.Errorf("the value of %s holds a NUL byte", name)
		case i == 0:
			b.WriteString(command)
		}
		b.WriteString(" " + name + "=" + quote(value))
	}
	return b.String(), nil
}

// joinCommands makes one list of commands, of which each wants the one before
// to have succeeded.
func joinCommands(commands ...string) string {
	all := slices.DeleteFunc(commands, func(c string) bool { return c == "" })
	return strings.Join(all, " && ")
}

// A record is what the driver reports after a step.
type record struct {
	token   string
	status  string // "0" to "255", "left" or "vars"
	last    string // $? where the status is "left"
	cwd     string
	stopped []int // leaders of suspended jobs
	running []int // leaders of jobs in the background
}

// readRecords sends each record of r to the channel. It ends, closing the
// channel, when the shell closes the pipe or the Session its own end.
//
// On the pipe a record is two lists of jobs, "E" and four fields, each ended by
// a NUL. ^C can cut a report off and make the driver start another; the lists
// are numbers only, so "E" always shows where the fields begin, and those come
// in one piece.
func readRecords(r io.Reader, records chan<- record) {
	defer close(records)
	in := bufio.NewReader(r)
	next := func() (string, bool) {
		f, err := in.ReadString(0)
		return strings.TrimSuffix(f, "\x00"), err == nil
	}
	var stopped, running string
	for {
		f, ok := next()
		if !ok {
			return
		}
		if f != "E" {
			stopped, running = running, f
			continue
		}
		var fields [4]string
		for i := range fields {
			if fields[i], ok = next(); !ok {
				return
			}
		}
		records <- record{
			token:   fields[0],
			status:  fields[1],
			last:    fields[2],
			cwd:     fields[3],
			stopped: numbers(stopped),
			running: numbers(running),
		}
	}
}

// numbers reads process ids, one a line.
func numbers(s string) []int {
	var all []int
	for _, f := range strings.Fields(s) {
		if n, err := strconv.Atoi(f); err == nil && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// code reads an exit status.
func code(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && 0 <= n && n <= 255
}
