package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A shell within the terminal's shell, behind ssh, su or in a container, has no
// pipes that lead to it. What is said to it is typed, and what it says stands in
// the terminal's output, as signs: escape sequences of one length that hold the
// step's own token and a code of four digits.
//
// Little is typed at its prompt, because that is echoed and line editors meddle
// with it: a probe, two lines that define functions, and then one short line a
// step. The step itself, the values that it is given and its token follow as
// input of a function that has switched the echo off, so that they are nowhere
// in the transcript. Each of those lines is acknowledged before the next one is
// sent.
//
// A sign counts only with the token of the step that is waited for, which no
// output can know before the step has ended; and an acknowledgement only with
// its number. So a prompt that is shown twice, as shells do after a syntax
// error, is never taken for the end of a later step.

// A signCode is what a sign says.
type signCode int

const (
	signPrompt  signCode = 1000 // and the exit status: the shell is at its prompt
	signTaken   signCode = 2000 // and a number: a line was read
	signBegan   signCode = 3000 // the step begins
	signDefined signCode = 4000 // the functions are there
	signUnread  signCode = 5000 // and a number: so many bytes that were typed were read by nobody
	signLeft    signCode = 6000 // and the exit status: at its prompt, but it left the step's line before the end
	signShell   signCode = 9000 // and the index of a row of innerShells
)

// left says whether a sign tells of a prompt that came before the step's end.
func (c signCode) left() bool { return signLeft <= c && c < signLeft+256 }

// prompt says whether a sign tells of a prompt; then its status is code%1000.
func (c signCode) prompt() bool { return signPrompt <= c && c < signPrompt+256 || c.left() }

// A sign is a code, and where it stands in the output.
type sign struct {
	code     signCode
	from, to int64
}

const signLen = markerLen + 5

// signHead is what every sign with this token begins with.
func signHead(token string) []byte { return []byte("\x1b]7717;" + token + ";") }

// readSign reads a sign's code.
func readSign(p []byte) (signCode, bool) {
	n, err := strconv.Atoi(string(p[signLen-5 : signLen-1]))
	return signCode(n), err == nil && p[signLen-1] == '\a'
}

// probeLine asks whether a shell is there, and which. What comes back can't be
// the line's own echo: that holds neither an escape character nor the sum.
func probeLine(token string) string {
	return ` printf '\033]7717;%s;%s\a' ` + token + ` "$((9000${BASH_VERSION:++1}${ZSH_VERSION:++2}))"`
}

// functions are what every shell is taught. __book_in reads a step: a token (t),
// its exports (v) and its text (s). It returns the status of the step before, so
// that $? is what it would be. A line of another kind takes the step back, and so
// does an end of the input, or of the time for it, ahead of the last line: half a
// step is none. That 3000 comes out of the exports shows that they were run.
func (k innerShell) functions() string {
	return ` __book_m() { printf '\033]7717;%s;%s\a' "$__book_t" "$1" >/dev/tty; }; ` +
		`__book_d() { __book_x=$(\printf '%b.' "$1"); case $__book_x in *.) __book_x=${__book_x%.};; *) return 1;; esac; }; ` +
		`__book_in() { __book_s=:; stty -echo </dev/tty 2>/dev/null || return 1; __book_m 2000; __book_s= __book_v= __book_z= __book_k=2000; ` +
		`while IFS= read -r __book_l </dev/tty; do case $__book_l in t:*) __book_t=${__book_l#t:};; v:*) __book_v=$__book_v${__book_l#v:};; ` +
		`s:*) __book_s=$__book_s${__book_l#s:};; .) __book_z=whole; break;; *) break;; esac; ` +
		`__book_k=$((2000+(__book_k-1999)%1000)); __book_m "$__book_k"; done; stty "$__book_y" </dev/tty; ` +
		`if [ "$__book_z" ] && __book_d "$__book_s" && __book_s=$__book_x && __book_d "$__book_v" && ` + k.eval + ` "__book_k=3000; $__book_x" && [ "$__book_k" = 3000 ]; ` +
		`then __book_m 3000; else __book_s=:; fi; return "$1"; }; `
}

