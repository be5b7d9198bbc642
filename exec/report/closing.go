package report

import (
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/runbook"
)

// limits are the questions that the section on limitations answers. Each gives
// what there is to say, or nothing.
var limits = []func(*view) []md{
	limitRun, limitOutage, limitObjectives, limitPath, limitAssumptions, limitProof, limitSurvivors, limitWitness, limitRecord, limitWords, limitClaim,
}

func writeLimits(v *view, p *page) {
	var items []md
	for _, limit := range limits {
		items = append(items, limit(v)...)
	}
	p.list(items...)
}

func limitRun(v *view) []md {
	switch {
	case v.s.Began.DryRun:
		return []md{"This was a dry run: nothing was executed and outcomes were simulated. It shows that the document can be walked through, not that it works."}
	case v.s.Began.Kind == exec.Tabletop:
		return []md{"This was a tabletop: what was talked through was not shown to work."}
	case v.s.Began.Kind == exec.Rehearsal:
		return []md{"This was a rehearsal: it does not show that production can be recovered in the same way and time."}
	}
	return nil
}

func limitOutage(v *view) []md {
	m, ok := v.s.Moment(runbook.Disruption)
	switch {
	case !ok:
		return []md{"No moment of disruption is on record, so that no time can be counted from it."}
	case m.Notional && !v.s.Began.DryRun:
		return []md{"The outage was simulated: its beginning is notional, and so is every time that is counted from it."}
	}
	return nil
}

func limitObjectives(v *view) []md {
	var items []md
	for _, o := range v.objectives {
		if !o.Measured {
			items = append(items, say("%s was not measured: %s.", o.Called(), o.Why))
		}
	}
	if v.s.Point == nil && v.s.Scenario.RPO == 0 {
		items = append(items, "Loss of data was not looked at: the document sets no RPO and no recovery point was observed.")
	}
	return items
}

// limitPath tells which parts of the document this exercise says nothing about.
func limitPath(v *view) []md {
	var items []md
	steps, answers := v.untaken()
	if len(steps) > 0 {
		items = append(items, "Steps that were not on the path that was taken, or were left out: "+joined(", ", steps...)+".")
	}
	if len(answers) > 0 {
		items = append(items, "Answers that were never given, so that what follows from them is untested: "+joined(", ", answers...)+".")
	}
	var open, wayOut []md
	for i, step := range v.s.Scenario.Steps {
		if v.status(i) == exec.NotReached {
			open = append(open, v.step(step.ID))
		}
		if step.IfNot != "" && !v.s.Step(i).WayOut {
			wayOut = append(wayOut, v.step(step.ID))
		}
	}
	if len(open) > 0 {
		items = append(items, "Steps that were not reached: "+joined(", ", open...)+".")
	}
	if len(wayOut) > 0 {
		items = append(items, "Documented ways out that were not taken, so that they are untested: of "+joined(", ", wayOut...)+".")
	}
	return items
}

func limitAssumptions(v *view) []md {
	var items []md
	for _, a := range v.s.Scenario.Assumptions {
		items = append(items, sentence(say("Assumption, not recorded as checked: %s", a.Text)))
	}
	if len(items) == 0 {
		return []md{"The scenario states no assumptions; what it silently relies on was not looked for."}
	}
	return items
}

// limitProof tells which steps rest on a person's word.
func limitProof(v *view) []md {
	var byWord, unseen, unexpecting []md
	for i, step := range v.s.Scenario.Steps {
		st := v.s.Step(i)
		if st.Status == exec.Done && len(st.Attempts) == 0 && step.Kind.Interaction() == runbook.Attests {
			byWord = append(byWord, v.step(step.ID))
		}
		for _, a := range st.Attempts {
			if a.Result == nil || a.Result.Outcome == exec.OutcomeUnknown {
				unseen = append(unseen, v.step(step.ID))
				break
			}
		}
		if step.Kind == runbook.Run && !step.Expect.Stated && len(st.Attempts) > 0 && !v.s.Began.DryRun {
			unexpecting = append(unexpecting, v.step(step.ID))
		}
	}
	return []md{
		stated("Steps done by hand, known only from a person's word: ", byWord),
		stated("Steps with a try whose end is not on record: ", unseen),
		stated("Steps without a documented expectation, for which exit 0 was all that was asked: ", unexpecting),
	}
}

