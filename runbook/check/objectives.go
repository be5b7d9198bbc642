package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// The checks of dependencies and objectives: what is promised, and whether
// what it rests on can keep it. Those that look at what steps and assumptions
// name stand in parts.go, those of what needs what in needs.go.
var objectiveChecks = []Check{
	{
		Code: "LP01", Severity: Error, find: findUncovered,
		Finds: "A critical dependency that no scenario recovers.",
		Why:   "When it is lost, the team stands before a failure that nobody prepared for.",
		Mend:  "write a scenario whose `component` it is, or say with `allow` why there is none",
	},
	{
		Code: "LP02", Severity: Error, find: findHomeless,
		Finds: "A scenario that does not say which component failed.",
		Why:   "Its objectives, its people and its dependencies are looked up by the component, so none of them can be held against the tables.",
		Mend:  "name the failed part of the system as the scenario's `component`",
	},
	{
		Code: "LP03", Severity: Warning, find: findStrays,
		Finds: "A component that is in the architecture and not among the dependencies, or the other way round.",
		Why:   "One of the two tables is behind the system, and nobody knows which.",
		Mend:  "add it to the table that lacks it, or take it out of the other",
	},
	{
		Code: "LP04", Severity: Error, find: findCycles,
		Finds: "Dependencies that need each other in a circle.",
		Why:   "None of them can be brought back first.",
		Mend:  "take out the need that recovery can do without",
	},
	{
		Code: "LP05", Severity: Error, find: findHiddenNeeds,
		Finds: "A need that nothing defines, and a dependency whose scenario rests on another one that it does not list.",
		Why:   "What is not in the table is not recovered first, and its objective is not held against this one.",
		Mend:  "list it under `needs`, by the id of a dependency",
	},
	{
		Code: "LP06", Severity: Error, find: findLateNeeds,
		Finds: "An RTO that is shorter than that of something critical which it needs.",
		Why:   "The promise is broken by the table itself: the one may still be down, as promised, when the other must be back.",
		Mend:  "shorten the RTO of what is needed, lengthen this one, or do without the need",
	},
	{
		Code: "LP07", Severity: Error, find: findLossyNeeds,
		Finds: "An RPO that is smaller than that of something which holds the data.",
		Why:   "What may be lost below is lost above as well.",
		Mend:  "make the RPO of what holds the data as small as this one, or say in the component's `data_store` where its data is",
	},
	{
		Code: "LP08", Severity: Error, find: findContradictions,
		Finds: "A scenario whose RTO or RPO is not the one of the dependency table.",
		Why:   "Two numbers for one promise: after the exercise each side holds up its own.",
		Mend:  "write the same objective in both places",
	},
	{
		Code: "LP09", Severity: Error, find: findIntolerable,
		Finds: "A recovery that takes longer than the outage may, and a critical dependency that does not say how long it may (a warning).",
		Why:   "An RTO is only as good as the damage that it prevents.",
		Mend:  "state `mtd`, the longest outage that can be borne, and keep RTO and WRT together below it",
	},
	{
		Code: "LP10", Severity: Error, find: findRareBackups,
		Finds: "An RPO that is smaller than the distance between two backups, and one of which nothing says how it is kept (a warning).",
		Why:   "The loss is as long as the backups lie apart, and as their copying takes, whatever the table promises.",
		Mend:  "back up more often, or promise less",
	},
	{
		Code: "LP11", Severity: Error, find: findCoarsePoints,
		Finds: "An RPO that the recovery points which the steps look for are too coarse to show.",
		Why:   "A marker a minute cannot prove a loss of less than a minute, so the objective can never count as met.",
		Mend:  "write recovery points at least as often as the RPO is long, and say so in `point: {every}`",
	},
	{
		Code: "LP12", Severity: Warning, find: findUnweighed,
		Finds: "A non-critical dependency without the impact of its loss, or without the time after which it turns critical.",
		Why:   "Most things that can be missed for an hour cannot be missed for a week.",
		Mend:  "write what was seen when it was lost (`impact`), and after how long that hurts (`critical_after`)",
	},
	{
		Code: "LP13", Severity: Warning, find: findClassClashes,
		Finds: "A dependency that is critical in one place and not in another.",
		Why:   "It decides which of two teams gets up at night.",
		Mend:  "give it one class, here and there",
	},
	{
		Code: "LP14", Severity: Warning, find: findOddPeriods,
		Finds: "A criticality period that is not stated or cannot be read, and an exercise that is planned outside of it (advice).",
		Why:   "Whom to wake is decided by the period. An exercise outside of it shows nothing of the time that counts.",
		Mend:  howToWriteHours,
	},
	{
		Code: "LP15", Severity: Warning, find: findNoWorkarounds,
		Finds: "A critical dependency without a manual workaround, or with one that is a step of its recovery.",
		Why:   "A workaround is how work goes on while the service is down. Restarting it is how it ends being down.",
		Mend:  "write how people do their work meanwhile, or that they cannot and why that is borne",
	},
	{
		Code: "LP16", Severity: Warning, find: findUpsideDown,
		Finds: "A scenario that is more severe than another and may take longer.",
		Why:   "Severity says what comes first, and so does an RTO. Here they disagree.",
		Mend:  "correct the severity or the RTO of one of the two",
	},
	{
		Code: "LP17", Severity: Warning, find: findUsedUnlisted,
		Finds: "A service or a host that a step uses and that no table knows.",
		Why:   "When that is down as well, the procedure stops at the step, and nobody thought of it.",
		Mend:  "add it to `components` and `dependencies`, or as the platform or endpoint of the component that it belongs to",
	},
	{
		Code: "LP18", Severity: Warning, find: findAssumedUnlisted,
		Finds: "A service that an assumption names and that is no dependency.",
		Why:   "What must be up for the recovery is a dependency, and its loss is worth a thought before the day.",
		Mend:  "add it to `dependencies`",
	},
	{
		Code: "LP19", Severity: Warning, find: findUnsupported,
		Finds: "A third party that runs a component, without a contact there or without what it promises.",
		Why:   "The RTO then rests on somebody whom nobody knows how to call.",
		Mend:  "add `third_party: {vendor, support, sla}` to the component, with the support desk in `external_contacts`",
	},
	{
		Code: "LP20", Severity: Warning, find: findLockouts,
		Finds: "A recovery that uses what was lost, or something that cannot work without it.",
		Why:   "The key is locked in: the way back leads through the door that it should open.",
		Mend:  "document a way that does without it, such as a copy that is kept elsewhere",
	},
	{
		Code: "LP21", Severity: Warning, find: findSameDomains,
		Finds: "A recovery that lands where the failed component stood.",
		Why:   "If the place is what failed, there is nothing to land on.",
		Mend:  "recover into another failure domain, or say with `allow` why this one cannot fail",
	},
	{
		Code: "LP22", Severity: Warning, find: findTwoPromises,
		Finds: "Two scenarios that recover the same failure of the same component with different objectives.",
		Why:   "Whichever of them is opened first decides what was promised.",
		Mend:  "give them the same objectives, or say by `failure_mode` how the failures differ",
	},
	{
		Code: "LP23", Severity: Warning, find: findSlowChains,
		Finds: "Dependencies that take longer than an RTO when they are lost together, by the estimates of their own scenarios.",
		Why:   "Each can only begin when what it needs is back, so their times add up.",
		Mend:  "shorten the recoveries, let some of them go side by side, or lengthen the RTO",
	},
}

