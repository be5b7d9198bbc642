package check

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

var documentChecks = []Check{
	{
		Code: "LD01", Severity: Error, find: findMissingSections,
		Finds: "A scenario without one of its sections: leads, severity, overview, assumptions, RTO, RPO, platform, recovery, test, resume.",
		Why:   "Whatever a scenario does not say, somebody makes up in the middle of the outage.",
		Mend:  "write the section; where there is nothing to say, name it below `none` with the reason",
	},
	{
		Code: "LD02", Severity: Warning, find: findMissingControl,
		Finds: "A document without its team, owner, version, or the date of its last review.",
		Why:   "A document that nobody owns is one that nobody keeps true.",
		Mend:  "add the keys at the top of the document, such as `owner: alice` and `review: {every: 90d, last: 2026-10-01}`",
	},
	{
		Code: "LD03", Severity: Error, find: findUndefinedSeverities,
		Finds: "A severity that the document uses and does not define.",
		Why:   "Two people who read one word as two things make two different calls at night.",
		Mend:  "say below `severities` what it means, the most severe first",
	},
	{
		Code: "LD04", Severity: Warning, find: findMissingActivation,
		Finds: "A document that does not say when it is to be used, or when it is over.",
		Why:   "Time goes by while people argue whether this is bad enough, and later whether they may go home.",
		Mend:  "write `activation_criteria` and `deactivation_criteria` that anybody can look up, not feel",
	},
	{
		Code: "LD05", Severity: Warning, find: findStale,
		Finds: "A document that does not say how soon it has to be looked at again; or that was last reviewed or exercised longer ago than that, or before its system was changed.",
		Why:   "Systems move on. Commands that worked in spring fail in autumn.",
		Mend:  "go through it with the team, or hold the exercise, and write down the new date: `review: {every: 90d, last: 2026-10-01}`",
	},
	{
		Code: "LD06", Severity: Error, find: findDisagreement,
		Finds: "Somebody whose agreement the document asks for, and who has not agreed to this very text, has objected to it, or did so too long ago.",
		Why:   "An exercise shows whether the agreed text works. Nobody can be held to a text that they have not seen. It keeps `lockstep` and `live` from beginning, and nobody from agreeing.",
		Mend:  "ask them to read it and to run `bythebook agree`",
	},
	{
		Code: "LD07", Severity: Warning, find: findUnprovenGates,
		Finds: "A prerequisite of stage 1 of which nothing is said, or which is called complete without evidence.",
		Why:   "A gate without evidence is a hope, and the exercise is a late moment to find out.",
		Mend:  "say below `prerequisites` what shows it: a link, a date, a name; or `status: open` while it is not",
	},
	{
		Code: "LD08", Severity: Warning, find: findDeadLinks,
		Finds: "A link, picture, anchor or included file that leads nowhere.",
		Why:   "Whoever follows a link during an outage needs what is behind it.",
		Mend:  "correct the link, or put the file beside the playbook",
	},
	{
		Code: "LD09", Severity: Warning, find: findPlaceholders,
		Finds: "Text that was to be written later: TODO, TBD, a `<your-host>` in a command.",
		Why:   "It will be met by somebody who cannot ask its author.",
		Mend:  "write what belongs there, or take it out",
	},
	{
		Code: "LD10", Severity: Error, find: findAmbiguousNames,
		Finds: "A name that stands for two things, or for none.",
		Why:   "What is called by one name is restarted under that name, whichever was meant.",
		Mend:  "give each thing a name of its own, and list its other names as its `aliases`",
	},
	{
		Code: "LD11", Severity: Advice, find: findStrayIntroductions,
		Finds: "A scenario whose title or introduction speaks of another component than the one that failed.",
		Why:   "It was copied from another scenario, and what else was copied has to be looked at too.",
		Mend:  "say in the title and in the first words of the overview what failed",
	},
	{
		Code: "LD12", Severity: Error, find: findBareNumbers,
		Finds: "An objective or another length of time without its unit.",
		Why:   "12 is half a day to one reader and twelve minutes to the next.",
		Mend:  "write the unit: 90s, 5m, 12h, 7d",
	},
	{
		Code: "LD13", Severity: Warning, find: findZonelessTimes,
		Finds: "Times of day without a time zone.",
		Why:   "Somebody is rung up three hours too early, or not at all.",
		Mend:  "add `zone:` to the document, such as `zone: America/Los_Angeles`, and to whoever lives elsewhere",
	},
	{
		Code: "LD14", Severity: Warning, find: findLeaks,
		Finds: "A password, token or key in the document, or an account id, key name, security group or internal address.",
		Why:   "A playbook is read by many and printed. A secret in it is no secret any more, and an address tells a stranger where to knock.",
		Mend:  "make it an input: `inputs: {TOKEN: {secret: {env: DEPLOY_TOKEN}}}`, and say \"$TOKEN\" in the command",
	},
	{
		Code: "LD15", Severity: Warning, find: findMissingSuccess,
		Finds: "A scenario that does not say what restored means.",
		Why:   "Without it the clock stops when the team is tired.",
		Mend:  "write `success:` for the scenario, or `success_criteria:` for all, as something that can be seen",
	},
	{
		Code: "LD16", Severity: Warning, find: findMissingNonCritical,
		Finds: "A document that neither lists what its application can do without nor says that there is no such thing.",
		Why:   "What is left out may be forgotten or may be nothing; the reader cannot tell.",
		Mend:  "list them below `dependencies` with `class: non-critical`, or write `none: {non-critical: WHY}`",
	},
}

