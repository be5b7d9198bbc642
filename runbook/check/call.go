package check

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// wrappers are programs that start the program named in their arguments, with
// those of their options that take a value, and how many words of their own
// stand before the program.
var wrappers = map[string]struct {
	valued string // options that take the next word, blanks between
	own    int
}{
	"sudo":    {valued: "-u -g -h -p -C -U --user --group"},
	"doas":    {valued: "-u -C"},
	"env":     {valued: "-u -C -S"},
	"nohup":   {},
	"setsid":  {},
	"time":    {},
	"command": {},
	"exec":    {valued: "-a"},
	"builtin": {},
	"nice":    {valued: "-n"},
	"ionice":  {valued: "-c -n"},
	"stdbuf":  {valued: "-i -o -e"},
	"timeout": {valued: "-k -s --signal --kill-after", own: 1},
	"xargs":   {valued: "-n -I -P -L -d -a -s"},
	"watch":   {valued: "-n -d --interval"},
}

// layersOf are the programs that a command's words start: sudo, and what sudo
// starts, and so on.
func layersOf(words []*syntax.Word) []call {
	var layers []call
	far, limited := false, false
	for texts := wordTexts(words); len(texts) > 0 && len(layers) < 8; {
		c := call{name: programName(texts[0]), args: texts[1:], words: words[1:], far: far, limited: limited}
		if strings.Contains(texts[0], "/") {
			c.file = texts[0]
		}
		layers = append(layers, c)
		skip, away := c.starts()
		texts, words = texts[1+skip:], words[1+skip:]
		far, limited = far || away, limited || c.name == "timeout"
	}
	return layers
}

// starts is how many of the arguments stand before a program that the call
// starts, all where it starts none, and whether that program runs elsewhere.
func (c call) starts() (skip int, far bool) {
	if w, wraps := wrappers[c.name]; wraps {
		return min(c.skip(strings.Fields(w.valued), w.own), len(c.args)), false
	}
	at := slices.Index(c.args, "exec")
	switch {
	case at < 0:
	case c.name == "kubectl" || c.name == "oc":
		if i := slices.Index(c.args, "--"); i > at {
			return i + 1, true
		}
	case c.name == "docker" || c.name == "podman":
		inner := call{args: c.args[at+1:]}
		return min(at+1+inner.skip(strings.Fields("-e -u -w --env --user --workdir"), 1), len(c.args)), true
	}
	return len(c.args), false
}

// skip is how many arguments stand before the program that a wrapper starts.
func (c call) skip(valued []string, own int) int {
	for i := 0; i < len(c.args); i++ {
		switch a := c.args[i]; {
		case a == "--":
			return i + 1 + own
		case slices.Contains(valued, a):
			i++
		case strings.HasPrefix(a, "-"), isAssignment(a) && (c.name == "env" || c.name == "sudo"):
		default:
			return i + own
		}
	}
	return len(c.args)
}

func isAssignment(a string) bool {
	name, _, sets := strings.Cut(a, "=")
	return sets && isName(name)
}

// programName is a program's name without its folder, "" where a value
// decides it.
func programName(word string) string {
	if strings.Contains(word, "$") || word == "" {
		return ""
	}
	return path.Base(word)
}

// nested is the text that the call hands to another shell, and whether that
// shell is elsewhere.
func (c call) nested() (text string, far bool) {
	switch c.name {
	case "bash", "sh", "dash", "ksh", "zsh", "su":
		if i := slices.IndexFunc(c.args, isDashC); i >= 0 && i+1 < len(c.args) {
			return c.args[i+1], false
		}
	case "ssh":
		if to := c.operands(sshValued); len(to) > 1 {
			return strings.Join(to[1:], " "), true
		}
		return "", true
	}
	return "", false
}

func isDashC(a string) bool {
	return strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c")
}

// sshValued are ssh's options that take the next word.
var sshValued = strings.Fields("-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w")

// operands are the arguments that are neither options nor their values. After
// the first one everything is, as it is for ssh.
func (c call) operands(valued []string) []string {
	n := c.skip(valued, 0)
	return c.args[min(n, len(c.args)):]
}

// has reports whether the arguments hold the words of a pattern, in order. A
// star at a word's end stands for anything, a question mark for any word that
// is no option.
func (c call) has(pattern string) bool {
	wanted := strings.Fields(pattern)
	for _, a := range c.args {
		if len(wanted) == 0 {
			break
		}
		begin, open := strings.CutSuffix(wanted[0], "*")
		if a == wanted[0] || open && strings.HasPrefix(a, begin) || wanted[0] == "?" && !strings.HasPrefix(a, "-") {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

// hasAny reports whether one of the patterns, bars between, is there.
func (c call) hasAny(patterns string) bool {
	return patterns != "" && slices.ContainsFunc(strings.Split(patterns, "|"), c.has)
}

// flag reports whether a short option is given, alone or among others: -rf.
func (c call) flag(letter string) bool {
	return slices.ContainsFunc(c.args, func(a string) bool {
		return strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Contains(a, letter)
	})
}

// String is the call as a message names it, the end of a long one left out.
func (c call) String() string {
	const enough = 60
	text := strings.Join(strings.Fields(c.name+" "+strings.Join(c.args, " ")), " ")
	if runes := []rune(text); len(runes) > enough {
		return string(runes[:enough]) + " ..."
	}
	return text
}

// wordTexts are words as text: without quotes, values as $NAME.
func wordTexts(words []*syntax.Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		var b strings.Builder
		partTexts(&b, w.Parts)
		texts[i] = b.String()
	}
	return texts
}

func partTexts(b *strings.Builder, parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			partTexts(b, p.Parts)
		case *syntax.ParamExp:
			if p.Param != nil {
				b.WriteString("$" + p.Param.Value)
			}
		default:
			b.WriteString("$(...)")
		}
	}
}

// chain are the programs that one statement runs one after the other, the last
// of a pipeline for the whole of it; flat is false where it branches or loops.
// What runs after || is for the case of a failure, and no second instruction.
func chain(s *syntax.Stmt) (calls []call, flat bool) {
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		if len(cmd.Args) == 0 {
			return nil, true // an assignment
		}
		return layersOf(cmd.Args)[:1], true
	case *syntax.DeclClause, *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause:
		return nil, true
	case *syntax.TimeClause:
		if cmd.Stmt == nil {
			return nil, true
		}
		return chain(cmd.Stmt)
	case *syntax.BinaryCmd:
		return chainBoth(cmd)
	}
	return nil, false
}

func chainBoth(cmd *syntax.BinaryCmd) (calls []call, flat bool) {
	left, flat := chain(cmd.X)
	right, also := chain(cmd.Y)
	switch cmd.Op {
	case syntax.AndStmt:
		return append(left, right...), flat && also
	case syntax.OrStmt:
		return left, flat
	}
	if len(left) > 0 {
		return left[:1], flat && also
	}
	return right, flat && also
}
