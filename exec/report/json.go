package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

// The types below are the JSON document. Its names are the command line's
// contract: fields are added, never renamed. Durations are written as in
// playbooks, instants as RFC 3339 in UTC; what was not measured is null.
type document struct {
	Exercise   string            `json:"exercise"`
	Playbook   playbookJSON      `json:"playbook"`
	Scenario   string            `json:"scenario"`
	Type       string            `json:"type"`
	Rule       string            `json:"rule"`
	DryRun     bool              `json:"dry_run"`
	Started    *string           `json:"started"`
	Ended      *string           `json:"ended"`
	Verdicts   verdictsJSON      `json:"verdicts"`
	Agreement  *agreementJSON    `json:"agreement"` // null: nobody looked for one
	Errors     *int              `json:"errors"`    // of the checks, that stood in the document; null likewise
	Overrides  []overrideJSON    `json:"overrides"` // of gates that barred the start
	Inputs     []inputJSON       `json:"inputs"`
	Objectives []objectiveJSON   `json:"objectives"`
	Marks      map[string]string `json:"marks"`
	Steps      []stepJSON        `json:"steps"`
	Deviations []deviationJSON   `json:"deviations"`
	Proposals  []proposalJSON    `json:"proposals"`
	Stops      []stopJSON        `json:"stops"` // that were called
	Notes      []noteJSON        `json:"notes"`
	Survivors  []survivorJSON    `json:"survivors,omitempty"` // what the exercise has left running, as far as the record tells
	Unlisted   int               `json:"unlisted,omitempty"`  // and how many more
	Record     recordJSON        `json:"record"`
}

type playbookJSON struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

type verdictsJSON struct {
	Outcome    string `json:"outcome"`
	Fidelity   string `json:"fidelity"`
	Completion string `json:"completion"`
}

type objectiveJSON struct {
	Name      string  `json:"name"`
	Target    string  `json:"target"`
	Actual    *string `json:"actual"`
	Verdict   string  `json:"verdict"`
	Basis     string  `json:"basis"`
	Why       string  `json:"why,omitempty"`
	Simulated bool    `json:"simulated"`
}

type stepJSON struct {
	ID       string        `json:"id"`
	Status   string        `json:"status"`
	Blocks   []int         `json:"blocks,omitempty"`    // of several, the ones that were chosen, from 1
	Looks    []attemptJSON `json:"condition,omitempty"` // looks at the condition that the machine answers
	Attempts []attemptJSON `json:"attempts"`
	File     *fileJSON     `json:"file,omitempty"` // what a person left as evidence
}

type fileJSON struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // and its name in the folder evidence
}

type inputJSON struct {
	Name   string  `json:"name"`
	Value  *string `json:"value"` // null for a secret, and for what nobody gave
	Secret bool    `json:"secret"`
	From   string  `json:"from"`
}

type attemptJSON struct {
	Block    int     `json:"block,omitempty"` // of several blocks, which one, from 1
	At       string  `json:"at,omitempty"`    // the terminal, where the document names one
	Began    string  `json:"began"`
	Ended    *string `json:"ended"`
	Outcome  string  `json:"outcome"`
	Exit     *int    `json:"exit"`
	Evidence string  `json:"evidence"`
	SHA256   string  `json:"sha256,omitempty"`   // of the output
	Hidden   int     `json:"hidden,omitempty"`   // passages of the output that held a secret
	Redacted int     `json:"redacted,omitempty"` // and that the document's redact matched
	Missing  int64   `json:"missing,omitempty"`  // bytes of the output that could not be kept

	Match      string        `json:"match,omitempty"`      // beside what is documented: match, differs or not comparable
	Uncompared string        `json:"uncompared,omitempty"` // why it is not comparable
	Checks     []checkJSON   `json:"checks,omitempty"`     // the expectations that were not met
	Ignored    []ignoredJSON `json:"ignored,omitempty"`    // what the document lets differ

	Survivors []survivorJSON `json:"survivors,omitempty"` // what it left running
	Unlisted  int            `json:"unlisted,omitempty"`  // and how many more
	Ran       *ranJSON       `json:"ran,omitempty"`       // where nobody saw how it ended
}

type survivorJSON struct {
	PID     int    `json:"pid"`
	Started string `json:"started"` // "" where it can't be told
	Command string `json:"command"`
	Stopped bool   `json:"stopped,omitempty"` // suspended
}

type ranJSON struct {
	PID     int    `json:"pid"` // of the shell
	Started string `json:"started"`
	Now     string `json:"now"` // still running, gone, or "" where it can't be told
}

