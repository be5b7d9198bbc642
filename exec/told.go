package exec

import (
	"cmp"
	"strings"
	"time"

	"bythebook/runbook"
)

// told turns an intent into the events that tell of it.
func (c *Conductor) told(by string, i Intent) (step string, bodies []Body) {
	switch i := i.(type) {
	case Decline:
		return "", []Body{GateDecided{Gate: GateStart, Reason: i.Reason}, c.ended(Aborted, "declined at the start: "+i.Reason)}
	case Choose:
		return i.Step, []Body{c.answered(i)}
	case WayOut:
		to := c.state.Scenario.Steps[c.state.find(i.Step)].IfNot
		return i.Step, []Body{Answered{Question: "the expectation was not met", Say: "the documented way out: " + string(to)}}
	case Accept:
		return i.Step, []Body{StepDone{Accepted: i.Reason, Agreed: i.Agreed}}
	case Skip:
		return i.Step, []Body{StepSkipped{Reason: i.Reason, Agreed: i.Agreed}}
	case Block:
		return i.Step, []Body{StepBlocked{Reason: i.Reason}}
	case Resolve:
		return i.Step, []Body{StepResolved{Done: i.Done, Text: i.Text}}
	case Approve:
		return i.Step, []Body{Approved{Who: c.state.Person(cmp.Or(i.By, by))}}
	case Refuse:
		return i.Step, []Body{Approved{Who: c.state.Person(cmp.Or(i.By, by)), Refused: true, Reason: i.Reason}}
	case Deviate:
		return i.Step, []Body{Deviated{Kind: i.Kind, What: i.What, Reason: i.Reason, Agreed: i.Agreed}}
	case Remark:
		return i.Step, []Body{Noted{Text: i.Text}}
	case Mark:
		return "", []Body{Marked{Name: string(i.Name), Instant: i.Instant.UTC().Truncate(time.Microsecond), Basis: i.Basis}}
	case Hold:
		return "", []Body{Held(i)}
	case Take:
		if by != c.state.Operator { // else it goes from one screen to another of the same person
			bodies = []Body{RoleHanded{Role: RoleOperator, From: c.state.Operator, To: by}}
		}
		return "", bodies
	case Release:
		return "", []Body{Released{}}
	case CallStop:
		return "", []Body{StopCalled(i)}
	case GoOn:
		return "", []Body{GateDecided{Gate: GateStop, Go: true, Reason: i.Reason}}
	case Finish:
		return "", []Body{c.finished()}
	}
	return "", nil
}

// start gives the go. Whoever begins takes every role that the scenario's
// steps name; a later actor who is somebody else is noticed by rule. Where no
// step brings the disruption about, a rehearsal's is taken to begin now, and is
// marked as notional. What is overridden is on record before the go.
func (c *Conductor) start(by string, i Begin) error {
	var bodies []Body
	for _, bar := range c.state.Bars() {
		bodies = append(bodies, GateDecided{Gate: bar.Gate, Go: true, Reason: i.Reason, Agreed: i.Agreed})
	}
	bodies = append(bodies, GateDecided{Gate: GateStart, Go: true})
	seen := map[string]bool{}
	marked := false
	for _, step := range c.state.Scenario.Steps {
		if step.Who != "" && !seen[step.Who] {
			seen[step.Who] = true
			bodies = append(bodies, RoleTaken{Role: step.Who, Who: by})
		}
		marked = marked || step.Mark == runbook.Disruption
	}
	k := c.state.Began.Kind
	if !marked && (k == Tabletop || k == Rehearsal) {
		bodies = append(bodies, Marked{
			Name: string(runbook.Disruption), Instant: time.Now().UTC().Round(0).Truncate(time.Microsecond),
			Basis: "the exercise began; no step brings the failure about", Notional: true,
		})
	}
	return c.record(by, "", bodies...)
}

