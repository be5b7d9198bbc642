package exec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The gates, as records name them: those before the go, and the one that shuts
// whenever somebody calls stop.
const (
	GateStart     = "start"     // the go itself
	GateAgreement = "agreement" // everybody has agreed to exactly this text
	GateChecks    = "checks"    // no error stands in the document
	GateStop      = "stop"      // whoever has the pen has answered the stop that was called
)

// A Bar keeps an exercise from its start until somebody overrides it, by name
// and with a reason.
type Bar struct {
	Gate string
	Why  string // what is not as it has to be, in words
}

// An Override is a bar that somebody lifted before the go.
type Override struct {
	At           time.Time
	By           string // from whose seat
	Gate, Reason string
	Agreed       string // who overrides it
}

// bars is what has to be so before an exercise that counts begins. An incident
// waits for nobody, and where nothing is executed there is nothing to guard.
var bars = []struct {
	gate   string
	wanted string // what has to be so
	mend   string
	closed func(State) bool
	why    func(State) string
}{
	{
		GateAgreement, "Everybody agrees on exactly this text before it is exercised live, or under lockstep.",
		getAgreement, State.needsAgreement, func(s State) string { return s.Began.Agreement.String() },
	},
	{
		GateChecks, "No error stands in the document before it is exercised live, or under lockstep.",
		"Mend what the checks call an error, and let everybody agree to the mended text.",
		func(s State) bool { return s.Began.Errors > 0 },
		func(s State) string {
			return plural(s.Began.Errors, "error stands", "errors stand") + " in the document"
		},
	},
}

// getAgreement is what mends a text that not everybody has agreed to.
const getAgreement = "Let everybody on the playbook's list agree to this text."

// needsAgreement reports whether a start wants an agreement that is not there.
// A rehearsal of a document that names nobody needs none.
func (s State) needsAgreement() bool {
	return (s.Book.Agreement != nil || s.Began.Kind == Live) && !s.Began.Agreement.Full()
}

// Bars are what stands between the exercise and its go.
func (s State) Bars() []Bar {
	b := s.Began
	if !s.Started.IsZero() || b.DryRun || b.Kind != Live && (b.Kind != Rehearsal || b.Rule != Lockstep) {
		return nil
	}
	var all []Bar
	for _, row := range bars {
		lifted := slices.ContainsFunc(s.Overrides, func(o Override) bool { return o.Gate == row.gate })
		if row.closed(s) && !lifted {
			all = append(all, Bar{row.gate, row.why(s)})
		}
	}
	return all
}

// barred says in words what keeps an exercise from its start.
func barred(all []Bar) string {
	var why []string
	for _, b := range all {
		why = append(why, b.Gate+": "+b.Why)
	}
	return "barred by " + strings.Join(why, "; by ") + "; it is overridden by name and reason only"
}

// findOverridden speaks where a bar was lifted.
func findOverridden(s State) []Deviation {
	var found []Deviation
	for _, o := range s.Overrides {
		for _, row := range bars {
			if row.gate == o.Gate {
				found = append(found, Deviation{
					At: o.At, By: o.By, Documented: row.wanted, Actual: "The exercise began all the same: " + row.why(s) + ".",
					Reason: o.Reason, Agreed: o.Agreed, Proposal: row.mend,
				})
			}
		}
	}
	return found
}

// findUnagreed speaks where the playbook asks for agreement, and wherever
// something real is at stake. What counts is how it stood at the start.
func findUnagreed(s State) []Deviation {
	if s.Unagreed() == "" {
		return nil
	}
	return []Deviation{{
		At: s.First, Documented: "Everybody agrees on exactly this text before it is used.",
		Actual: s.Began.Agreement.Told(func(who string) string { return who }), Proposal: getAgreement,
	}}
}

// Unagreed says in two words that the text lacks the agreement of some, and
// nothing where all have agreed, or where nobody has to.
func (s State) Unagreed() string {
	a := s.Began.Agreement
	n := a.Agreed()
	switch {
	case a.Full(), s.Book.Agreement == nil && s.Began.Kind != Live && s.Began.Kind != Incident:
		return ""
	case n == 0:
		return "NO AGREEMENT"
	case n == len(a.Asked):
		return "OBJECTED" // by somebody who was not asked
	}
	return fmt.Sprintf("AGREED %d/%d", n, len(a.Asked))
}

// Full reports whether everybody who is asked has agreed and nobody objects.
// Where nobody is asked, or nobody looked, there is no agreement.
func (a *Agreement) Full() bool { return a != nil && len(a.Asked) > 0 && len(a.Lacking) == 0 }

// A Voice is somebody whose word on the text matters, and why it does not count;
// Why is "" where it does.
type Voice struct{ Who, Why string }

// Voices are those of the people who are asked, in the document's order, and
// then of whoever else speaks against the text.
func (a *Agreement) Voices() []Voice {
	if a == nil {
		return nil
	}
	why, asked := a.why(), map[string]bool{}
	var all []Voice
	for _, who := range a.Asked {
		all, asked[who] = append(all, Voice{who, why[who]}), true
	}
	for _, l := range a.Lacking {
		if !asked[l.Who] {
			all = append(all, Voice{l.Who, why[l.Who]})
		}
	}
	return all
}

// why says of each whose word does not count why that is.
func (a *Agreement) why() map[string]string {
	why := make(map[string]string, len(a.Lacking))
	for _, l := range a.Lacking {
		why[l.Who] = cmp.Or(l.Why, "no reason is on record")
	}
	return why
}

// Agreed is how many of the people asked have agreed.
func (a *Agreement) Agreed() int {
	if a == nil {
		return 0
	}
	n, why := 0, a.why()
	for _, who := range a.Asked {
		if why[who] == "" {
			n++
		}
	}
	return n
}

// String is how far the agreement has come, in words without names.
func (a *Agreement) String() string {
	if a == nil {
		return "no agreement was looked for"
	}
	agreed := a.Agreed()
	switch {
	case len(a.Asked) == 0:
		return "the document asks nobody to agree"
	case a.Full():
		return fmt.Sprintf("agreed by all %d", agreed)
	case agreed == len(a.Asked):
		return fmt.Sprintf("agreed by all %d who are asked, but somebody objects", agreed)
	case agreed == 0:
		return fmt.Sprintf("agreed by none of %d", len(a.Asked))
	}
	return fmt.Sprintf("agreed by %d of %d", agreed, len(a.Asked))
}

// Told is how far the agreement has come, and a sentence for each whose word is
// lacking; called is how people are named.
func (a *Agreement) Told(called func(who string) string) string {
	words := a.String()
	said := []string{strings.ToUpper(words[:1]) + words[1:] + "."}
	for _, v := range a.Voices() {
		if v.Why != "" {
			said = append(said, "No agreement of "+called(v.Who)+": "+strings.TrimSuffix(v.Why, ".")+".")
		}
	}
	return strings.Join(said, " ")
}