type checkJSON struct {
	Mode  string `json:"mode"`
	Want  string `json:"want"`
	Seen  string `json:"seen"`
	Alike int    `json:"alike,omitempty"` // how much of the output is the same, in percent; it decides nothing
}

type ignoredJSON struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

type deviationJSON struct {
	ID         string `json:"id"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Severity   string `json:"severity"`
	Material   bool   `json:"material"`
	Step       string `json:"step"`
	At         string `json:"at"`
	Detection  string `json:"detection"`
	Documented string `json:"documented"`
	Actual     string `json:"actual"`
	Reason     string `json:"reason"`
	Agreed     string `json:"agreed"` // a role, or a name where names are shown
	Proposal   string `json:"proposal"`
}

type proposalJSON struct {
	ID     string   `json:"id"`
	Step   string   `json:"step"`
	Change string   `json:"change"`
	From   []string `json:"from"` // ids of deviations
}

type noteJSON struct {
	At   string `json:"at"`
	By   string `json:"by"` // a role, or a name where names are shown
	Step string `json:"step"`
	Text string `json:"text"`
}

type stopJSON struct {
	At         string  `json:"at"`
	By         string  `json:"by"` // a role, or a name where names are shown; so is answered_by
	Reason     string  `json:"reason"`
	Answered   *string `json:"answered"` // null: nobody said that it goes on
	AnsweredBy string  `json:"answered_by,omitempty"`
	Answer     string  `json:"answer,omitempty"`
}

type recordJSON struct {
	Events int    `json:"events"`
	First  string `json:"first"`
	Last   string `json:"last"`
	SHA256 string `json:"sha256"`
}

// JSON is the report for programs, indented, with a line feed at its end.
func JSON(in Input) ([]byte, error) {
	if in.State.Scenario == nil {
		return nil, fmt.Errorf("reporting as JSON: no exercise is on record")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(look(in).document()); err != nil {
		return nil, fmt.Errorf("reporting as JSON: %w", err)
	}
	return clean.JSON(b.Bytes()), nil
}

func (v *view) document() document {
	b, s := v.s.Began, v.s
	d := document{
		Exercise: clean.Line(b.Exercise), Scenario: s.Scenario.ID, Type: string(b.Kind), Rule: string(b.Rule), DryRun: b.DryRun,
		Playbook:  playbookJSON{ID: s.Book.ID, Version: clean.Line(s.Book.Version), Digest: b.Digest},
		Started:   optional(s.Started),
		Agreement: v.agreementDocument(), Overrides: v.overrideDocuments(),
		Verdicts:  verdictsJSON{string(v.verdicts.Outcome), string(v.verdicts.Fidelity), string(v.verdicts.Completion)},
		Marks:     map[string]string{},
		Record:    recordJSON(v.Record),
		Survivors: survivorsOf(s.Survivors), Unlisted: s.Unlisted,
		Inputs:    []inputJSON{},
		Proposals: []proposalJSON{}, Stops: []stopJSON{}, Notes: []noteJSON{}, Steps: []stepJSON{}, Deviations: []deviationJSON{}, Objectives: []objectiveJSON{},
	}
	if b.Agreement != nil {
		d.Errors = &b.Errors
	}
	if s.Ended != nil {
		d.Ended = optional(s.Last)
	}
	for _, in := range s.Book.Inputs {
		g, ok := v.given(in.Name)
		j := inputJSON{Name: in.Name, Secret: in.Secret != nil, From: clean.Line(g.From)}
		if value := clean.Text(g.Value); ok && !g.Secret {
			j.Value = &value
		}
		d.Inputs = append(d.Inputs, j)
	}
	for _, o := range v.objectives {
		d.Objectives = append(d.Objectives, objectiveOf(o))
	}
	for _, m := range s.Moments {
		d.Marks[string(m.Name)] = instant(m.At)
	}
	for i, step := range s.Scenario.Steps {
		d.Steps = append(d.Steps, v.stepOf(i, step))
	}
	for _, f := range v.findings {
		d.Deviations = append(d.Deviations, v.deviationOf(f))
	}
	for _, p := range v.proposals {
		d.Proposals = append(d.Proposals, proposalJSON{ID: p.ID, Step: p.Step, Change: clean.Text(p.Text), From: p.From})
	}
	for _, stop := range s.Stops {
		d.Stops = append(d.Stops, v.stopDocument(stop))
	}
	for _, n := range s.Notes {
		d.Notes = append(d.Notes, noteJSON{At: instant(n.At), By: clean.Line(v.people.called(n.By)), Step: n.Step, Text: clean.Text(n.Text)})
	}
	return d
}

func (v *view) stopDocument(s exec.Stop) stopJSON {
	j := stopJSON{At: instant(s.At), By: clean.Line(v.people.called(s.By)), Reason: clean.Text(s.Reason), Answered: optional(s.Answered), Answer: clean.Text(s.Answer)}
	if s.AnsweredBy != "" {
		j.AnsweredBy = clean.Line(v.people.called(s.AnsweredBy))
	}
	return j
}

func objectiveOf(o exec.Objective) objectiveJSON {
	j := objectiveJSON{
		Name: o.Name, Target: exact(o.Target), Verdict: string(o.Verdict),
		Basis: clean.Line(o.Basis), Why: clean.Line(o.Why), Simulated: o.Notional,
	}
	if o.Measured {
		actual := exact(o.Actual)
		j.Actual = &actual
	}
	return j
}

func (v *view) stepOf(i int, step runbook.Step) stepJSON {
	j := stepJSON{ID: step.ID, Status: string(v.status(i)), Blocks: v.s.Step(i).Blocks, Attempts: []attemptJSON{}}
	for _, a := range v.s.Step(i).Looks {
		j.Looks = append(j.Looks, attemptOf(a))
	}
	for _, a := range v.s.Step(i).Attempts {
		j.Attempts = append(j.Attempts, attemptOf(a))
	}
	if f := v.s.Step(i).File; f != nil {
		j.File = &fileJSON{clean.Line(f.Name), f.Bytes, clean.Line(f.SHA256)}
	}
	return j
}

func survivorsOf(all []exec.Survivor) []survivorJSON {
	var left []survivorJSON
	for _, s := range all {
		left = append(left, survivorJSON{PID: s.PID, Started: instant(s.Started), Command: clean.Text(s.Command), Stopped: s.Stopped})
	}
	return left
}

func attemptOf(a exec.Attempt) attemptJSON {
	at := attemptJSON{Block: a.Block, At: a.At, Began: instant(a.Began), Outcome: string(exec.OutcomeUnknown)}
	if r := a.Result; r != nil {
		at.Ended, at.Outcome, at.Exit = optional(a.Ended), string(r.Outcome), r.Exit
		at.Evidence, at.SHA256 = clean.Text(r.Evidence), r.Output.SHA256
		at.Hidden, at.Redacted, at.Missing = r.Output.Hidden, r.Output.Redacted, r.Output.Missing
		at.Survivors, at.Unlisted = survivorsOf(r.Survivors), r.Unlisted
		at.compare(r)
	}
	if u := a.Unseen; u != nil && u.PID > 0 {
		at.Ran = &ranJSON{PID: u.PID, Started: instant(u.Started), Now: u.Now}
	}
	return at
}

// compare fills in what the attempt was beside what is documented.
func (at *attemptJSON) compare(r *exec.StepEnded) {
	at.Match, at.Uncompared = r.Match, clean.Line(r.Uncompared)
	for _, c := range r.Checks {
		if !c.OK {
			at.Checks = append(at.Checks, checkJSON{c.Mode, clean.Text(c.Want), clean.Text(c.Seen), c.Alike})
		}
	}
	for _, i := range r.Ignored {
		at.Ignored = append(at.Ignored, ignoredJSON{i.Kind, i.Count, clean.Line(i.Example)})
	}
}

func (v *view) deviationOf(f finding) deviationJSON {
	j := deviationJSON{
		ID: f.ID, Code: f.Code, Name: f.Name, Severity: string(f.Severity), Material: f.Material(), Step: f.Step,
		At: instant(f.At), Detection: f.Detection, Documented: clean.Text(f.Documented), Actual: clean.Text(f.Actual),
		Reason: clean.Text(f.Reason), Proposal: clean.Text(f.Proposal),
	}
	if f.Agreed != "" {
		j.Agreed = clean.Line(v.people.called(f.Agreed))
	}
	return j
}

// instant is a moment in full, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func optional(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := instant(t)
	return &s
}

// exact is a duration as playbooks write it: 12h, 41m12s500ms. A fraction of a
// millisecond counts as a whole one: nothing is rounded in favour.
func exact(d time.Duration) string {
	if d <= 0 {
		return "0s"
	}
	d = (d + time.Millisecond - 1).Truncate(time.Millisecond)
	var b strings.Builder
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	return b.String()
}
