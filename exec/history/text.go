package history

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"

	"github.com/charmbracelet/x/ansi"
)

// wide is how many cells a line takes at most.
const wide = 80

// A sheet is plain text being written, line by line. No line is wider than a
// terminal's usual 80 cells.
type sheet struct{ b strings.Builder }

// line writes one line. Foreign text in it must be clean already.
func (s *sheet) line(format string, args ...any) {
	s.b.WriteString(strings.TrimRight(ansi.Truncate(fmt.Sprintf(format, args...), wide, "..."), " ") + "\n")
}

// prose writes foreign text, broken between words. Its first line begins with
// the head, the others with as many blanks.
func (s *sheet) prose(head, text string) {
	text = clean.Line(strings.Join(strings.Fields(text), " "))
	for l := range strings.SplitSeq(ansi.Wrap(text, wide-len(head), " "), "\n") {
		s.line("%s%s", head, strings.TrimSpace(l))
		head = strings.Repeat(" ", len(head))
	}
}

// rule is a line across, with a title at its left and a remark at its right.
func (s *sheet) rule(title, right string) {
	left := "-- " + title + " "
	if right != "" {
		right = " " + right + " --"
	}
	s.line("%s%s%s", left, strings.Repeat("-", max(2, wide-ansi.StringWidth(left)-len(right))), right)
}

// damaged shows a record that can't be trusted.
func (s *sheet) damaged(r Record) {
	s.line(" %-14s  DAMAGED, and part of no figure:", clean.Line(r.ID))
	s.prose("     ", r.Damage.Error())
}

// fit is foreign text in exactly n cells.
func fit(text string, n int) string {
	text = ansi.Truncate(clean.Line(strings.Join(strings.Fields(text), " ")), n, "...")
	return text + strings.Repeat(" ", max(0, n-ansi.StringWidth(text)))
}

// Text is the overview for a terminal, in plain words and lines of 80 cells.
func Text(o Overview) string {
	s := &sheet{}
	if len(o.Covered) > 1 {
		s.line("TRIED    %s", o.total())
	}
	for i, t := range o.Trends {
		if i > 0 || len(o.Covered) > 1 {
			s.b.WriteByte('\n')
		}
		o.trend(s, t)
	}
	if len(o.Improvements) > 0 || len(o.Baselines) > 0 {
		s.b.WriteByte('\n')
	}
	o.improvements(s)
	o.baselines(s)
	if len(o.Damaged) > 0 {
		s.b.WriteByte('\n')
		s.rule("Records that can't be read", "")
		for _, r := range o.Damaged {
			s.damaged(r)
		}
	}
	return s.b.String()
}

// trend is one scenario.
func (o Overview) trend(s *sheet, t Trend) {
	s.prose("HISTORY  ", o.Playbook+" > "+t.Scenario+": "+t.Title)
	if o.Gone {
		s.line("         The playbook is not here; only its records are.")
	}
	if len(t.Exercises) == 0 {
		s.line("         Never exercised.")
		return
	}
	s.prose("TREND    ", strings.Join(t.summary(), "; "))
	s.rule("Recovery time, newest last: "+t.share(), "the RTO is the bar |")
	simulated := false
	for _, r := range t.Exercises {
		row(s, r)
		simulated = simulated || r.Objective("RTO").Notional
	}
	if simulated {
		s.line(" ~ the outage was simulated")
	}
	t.figures(s)
	t.slow(s)
	t.cameBack(s)
	o.coverage(s, t.Scenario)
}

// summary is how things go, in a few words each.
func (t Trend) summary() []string {
	var parts []string
	if t.RTA.Of > 0 {
		parts = append(parts, "recovery "+fromTo(exec.Long(t.RTA.First), exec.Long(t.RTA.Last)), fmt.Sprintf("RTO met %d of the last %d", t.Met, t.Of))
	}
	if t.Deviations.Of > 0 {
		parts = append(parts, "deviations "+fromTo(fmt.Sprint(t.Deviations.First), fmt.Sprint(t.Deviations.Last)))
	}
	if len(parts) == 0 {
		parts = append(parts, "no figures yet")
	}
	return parts
}

// share is how many of the exercises the figures are made of.
func (t Trend) share() string {
	return fmt.Sprintf("%d of %d completed", len(counted(t.Exercises)), len(t.Exercises))
}

func fromTo(first, last string) string { return first + " -> " + last }

// How a bar is drawn: the objective stands at one cell of all that there are.
const (
	barCells  = 38
	barTarget = 30
)

// row is one exercise with its bar.
func row(s *sheet, r Record) {
	o, why := r.Objective("RTO"), r.Aside()
	if why == "" && !o.Measured {
		why = "not measured: " + o.Why
	}
	if why != "" {
		s.line(" %-14s  -         %s", r.ID, clean.Line(why))
		return
	}
	took, verdict := exec.Long(o.Actual), "met"
	if o.Notional {
		took += "~"
	}
	if o.Verdict == exec.Missed {
		verdict = "MISSED"
	}
	s.line(" %-14s  %-9s %s %-6s dev %d", r.ID, took, bar(o.Actual, o.Target), verdict, len(r.Deviations))
}

// bar draws a time against its objective. What is longer than the bar ends in >.
func bar(took, target time.Duration) string {
	cells := int((took*barTarget + target - 1) / target) // a part counts as a whole: nothing is drawn in favour
	drawn := []byte(strings.Repeat("#", min(cells, barCells-1)) + strings.Repeat(" ", max(0, barCells-1-cells)))
	if cells >= barCells {
		drawn[barCells-2] = '>'
	}
	return string(drawn[:barTarget]) + "|" + string(drawn[barTarget:])
}

