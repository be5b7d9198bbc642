package check

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A context is what holds at a place in a script because of what is around it.
type context struct {
	inside, captured, hidden, fed, looped, far bool
	quoted, argument                           bool
	hdocs                                      []*syntax.Word
}

// A reader goes over one script's grammar.
type reader struct {
	*script
	depth     int                      // how many scripts it stands in
	around    []context                // of the nodes on the way down to this one
	statement map[*syntax.Stmt]context // what a statement's parent says of it
	argument  map[*syntax.Word]bool
}

// read adds what a text holds. A text inside another one, such as what ssh is
// given to run, is read the same way.
func (s *script) read(text string, in context, depth int) {
	if len(text) > scriptLimit {
		return
	}
	file, err := syntax.NewParser(syntax.KeepComments(true)).Parse(strings.NewReader(text), "")
	if depth == 0 {
		s.fault = err
	}
	if err != nil {
		return
	}
	if depth == 0 {
		s.tops = file.Stmts
	}
	w := &reader{script: s, depth: depth, around: []context{in}, statement: map[*syntax.Stmt]context{}, argument: map[*syntax.Word]bool{}}
	syntax.Walk(file, w.visit)
}

func (w *reader) visit(n syntax.Node) bool {
	if n == nil {
		w.around = w.around[:len(w.around)-1]
		return true
	}
	w.around = append(w.around, w.enter(n, w.around[len(w.around)-1]))
	return true
}

// enter notes what a node holds, and returns what holds below it.
func (w *reader) enter(n syntax.Node, c context) context {
	switch n := n.(type) {
	case *syntax.Stmt:
		return w.enterStatement(n, c)
	case *syntax.BinaryCmd:
		w.enterBinary(n, c)
	case *syntax.FuncDecl:
		if n.Name != nil {
			w.defines[n.Name.Value] = true
		}
		c.inside = true
	case *syntax.Subshell, *syntax.CoprocClause:
		c.inside = true
	case *syntax.CmdSubst, *syntax.ProcSubst:
		c.inside, c.captured, c.hidden, c.quoted, c.argument = true, true, true, false, false
	case *syntax.WhileClause:
		w.loops = append(w.loops, n)
		c.looped = true
	case *syntax.ForClause:
		if each, ok := n.Loop.(*syntax.WordIter); ok {
			w.set(each.Name.Value, c)
		}
		c.looped = true
	case *syntax.CallExpr:
		w.enterCall(n, c)
	case *syntax.BinaryArithm:
		if to, ok := n.X.(*syntax.Word); ok && n.Op == syntax.Assgn && isName(to.Lit()) {
			w.set(to.Lit(), c)
		}
	case *syntax.DeclClause:
		for _, a := range n.Args {
			w.assign(a, c)
		}
	case *syntax.Word:
		c.argument = w.argument[n]
	case *syntax.DblQuoted:
		c.quoted = true
	case *syntax.Assign:
		c.argument = false
	case *syntax.ParamExp:
		w.enterUse(n, c)
	case *syntax.Lit:
		if c.argument {
			w.lively = append(w.lively, n.Value)
			if !c.quoted {
				w.loose = append(w.loose, n.Value)
			}
		}
	}
	return c
}

func (w *reader) enterStatement(n *syntax.Stmt, c context) context {
	if said, ok := w.statement[n]; ok {
		c = said
	}
	w.behind = w.behind || n.Background
	c.inside = c.inside || n.Background
	c.hdocs = nil
	for _, r := range n.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.RdrClob:
			c.hidden = c.hidden || r.N == nil || r.N.Value == "1"
		case syntax.RdrIn, syntax.WordHdoc:
			c.fed = true
		case syntax.Hdoc, syntax.DashHdoc:
			c.fed = true
			if r.Hdoc != nil { // it is not empty
				c.hdocs = append(c.hdocs, r.Hdoc)
			}
		}
	}
	return c
}

