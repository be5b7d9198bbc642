package check

import (
	"slices"
	"strconv"
	"strings"

	"bythebook/runbook"
)

var (
	// shownExit is output that tells how its program ended.
	shownExit = phrase("curl: (|exit", `curl: \((\d+)\)|exit(?:ed)?(?: with)?(?: status| code):? ([1-9]\d*)\b|exited with ([1-9]\d*)\b`)
	// prompted is a line as it looks on a screen.
	prompted = compiled(`^\s*(?:\$|%|PS [^>]*>|[\w.-]+@[\w.-]+[:~ ][^$#\n]*[$#]|\[[^\]\n]*\][$#])\s+\S`)
	// placeProse is prose that says on which machine one is.
	placeProse = phrase("local|laptop|workstation|desktop|ssh|log in", `(?i)\b(?:on|from) (?:a|the|your|any) (?:local (?:machine|host|computer)|laptop|workstation|desktop)\b|\b(?:ssh|log in) (?:in)?to the (?:\w+ )?(?:machine|host|server|instance)\b`)
	shells     = setOf("bash sh zsh dash ksh fish su")
	// interactive are the ways into a container.
	interactive = "exec -it|exec -ti|exec -i -t|exec -t -i|run -it|run -ti|attach|exec --interactive|exec --stdin --tty|exec -it*"
)

// findSampleExits is LS04: documented output that shows a failure, beside an
// expectation of success.
func findSampleExits(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if !st.Kind.Commands() || st.Expect.AnyExit || len(st.Expect.Exit) > 0 {
			return
		}
		for _, text := range append([]string{st.Sample, st.Expect.Lines, st.Expect.Exact}, st.Expect.Contains...) {
			if m := shownExit.submatch(text); m != nil {
				status, _ := strconv.Atoi(strings.Join(m[1:], ""))
				s.report(st.path, "the documented output shows exit status "+strconv.Itoa(status)+", and the step wants 0", "say `expect: {exit: "+strconv.Itoa(status)+"}` where that is what should happen")
				return
			}
		}
	})
}

// findPrompted is LS05.
func findPrompted(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		for _, sh := range st.scripts {
			if m := prompted().FindString(sh.text); m != "" {
				s.report(sh.path, "the command begins with a prompt, `"+strings.TrimSpace(m[:len(m)-1])+"`, which a shell takes for a program", "")
			}
		}
	})
}

// findContexts is LS08.
func findContexts(s *subject) {
	type terminal struct {
		in   *scene
		name string
	}
	used, leaves := map[terminal]bool{}, map[*scene]bool{}
	s.eachStep(func(sc *scene, st *step) {
		for _, t := range st.At {
			used[terminal{sc, t}] = true
		}
		leaves[sc] = leaves[sc] || st.Opens != "" || slices.ContainsFunc(st.scripts, (*script).moves)
	})
	s.eachStep(func(sc *scene, st *step) {
		if st.Opens != "" && !used[terminal{sc, st.Opens}] {
			s.report(st.at("opens"), "the terminal `"+st.Opens+"` is opened, and no step runs in it", "say `at: "+st.Opens+"` in the steps that belong there")
		}
		for _, sh := range st.scripts {
			if i := slices.IndexFunc(sh.calls, call.moves); i >= 0 && st.Opens == "" {
				s.report(sh.path, "`"+sh.calls[i].String()+"` goes somewhere else and stays there, and the next steps do not say where they run",
					"say `opens: NAME` here and `at: NAME` in the steps that run there, or give it the command to run")
			}
		}
		if m := placeProse.in(st.prose.plain); m != "" && leaves[sc] && st.unplaced() {
			s.report(st.at("do"), "the words say \""+m+"\", and the step does not say in which terminal it runs", "say it in `at`")
		}
	})
}

// unplaced reports whether nothing says in which terminal a step's command runs.
func (st *step) unplaced() bool {
	return st.Kind.Commands() && len(st.At) == 0 && st.Opens == "" && !slices.ContainsFunc(st.scripts, (*script).moves)
}

func (sh *script) moves() bool { return slices.ContainsFunc(sh.calls, call.moves) }

// moves reports whether the call is a shell elsewhere, or of somebody else,
// that waits for commands.
func (c call) moves() bool {
	if c.fed || c.inside || c.far {
		return false
	}
	switch c.name {
	case "ssh":
		return len(c.operands(sshValued)) == 1 && !c.flag("N") && !c.flag("f") && !c.flag("O") && !c.flag("V")
	case "sudo":
		return c.has("-i") && len(c.operands([]string{"-u"})) == 0 || c.has("-s") && len(c.operands([]string{"-u"})) == 0
	case "su":
		return !slices.ContainsFunc(c.args, isDashC)
	case "kubectl", "oc", "docker", "podman":
		return c.hasAny(interactive) && c.ends()
	case "psql", "mysql", "mariadb", "sqlite3", "redis-cli", "mongosh", "python3", "python":
		return !c.flag("c") && !c.flag("e") && !c.flag("f") && !c.flag("m") && !c.hasAny("--command*|--file*|--list|-l|--execute*|--eval*|--version|-V") && len(c.operands(clientValued)) < limits[c.name]
	}
	return shells[c.name] && len(c.args) == 0
}

