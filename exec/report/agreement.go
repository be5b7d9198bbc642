package report

import (
	"bythebook/exec"
	"bythebook/exec/clean"
)

// whatWasAgreed is the summary's word on the agreement, and on what was
// overridden to begin.
func (v *view) whatWasAgreed() md {
	var said []md
	switch a := v.s.Began.Agreement; {
	case v.s.Unagreed() != "" && a == nil:
		said = append(said, "**No agreement on this text** was looked for when the exercise began.")
	case a.Full():
		said = append(said, say("The text was %s.", a))
	case v.s.Unagreed() != "":
		said = append(said, say("There was **no full agreement on this text** when the exercise began: %s.", a))
	}
	if n := len(v.s.Overrides); n > 0 {
		said = append(said, say("It began although %s; who overrode that, and why, is in section 3.", barredBy(v.s.Overrides)))
	}
	return joined(" ", said...)
}

func barredBy(all []exec.Override) md {
	var gates []md
	for _, o := range all {
		gates = append(gates, say("*%s*", o.Gate))
	}
	if len(all) == 1 {
		return "the gate " + gates[0] + " barred it"
	}
	return "the gates " + joined(" and ", gates...) + " barred it"
}

// agreement is how far the agreement had come when the exercise began.
func (v *view) agreement() md {
	a := v.s.Began.Agreement
	if a == nil {
		return say("Agreement: none was looked for. %s", v.asked())
	}
	return say("Agreement, when the exercise began: %s.", a)
}

// errorsFound is what the checks said when the exercise began. A record without
// a word on the agreement was written by a program that did not check either.
func (v *view) errorsFound() md {
	if v.s.Began.Agreement == nil {
		return ""
	}
	return say("Errors of the checks that stood in the document, without the agreement: %s", v.s.Began.Errors)
}

// writeAgreement is a row for everybody who was asked, and for whoever spoke
// against the text without being asked.
func (v *view) writeAgreement(p *page) {
	a := v.s.Began.Agreement
	var rows [][]md
	for _, voice := range a.Voices() {
		said := md("yes")
		if voice.Why != "" {
			said = "**no**: " + text(voice.Why)
		}
		rows = append(rows, []md{text(v.people.called(voice.Who)), said})
	}
	if len(rows) == 0 {
		return
	}
	p.table([]md{"Asked to agree", "Had agreed to exactly this text"}, rows...)
	if a.Signers != "" {
		p.para(say("That was proved by the keys in `allowed_signers`, whose SHA-256 is %s.", code(a.Signers)))
	}
}

// writeOverrides tells what was overridden, by whom and why.
func (v *view) writeOverrides(p *page) {
	if len(v.s.Overrides) == 0 {
		return
	}
	var rows [][]md
	for _, o := range v.s.Overrides {
		rows = append(rows, []md{text(o.Gate), text(o.Reason), text(v.people.called(o.Agreed)), text(v.people.called(o.By))})
	}
	p.para("Gates that barred the start, and were overridden" + v.called() + ":")
	p.table([]md{"Gate", "Reason given", "Overridden by", "At the seat of"}, rows...)
}

// called says how people are told of.
func (v *view) called() md {
	if v.Names {
		return ""
	}
	return " (roles stand for people; `--names` shows them)"
}

type agreementJSON struct {
	Full    bool            `json:"full"`
	People  []signatoryJSON `json:"people"`
	Signers string          `json:"signers"` // SHA-256 of the allowed_signers that proved it
	Words   string          `json:"words"`
}

type signatoryJSON struct {
	Who    string `json:"who"` // a role, or a name where names are shown
	Agreed bool   `json:"agreed"`
	Why    string `json:"why"` // not
}

type overrideJSON struct {
	Gate   string `json:"gate"`
	At     string `json:"at"`
	By     string `json:"by"`
	Reason string `json:"reason"`
	Agreed string `json:"agreed"` // who overrode it
}

// agreementDocument is null where nobody looked for an agreement.
func (v *view) agreementDocument() *agreementJSON {
	a := v.s.Began.Agreement
	if a == nil {
		return nil
	}
	j := &agreementJSON{Full: a.Full(), Signers: clean.Line(a.Signers), Words: a.String(), People: []signatoryJSON{}}
	for _, voice := range a.Voices() {
		j.People = append(j.People, signatoryJSON{Who: clean.Line(v.people.called(voice.Who)), Agreed: voice.Why == "", Why: clean.Text(voice.Why)})
	}
	return j
}

func (v *view) overrideDocuments() []overrideJSON {
	all := []overrideJSON{}
	for _, o := range v.s.Overrides {
		all = append(all, overrideJSON{
			Gate: clean.Line(o.Gate), At: instant(o.At), By: clean.Line(v.people.called(o.By)),
			Reason: clean.Text(o.Reason), Agreed: clean.Line(v.people.called(o.Agreed)),
		})
	}
	return all
}