func dependencyPath(d runbook.Dependency, below string) string {
	return join("dependencies."+d.ID, below)
}

func findHomeless(s *subject) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if _, ok := s.Component(sc.Component); sc.Component != "" && !ok {
			s.report(scenarioPath(sc, "component"), fmt.Sprintf("`%s` is no component of this playbook", sc.Component), "")
		} else if sc.Component == "" {
			s.report(scenarioPath(sc, "component"), "the scenario does not say which component failed", "")
		}
	}
}

func findContradictions(s *subject) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		d, ok := s.Dependency(sc.Component)
		if !ok {
			continue
		}
		for _, o := range []struct {
			name, key    string
			here, inside time.Duration
		}{{"RTO", "rto", sc.RTO, d.RTO}, {"RPO", "rpo", sc.RPO, d.RPO}} {
			if o.here != 0 && o.inside != 0 && o.here != o.inside {
				s.report(scenarioPath(sc, o.key), fmt.Sprintf("the %s here is %s, and %s in the dependency `%s`", o.name, inWords(o.here), inWords(o.inside), d.ID), "")
			}
		}
	}
}

func findIntolerable(s *subject) {
	for _, d := range s.Dependencies {
		switch {
		case d.MTD == 0 && d.Critical():
			s.reportAs(Warning, dependencyPath(d, "mtd"), fmt.Sprintf("how long an outage of `%s` can be borne is not said", d.ID), "")
		case d.MTD != 0 && d.RTO+d.WRT > d.MTD:
			took := inWords(d.RTO) + " to be back"
			if d.WRT > 0 {
				took += " and " + inWords(d.WRT) + " more to catch up"
			}
			s.report(dependencyPath(d, "rto"), fmt.Sprintf("`%s` may take %s, and its outage can be borne for %s", d.ID, took, inWords(d.MTD)), "")
		}
	}
}

