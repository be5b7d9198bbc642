package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"bythebook/exec"
	"bythebook/runbook"
)

// maxBars bounds the chart; what it leaves out is in the tables.
const maxBars = 40

func writeTimeline(v *view, p *page) {
	v.writeChart(p)
	p.para(say("T+ counts from %s, %s. Times are UTC.", v.zeroName, v.zero))
	clock := "15:04:05"
	if first, last := v.s.First.UTC(), v.s.Last.UTC(); first.YearDay() != last.YearDay() || first.Year() != last.Year() {
		clock = "01-02 15:04:05"
	}
	p.table([]md{"T+", "UTC", "Who", "Step", "Event"}, v.eventRows(clock)...)
}

// eventRows is a row for every event, and one for every mark that follows from
// an event without being one.
func (v *view) eventRows(clock string) [][]md {
	var rows [][]md
	told := map[runbook.Mark]bool{}
	for _, m := range v.s.Moments {
		told[m.Name] = v.markedByHand(m)
	}
	for i, e := range v.Events {
		step := md("")
		if e.Step != "" {
			step = v.step(e.Step)
		}
		rows = append(rows, []md{v.since(e.At), md(e.At.UTC().Format(clock)), text(v.people.called(e.By)), step, v.happened(e)})
		if i+1 < len(v.Events) && v.Events[i+1].At.Equal(e.At) {
			continue // marks come last of what happened at their instant
		}
		for _, m := range v.s.Moments {
			if m.At.Equal(e.At) && !told[m.Name] {
				told[m.Name] = true
				rows = append(rows, []md{v.since(m.At), md(m.At.UTC().Format(clock)), "the program", "", say("**Mark %s**: %s", m.Name, m.Basis)})
			}
		}
	}
	return rows
}

// markedByHand reports whether a mark has an event of its own.
func (v *view) markedByHand(m exec.Moment) bool {
	for _, e := range v.Events {
		if b, ok := e.Body.(exec.Marked); ok && b.Name == string(m.Name) && b.Instant.Equal(m.At) {
			return true
		}
	}
	return false
}

// A bar is one step on the chart, as planned or as it was.
type bar struct {
	name, tag string
	from      time.Time
	took      time.Duration
}

// writeChart draws the plan beside what happened. Everything in it is in the
// tables as well.
func (v *view) writeChart(p *page) {
	if v.s.Started.IsZero() {
		p.para("The exercise did not begin, so there is no chart.")
		return
	}
	plan, actual := v.planBars(), v.actualBars()
	least := v.leastBar(plan, actual)
	lines := []string{"gantt", "  title Planned and actual times in UTC", "  dateFormat YYYY-MM-DDTHH:mm:ss", "  axisFormat %H:%M"}
	if least < 15*time.Second {
		lines[3] = "  axisFormat %H:%M:%S"
	}
	if len(v.s.Moments) > 0 {
		lines = append(lines, "  section Marks")
	}
	for i, m := range v.s.Moments {
		lines = append(lines, fmt.Sprintf("  %s :milestone, m%d, %s, 0s", plainName(string(m.Name)), i+1, chartTime(m.At)))
	}
	lines = append(lines, drawn("Planned", "p", plan, least)...)
	lines = append(lines, drawn("Actual", "a", actual, least)...)
	p.fence("mermaid", strings.Join(lines, "\n"))
	if padded(actual, least) || padded(plan, least) {
		p.para(say("Bars shorter than %s are drawn as long as that, to be seen; the true times are in section 6.", least))
	}
	if max(len(plan), len(actual)) > maxBars {
		p.para(say("The chart shows the first %s bars of each part.", maxBars))
	}
}

// planBars lays the documented estimates one after the other from the go on,
// for the steps that were reached; which others were due is not known.
func (v *view) planBars() []bar {
	var bars []bar
	at := v.s.Started
	for i, step := range v.s.Scenario.Steps {
		plan := exec.Planned(step)
		if plan == 0 || !v.reached(i) {
			continue
		}
		bars = append(bars, bar{name: chartName(i, step), from: at, took: plan})
		at = at.Add(plan)
	}
	return bars
}

func (v *view) actualBars() []bar {
	var bars []bar
	for i, step := range v.s.Scenario.Steps {
		from, took, ok := v.worked(i)
		if !ok {
			continue
		}
		tag := "done, "
		for _, f := range v.at(step.ID) {
			if f.Material() {
				tag = "crit, "
			}
		}
		bars = append(bars, bar{name: chartName(i, step), tag: tag, from: from, took: took})
	}
	return bars
}