// enterBinary tells both sides of a pipe where they stand.
func (w *reader) enterBinary(n *syntax.BinaryCmd, c context) {
	if n.Op != syntax.Pipe && n.Op != syntax.PipeAll {
		return
	}
	from, to := c, c
	from.hidden, from.inside = true, true
	to.fed, to.inside = true, true
	w.statement[n.X], w.statement[n.Y] = from, to
	p := pipe{from: programOf(n.X), to: programOf(n.Y), captured: c.captured}
	if last, ok := n.Y.Cmd.(*syntax.CallExpr); ok {
		p.last = wordTexts(last.Args)
	}
	w.pipes = append(w.pipes, p)
}

// programOf is the program whose output a statement hands on.
func programOf(n *syntax.Stmt) string {
	switch cmd := n.Cmd.(type) {
	case *syntax.CallExpr:
		if layers := layersOf(cmd.Args); len(layers) > 0 {
			return layers[len(layers)-1].name
		}
	case *syntax.BinaryCmd:
		return programOf(cmd.Y)
	}
	return ""
}

func (w *reader) enterUse(n *syntax.ParamExp, c context) {
	if n.Param == nil || !isName(n.Param.Value) {
		return
	}
	w.minds = w.minds || n.Param.Value == "PIPESTATUS"
	u := use{name: n.Param.Value, bare: c.argument && !c.quoted && !n.Length}
	if n.Exp != nil {
		u.spared = defaults[n.Exp.Op]
		if n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull {
			w.set(u.name, c)
		}
	}
	w.uses = append(w.uses, u)
}

// defaults are the operators that say what stands for a missing value.
var defaults = map[syntax.ParExpOperator]bool{
	syntax.AlternateUnset: true, syntax.AlternateUnsetOrNull: true, syntax.DefaultUnset: true, syntax.DefaultUnsetOrNull: true,
	syntax.ErrorUnset: true, syntax.ErrorUnsetOrNull: true, syntax.AssignUnset: true, syntax.AssignUnsetOrNull: true,
}

func (w *reader) enterCall(n *syntax.CallExpr, c context) {
	var prefix []string
	for _, a := range n.Assigns {
		if len(n.Args) == 0 {
			w.assign(a, c)
		} else if a.Name != nil {
			prefix = append(prefix, a.Name.Value)
		}
	}
	for _, word := range n.Args {
		w.argument[word] = true
	}
	for _, layer := range layersOf(n.Args) {
		layer.inside, layer.hidden, layer.fed, layer.looped = c.inside, c.hidden, c.fed, c.looped
		layer.far = layer.far || c.far
		layer.hdocs, layer.prefix = c.hdocs, prefix
		w.calls = append(w.calls, layer)
		w.setBy(layer, c)
		if text, far := layer.nested(); text != "" && w.depth < 3 {
			w.script.nest(text, far || c.far, w.depth+1)
		}
	}
}

// nest reads a text that a call hands to another shell. Its values are that
// shell's, and so are the names that it sets.
func (s *script) nest(text string, far bool, depth int) {
	in := &script{keeps: map[string]bool{}, sets: map[string]bool{}, defines: map[string]bool{}}
	in.read(text, context{inside: true, far: far}, depth)
	s.calls = append(s.calls, in.calls...)
}

func (w *reader) assign(a *syntax.Assign, c context) {
	if a.Name != nil && !a.Naked {
		w.set(a.Name.Value, c)
	}
}

func (w *reader) set(name string, c context) {
	w.sets[name] = true
	if !c.inside {
		w.keeps[name] = true
	}
}

// setBy notes the names that a builtin sets.
func (w *reader) setBy(c call, in context) {
	switch c.name {
	case "read", "mapfile", "readarray", "getopts":
		for _, a := range c.args {
			if isName(a) {
				w.set(a, in)
			}
		}
	case "printf":
		if i := slices.Index(c.args, "-v"); i >= 0 && i+1 < len(c.args) {
			w.set(c.args[i+1], in)
		}
	case "set":
		w.minds = w.minds || c.has("-* pipefail")
	case ".", "source", "eval":
		w.sources = true
	}
}