func findRareBackups(s *subject) {
	names := registerOf(s.Components)
	for _, d := range s.Dependencies {
		c, ok := s.Component(d.ComponentID())
		if d.RPO == 0 || !ok {
			continue
		}
		least, how := s.leastLoss(c, names)
		switch {
		case how == "" && d.Critical():
			s.reportAs(Warning, dependencyPath(d, "rpo"), fmt.Sprintf("`%s` may lose %s, and nothing says how often its data is copied", d.ID, inWords(d.RPO)),
				"state `backup: {method, every, delay}` or `replication_lag_source` of the component, or in `data_store` which component holds its data")
		case least > d.RPO:
			s.report(dependencyPath(d, "rpo"), fmt.Sprintf("`%s` may lose %s, but %s lose up to %s", d.ID, inWords(d.RPO), how, inWords(least)), "")
		}
	}
}

// leastLoss is the smallest loss that the copies of a component's data allow
// for, and how they are made; "" where nothing says so. Data that another
// component holds is copied there. Where replication lag is measured, the loss
// is what is measured.
func (s *subject) leastLoss(c runbook.Component, names register) (least time.Duration, how string) {
	holders := []runbook.Component{c}
	if stores := names.named(c.DataStore); len(stores) > 0 {
		holders = nil
		for _, id := range stores {
			holder, _ := s.Component(id)
			holders = append(holders, holder)
		}
	}
	for _, h := range holders {
		loss := h.Backup.Every + h.Backup.Delay
		switch {
		case h.LagSource != "":
			return 0, "replication"
		case h.Backup.Every > 0 && (how == "" || loss < least):
			least, how = loss, fmt.Sprintf("backups of `%s` every %s", h.ID, inWords(h.Backup.Every))
			if h.Backup.Delay > 0 {
				how += ", ready after " + inWords(h.Backup.Delay) + ","
			}
		}
	}
	return least, how
}

func findCoarsePoints(s *subject) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		finest, at := time.Duration(0), -1
		for j := range sc.Steps {
			if p := sc.Steps[j].Point; p != nil && (at < 0 || p.Every < finest) {
				finest, at = p.Every, j
			}
		}
		if at >= 0 && sc.RPO != 0 && finest > sc.RPO {
			s.report(stepPath(sc, sc.Steps[at].Procedure, at, "point"), fmt.Sprintf("the RPO is %s, and recovery points are %s apart", inWords(sc.RPO), inWords(finest)), "")
		}
	}
}

