package exec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"bythebook/exec/mask"
)

// A vault holds the values that are on no record, by name. It is the
// conductor's, and gone with it.
type vault struct {
	values map[string]string
	set    *mask.Set
}

// put keeps a value. From here on nothing that is shown or recorded holds it.
func (v *vault) put(name, value string) {
	v.values = maps.Clone(v.values)
	if v.values == nil {
		v.values = map[string]string{}
	}
	v.values[name] = value
	v.set = mask.NewSet(slices.Collect(maps.Values(v.values))...)
}

// fill gives values to a command as they are.
func (v *vault) fill(values map[string]string) map[string]string {
	filled := maps.Clone(values)
	for name, value := range v.values {
		if _, known := filled[name]; known {
			filled[name] = value
		}
	}
	return filled
}

// rules are what must not be seen of a step's output: the secrets, and what the
// document says of this step.
func (v *vault) rules(redact []string) (mask.Rules, error) {
	r := mask.Rules{Secrets: v.set}
	for _, text := range redact {
		p, err := regexp.Compile(text)
		if err != nil {
			return r, fmt.Errorf("reading the step's redact: %w", err)
		}
		r.Patterns = append(r.Patterns, p)
	}
	return r, nil
}

// hide is a text without the secrets.
func (v *vault) hide(text string) string { return mask.Rules{Secrets: v.set}.Text(text) }

// hideAll is texts without the secrets. Output comes without them; but where
// colours or overwriting kept one apart, cleaning has put it together.
func (v *vault) hideAll(texts []string) []string {
	if v.set == nil || len(texts) == 0 {
		return texts
	}
	hidden := make([]string, len(texts))
	for i, text := range texts {
		hidden[i] = v.hide(text)
	}
	return hidden
}

// hideOn is a picture without the secrets: a program may draw one in pieces, which
// are together only here.
func (v *vault) hideOn(drawn *Screen) *Screen {
	if v.set == nil || drawn == nil {
		return drawn
	}
	shown := *drawn
	shown.Lines = v.hideAll(drawn.Lines)
	return &shown
}

// keep takes captured values in. One that could not be taken from the output as
// it may be seen, or that holds a secret, is a secret itself.
func (v *vault) keep(captured []Captured) {
	for i, c := range captured {
		shown := v.hide(c.Value)
		if !c.Secret && shown == c.Value {
			continue
		}
		if shown == c.Value {
			shown = Hidden
		}
		v.put(c.Name, c.Value)
		captured[i] = Captured{Name: c.Name, Value: shown, Secret: true}
	}
}

// hideIn takes the secrets out of the words of an event: those that a person
// typed, and those that come from programs.
func (v *vault) hideIn(b Body) Body {
	if v.set == nil {
		return b
	}
	switch b := b.(type) {
	case StepEnded:
		return v.hideInEnd(b)
	case PointObserved:
		b.Value = v.hide(b.Value)
		return b
	case StepDone:
		return v.hideInDeed(b)
	case StepSkipped:
		b.Reason, b.Agreed = v.hide(b.Reason), v.hide(b.Agreed)
		return b
	case StepBlocked:
		b.Reason = v.hide(b.Reason)
		return b
	case StepUnknown:
		b.Reason = v.hide(b.Reason)
		return b
	case TerminalEnded:
		b.Reason = v.hide(b.Reason)
		return b
	case StepResolved:
		b.Text = v.hide(b.Text)
		return b
	case Aborting:
		b.Reason = v.hide(b.Reason)
		return b
	case Approved:
		b.Who, b.Reason = v.hide(b.Who), v.hide(b.Reason)
		return b
	case Deviated:
		b.What, b.Reason, b.Agreed = v.hide(b.What), v.hide(b.Reason), v.hide(b.Agreed)
		return b
	case GateDecided:
		b.Reason, b.Agreed = v.hide(b.Reason), v.hide(b.Agreed)
		return b
	case Marked:
		b.Basis = v.hide(b.Basis)
		return b
	case Noted:
		b.Text = v.hide(b.Text)
		return b
	case StopCalled:
		b.Reason = v.hide(b.Reason)
		return b
	case Held:
		b.Reason = v.hide(b.Reason)
		return b
	case Ended:
		b.Reason, b.Survivors = v.hide(b.Reason), v.hideAmong(b.Survivors)
		return b
	}
	return b
}

// hideInDeed does that where a person did a step by hand.
func (v *vault) hideInDeed(b StepDone) StepDone {
	b.Text, b.Accepted, b.Agreed = v.hide(b.Text), v.hide(b.Accepted), v.hide(b.Agreed)
	if b.File != nil {
		left := *b.File
		left.Name, b.File = v.hide(left.Name), &left
	}
	return b
}

// hideInEnd does that where an attempt ended.
func (v *vault) hideInEnd(b StepEnded) StepEnded {
	b.Reason, b.Output.Excerpt, b.Notices = v.hide(b.Reason), v.hide(b.Output.Excerpt), v.hideAll(b.Notices)
	b.Survivors = v.hideAmong(b.Survivors)
	b.Checks = slices.Clone(b.Checks)
	for i, c := range b.Checks {
		b.Checks[i].Want, b.Checks[i].Seen = v.hide(c.Want), v.hide(c.Seen)
	}
	b.Ignored = slices.Clone(b.Ignored)
	for i, ignored := range b.Ignored {
		b.Ignored[i].Example = v.hide(ignored.Example)
	}
	return b
}

// hideAmong takes the secrets out of the command lines of processes.
func (v *vault) hideAmong(all []Survivor) []Survivor {
	hidden := slices.Clone(all)
	for i, s := range hidden {
		hidden[i].Command = v.hide(s.Command)
	}
	return hidden
}
