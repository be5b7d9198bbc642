package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"bythebook/runbook"
)

var exerciseChecks = []Check{
	{
		Code: "LX01", Severity: Error, find: findStrayTargets,
		Finds: "A planned exercise that does not say what it may touch, or whose commands change something else.",
		Why:   "The costliest exercise is the one that ran in the wrong place.",
		Mend:  "list the hosts, accounts and regions below `exercise.environment.targets`, and take the others out of the commands",
	},
	{
		Code: "LX02", Severity: Error, find: findUnsafe,
		Finds: "A planned exercise that really breaks something, without conditions to stop, somebody who may stop it, or a way to undo what it broke.",
		Why:   "Once it is broken, nobody should have to find out who may call it off, and how.",
		Mend:  "write `abort_when`, fill the role `safety`, and give the scenario an `abort` procedure",
	},
	{
		Code: "LX03", Severity: Warning, find: findUnexercised,
		Finds: "An objective of the exercise that nobody can measure; a scenario, or a way through it, that no exercise has tried lately.",
		Why:   "What was never walked is not known to lead anywhere.",
		Mend:  "put a number into the objective; exercise the scenario, and take another way than the last time",
	},
	{
		Code: "LX04", Severity: Warning, find: findOpenActions,
		Finds: "A scenario whose last exercise left critical corrective actions that are still open.",
		Why:   "It is known not to work, and the next outage will not wait for the correction.",
		Mend:  "carry the action out, or say in the document how to do without it",
	},
	{
		Code: "LX05", Severity: Warning, find: findLeap,
		Finds: "A live exercise that is planned for a scenario which was never talked through or rehearsed.",
		Why:   "Mistakes that a table shows for nothing should not be found in production.",
		Mend:  "hold a tabletop or a rehearsal first",
	},
}

// breaks reports whether a planned exercise does more than talk.
func breaks(x *runbook.Plan) bool { return x != nil && x.Type != "tabletop" }

// live is the type of exercises in production.
const live = "live"

var inProduction = compiled(`(?i)\bprod(uction)?\b`)

func findStrayTargets(s *subject) {
	x := s.Exercise
	if !breaks(x) {
		return
	}
	if x.Type != live && inProduction().MatchString(x.Environment.Name) {
		s.report("exercise.environment", "the exercise is not of the type live, and is planned for "+x.Environment.Name, "make it `type: live`, or hold it elsewhere")
	}
	if len(x.Environment.Targets) == 0 {
		s.report("exercise", "the exercise does not say what it may touch", "")
		return
	}
	planned, targets := set(x.Scenarios), targetsOf(x.Environment.Targets)
	if len(targets.patterns) > mostPatterns {
		s.report("exercise.environment.targets", "there are too many patterns to hold the commands against", "write fewer and wider ones")
		return
	}
	for _, at := range s.everyStep() {
		if !planned[at.in.ID] || !at.Kind.Commands() || !breaking(at.Step) {
			continue
		}
		for _, name := range places(at.Run) {
			if !targets.hold(name) {
				s.report(at.path, name+" is not among what the exercise may touch", "add it to `exercise.environment.targets`, or say `effect: read` where the step only looks")
				break
			}
		}
	}
}

// touching are the ways in which a command names what it touches.
var touching = compiled(`https?://(?:[^/\s@"']*@)?([\w.${}-]+)|\bssh\s+(?:-\w+\s+)*(?:[\w.-]+@)?([\w${}-]+(?:\.[\w${}-]+)+)|\b(i-[0-9a-f]{8,17})\b|--(?:region|profile|context|cluster|project)[ =]["']?([\w.:/-]+)`)

// places are the hosts, instances, regions and accounts that a command names
// itself. What it takes from a value is known only when it runs.
func places(run string) []string {
	var all []string
	for _, m := range touching().FindAllStringSubmatch(run, -1) {
		if name := thing(m); name != "localhost" && !strings.HasPrefix(name, "127.") && !strings.Contains(name, "$") {
			all = append(all, name)
		}
	}
	return all
}

// breaking reports whether a step is one that may change something.
func breaking(s *runbook.Step) bool { return s.Effect == runbook.Change || s.Effect == runbook.Final }

// targets are what an exercise may touch. There are few patterns, because each
// is held against each command.
type targets struct {
	exact    map[string]bool
	patterns []string
}

const mostPatterns = 100

func targetsOf(all []string) targets {
	t := targets{exact: set(all)}
	for _, pattern := range all {
		if strings.ContainsAny(pattern, "*?[") {
			t.patterns = append(t.patterns, pattern)
		}
	}
	return t
}

