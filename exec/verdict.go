package exec

import (
	"time"

	"bythebook/runbook"
)

// An Objective is a documented promise beside what was measured. A number that
// was not measured is "not evaluated" and says why; it is never zero.
type Objective struct {
	Name     string // RTO, RPO or MTD
	Target   time.Duration
	Actual   time.Duration // only meaningful where Measured
	Measured bool
	Verdict  Verdict
	Basis    string // between which moments, observed how
	Why      string // of not evaluated
	Notional bool   // the outage was simulated
}

// Margin is what was to spare, negative when the objective was missed.
func (o Objective) Margin() time.Duration { return o.Target - o.Actual }

// Verdicts are three, never one.
type Verdicts struct {
	Outcome    Verdict
	Fidelity   Fidelity
	Completion Completion
}

// Objectives are all that the document promises for the scenario, judged. A
// boundary that is just reached is met; nothing is ever rounded in favour.
func Objectives(s State) []Objective {
	if s.Scenario == nil {
		return nil
	}
	var all []Objective
	if s.Scenario.RTO > 0 {
		all = append(all, s.rto())
	}
	if s.Scenario.RPO > 0 {
		all = append(all, s.rpo())
	}
	if d, ok := s.Book.Dependency(s.Scenario.Component); ok && d.MTD > 0 {
		all = append(all, s.mtd(d.MTD))
	}
	return all
}

func (s State) objective(name string) Objective {
	for _, o := range Objectives(s) {
		if o.Name == name {
			return o
		}
	}
	return Objective{Name: name, Verdict: NotEvaluated}
}

func (s State) rto() Objective {
	starts, stops := Anchors(s.Scenario)
	o := s.span("RTO", s.Scenario.RTO, starts, stops)
	steady := s.Scenario.Clock.Steady
	if steady == 0 {
		return o
	}
	o.Basis += ", and " + Long(steady) + " in which all is well"
	if o.Measured {
		if why := s.unsteady(); why != "" {
			return Objective{Name: o.Name, Target: o.Target, Verdict: NotEvaluated, Basis: o.Basis, Why: why}
		}
		o.Actual += steady
		o.judge(o.Actual)
	}
	return o
}

// mtd judges the whole disruption. Normal operation that nobody verified is not
// taken for the end of one.
func (s State) mtd(target time.Duration) Objective {
	o := s.span("MTD", target, runbook.Disruption, runbook.Resumed)
	if _, verified := s.Moment(runbook.Verified); o.Measured && !verified {
		return Objective{Name: o.Name, Target: target, Verdict: NotEvaluated, Basis: o.Basis, Why: "recovery was not verified"}
	}
	return o
}

// span judges the time between two marks.
func (s State) span(name string, target time.Duration, starts, stops runbook.Mark) Objective {
	o := Objective{Name: name, Target: target, Verdict: NotEvaluated, Basis: "from " + string(starts) + " to " + string(stops)}
	if o.Why = s.unmeasurable(); o.Why != "" {
		return o
	}
	from, ok := s.Moment(starts)
	if !ok {
		o.Why = "the mark " + string(starts) + " was not set"
		return o
	}
	to, ok := s.Moment(stops)
	if !ok {
		o.Why = "the mark " + string(stops) + " was not reached"
		return o
	}
	if to.At.Before(from.At) {
		o.Why = "the mark " + string(stops) + " is earlier than " + string(starts)
		return o
	}
	o.Actual, o.Measured, o.Notional = to.At.Sub(from.At), true, from.Notional
	o.judge(o.Actual)
	return o
}

// unmeasurable says why nothing at all can be measured, "" when it can.
func (s State) unmeasurable() string {
	switch {
	case s.Began.DryRun:
		return "outcomes were simulated"
	case s.Ended != nil && s.Ended.Completion == Aborted:
		return "the exercise was aborted"
	}
	return ""
}

func (o *Objective) judge(actual time.Duration) {
	o.Verdict = Met
	if actual > o.Target {
		o.Verdict = Missed
	}
}

// rpo judges the data-loss window from an observed recovery point. Markers are
// written at an interval, so the loss is known to within it; the verdict falls
// on the upper end.
func (s State) rpo() Objective {
	o := Objective{Name: "RPO", Target: s.Scenario.RPO, Verdict: NotEvaluated, Basis: "from the recovery point to disruption"}
	if o.Why = s.unmeasurable(); o.Why != "" {
		return o
	}
	from, ok := s.Moment(runbook.Disruption)
	switch {
	case s.Point == nil:
		o.Why = "no recovery point was observed"
		return o
	case !ok:
		o.Why = "the mark disruption was not set"
		return o
	}
	loss := from.At.Sub(s.Point.Instant)
	o.Basis = "recovery point " + stamp(s.Point.Instant) + " by " + s.Point.Method
	if loss <= 0 {
		loss = 0 // newer than the disruption: nothing was lost
	} else if s.Point.Every > 0 {
		o.Basis += ", within " + Long(s.Point.Every)
		loss += s.Point.Every
	}
	o.Actual, o.Measured, o.Notional = loss, true, from.Notional
	o.judge(loss)
	return o
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// Judge gives the three verdicts on an exercise as it stands.
func Judge(s State) Verdicts { return Weigh(s, Objectives(s), Deviations(s)) }

// Weigh is Judge for whoever has the exercise's objectives and deviations
// already, and all of them.
func Weigh(s State, objectives []Objective, deviations []Deviation) Verdicts {
	return Verdicts{Outcome: outcome(objectives), Fidelity: fidelity(s, deviations), Completion: completion(s)}
}

// outcome is missed where any objective is, met where all of RTO and RPO that
// the document promises are, and otherwise not evaluated.
func outcome(objectives []Objective) Verdict {
	all, met := 0, 0
	for _, o := range objectives {
		if o.Verdict == Missed {
			return Missed
		}
		if o.Name == "MTD" {
			continue
		}
		all++
		if o.Verdict == Met {
			met++
		}
	}
	if all > 0 && met == all {
		return Met
	}
	return NotEvaluated
}

func fidelity(s State, deviations []Deviation) Fidelity {
	if s.Began.DryRun || s.Performed == 0 {
		return FidelityUnknown
	}
	result := AsDocumented
	for _, d := range deviations {
		if d.Material() {
			return MaterialDeviations
		}
		if d.Severity != Info && d.Code != "O03" {
			result = MinorDeviations
		}
	}
	return result
}

func completion(s State) Completion {
	if s.Ended == nil {
		return Running
	}
	return s.Ended.Completion
}

// TestFailed reports whether a mandatory test failed and stands so.
func (s State) TestFailed() bool {
	for i, step := range s.Scenario.Steps {
		if st := s.steps[i]; step.Procedure == runbook.Test && !step.Optional && st.Status == Failed && !st.WayOut {
			return true
		}
	}
	return false
}

// FinalStatus is a step's status as reports write it.
func (s State) FinalStatus(i int) Status {
	st := s.Step(i)
	switch {
	case st.Status == Open:
		return NotReached
	case st.Status == Active && s.Ended != nil:
		return Unknown
	}
	return st.Status
}
