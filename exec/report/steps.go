package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// writeSteps sets every step of the document beside what was performed: first
// as a table, then in words.
func writeSteps(v *view, p *page) {
	var rows [][]md
	var words []md
	for i, step := range v.s.Scenario.Steps {
		plan, actual := md("none"), md("")
		if d := exec.Planned(step); d > 0 {
			plan = say("%s", d)
		}
		if _, took, ok := v.worked(i); ok {
			actual = say("%s", took)
		}
		rows = append(rows, []md{md(fmt.Sprint(i + 1)), code(step.ID), text(string(step.Procedure)), say("%s", v.standing(i)), plan, actual, v.numbersAt(step.ID)})
		words = append(words, say("Step %s, %s\n  - Documented: %s\n  - Performed: %s", v.step(step.ID), v.standing(i), v.documented(step), v.performed(i)))
	}
	p.para(v.totals())
	p.table([]md{"No.", "Step", "Part", "Status", "Plan", "Actual", "Deviations"}, rows...)
	p.list(words...)
}

// totals sets the path as a whole against its plan.
func (v *view) totals() md {
	var plan time.Duration
	estimated := 0
	for i, step := range v.s.Scenario.Steps {
		if d := exec.Planned(step); d > 0 && v.reached(i) {
			plan += d
			estimated++
		}
	}
	asWritten := sentence("Of" + v.tallied()[len("of"):])
	if v.s.Began.DryRun {
		asWritten = ""
	}
	sum := say("The document plans %s for those %s of them that have an estimate.", plan, estimated)
	if estimated == 0 {
		sum = "The document plans no time for any of them."
	}
	if v.s.Started.IsZero() {
		return joined(" ", asWritten, sum)
	}
	return joined(" ", asWritten, sum, say("From the go to the newest record it was %s.", v.s.Last.Sub(v.s.Started)))
}

// numbersAt are the numbers of the deviations at a step.
func (v *view) numbersAt(step string) md {
	var ids []md
	for _, f := range v.at(step) {
		ids = append(ids, say("%s (%s)", f.ID, f.Code))
	}
	return joined(", ", ids...)
}

// documented is a step of the document in short; commands are in appendix B.
func (v *view) documented(step runbook.Step) md {
	var marks []md
	switch {
	case step.IfProbe != nil:
		marks = append(marks, say("if it comes out as documented: %s", code(short(step.IfProbe.Run, 80))))
	case step.If != "":
		marks = append(marks, say("if: %s", short(step.If, 80)))
	}
	if step.Optional {
		marks = append(marks, "optional")
	}
	if step.Who != "" {
		marks = append(marks, say("for: %s", v.people.role(step.Who)))
	}
	for _, place := range []struct{ word, terminal string }{{"at", strings.Join(step.At, ", ")}, {"opens", step.Opens}, {"closes", step.Closes}} {
		if place.terminal != "" {
			marks = append(marks, say("%s: %s", place.word, place.terminal))
		}
	}
	if step.Wait > 0 {
		marks = append(marks, say("waits %s", step.Wait))
	}
	if step.Ask != "" && step.Ask != step.Do {
		marks = append(marks, say("asks: %s", short(step.Ask, 80)))
	}
	aside := md("")
	if len(marks) > 0 {
		aside = "(" + joined("; ", marks...) + ")"
	}
	command := commandWords(step.Run)
	if n := len(step.Runs); n > 1 {
		command = say("%s blocks, without a word on how they go together", n)
	}
	return sentence(joined(" ", text(short(step.Do, 160)), command, aside))
}

// commandWords is a command in short: itself, or how long it is.
func commandWords(run string) md {
	run = strings.TrimSpace(run)
	switch lines := strings.Count(run, "\n") + 1; {
	case run == "":
		return ""
	case lines > 1:
		return say("Command: a script of %s lines", lines)
	case len([]rune(run)) > 100:
		return say("Command: %s", code(short(run, 100)))
	default:
		return say("Command: %s", code(run))
	}
}

// sentence puts a full stop behind what has none. One behind code would read as
// a part of it.
func sentence(s md) md {
	if s == "" || strings.ContainsAny(string(s[len(s)-1:]), ".?!`)") {
		return s
	}
	return s + "."
}