func stated(what md, parts []md) md {
	if len(parts) == 0 {
		return ""
	}
	return what + joined(", ", parts...) + "."
}

// limitSurvivors tells what runs on, without anybody who watches it.
func limitSurvivors(v *view) []md {
	var items []md
	for _, words := range v.s.StillRuns() {
		items = append(items, sentence(say("Left running by the exercise, and looked at no more: %s", words)))
	}
	return items
}

// limitWitness tells who could confirm the record.
func limitWitness(v *view) []md {
	acted := 0
	for _, row := range v.people.order {
		for _, e := range v.Events {
			if v.s.Person(e.By) == row {
				acted++
				break
			}
		}
	}
	witness := say("%s people made records, on %s.", acted, v.machines())
	if acted <= 1 {
		witness = say("One person alone recorded this on %s: there is no independent witness.", v.machines())
	}
	if acted < len(v.people.order) {
		witness += " Others are named in the record, and made none of it themselves."
	}
	return []md{witness}
}

// machines counts where records were made.
func (v *view) machines() md {
	hosts := []string{v.s.Began.Process.Host}
	for _, e := range v.Events {
		if b, ok := e.Body.(exec.Resumed); ok && !slices.Contains(hosts, b.Process.Host) {
			hosts = append(hosts, b.Process.Host)
		}
	}
	return counted(len(hosts), "machine", "machines")
}

func limitRecord(v *view) []md {
	var items []md
	for _, g := range v.s.Gaps {
		items = append(items, say("Nothing was recorded from %s to %s.", g.From, g.To))
	}
	for _, j := range v.s.Jumps {
		items = append(items, say("The wall clock went %s against the monotonic clock; figures that span this may be off by as much.", md(exec.Signed(j.By))))
	}
	return append(items, "Times are those of one machine's wall clock; how exact that clock was is not recorded.",
		"The hashes in appendix A tell whether the record was changed since, not who wrote it: it carries no signature.")
}

func limitWords(v *view) []md {
	if v.Names {
		return []md{"People are shown by name."}
	}
	return []md{"People are shown as roles. Texts of the playbook and what people typed are quoted as they stand and may hold names."}
}

func limitClaim(*view) []md {
	return []md{"This report provides evidence for what it states. It does not judge whether any standard or regulation is satisfied."}
}

func writeSignOff(_ *view, p *page) {
	p.para("To be filled in by people.")
	p.table([]md{"Role", "Name", "Decision", "Date"},
		[]md{"Exercise owner", "", "", ""}, []md{"Plan owner", "", "", ""}, []md{"Evaluator", "", "", ""}, []md{"Approver", "", "", ""})
}

// writeIntegrity says against what the record can be held.
func writeIntegrity(v *view, p *page) {
	r, b := v.Record, v.s.Began
	user := md("")
	if v.Names && b.Process.User != "" {
		user = say(" as %s", b.Process.User)
	}
	p.list(
		say("Events: %s", r.Events),
		say("Hash of the first record: %s", hash(r.First)),
		say("Hash of the last record: %s", hash(r.Last)),
		say("SHA-256 of the record's file: %s", hash(r.SHA256)),
		say("Written by: %s, on the host %s%s", b.Program, code(b.Process.Host), user),
		say("Breaks: %s, clock jumps: %s", len(v.s.Gaps), len(v.s.Jumps)),
	)
	for _, g := range v.s.Gaps {
		p.para(joined(" ", say("A break from %s to %s, %s.", g.From, g.To, g.To.Sub(g.From)), torn(g.Torn)))
	}
	if len(v.Events) != r.Events {
		p.para(say("**This report was made from %s.**", counted(len(v.Events), "event", "events")))
	}
}

func hash(h string) md {
	if h == "" {
		return "not known"
	}
	return code(h)
}

// maxExcerpt bounds what is shown of an output, in lines from its end.
const maxExcerpt = 24