func (t targets) hold(name string) bool {
	return t.exact[name] || slices.ContainsFunc(t.patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

func findUnsafe(s *subject) {
	planned := map[string]bool{}
	if breaks(s.Exercise) {
		planned = set(s.Exercise.Scenarios)
		s.stoppable(s.Exercise)
	}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		weight := Warning // until an exercise of it is planned
		if planned[sc.ID] {
			weight = Error
		}
		if at := irreparable(sc); at != "" {
			s.reportAs(weight, at, "nothing says how to undo what this breaks", "give the step a `rollback`, or the scenario an `abort` procedure")
		}
	}
}

// stoppable reports what a planned exercise lacks to be stopped.
func (s *subject) stoppable(x *runbook.Plan) {
	if len(x.AbortWhen) == 0 && !s.allEnd(set(x.Scenarios)) {
		s.report("exercise", "the exercise does not say when it is called off", "write `abort_when`")
	}
	if !slices.ContainsFunc(x.Roles, func(r runbook.Filled) bool { return slices.Contains(mayStop, r.Role) && r.Who != "" }) {
		s.report("exercise", "nobody is named who may call the exercise off", "fill the role `safety`")
	}
}

// allEnd reports whether all planned scenarios say themselves when to abort.
func (s *subject) allEnd(planned map[string]bool) bool {
	return len(planned) > 0 && !slices.ContainsFunc(s.Scenarios, func(sc runbook.Scenario) bool { return planned[sc.ID] && len(sc.Abort.When) == 0 })
}

// mayStop are the roles of an exercise that decide to call it off.
var mayStop = []string{"safety", "owner"}

// irreparable is the path of the first step that brings the failure about and
// that nothing undoes, "" if there is none.
func irreparable(sc *runbook.Scenario) string {
	if len(sc.Abort.Steps) > 0 {
		return ""
	}
	for i := range sc.Steps[:sc.Last(runbook.Inject)+1] {
		if st := &sc.Steps[i]; breaking(st) && st.Rollback == "" {
			return stepPath(sc, runbook.Inject, i, "")
		}
	}
	return ""
}

// measurable is an objective that ends in yes or no.
var measurable = compiled(`(?i)\d|\b(RTO|RPO|MTD|every|each|all|none|nobody|no|without|zero)\b`)

func findUnexercised(s *subject) {
	if s.Exercise != nil {
		for i, o := range s.Exercise.Objectives {
			if !measurable().MatchString(o) {
				s.report(fmt.Sprintf("exercise.objectives[%d]", i), "nothing in this objective can be measured", "say how much, how many or within what time")
			}
		}
	}
	if len(s.facts.History) == 0 {
		return // a new machine knows of none, and there may be many elsewhere
	}
	past := byScenario(s.facts.History)
	for i := range s.Scenarios {
		s.exercised(&s.Scenarios[i], past[s.Scenarios[i].ID])
	}
}

// byScenario sorts exercises by what they exercised, each the oldest first.
func byScenario(history []Exercise) map[string][]Exercise {
	past := map[string][]Exercise{}
	for _, x := range history {
		past[x.Scenario] = append(past[x.Scenario], x)
	}
	return past
}

// exercised reports what the past exercises of a scenario left untried.
func (s *subject) exercised(sc *runbook.Scenario, past []Exercise) {
	var last Exercise
	done := map[string]bool{}
	for _, x := range past {
		if x.Complete {
			last = x
		}
		for _, id := range x.Steps {
			done[id] = true
		}
	}
	switch due := last.Ended.Add(s.Review.Every); {
	case last.Ended.IsZero():
		s.report(scenarioPath(sc, ""), "no exercise of this scenario was completed as documented", "exercise it")
		return
	case !s.facts.Now.IsZero() && s.Review.Every > 0 && due.Before(s.facts.Now):
		s.report(scenarioPath(sc, ""), fmt.Sprintf("last exercised on %s, longer ago than %s", last.Ended.Format("2006-01-02"), inWords(s.Review.Every)), "exercise it again")
	}
	var untried []string
	for _, st := range sc.Steps {
		if !done[st.ID] {
			untried = append(untried, st.ID)
		}
	}
	if len(untried) > 0 {
		s.reportAs(Advice, scenarioPath(sc, ""), "no exercise has carried out "+list(some(untried)), "take the way that leads there in the next one")
	}
}

// some are the first few words, and how many there are beside them.
func some(words []string) []string {
	const few = 6
	if len(words) <= few+1 {
		return words
	}
	return append(slices.Clone(words[:few]), fmt.Sprintf("%d others", len(words)-few))
}

func findOpenActions(s *subject) {
	past := byScenario(s.facts.History)
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if x := past[sc.ID]; len(x) > 0 && len(x[len(x)-1].Open) > 0 {
			last := x[len(x)-1]
			s.report(scenarioPath(sc, ""), fmt.Sprintf("%s left open: %s", last.ID, list(some(last.Open))), "")
		}
	}
}

func findLeap(s *subject) {
	if s.Exercise == nil || s.Exercise.Type != live || s.facts.History == nil {
		return
	}
	past := byScenario(s.facts.History)
	for i, id := range s.Exercise.Scenarios {
		if !slices.ContainsFunc(past[id], func(x Exercise) bool { return x.Complete && x.Type != "incident" }) {
			s.report(fmt.Sprintf("exercise.scenarios[%d]", i), "a live exercise of "+id+" is planned, and no tabletop or rehearsal of it was completed", "")
		}
	}
}
