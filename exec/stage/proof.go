package stage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/compare"
)

// published wants a place, and the word of somebody who found exactly this text
// there.
func (in Input) published() ([]string, []Missing) {
	if in.Book.Published == "" {
		return nil, []Missing{{"The document does not say where everybody finds it.", in.edit("published", quoted("TODO: the one place where everybody finds it, such as https://..."))}}
	}
	evidence := []string{"published at " + in.Book.Published}
	looks := cmp.Or(in.publisher(), in.whoLooks())
	m := in.command("published", in.Name, "DIGEST", "--as", looks)
	m.Binds = true
	m.Note = "put there what `" + in.command("view", in.Name).Command + "` shows; then open the place and type the digest (sha256) that stands on the page in place of DIGEST"
	for _, f := range in.Agreement.Finds {
		seen := fmt.Sprintf("%s looked there on %s", in.person(f.By), day(f.On))
		switch {
		case f.Place != in.Book.Published:
			continue
		case f.Digest == in.Text.Digest():
			return append(evidence, seen+" and found this text"), nil
		}
		return evidence, []Missing{{seen + ", and it was another text than this one.", m}}
	}
	return evidence, []Missing{{"Nobody has looked whether it is this text that stands there.", m}}
}

// publisher is the first contact who may publish, "" where that is nobody's.
func (in Input) publisher() string {
	for _, c := range in.Book.Contacts {
		if slices.Contains(c.Authority, "publish") {
			return c.ID
		}
	}
	return ""
}

// agreement wants the word of everybody who is asked, and nobody's against it.
func (in Input) agreement() (evidence []string, missing []Missing) {
	if a := in.Book.Agreement; a == nil || len(a.By) == 0 {
		return nil, []Missing{{"The document does not say who must agree to it.", in.edit("agreement", record("by", list(in.team()...), "valid", "180d"))}}
	}
	for _, p := range in.Agreement.Asked {
		if p.State == agree.Agreed {
			evidence = append(evidence, in.person(p.ID)+" agreed on "+day(p.On))
			continue
		}
		missing = append(missing, in.word(p))
	}
	for _, o := range in.Agreement.Objections {
		asked := slices.ContainsFunc(in.Agreement.Asked, func(p agree.Person) bool { return p.ID == o.By && p.State == agree.Objected })
		if o.Settled == "" && !asked {
			missing = append(missing, Missing{in.person(o.By) + " objects. " + sentence(o.Text), in.settles(o.By)})
		}
	}
	return evidence, missing
}

// team are the contacts, by their ids.
func (in Input) team() []string {
	var all []string
	for _, c := range in.Book.Contacts {
		all = append(all, c.ID)
	}
	if all == nil {
		return []string{someone}
	}
	return all
}

// word is what is missing of somebody who is asked.
func (in Input) word(p agree.Person) Missing {
	if p.Mute != "" {
		return Missing{in.person(p.ID) + " can't agree yet: " + p.Mute + ".", in.edit("contacts."+p.ID+".email", quoted("TODO: an address of their own"))}
	}
	name, m := in.person(p.ID), in.command("agree", in.Name, "--as", p.ID)
	m.Binds = true
	switch p.State {
	case agree.Objected:
		what := name + " objects."
		for _, o := range in.Agreement.Open(p.ID) {
			what += " " + sentence(o.Text)
		}
		return Missing{what, in.settles(p.ID)}
	case agree.Another:
		return Missing{name + " agreed to another text than this one.", m}
	case agree.Expired:
		return Missing{fmt.Sprintf("%s agreed on %s, which held until %s.", name, day(p.On), day(p.Until)), m}
	case agree.Unproven:
		return Missing{name + "'s word is not proven: " + sentence(p.Why), m}
	}
	return Missing{name + " has not agreed to this text.", m}
}

// settles is how somebody takes their own objection back; nobody else can.
func (in Input) settles(by string) Mend {
	m := in.command("agree", in.Name, "--as", by)
	m.Command += ` --settled "..."`
	m.Binds = true
	m.Note = "in place of the three dots they say in their own words how it was settled"
	return m
}

// exercise wants a record of an exercise that followed the document and
// measured what it promises, of the disaster where there is one.
func (in Input) exercise() (evidence []string, missing []Missing) {
	asked := in.scenarios(runbook.Disaster)
	if len(asked) == 0 {
		asked = in.Book.Scenarios
	}
	why := ""
	for _, r := range slices.Backward(in.Records) {
		sc := r.State.Began.Scenario
		if r.Damage != nil || !slices.ContainsFunc(asked, func(s runbook.Scenario) bool { return s.ID == sc }) {
			continue
		}
		short := in.falls(r)
		if short == "" {
			return []string{in.proves(r)}, nil
		}
		why = cmp.Or(why, fmt.Sprintf("The newest, %s of %s, does not count: %s.", r.ID, sc, short))
	}
	if unseen := in.unseen(asked[0]); unseen != nil {
		missing = append(missing, *unseen)
	}
	return nil, append(missing, Missing{"No exercise on record has followed the document to its end." + blank(cmp.Or(why, in.unproven())), in.holding()(asked[0].ID)})
}

