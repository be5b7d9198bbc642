package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

// The types below are the JSON documents. Their names are the command line's
// contract: fields are added, never renamed. Durations are written as in
// playbooks, instants as RFC 3339 in UTC; what was not measured is null. Whoever
// writes exercises, improvements and baselines for programs writes these.

// An ExerciseJSON is a Record for programs.
type ExerciseJSON struct {
	Exercise   string        `json:"exercise"`
	Playbook   string        `json:"playbook"`
	Scenario   string        `json:"scenario"`
	Type       string        `json:"type"`
	Rule       string        `json:"rule"`
	State      string        `json:"state"` // ended, unfinished or damaged
	Started    *string       `json:"started"`
	Ended      *string       `json:"ended"`
	Verdicts   *verdictsJSON `json:"verdicts"`
	RTA        *string       `json:"rta"`
	RPA        *string       `json:"rpa"`
	RTO        *string       `json:"rto"`
	RPO        *string       `json:"rpo"`
	Simulated  bool          `json:"simulated"` // the outage
	DryRun     bool          `json:"dry_run"`
	Digest     string        `json:"digest"`
	Deviations int           `json:"deviations"`
	Tries      int           `json:"tries"`
	Aside      string        `json:"aside,omitempty"` // why it is part of no figure
	Damage     string        `json:"damage,omitempty"`
}

type verdictsJSON struct {
	Outcome    string `json:"outcome"`
	Fidelity   string `json:"fidelity"`
	Completion string `json:"completion"`
}

type overviewJSON struct {
	Playbook     string            `json:"playbook"`
	Title        string            `json:"title"`
	Gone         bool              `json:"gone"` // only records know it
	Scenarios    []trendJSON       `json:"scenarios"`
	Improvements []ImprovementJSON `json:"improvements"`
	Baselines    []BaselineJSON    `json:"baselines"`
	Damaged      []ExerciseJSON    `json:"damaged"`
}

type trendJSON struct {
	Scenario   string              `json:"scenario"`
	Title      string              `json:"title"`
	RTO        *string             `json:"rto"`
	RPO        *string             `json:"rpo"`
	Exercises  []ExerciseJSON      `json:"exercises"`
	Met        int                 `json:"met"` // how many of the newest met their RTO
	Of         int                 `json:"of"`  // that measured it
	RTA        *figureJSON[string] `json:"rta"`
	RPA        *figureJSON[string] `json:"rpa"`
	Deviations *figureJSON[int]    `json:"deviations"`
	Tries      *figureJSON[int]    `json:"tries"`
	Slowest    []slowJSON          `json:"slowest"`
	Again      []againJSON         `json:"again"`
	Coverage   *coverageJSON       `json:"coverage"` // null where the text has no such scenario any more
}

type figureJSON[V any] struct {
	First  V   `json:"first"`
	Best   V   `json:"best"`
	Last   V   `json:"last"`
	Median V   `json:"median"`
	Of     int `json:"of"`
}

type slowJSON struct {
	Step  string  `json:"step"`
	Plan  string  `json:"plan"`
	Took  string  `json:"took"`
	Of    int     `json:"of"`
	Ratio float64 `json:"ratio"`
}

type againJSON struct {
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Step      string   `json:"step"`
	Exercises []string `json:"exercises"`
	Still     bool     `json:"still"`
}

type coverageJSON struct {
	Exercised *string     `json:"exercised"`
	Steps     []triedJSON `json:"steps"`
	Branches  []triedJSON `json:"branches"`
}

type triedJSON struct {
	Step string  `json:"step"`
	Say  string  `json:"say,omitempty"`
	Last *string `json:"last"`
}

// An ImprovementJSON is an open Improvement for programs.
type ImprovementJSON struct {
	Scenario string   `json:"scenario"`
	Exercise string   `json:"exercise"`
	Since    *string  `json:"since"`
	Days     int      `json:"days"`
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Step     string   `json:"step"`
	Text     string   `json:"text"`
	Owner    string   `json:"owner"`
	Again    []string `json:"again"`
}

// A BaselineJSON is a Baseline for programs.
type BaselineJSON struct {
	Scenario  string   `json:"scenario"`
	Objective string   `json:"objective"`
	From      string   `json:"from"`
	To        *string  `json:"to"` // null where the objective was missed: a question without a number
	Observed  []string `json:"observed"`
	Simulated bool     `json:"simulated"`
	Owner     string   `json:"owner"`
	Why       string   `json:"why"`
}

// ListJSON is every record, the newest first.
func ListJSON(all []Record) ([]byte, error) {
	return encode(each(backward(all), Record.JSON))
}

// JSON is the overview for programs.
func JSON(o Overview) ([]byte, error) {
	d := overviewJSON{
		Playbook: o.Playbook, Title: clean.Line(o.Title), Gone: o.Gone, Scenarios: []trendJSON{},
		Improvements: each(o.Improvements, func(im Improvement) ImprovementJSON { return im.JSON(o.Now) }), Baselines: each(o.Baselines, Baseline.JSON), Damaged: each(o.Damaged, Record.JSON),
	}
	for _, t := range o.Trends {
		j := trendOf(t)
		if c, ok := o.covered(t.Scenario); ok {
			j.Coverage = &coverageJSON{Exercised: instant(c.Exercised), Steps: each(c.Steps, triedOf), Branches: each(c.Branches, triedOf)}
		}
		d.Scenarios = append(d.Scenarios, j)
	}
	return encode(d)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing exercises as JSON: %w", err)
	}
	return clean.JSON(b.Bytes()), nil
}