// writeCommands is the log of commands, each as the document has it.
func writeCommands(v *view, p *page) {
	p.para("Commands stand as they are written in the frozen copy; control characters are spelled out. Of an output the end is shown; its digest is that of all its bytes.")
	n := 0
	for i, step := range v.s.Scenario.Steps {
		if step.Run == "" && step.IfProbe == nil {
			continue
		}
		n++
		p.heading(3, say("Step %s", v.step(step.ID)))
		v.writeLooks(step, v.s.Step(i), p)
		if step.Run == "" {
			continue
		}
		blocks := step.Runs
		if len(blocks) == 0 {
			blocks = []string{step.Run}
		}
		for _, block := range blocks {
			p.fence("sh", block)
		}
		p.para(say("Documented expectation: %s. Effect: %s.", expectation(step.Expect), step.Effect))
		attempts := v.s.Step(i).Attempts
		if len(attempts) == 0 {
			p.para("Not run.")
		}
		for k, a := range attempts {
			v.writeAttempt(k+1, step, a, p)
		}
	}
	if n == 0 {
		p.para("The scenario holds no command.")
	}
}

// writeLooks is the log of the command that answers a step's condition.
func (v *view) writeLooks(step runbook.Step, st exec.StepState, p *page) {
	if step.IfProbe == nil {
		return
	}
	p.para("Its condition:")
	p.fence("sh", step.IfProbe.Run)
	p.para(say("The step is for this case where that comes out as documented: %s.", expectation(step.IfProbe.Expect)))
	step.Run, step.Runs = step.IfProbe.Run, nil
	for k, a := range st.Looks {
		v.writeAttempt(k+1, step, a, p)
	}
	if len(st.Looks) == 0 {
		p.para("Not run.")
	}
}

func (v *view) writeAttempt(n int, step runbook.Step, a exec.Attempt, p *page) {
	if a.Block > 0 && a.Block <= len(step.Runs) {
		step.Run = step.Runs[a.Block-1]
	}
	switch turn := a.Turn(); {
	case a.Block > 0:
		p.para(say("Of %s:", turn))
	case turn != "":
		p.para(say("Attempt %s:", turn))
	}
	if a.Command != "" && a.Command != step.Run {
		p.para("What was run differs from the text of the document:")
		p.fence("sh", a.Command)
	}
	if a.Result == nil {
		p.para(sentence(joined("; ", say("Try %s: began %s by %s", n, a.Began, v.people.called(a.By)), "its end is not on record", text(a.Unseen.Words()))))
		return
	}
	r := a.Result
	p.para(say("Try %s: began %s by %s, took %s; %s. Evidence: %s.", n, a.Began, v.people.called(a.By), a.Took, v.resultWords(r), orNone(r.Evidence)))
	var items []md
	for _, c := range r.Checks {
		if !c.OK {
			items = append(items, checkWords(r, c))
		}
	}
	for _, n := range r.Notes() {
		items = append(items, sentence(text(n)))
	}
	p.list(items...)
	writeOutput(r.Output, p)
}

