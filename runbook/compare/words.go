package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bythebook/runbook/read"
)

// A noun is what people call an entry of a list or mapping.
type noun struct {
	word   string
	traits []trait // by which one is known again
	placed bool    // where it stands among the others is said when it is new
	alone  bool    // there is only one
	whole  bool    // it is one value, in which the order of the keys says something
}

// nouns are the keys below which the document names or lists what is its own,
// and those that are better spoken of as one thing. Every other key of the
// format is a value of what it stands in.
var nouns = map[string]noun{
	"agreement": {word: "agreement", alone: true},
	"review":    {word: "review", alone: true},
	"exercise":  {word: "exercise plan", alone: true},

	"revision_history":  {word: "revision", traits: byFirst},
	"severities":        {word: "severity", traits: byID, placed: true},
	"glossary":          {word: "word", traits: byID},
	"prerequisites":     {word: "gate", traits: byID},
	"none":              {word: "omission", traits: byID},
	"allow":             {word: "silenced check", traits: byFirst},
	"components":        {word: "component", traits: byID},
	"signals":           {word: "signal", traits: byID},
	"dependencies":      {word: "dependency", traits: byID},
	"contacts":          {word: "contact", traits: byID},
	"external_contacts": {word: "external contact", traits: byID},
	"channels":          {word: "channel", traits: byID},
	"roles":             {word: "role", traits: byID},
	"notifications":     {word: "notification", traits: byID},
	"inputs":            {word: "input", traits: byID},
	"injects":           {word: "piece of news", traits: byFirst},
	"scenarios":         {word: "scenario", traits: byName},
	"assumptions":       {word: "assumption", traits: byFirst},
	"inject":            {word: "step", traits: asAStep, placed: true},
	"recovery":          {word: "step", traits: asAStep, placed: true},
	"test":              {word: "step", traits: asAStep, placed: true},
	"resume":            {word: "step", traits: asAStep, placed: true},
	"steps":             {word: "abort step", traits: asAStep, placed: true},
	"answers":           {word: "answer", traits: byFirst},
	"capture":           {word: "captured value", traits: byID},
	"table":             {word: "table row", traits: byFirst, whole: true},
	"where":             {word: "comparison", traits: byID},
	"env":               {word: "variable", traits: byID},
}

// names are what people call a value where its key is not the word for it, by
// the way to it or by the noun of what it belongs to and that way. A value in
// another is named after that one as well.
var names = map[string]string{
	"playbook": "id", "zone": "time zone", "published": "place of publication",
	"agreement by": "people", "agreement valid": "validity",
	"review last": "last date", "review exercised": "last exercise", "every": "interval",
	"revision change": "text", "silenced check where": "range",
	"gate done": "evidence", "gate by": "witness", "gate on": "date",

	"az": "availability zone", "vpc": "VPC", "diagram_ref": "diagram", "replication_lag_source": "source of the replication lag", "sla": "SLA",
	"url": "address", "detects": "scenarios", "stop_when": "stop condition",
	"rto": "RTO", "rpo": "RPO", "mtd": "MTD", "wrt": "WRT", "mbco": "MBCO", "critical_after": "time until critical",

	"alternate_for": "principal", "reports_to": "superior", "last_trained": "last training",
	"notification when": "trigger", "notification for": "scenarios", "notification who": "recipients", "notification what": "message", "notification why": "purpose",
	"how": "channels", "ack_within": "time to acknowledge", "escalate_to": "escalation",
	"expect.ignore": "volatile kinds", "input ask": "question", "secret.env": "secret's variable",
	"out_of_scope": "exclusions", "comms_channel": "channel", "abort_when": "reasons to abort",
	"piece of news at": "time", "piece of news what": "text",

	"leads.primary": "primary lead", "leads.secondary": "secondary lead", "success": "meaning of success",
	"clock.starts": "start of the clock", "clock.stops": "stop of the clock", "clock.steady": "steady time", "abort.when": "reasons to abort",

	"do": "instruction", "part": "heading", "run": "command", "runs": "commands", "ask": "question", "wait": "waiting time", "notify": "people to notify",
	"until": "condition", "within": "time limit", "holds": "holding time", "say": "text", "go": "target", "at_most": "limit",
	"then": "next step", "if": "guard", "if_not": "way out", "optional": "condition for leaving it out", "depends_on": "prerequisite steps",
	"expect": "expectation", "expect.exit": "expected exit status", "expect.lines": "expected lines", "expect.exact": "expected output",
	"expect.contains": "expected text", "expect.absent": "forbidden text", "expect.matches": "expected pattern", "expect.json": "expected JSON",
	"expect.state": "expected state", "sample": "sample output", "captured value json": "JSON path", "point": "recovery point", "from": "value",
	"target": "confirmation word", "at": "terminal", "opens": "opened terminal", "closes": "closed terminal",
	"in": "environment", "in.dir": "folder", "in.shell": "shell",
	"who": "person in charge", "approve": "approvers", "together": "group", "tries": "number of tries", "step every": "pause between tries",
	"estimate.likely": "estimate", "estimate.min": "shortest estimate", "estimate.max": "longest estimate",
	"redact": "patterns to redact", "mark": "clock mark", "why": "reason", "refs": "references",
}