// performed is what was done at a step, in words.
func (v *view) performed(i int) md {
	step, st := v.s.Scenario.Steps[i], v.s.Step(i)
	tries := joined("; ", v.looks(st), v.chosen(step, st), v.tries(st))
	switch v.standing(i) {
	case exec.Active:
		return joined(" ", sentence(tries), "It runs, as far as the record tells.")
	case exec.Passed:
		return sentence(tries)
	case exec.Done:
		return v.doneWords(step, st, tries)
	case exec.Failed:
		return joined(" ", sentence(tries), v.failedWords(step, st))
	case exec.Skipped:
		if st.Reason == "" {
			return "left out; no reason is on record."
		}
		return joined(" ", sentence(say("left out: %s", st.Reason)), say("Agreed by %s.", v.agreed(st.Agreed)))
	case exec.NotApplicable:
		return v.notApplicableWords(step, st)
	case exec.Simulated:
		if step.Kind == runbook.Decide && st.Choice > 0 && st.Choice <= len(step.Answers) {
			return sentence(say("simulated; answered %s", step.Answers[st.Choice-1].Say))
		}
		return joined(" ", sentence(v.chosen(step, st)), "simulated; nothing was executed.")
	case exec.Unknown:
		if st.Uncompared() {
			return joined(" ", sentence(tries), "Nobody has said whether that is as documented.")
		}
		return joined(" ", sentence(tries), "How it ended is not known.", sentence(text(st.Reason)))
	}
	if tries != "" {
		return joined(" ", sentence(tries), "It was then open again, and not reached any more.")
	}
	return "not reached."
}

// looks tells how the machine answered a step's condition.
func (v *view) looks(st exec.StepState) md {
	var ends []md
	for _, a := range st.Looks {
		end := md("its end is not on record")
		if a.Result != nil {
			end = v.resultWords(a.Result)
		}
		ends = append(ends, end)
	}
	if len(ends) == 0 {
		return ""
	}
	return say("condition looked at: %s", joined("; then ", ends...))
}

// tries tells of all attempts at a step.
func (v *view) tries(st exec.StepState) md {
	var ends []md
	for _, a := range st.Attempts {
		end := md("its end is not on record")
		if a.Result != nil {
			end = v.resultWords(a.Result)
		}
		if turn := a.Turn(); turn != "" {
			end = say("%s: %s", turn, end)
		}
		ends = append(ends, end)
	}
	switch len(ends) {
	case 0:
		return ""
	case 1:
		return say("run once: %s", ends[0])
	}
	return say("run %s times: %s", len(ends), joined("; then ", ends...))
}

// chosen says which of several blocks were run, because somebody said so.
func (v *view) chosen(step runbook.Step, st exec.StepState) md {
	switch n := len(st.Blocks); {
	case n == 0:
		return ""
	case n == 1:
		return say("chosen: %s", exec.BlockAnswers(step)[st.Blocks[0]-1])
	}
	return say("chosen: %s", exec.BlockAnswers(step)[len(step.Runs)])
}

func (v *view) doneWords(step runbook.Step, st exec.StepState, tries md) md {
	switch {
	case step.Kind == runbook.Decide && st.Choice > 0 && st.Choice <= len(step.Answers):
		return sentence(say("answered %s", step.Answers[st.Choice-1].Say))
	case len(st.Attempts) > 0:
		return joined(" ", sentence(tries), sentence(joined(": ", "On a person's word it was done", text(st.Text))))
	case st.File != nil:
		return sentence(say("done by hand; left as evidence: %s", fileWords(*st.File)))
	case st.Text != "":
		return sentence(say("done by hand; left as evidence: %s", st.Text))
	}
	return "done by hand, on a person's word."
}

// fileWords names a file that was left as evidence, and where its copy is.
func fileWords(f exec.FileLeft) md {
	return say("the file %s, %s, copied to %s", f.Name, counted(int(f.Bytes), "byte", "bytes"), code("evidence/"+f.SHA256))
}

func (v *view) failedWords(step runbook.Step, st exec.StepState) md {
	switch {
	case st.WayOut:
		return sentence(say("The documented way out was taken, to %s", code(string(step.IfNot))))
	case st.Accepted:
		return joined(" ", sentence(say("That was accepted: %s", st.Reason)), say("Agreed by %s.", v.agreed(st.Agreed)))
	}
	return "The expectation stays unmet."
}

func (v *view) notApplicableWords(step runbook.Step, st exec.StepState) md {
	switch {
	case st.Guard == exec.No && len(st.Looks) > 0:
		so := md("a person then answered with no")
		if r := st.Looks[len(st.Looks)-1].Result; r != nil && r.Outcome == exec.Exited && r.Match == exec.Differs {
			so = "so it is not for this case"
		}
		return sentence(joined("; ", v.looks(st), so))
	case st.Guard == exec.No:
		return "its condition was answered with no."
	case v.s.Began.Kind == exec.Incident && step.Procedure == runbook.Inject:
		return "in an incident nothing is injected."
	}
	return "not on the path that was taken."
}

// untaken are the steps that the path left aside, and the answers never given.
func (v *view) untaken() (steps, answers []md) {
	for i, step := range v.s.Scenario.Steps {
		if v.status(i) == exec.NotApplicable || v.status(i) == exec.Skipped {
			steps = append(steps, v.step(step.ID))
		}
		chosen := v.s.Step(i).Chosen
		for k, a := range step.Answers {
			if len(chosen) > 0 && !slices.Contains(chosen, k+1) {
				answers = append(answers, say("%s at step %s", code(a.Say), v.step(step.ID)))
			}
		}
	}
	return steps, answers
}
