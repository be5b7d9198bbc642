package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A hazard is one way in which a command's text does something other than it
// seems to say.
type hazard struct {
	weight Severity
	find   func(*script, *step, *subject) string // what was found, "" for nothing
	mend   string
}

// hazards is LS25. Those that only matter in the one terminal that lives on
// from step to step look at the step too.
var hazards = []hazard{
	{Error, unreadable, "mend the command: it is run exactly as it stands"},
	{Error, dangling, "take the last backslash out, or write the line that it continues on"},
	{Error, lookalikes, "type it again with plain quotes, hyphens, blanks and line ends"},
	{Error, wipesRoot, "name exactly what is to be deleted"},
	{Warning, wipesEmpty, "write `${NAME:?}`, so that an empty value stops the command"},
	{Warning, bareValue, "put it between double quotes"},
	{Warning, localShell, "hand the value over as an argument: `bash -c '... \"$1\"' _ \"$NAME\"`"},
	{Warning, farShell, "give its input or its `capture` a pattern of plain characters, such as [a-z0-9-]+, or let the step run in a terminal that another step `opens`"},
	{Warning, pipedShell, "load it into a file, look at it or at its checksum, then run the file; better, keep it among `files`"},
	{Warning, recalls, "put it between single quotes, so that no shell takes it for an older command"},
	{Warning, endsTerminal, "let the step say `isolated: true`, or `closes` where that is meant"},
	{Advice, leftBehind, "say in the step how its result is seen, or let a later step `wait` for it"},
}

// findHazards is LS25.
func findHazards(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		for _, sh := range st.scripts {
			s.reportHazards(sh, st)
		}
	})
	for _, sh := range s.procedures().probes {
		s.reportHazards(sh, nil)
	}
}

func (s *subject) reportHazards(sh *script, st *step) {
	for _, h := range hazards {
		if message := h.find(sh, st, s); message != "" {
			s.reportAs(h.weight, sh.path, message, h.mend)
		}
	}
}

func unreadable(sh *script, _ *step, _ *subject) string {
	var grammar syntax.ParseError
	if errors.As(sh.fault, &grammar) {
		return fmt.Sprintf("a shell cannot read this: line %d: %s", grammar.Pos.Line(), grammar.Text)
	}
	return ""
}

