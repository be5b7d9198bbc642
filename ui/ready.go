package ui

import (
	"cmp"
	"fmt"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// ready is an exercise that is on record and was not begun: what will be done,
// under which rule, and what it rests on.
type ready struct{ steady }

func (ready) next(sc scene) nextLine {
	return nextLine{sc.next.Key, sc.next.Words, cmp.Or(sc.next.Aside, "the clock: "+clockStart(sc))}
}

// wanting is an exercise that needs a value before it goes on: before its start,
// and when it was resumed without the secrets that are on no record.
type wanting struct{ steady }

func (wanting) enter(sc scene) want {
	in, _ := sc.st.Wanted()
	return want{open: giveForm(sc, in)}
}

func (wanting) body(sc scene, lay layout) []string {
	if sc.st.Started.IsZero() {
		return ready{}.body(sc, lay)
	}
	return plainly{func(sc scene, w int) (string, []string) {
		rows := part.Prose("A secret is on no record, and was known only to the program that was left. It is asked for again before the next command.", w)
		return "A VALUE IS WANTED", append(append(rows, ""), inputs(sc, w)...)
	}}.body(sc, lay)
}

// inputs are the values that the document asks for, as far as they are given.
func inputs(sc scene, w int) []string {
	var rows []string
	for _, in := range sc.st.Book.Inputs {
		value, given := sc.st.Values[in.Name]
		switch {
		case given:
			rows = append(rows, part.Hard(" "+in.Name+" = "+clean.Line(value), w)...)
		case sc.st.Began.DryRun:
			rows = append(rows, part.Cut(" "+in.Name+": not needed, nothing is executed", w))
		default:
			rows = append(rows, part.Hard(" "+in.Name+": wanted. "+clean.Line(exec.QuestionOf(in)), w)...)
		}
	}
	return rows
}

func clockStart(sc scene) string {
	starts, _ := exec.Anchors(sc.st.Scenario)
	for i, step := range sc.st.Scenario.Steps {
		if step.Mark == starts {
			return fmt.Sprintf("from step %d", i+1)
		}
	}
	return "from the go, simulated"
}

func (ready) body(sc scene, lay layout) []string {
	if lay.class == wide {
		left := part.Tall(scrolled(sc, whatHow(sc, lay.left-1), lay.body.H), lay.body.H)
		c := sc.checklist()
		c.At = -1
		right := append(overview(sc, lay.right().W), "", sc.look.Paint(look.Quiet, part.Rule(sc.look, "Steps", counts(sc.st.Scenario), lay.right().W)))
		room := lay.body.H - len(right)
		right = append(right, c.List(sc.look, part.Size{W: lay.right().W, H: max(0, room)})...)
		return part.Columns(sc.look, left, right, lay.left, lay.body.H)
	}
	w := lay.W
	if lay.class == small {
		return part.Tall(scrolled(sc, whatHow(sc, w), lay.body.H), lay.body.H)
	}
	rows := append(overview(sc, w), whatHow(sc, w)...)
	return part.Tall(scrolled(sc, rows, lay.body.H), lay.body.H)
}

// scrolled is what is left of lines after those that were scrolled over; the
// last line tells that there is more.
func scrolled(sc scene, rows []string, h int) []string {
	from := min(sc.view.scroll, max(0, len(rows)-h))
	rows = rows[from:]
	if len(rows) > h && h > 1 {
		rows = append(append([]string{}, rows[:h-1]...), sc.look.Paint(look.Quiet, fmt.Sprintf(" ... %d more lines, down", len(rows)-h+1)))
	}
	return rows
}

// overview is the scenario in the document's words.
func overview(sc scene, w int) []string {
	s := sc.st.Scenario
	rows := []string{sc.look.Paint(look.Strong, part.Rule(sc.look, clean.Line(s.Title), clean.Line(s.Class), w))}
	if s.Overview != "" {
		rows = append(rows, part.Capped(part.Prose(s.Overview, w), 8, "in the document")...)
	}
	return rows
}

// whatHow is what will be done and how: stakes, rule, objectives, assumptions.
func whatHow(sc scene, w int) []string {
	s, b := sc.st.Scenario, sc.st.Began
	var rows []string
	rule := func(title string) { rows = append(rows, sc.look.Paint(look.Quiet, part.Rule(sc.look, title, "", w))) }
	if len(sc.st.Book.Inputs) > 0 {
		rule("Inputs")
		rows = append(rows, inputs(sc, w)...)
	}
	rule("How")
	rows = append(rows, part.Remark("type", typeWord(b.Kind)+": "+stakes(b), w)...)
	rows = append(rows, part.Remark("rule", string(b.Rule)+": "+ruleWords[b.Rule], w)...)
	rows = append(rows, agreed(sc, w)...)
	rows = append(rows, barred(sc, w)...)
	rows = append(rows, part.Fact("text", clean.Line(sc.st.Book.File)+"  digest "+short(b.Digest), w)...)
	rows = append(rows, part.Remark("steps", counts(s), w)...)
	rule("Objectives")
	rows = append(rows, promised(sc, w)...)
	if len(s.Assumptions) > 0 {
		rule("It rests on")
	}
	for _, a := range s.Assumptions {
		rows = append(rows, part.Remark("  -", a.Text, w)...)
	}
	if len(sc.st.Book.Tools) > 0 {
		rows = append(rows, part.Fact("tools", strings.Join(sc.st.Book.Tools, ", "), w)...)
	}
	rows = append(rows, people(sc, w)...)
	for _, n := range exec.Duties(sc.st.Book, s) {
		rule("To be told: " + clean.Line(n.When))
		rows = append(rows, part.Told(exec.Call(sc.st.Book, s, n), w)...)
	}
	return append(rows, safety(sc, w)...)
}

// agreed is who has agreed to exactly this text, and who has not and why.
func agreed(sc scene, w int) []string {
	a := sc.st.Began.Agreement
	if a.Full() {
		return part.Remark("agreed", a.String()+": "+clean.Line(strings.Join(a.Asked, ", ")), w)
	}
	words := a.String()
	if sc.st.Unagreed() != "" {
		words += "; the report will say so"
	}
	rows := part.Remark("agreed", words, w)
	for _, v := range a.Voices() {
		said := v.Who + " has agreed"
		if v.Why != "" {
			said = "NOT " + v.Who + ": " + v.Why
		}
		rows = append(rows, part.Remark("  -", clean.Line(said), w)...)
	}
	return rows
}

// barred is what stands before the start, and what was overridden already.
func barred(sc scene, w int) []string {
	var rows []string
	for _, b := range sc.st.Bars() {
		rows = append(rows, part.Remark("BARRED", b.Gate+": "+b.Why, w)...)
	}
	for _, o := range sc.st.Overrides {
		rows = append(rows, part.Remark("lifted", clean.Line(o.Gate+", by "+o.Agreed+": "+o.Reason), w)...)
	}
	return rows
}

// safety is the document's way back to safety, from anywhere.
func safety(sc scene, w int) []string {
	a := sc.st.Scenario.Abort
	if len(a.When)+len(a.Steps) == 0 {
		return nil
	}
	rows := []string{sc.look.Paint(look.Quiet, part.Rule(sc.look, "To abort", "by hand; then H", w))}
	for _, when := range a.When {
		rows = append(rows, part.Remark("when", when, w)...)
	}
	for i, step := range a.Steps {
		rows = append(rows, part.Remark(fmt.Sprint(i+1), step.Do, w)...)
		rows = append(rows, part.Command(step, w)...)
	}
	return rows
}

func short(digest string) string {
	if len(digest) < 12 {
		return clean.Line(digest)
	}
	return clean.Line(digest[:8] + ".." + digest[len(digest)-4:])
}

// typeWord is a type as line 1 shows it.
func typeWord(t exec.Type) string { return strings.ToUpper(string(t)) }

func stakes(b exec.Began) string {
	words := map[exec.Type]string{
		exec.Tabletop: "talked through", exec.Rehearsal: "done, on something that may break",
		exec.Live: "done on PRODUCTION", exec.Incident: "no exercise: it really broke",
	}[b.Kind]
	if b.DryRun {
		words += "; DRY RUN: nothing is executed, outcomes are simulated"
	}
	return words
}

var ruleWords = map[exec.Rule]string{
	exec.Guided:   "the order is advice; departures are flagged",
	exec.Strict:   "a departure needs a reason first, and is recorded with its kind and who",
	exec.Lockstep: "no departures; what the document does not say ends blocked",
}

func promised(sc scene, w int) []string {
	s := sc.st.Scenario
	starts, stops := exec.Anchors(s)
	var rows []string
	if s.RTO > 0 {
		words := fmt.Sprintf("%s, from %s to %s", part.Clock(s.RTO), starts, stops)
		if s.Clock.Steady > 0 {
			words += ", and all well for " + part.Clock(s.Clock.Steady)
		}
		rows = append(rows, part.Remark("RTO", words, w)...)
	}
	if s.RPO > 0 {
		rows = append(rows, part.Remark("RPO", part.Clock(s.RPO), w)...)
	}
	if d, ok := sc.st.Book.Dependency(s.Component); ok && d.MTD > 0 {
		rows = append(rows, part.Remark("MTD", part.Clock(d.MTD)+", from disruption to resumed", w)...)
	}
	if len(rows) == 0 {
		rows = []string{" none is documented"}
	}
	return rows
}

func people(sc scene, w int) []string {
	seen, rows := map[string]bool{}, []string(nil)
	for _, step := range sc.st.Scenario.Steps {
		if step.Who == "" || seen[step.Who] {
			continue
		}
		seen[step.Who] = true
		who := strings.Join(sc.st.Book.People(sc.st.Scenario, step.Who), ", ")
		rows = append(rows, part.Remark("role", step.Who+": "+who, w)...)
	}
	return rows
}

// counts says how many steps of which sort there are.
func counts(s *runbook.Scenario) string {
	n := map[runbook.Interaction]int{}
	changes := 0
	for _, step := range s.Steps {
		n[step.Kind.Interaction()]++
		if step.Effect == runbook.Change || step.Effect == runbook.Final {
			changes++
		}
	}
	return fmt.Sprintf("%d: %d run, %d by hand, %s, %s; %d change something", len(s.Steps), n[runbook.Runs], n[runbook.Attests],
		part.Count(n[runbook.Decides], "decision", "decisions"), part.Count(n[runbook.Waits], "wait", "waits"), changes)
}