func findUnweighed(s *subject) {
	for _, d := range s.Dependencies {
		var lacks []string
		if d.Impact == "" {
			lacks = append(lacks, "what its loss does")
		}
		if d.CriticalAfter == 0 {
			lacks = append(lacks, "after how long that turns critical")
		}
		if !d.Critical() && len(lacks) > 0 {
			s.report(dependencyPath(d, ""), fmt.Sprintf("`%s` is non-critical, and it is not said %s", d.ID, strings.Join(lacks, ", nor ")), "")
		}
	}
}

func findOddPeriods(s *subject) {
	for _, d := range s.Dependencies {
		_, err := parseHours(d.Period)
		switch {
		case d.Period == "" && d.Critical():
			s.report(dependencyPath(d, ""), fmt.Sprintf("when `%s` counts as critical is not said", d.ID), "")
		case d.Period != "" && (err != nil || onCall(d.Period)):
			s.report(dependencyPath(d, "period"), fmt.Sprintf("the period `%s` cannot be read", d.Period), "")
		}
	}
	s.findIdleExercises()
}

// findIdleExercises finds what is exercised outside of the time in which it
// counts. A live exercise may have been put there on purpose.
func (s *subject) findIdleExercises() {
	if s.Exercise == nil || s.Exercise.Type == "live" || s.Exercise.Window == "" {
		return
	}
	r := s.rota()
	for i, id := range s.Exercise.Scenarios {
		sc, ok := s.Scenario(id)
		if !ok {
			continue
		}
		period, err := r.post(r.period(sc.Component), "")
		window, known := windowOf(s.Exercise.Window, period.zone)
		if err == nil && known && period.hours.in(period.zone, window).seconds() == 0 {
			s.reportAs(Advice, fmt.Sprintf("exercise.scenarios[%d]", i),
				fmt.Sprintf("the exercise is held in %s, and `%s` counts as critical only in %s", s.Exercise.Window, sc.Component, r.period(sc.Component)),
				"hold it when the failure would hurt, so that it shows what happens then")
		}
	}
}

// windowOf reads when an exercise is held: 2026-11-20 10:00 / 3h.
func windowOf(text string, zone *time.Location) (span, bool) {
	if zone == nil {
		return span{}, false
	}
	begin, long, _ := strings.Cut(text, " / ")
	at, err := time.ParseInLocation("2006-01-02 15:04", begin, zone)
	days := time.Duration(0)
	if d, rest, ok := strings.Cut(long, "d"); ok {
		n, _ := time.ParseDuration(d + "h")
		days, long = 24*n, rest
	}
	length, _ := time.ParseDuration(long)
	return span{at.Unix(), at.Add(days + length).Unix()}, err == nil && days+length > 0
}

func findNoWorkarounds(s *subject) {
	recoveries := map[string][]*runbook.Scenario{}
	for i := range s.Scenarios {
		recoveries[s.Scenarios[i].Component] = append(recoveries[s.Scenarios[i].Component], &s.Scenarios[i])
	}
	for _, d := range s.Dependencies {
		words := tellingWords(d.Workaround)
		switch {
		case !d.Critical():
		case len(words) == 0:
			s.report(dependencyPath(d, "workaround"), fmt.Sprintf("how work goes on while `%s` is down is not said", d.ID), "")
		default:
			for _, sc := range recoveries[d.ComponentID()] {
				if i := stepLike(sc, words); i >= 0 {
					s.report(dependencyPath(d, "workaround"), fmt.Sprintf("the workaround for `%s` is a step of its recovery (`%s` of `%s`)", d.ID, sc.Steps[i].ID, sc.ID), "")
					break
				}
			}
		}
	}
}