// unseen is that no step of a scenario could ever show whether its RPO is met,
// nil where one could.
func (in Input) unseen(sc runbook.Scenario) *Missing {
	if sc.RPO == 0 || slices.ContainsFunc(sc.Steps, func(st runbook.Step) bool { return st.Point != nil }) {
		return nil
	}
	path := "scenarios." + sc.ID + ".test"
	return &Missing{
		"No step of " + sc.ID + " finds out how much data was lost, so no exercise can show that its RPO is met.",
		Mend{Edit: Edit{File: in.Path, Line: in.line(path), Path: path, Do: "let a step print when the newest data that survived is from, with `capture: {NEWEST: PATTERN}` and `point: {from: NEWEST, method: watermark}`"}},
	}
}

// blank parts a sentence from one before it.
func blank(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

// unproven is what the document says of exercises without a record of them.
func (in Input) unproven() string {
	switch {
	case in.Book.Review.Exercised != "":
		return "That of " + in.Book.Review.Exercised + ", which the document speaks of, is on no record here."
	case in.Book.Gate("exercise").Status == runbook.GateComplete:
		return "The document calls it complete, and only a record shows that."
	}
	return ""
}

// falls says why an exercise does not count, "" where it does.
func (in Input) falls(r history.Record) string {
	switch v := r.Verdicts; {
	case !r.Real():
		return "nothing was executed"
	case r.State.Began.Unattended:
		return "nobody attended it, and the stage asks for one by hand"
	case v.Completion == exec.Running:
		return "it is not ended"
	case v.Completion != exec.Completed:
		return "it was " + string(v.Completion)
	case v.Outcome == exec.Missed:
		return "an objective was missed"
	case r.State.TestFailed():
		return "a test failed"
	case v.Fidelity != exec.AsDocumented && v.Fidelity != exec.MinorDeviations:
		return string(v.Fidelity) + departures(r)
	case unmeasured(r) != "":
		return unmeasured(r)
	}
	return in.outdated(r)
}

// unmeasured says of the first objective of the scenario that was not measured
// why not, "" where all were. The MTD is the service's, and no exercise has to
// reach it.
func unmeasured(r history.Record) string {
	for _, o := range r.Objectives {
		if o.Name != "MTD" && !o.Measured {
			return "its " + o.Name + " was not measured: " + o.Why
		}
	}
	return ""
}

// departures are the codes of what makes them material.
func departures(r history.Record) string {
	var codes []string
	for _, d := range r.Deviations {
		if d.Material() && !slices.Contains(codes, d.Code) {
			codes = append(codes, d.Code)
		}
	}
	if codes == nil {
		return ""
	}
	return " (" + several(codes) + ")"
}

// outdated says in what the text that was exercised differs from the one at hand
// where that concerns the scenario, "" where it does not.
func (in Input) outdated(r history.Record) string {
	b := r.State.Began
	if b.Digest == in.Text.Digest() {
		return ""
	}
	if changed := compare.Scenario(r.State.Book, in.Book, b.Scenario); len(changed) > 0 {
		return "the text has changed since, " + changed[0].What + more(len(changed)-1)
	}
	was := map[string]string{}
	for _, s := range b.Sums {
		was[s.Path] = s.SHA256
	}
	delete(was, b.Main)
	files := 0
	for path, text := range in.Text.Files {
		if path == in.Text.Main {
			continue
		}
		files++
		if sum := sha256.Sum256(text); was[path] != hex.EncodeToString(sum[:]) {
			return "the file " + path + " has changed since"
		}
	}
	if files != len(was) {
		return "it used files that the document no longer names"
	}
	return ""
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}

// proves is an exercise as evidence.
func (in Input) proves(r history.Record) string {
	text := fmt.Sprintf("%s of %s on %s: %s, %s", r.ID, r.State.Began.Scenario, day(r.State.Last), r.Verdicts.Completion, r.Verdicts.Fidelity)
	simulated := ""
	for _, o := range r.Objectives {
		if o.Measured {
			text += fmt.Sprintf(", %s %s of %s", o.Name, exec.Long(o.Actual), runbook.Spell(o.Target))
		}
		if o.Measured && o.Notional {
			simulated = ", of a simulated outage"
		}
	}
	text += simulated
	if r.State.Began.Digest != in.Text.Digest() {
		text += "; the text has changed since, but nothing of this scenario"
	}
	return text
}

// holding says how a scenario is exercised: an exercise that waits, and can still
// prove the text, is gone on with before another begins.
func (in Input) holding() func(scenario string) Mend {
	waits := map[string]Mend{}
	for _, u := range in.unfinished() {
		if u.counts {
			waits[u.Scenario] = u.Mend
		}
	}
	full := in.Agreement.Full()
	return func(scenario string) Mend {
		m, ok := waits[scenario]
		if !ok {
			m = in.command("run", in.Name, scenario)
		}
		m.Binds = true
		if !ok && !full {
			m.Note = "once everybody has agreed to the text: before that it would not count"
		}
		return m
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
