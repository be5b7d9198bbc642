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
	Notes      []noteJSON        `json:"notes"`
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
	Blocks   []int         `json:"blocks,omitempty"` // of several, the ones that were chosen, from 1
	Attempts []attemptJSON `json:"attempts"`
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
	return b.Bytes(), nil
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
		Inputs:    []inputJSON{},
		Proposals: []proposalJSON{}, Notes: []noteJSON{}, Steps: []stepJSON{}, Deviations: []deviationJSON{}, Objectives: []objectiveJSON{},
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
	for _, n := range s.Notes {
		d.Notes = append(d.Notes, noteJSON{At: instant(n.At), By: clean.Line(v.people.called(n.By)), Step: n.Step, Text: clean.Text(n.Text)})
	}
	return d
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
	for _, a := range v.s.Step(i).Attempts {
		at := attemptJSON{Block: a.Block, At: a.At, Began: instant(a.Began), Outcome: string(exec.OutcomeUnknown)}
		if r := a.Result; r != nil {
			at.Ended, at.Outcome, at.Exit = optional(a.Ended), string(r.Outcome), r.Exit
			at.Evidence, at.SHA256 = clean.Text(r.Evidence), r.Output.SHA256
			at.Hidden, at.Redacted = r.Output.Hidden, r.Output.Redacted
		}
		j.Attempts = append(j.Attempts, at)
	}
	return j
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
