package check

import (
	"fmt"
	"slices"
	"time"

	"bythebook/runbook"
)

// rebuilt are changes after which a review of before says little.
var rebuilt = compiled(`(?i)\b(architecture|infrastructure|topology|migrat\w*|re-?platform\w*|moved? to)\b`)

func findStale(s *subject) {
	if s.Review.Every == 0 {
		s.report("review", "the document does not say how often it is reviewed", "")
	}
	reviewed, written := date(s.Review.Last)
	if written {
		s.age("review.last", "reviewed", reviewed)
		for i, r := range s.Revisions {
			if on, ok := date(r.Date); ok && on.After(reviewed) && rebuilt().MatchString(r.Change) {
				s.report(fmt.Sprintf("revision_history[%d]", i), "the system was changed on "+r.Date+" and the document last reviewed on "+s.Review.Last, "")
			}
		}
	}
	exercised, known := date(s.Review.Exercised)
	for _, x := range s.facts.History {
		if x.Ended.After(exercised) {
			exercised, known = x.Ended, true
		}
	}
	if known {
		s.age("review", "exercised", exercised)
	}
}

// age reports what was done longer ago than the document asks for.
func (s *subject) age(path, done string, on time.Time) {
	switch now := s.facts.Now; {
	case now.IsZero():
	case on.After(now.Add(24 * time.Hour)): // a day for those who live further east
		s.report(path, fmt.Sprintf("the document is said to be %s on %s, which is still to come", done, on.Format(time.DateOnly)), "")
	case s.Review.Every > 0 && on.Add(s.Review.Every).Before(now):
		s.report(path, fmt.Sprintf("the document was last %s on %s, longer ago than the %s it asks for", done, on.Format(time.DateOnly), inWords(s.Review.Every)), "")
	}
}

// date is a day as documents write it, and whether there is one.
func date(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

func findDisagreement(s *subject) {
	if s.Agreement == nil {
		s.claimed()
		return
	}
	if len(s.Agreement.By) == 0 {
		s.report("agreement", "an agreement is asked for, of nobody", "name who must agree: `by: [alice, bob]`")
	}
	if s.facts.Agreements == nil {
		return
	}
	latest := map[string]Agreement{} // of each person, to this text where there is one
	for _, a := range s.facts.Agreements {
		last, any := latest[a.By]
		if this, before := a.Digest == s.digest, last.Digest == s.digest; !any || this && !before || this == before && a.On.After(last.On) {
			latest[a.By] = a
		}
	}
	for i, who := range s.Agreement.By {
		if message, hint := s.disagrees(who, latest[who]); message != "" {
			s.report(fmt.Sprintf("agreement.by[%d]", i), message, hint)
		}
	}
	for _, a := range s.facts.Agreements {
		if !a.Agrees && a == latest[a.By] && !slices.Contains(s.Agreement.By, a.By) {
			s.report("agreement", a.By+" has objected to this text, without being asked", "ask them how it can be settled; they then run `bythebook agree --settled`")
		}
	}
}

// claimed reports an agreement that is said to be, and that nobody is asked for.
func (s *subject) claimed() {
	for _, g := range s.Prerequisites {
		if g.Gate == "agreement" && g.Status == runbook.GateComplete {
			s.report("prerequisites.agreement", "the agreement is called complete, and the document does not say whose it is", "name who must agree: `agreement: {by: [alice, bob], valid: 180d}`")
		}
	}
}

// disagrees says why somebody's word does not hold for this text, "" if it does,
// with a hint where it is another than for everybody.
func (s *subject) disagrees(who string, word Agreement) (message, hint string) {
	switch until := word.On.Add(s.Agreement.Valid); {
	case word.By == "":
		return who + " has not agreed to this text", ""
	case word.Digest != s.digest:
		return who + " has agreed to another text than this one", ""
	case !word.Agrees:
		return who + " has objected to this text", "once it is settled they say how, and nobody can for them: `bythebook agree` with `--settled`"
	case s.Agreement.Valid > 0 && until.Before(s.facts.Now):
		return who + " agreed on " + word.On.Format(time.DateOnly) + ", which held until " + until.Format(time.DateOnly), ""
	}
	return "", ""
}