// worked is when a step was begun and how long it took, to the newest event
// where it has not ended; false where nothing was done.
func (v *view) worked(i int) (from time.Time, took time.Duration, ok bool) {
	st := v.s.Step(i)
	switch status := v.status(i); {
	case status == exec.NotApplicable || status == exec.Skipped:
		return from, 0, false
	case !st.Closed.IsZero():
		return st.Closed.Add(-st.Took()), st.Took(), true
	}
	var until time.Time
	for _, a := range st.Attempts {
		if a.Visit != st.Visit {
			continue
		}
		if from.IsZero() {
			from = a.Began
		}
		until = a.Ended
	}
	if from.IsZero() {
		return from, 0, false
	}
	if until.IsZero() {
		until = v.s.Last
	}
	return from, until.Sub(from), true
}

// leastBar is the shortest bar that can still be seen: a fortieth of the chart,
// at least a second and at most a minute.
func (v *view) leastBar(plan, actual []bar) time.Duration {
	end := v.s.Last
	for _, bars := range [][]bar{plan, actual} {
		if n := len(bars); n > 0 {
			if last := bars[n-1].from.Add(bars[n-1].took); last.After(end) {
				end = last
			}
		}
	}
	least := (end.Sub(v.s.Started) / maxBars).Truncate(time.Second)
	return min(max(least, time.Second), time.Minute)
}

func padded(bars []bar, least time.Duration) bool {
	for _, b := range bars {
		if b.took < least {
			return true
		}
	}
	return false
}

func drawn(title, prefix string, bars []bar, least time.Duration) []string {
	if len(bars) == 0 {
		return nil
	}
	lines := []string{"  section " + title}
	for i, b := range bars[:min(len(bars), maxBars)] {
		seconds := int(max(b.took, least).Round(time.Second) / time.Second)
		lines = append(lines, fmt.Sprintf("  %s :%s%s%d, %s, %ds", b.name, b.tag, prefix, i+1, chartTime(b.from), seconds))
	}
	return lines
}

func chartTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }

func chartName(i int, step runbook.Step) string {
	return fmt.Sprintf("%d %s", i+1, plainName(step.ID))
}

// plainName keeps what a chart can't mistake for its own syntax.
func plainName(s string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.' {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return -1
	}, s)
	return short(kept, 40)
}

// stillRunning lists processes that were left running.
func stillRunning(left []string) md {
	var parts []md
	for _, words := range left {
		parts = append(parts, text(words))
	}
	return stated("Still running: ", parts)
}

// happened is one event in words.
func (v *view) happened(e exec.Event) md {
	switch b := e.Body.(type) {
	case exec.Began:
		return "Put on record."
	case exec.Resumed:
		return joined(" ", "Resumed by another process.", torn(b.Torn), stillRunning(b.StillRuns()))
	case exec.CopyChanged:
		return say("**Changed** in the frozen copy: %s. What was to run did not start.", code(b.Path))
	case exec.Ended:
		return joined(" ", joined(": ", say("**Ended**, %s", b.Completion), text(b.Reason)), stillRunning(b.StillRuns()))
	case exec.GateDecided:
		switch {
		case b.Go && b.Gate == exec.GateStart:
			return say("**Go** at the gate *%s*.", b.Gate)
		case b.Go && b.Gate == exec.GateStop:
			return say("The stop was **answered**, and the exercise goes on: %s", b.Reason)
		case b.Go:
			return say("Gate *%s* **overridden** by %s: %s", b.Gate, v.people.called(b.Agreed), b.Reason)
		}
		return joined(": ", say("**No-go** at the gate *%s*", b.Gate), text(b.Reason))
	case exec.RoleTaken:
		return say("Role taken: %s.", v.people.role(b.Role))
	case exec.RoleHanded:
		return say("The role of the %s **handed** from %s to %s.", b.Role, v.people.called(b.From), v.people.called(b.To))
	case exec.InputGiven:
		if b.Secret {
			return say("Value of %s: a secret, on no record. From: %s", code(b.Name), b.From)
		}
		return say("Value of %s: %s. From: %s", code(b.Name), code(short(b.Value, 80)), b.From)
	case exec.Marked:
		return v.markedWords(b, e.At)
	case exec.Noted:
		return say("Note: %s", b.Text)
	case exec.Deviated:
		return v.declaredWords(b)
	case exec.Held:
		return say("Hold: %s", b.Reason)
	case exec.Released:
		return "Hold released."
	case exec.StopCalled:
		return say("**Stop called**: %s", b.Reason)
	case exec.ClockJumped:
		return say("The wall clock went %s against the monotonic clock.", md(exec.Signed(b.By)))
	case exec.TerminalOpened:
		return terminalWords(b)
	case exec.TerminalEnded:
		return joined(": ", say("Terminal %s ended", b.Name), text(b.Reason))
	}
	return v.stepHappened(e)
}

