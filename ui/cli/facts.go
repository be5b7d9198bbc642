package cli

import (
	"slices"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/stage"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
)

// facts is what is known of playbooks beside their texts: the exercises on
// record, and who has agreed. It is gathered once a command, for however many
// playbooks that looks at.
type facts struct {
	now     time.Time
	records []history.Record      // of the home, the oldest first
	some    bool                  // some playbook was exercised, be it none of those that records are of
	open    []history.Improvement // that they ask for
}

// facts reads the home. One that can't be read is one that nobody has looked
// into: the checks then say nothing of earlier exercises, and the commands that
// are asked about them say why.
func (a *app) facts(known ...read.Entry) facts {
	return a.gathered(func(home string) ([]history.Record, bool, error) {
		records, err := history.Read(home, known...)
		return records, false, err
	})
}

// factsOf is facts for whoever only asks about these playbooks: of a home with
// many exercises it reads theirs.
func (a *app) factsOf(entries []read.Entry) facts {
	var ids []string
	for _, e := range entries {
		if e.Playbook != nil {
			ids = append(ids, e.Playbook.ID)
		}
	}
	return a.gathered(func(home string) ([]history.Record, bool, error) { return history.ReadOf(home, ids, entries...) })
}

func (a *app) gathered(from func(home string) (records []history.Record, others bool, err error)) facts {
	f := facts{now: time.Now()}
	home, err := a.homeDir()
	if err != nil {
		return f
	}
	records, others, err := from(home)
	if err == nil {
		f.records, f.some, f.open = records, others || len(records) > 0, history.Improvements(records)
	}
	return f
}

// all is what the checks may know of a playbook.
func (f facts) all(e read.Entry) check.Facts {
	known := check.Facts{Now: f.now, History: f.past(e.Playbook.ID), Absent: absent(e)}
	if e.Playbook.Agreement != nil && !isShipped(e.Path) {
		known.Agreements = words(standing(e, f.now))
	}
	return known
}

// standing is how everybody's word on a playbook stands. That of one which
// comes with the program is that nobody has spoken.
func standing(e read.Entry, now time.Time) agree.Standing {
	dir := agree.Dir(e.Path, e.Playbook.ID)
	if isShipped(e.Path) {
		dir = ""
	}
	s, _ := agree.Look(e.Playbook, e.Copy, dir, "", now) // fails only for an allowed_signers that somebody names
	return s
}

// weighty is what the checks find in a text that the gates of stage 1 want to
// know, whoever has agreed to it and whatever was exercised.
func weighty(e read.Entry, now time.Time) []check.Finding {
	return check.Some(e.Playbook, e.Copy, check.Facts{Now: now}, stage.Needs)
}

// faults are the errors among that: they block agreement, lockstep and live.
func faults(e read.Entry, now time.Time) []check.Finding {
	found := weighty(e, now)
	return slices.DeleteFunc(found, func(f check.Finding) bool { return f.Severity != check.Error || f.Allowed != "" })
}

// words are the words of people as the checks take them: of those who are asked,
// and of others who object. What is not proven is none.
func words(s agree.Standing) []check.Agreement {
	all := []check.Agreement{}
	for _, p := range heard(s) {
		word := check.Agreement{By: p.ID, Digest: s.Digest, On: p.On, Agrees: p.State != agree.Objected}
		switch p.State {
		case agree.Silent, agree.Unproven:
			continue
		case agree.Another:
			word.Digest = p.Text.Digest()
		}
		all = append(all, word)
	}
	return all
}

// past are the earlier exercises of a playbook as the checks take them, nil
// where no record of any playbook is known: a new machine knows of none, and
// there may be many elsewhere. A dry run is none.
func (f facts) past(playbook string) []check.Exercise {
	if !f.some {
		return nil
	}
	past, last := []check.Exercise{}, map[string]int{}
	for _, r := range f.records {
		if s := r.State; r.Damage == nil && s.Began.Playbook == playbook && (r.Real() || s.Began.Kind == exec.Tabletop) {
			last[s.Began.Scenario] = len(past)
			past = append(past, exercised(r))
		}
	}
	for _, im := range f.open {
		if i, ok := last[im.Scenario]; ok && im.Playbook == playbook && im.Severity == exec.Critical {
			past[i].Open = append(past[i].Open, im.Text)
		}
	}
	return past
}

func exercised(r history.Record) check.Exercise {
	s, v := r.State, r.Verdicts
	x := check.Exercise{ID: r.ID, Scenario: s.Began.Scenario, Type: string(s.Began.Kind), Steps: r.Carried()}
	if s.Ended != nil {
		x.Ended = s.Last
	}
	x.Complete = v.Completion == exec.Completed && v.Fidelity != exec.MaterialDeviations
	return x
}