// flags are values that are true or left out, as what is then the case.
var flags = map[string]string{
	"idempotent": "may be run again without harm",
	"isolated":   "runs in a process of its own",
	"setup":      "may be replayed into a new terminal",
	"optional":   "may be left out",
	"secret.ask": "is asked for",
}

// maxWhat is how wide a change in words may be, in characters.
const maxWhat = 100

// fit shortens the longest names in a change that is too wide.
func fit(what string) string {
	for most := 30; utf8.RuneCountInString(what) > maxWhat && most >= 10; most -= 4 {
		words := strings.Split(what, " ")
		for i, word := range words {
			bare := strings.TrimRight(word, ":;,")
			if utf8.RuneCountInString(bare) > most {
				words[i] = string([]rune(bare)[:most-1]) + "…" + word[len(bare):]
			}
		}
		what = strings.Join(words, " ")
	}
	return what
}

// label is an entry in words: step launch.
func (i item) label() string {
	return nouns[i.list].word + " " + cmp.Or(i.Key, strconv.Itoa(i.index+1))
}

// entry is the spot of an entry of what stands here.
func (at spot) entry(i item) spot {
	in := spot{path: join(at.path, i.list), kind: nouns[i.list].word, name: i.label(), scenario: at.scenario}
	if i.Key != "" {
		in.path = join(in.path, i.Key)
	} else {
		in.path += "[" + strconv.Itoa(i.index) + "]"
	}
	if at.kind != "" {
		in.name += " of " + at.owner
	}
	in.owner = in.name
	if in.kind == "scenario" {
		in.scenario, in.owner = i.Key, i.Key
	}
	return in
}

// place is where an entry stands among the others, in words.
func (i item) place() string {
	switch {
	case i.after != "":
		return "after " + i.after
	case nouns[i.list].word == "step":
		return "at the beginning of " + i.list
	}
	return "at the beginning"
}

// added is what happened to an entry that is new.
func (i item) added() string {
	if nouns[i.list].placed {
		return "was added " + i.place()
	}
	return "was added"
}

// moved is what happened to an entry that was elsewhere.
func (i item) moved(from item) string {
	if i.list != from.list {
		return "was moved from " + from.list + " to " + i.list
	}
	return "was moved " + strings.Replace(i.place(), "at the", "to the", 1)
}