// figures are first, best, last and median of what can be counted.
func (t Trend) figures(s *sheet) {
	if len(counted(t.Exercises)) == 0 {
		return
	}
	s.line("")
	s.line(" %-12s %10s %10s %10s %10s", "", "first", "best", "last", "median")
	for _, f := range []struct {
		name string
		of   Figure[time.Duration]
	}{{"recovery", t.RTA}, {"data lost", t.RPA}} {
		if f.of.Of > 0 {
			s.line(" %-12s %10s %10s %10s %10s of %d", f.name, exec.Long(f.of.First), exec.Long(f.of.Best), exec.Long(f.of.Last), exec.Long(f.of.Median), f.of.Of)
		}
	}
	for _, f := range []struct {
		name string
		of   Figure[int]
	}{{"deviations", t.Deviations}, {"tries", t.Tries}} {
		s.line(" %-12s %10d %10d %10d %10d of %d", f.name, f.of.First, f.of.Best, f.of.Last, f.of.Median, f.of.Of)
	}
}

// few is how many lines of a kind a terminal shows; the other forms show all.
const few = 5

func (t Trend) slow(s *sheet) {
	if len(t.Slowest) == 0 {
		return
	}
	s.rule("Slowest against plan", fmt.Sprintf("median of the last %d", latest))
	for _, slow := range t.Slowest[:min(few, len(t.Slowest))] {
		s.line(" step %-3d %s plan %-8s took %-8s x%.1f", slow.N, fit(slow.Do, 34), exec.Long(slow.Plan), exec.Long(slow.Took), slow.Ratio())
	}
	s.more(len(t.Slowest))
}

// more says that there are more than the few that are shown.
func (s *sheet) more(n int) {
	if n > few {
		s.line(" and %d more; --format md shows all", n-few)
	}
}

func (t Trend) cameBack(s *sheet) {
	if len(t.Again) == 0 {
		return
	}
	s.rule("Deviations that came back", "")
	for _, a := range t.Again[:min(few, len(t.Again))] {
		s.line(" %s", clean.Line(a.where()))
		s.line("     %s", a.times())
	}
	s.more(len(t.Again))
}

// where is what came back, and at which step.
func (a Again) where() string {
	if a.Step == "" {
		return a.Code + " " + a.Name
	}
	return a.Code + " " + a.Name + ", step " + a.Step
}

// times is when it came.
func (a Again) times() string {
	n := len(a.When) - 1
	times := fmt.Sprintf("%d times from %s to %s, last in %s", n+1, day(a.When[0]), day(a.When[n]), a.Exercises[n])
	if a.Not != "" {
		times += "; not in " + a.Not + ", which is later"
	}
	return times
}

// day is a date as documents write it.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

// coverage is what was tried of the scenario's present text.
func (o Overview) coverage(s *sheet, scenario string) {
	c, ok := o.covered(scenario)
	if !ok {
		if !o.Gone {
			s.line(" The playbook has no such scenario any more.")
		}
		return
	}
	s.rule("Tried of the present text", "last completed: "+day(c.Exercised))
	s.line(" %d of %d steps carried out, %d of %d answers given", Share(c.Steps), len(c.Steps), Share(c.Branches), len(c.Branches))
	untried(s, "Never carried out: ", c.Steps)
	untried(s, "Never answered: ", c.Branches)
}

func untried(s *sheet, what string, parts []Tried) {
	if never := names(parts); len(never) > 0 {
		s.prose(" ", what+strings.Join(never, ", ")+".")
	}
}

// names are those of the parts that were never tried.
func names(parts []Tried) []string {
	var all []string
	for _, t := range parts {
		switch {
		case !t.Last.IsZero():
		case t.Say != "":
			all = append(all, fmt.Sprintf("%s %q", t.Step, t.Say))
		default:
			all = append(all, t.Step)
		}
	}
	return all
}

func (o Overview) improvements(s *sheet) {
	if len(o.Improvements) == 0 {
		return
	}
	s.rule("Open improvements", fmt.Sprint(len(o.Improvements)))
	for _, im := range o.Improvements {
		s.line(" %s", clean.Line(o.heading(im)))
		s.prose("     ", im.Text)
	}
}

// heading is everything of an improvement but its text.
func (o Overview) heading(im Improvement) string {
	where := im.Scenario
	if im.Step != "" {
		where += ", step " + im.Step
	}
	return fmt.Sprintf("%s %s  %s  %s, owner %s  (%s)", im.Severity, im.Code, where, o.age(im), named(im.Owner), im.Exercise)
}

// age is for how long an improvement has been open, in words.
func (o Overview) age(im Improvement) string {
	switch n := im.Days(o.Now); n {
	case 0:
		return "today"
	case 1:
		return "1 day old"
	default:
		return fmt.Sprintf("%d days old", n)
	}
}

// named is a contact, or that nobody is named.
func named(id string) string {
	if id == "" {
		return "nobody"
	}
	return id
}

func (o Overview) baselines(s *sheet) {
	if len(o.Baselines) == 0 {
		return
	}
	s.rule("Objectives to think over", "")
	for _, b := range o.Baselines {
		s.line(" %s", clean.Line(b.Scenario+"  "+b.Question()))
		s.prose("     ", b.Why)
	}
}

// Question is what is asked, in few words; Why says the rest.
func (b Baseline) Question() string {
	if b.To == 0 {
		return fmt.Sprintf("%s %s: missed", b.Objective, runbook.Spell(b.From))
	}
	return fmt.Sprintf("%s %s -> %s?", b.Objective, runbook.Spell(b.From), runbook.Spell(b.To))
}
