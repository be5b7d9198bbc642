package read

import (
	"fmt"
	"slices"
	"strings"
	"time"

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

var stepRecord = record[draft]{"step", []row[draft]{
	key("id", func(d *draft) *string { return &d.ID }, id, "A name that stays; made from the words when left out.", "launch"),
	key("part", func(d *draft) *string { return &d.Part }, line, "The heading it stands under.", "Preparation"),
	{
		key: "do", doc: "The instruction.", example: "Launch a replacement.", form: prose.form,
		read: func(v value, d *draft) { d.Do = v.prose() },
		write: func(d *draft) *yaml.Node {
			if d.Do == inWords(d.Step) {
				return nil
			}
			return optionalStr(d.Do)
		},
	},
	{
		key: "run", doc: "A command or a whole script, run verbatim.", example: "sudo systemctl restart gunicorn", form: command.form,
		read: func(v value, d *draft) { d.Run = v.command() },
		write: func(d *draft) *yaml.Node {
			if d.Kind != runbook.Run || len(d.Runs) > 0 {
				return nil
			}
			return optionalStr(d.Run)
		},
	},
	{
		key: "runs", doc: "Several blocks, of which the document does not say how they go together. The operator is asked.", example: "[./launch.sh, ./launch.sh --small]", form: list(command).form,
		read:  blocks,
		write: func(d *draft) *yaml.Node { return list(command).write(d.Runs) },
	},
	key("ask", func(d *draft) *string { return &d.Ask }, prose, "A question, whose answer decides.", "Is the instance up?"),
	{
		key: "answers", doc: "What may be answered.", example: "[{say: Up, go: restart}, {say: Gone, go: launch}]", form: records(answerRecord).form,
		read: answers,
		write: func(d *draft) *yaml.Node {
			var all []answer
			for _, a := range d.Answers {
				all = append(all, answer{Answer: a})
			}
			return records(answerRecord).write(all)
		},
	},
	key("wait", func(d *draft) *time.Duration { return &d.Wait }, length, "Time that must pass.", "5m"),
	{
		key: "until", doc: "A condition that must come true.", example: "{run: dig +short bookstore.example.com, every: 10s, within: 5m}", form: form{kind: isRecord, of: untilRecord.shape},
		read: func(v value, d *draft) { fill(v, untilRecord, &d.Step) },
		write: func(d *draft) *yaml.Node {
			if d.Kind != runbook.Until {
				return nil
			}
			return untilRecord.node(&d.Step)
		},
	},
	{
		key: "notify", doc: "People who must be told: a notification rule, or contacts in order.", example: "[bob, alice]", form: form{kind: isText, words: "the id of a notification rule", pattern: idPattern, or: &people.form},
		read: notify,
		write: func(d *draft) *yaml.Node {
			if d.Rule != "" {
				return str(d.Rule)
			}
			return people.write(d.Notify)
		},
	},
	key("then", func(d *draft) *runbook.Target { return &d.Then }, target, "Where it goes on; the next step when left out.", "test"),
	{
		key: "if", doc: "A guard: asked first, and recorded. No: the step is not for this case. Yes: it is mandatory. `{run, expect}` is answered by the machine; a person is asked where it can't tell.", example: "The instance is up and its application down.", form: form{kind: isText, words: "text", or: &form{kind: isRecord, of: probeRecord.shape}},
		read: guard,
		write: func(d *draft) *yaml.Node {
			if d.IfProbe != nil {
				return probeRecord.node(d.IfProbe)
			}
			return optionalStr(d.If)
		},
	},
	{
		key: "optional", doc: "Whether it may be left out, or when.", example: "When time is short.", form: form{kind: isFlag, words: "true or false", or: &prose.form},
		read: func(v value, d *draft) { d.Optional, d.When = optional(v) },
		write: func(d *draft) *yaml.Node {
			if d.When != "" {
				return str(d.When)
			}
			return writeFlag(d.Optional)
		},
	},
	key("preconditions", func(d *draft) *[]string { return &d.Preconditions }, list(prose), "What must hold before it.", "[Nobody writes to the old primary.]"),
	key("depends_on", func(d *draft) *[]string { return &d.DependsOn }, list(id), "Steps that must be done before it.", "[fence]"),
	{
		key: "expect", doc: "What counts as done as documented. A command without it wants exit 0.", example: "{exit: 7}", form: expectation.form,
		read: func(v value, d *draft) { d.Expect = expectation.read(v) },
		write: func(d *draft) *yaml.Node {
			if d.Kind == runbook.Until {
				return nil
			}
			return expectation.write(d.Expect)
		},
	},
	key("sample", func(d *draft) *string { return &d.Sample }, verbatim, "Documented output, shown beside the actual. It never decides.", `"curl: (7) Failed to connect"`),
	key("capture", func(d *draft) *[]runbook.Capture { return &d.Capture }, captures, "Values for later steps: a pattern (its last match, or the first group of that), a path into JSON, or a line.", `{NEW_HOST: 'ec2-\S+'}`),
	key("point", func(d *draft) **runbook.Point { return &d.Point }, maybe(pointRecord), "The step observes the recovery point.", "{from: RECOVERY_POINT, method: marker}"),
	{
		key: "effect", doc: "What it can break. Left out, a command is `change` and everything else `none`.", example: "read", form: effect.form,
		read: func(v value, d *draft) { d.Effect = effect.read(v) },
		write: func(d *draft) *yaml.Node {
			if d.Effect == d.Kind.Effect() {
				return nil
			}
			return effect.write(d.Effect)
		},
	},
	key("target", func(d *draft) *string { return &d.Aim }, word, "The word that is typed to confirm what cannot be undone.", "db-eu-2"),
	key("idempotent", func(d *draft) *bool { return &d.Idempotent }, yesNo, "Whether it may be run again without harm.", "true"),
	key("at", func(d *draft) *[]string { return &d.At }, many(id), "The terminal it runs in, or several: once in each, in order.", "new-api"),
	key("opens", func(d *draft) *string { return &d.Opens }, id, "The terminal that its command opens and stays in.", "new-api"),
	key("closes", func(d *draft) *string { return &d.Closes }, id, "The terminal that it ends.", "new-api"),
	key("in", func(d *draft) *runbook.In { return &d.In }, mapping(inRecord), "What its command is started with.", "{dir: /srv/bookstore}"),
	key("isolated", func(d *draft) *bool { return &d.Isolated }, yesNo, "It runs in a process of its own.", "true"),
	key("setup", func(d *draft) *bool { return &d.Setup }, yesNo, "It may be replayed into a new terminal after one is lost.", "true"),
	key("who", func(d *draft) *string { return &d.Who }, who, "Who does it.", "lead.primary"),
	key("approve", func(d *draft) *[]string { return &d.Approve }, many(who), "Who must approve it first: all of them, and never who does it.", "[dba]"),
	key("together", func(d *draft) *string { return &d.Together }, id, "Consecutive steps of one name are done in any order.", "launch-both"),
	{
		key: "estimate", doc: "The planned time, or its range.", example: "{min: 1m, likely: 2m, max: 5m}", form: form{kind: isText, words: "a duration", pattern: durationPattern, or: &form{kind: isRecord, of: estimateRecord.shape}},
		read: estimate,
		write: func(d *draft) *yaml.Node {
			if d.EstimateMin == 0 && d.EstimateMax == 0 {
				return writeDuration(d.Estimate)
			}
			return estimateRecord.node(&d.Step)
		},
	},
	key("timeout", func(d *draft) *time.Duration { return &d.Timeout }, length, "After which it is stopped.", "30s"),
	{
		key: "tries", doc: "How often it may be tried; once when left out.", example: "3", form: attempts.form,
		read: func(v value, d *draft) { d.Tries = attempts.read(v) },
		write: func(d *draft) *yaml.Node {
			if d.Tries == 1 {
				return nil
			}
			return attempts.write(d.Tries)
		},
	},
	{
		key: "every", doc: "The pause between tries.", example: "5s", form: length.form,
		read: func(v value, d *draft) { d.Every = v.duration() },
		write: func(d *draft) *yaml.Node {
			if d.Kind == runbook.Until {
				return nil
			}
			return writeDuration(d.Every)
		},
	},
	key("if_not", func(d *draft) *runbook.Target { return &d.IfNot }, target, "The documented way out when the expectation is not met.", "launch"),
	key("evidence", func(d *draft) *string { return &d.Evidence }, choice("text", "file"), "What a person must leave behind: a line, or a file, which is copied beside the record before the step counts as done.", "text"),
	key("redact", func(d *draft) *[]string { return &d.Redact }, list(pattern), "Patterns of what must never be written, looked for in each line of its output.", `['token=\S+']`),
	key("mark", func(d *draft) *runbook.Mark { return &d.Mark }, mark, "The clock mark that it is: `disruption` at its beginning, every other at its end. `verified` is for steps of `test`.", "recovered"),
	key("why", func(d *draft) *string { return &d.Why }, prose, "Why it is done.", "It takes seconds, and rules the cheaper repair out."),
	key("note", func(d *draft) *string { return &d.Note }, prose, "What helps to do it.", "From a machine outside."),
	key("warning", func(d *draft) *string { return &d.Warning }, prose, "What must be known before it.", "Customers notice this."),
	key("rollback", func(d *draft) *string { return &d.Rollback }, prose, "How it is undone.", "Point the name back at the old address."),
	key("refs", func(d *draft) *[]string { return &d.Refs }, many(line), "Where more is written.", "https://wiki.example.com/dr/bookstore#launch"),
}}

var (
	effect   = choice(runbook.Effects[:]...)
	attempts = number(1, 1000)
	steps    = codec[[]runbook.Step]{
		form: form{kind: isList, items: &form{kind: isRecord, of: stepRecord.shape}},
		write: func(all []runbook.Step) *yaml.Node {
			if len(all) == 0 {
				return nil
			}
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, st := range all {
				n.Content = append(n.Content, stepRecord.node(&draft{Step: st}))
			}
			return n
		},
	}
)

var untilRecord = record[runbook.Step]{"until", []row[runbook.Step]{
	must(key("run", func(s *runbook.Step) *string { return &s.Run }, command, "How to look.", "dig +short bookstore.example.com")),
	key("expect", func(s *runbook.Step) *runbook.Expect { return &s.Expect }, expectation, "What must be seen.", "{matches: 192}"),
	key("every", func(s *runbook.Step) *time.Duration { return &s.Every }, length, "The pause between looks.", "10s"),
	must(key("within", func(s *runbook.Step) *time.Duration { return &s.Within }, length, "How long it may take.", "5m")),
	key("holds", func(s *runbook.Step) *time.Duration { return &s.Holds }, length, "How long it must stay true.", "90s"),
}}

var probeRecord = record[runbook.Probe]{"if", []row[runbook.Probe]{
	must(key("run", func(p *runbook.Probe) *string { return &p.Run }, command, "How to look.", "systemctl is-active gunicorn")),
	key("expect", func(p *runbook.Probe) *runbook.Expect { return &p.Expect }, expectation, "What must be seen for a yes.", "{exit: 3}"),
}}

var inRecord = record[runbook.In]{"in", []row[runbook.In]{
	key("dir", func(i *runbook.In) *string { return &i.Dir }, line, "The folder.", "/srv/bookstore"),
	key("env", func(i *runbook.In) *[]runbook.Named { return &i.Env }, variables, "Variables of its environment.", "{STAGE: production}"),
	key("shell", func(i *runbook.In) *string { return &i.Shell }, word, "What runs it: `bash`, or for isolated steps any interpreter.", "bash"),
}}

// variables is a mapping of variables to their values.
var variables = codec[[]runbook.Named]{
	form: form{kind: isMap, key: variablePattern, items: &verbatim.form},
	read: func(v value) []runbook.Named {
		var out []runbook.Named
		for _, p := range v.pairs() {
			out = append(out, runbook.Named{ID: p.variable(), Text: p.seen(p.anything())})
		}
		return out
	},
	write: func(all []runbook.Named) *yaml.Node {
		return pairsOf(all, func(n runbook.Named) (string, *yaml.Node) { return n.ID, str(n.Text) })
	},
}

var estimateRecord = record[runbook.Step]{"estimate", []row[runbook.Step]{
	key("min", func(s *runbook.Step) *time.Duration { return &s.EstimateMin }, length, "At the best.", "1m"),
	must(key("likely", func(s *runbook.Step) *time.Duration { return &s.Estimate }, length, "Most likely.", "2m")),
	key("max", func(s *runbook.Step) *time.Duration { return &s.EstimateMax }, length, "At the worst.", "5m"),
}}

// estimate is a planned time, or its range.
func estimate(v value, d *draft) {
	if v.node.Kind != yaml.MappingNode {
		d.Estimate = v.duration()
		return
	}
	fill(v, estimateRecord, &d.Step)
	if d.EstimateMin > d.Estimate || d.EstimateMax > 0 && d.EstimateMax < d.Estimate {
		v.faultKey("the range does not hold what is likely", "write min, likely and max in rising order")
	}
}

// blocks are several commands of one step.
func blocks(v value, d *draft) {
	d.Runs = list(command).read(v)
	if len(d.Runs) == 1 {
		v.faultKey("one block is a `run`", "")
	}
	if len(d.Runs) > 0 {
		d.Run = d.Runs[0]
	}
}

// notify is a notification rule, or the people themselves.
func notify(v value, d *draft) {
	if v.node.Kind == yaml.SequenceNode {
		d.Notify = people.read(v)
		return
	}
	d.Rule = ref(notification).read(v)
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
	{"runs", runbook.Run},
	{"notify", runbook.Notify},
}

var commands = []runbook.Kind{runbook.Run, runbook.Until}

// meaningful lists the keys that mean something for steps of some kinds only.
// On others nobody would look at them, so they are refused there.
var meaningful = []struct {
	key   string
	kinds []runbook.Kind
	hint  string
}{
	{"answers", []runbook.Kind{runbook.Decide}, "they answer an `ask`"},
	{"expect", []runbook.Kind{runbook.Run, runbook.Manual}, "it looks at the output of a `run`, or says what a person must see; that of an `until` stands inside it"},
	{"every", []runbook.Kind{runbook.Run}, "it is the pause between the tries of a `run`; that of an `until` stands inside it"},
	{"tries", []runbook.Kind{runbook.Run}, "only a `run` is tried again"},
	{"sample", commands, "only commands have output"},
	{"capture", commands, "only commands have output"},
	{"timeout", commands, "only commands are stopped"},
	{"redact", commands, "only commands have output"},
	{"at", commands, "only commands run in a terminal"},
	{"opens", []runbook.Kind{runbook.Run}, "only a `run` opens a terminal"},
	{"in", commands, "only commands are started with anything"},
	{"isolated", commands, "only commands are processes"},
	{"setup", []runbook.Kind{runbook.Run}, "only a `run` can be replayed"},
	{"if_not", []runbook.Kind{runbook.Run, runbook.Until, runbook.Manual}, "nothing is expected here that could fail"},
}

func newDraft(v value, p runbook.Procedure) draft {
	d := draft{}
	d.Procedure, d.Line, d.Column, d.Tries = p, v.node.Line, v.node.Column, 1
	if d.pairs = fill(v, stepRecord, &d); d.pairs == nil {
		return d
	}
	clear := d.chooseWay(v)
	if clear {
		d.checkKeys()
	}
	if d.Do == "" {
		d.Do = inWords(d.Step)
	}
	if clear && d.Kind == runbook.Manual && !pick(d.pairs, "do").written() {
		v.fault("the step does not say what to do", "add `do`, or a way of doing it: `run`, `ask`, `wait`, `until` or `notify`")
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
	if d.Effect == "" {
		d.Effect = d.Kind.Effect()
	}
	return true
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
	d.checkExpect()
	d.checkSetup()
	if shell := pick(pick(d.pairs, "in").inside(), "shell"); shell.written() && d.In.Shell != "bash" && !d.Isolated {
		shell.fault("the terminal's shell is bash", "add `isolated: true` to run it with "+show(d.In.Shell))
	}
	aim := pick(d.pairs, "target")
	switch {
	case aim.written() && d.Effect != runbook.Final:
		aim.faultKey("`target` is typed to confirm what cannot be undone", "add `effect: final`, or take it out")
	case !aim.written() && d.Effect == runbook.Final:
		pick(d.pairs, "effect").fault("a final step needs a `target`, the word typed to confirm it", "")
	}
}

// checkSetup wants of a step that is done again unasked that nobody has to be
// asked, and that it leaves the terminal as the one in which it is done.
func (d *draft) checkSetup() {
	at, hint := pick(d.pairs, "setup"), "take `setup` out"
	switch {
	case !d.Setup:
	case d.Effect == runbook.Final:
		at.faultKey("what cannot be undone is not replayed, which happens unasked", hint)
	case len(d.Approve) > 0:
		at.faultKey("what others must approve is not replayed, which happens unasked", hint)
	case d.Opens != "" || d.Closes != "":
		at.faultKey("what opens or closes a terminal is not replayed into one", hint)
	}
}

// checkExpect wants of a command what it prints, and of a person what they see.
func (d *draft) checkExpect() {
	at := pick(d.pairs, "expect")
	state := pick(at.inside(), "state")
	switch {
	case !at.written():
	case d.Kind == runbook.Run && state.written():
		state.faultKey("a command's output decides, not what a person sees", "make the look a step by hand")
	case d.Kind == runbook.Manual && (!state.written() || len(at.inside()) > 1):
		at.faultKey("of a step by hand only a `state` can be expected", "write expect: {state: what must be seen}")
	}
}

// inWords is the instruction of a step that has none but its way.
func inWords(s runbook.Step) string {
	switch s.Kind {
	case runbook.Run:
		return "Run " + firstLine(s.Run) + "."
	case runbook.Until:
		return "Wait until " + firstLine(s.Run) + " succeeds."
	case runbook.Decide:
		return s.Ask
	case runbook.Wait:
		return "Wait " + runbook.Spell(s.Wait) + "."
	case runbook.Notify:
		if s.Rule != "" {
			return "Notify as `" + s.Rule + "` says."
		}
		return "Notify " + strings.Join(s.Notify, ", then ") + "."
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

var answerRecord = record[answer]{"answer", []row[answer]{
	must(key("say", func(a *answer) *string { return &a.Say }, line, "The answer.", "The instance is gone.")),
	{
		key: "go", doc: "Where it leads; to the next step when left out.", example: "launch", form: target.form,
		read:  func(v value, a *answer) { a.Go, a.goes = target.read(v), v },
		write: func(a *answer) *yaml.Node { return target.write(a.Go) },
	},
	{
		key: "at_most", doc: "How often it may be given where it leads back.", example: "3", form: attempts.form,
		read:  func(v value, a *answer) { a.AtMost, a.atMost = attempts.read(v), v },
		write: func(a *answer) *yaml.Node { return attempts.write(a.AtMost) },
	},
}}

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
		fill(item, answerRecord, &a)
		if slices.ContainsFunc(d.Answers, func(b runbook.Answer) bool { return b.Say == a.Say && a.Say != "" }) {
			item.fault("another answer says "+show(a.Say)+" as well", "")
		}
		d.Answers = append(d.Answers, a.Answer)
		d.replies = append(d.replies, a.reply)
	}
}

// guard is the question that decides whether a step is for this case, asked of
// a person or of the machine.
func guard(v value, d *draft) {
	if v.node.Kind != yaml.MappingNode {
		d.If = v.prose()
		return
	}
	d.IfProbe = new(runbook.Probe)
	fill(v, probeRecord, d.IfProbe)
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
