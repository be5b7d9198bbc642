package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook/agree"
	"bythebook/runbook/read"
)

// gateFlags is how a start that is barred is overridden beforehand.
type gateFlags struct{ override, agreed string }

// departure is what was said for a start that is barred: both or nothing.
func (f gateFlags) departure() (exec.Departure, error) {
	d := exec.Departure{Reason: strings.TrimSpace(f.override), Agreed: strings.TrimSpace(f.agreed)}
	if (d.Reason == "") != (d.Agreed == "") {
		return d, usageError{errors.New("--override REASON and --agreed NAME go together: why it begins all the same, and who says so")}
	}
	return d, nil
}

// examined is how the text of an exercise stands before its record is made:
// who has agreed to it, and how many errors of the checks stand in it. What is
// looked at is what will be frozen.
func (p plan) examined(now time.Time) (*exec.Agreement, int) {
	e := read.Entry{Path: p.source, Copy: p.copy, Playbook: p.book}
	return agreementOf(standing(e, now)), len(faults(e, now))
}

// reexamined is examined for an exercise that was left before its go, and whose
// text is frozen.
func reexamined(dir string, s exec.State) (*exec.Agreement, int, error) {
	text, _, err := read.File(filepath.Join(dir, "playbook", s.Began.Main))
	if err == nil && text.Digest() != s.Began.Digest {
		err = errors.New("the frozen playbook is not the one that the record speaks of")
	}
	if err != nil {
		return nil, 0, err
	}
	agreed, errs := plan{copy: text, book: s.Book, source: s.Began.Source}.examined(time.Now())
	return agreed, errs, nil
}

// agreementOf is a standing as records keep it.
func agreementOf(s agree.Standing) *exec.Agreement {
	a := &exec.Agreement{Signers: s.Signers}
	for _, p := range s.Asked {
		a.Asked = append(a.Asked, p.ID)
		if p.State != agree.Agreed {
			a.Lacking = append(a.Lacking, exec.Lacking{Who: p.ID, Why: whyNot(s, p)})
		}
	}
	for _, p := range s.Others {
		if p.State == agree.Objected {
			a.Lacking = append(a.Lacking, exec.Lacking{Who: p.ID, Why: whyNot(s, p)})
		}
	}
	return a
}

// whyNot says why somebody's word does not count, with the words of an
// objection.
func whyNot(s agree.Standing, p agree.Person) string {
	switch p.State {
	case agree.Objected:
		var words []string
		for _, o := range s.Open(p.ID) {
			words = append(words, strings.Join(strings.Fields(o.Text), " "))
		}
		return fmt.Sprintf("objects: %s (%s)", strings.Join(words, " "), p.Why)
	case agree.Expired, agree.Unproven:
		return string(p.State) + ": " + p.Why
	case agree.Silent:
		return cmp.Or(p.Why, "has said nothing")
	}
	return cmp.Or(p.Why, string(p.State))
}

// A declined is an exercise that was not begun because something bars it and
// nobody is there to be asked.
type declined struct{ error }

func (e declined) Unwrap() error { return e.error }

// refuse says what bars an exercise that nobody attends, and what mends it.
func (a *app) refuse(p plan, s exec.State) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s does not begin, and nothing was recorded. It is barred by", p.book.ID, p.scenario)
	for _, bar := range s.Bars() {
		fmt.Fprintf(&b, "\n  %s: %s", bar.Gate, bar.Why)
		for _, line := range a.mend(p, s, bar) {
			b.WriteString("\n    " + line)
		}
	}
	b.WriteString("\nTo begin all the same, by name and reason: --override REASON --agreed NAME. That is recorded\n" +
		"as a material deviation: the exercise ends with 6 where it would have ended with 0.")
	return declined{errors.New(b.String())}
}

// mend is who or what is lacking at a gate, and the command or the edit that
// mends it.
func (a *app) mend(p plan, s exec.State, bar exec.Bar) []string {
	name := near(p.source)
	if isShipped(p.source) {
		name = p.book.ID
	}
	switch {
	case bar.Gate == exec.GateChecks:
		return []string{"see them: " + a.command("check", name)}
	case isShipped(p.source):
		return []string{"it comes with the program, and nobody can agree to it; make it your own first: " + a.adopt(name)}
	}
	var lines []string
	for _, v := range s.Began.Agreement.Voices() {
		if v.Why != "" {
			lines = append(lines, v.Who+": "+v.Why)
		}
	}
	if len(lines) == 0 {
		return []string{"name who has to agree in " + name + ", as in  agreement: {by: [" + cmp.Or(p.book.Owner, "NAME") + "]}",
			"and then, each of them: " + a.command("agree", name)}
	}
	return append(lines, "each of them, with their own key: "+a.command("agree", name))
}
