package read

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// The table of a playbook's own keys, and those of what it says about itself.

type book = runbook.Playbook

var playbookRecord = record[book]{"playbook", []row[book]{
	must(key("playbook", func(p *book) *string { return &p.ID }, id, "The playbook's id. It stays the same through all versions.", "bookstore")),
	key("title", func(p *book) *string { return &p.Title }, line, "What people call it.", "Bookstore failover playbook"),
	key("version", func(p *book) *string { return &p.Version }, line, "The version of the text.", `"1.0"`),
	key("revision_history", func(p *book) *[]runbook.Revision { return &p.Revisions }, records(revisionRecord), "What changed from version to version, and why.", "[{date: 2026-10-01, author: Bob, change: The route is checked before it is changed.}]"),
	key("status", func(p *book) *string { return &p.Status }, choice("draft", "proposed", "agreed", "superseded", "retired"), "Where the text is in its life.", "proposed"),
	key("team", func(p *book) *string { return &p.Team }, line, "The one group responsible for the application.", "bookstore"),
	key("owner", func(p *book) *string { return &p.Owner }, ref(contact), "Who maintains it.", "alice"),
	key("approver", func(p *book) *string { return &p.Approver }, ref(contact), "Who may approve it.", "alice"),
	key("application", func(p *book) *string { return &p.Application }, line, "What is recovered.", "Bookstore"),
	key("purpose", func(p *book) *string { return &p.Purpose }, prose, "What the plan is for.", "Bring the bookstore back after the loss of one of its parts."),
	key("scope", func(p *book) *string { return &p.Scope }, prose, "What it covers.", "The production bookstore."),
	key("exclusions", func(p *book) *[]string { return &p.Exclusions }, list(prose), "What it does not recover.", "[Analytics.]"),
	key("zone", func(p *book) *string { return &p.Zone }, word, "The time zone (IANA) of every time of day that names none.", "America/Los_Angeles"),
	key("published", func(p *book) *string { return &p.Published }, line, "The one place where everybody finds it.", "https://wiki.example.com/dr/bookstore"),
	key("offline_copy", func(p *book) *string { return &p.OfflineCopy }, line, "Where it is found while that place is down.", "Printed, in the on-call binder."),
	key("review", func(p *book) *runbook.Review { return &p.Review }, mapping(reviewRecord), "How often it is looked over, and when it last was.", "{every: 90d, last: 2026-10-01}"),
	key("classification", func(p *book) *string { return &p.Classification }, line, "Who may see it.", "internal"),
	key("retention", func(p *book) *string { return &p.Retention }, line, "How long its records are kept.", "7 years"),
	key("activation_criteria", func(p *book) *[]string { return &p.Activation }, list(prose), "When it applies.", "[A critical component does not answer.]"),
	key("deactivation_criteria", func(p *book) *[]string { return &p.Deactivation }, list(prose), "When it stands down.", "[The test procedure has passed.]"),
	key("exceptions", func(p *book) *[]string { return &p.Exceptions }, list(prose), "When it does not apply although it seems to.", "[Announced maintenance.]"),
	key("success_criteria", func(p *book) *string { return &p.Success }, prose, "What recovered means, for every scenario that does not say.", "The public endpoint lists books."),
	key("severities", func(p *book) *[]runbook.Named { return &p.Severities }, texts(prose), "The levels of severity with their definitions, the most severe first.", "{critical: Nobody can use the bookstore.}"),
	key("glossary", func(p *book) *[]runbook.Named { return &p.Glossary }, texts(prose), "Words of the team's own.", "{door: The name service.}"),
	key("agreement", func(p *book) **runbook.Agreement { return &p.Agreement }, maybe(agreementRecord), "Who must agree to exactly this text, and for how long their word holds.", "{by: [alice, bob], valid: 180d}"),
	key("prerequisites", func(p *book) *[]runbook.Prerequisite { return &p.Prerequisites }, gates, "The gates before the exercise, with their evidence.", `{observability: {done: "Dashboards are at ...", by: bob, on: 2026-10-01}}`),
	key("none", func(p *book) *[]runbook.Named { return &p.None }, texts(prose), "What the document leaves empty on purpose, and why.", `{non-critical: "The application fails with any of its parts."}`),
	key("allow", func(p *book) *[]runbook.Allowance { return &p.Allow }, records(allowanceRecord), "Checks that are silenced, each with its reason.", `[{code: LS06, reason: "The address is fixed by contract.", where: scenarios.api-failure}]`),
	key("files", func(p *book) *[]string { return &p.Files }, list(filePath), "Whatever else is run or read: part of the digest and of the frozen copy.", "[scripts/launch.sh]"),
	key("tools", func(p *book) *[]string { return &p.Tools }, list(word), "Programs that must be there before the start.", "[aws, jq, ssh]"),
	key("components", func(p *book) *[]runbook.Component { return &p.Components }, components, "The parts of the system.", "{api: {name: Bookstore API}}"),
	key("signals", func(p *book) *[]runbook.Signal { return &p.Signals }, signals, "How each failure is seen.", `{api-answers: {component: api, kind: probe, url: "https://dash.example.com/api", detects: [api-failure]}}`),
	key("dependencies", func(p *book) *[]runbook.Dependency { return &p.Dependencies }, dependencies, "What the application needs, and what is promised for it.", "{api: {class: critical, rto: 12h, rpo: 24h}}"),
	key("contacts", func(p *book) *[]runbook.Contact { return &p.Contacts }, contacts, "The people of the team.", "{bob: {name: Bob, email: bob@example.com}}"),
	key("external_contacts", func(p *book) *[]runbook.Contact { return &p.External }, contacts, "Vendors, regulators and customers' desks.", "{aws-support: {name: AWS Support, phone: 555-555-5559}}"),
	key("roles", func(p *book) *[]runbook.Role { return &p.Roles }, roles, "Names for those who may fill a role.", "{dba: [bob]}"),
	key("notifications", func(p *book) *[]runbook.Notification { return &p.Notifications }, notifications, "Who is told what, when, why and how.", "{declared: {when: declared, who: [lead.primary], what: The API is down., why: action, how: [phone]}}"),
	key("inputs", func(p *book) *[]runbook.Input { return &p.Inputs }, inputs, "Values that are asked for at the start, or given by `--set`. Commands find them in their environment.", `{RELEASE: {ask: "Which release?", pattern: "^v[0-9.]+$"}}`),
	key("exercise", func(p *book) **runbook.Plan { return &p.Exercise }, maybe(planRecord), "A GameDay, planned in the document itself.", "{title: November GameDay, scenarios: [api-failure]}"),
	must(key("scenarios", func(p *book) *[]runbook.Scenario { return &p.Scenarios }, scenarios, "The failures that are prepared for.", "{api-failure: {title: API failure, recovery: [{do: Restart it.}]}}")),
}}