// each is a list of all, empty rather than null.
func each[A, B any](all []A, f func(A) B) []B {
	done := make([]B, len(all))
	for i, a := range all {
		done[i] = f(a)
	}
	return done
}

// JSON is the record for programs; of a damaged one what is wrong with it.
func (r Record) JSON() ExerciseJSON {
	j := ExerciseJSON{Exercise: clean.Line(r.ID), State: "ended", Aside: r.Aside()}
	if r.Damage != nil {
		j.State, j.Damage = "damaged", clean.Line(r.Damage.Error())
		return j
	}
	s, v := r.State, r.Verdicts
	j.Playbook, j.Scenario, j.Type, j.Rule = s.Began.Playbook, s.Began.Scenario, string(s.Began.Kind), string(s.Began.Rule)
	j.Verdicts = &verdictsJSON{string(v.Outcome), string(v.Fidelity), string(v.Completion)}
	j.Started, j.DryRun, j.Digest = instant(s.First), s.Began.DryRun, s.Began.Digest
	j.Deviations, j.Tries = len(r.Deviations), r.Tries()
	if j.State = "unfinished"; s.Ended != nil {
		j.State, j.Ended = "ended", instant(s.Last)
	}
	rto, rpo := r.Objective("RTO"), r.Objective("RPO")
	j.RTO, j.RPO, j.RTA, j.RPA = promised(rto.Target), promised(rpo.Target), actual(rto), actual(rpo)
	j.Simulated = rto.Notional || rpo.Notional
	return j
}

func trendOf(t Trend) trendJSON {
	return trendJSON{
		Scenario: t.Scenario, Title: clean.Line(t.Title), RTO: promised(t.RTO), RPO: promised(t.RPO),
		Exercises: each(t.Exercises, Record.JSON), Met: t.Met, Of: t.Of,
		RTA: figureOf(t.RTA, exact), RPA: figureOf(t.RPA, exact),
		Deviations: figureOf(t.Deviations, whole), Tries: figureOf(t.Tries, whole),
		Slowest: each(t.Slowest, slowOf), Again: each(t.Again, againOf),
	}
}

// figureOf is null where there is nothing to make a figure of.
func figureOf[N int | time.Duration, V any](f Figure[N], write func(N) V) *figureJSON[V] {
	if f.Of == 0 {
		return nil
	}
	return &figureJSON[V]{First: write(f.First), Best: write(f.Best), Last: write(f.Last), Median: write(f.Median), Of: f.Of}
}

func whole(n int) int { return n }

func slowOf(s Slow) slowJSON {
	return slowJSON{Step: s.Step, Plan: exact(s.Plan), Took: exact(s.Took), Of: s.Of, Ratio: s.Ratio()}
}

func againOf(a Again) againJSON {
	return againJSON{Code: a.Code, Name: a.Name, Step: clean.Line(a.Step), Exercises: a.Exercises, Still: a.Not == ""}
}

func triedOf(t Tried) triedJSON {
	return triedJSON{Step: t.Step, Say: clean.Line(t.Say), Last: instant(t.Last)}
}

// JSON is the improvement for programs, as old as it is now.
func (im Improvement) JSON(now time.Time) ImprovementJSON {
	return ImprovementJSON{
		Scenario: im.Scenario, Exercise: im.Exercise, Since: instant(im.Since), Days: im.Days(now),
		Code: im.Code, Severity: string(im.Severity), Step: clean.Line(im.Step), Text: clean.Text(im.Text), Owner: im.Owner,
		Again: append([]string{}, im.Again...),
	}
}

// JSON is the baseline for programs.
func (b Baseline) JSON() BaselineJSON {
	return BaselineJSON{
		Scenario: b.Scenario, Objective: b.Objective, From: exact(b.From), To: promised(b.To),
		Observed: each(b.Observed, exact), Simulated: b.Simulated, Owner: b.Owner, Why: clean.Line(b.Why),
	}
}

// covered is what was tried of a scenario, false where the text has none of
// that name.
func (o Overview) covered(scenario string) (Covered, bool) {
	for _, c := range o.Covered {
		if c.Scenario == scenario {
			return c, true
		}
	}
	return Covered{}, false
}

// instant is a moment in full, nil for none.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339Nano)
	return &text
}

// promised is an objective, nil where there is none.
func promised(d time.Duration) *string {
	if d == 0 {
		return nil
	}
	text := exact(d)
	return &text
}

func actual(o exec.Objective) *string {
	if !o.Measured {
		return nil
	}
	text := exact(o.Actual)
	return &text
}

// exact is a duration as playbooks write it. A fraction of a millisecond counts
// as a whole one: nothing is rounded in favour.
func exact(d time.Duration) string {
	if d <= 0 {
		return "0s"
	}
	return runbook.Spell((d + time.Millisecond - 1).Truncate(time.Millisecond))
}
