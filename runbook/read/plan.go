package read

import (
	"strings"
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// The tables of what surrounds an exercise: its plan, and what is asked for
// before it.

type plan = runbook.Plan

var planRecord = record[plan]{"exercise", []row[plan]{
	key("id", func(p *plan) *string { return &p.ID }, id, "The plan's id.", "gameday-2026-11"),
	key("title", func(p *plan) *string { return &p.Title }, line, "What people call it.", "November GameDay"),
	key("type", func(p *plan) *string { return &p.Type }, choice("tabletop", "rehearsal", "live"), "How real it is.", "rehearsal"),
	key("objectives", func(p *plan) *[]string { return &p.Objectives }, list(prose), "What it shall show, each measurable.", "[The API is back within 1 h.]"),
	key("scope", func(p *plan) *string { return &p.Scope }, prose, "What is played.", "The API in staging."),
	key("out_of_scope", func(p *plan) *string { return &p.OutOfScope }, prose, "What is not.", "Customers."),
	key("environment", func(p *plan) *runbook.Environment { return &p.Environment }, mapping(environmentRecord), "What may be touched.", `{name: staging, targets: ["i-*-staging"]}`),
	key("scenarios", func(p *plan) *[]string { return &p.Scenarios }, list(ref(scenario)), "The scenarios, in the order in which they are held.", "[api-failure]"),
	key("window", func(p *plan) *string { return &p.Window }, codec[string]{shaped("a day, a time and a length", windowPattern), window, optionalStr}, "When, and for how long.", "2026-11-20 10:00 / 3h"),
	key("roles", func(p *plan) *[]runbook.Filled { return &p.Roles }, cast, "Who fills which role of the exercise.", "{operator: bob, scribe: alice}"),
	key("observers", func(p *plan) *[]string { return &p.Observers }, words, "Who looks on.", "[Audit]"),
	key("ground_rules", func(p *plan) *[]string { return &p.GroundRules }, list(prose), "The rules of the game.", "[Christina is on holiday.]"),
	key("injects", func(p *plan) *[]runbook.PlannedInject { return &p.Injects }, records(injectRecord), "News that is given to the players.", "[{at: 15m, what: A journalist calls.}]"),
	key("stop_word", func(p *plan) *string { return &p.StopWord }, line, "The word at which everybody stops.", "mayday"),
	key("abort_when", func(p *plan) *[]string { return &p.AbortWhen }, list(prose), "What ends it.", "[Customers notice.]"),
	key("comms_channel", func(p *plan) *string { return &p.Channel }, line, "Where people write.", `"#gameday"`),
	key("bridge", func(p *plan) *string { return &p.Bridge }, line, "Where people talk.", "555-555-5570"),
	key("backup_bridge", func(p *plan) *string { return &p.BackupBridge }, line, "And where they meet when that fails.", "555-555-5571"),
	key("stakeholder_notice", func(p *plan) *[]string { return &p.Notice }, list(prose), "Who is told before.", "[Support desk.]"),
	key("change_ticket", func(p *plan) *string { return &p.ChangeTicket }, line, "The change that allows it.", "CHG-1234"),
	key("carried_actions", func(p *plan) *[]string { return &p.CarriedActions }, list(prose), "Open actions of earlier exercises that it looks at.", "[The route is checked first.]"),
	key("artificialities", func(p *plan) *[]string { return &p.Artificialities }, list(prose), "What is simulated.", "[No real customers.]"),
	key("regulatory_drivers", func(p *plan) *[]string { return &p.RegulatoryDriver }, words, "The rules that ask for it.", "[DORA art. 24]"),
}}

var environmentRecord = record[runbook.Environment]{"environment", []row[runbook.Environment]{
	key("name", func(e *runbook.Environment) *string { return &e.Name }, line, "What it is called.", "staging"),
	key("targets", func(e *runbook.Environment) *[]string { return &e.Targets }, list(line), "Patterns of hosts, accounts and regions.", `["i-*-staging"]`),
}}

var injectRecord = record[runbook.PlannedInject]{"inject", []row[runbook.PlannedInject]{
	must(key("at", func(i *runbook.PlannedInject) *time.Duration { return &i.At }, length, "How long after the start.", "15m")),
	must(key("what", func(i *runbook.PlannedInject) *string { return &i.What }, prose, "The news.", "A journalist calls.")),
}}

var cast = codec[[]runbook.Filled]{
	form: form{kind: isMap, key: idPattern, items: &player.form},
	read: func(v value) []runbook.Filled {
		var out []runbook.Filled
		for _, e := range v.entries() {
			out = append(out, runbook.Filled{Role: e.name(), Who: player.read(e)})
		}
		return out
	},
	write: func(all []runbook.Filled) *yaml.Node {
		return pairsOf(all, func(f runbook.Filled) (string, *yaml.Node) { return f.Role, player.write(f.Who) })
	},
}

var player = ref(contact)

const windowPattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} / [0-9dhms]+$`

// window is when an exercise is held: a day, a time, and how long.
func window(v value) string {
	s := v.line()
	begin, long, _ := strings.Cut(s, " / ")
	_, err := time.Parse("2006-01-02 15:04", begin)
	if _, hint := duration(long); s != "" && (err != nil || hint != "" || long == "") {
		v.fault(show(s)+" is not a window", "write it like 2026-11-20 10:00 / 3h")
	}
	return s
}

var inputRecord = record[runbook.Input]{"input", []row[runbook.Input]{
	key("ask", func(i *runbook.Input) *string { return &i.Ask }, line, "The question.", "Which release?"),
	key("pattern", func(i *runbook.Input) *string { return &i.Pattern }, pattern, "What the whole value must match.", `"v[0-9.]+"`),
	{
		key: "default", doc: "What it is where nobody says; may be empty.", example: `""`, form: text("text"),
		read: func(v value, i *runbook.Input) { i.Default, i.HasDefault = v.anything(), true },
		write: func(i *runbook.Input) *yaml.Node {
			if !i.HasDefault {
				return nil
			}
			return str(i.Default)
		},
	},
	key("secret", func(i *runbook.Input) **runbook.Secret { return &i.Secret }, secret, "Where a value comes from that is never written anywhere.", "{env: DEPLOY_TOKEN}"),
}}

// anything is text that may be empty.
func (v value) anything() string {
	if v.node.Kind == yaml.ScalarNode && v.node.Value == "" && !v.empty() {
		return ""
	}
	return v.text()
}

var secretRecord = record[runbook.Secret]{"secret", []row[runbook.Secret]{
	key("ask", func(s *runbook.Secret) *bool { return &s.Ask }, yesNo, "It is asked for.", "true"),
	key("env", func(s *runbook.Secret) *string { return &s.Env }, word, "A variable of the environment.", "DEPLOY_TOKEN"),
	key("file", func(s *runbook.Secret) *string { return &s.File }, line, "A file.", "/run/secrets/token"),
	key("command", func(s *runbook.Secret) *string { return &s.Command }, command, "A command that prints it.", "pass show deploy"),
}}

// secret says where a value comes from, in exactly one way.
var secret = codec[*runbook.Secret]{
	form: form{kind: isRecord, of: secretRecord.shape},
	read: func(v value) *runbook.Secret {
		s := new(runbook.Secret)
		if pairs := fill(v, secretRecord, s); pairs != nil && len(pairs) != 1 {
			v.faultKey("takes one of `ask`, `env`, `file` and `command`", "")
		}
		return s
	},
	write: maybe(secretRecord).write,
}

var inputs = codec[[]runbook.Input]{
	form: form{kind: isMap, of: inputRecord.shape, key: variablePattern},
	read: func(v value) []runbook.Input {
		var out []runbook.Input
		for _, p := range v.pairs() {
			in := runbook.Input{Name: p.variable()}
			fill(p, inputRecord, &in)
			out = append(out, in)
		}
		return out
	},
	write: func(all []runbook.Input) *yaml.Node {
		return pairsOf(all, func(i runbook.Input) (string, *yaml.Node) { return i.Name, inputRecord.node(&i) })
	},
}
