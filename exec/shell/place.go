package shell

import (
	"errors"
	"fmt"
	"strings"
)

// A Place is what one step is started with, beside what its terminal has: a
// folder, and variables. The next step finds the terminal as it was before.
type Place struct {
	Dir string   // "" is where the terminal stands
	Env []string // NAME=value
}

// enter is the command that goes there, "" where there is nothing to do. It
// keeps what leave needs.
func (p Place) enter() (string, error) {
	if strings.ContainsRune(p.Dir, 0) {
		return "", errors.New("the folder holds a NUL byte")
	}
	if _, err := exports("", p.Env); err != nil {
		return "", err
	}
	var commands []string
	for _, v := range p.Env {
		name, value, _ := strings.Cut(v, "=")
		commands = append(commands, fmt.Sprintf("__book_h_%[1]s=${%[1]s+x} __book_o_%[1]s=${%[1]s-} && export %[1]s=%[2]s", name, quote(value)))
	}
	if p.Dir != "" {
		commands = append(commands, "__book_w=$PWD && CDPATH= cd -- "+quote(p.Dir)+" >/dev/null")
	}
	return joinCommands(commands...), nil
}

// leave is the command that undoes enter; it succeeds whatever has become of
// the place. "" where there is nothing to undo.
func (p Place) leave() string {
	var b strings.Builder
	for _, v := range p.Env {
		name, _, _ := strings.Cut(v, "=")
		fmt.Fprintf(&b, `case ${__book_h_%[1]s-} in x) export %[1]s="$__book_o_%[1]s";; *) unset %[1]s;; esac; `, name)
	}
	if p.Dir != "" {
		b.WriteString(`CDPATH= cd -- "${__book_w-.}" >/dev/null; `)
	}
	if b.Len() == 0 {
		return ""
	}
	return "{ " + b.String() + "true; }"
}