// stepLike finds a step of recovery that says nearly the same: most of some
// telling words, and two of them at least.
func stepLike(sc *runbook.Scenario, words []string) int {
	for i := range sc.Steps {
		if sc.Steps[i].Procedure != runbook.Recovery {
			continue
		}
		said, same := tellingWords(sc.Steps[i].Do), 0
		for _, w := range words {
			if slices.Contains(said, w) {
				same++
			}
		}
		if same >= 2 && 3*same >= 2*len(words) {
			return i
		}
	}
	return -1
}

// tellingWords are those of a text that say something.
func tellingWords(text string) []string {
	return slices.DeleteFunc(split(text), func(w string) bool { return fillers[w] || len(w) < 2 })
}

// fillers are words that say nothing by themselves, and what people write into a
// cell that they leave empty.
var fillers = map[string]bool{
	"the": true, "an": true, "of": true, "to": true, "in": true, "on": true, "it": true, "its": true, "is": true, "are": true, "and": true, "or": true,
	"by": true, "at": true, "for": true, "from": true, "with": true, "if": true, "none": true, "not": true, "applicable": true, "tbd": true, "todo": true,
}

func findUpsideDown(s *subject) {
	rank := map[string]int{}
	for i, sv := range s.Severities {
		rank[sv.ID] = i + 1
	}
	shortest := make([]*runbook.Scenario, len(s.Severities)+1) // by severity
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if at := rank[sc.Severity]; at > 0 && sc.RTO > 0 && (shortest[at] == nil || sc.RTO < shortest[at].RTO) {
			shortest[at] = sc
		}
	}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		for _, other := range shortest[min(rank[sc.Severity]+1, len(shortest)):] {
			if rank[sc.Severity] > 0 && other != nil && other.RTO < sc.RTO {
				s.report(scenarioPath(sc, "severity"), fmt.Sprintf("`%s` is %s and may take %s; `%s` is %s, which is less severe, and may take only %s",
					sc.ID, sc.Severity, inWords(sc.RTO), other.ID, other.Severity, inWords(other.RTO)), "")
				break
			}
		}
	}
}

func findSameDomains(s *subject) {
	inPlace := map[string]bool{"slow": true, "wrong": true, "partial": true} // the place is still there
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		c, ok := s.Component(sc.Component)
		from := c.FailureDomain()
		if !ok || from == "" || inPlace[sc.FailureMode] {
			continue
		}
		name := newPhrases()
		name.add(from, from)
		switch {
		case strings.EqualFold(sc.Landing.Domain, from):
			s.report(scenarioPath(sc, "recovery_platform.failure_domain"), fmt.Sprintf("`%s` stands in %s, and is recovered there", c.ID, from), "")
		case sc.Landing.Domain == "" && len(name.in(sc.Platform)) > 0:
			s.report(scenarioPath(sc, "platform"), fmt.Sprintf("`%s` stands in %s, and is recovered there", c.ID, from), "")
		}
	}
}

func findTwoPromises(s *subject) {
	type failure struct{ component, mode string }
	first := map[failure]*runbook.Scenario{}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		f := failure{sc.Component, sc.FailureMode}
		other := first[f]
		switch {
		case sc.Component == "":
		case other == nil:
			first[f] = sc
		case sc.RTO != other.RTO:
			s.report(scenarioPath(sc, "rto"), fmt.Sprintf("`%s` and `%s` both recover `%s`, one in %s, the other in %s",
				other.ID, sc.ID, sc.Component, objective(other.RTO), objective(sc.RTO)), "")
		case sc.RPO != other.RPO:
			s.report(scenarioPath(sc, "rpo"), fmt.Sprintf("`%s` and `%s` both recover `%s`, one may lose %s, the other %s",
				other.ID, sc.ID, sc.Component, objective(other.RPO), objective(sc.RPO)), "")
		}
	}
}

func objective(d time.Duration) string {
	if d == 0 {
		return "a time that is not said"
	}
	return inWords(d)
}
