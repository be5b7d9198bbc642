package exec

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// The rules below look at the circumstances: time, people, the document's
// version, the objectives and the record itself.

// noticeable is the overrun below which a step's time is not worth a word.
const noticeable = 10 * time.Second

func findOverruns(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		if step.Together != "" && len(st.Attempts) == 0 {
			return Deviation{}, false // it was open from the group's begin on: when somebody began with it nobody knows
		}
		plan, took := Planned(step), st.Took()
		d := Deviation{
			At: st.Closed, By: st.By, Documented: "Planned " + Long(plan) + ".", Actual: "It took " + Long(took) + ".",
			Proposal: fmt.Sprintf("Set the estimate of step %s to %s, split it, or make it faster.", step.ID, Long(took.Round(time.Second))),
		}
		if took*2 <= plan*3 {
			d.Severity = Info
		} else if took > 3*plan && s.objective("RTO").Verdict == Missed {
			d.Severity = Major
		}
		return d, plan > 0 && took > plan+noticeable && st.Status != Skipped && st.Status != NotApplicable
	})
}

// findActors compares who acted with who took the step's role at the start.
func findActors(s State) []Deviation {
	return s.each(func(step runbook.Step, st StepState) (Deviation, bool) {
		taken := s.taken(step.Who)
		if len(taken) == 0 || st.By == "" || st.Status == NotApplicable || slices.Contains(taken, st.By) {
			return Deviation{}, false
		}
		return Deviation{
			At: st.Closed, By: st.By, Documented: "For " + step.Who + ".", Actual: "Somebody acted who had not taken that role at the start.",
			Proposal: fmt.Sprintf("Name a deputy for step %s, or the role that may do it.", step.ID),
		}, true
	})
}

// taken is who took a role at the start.
func (s State) taken(role string) []string {
	var who []string
	for _, r := range s.Roles {
		if r.Role == role {
			who = append(who, r.Who)
		}
	}
	return who
}

func findChanged(s State) []Deviation {
	var found []Deviation
	if i := slices.IndexFunc(s.Digests, func(d string) bool { return d != s.Began.Digest }); i >= 0 {
		found = append(found, Deviation{
			At: s.Last, Documented: "sha256 " + s.Began.Digest, Actual: "sha256 " + s.Digests[i] + "; the exercise went on from its frozen copy.",
			Proposal: "Agree on the changed text, and exercise that.",
		})
	}
	seen := map[string]bool{}
	for _, a := range s.Altered {
		if !seen[a.Path] {
			seen[a.Path] = true
			found = append(found, Deviation{
				Step: a.Step, At: a.At, Documented: "The frozen copy of " + a.Path + ", as it was when the exercise began.",
				Actual:   "It was changed meanwhile, and the step did not start.",
				Proposal: "Find out what changes files in the folder of a running exercise, and keep it from there.",
			})
		}
	}
	return found
}

func findRTO(s State) []Deviation {
	return missed(s, "RTO", "Shorten the slowest steps first; if that can't be done, ask the service's owner for a longer RTO.")
}

func findRPO(s State) []Deviation {
	return missed(s, "RPO", "Back up or replicate more often; if that can't be done, ask the service's owner for a longer RPO.")
}

func missed(s State, name, proposal string) []Deviation {
	var found []Deviation
	for _, o := range Objectives(s) {
		if o.Name != name || o.Verdict != Missed {
			continue
		}
		d := Deviation{
			At: s.Last, Documented: o.Called() + " " + Long(o.Target) + ".", Actual: "Actual " + Long(o.Actual) + ", " + o.Basis + ".", Proposal: proposal,
		}
		if s.objective("MTD").Verdict == Missed {
			d.Severity = Critical
		}
		found = append(found, d)
	}
	return found
}

func findUnmeasured(s State) []Deviation {
	if s.Ended == nil || s.Began.DryRun || s.Ended.Completion == Aborted || s.Back != nil {
		return nil
	}
	var found []Deviation
	for _, o := range Objectives(s) {
		if o.Verdict == NotEvaluated {
			found = append(found, Deviation{
				At: s.Last, Documented: o.Called() + " " + Long(o.Target) + ".", Actual: "Not evaluated: " + o.Why + ".",
				Proposal: "Add the step or the mark that measures the " + o.Name + ".",
			})
		}
	}
	return found
}

func findGaps(s State) []Deviation {
	var found []Deviation
	for _, g := range s.Gaps {
		what := "Nothing was recorded for " + Long(g.To.Sub(g.From).Round(time.Second)) + "."
		if g.Step != "" {
			what += " Step " + g.Step + " was running; its outcome was told by a person."
		}
		if g.Torn > 0 {
			what += fmt.Sprintf(" A half-written record of %d bytes was set aside.", g.Torn)
		}
		found = append(found, Deviation{
			Step: g.Step, At: g.From, Documented: "The exercise is recorded without a break.", Actual: what,
		})
	}
	return found
}

func findJumps(s State) []Deviation {
	var found []Deviation
	for _, j := range s.Jumps {
		found = append(found, Deviation{
			At: j.At, Documented: "Wall time and monotonic time agree.",
			Actual: fmt.Sprintf("The wall clock went %s against the monotonic clock, as after a correction or a sleep; wall time decides.", Signed(j.By)),
		})
	}
	return found
}

// Days are those from one instant to another as the calendar counts them, in
// UTC; negative where the second is earlier.
func Days(from, to time.Time) int {
	const day = 24 * time.Hour
	return int(to.UTC().Truncate(day).Sub(from.UTC().Truncate(day)) / day)
}

// Long is a duration that a clock took, or stands beside one that it took: 12h,
// 4m20s, 1.3s. It is rounded and may be negative, and counts like a clock: 1m30s
// where runbook.Spell, which writes what people plan, says 90s.
func Long(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Long(-d)
	case d < 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	d = d.Round(time.Second)
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Signed is a duration with its sign, to the second.
func Signed(d time.Duration) string {
	if d < 0 {
		return "-" + Long(-d)
	}
	return "+" + Long(d)
}