// checkWords tells of an expectation that was not met, or not compared.
func checkWords(r *exec.StepEnded, c exec.Check) md {
	switch {
	case r.Uncompared != "" && c.Mode != "exit":
		return say("Expectation %s not compared: wanted %s", c.Mode, code(short(c.Want, 200)))
	case c.Alike > 0:
		return say("Expectation %s not met: wanted %s, saw %s; as a whole the output is %s %% alike, which decides nothing", c.Mode, code(short(c.Want, 200)), code(short(c.Seen, 200)), c.Alike)
	}
	return say("Expectation %s not met: wanted %s, saw %s", c.Mode, code(short(c.Want, 200)), code(short(c.Seen, 200)))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func writeOutput(o exec.Output, p *page) {
	if o.SHA256 == "" && o.Excerpt == "" {
		p.para("No output is on record.")
		return
	}
	lines := strings.Split(strings.TrimRight(o.Excerpt, "\n"), "\n")
	what := say("Output: %s, %s, SHA-256 %s.", counted(int(o.To-o.From), "byte", "bytes"), counted(o.Lines, "line", "lines"), hash(o.SHA256))
	if shown := min(len(lines), maxExcerpt); shown < max(o.Lines, len(lines)) {
		lines = lines[len(lines)-shown:]
		what += say(" The last %s:", counted(shown, "line", "lines"))
	}
	p.para(what)
	if strings.TrimSpace(o.Excerpt) != "" {
		p.fence("text", strings.Join(lines, "\n"))
	}
}

// expectation is what a document expects, in words.
func expectation(e runbook.Expect) md {
	if !e.Stated {
		return "none; exit 0 was assumed"
	}
	var parts []md
	for _, c := range e.Clauses() {
		part := text(c.Words)
		if c.Text != "" {
			part = say("%s %s", c.Words, code(short(c.Text, 80)))
		}
		parts = append(parts, part)
	}
	return joined("; ", parts...)
}

// terms are the definitions that this report uses, with where they come from.
var terms = [][]md{
	{"RTO", "recovery time objective: the longest a resource may stay unavailable before the effect on others and on the MTD is unacceptable", "NIST SP 800-34"},
	{"RPO", "recovery point objective: the point in time to which data must be recoverable; here the window of loss before the disruption", "NIST SP 800-34"},
	{"MTD", "maximum tolerable downtime: the longest outage that the owner accepts; judged here from the disruption to normal operation, so that the RTO and the work after it must fit into it", "NIST SP 800-34"},
	{"RTA, RPA", "the actual counterparts of RTO and RPO", "common usage, no standard's term"},
	{"TTD, TTA", "time to detect, time to acknowledge, of this one event; never a mean", "common usage"},
	{"Tabletop, functional", "kinds of exercise; a rehearsal here is a functional one", "NIST SP 800-84"},
	{"Report, improvement plan, hotwash", "the after-action report, its plan of corrective actions, and the talk right after the exercise", "HSEEP"},
	{"Deviation", "a difference between what is written and what was done", "this program"},
	{"Material", "a deviation of severity major or critical; an objective that was not measured is none", "this program"},
}

func writeMethod(v *view, p *page) {
	starts, stops := exec.Anchors(v.s.Scenario)
	p.table([]md{"Term", "Meaning", "From"}, terms...)
	steady := md("")
	if d := v.s.Scenario.Clock.Steady; d > 0 {
		steady = say("All must then be well for %s, and that time counts as well.", d)
	}
	p.list(
		joined(" ", say("The RTO of this scenario is judged from the mark *%s* to the mark *%s*; the mark *verified* is set only when the whole test procedure was passed.", starts, stops), steady),
		"An objective is met when both of its marks exist and the actual time is not longer than the target. What was not measured is not evaluated: it is never zero and never met. Figures are rounded for reading, and compared in full.",
		"RPO is judged from an observed recovery point only. Where that is known to within an interval, the verdict falls on the upper end.",
		"Wall time in UTC decides; monotonic time checks it. A hold never stops the clock of a real outage.",
		"Outcome, fidelity and completion are three verdicts. An objective can be met although the document was not followed, and missed although it was.",
		"Deviations are found by rule from the record, or declared by people. The same record gives the same report, byte by byte.",
	)
	p.para("What an auditor may look for, and the sections that provide evidence for it:")
	p.table([]md{"Asked by", "What is asked, in short", "Sections"}, crosswalk...)
}

// crosswalk says where evidence stands; it claims nothing.
var crosswalk = [][]md{
	{"NIST SP 800-53 CP-4", "the plan is tested, results are reviewed, corrective actions follow", "3, 4, 7, 10"},
	{"NIST SP 800-84", "scope, objectives, observations, recommendations, participants", "2, 4, 5, 8, 9"},
	{"ISO 22301:2019 8.5", "exercises with aims, and a report with outcomes, recommendations, actions", "1 to 10"},
	{"SOC 2 A1.3", "recovery procedures are tested, and the plan is revised from the results", "3, 4, 8, 10"},
	{"DORA Art. 11(6), 11(8)", "plans are tested at least yearly; what is done when they are activated is on record", "3, 5, A, B"},
}
