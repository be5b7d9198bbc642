package read

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// A draft is a step while it is being read.
type draft struct {
	runbook.Step
	pairs   []value // what was written
	replies []reply
}

// A reply is where the parts of an answer stand, whose sense depends on where
// it leads.
type reply struct{ goes, atMost value }

type answer struct {
	runbook.Answer
	reply
}

var stepKeys = record[draft]{
	keys: map[string]func(value, *draft){
		"id":       func(v value, d *draft) { d.ID = v.id() },
		"do":       func(v value, d *draft) { d.Do = v.prose() },
		"run":      func(v value, d *draft) { d.Run = v.command() },
		"ask":      func(v value, d *draft) { d.Ask = v.prose() },
		"answers":  func(v value, d *draft) { answers(v, d) },
		"wait":     func(v value, d *draft) { d.Wait = v.duration() },
		"until":    func(v value, d *draft) { fill(v, untilKeys, &d.Step) },
		"then":     func(v value, d *draft) { d.Then = target(v) },
		"if":       func(v value, d *draft) { d.If = guard(v) },
		"optional": func(v value, d *draft) { d.Optional, d.When = optional(v) },
		"expect":   func(v value, d *draft) { d.Expect = expectation(v) },
		"sample":   func(v value, d *draft) { d.Sample = v.text() },
		"capture":  func(v value, d *draft) { d.Capture = captures(v) },
		"point":    func(v value, d *draft) { d.Point = point(v) },
		"effect":   func(v value, d *draft) { d.Effect = oneOf(v, runbook.Effects[:]...) },
		"target":   func(v value, d *draft) { d.Aim = v.word() },
		"who":      func(v value, d *draft) { d.Who = who(v) },
		"estimate": func(v value, d *draft) { d.Estimate = v.duration() },
		"timeout":  func(v value, d *draft) { d.Timeout = v.duration() },
		"tries":    func(v value, d *draft) { d.Tries = v.number(1, 1000) },
		"every":    func(v value, d *draft) { d.Every = v.duration() },
		"if_not":   func(v value, d *draft) { d.IfNot = target(v) },
		"evidence": func(v value, d *draft) { d.Evidence = evidence(v) },
		"mark":     func(v value, d *draft) { d.Mark = mark(v) },
		"why":      func(v value, d *draft) { d.Why = v.prose() },
		"note":     func(v value, d *draft) { d.Note = v.prose() },
		"warning":  func(v value, d *draft) { d.Warning = v.prose() },
		"refs":     func(v value, d *draft) { d.Refs = many(v, value.line) },
		"rollback": func(v value, d *draft) { d.Rollback = v.prose() },
	},
	later: []string{"notify", "at", "opens", "closes", "in", "isolated", "setup", "approve", "together", "redact"},
}

var untilKeys = record[runbook.Step]{
	keys: map[string]func(value, *runbook.Step){
		"run":    func(v value, s *runbook.Step) { s.Run = v.command() },
		"expect": func(v value, s *runbook.Step) { s.Expect = expectation(v) },
		"every":  func(v value, s *runbook.Step) { s.Every = v.duration() },
		"within": func(v value, s *runbook.Step) { s.Within = v.duration() },
	},
	later: []string{"holds"},
	need:  []string{"run", "within"},
}

// ways are the keys of which a step has one, or none when a person does it.
var ways = []struct {
	key  string
	kind runbook.Kind
}{
	{"run", runbook.Run},
	{"ask", runbook.Decide},
	{"wait", runbook.Wait},
	{"until", runbook.Until},
	{"notify", ""}, // not supported yet, but a way
}

// meaningful lists the keys that mean something for steps of some kinds only.
// On others nobody would look at them, so they are refused there.
var meaningful = []struct {
	key   string
	kinds []runbook.Kind
	hint  string
}{
	{"answers", []runbook.Kind{runbook.Decide}, "they answer an `ask`"},
	{"expect", []runbook.Kind{runbook.Run}, "it looks at the output of a `run`; that of an `until` stands inside it"},
	{"every", []runbook.Kind{runbook.Run}, "it is the pause between the tries of a `run`; that of an `until` stands inside it"},
	{"tries", []runbook.Kind{runbook.Run}, "only a `run` is tried again"},
	{"sample", []runbook.Kind{runbook.Run, runbook.Until}, "only commands have output"},
	{"capture", []runbook.Kind{runbook.Run, runbook.Until}, "only commands have output"},
	{"timeout", []runbook.Kind{runbook.Run, runbook.Until}, "only commands are stopped"},
	{"if_not", []runbook.Kind{runbook.Run, runbook.Until, runbook.Manual}, "nothing is expected here that could fail"},
}

func newDraft(v value, p runbook.Procedure) draft {
	d := draft{}
	d.Procedure, d.Line, d.Tries = p, v.node.Line, 1
	if d.pairs = fill(v, stepKeys, &d); d.pairs == nil {
		return d
	}
	clear := d.chooseWay(v)
	if clear {
		d.checkKeys()
	}
	if d.Do == "" {
		d.Do = d.inWords()
	}
	if clear && d.Kind == runbook.Manual && !pick(d.pairs, "do").written() {
		v.fault("the step does not say what to do", "add `do`, or a way of doing it: `run`, `ask`, `wait` or `until`")
	}
	return d
}

