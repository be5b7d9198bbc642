package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

// writeFront writes the front matter, the title and, for an exercise that has
// not ended, the word that this is a draft.
func writeFront(v *view, p *page) {
	b, status := v.s.Began, "in-review"
	if v.s.Ended == nil {
		status = "draft"
	}
	lines := []string{
		"report: " + yaml("AAR-"+b.Exercise), "status: " + status, "exercise: " + yaml(b.Exercise),
		"playbook: " + yaml(v.s.Book.ID), "version: " + yaml(v.s.Book.Version), "digest: " + yaml("sha256:"+b.Digest),
		"scenario: " + yaml(v.s.Scenario.ID), "type: " + yaml(string(b.Kind)), "rule: " + yaml(string(b.Rule)),
		fmt.Sprintf("dry_run: %t", b.DryRun),
		"started: " + yaml(instant(v.s.Started)), "ended: " + yaml(v.endInstant()),
		"outcome: " + yaml(string(v.verdicts.Outcome)), "fidelity: " + yaml(string(v.verdicts.Fidelity)),
		"completion: " + yaml(string(v.verdicts.Completion)),
	}
	// The blank line keeps renderers that know no front matter from making a
	// heading of it.
	p.b.WriteString(fenceOfFront + strings.Join(lines, "\n") + "\n\n" + fenceOfFront + "\n")
	p.heading(1, say("Exercise report: %s, %s", v.s.Scenario.Title, v.s.First.UTC().Format("2006-01-02")))
	if v.s.Ended == nil {
		p.para(say("> **Draft.** The exercise has not ended. The record stops at %s, %s. Everything below may still change.",
			v.s.Last, v.stand()))
	}
}

// yaml is a double-quoted scalar: the strings of JSON are some of YAML's.
func yaml(s string) string {
	quoted, err := json.Marshal(clean.Line(s))
	if err != nil {
		return `""` // a string always has a JSON form
	}
	return string(quoted)
}

func (v *view) endInstant() string {
	if v.s.Ended == nil {
		return ""
	}
	return instant(v.s.Last)
}

// stand says where the document stands.
func (v *view) stand() md {
	n := len(v.s.Scenario.Steps)
	step, open := v.s.Current()
	switch {
	case v.s.Started.IsZero():
		return "before the go"
	case !open && v.s.Back != nil:
		return "at the end of the way back to safety"
	case !open:
		return "behind the last step"
	}
	return say("at step %s of %s", v.step(step.ID), n)
}

func writeSummary(v *view, p *page) {
	p.table([]md{"Verdict", "Result", "Why"},
		[]md{"**Outcome**", say("%s", v.verdicts.Outcome), v.whyOutcome()},
		[]md{"**Fidelity**", say("%s", v.verdicts.Fidelity), v.whyFidelity()},
		[]md{"**Completion**", say("%s", v.verdicts.Completion), v.whyCompletion()},
	)
	p.para(joined(" ", v.whatWasDone(), v.whatWasAgreed(), v.whatWasMeasured(), v.whatFollows()))
}

func (v *view) whyOutcome() md {
	var parts []md
	for _, o := range v.objectives {
		if o.Measured {
			parts = append(parts, say("%s %s, %s of %s%s", o.Called(), o.Verdict, o.Actual, o.Target, simulated(o)))
		}
	}
	for _, u := range v.unmeasured() {
		parts = append(parts, say("%s not evaluated (%s)", u.names, u.why))
	}
	if v.s.TestFailed() {
		parts = append(parts, "a mandatory test failed")
	}
	if len(v.objectives) == 0 {
		parts = append(parts, "the scenario documents no objective")
	}
	return joined("; ", parts...)
}

// unmeasured are the objectives without a figure, together where the reason is
// the same.
func (v *view) unmeasured() []struct{ names, why md } {
	var all []struct{ names, why md }
	for _, o := range v.objectives {
		why := text(o.Why)
		if n := len(all); o.Measured {
			continue
		} else if n > 0 && all[n-1].why == why {
			all[n-1].names += ", " + text(o.Called())
			continue
		}
		all = append(all, struct{ names, why md }{text(o.Called()), why})
	}
	return all
}

