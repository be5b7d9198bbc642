package stage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/runbook/agree"
)

// Due is something that is to be done again by a day.
type Due struct {
	Kind string    // review | agreement | exercise
	Of   string    // a scenario, a person; "" is the whole document
	At   time.Time // zero: it was never done
	Mend Mend
}

// What it is, in words.
func (d Due) What() string {
	if d.Of == "" {
		return d.Kind
	}
	return d.Kind + " of " + d.Of
}

// Days says how far off it is, in words.
func (d Due) Days(now time.Time) string {
	if d.At.IsZero() {
		return "never yet"
	}
	switch n := exec.Days(now, d.At); {
	case n == 0:
		return "today"
	case n > 0:
		return "in " + counted(n, "day")
	default:
		return counted(-n, "day") + " ago"
	}
}

// soon reports whether it is time to do something about it.
func (d Due) soon(now time.Time) bool { return d.At.IsZero() || exec.Days(now, d.At) <= 30 }

// due is all of it, the soonest first.
func (in Input) due() []Due {
	all := in.exercises()
	if last, err := time.Parse(time.DateOnly, in.Book.Review.Last); err == nil && in.Book.Review.Every > 0 {
		m := in.edit("review.last", in.today())
		m.Note = "once the team has gone through it; people then agree anew, to what it has become"
		all = append(all, Due{"review", "", last.Add(in.Book.Review.Every), m})
	}
	if p, ok := in.soonest(); ok {
		m := in.command("agree", in.Name, "--as", p.ID)
		m.Binds = true
		all = append(all, Due{"agreement", in.person(p.ID), p.Until, m})
	}
	slices.SortStableFunc(all, func(a, b Due) int { return a.At.Compare(b.At) })
	return all
}

// soonest is the person whose word runs out first.
func (in Input) soonest() (first agree.Person, ok bool) {
	for _, p := range in.Agreement.Asked {
		if p.State == agree.Agreed && !p.Until.IsZero() && (!ok || p.Until.Before(first.Until)) {
			first, ok = p, true
		}
	}
	return first, ok
}

// exercises are those that no record tells of, and those that the document wants
// to be held again.
func (in Input) exercises() []Due {
	last := map[string]time.Time{}
	for _, r := range in.Records {
		if r.Real() && r.Verdicts.Completion == exec.Completed {
			last[r.State.Began.Scenario] = r.State.Last
		}
	}
	hold := in.holding()
	var all []Due
	for _, sc := range in.Book.Scenarios {
		on, held := last[sc.ID]
		switch {
		case !held:
			all = append(all, Due{"exercise", sc.ID, time.Time{}, hold(sc.ID)})
		case in.Book.Review.Every > 0:
			all = append(all, Due{"exercise", sc.ID, on.Add(in.Book.Review.Every), hold(sc.ID)})
		}
	}
	return all
}

// unfinished are the exercises that wait for somebody.
func (in Input) unfinished() []Unfinished {
	var all []Unfinished
	for _, r := range in.Records {
		if s := r.State; r.Damage == nil && s.Waits() {
			counts := r.Real() && !s.Began.Unattended && s.Began.Kind != exec.Incident && s.Began.Digest == in.Text.Digest() && s.Began.Agreement.Full()
			all = append(all, Unfinished{r.ID, s.Began.Kind, s.Began.Scenario, s.First, in.command("resume", r.ID), counts})
		}
	}
	return all
}

// last is the newest exercise in which something was executed.
func (in Input) last() *history.Record {
	for _, r := range slices.Backward(in.Records) {
		if r.Real() {
			return &r
		}
	}
	return nil
}

// aged is an improvement with its owner and how long it is open, in words.
func aged(im history.Improvement, now time.Time) string {
	return fmt.Sprintf("%s: %s (%s, %s, open for %s)", im.Scenario, im.Text, im.Severity, cmp.Or(im.Owner, "owned by nobody"), counted(im.Days(now), "day"))
}

// asked is an objective to think over, as the question that it is.
func asked(b history.Baseline) string {
	return fmt.Sprintf("%s (%s): %s", b.Scenario, b.Question(), b.Why)
}