func findMissingSections(s *subject) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		missing := s.missing([]section{
			{"leads", sc.Primary != "" || sc.Secondary != ""},
			{"severity", sc.Severity != ""},
			{"overview", sc.Overview != ""},
			{"assumptions", len(sc.Assumptions) > 0},
			{"rto", sc.RTO > 0},
			{"rpo", sc.RPO > 0},
			{"platform", sc.Platform != "" || sc.Landing != runbook.Landing{}},
			{"recovery", sc.Last(runbook.Recovery) >= 0},
			{"test", sc.Last(runbook.Test) >= 0},
			{"resume", sc.Last(runbook.Resume) >= 0},
		})
		if len(missing) > 0 {
			s.report(scenarioPath(sc, ""), "the scenario lacks "+list(missing), "")
		}
	}
}

// A section is a part that a document should have, by its key.
type section struct {
	key     string
	written bool
}

// missing are the sections that neither stand there nor are left out on purpose.
func (s *subject) missing(sections []section) []string {
	var keys []string
	for _, sec := range sections {
		if !sec.written && !s.left[sec.key] {
			keys = append(keys, "`"+sec.key+"`")
		}
	}
	return keys
}

// list is words as one would say them: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func findMissingControl(s *subject) {
	missing := s.missing([]section{
		{"team", s.Team != ""}, {"owner", s.Owner != ""}, {"version", s.Version != ""},
		{"review.last", s.Review.Last != ""},
	})
	if len(missing) > 0 {
		s.report("", "the document lacks "+list(missing), "")
	}
}

func findUndefinedSeverities(s *subject) {
	said := map[string]bool{}
	for _, known := range s.Severities {
		said[strings.ToLower(known.ID)] = true
	}
	look := func(path, severity string) {
		if id := strings.ToLower(severity); id != "" && !said[id] {
			said[id] = true // once is enough
			s.report(path, fmt.Sprintf("the severity %q is defined nowhere", severity), "")
		}
	}
	for _, d := range s.Dependencies {
		look("dependencies."+d.ID+".severity", d.Severity)
	}
	for _, n := range s.Notifications {
		look("notifications."+n.ID+".severity", n.Severity)
	}
	for i := range s.Scenarios {
		look(scenarioPath(&s.Scenarios[i], "severity"), s.Scenarios[i].Severity)
	}
}

func findMissingActivation(s *subject) {
	missing := s.missing([]section{
		{"activation_criteria", len(s.Activation) > 0}, {"deactivation_criteria", len(s.Deactivation) > 0},
	})
	if len(missing) > 0 {
		s.report("", "the document lacks "+list(missing), "")
	}
}

func findUnprovenGates(s *subject) {
	stated := map[string]bool{
		"published": s.Published != "",
		"agreement": s.Agreement != nil, // the signatures show it
		"exercise":  true,               // and the records this
	}
	for _, g := range s.Prerequisites {
		stated[g.Gate] = true
		if g.Status != "open" && g.Done == "" {
			s.report("prerequisites."+g.Gate, "`"+g.Gate+"` is called complete, and nothing shows that it is", "")
		}
	}
	var silent []string
	for _, gate := range runbook.Gates {
		if !stated[gate] && !s.left[gate] {
			silent = append(silent, gate)
		}
	}
	if len(silent) > 0 {
		s.report("prerequisites", "nothing is said of "+list(silent), "")
	}
}

func findMissingSuccess(s *subject) {
	for i := range s.Scenarios {
		if sc := &s.Scenarios[i]; sc.Success == "" && s.Success == "" {
			s.report(scenarioPath(sc, ""), "the scenario does not say what restored means", "")
		}
	}
}

func findMissingNonCritical(s *subject) {
	lists := slices.ContainsFunc(s.Dependencies, func(d runbook.Dependency) bool { return !d.Critical() })
	if !lists && !s.left[runbook.NonCritical] && !s.left["non-critical-dependencies"] && !sheetOf(s.File, s.text).denies(aboutNonCritical) {
		s.report("dependencies", "nothing is said of non-critical dependencies", "")
	}
}

var aboutNonCritical = compiled(`(?i)\bnon-?critical\b`)