// dangling: a shell waits for the next line, which never comes.
func dangling(sh *script, _ *step, _ *subject) string {
	text := strings.TrimRight(sh.text, "\n")
	if n := len(text) - len(strings.TrimRight(text, `\`)); n%2 == 1 {
		return "it ends in a backslash, which asks for one more line"
	}
	return ""
}

// alike are characters that look like what a shell knows and are not.
var alike = []struct{ char, name string }{
	{"\u00a0", "a no-break space"}, {"\u202f", "a narrow no-break space"}, {"\u2007", "a figure space"}, {"\u3000", "an ideographic space"},
	{"“", "a curly quote"}, {"”", "a curly quote"}, {"‘", "a curly quote"}, {"’", "a curly quote"},
	{"–", "a dash instead of a hyphen"}, {"—", "a dash instead of a hyphen"},
}

func lookalikes(sh *script, _ *step, _ *subject) string {
	if strings.Contains(sh.text, "\r") {
		return "its lines end as Windows ends them, and a shell takes the carriage return for a part of the last word"
	}
	loose := strings.Join(sh.loose, "\n")
	if sh.fault != nil {
		loose = sh.text
	}
	for _, a := range alike {
		if strings.Contains(loose, a.char) {
			return fmt.Sprintf("it holds %s (%s) where a shell wants the plain character", a.name, a.char)
		}
	}
	return ""
}

// deletions are the operands of every recursive rm.
func (sh *script) deletions() []string {
	var all []string
	for _, c := range sh.calls {
		if c.name == "rm" && (c.flag("r") || c.flag("R") || c.has("--recursive")) {
			all = append(all, c.operands(nil)...)
		}
	}
	return all
}

func wipesRoot(sh *script, _ *step, _ *subject) string {
	for _, d := range sh.deletions() {
		if slices.Contains([]string{"/", "/*", "~", "~/", "~/*", "$HOME", "$HOME/", "$HOME/*"}, d) {
			return "`rm` deletes `" + d + "`, which is everything"
		}
	}
	return ""
}

var underValue = compiled(`^\$(\w+)/`)

func wipesEmpty(sh *script, _ *step, _ *subject) string {
	for _, d := range sh.deletions() {
		m := underValue().FindStringSubmatch(d)
		if m == nil || given[m[1]] {
			continue
		}
		if slices.ContainsFunc(sh.uses, func(u use) bool { return u.name == m[1] && !u.spared }) {
			return fmt.Sprintf("`rm` deletes `%s`: with an empty `$%s` that begins at the root", d, m[1])
		}
	}
	return ""
}

// foreign reports whether a name's value comes from outside of the text, and may
// hold anything: an input, or something that a command printed.
func (s *subject) foreign(name string) bool { return s.procedures().wild[name] }

func bareValue(sh *script, _ *step, s *subject) string {
	for _, u := range sh.uses {
		if u.bare && s.foreign(u.name) {
			return fmt.Sprintf("`$%s` stands without quotes: a blank or a star in its value makes other arguments of it", u.name)
		}
	}
	return ""
}

// localShell and farShell: a value in the text that another shell reads is code
// there; it is data only in the first.
func localShell(sh *script, _ *step, s *subject) string {
	name := s.nestedValue(sh, false)
	if name == "" {
		return ""
	}
	return fmt.Sprintf("`$%s` becomes part of the text that a second shell reads: whatever its value holds is run there", name)
}

func farShell(sh *script, _ *step, s *subject) string {
	name := s.nestedValue(sh, true)
	if name == "" {
		return ""
	}
	return fmt.Sprintf("`$%s` becomes part of the text that the shell at the other end reads: whatever its value holds is run there", name)
}

// nestedValue is the first value that becomes text of a shell here or elsewhere,
// "" for none.
func (s *subject) nestedValue(sh *script, elsewhere bool) string {
	for _, c := range sh.calls {
		text, far := c.nested()
		if far != elsewhere {
			continue
		}
		if nesting[c.name] {
			for _, doc := range c.hdocs {
				text += "\n" + strings.Join(wordTexts([]*syntax.Word{doc}), "")
			}
		}
		for _, m := range dollars().FindAllStringSubmatch(text, -1) {
			if s.foreign(m[1]) && c.puts(m[1]) {
				return m[1]
			}
		}
	}
	return ""
}

// nesting are the shells that read a here-document as their text.
var nesting = setOf("ssh bash sh dash ksh zsh")

// puts reports whether this shell puts a name's value into the call's words,
// rather than leaving the name in single quotes for the other one.
func (c call) puts(name string) bool {
	found := false
	for _, w := range append(slices.Clip(c.words), c.hdocs...) {
		syntax.Walk(w, func(n syntax.Node) bool {
			p, ok := n.(*syntax.ParamExp)
			found = found || ok && p.Param != nil && p.Param.Value == name
			return true
		})
	}
	return found
}

var loaders = setOf("curl wget")
var interpreters = setOf("bash sh dash ksh zsh python python3 perl ruby node")

func pipedShell(sh *script, _ *step, _ *subject) string {
	for _, p := range sh.pipes {
		if loaders[p.from] && interpreters[p.to] && (len(p.last) == 0 || !strings.HasSuffix(p.last[len(p.last)-1], "json.tool")) {
			return fmt.Sprintf("what `%s` loads is run by `%s` unseen, and another time it may be something else", p.from, p.to)
		}
	}
	return ""
}

// recall is an exclamation mark that an interactive shell takes for "the
// command that began with".
var recall = compiled(`(^|[^\[$\\{])!([\w!?]\w*)`)

func recalls(sh *script, _ *step, _ *subject) string {
	for _, text := range sh.lively {
		if m := recall().FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("a person who types this runs an older command in the place of `!%s`", m[2])
		}
	}
	return ""
}

// endsTerminal: the terminal is one for all steps, and goes on after this one.
func endsTerminal(sh *script, st *step, _ *subject) string {
	if st == nil || st.Isolated || st.Closes != "" || st.Opens != "" {
		return ""
	}
	for _, c := range sh.calls {
		if c.inside || c.far {
			continue
		}
		switch {
		case c.name == "exit", c.name == "logout":
			return "`" + c.name + "` ends the terminal that the next steps need"
		case c.name == "exec" && len(c.operands(nil)) > 0:
			return "`exec` puts a program in the place of the terminal's shell, and with it the next steps lose their terminal"
		case c.name == "set" && (c.flag("e") || c.has("-o errexit")):
			return "`set -e` ends the terminal at the first command that fails, in this step or a later one"
		case c.name == "trap" && c.has("EXIT"):
			return "`trap ... EXIT` acts when the terminal ends, not when this step does"
		}
	}
	return ""
}

func leftBehind(sh *script, _ *step, _ *subject) string {
	waits := func(c call) bool { return c.name == "wait" }
	if sh.behind && !slices.ContainsFunc(sh.calls, waits) {
		return "`&` leaves something running: its status is nobody's, and what it prints lands among later steps' output"
	}
	return ""
}
