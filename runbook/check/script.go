package check

import (
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"bythebook/runbook"
)

// A script is the text of one command, read as shell and never run. What the
// grammar cannot tell, such as a carriage return at a line's end, is looked
// for in the text.
type script struct {
	text  string
	path  string
	wants *runbook.Expect
	fault error // why it could not be read

	calls   []call
	uses    []use
	keeps   map[string]bool // names that it leaves set in its terminal
	sets    map[string]bool // names that it sets anywhere
	defines map[string]bool // its functions
	sources bool            // it runs text that is not here, which may set anything
	tops    []*syntax.Stmt
	pipes   []pipe
	loops   []*syntax.WhileClause
	loose   []string // text outside of all quotes
	lively  []string // text outside of single quotes
	behind  bool     // something is left running in the background
	minds   bool     // it looks at the status of every program of a pipeline
}

// A call is one program that a script starts, or a builtin.
type call struct {
	name    string   // without its folder; "" where a value decides it
	file    string   // as written, where that is a path
	args    []string // without quotes; what a value decides reads $NAME or $(...)
	words   []*syntax.Word
	inside  bool // in a subshell: it does not touch the terminal itself
	hidden  bool // what it prints goes to a program or a file
	fed     bool // its standard input is no terminal
	looped  bool
	limited bool           // timeout ends it
	far     bool           // another machine or container runs it
	hdocs   []*syntax.Word // here-documents that it reads
	prefix  []string       // names that are set for this call alone
}

// A use is one place where a name's value is put in.
type use struct {
	name   string
	spared bool // it says itself what happens when there is no value
	bare   bool // as part of an argument, without quotes round it
}

// A pipe is two programs of which the second reads what the first prints.
type pipe struct {
	from, to string
	last     []string // the second one's arguments
	captured bool     // what comes out of it becomes part of another command
}

// scriptLimit bounds what is read of one command, in bytes; the rest of the
// checks do without its grammar.
const scriptLimit = 64 << 10

// isShell reports whether commands of such a step are shell text.
func isShell(name string) bool {
	return name == "" || slices.Contains([]string{"bash", "sh", "dash", "ksh"}, path.Base(name))
}

// readScript reads a command's text.
func readScript(text, at string, wants *runbook.Expect) *script {
	s := &script{text: text, path: at, wants: wants, keeps: map[string]bool{}, sets: map[string]bool{}, defines: map[string]bool{}}
	s.read(text, context{}, 0)
	return s
}

var endings = setOf("break exit return timeout read")

// sleepsForever reports whether a loop sleeps and has no end but its condition.
func (s *script) sleepsForever() bool {
	for _, l := range s.loops {
		sleeps, ends := false, false
		syntax.Walk(l, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.CallExpr:
				name := ""
				if len(n.Args) > 0 {
					name = n.Args[0].Lit()
				}
				sleeps = sleeps || name == "sleep"
				ends = ends || endings[name]
			case *syntax.ArithmCmd, *syntax.ArithmExp, *syntax.LetClause:
				ends = true // it counts
			}
			return true
		})
		if sleeps && !ends {
			return true
		}
	}
	return false
}

// isName reports whether a text is the name of a variable.
func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