var reviewRecord = record[runbook.Review]{"review", []row[runbook.Review]{
	key("every", func(r *runbook.Review) *time.Duration { return &r.Every }, length, "How often.", "90d"),
	key("last", func(r *runbook.Review) *string { return &r.Last }, date, "When it last was.", "2026-10-01"),
	key("exercised", func(r *runbook.Review) *string { return &r.Exercised }, date, "The last exercise that no record tells of.", "2026-05-12"),
}}

var agreementRecord = record[runbook.Agreement]{"agreement", []row[runbook.Agreement]{
	must(key("by", func(a *runbook.Agreement) *[]string { return &a.By }, list(ref(contact)), "Everybody who must agree.", "[alice, bob]")),
	key("valid", func(a *runbook.Agreement) *time.Duration { return &a.Valid }, length, "How long their word holds.", "180d"),
	key("method", func(a *runbook.Agreement) *string { return &a.Method }, line, "How consent is given, beside the signatures.", "Review meeting."),
}}

var revisionRecord = record[runbook.Revision]{"revision", []row[runbook.Revision]{
	must(key("date", func(r *runbook.Revision) *string { return &r.Date }, date, "When.", "2026-10-01")),
	key("author", func(r *runbook.Revision) *string { return &r.Author }, line, "Who.", "Bob"),
	must(key("change", func(r *runbook.Revision) *string { return &r.Change }, prose, "What changed, and why.", "The route is checked before it is changed.")),
	key("exercise", func(r *runbook.Revision) *string { return &r.Exercise }, line, "The exercise whose report led to it.", "ex-20260930-1"),
}}

