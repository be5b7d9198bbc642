package history

import (
	"fmt"
	"slices"

	"bythebook/exec"
	"bythebook/exec/clean"
)

// backward are records the newest first, as people want to see them.
func backward(all []Record) []Record {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// ListText is every record in two lines or three, the newest first.
func ListText(all []Record) string {
	s := &sheet{}
	for _, r := range backward(all) {
		if r.Damage != nil {
			s.damaged(r)
			continue
		}
		b := r.State.Began
		s.line(" %-14s  %s  %s", r.ID, r.State.First.UTC().Format("2006-01-02 15:04"), clean.Line(b.Playbook+" > "+b.Scenario))
		s.prose("     ", fmt.Sprintf("%s, %s; %s%s%s.", b.Kind, b.Rule, stated(r), against(r, "RTO", "RTA"), against(r, "RPO", "RPA")))
	}
	return s.b.String()
}

// stated is how far an exercise came, and the verdicts on it.
func stated(r Record) string {
	n := fmt.Sprintf("%d deviations", len(r.Deviations))
	if len(r.Deviations) == 1 {
		n = "1 deviation"
	}
	if r.Aside() != "" {
		return r.Aside() + "; " + n
	}
	v := r.Verdicts
	return fmt.Sprintf("%s, objectives %s, %s; %s", v.Completion, v.Outcome, fidelity(v.Fidelity), n)
}

// fidelity is the verdict in words that can stand alone.
func fidelity(f exec.Fidelity) string {
	if f == exec.FidelityUnknown {
		return "fidelity not evaluated"
	}
	return string(f)
}

// against is what was measured beside what was promised, "" where nothing was
// or could be.
func against(r Record, promise, name string) string {
	o := r.Objective(promise)
	switch {
	case o.Target == 0 || r.Aside() != "":
		return ""
	case !o.Measured:
		return "; " + name + " not measured"
	case o.Notional:
		return fmt.Sprintf("; %s %s of %s, simulated", name, exec.Long(o.Actual), exec.Long(o.Target))
	}
	return fmt.Sprintf("; %s %s of %s", name, exec.Long(o.Actual), exec.Long(o.Target))
}

// ListMarkdown is every record as a table, the newest first.
func ListMarkdown(all []Record) string {
	p := &page{}
	p.heading(1, "Exercises")
	if len(all) == 0 {
		p.para("None is on record.")
		return p.String()
	}
	p.table(exerciseHead, each(backward(all), exerciseRow)...)
	p.damaged(slices.DeleteFunc(slices.Clone(all), func(r Record) bool { return r.Damage == nil }))
	return p.String()
}