// discarding is what they are taught then: __book_w throws away, ahead of each
// prompt, what was typed and not read, for the shell would take it for commands.
const discarding = ` __book_w() { { stty -icanon -echo min 0 time 0 && __book_n=$(($(cat | wc -c))) && stty "$__book_y"; } </dev/tty 2>/dev/null || return 0; ` +
	`[ "$__book_n" = 0 ] || __book_m "$((5000+(__book_n>999?999:__book_n)))"; }; `

// An innerShell is one that can be taught: what its own eval is called where a
// step has a function of that name (others allow none), and what makes it show a
// sign before every prompt and keep no history of ours. The sign has the status
// that doLine kept; the prompt's own may be that of something before it.
type innerShell struct{ name, eval, hook string }

// innerShells are all of them.
var innerShells = [...]innerShell{
	{"sh", `\eval`, `PS1="$(printf '\033]7717;')\$__book_t;\$((1000+\${__book_r:-5000+\$?}))$(printf '\a')\$(__book_w)" PS2=; unset HISTFILE`},
	{"bash", `\builtin eval`, `unset HISTFILE PROMPT_COMMAND PS0; set +o history; PS1= PS2= PROMPT_COMMAND='` + kept + `; __book_w; __book_m "$((1000+__book_r))"'`},
	{"zsh", `\builtin eval`, `unset HISTFILE; unfunction precmd 2>/dev/null; __book_p() { ` + kept + `; __book_w; __book_m "$((1000+__book_r))"; }; precmd_functions=(__book_p) preexec_functions=(); unsetopt prompt_sp prompt_cr; PS1= PS2= RPS1=`},
}

// kept is the status that doLine kept; where it came to keep none, what the
// shell says, as that of a step that was left.
const kept = `__book_r=${__book_r:-$((5000+$?))}`

// doLine makes the shell read a step, carry it out and keep its status. Where that
// of the step before isn't 0, the function that returns it stands on the left of
// ||, where neither set -e nor a trap minds it. The backslash keeps aliases away.
// The last step's text and status are dropped first: should the function be gone,
// nothing is there to be run once more.
func (k innerShell) doLine(status int) string {
	then := ";"
	if status != 0 {
		then = " ||"
	}
	return fmt.Sprintf(` __book_s= __book_r=; __book_in %d%s %s "$__book_s"; __book_r=$?`, status, then, k.eval)
}

// lineMax is how long a line of input may be: some line editors take 1,024
// characters.
const lineMax = 700

// dictation is a step as the lines that __book_in reads.
func dictation(token, text string, vars []string, before string) ([]string, error) {
	if strings.ContainsRune(text, 0) {
		return nil, errors.New("the command holds a NUL byte, which no shell can read")
	}
	exports, err := exports("export", vars)
	if err != nil {
		return nil, err
	}
	lines := append([]string{"t:" + token}, encode("v:", joinCommands(before, exports))...)
	return append(append(lines, encode("s:", text)...), "."), nil
}

// plainBytes are those that a line is written with as they are.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,@%="

// encode writes a text as lines for printf %b to read. All that a terminal or a
// shell could mind is written in octal: every terminal passes the lines on, and
// one that came to a prompt after all would be the name of no command, without
// arguments.
func encode(kind, text string) []string {
	var lines []string
	line := []byte(kind)
	for _, c := range []byte(text) {
		if strings.IndexByte(plainBytes, c) < 0 {
			line = fmt.Appendf(line, `\0%03o`, c)
		} else {
			line = append(line, c)
		}
		if len(line) >= lineMax {
			lines, line = append(lines, string(line)), []byte(kind)
		}
	}
	if len(line) > len(kind) {
		lines = append(lines, string(line))
	}
	return lines
}
