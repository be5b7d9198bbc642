package check

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// vague are conditions that nobody can look up.
var vague = compiled(`(?i)^\W*(?:if |when )?(?:needed|necessary|required|applicable|appropriate|possible|desired|so|not|in doubt|it (?:works|fails|does not work|doesn't work|is needed|is necessary)|there (?:is|are) (?:a )?problems?|something (?:is|goes|went) wrong)\W*$`)

// bygone are conditions on what people did before, which no step has kept.
var bygone = compiled(`(?i)^\W*(?:if )?(?:(?:a|an|the) )?(?:\w+ ){1,3}(?:(?:was|were|has been|have been|had to be) )?(?:created|recreated|launched|replaced|promoted|restored|rebuilt|made)\W*$`)

// inProse is an instruction that branches without saying so to the machine.
var inProse = phrase("if", `(?i)^if\b[^,]*,?\s*(?:then\s+)?(?:\w+\s+){0,3}?(?:proceed|go|skip|continue|jump|return|move on)\b`)

// findBranches is LS09.
func findBranches(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		switch {
		case st.If == "":
		case vague().MatchString(st.If):
			s.report(st.at("if"), "\""+strings.TrimSpace(st.If)+"\" is no condition that two people answer alike", "say what must be seen, and where")
		case bygone().MatchString(st.If):
			s.reportAs(Warning, st.at("if"), "the condition asks what was done before, and no step records which way was taken",
				"ask once in a step with `answers`, and let each answer `go` where it leads")
		}
		if st.Kind == runbook.Decide {
			s.reportAnswers(sc, st)
			return
		}
		for _, sentence := range st.prose.sentences {
			if inProse.in(sentence) != "" && !st.guarded() && st.Then == "" && st.IfNot == "" {
				s.reportAs(Warning, st.at("do"), "the words branch, and the step does not: \""+sentence+"\"", "make it a step with `ask` and `answers`, or give it `if` and `then`, or `if_not`")
				return
			}
		}
	})
}

// reportAnswers reports a question that decides nothing.
func (s *subject) reportAnswers(sc *scene, st *step) {
	if i, ok := sc.flow.index[st.ID]; ok && sc.flow.decidesNothing(i, st.Answers) {
		s.reportAs(Warning, st.at("answers"), "every answer goes on the same way", "let each answer `go` where it leads, or leave the question out")
	}
}

func (f *flow) decidesNothing(i int, answers []runbook.Answer) bool {
	for _, a := range answers {
		if a.Go != answers[0].Go && f.resolve(i, len(f.ways), a.Go) != f.resolve(i, len(f.ways), answers[0].Go) || a.Go.Other() != "" || a.Go == runbook.Target(runbook.Aborting) {
			return false
		}
	}
	return true
}

// findUnreachable is LS10.
func findUnreachable(s *subject) {
	for _, sc := range s.procedures().scenes {
		reached := sc.flow.reached()
		for i := range sc.steps {
			st := &sc.steps[i]
			switch {
			case !reached[i] && (i == 0 || reached[i-1]):
				s.reportUnreached(sc, i, reached)
			case !reached[i]: // said of the first
			case st.Kind == runbook.Decide:
				s.reportFallThrough(sc, i)
			case i+1 < len(sc.steps):
				s.reportRegardless(st, &sc.steps[i+1])
			}
		}
	}
}

// reportUnreached reports a step that no way leads to, with those after it.
func (s *subject) reportUnreached(sc *scene, i int, reached []bool) {
	var more []string
	for j := i + 1; j < len(sc.steps) && !reached[j]; j++ {
		more = append(more, sc.steps[j].ID)
	}
	message := "no way leads to step `" + sc.steps[i].ID + "`"
	if len(more) > 0 {
		message += ", nor to " + few(more) + " after it"
	}
	s.report(sc.steps[i].path, message, "let an answer or a `then` lead here, or take the step out")
}

// reportFallThrough reports an alternative that runs on into the next one.
// With two answers the second is often where both meet, and so is the last of
// more; only what stands between is an alternative for certain.
func (s *subject) reportFallThrough(sc *scene, i int) {
	var to []int
	for _, w := range sc.flow.ways[i] {
		if w.done && w.to > i && w.to < len(sc.steps) && !slices.Contains(to, w.to) {
			to = append(to, w.to)
		}
		if len(to) > 9 {
			return // more alternatives than anybody chooses from
		}
	}
	slices.Sort(to)
	for k := 0; k+2 < len(to); k++ {
		last := &sc.steps[to[k+1]-1]
		if last.Then == "" && last.Kind != runbook.Decide && !last.conditional() {
			s.report(sc.steps[to[k+1]].path, fmt.Sprintf("step `%s` belongs to another answer of `%s`, and `%s` runs on into it", sc.steps[to[k+1]].ID, sc.steps[i].ID, last.ID),
				"say with `then` where "+"`"+last.ID+"` goes on, also where that is the next step")
		}
	}
}

var (
	looking = setOf("check verify confirm see look determine find inspect")
	redoing = setOf("create recreate replace rebuild restore reinstall redeploy")
)

// reportRegardless reports a step that looks, and whatever it sees, the next
// one makes anew what was looked at.
func (s *subject) reportRegardless(looks, next *step) {
	open := looks.Expect.Stated || looks.IfNot != "" || looks.conditional() || looks.Then != ""
	if open || next.conditional() || looks.Kind != runbook.Manual || !looking[verb(looks.opening())] || !redoing[verb(next.opening())] {
		return
	}
	seen := setOf(strings.Join(split(looks.Do), " "))
	for _, word := range split(next.Do) {
		if len(word) > 3 && !redoing[word] && seen[word] {
			s.report(next.path, fmt.Sprintf("step `%s` looks at the %s, and whatever it sees, this step follows", looks.ID, word), "give this step an `if`, or the one before it an `if_not` or answers")
			return
		}
	}
}

// findBypasses is LS11: nobody comes to resume but by way of test.
func findBypasses(s *subject) {
	for _, sc := range s.procedures().scenes {
		test, resume := sc.flow.first[runbook.Test], sc.flow.first[runbook.Resume]
		if test == resume {
			continue // it has no test, and that is another finding
		}
		for i := range resume {
			for _, w := range sc.flow.ways[i] {
				s.reportBypass(sc, i, w, test, resume)
			}
		}
	}
}

func (s *subject) reportBypass(sc *scene, i int, w way, test, resume int) {
	st, end := &sc.steps[i], len(sc.steps)
	switch {
	case w.key == "": // the order of the text
	case i < test && w.to >= resume && w.to < end:
		s.report(st.at(w.key), "this goes to resume without the test procedure: nothing shows that the service is back", "let it go to `test`")
	case i < test && w.to > test && w.to < resume:
		s.reportAs(Warning, st.at(w.key), "this goes into the middle of the test procedure, past step `"+sc.steps[test].ID+"`", "let it go to `test`")
	case i >= test && w.key == "if_not" && w.to >= resume && w.to < end:
		s.report(st.at(w.key), "a test that fails goes on to resume as if it had passed", "let it go back into recovery, or to `abort`")
	}
}