func simulated(o exec.Objective) md {
	if o.Notional {
		return " (simulated outage)"
	}
	return ""
}

func (v *view) whyFidelity() md {
	switch {
	case v.s.Began.DryRun:
		return "nothing was executed: outcomes were simulated"
	case v.s.Performed == 0:
		return "nothing was performed"
	}
	return joined("; ",
		say("%s, %s", counted(v.material(), "material deviation", "material deviations"), counted(v.minor(), "minor one", "minor ones")),
		v.tallied())
}

func (v *view) whyCompletion() md {
	switch {
	case v.s.Ended == nil:
		return say("the record stops %s", v.stand())
	case v.s.Ended.Completion == exec.Completed:
		return "the document came to its end"
	case v.s.Ended.Reason != "":
		return say("%s: %s", v.stand(), v.s.Ended.Reason)
	}
	return say("%s; no reason is on record", v.stand())
}

// whatWasDone is the first sentence of the summary.
func (v *view) whatWasDone() md {
	if v.s.Started.IsZero() {
		return say("The scenario %s was put on record under the rule *%s*. The go was not given, and nothing was performed.", v.s.Scenario.Title, v.s.Began.Rule)
	}
	how := say("exercised as a %s", kindWord[v.s.Began.Kind])
	if v.s.Began.Kind == exec.Incident {
		how = "carried out in a real incident"
	}
	dry := md("")
	if v.s.Began.DryRun {
		dry = ", as a dry run in which nothing was executed"
	}
	end := say("It has not ended; it stands %s.", v.stand())
	if v.s.Ended != nil {
		end = say("It was %s %s after the go.", v.s.Ended.Completion, v.s.Last.Sub(v.s.Started))
	}
	if v.s.Ended != nil && v.s.Ended.Completion == exec.Blocked {
		end += " To stop there was correct: the document does not say how to go on."
	}
	return joined(" ", say("The scenario %s was %s under the rule *%s*%s. %s", v.s.Scenario.Title, how, v.s.Began.Rule, dry, end), v.whereItLed())
}

// whereItLed says where the document led out of the scenario.
func (v *view) whereItLed() md {
	var words []md
	for k, l := range v.s.Legs() {
		if k > 0 && !l.Back {
			words = append(words, say("The document led on to the scenario %s.", l.Scenario.Title))
		}
	}
	if v.s.Back == nil {
		return joined(" ", words...)
	}
	given := say("It was given up because %s, after %s.", v.s.Back.Reason, v.s.Back.At.Sub(v.s.Started))
	if v.s.Back.Step != "" {
		given = say("The document led back to safety at step %s, after %s.", v.step(v.s.Back.Step), v.s.Back.At.Sub(v.s.Started))
	}
	words = append(words, given)
	if safe, ok := v.safe(); ok {
		words = append(words, say("The way back to safety was walked to its end in %s.", safe))
	} else if !v.s.WayBack() {
		words = append(words, "The document does not say how to get back to safety.")
	}
	return joined(" ", words...)
}

// safe is how long the way back to safety took, false where it was not walked to
// its end.
func (v *view) safe() (took time.Duration, ok bool) {
	if v.s.Back == nil {
		return 0, false
	}
	for _, l := range v.s.Legs() {
		for i := l.From; l.Back && i < l.End(); i++ {
			st := v.s.Step(i)
			if !st.Over() {
				return 0, false
			}
			took, ok = max(took, st.Closed.Sub(v.s.Back.At)), true
		}
	}
	return took, ok
}

// kindWord completes "exercised as a".
var kindWord = map[exec.Type]string{
	exec.Tabletop: "tabletop", exec.Rehearsal: "rehearsal", exec.Live: "live exercise on production", exec.Incident: "incident",
}