var prerequisiteRecord = record[runbook.Prerequisite]{"prerequisite", []row[runbook.Prerequisite]{
	key("status", func(p *runbook.Prerequisite) *string { return &p.Status }, choice(runbook.GateComplete, runbook.GateOpen), "Whether the gate is passed.", "complete"),
	key("done", func(p *runbook.Prerequisite) *string { return &p.Done }, prose, "The evidence.", "Dashboards are at https://dash.example.com."),
	key("by", func(p *runbook.Prerequisite) *string { return &p.By }, ref(contact), "Who looked.", "bob"),
	key("on", func(p *runbook.Prerequisite) *string { return &p.On }, date, "When.", "2026-10-01"),
}}

var allowanceRecord = record[runbook.Allowance]{"allow", []row[runbook.Allowance]{
	must(key("code", func(a *runbook.Allowance) *string { return &a.Code }, codec[string]{shaped("a check's code", checkPattern), checkCode, optionalStr}, "The check.", "LS06")),
	must(key("reason", func(a *runbook.Allowance) *string { return &a.Reason }, prose, "Why it does not apply.", "The address is fixed by contract.")),
	key("where", func(a *runbook.Allowance) *string { return &a.Where }, line, "The path below which it holds; everywhere when left out.", "scenarios.api-failure"),
}}

// gates is a mapping whose keys are the prerequisites of stage 1.
var gates = codec[[]runbook.Prerequisite]{
	form: form{kind: isMap, of: prerequisiteRecord.shape, key: "^(?:" + strings.Join(runbook.Gates[:], "|") + ")$"},
	read: func(v value) []runbook.Prerequisite {
		var out []runbook.Prerequisite
		for _, e := range v.entries() {
			if !slices.Contains(runbook.Gates[:], e.name()) {
				e.faultKey("there is no gate "+show(e.name()), cmp.Or(v.r.meant(e.name(), runbook.Gates[:]), "the gates are "+strings.Join(runbook.Gates[:], ", ")))
			}
			p := runbook.Prerequisite{Gate: e.name()}
			fill(e, prerequisiteRecord, &p)
			out = append(out, p)
		}
		return out
	},
	write: func(all []runbook.Prerequisite) *yaml.Node {
		return pairsOf(all, func(p runbook.Prerequisite) (string, *yaml.Node) { return p.Gate, prerequisiteRecord.node(&p) })
	},
}

var validCheck = regexp.MustCompile(checkPattern)

// checkCode is the code of a check. Whether there is such a check is for the
// checks to say.
func checkCode(v value) string {
	s := v.word()
	if s != "" && !validCheck.MatchString(s) {
		v.fault(show(s)+" is not a check's code", "write it like LS06")
	}
	return s
}

// objective is an RPO. One of no loss at all cannot be told from none.
func (v value) objective() time.Duration {
	if d, hint := duration(v.node.Value); hint == "" && d == 0 && v.node.Value != "" {
		v.fault("an objective of 0 cannot be told from none", "state the smallest loss that counts, such as 1s")
		return 0
	}
	return v.duration()
}

// date is a day, 2006-01-02.
func (v value) date() string {
	s := v.text()
	if _, err := time.Parse(time.DateOnly, s); err != nil && s != "" {
		v.fault(show(s)+" is not a date", "write it like 2026-10-01")
	}
	return s
}

// file is the path of a file that belongs to the playbook.
func file(v value) string {
	path := v.seen(v.line())
	switch {
	case path == "":
	case len(v.r.files) > maxFiles: // has been said
	case !fs.ValidPath(path) || path == "." || strings.Contains(path, `\`):
		v.fault(show(path)+" is not a path below the playbook's folder", "write it like scripts/launch.sh")
	case slices.ContainsFunc(v.r.files, func(f value) bool { return f.node.Value == path }):
		v.fault(show(path)+" is named twice", "")
	default:
		v.r.files = append(v.r.files, v)
		if len(v.r.files) == maxFiles+1 {
			v.fault(fmt.Sprintf("more than %d files", maxFiles), "")
		}
	}
	return path
}