// chooseWay settles the step's kind, and with it the effect of a step that
// states none. It is false where the document is not clear about the way.
func (d *draft) chooseWay(v value) bool {
	var found []string
	d.Kind = runbook.Manual
	for _, w := range ways {
		if pick(d.pairs, w.key).written() {
			found, d.Kind = append(found, w.key), w.kind
		}
	}
	if len(found) > 1 {
		v.fault("`"+strings.Join(found, "` and `")+"` are two ways of doing it; a step has one", "make it two steps")
		return false
	}
	for _, row := range runbook.Kinds {
		if row.Kind == d.Kind && d.Effect == "" {
			d.Effect = row.Effect
		}
	}
	return d.Kind != ""
}

// checkKeys compares what was written with what steps of this kind may hold.
func (d *draft) checkKeys() {
	for _, row := range meaningful {
		if at := pick(d.pairs, row.key); at.written() && !slices.Contains(row.kinds, d.Kind) {
			at.faultKey("`"+row.key+"` means nothing in this step", row.hint)
		}
	}
	if d.Kind == runbook.Decide && !pick(d.pairs, "answers").written() {
		pick(d.pairs, "ask").faultKey("`ask` needs `answers`", "write answers: [{say: Yes}, {say: No, go: STEP}]")
	}
	every := pick(d.pairs, "every")
	if every.written() && d.Kind == runbook.Run && !pick(d.pairs, "tries").written() {
		every.faultKey("`every` is the pause between tries, and there is only one", "add `tries`")
	}
	aim := pick(d.pairs, "target")
	switch {
	case aim.written() && d.Effect != runbook.Final:
		aim.faultKey("`target` is typed to confirm what cannot be undone", "add `effect: final`, or take it out")
	case !aim.written() && d.Effect == runbook.Final:
		pick(d.pairs, "effect").fault("a final step needs a `target`, the word typed to confirm it", "")
	}
}

// inWords is the instruction of a step that has none but its way.
func (d *draft) inWords() string {
	switch d.Kind {
	case runbook.Run:
		return "Run " + firstLine(d.Run) + "."
	case runbook.Until:
		return "Wait until " + firstLine(d.Run) + " succeeds."
	case runbook.Decide:
		return d.Ask
	case runbook.Wait:
		return "Wait " + pick(d.pairs, "wait").node.Value + "."
	}
	return ""
}

// firstLine names a script by its first line, as code in Markdown.
func firstLine(script string) string {
	line, more, _ := strings.Cut(strings.TrimSpace(script), "\n")
	fence := "`"
	for strings.Contains(line, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		line = " " + line + " "
	}
	if more != "" {
		return fence + line + fence + " and what follows it"
	}
	return fence + line + fence
}

var answerKeys = record[answer]{
	keys: map[string]func(value, *answer){
		"say":     func(v value, a *answer) { a.Say = v.line() },
		"go":      func(v value, a *answer) { a.Go, a.goes = target(v), v },
		"at_most": func(v value, a *answer) { a.AtMost, a.atMost = v.number(1, 1000), v },
	},
	need: []string{"say"},
}

// maxAnswers is how many answers one decision may have.
const maxAnswers = 99

// answers reads the ways to answer a decision, of which there are two or more.
func answers(v value, d *draft) {
	items := v.items()
	if items != nil && len(items) < 2 {
		v.faultKey("a decision needs two answers", "with only one there is nothing to decide")
	}
	if len(items) > maxAnswers {
		v.faultKey(fmt.Sprintf("more than %d answers", maxAnswers), "")
		return
	}
	for _, item := range items {
		var a answer
		fill(item, answerKeys, &a)
		if slices.ContainsFunc(d.Answers, func(b runbook.Answer) bool { return b.Say == a.Say && a.Say != "" }) {
			item.fault("another answer says "+show(a.Say)+" as well", "")
		}
		d.Answers = append(d.Answers, a.Answer)
		d.replies = append(d.replies, a.reply)
	}
}

// guard is the question that decides whether a step is for this case.
func guard(v value) string {
	if v.node.Kind == yaml.MappingNode {
		v.notYet("if: {run, expect}")
		return ""
	}
	return v.prose()
}

// optional is true, false, or when the step may be left out.
func optional(v value) (bool, string) {
	switch s := v.prose(); strings.ToLower(s) {
	case "":
		return false, ""
	case "true":
		return true, ""
	case "false":
		return false, ""
	case "yes", "no", "on", "off", "y", "n":
		v.fault(show(s)+" is neither true nor a condition", "write true, or when it may be left out")
		return false, ""
	default:
		return true, s
	}
}

// evidence is what a person must leave behind.
func evidence(v value) string {
	if v.node.Value == "file" {
		v.notYet("evidence: file")
		return ""
	}
	return oneOf(v, "text")
}

// who is a contact, a role, or a lead of the scenario.
func who(v value) string {
	if s := v.node.Value; s == "lead.primary" || s == "lead.secondary" {
		return s
	}
	return ref(contact, role)(v)
}