// phrase is the change of a value in words. One or both of the two are there.
func phrase(at spot, old, new *read.Field) string {
	happened := "changed"
	switch {
	case old == nil:
		happened = "added"
	case new == nil:
		happened = "removed"
	}
	does, whose := flags[at.field], called(at.kind, at.field)+" of "+at.owner
	if at.field == "" {
		whose = at.name
	}
	values := brief(old, new)
	switch {
	case does != "" && isFlag(old) && isFlag(new):
		return at.name + ": it " + does + map[string]string{"added": " now", "removed": " no longer"}[happened]
	case values != "" && !private(at) && utf8.RuneCountInString(whose+": "+values) <= maxWhat:
		return whose + ": " + values
	case at.field != "":
		return at.name + ": " + its(at) + called(at.kind, at.field) + " " + happened
	case happened != "changed":
		return at.name + " was " + happened
	}
	return at.name + " changed"
}

// its stands before what somebody or something has.
func its(at spot) string {
	if strings.HasSuffix(at.kind, "contact") {
		return ""
	}
	return "its "
}

func isFlag(f *read.Field) bool { return f == nil || f.Text == "true" }

// private reports whether a value is a way to reach somebody or may be a secret,
// which is not for every page on which a change is shown.
func private(at spot) bool {
	return at.kind == "channel" || at.field == "email" || at.field == "phone" || at.field == "default"
}

// called is what people call a value.
func called(kind, field string) string {
	for _, key := range []string{kind + " " + field, field} {
		if name := names[key]; name != "" {
			return name
		}
	}
	if outer, inner, deep := strings.Cut(field, "."); deep {
		return called(kind, outer) + "'s " + called("", inner)
	}
	return strings.ReplaceAll(field, "_", " ")
}

// brief is a change with its values, "" where they are too long to be read in
// passing.
func brief(old, new *read.Field) string {
	was, is := texts(old), texts(new)
	if !short(was) || !short(is) {
		return ""
	}
	if len(was) <= 1 && len(is) <= 1 {
		return stated(is) + ", was " + stated(was)
	}
	var parts []string
	if more := without(is, was); len(more) > 0 {
		parts = append(parts, "now also "+strings.Join(more, ", "))
	}
	if less := without(was, is); len(less) > 0 {
		parts = append(parts, "no longer "+strings.Join(less, ", "))
	}
	return cmp.Or(strings.Join(parts, "; "), "in another order")
}

func stated(one []string) string { return cmp.Or(strings.Join(one, ""), "not stated") }

// texts are the texts of a value; none where it holds others.
func texts(f *read.Field) []string {
	switch {
	case f == nil:
		return nil
	case f.Texts != nil:
		return f.Texts
	}
	return []string{f.Text}
}

// short reports whether each is one word that can be read.
func short(texts []string) bool {
	const most = 24
	return !slices.ContainsFunc(texts, func(s string) bool {
		return s == "" || utf8.RuneCountInString(s) > most ||
			strings.ContainsFunc(s, func(c rune) bool { return c == ' ' || !unicode.IsPrint(c) })
	})
}

// without are those of the texts that the others do not have as well.
func without(texts, others []string) []string {
	have := map[string]int{}
	for _, s := range others {
		have[s]++
	}
	var out []string
	for _, s := range texts {
		if have[s]--; have[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

// text is all that a value says, for people to read.
func text(f *read.Field) string {
	switch {
	case f == nil:
		return ""
	case f.Texts != nil:
		return listed(f.Texts)
	case f.Fields == nil:
		return f.Text
	}
	var b strings.Builder
	for i, in := range f.Fields {
		if i > 0 {
			b.WriteByte('\n')
		}
		begin := in.Key + ":"
		if in.Key == "" {
			begin = "-"
		}
		inner := text(&in)
		if len(in.Fields) > 0 || strings.Contains(inner, "\n") {
			b.WriteString(begin + "\n  " + strings.ReplaceAll(inner, "\n", "\n  "))
		} else {
			b.WriteString(begin + " " + inner)
		}
	}
	return b.String()
}

// listed are several texts: in a row where none of them could be taken for two,
// else a line each.
func listed(texts []string) string {
	if !slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsAny(s, ",\n") }) {
		return strings.Join(texts, ", ")
	}
	var lines []string
	for _, s := range texts {
		lines = append(lines, "- "+strings.ReplaceAll(s, "\n", "\n  "))
	}
	return strings.Join(lines, "\n")
}