// limits is how many arguments a client takes before it is given something to
// do: a database's name, and its user's.
var limits = map[string]int{"psql": 3, "mysql": 2, "mariadb": 2, "sqlite3": 2, "redis-cli": 1, "mongosh": 2, "python3": 1, "python": 1}

var clientValued = strings.Fields("-h -p -U -d -n -u -P -v --host --port --username --dbname --user --set")

// ends reports whether the call's last word is a shell, or the name of what it
// enters.
func (c call) ends() bool {
	last := c.args[len(c.args)-1]
	return shells[programName(last)] || c.has("attach")
}

// waiting is prose that waits for something which takes its time.
var waiting = phrase("once|until|wait|as soon|when", `(?i)\b(?:once|until|wait (?:for|until|till)|as soon as|when)\b[^.;]{0,80}?\b(?:propagat\w+|(?:has|have|is|are) (?:completed?|finished|done|ready|up|available|healthy|running|synchroni[sz]ed|caught up)|completes|finishes|becomes? (?:available|ready|healthy|active|green)|comes? (?:up|back)|to (?:complete|finish|start|boot|propagate|become \w+|come \w+))\b`)

// amount is a time with its unit.
var amount = compiled(`(?i)\b(?:\d+|a|one|two|three|five|ten|fifteen|thirty|some)\s*(?:s|sec|seconds?|m|min|minutes?|h|hours?)\b`)

// findWaits is LS14: every wait has an end, in words, in loops of commands and
// in loops of steps.
func findWaits(s *subject) {
	for _, sc := range s.procedures().scenes {
		for i := range sc.steps {
			s.proseWait(sc, i)
			for _, w := range sc.flow.ways[i] {
				if sc.flow.goesBack(i, w) {
					s.reportBack(&sc.steps[i], &sc.steps[w.to], w)
				}
			}
		}
		for _, st := range sc.all() {
			s.loopWait(st)
		}
	}
}

func (s *subject) proseWait(sc *scene, i int) {
	st := &sc.steps[i]
	if st.Kind == runbook.Until || st.Kind == runbook.Wait || st.Timeout > 0 || i > 0 && (sc.steps[i-1].Kind == runbook.Until || sc.steps[i-1].Kind == runbook.Wait) {
		return
	}
	for _, sentence := range st.prose.sentences {
		if waiting.in(sentence) != "" && !amount().MatchString(sentence) {
			s.report(st.at("do"), "\""+sentence+"\" may take for ever: nothing says how long to wait", "")
			return
		}
	}
}

func (s *subject) reportBack(from, to *step, w way) {
	hint := "let it end after some rounds: `tries` and `every` repeat a step so many times"
	if from.Kind == runbook.Decide {
		hint = "say how often with `at_most`"
	}
	s.report(from.at(w.key), "this goes back to step `"+to.ID+"`, and nothing says how often", hint)
}

// loopWait reports a shell loop that sleeps until something comes true.
func (s *subject) loopWait(st *step) {
	for _, sh := range st.scripts {
		if st.Timeout == 0 && sh.sleepsForever() {
			s.report(sh.path, "the loop sleeps until something comes true, and nothing says how long at most", "let an `until` step look, `within` a time, or give the step a `timeout`")
		}
	}
}

// alternative is a remark between two commands that says that they are alternatives.
var alternative = phrase("#", `(?im)^\s*#\s*(?:or|alternatively|otherwise|option \w+)\b`)

// findAlternatives is LS13. What the reader remarked on already is not said
// again.
func findAlternatives(s *subject) {
	said := map[string]bool{}
	for _, r := range s.Remarks {
		said[r.Path] = said[r.Path] || r.Code == s.check.Code
	}
	s.eachStep(func(sc *scene, st *step) {
		if len(st.Runs) > 1 && !said[st.path] && !said[st.at("runs")] && !said[st.at("run")] {
			s.report(st.at("runs"), "the step has "+strconv.Itoa(len(st.Runs))+" commands, and does not say whether one or all are to be run", "")
		}
		for _, sh := range st.scripts {
			if m := alternative.in(sh.text); m != "" {
				s.report(sh.path, "`"+strings.TrimSpace(m)+"`: two commands stand here as alternatives, and a shell runs both", "")
			}
		}
	})
}
