package plain

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
)

// situation tells what a person is faced with, once for each time it arises.
func (t *teller) situation(s exec.State, n exec.Next, now time.Time) {
	st := s.Step(n.Step)
	in, _ := s.Wanted()
	key := fmt.Sprint("at", n.Situation, n.Step, st.Visit, len(st.Looks), len(st.Attempts), len(s.Holds), len(s.Stops), in.Name, len(st.Approvals))
	t.once(key, func() {
		if n.Step >= 0 && n.Situation != exec.Unmet && n.Situation != exec.InDoubt && n.Situation != exec.Gapped {
			t.clock(s, now)
			t.step(s, n)
		}
		switch n.Situation {
		case exec.Finished:
			t.verdicts(s)
		case exec.InDoubt:
			if st.Uncompared() {
				t.say("What step %d, %q, printed could not be compared with what is documented: %s. Look, and say: done or not done.", n.Step+1, clean.Line(s.Scenario.Steps[n.Step].Do), clean.Line(st.Reason))
				break
			}
			t.say("Nobody saw how step %d, %q, ended: %s. Look, and say: done or not done.", n.Step+1, clean.Line(s.Scenario.Steps[n.Step].Do), clean.Line(st.Reason))
			if a, _ := st.LastAttempt(); a.Unseen.Words() != "" {
				t.say("  note: %s", a.Unseen.Words())
			}
			t.survivors(s)
		case exec.Gapped:
			t.say("Blocked at step %d: %s", n.Step+1, clean.Line(s.Stuck))
		}
		if mark := s.Unmarked(); mark != "" {
			t.say("The clock waits until you say when it was %s: mark %s, with the time where it was not just now.", mark, mark)
		}
		if others := s.Others(); len(others) > 0 && n.Step == s.At {
			t.say("In any order with it: step %s. Type step and a number to go on with that one.", exec.Numbers(others))
		}
		if n.Situation != exec.Finished {
			t.say("NEXT: %s.", typed(s, n))
		}
	})
}

// typed says what to type in a situation.
func typed(s exec.State, n exec.Next) string {
	switch n.Situation {
	case exec.Wanting:
		return wanted(s)
	case exec.Ready:
		return strings.TrimSuffix("type begin; nothing runs yet; "+n.Aside, "; ")
	case exec.InDoubt:
		return "type done or not done; nothing runs again by itself"
	case exec.Called:
		return "type go on WHY, or halt; nothing new starts before that"
	case exec.OnHold:
		return "type release"
	case exec.AtEnd:
		if s.Back != nil {
			return "type finish, to end as aborted; it writes the report"
		}
		if calm := s.Calm(); s.Last.Before(calm) {
			return "type finish; it writes the report. All must be well for " + exec.Long(s.Of(s.At).Clock.Steady) + ": the clock stops at " + calm.Format("15:04:05Z")
		}
		return "type finish; it writes the report"
	case exec.Gapped:
		return "type finish to end as blocked, or deviate to say what was done instead"
	case exec.Guarding:
		return "type yes or no"
	case exec.Deciding:
		return fmt.Sprintf("type choose 1 to choose %d", len(s.Scenario.Steps[n.Step].Answers))
	case exec.Picking:
		return fmt.Sprintf("type choose 1 to choose %d; nothing runs yet", len(s.Scenario.Steps[n.Step].Runs)+1)
	case exec.Approving:
		return approvers(s, n)
	case exec.ToAttest:
		return "type done, when you have done it"
	case exec.Unmet:
		return typedUnmet(s.Scenario.Steps[n.Step], n)
	}
	if s.Scenario.Steps[n.Step].Optional {
		return "type run, or skip: it is optional"
	}
	return "type run"
}

// approvers says whose approval a step waits for, and how it is given.
func approvers(s exec.State, n exec.Next) string {
	words := "it waits for the approval of " + strings.Join(s.Awaits(n.Step), ", ") +
		": type approve NAME or refuse NAME, in the name of whoever says so; they themselves, looking on, type it without a name"
	if s.Began.Rule != exec.Lockstep {
		words += "; or go on without it: a deviation"
	}
	return clean.Line(words)
}

// wanted says which value is wanted, and how it is given.
func wanted(s exec.State) string {
	in, _ := s.Wanted()
	words := fmt.Sprintf("type give VALUE for %s (%s)", in.Name, clean.Line(exec.QuestionOf(in)))
	if in.Secret != nil {
		words = fmt.Sprintf("type give for %s; you are then asked for it, and it is not shown", in.Name)
	}
	if in.Pattern != "" {
		words += "; it must match " + clean.Line(in.Pattern)
	}
	return words
}

// typedUnmet offers the document's own ways first.
func typedUnmet(step runbook.Step, n exec.Next) string {
	var ways []string
	if n.Key == "r" {
		ways = append(ways, "retry, as documented")
	}
	if step.IfNot != "" {
		ways = append(ways, "way out, as documented")
	}
	return "type " + strings.Join(append(ways, "blocked, where nothing is documented", "or retry, accept or skip: deviations"), "; ")
}