// give takes a value. That of a secret stays with the conductor.
func (c *Conductor) give(by string, i Give) error {
	in, _ := c.state.Book.Input(i.Name)
	if in.Secret == nil {
		return c.record(by, "", InputGiven{Name: i.Name, Value: i.Value, From: i.From})
	}
	c.vault.put(i.Name, i.Value)
	return c.record(by, "", InputGiven{Name: i.Name, Secret: true, From: i.From})
}

// attest takes a person's word on a step by hand. A file that they leave behind is
// safe before the record says so.
func (c *Conductor) attest(by string, i Attest) error {
	done := StepDone{Text: i.Text, Simulated: c.state.Began.DryRun}
	if c.state.Scenario.Steps[c.state.find(i.Step)].Evidence == FileEvidence && !done.Simulated {
		if c.keep == nil {
			return Refusal{no("no file can be kept here")}
		}
		left, err := c.keep(strings.TrimSpace(i.Text))
		if err != nil {
			return Refusal{no(err.Error())}
		}
		done.Text, done.File = "", &left
	}
	return c.record(by, i.Step, append(c.departed(i.Step, i.Departure), done)...)
}

// halt gives the exercise up. What runs is asked to stop, and the document's way
// back to safety is what follows; where there is none, or it is given up as well,
// the exercise ends.
func (c *Conductor) halt(by string, i Halt) error {
	s := c.state
	if s.Started.IsZero() || s.Back != nil || !s.WayBack() {
		return c.record(by, "", c.ended(Aborted, i.Reason))
	}
	if err := c.record(by, "", Aborting{Reason: i.Reason}); err != nil {
		return err
	}
	if c.state.Running() >= 0 {
		c.stopped = true
		c.perform.Interrupt()
	}
	return nil
}

// finished is the end of an exercise whose document has come to its own.
func (c *Conductor) finished() Ended {
	switch s := c.state; {
	case s.Stuck != "":
		return c.ended(Blocked, s.Stuck)
	case s.Back != nil:
		return c.ended(Aborted, s.Back.Reason)
	}
	return c.ended(Completed, "")
}

func (c *Conductor) ended(how Completion, why string) Ended {
	left, more := listed(c.state.discreet(c.perform.Survivors(c.state.known())))
	return Ended{Completion: how, Reason: why, Digest: c.source(), Survivors: left, Unlisted: more}
}

// departed is the declaration that goes with work outside the written order, or
// without an approval.
func (c *Conductor) departed(step string, d Departure) []Body {
	kind := DepartOrder
	switch {
	case d.Reason == "":
		return nil
	case c.state.here(step) && len(c.state.Awaits(c.state.find(step))) == 0:
		return nil
	case c.state.here(step):
		kind = DepartApproval
	}
	return []Body{Deviated{Kind: kind, Reason: d.Reason, Agreed: d.Agreed}}
}

func (c *Conductor) answered(i Choose) Answered {
	n := c.state.find(i.Step)
	step := c.state.Scenario.Steps[n]
	switch st := c.state.Step(n); {
	case !unguarded(step, st):
		return Answered{Question: Condition(step), Choice: i.Choice, Say: [...]string{"yes", "no"}[i.Choice-1]}
	case unpicked(step, st):
		return Answered{Question: WhichBlock, Choice: i.Choice, Say: BlockAnswers(step)[i.Choice-1]}
	}
	return Answered{Question: step.Ask, Choice: i.Choice, Say: step.Answers[i.Choice-1].Say}
}

// departedRun is the declaration that goes with a run which the document does
// not provide for.
func (c *Conductor) departedRun(n int, i Run) []Body {
	switch {
	case i.Reason == "":
		return nil
	case !c.state.Offers(n):
		return []Body{Deviated{Kind: DepartOrder, Reason: i.Reason, Agreed: i.Agreed}}
	case len(c.state.Awaits(n)) > 0:
		return []Body{Deviated{Kind: DepartApproval, Reason: i.Reason, Agreed: i.Agreed}}
	}
	return []Body{Deviated{Kind: DepartRepeat, Reason: i.Reason, Agreed: i.Agreed}}
}