// whatWasMeasured says what the figures are worth.
func (v *view) whatWasMeasured() md {
	var parts []md
	for _, o := range v.objectives {
		switch {
		case !o.Measured:
		case o.Verdict == exec.Met:
			parts = append(parts, say("The %s of %s was met with %s%s.", o.Called(), o.Target, o.Actual, simulated(o)))
		default:
			parts = append(parts, say("The %s of %s was missed with %s%s.", o.Called(), o.Target, o.Actual, simulated(o)))
		}
	}
	for _, u := range v.unmeasured() {
		parts = append(parts, say("Not evaluated: %s, because %s.", u.names, u.why))
	}
	if v.s.TestFailed() {
		parts = append(parts, "A mandatory test failed, and stands so.")
	}
	return joined(" ", parts...)
}

// whatFollows says what the exercise shows about the document, and where to
// read on.
func (v *view) whatFollows() md {
	n := counted(v.material(), "material deviation", "material deviations")
	worth := map[exec.Fidelity]md{
		exec.AsDocumented:       "What was performed was performed as documented.",
		exec.MinorDeviations:    "What was performed differed from the document in minor points only.",
		exec.MaterialDeviations: say("The documented procedure is **not validated as written**: there %s.", isAre(v.material(), n)),
		exec.FidelityUnknown:    "Whether the procedure can be performed as documented was not evaluated.",
	}[v.verdicts.Fidelity]
	if v.verdicts.Fidelity == exec.AsDocumented && v.verdicts.Completion == exec.Completed {
		worth = "The path that was taken is validated as written."
	}
	if v.s.Ended == nil && v.verdicts.Fidelity != exec.FidelityUnknown {
		worth = "So far: " + worth
	}
	changes := md("No change to the playbook is proposed.")
	if k := len(v.proposals); k > 0 {
		changes = say("Section 8 proposes %s to the playbook.", counted(k, "change", "changes"))
	}
	return joined(" ", worth, changes, "What this exercise does not show is in section 11.")
}

func isAre(n int, what md) md {
	if n == 1 {
		return "is " + what
	}
	return "are " + what
}

// kindMeans and ruleMeans say what the words of the overview mean.
var kindMeans = map[exec.Type]md{
	exec.Tabletop:  "tabletop: talked through",
	exec.Rehearsal: "rehearsal: done, on something that may break",
	exec.Live:      "live: done on production",
	exec.Incident:  "incident: no exercise, it really broke",
}

var ruleMeans = map[exec.Rule]md{
	exec.Guided:   "guided: order is advice, departures are flagged",
	exec.Strict:   "strict: a departure needs a reason first",
	exec.Lockstep: "lockstep: no departures; a gap in the document ends the exercise",
}

func writeOverview(v *view, p *page) {
	b, sc := v.s.Began, v.s.Scenario
	rows := [][]md{
		{"Exercise", code(b.Exercise)},
		{"Playbook", say("%s (%s)", v.s.Book.Title, code(v.s.Book.ID))},
		{"Scenario", say("%s (%s)", sc.Title, code(sc.ID))},
		{"Class, severity", joined(", ", text(sc.Class), text(sc.Severity))},
		{"Component", text(sc.Component)},
		{"Restored means", text(sc.Success)},
		{"Recovery platform", text(sc.Platform)},
		{"Type", kindMeans[b.Kind]},
		{"Rule", ruleMeans[b.Rule]},
		{"Dry run", v.dryRun()},
		{"On record from", say("%s", v.s.First)},
		{"Go", v.goGiven()},
		{"On record to", say("%s", v.s.Last)},
		{"Simulated", v.simulatedParts()},
	}
	var kept [][]md
	for _, r := range rows {
		if r[1] != "" {
			kept = append(kept, r)
		}
	}
	p.table([]md{"What", "In this exercise"}, kept...)
	if rows := v.inputs(); len(rows) > 0 {
		p.para("Values that were asked for before the start:")
		p.table([]md{"Input", "Value", "From"}, rows...)
	}
	p.para("Who took part:")
	p.table([]md{"Who", "Roles taken", "Events"}, v.participants()...)
}

// inputs is a row for every input of the playbook. A secret is on no record.
func (v *view) inputs() [][]md {
	var rows [][]md
	for _, in := range v.s.Book.Inputs {
		value, from := md("none"), md("nobody")
		if g, ok := v.given(in.Name); ok {
			value, from = code(g.Value), text(g.From)
			if g.Secret {
				value = "a secret, on no record"
			}
		}
		rows = append(rows, []md{code(in.Name), value, from})
	}
	return rows
}

