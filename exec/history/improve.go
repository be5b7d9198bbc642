package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
)

// An Improvement is a change that an exercise showed to be needed, and that no
// later exercise of the scenario has shown to be made.
type Improvement struct {
	Playbook, Scenario string
	Exercise           string    // that showed it first
	Since              time.Time // when that ended
	Code               string    // of the deviation; Todo for a note
	Severity           exec.Severity
	Step               string
	Text               string   // the change, in words
	Owner              string   // a contact's id; "" where nobody is named
	Again              []string // later exercises that showed it too
}

// Todo is the code of an improvement that somebody asked for in a note.
const Todo = "todo"

// Days is for how many days an improvement has been open.
func (im Improvement) Days(now time.Time) int { return max(0, exec.Days(im.Since, now)) }

// Improvements are the open ones, the heaviest and oldest first.
//
// An exercise that has ended opens one for each change that its deviations and
// notes ask for. A person's word counts wherever it was given; what a rule
// finds only where something was really done. The next real exercise that goes
// to its end, and through the same step without the like, closes it.
func Improvements(all []Record) []Improvement {
	var scenarios []ledger
	at := map[[2]string]int{}
	for _, r := range all {
		if r.Damage != nil || r.State.Ended == nil {
			continue
		}
		key := [2]string{r.State.Began.Playbook, r.State.Began.Scenario}
		i, known := at[key]
		if !known {
			i = len(scenarios)
			at[key], scenarios = i, append(scenarios, ledger{})
		}
		scenarios[i].enter(r)
	}
	var open []Improvement
	for _, l := range scenarios {
		for _, c := range l.open {
			c.Owner = l.owner
			open = append(open, c.Improvement)
		}
	}
	slices.SortStableFunc(open, func(a, b Improvement) int {
		return cmp.Or(cmp.Compare(weight(a.Severity), weight(b.Severity)), a.Since.Compare(b.Since))
	})
	return open
}

// weight orders severities, the heaviest first.
func weight(s exec.Severity) int {
	return slices.Index([]exec.Severity{exec.Critical, exec.Major, exec.Minor, exec.Info}, s)
}

// A ledger is what the exercises of one scenario leave open.
type ledger struct {
	owner string // by the newest text
	open  []change
}

// A change is one that is asked for, and what tells it from others: what is
// like it keeps it open, and what is the same is it again.
type change struct {
	Improvement
	like, same mark
}

// A mark is a kind of deviation at a step, and a text where that tells several
// changes apart.
type mark struct{ code, step, text string }

// enter closes what the exercise shows to be made, and opens what it asks for.
func (l *ledger) enter(r Record) {
	l.owner = r.State.Book.Owner
	asked, like := changes(r), map[mark]bool{}
	for _, c := range asked {
		like[c.like] = true
	}
	if r.Aside() == "" {
		l.open = slices.DeleteFunc(l.open, func(c change) bool { return !like[c.like] && through(r, c) })
	}
	at := make(map[mark]int, len(l.open))
	for i, c := range l.open {
		at[c.same] = i
	}
	for _, c := range asked {
		i, known := at[c.same]
		if !known {
			at[c.same], l.open = len(l.open), append(l.open, c)
			continue
		}
		was := &l.open[i]
		if was.Exercise != r.ID && !slices.Contains(newest(was.Again, 1), r.ID) {
			was.Again = append(was.Again, r.ID)
			was.Text, was.Severity = c.Text, c.Severity // as it shows itself now
		}
	}
}

// changes are those that an exercise asks for.
func changes(r Record) []change {
	var all []change
	for _, d := range r.Deviations {
		declared := d.Detection == "declared"
		early := d.Code == "O03" && r.Aside() != "" // nothing is measured in what did not come so far
		if d.Severity == exec.Info || d.Proposal == "" || early || !declared && !r.Real() {
			continue
		}
		text := d.Proposal
		if declared && d.Actual != "" {
			text = strings.TrimSuffix(text, ".") + ": " + d.Actual
		}
		c := asked(r, d.Code, d.Severity, d.Step, text)
		if d.Step == "" {
			c.like.text = text
		}
		if c.same = c.like; declared {
			c.same.text = text
		}
		all = append(all, c)
	}
	for _, n := range r.State.Notes {
		if text, ok := n.Todo(); ok {
			c := asked(r, Todo, exec.Minor, n.Step, text)
			c.like.text = text
			c.same = c.like
			all = append(all, c)
		}
	}
	return all
}

func asked(r Record, code string, weight exec.Severity, step, text string) change {
	b := r.State.Began
	return change{
		Improvement: Improvement{
			Playbook: b.Playbook, Scenario: b.Scenario, Exercise: r.ID, Since: r.State.Last,
			Code: code, Severity: weight, Step: step, Text: text,
		},
		like: mark{code: code, step: step},
	}
}

// through reports whether an exercise went where a change is asked for. A step
// that its text no longer has is one that nobody stumbles over any more; one
// that may be left out now was the change.
func through(r Record, c change) bool {
	switch c.Code {
	case "O01":
		return r.Objective("RTO").Measured
	case "O02":
		return r.Objective("RPO").Measured
	}
	i := r.State.Scenario.Find(c.Step)
	if c.Step == "" || i < 0 {
		return true
	}
	st := r.State.Step(i)
	return tried(st) || c.Code == "F01" && st.Status == exec.Skipped
}
