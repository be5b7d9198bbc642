package check

import (
	"fmt"
	"strings"

	"bythebook/runbook"
)

// acts are verbs that change something. Looking, telling and deciding is not
// among them: it goes well with another instruction.
var acts = setOf(`restart stop start launch create delete recreate update upgrade deploy promote demote restore upload download copy move
	change point reroute terminate reboot enable disable install configure attach detach scale drain mount unmount failover
	replace rebuild remove revert rotate import provision resize`)

// numbered is an item of a numbered list. Bullets are often no instructions.
var numbered = compiled(`(?m)^\s*\d+[.)]\s+\S`)

var andThen = phrase("then|after", `(?i),?\s+(?:and\s+)?(?:then|after that|afterwards)\s+(\w+)`)

// instructions counts what a step by hand tells to do, as far as that is plain.
func instructions(do string, told instruction) int {
	if strings.Contains(do, "\n") {
		if items := len(numbered().FindAllString(do, -1)); items > 1 {
			return items
		}
	}
	n := 0
	for _, s := range told.sentences {
		if acts[verb(s)] {
			n++
			if m := andThen.submatch(s); m != nil && acts[strings.ToLower(m[1])] {
				n++
			}
		}
	}
	return n
}

// findCompound is LS01.
func findCompound(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if st.Kind == runbook.Manual {
			if n := instructions(st.Do, st.prose); n > 1 {
				s.report(st.at("do"), fmt.Sprintf("one step holds %d instructions: \"done\" cannot say which of them", n), "")
			}
			return
		}
		for _, sh := range st.scripts {
			acting, moves := sh.acting()
			switch {
			case st.Isolated:
			case moves && len(acting) == 1:
				s.report(sh.path, "`cd` and `"+acting[0].String()+"` stand in one step, and the next steps stay in that folder", "say the folder as `in: {dir: ...}`")
			case len(acting) > 1:
				s.report(sh.path, oneStatus(acting), "")
			}
		}
	})
}

// oneStatus says of several commands what is wrong with them in one step.
func oneStatus(acting []call) string {
	if len(acting) == 2 {
		return fmt.Sprintf("one step runs `%s` and `%s`: one status stands for both", acting[0], acting[1])
	}
	return fmt.Sprintf("one step runs %d commands, `%s` and `%s` among them: one status stands for all", len(acting), acting[0], acting[1])
}

// preparing are commands that only make ready for others.
var preparing = setOf("cat cd pushd popd export set unset declare local readonly shopt echo printf : true test [ sleep umask source . ulimit mkdir trap wait exit")

// acting are the commands that a script runs one after the other, those that
// only prepare left out, and whether it changes the folder. A script with
// loops and branches is one thing, with one meaning.
func (sh *script) acting() (acting []call, moves bool) {
	for _, top := range sh.tops {
		parts, flat := chain(top)
		if !flat {
			return nil, false
		}
		for _, c := range parts {
			moves = moves || c.name == "cd"
			if !preparing[c.name] {
				acting = append(acting, c)
			}
		}
	}
	return acting, moves
}

// findCriteria is LS02: somebody who does a step by hand can see that it is done.
func findCriteria(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if st.Kind == runbook.Manual && st.Evidence == "" && st.Sample == "" && !st.Expect.Stated && st.Expect.State == "" && criterion.in(st.prose.plain) == "" {
			s.report(st.at("do"), "nothing says how to see that this is done", "")
		}
	})
}

// verdict is prose that tells what a step shows when all is well.
var verdict = phrase("should|show|read|report|return|appear|display|expect|must", `(?i)\b(should|must|(it|result|page|answer|console|output|status|line|log|graph|panel)\s+(shows?|reads?|reports?|returns?|appears?|displays?))\b|\bexpect(ed)?\b`)

// criterion is prose that tells what is to be seen.
var criterion = phrase("until|should|show|read|report|return|appear|display|expect|must|that|whether|if", `(?i)\b(until|should|shows?|reads?|reports?|returns?|appears?|displays?|expect(ed|s)?|must|(verify|confirm|check|ensure|make sure|see|wait) (that|until|whether|if))\b`)

// findUnstated is LS03, said once for the whole document.
func findUnstated(s *subject) {
	for _, sc := range s.procedures().scenes {
		var bare []*step
		commands := 0
		for _, st := range sc.all() {
			if st.Kind != runbook.Run || st.Opens != "" || st.Closes != "" || st.Setup {
				continue
			}
			commands++
			if !st.Expect.Stated && st.Sample == "" && len(st.Capture) == 0 { // a value that is kept has to be there
				bare = append(bare, st)
			}
		}
		if len(bare) > 0 {
			s.report(bare[0].path, fmt.Sprintf("no expectation is written for %s that run a command, so their exit status alone decides: %s", outOf(len(bare), commands), few(idsOf(bare))), "")
		}
	}
}

func idsOf(steps []*step) []string {
	ids := make([]string, len(steps))
	for i, st := range steps {
		ids[i] = st.ID
	}
	return ids
}

// outOf is how many of some steps lack something, after "no ... for".
func outOf(n, all int) string {
	if n == all {
		return fmt.Sprintf("any of the %d steps", all)
	}
	return fmt.Sprintf("%d of the %d steps", n, all)
}

// few are the first of some names, as a sentence has them.
func few(names []string) string {
	const enough = 4
	if len(names) <= enough {
		return listed(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(quoted(names[:enough]), ", "), len(names)-enough)
}

// findOptional is LS12.
func findOptional(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if st.Optional && st.When == "" && !st.guarded() {
			s.report(st.at("optional"), "the step may be left out, and nothing says when", "")
		}
	})
}