// terminalWords tells of a terminal that was opened.
func terminalWords(b exec.TerminalOpened) md {
	switch b.Level {
	case exec.NestedLevel:
		return say("Terminal %s opened: %s within it, driven through its prompt", b.Name, code(b.Shell))
	case exec.RawLevel:
		return say("Terminal %s opened: no shell; what ends in it a person says", b.Name)
	}
	return say("Terminal %s opened: %s", b.Name, code(b.Shell))
}

// again names the steps that are done again because a terminal is new.
func again(steps []string) md {
	if len(steps) == 0 {
		return ""
	}
	return say("with %s again first, as its terminal is new", strings.Join(steps, ", "))
}

// replayed tells how those came out.
func replayed(all []exec.Replayed) md {
	var words []md
	for _, r := range all {
		end := string(r.Outcome)
		if r.Exit != nil {
			end += fmt.Sprintf(" %d", *r.Exit)
		}
		words = append(words, say("%s: %s, %s", r.Step, end, r.Match))
	}
	if len(words) == 0 {
		return ""
	}
	return "Done again in the new terminal: " + joined("; ", words...) + "."
}

// stepHappened is one event of a step in words.
func (v *view) stepHappened(e exec.Event) md {
	switch b := e.Body.(type) {
	case exec.StepBegan:
		confirmed := md("")
		if b.Confirmed != "" {
			confirmed = say("confirmed with %s", code(b.Confirmed))
		}
		if b.Condition {
			return "Began to look at its condition"
		}
		turn := text(exec.Attempt{Block: b.Block, At: b.At}.Turn())
		return joined(", ", joined(" ", "Began", turn), say("try %s", b.Attempt), confirmed, again(b.Setup))
	case exec.StepEnded:
		return joined(" ", say("Ended: %s.", v.resultWords(&b)), replayed(b.Replayed))
	case exec.StepDone:
		if b.Accepted != "" {
			return say("The failed expectation was accepted: %s", b.Accepted)
		}
		if b.File != nil {
			return say("Done: left as evidence, %s", fileWords(*b.File))
		}
		return joined(": ", "Done", text(b.Text))
	case exec.StepSkipped:
		return say("Left out: %s", b.Reason)
	case exec.StepBlocked:
		return say("Blocked: %s", b.Reason)
	case exec.StepUnknown:
		return joined("; ", say("Outcome unknown: %s", b.Reason), text((&b).Words()))
	case exec.StepResolved:
		if b.Done {
			return joined(": ", "A person said that it was done", text(b.Text))
		}
		return joined(": ", "A person said that it was not done", text(b.Text))
	case exec.Answered:
		return say("Answered *%s*: %s", b.Say, b.Question)
	case exec.Captured:
		return say("Value %s: %s", code(b.Name), code(short(b.Value, 80)))
	case exec.PointObserved:
		return say("Recovery point observed: %s, by %s.", b.Instant, b.Method)
	}
	return text(e.Body.Type())
}

func torn(bytes int) md {
	if bytes == 0 {
		return ""
	}
	return say("A half-written record of %s was set aside.", counted(bytes, "byte", "bytes"))
}

func (v *view) markedWords(b exec.Marked, at time.Time) md {
	later := md("")
	if !b.Instant.Equal(at) {
		later = say(" at %s, recorded later", b.Instant)
	}
	sim := md("")
	if b.Notional {
		sim = " (simulated)"
	}
	return say("**Mark %s**%s%s: %s", b.Name, later, sim, b.Basis)
}

func (v *view) declaredWords(b exec.Deviated) md {
	return joined(" ", joined(": ", say("Deviation declared, *%s*", b.Kind), text(b.What)), say("Reason: %s", b.Reason))
}

// resultWords says how an attempt ended, and whether that is what is written.
func (v *view) resultWords(r *exec.StepEnded) md {
	how := say("%s", r.Outcome)
	switch {
	case r.Simulated:
		return "simulated, nothing was executed"
	case r.Exit != nil:
		how = say("exit %s", *r.Exit)
	case r.Signal != "":
		how = say("ended by signal %s", r.Signal)
	}
	if r.Exit != nil && r.Outcome != exec.Exited {
		how = say("%s, %s", r.Outcome, how)
	}
	match := map[string]md{exec.Matched: "as expected", exec.Differs: "not as expected", exec.NotComparable: "not comparable"}[r.Match]
	if r.Outcome == exec.Exited && r.Uncompared != "" {
		match = say("not comparable: %s", r.Uncompared)
	}
	return joined(", ", how, match, text(r.Reason))
}