// given is the newest word on the value of an input.
func (v *view) given(name string) (g exec.InputGiven, ok bool) {
	for _, e := range v.Events {
		if b, is := e.Body.(exec.InputGiven); is && b.Name == name {
			g, ok = b, true
		}
	}
	return g, ok
}

func (v *view) dryRun() md {
	if v.s.Began.DryRun {
		return "yes: nothing was executed, outcomes were simulated"
	}
	return "no"
}

func (v *view) goGiven() md {
	if v.s.Started.IsZero() {
		return "not given"
	}
	return say("%s", v.s.Started)
}

// simulatedParts says what was not real.
func (v *view) simulatedParts() md {
	m, ok := v.s.Moment(runbook.Disruption)
	var steps []md
	for i, step := range v.s.Scenario.Steps {
		if v.status(i) == exec.Simulated {
			steps = append(steps, v.step(step.ID))
		}
	}
	switch {
	case v.s.Began.DryRun:
		return "everything"
	case ok && m.Notional:
		return joined("; ", say("the outage: %s", m.Basis), prefixed("steps ", steps))
	case len(steps) > 0:
		return prefixed("steps ", steps)
	}
	return "nothing, as far as the record tells"
}

func prefixed(prefix md, parts []md) md {
	if len(parts) == 0 {
		return ""
	}
	return prefix + joined(", ", parts...)
}

// participants is a row for everybody in the record.
func (v *view) participants() [][]md {
	var rows [][]md
	for _, who := range v.people.order[:v.people.took] {
		n := 0
		for _, e := range v.Events {
			if v.s.Person(e.By) == who {
				n++
			}
		}
		var taken []md
		for _, r := range v.s.Roles {
			if v.s.Person(r.Who) == who {
				taken = append(taken, text(v.people.role(r.Role)))
			}
		}
		roles, records := joined(", ", taken...), md(fmt.Sprint(n))
		if roles == "" {
			roles = "none"
		}
		if n == 0 {
			records = "named by others"
		}
		rows = append(rows, []md{text(v.people.called(who)), roles, records})
	}
	return rows
}

func writePlan(v *view, p *page) {
	b, book := v.s.Began, v.s.Book
	version := md("none stated")
	if book.Version != "" {
		version = text(book.Version)
	}
	p.list(
		say("Playbook: %s, version %s", code(book.ID), version),
		say("Digest of the frozen copy that was exercised: %s", code("sha256:"+b.Digest)),
		v.agreement(),
		v.errorsFound(),
		v.changed(),
		v.source(),
	)
	v.writeAgreement(p)
	v.writeOverrides(p)
	rows := make([][]md, len(b.Sums))
	for i, sum := range b.Sums {
		rows[i] = []md{code(sum.Path), code(sum.SHA256)}
	}
	if len(rows) == 0 {
		p.para("The record names no file of the frozen copy.")
		return
	}
	p.table([]md{"File", "SHA-256"}, rows...)
	p.para("The digest is the SHA-256 of these lines, as `sha256sum` prints them and in sorted order.")
}

func (v *view) asked() md {
	if a := v.s.Book.Agreement; a != nil {
		return say("The playbook asks for that of %s.", counted(len(a.By), "person", "people"))
	}
	return "The playbook asks for none."
}

// changed says whether the playbook's file stayed what it was.
func (v *view) changed() md {
	for _, d := range v.s.Digests {
		if d != v.s.Began.Digest {
			return say("During the exercise the file changed to %s; the exercise went on from its frozen copy.", code("sha256:"+d))
		}
	}
	if len(v.s.Digests) == 0 {
		return "The record does not tell whether the file changed during the exercise; the frozen copy did not."
	}
	return "The file did not change during the exercise, as far as it was looked at."
}

// source is where the playbook was read from. A path can hold a person's name.
func (v *view) source() md {
	if !v.Names || v.s.Began.Source == "" {
		return ""
	}
	return say("Read from: %s", code(v.s.Began.Source))
}
