package report

import (
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// writeMeasures sets what was promised beside what was measured.
func writeMeasures(v *view, p *page) {
	var rows [][]md
	for _, name := range []string{"RTO", "RPO", "MTD"} {
		rows = append(rows, v.promises(name)...)
	}
	rows = append(rows, v.net()...)
	p.table([]md{"Objective", "Target", "Actual", "Margin", "Verdict", "Basis"}, rows...)
	p.para(v.budget())
	v.writeSpans(p)
	v.writeMarks(p)
	p.para(v.point())
}

// promises are the rows of one objective, for each scenario that the exercise came
// to, also where the document has none.
func (v *view) promises(name string) [][]md {
	var rows [][]md
	for _, o := range v.objectives {
		switch {
		case o.Name != name:
		case !o.Measured:
			rows = append(rows, []md{text(o.Called()), say("%s", o.Target), "not measured", "", say("%s (%s)", o.Verdict, o.Why), text(o.Basis)})
		default:
			rows = append(rows, []md{text(o.Called()), say("%s", o.Target), say("%s", o.Actual), margin(o.Margin()), say("**%s**", o.Verdict), text(o.Basis) + simulated(o)})
		}
	}
	if len(rows) == 0 {
		rows = append(rows, []md{md(name), "not set", "", "", "not evaluated (the document sets no target)", ""})
	}
	return rows
}

// margin is what was to spare, with its sign. It begins with no letter, and is
// still safe: a table's cell can't hold a list.
func margin(d time.Duration) md { return md(exec.Signed(d)) }

// net is the RTO's figure without holds. It is only given where the outage was
// simulated: in a real one, waiting is recovery time.
func (v *view) net() [][]md {
	c := v.s.Clock(v.s.Last)
	for _, o := range v.objectives {
		if o.Name == "RTO" && o.Measured && o.Notional && c.OnHold > 0 {
			left := o.Actual - c.OnHold
			return [][]md{{"RTO, net of holds", say("%s", o.Target), say("%s", left), margin(o.Target - left),
				"information", say("without %s on hold; possible only because the outage was simulated", c.OnHold)}}
		}
	}
	return nil
}

// budget draws how much of the RTO was used. It rounds up, never in favour.
func (v *view) budget() md {
	for _, o := range v.objectives {
		if o.Name != "RTO" || !o.Measured || o.Target <= 0 {
			continue
		}
		percent := int((o.Actual*100 + o.Target - 1) / o.Target)
		full := min(20, (percent+4)/5)
		drawn := code(strings.Repeat("█", full) + strings.Repeat("░", 20-full))
		return joined(" ", say("RTO used: %s %s %%.", drawn, percent), v.holds(o))
	}
	return ""
}

// holds says how much of the RTO's figure was spent on hold in a real outage.
func (v *view) holds(o exec.Objective) md {
	if c := v.s.Clock(v.s.Last); c.OnHold > 0 && !o.Notional {
		return say("The work was on hold for %s of that time, which counts: the outage was real.", c.OnHold)
	}
	return ""
}

// spans are the times between marks that are shown beside the objectives.
var spans = []struct {
	name     md
	from, to runbook.Mark
	note     md
}{
	{"Recovery, from the disruption", runbook.Disruption, runbook.Verified, ""},
	{"Recovery, from detection", runbook.Detected, runbook.Verified, ""},
	{"Recovery, from declaration", runbook.Declared, runbook.Verified, "what the recovery team controlled"},
	{"Recovery, before it was tested", runbook.Disruption, runbook.Recovered, "the last recovery step, not yet verified"},
	{"TTD, time to detect", runbook.Disruption, runbook.Detected, ""},
	{"TTA, time to acknowledge", runbook.Detected, runbook.Acknowledged, ""},
	{"Time to declare", runbook.Detected, runbook.Declared, ""},
	{"Work recovery", runbook.Verified, runbook.Resumed, "from verified to normal operation"},
	{"Total disruption", runbook.Disruption, runbook.Resumed, ""},
}

// writeSpans shows the times between those marks that exist. They are judged
// against nothing. Those of a dry run would measure only the typing.
func (v *view) writeSpans(p *page) {
	if v.s.Began.DryRun {
		return
	}
	var rows [][]md
	starts, stops := exec.Anchors(v.s.Scenario)
	for _, row := range spans {
		from, ok := v.s.Moment(row.from)
		to, ok2 := v.s.Moment(row.to)
		judged := v.s.Scenario.RTO > 0 && row.from == starts && row.to == stops
		if !ok || !ok2 || judged || to.At.Before(from.At) {
			continue
		}
		note := row.note
		if row.to == runbook.Detected && v.s.Began.Kind != exec.Incident {
			note = "people knew that an exercise was on, so this says little"
		}
		if from.Notional {
			note = joined("; ", note, "simulated outage")
		}
		rows = append(rows, []md{row.name, say("%s", to.At.Sub(from.At)), joined("; ", say("%s to %s", row.from, row.to), note)})
	}
	if safe, ok := v.safe(); ok {
		rows = append(rows, []md{"Back to safety", say("%s", safe), "from the moment in which it was given up to the last step of the way back"})
	}
	if len(rows) > 0 {
		p.para("Other times, for information:")
		p.table([]md{"Time", "Actual", "Basis"}, rows...)
	}
}

// writeMarks shows the moments that everything was measured between.
func (v *view) writeMarks(p *page) {
	var rows [][]md
	var missing []md
	for _, name := range runbook.Marks {
		m, ok := v.s.Moment(name)
		if !ok {
			missing = append(missing, text(string(name)))
			continue
		}
		basis := text(m.Basis)
		if m.Notional {
			basis += " (simulated)"
		}
		rows = append(rows, []md{text(string(name)), say("%s", m.At), v.since(m.At), basis})
	}
	if len(rows) > 0 {
		p.para("Clock marks:")
		p.table([]md{"Mark", "UTC", "T+", "Basis"}, rows...)
	}
	if len(missing) > 0 {
		p.para("Marks that were not set: " + joined(", ", missing...) + ".")
	}
}

// point tells how the recovery point was observed.
func (v *view) point() md {
	o := v.s.Point
	if o == nil {
		return "No recovery point was observed."
	}
	every := md("The interval of its observation is not stated.")
	if o.Every > 0 {
		every = say("It is known to within %s; the verdict falls on the upper end.", o.Every)
	}
	return say("Recovery point: %s, observed by the method *%s* from the value %s. %s", o.Instant, o.Method, code(o.Value), every)
}
