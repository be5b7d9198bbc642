package exec_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"

	"bythebook/exec"
	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// asked is an agreement of alice, bob and christina that lacks some of them.
func asked(lacking ...exec.Lacking) *exec.Agreement {
	return &exec.Agreement{Asked: []string{"alice", "bob", "christina"}, Lacking: lacking}
}

var (
	full   = asked()
	silent = asked(exec.Lacking{Who: "bob", Why: "has said nothing"})
)

// exercise is one that is on record, of the shop, whose playbook may ask for
// an agreement.
func exercise(t *testing.T, asks bool, b exec.Began) exec.State {
	book := shop(t)
	if asks {
		book.Agreement = &runbook.Agreement{By: []string{"alice", "bob", "christina"}}
	}
	b.Scenario = book.Scenarios[0].ID
	return exec.Apply(exec.New(book), exec.Event{Seq: 1, At: began, By: "bob", Body: b})
}

func TestBars(t *testing.T) {
	for _, tt := range []struct {
		name string
		asks bool
		exec.Began
		want []string
	}{
		{"a rehearsal needs nothing", true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Strict, Agreement: silent, Errors: 3}, nil},
		{"nor does guided", true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Guided, Agreement: silent, Errors: 3}, nil},
		{"lockstep wants who is asked", true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: silent}, []string{"agreement"}},
		{"and their agreement", true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: full}, nil},
		{"lockstep where nobody is asked", false, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: &exec.Agreement{}}, nil},
		{"lockstep with errors", false, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: &exec.Agreement{}, Errors: 1}, []string{"checks"}},
		{"lockstep with both", true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: silent, Errors: 2}, []string{"agreement", "checks"}},
		{"live wants an agreement", true, exec.Began{Kind: exec.Live, Rule: exec.Guided, Agreement: silent}, []string{"agreement"}},
		{"live with one", true, exec.Began{Kind: exec.Live, Rule: exec.Guided, Agreement: full}, nil},
		{"live where nobody is asked", false, exec.Began{Kind: exec.Live, Rule: exec.Strict, Agreement: &exec.Agreement{}}, []string{"agreement"}},
		{"live with errors", true, exec.Began{Kind: exec.Live, Rule: exec.Strict, Agreement: full, Errors: 1}, []string{"checks"}},
		{"live, and nobody looked", true, exec.Began{Kind: exec.Live, Rule: exec.Strict}, []string{"agreement"}},
		{"a dry run", true, exec.Began{Kind: exec.Live, Rule: exec.Lockstep, DryRun: true, Agreement: silent, Errors: 3}, nil},
		{"a tabletop", true, exec.Began{Kind: exec.Tabletop, Rule: exec.Lockstep, DryRun: true, Agreement: silent, Errors: 3}, nil},
		{"an incident", true, exec.Began{Kind: exec.Incident, Rule: exec.Lockstep, Agreement: silent, Errors: 3}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := exercise(t, tt.asks, tt.Began)
			var got []string
			for _, b := range s.Bars() {
				got = append(got, b.Gate)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("barred by %v, want %v", got, tt.want)
			}
			want := exec.Answer{Verdict: exec.Allowed}
			if len(tt.want) > 0 {
				want = exec.Answer{Verdict: exec.AskFirst, Ask: exec.ForOverride}
			}
			a := exec.Allow(s, exec.Begin{})
			if a.Why = ""; a != want {
				t.Errorf("the go is met with %+v, want %+v", a, want)
			}
		})
	}
}

func TestABarIsOverriddenByNameAndReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := exercise(t, true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: silent, Errors: 1})
		j := &memory{}
		c := exec.Conduct(s, j, &actor{journal: j}, func() string { return "" })
		seat := c.Seat("bob")
		for _, half := range []exec.Departure{{}, {Reason: "The window ends."}, {Agreed: "alice"}, {Reason: " ", Agreed: "alice"}} {
			err := seat.Do(exec.Begin{Departure: half})
			want := "barred by agreement: agreed by 2 of 3; by checks: 1 error stands in the document; it is overridden by name and reason only"
			if err == nil || err.Error() != want {
				t.Errorf("with %+v the go is met with %v, want %s", half, err, want)
			}
		}
		if len(j.events) > 0 {
			t.Errorf("on record is %v before anybody overrode anything", j.types())
		}

		do(t, seat, exec.Begin{Departure: exec.Departure{Reason: "The window ends.", Agreed: "alice"}})
		var gates []exec.GateDecided
		for _, e := range j.events {
			if g, ok := e.Body.(exec.GateDecided); ok {
				gates = append(gates, g)
			}
		}
		if diff := cmp.Diff([]exec.GateDecided{
			{Gate: "agreement", Go: true, Reason: "The window ends.", Agreed: "alice"},
			{Gate: "checks", Go: true, Reason: "The window ends.", Agreed: "alice"},
			{Gate: "start", Go: true},
		}, gates); diff != "" {
			t.Errorf("the gates on record (-want +got):\n%s", diff)
		}
		if s := c.State(); s.Started.IsZero() || len(s.Bars()) > 0 {
			t.Errorf("begun at %v, barred by %v", s.Started, s.Bars())
		}
		var waived []exec.Deviation
		for _, d := range exec.Deviations(c.State()) {
			if d.Code == "V08" {
				waived = append(waived, d)
			}
		}
		if len(waived) != 2 || waived[1].Reason != "The window ends." || waived[1].Agreed != "alice" || waived[1].By != "bob" ||
			waived[1].Actual != "The exercise began all the same: 1 error stands in the document." || !waived[1].Material() {
			t.Errorf("found %+v", waived)
		}
	})
}

// TestAnOverrideOnRecordHolds is for the program that ended between an override
// and the go: nobody is asked again.
func TestAnOverrideOnRecordHolds(t *testing.T) {
	s := exercise(t, true, exec.Began{Kind: exec.Live, Rule: exec.Strict, Agreement: silent, Errors: 1})
	s = exec.Apply(s, exec.Event{Seq: 2, At: began, By: "bob", Body: exec.GateDecided{Gate: exec.GateAgreement, Go: true, Reason: "It must be.", Agreed: "alice"}})
	if !s.Started.IsZero() {
		t.Error("an override gave the go")
	}
	if got := s.Bars(); len(got) != 1 || got[0].Gate != exec.GateChecks {
		t.Errorf("still barred by %v", got)
	}
}

// TestWaits: before the go nothing was done, and in a dry run nothing is.
func TestWaits(t *testing.T) {
	for _, tt := range []struct {
		exec.Began
		before, begun bool
	}{
		{exec.Began{Kind: exec.Rehearsal}, false, true},
		{exec.Began{Kind: exec.Tabletop, DryRun: true}, false, true},
		{exec.Began{Kind: exec.Rehearsal, DryRun: true}, false, false},
	} {
		s := exercise(t, false, tt.Began)
		before := s.Waits()
		s = exec.Apply(s, exec.Event{Seq: 2, At: began, By: "bob", Body: exec.GateDecided{Gate: "start", Go: true}})
		begun := s.Waits()
		s = exec.Apply(s, exec.Event{Seq: 3, At: began, By: "bob", Body: exec.Ended{Completion: exec.Aborted}})
		if before != tt.before || begun != tt.begun || s.Waits() {
			t.Errorf("%s: waits %v before the go, %v after it, %v at the end", tt.Kind, before, begun, s.Waits())
		}
	}
}

// TestUnmarked: a clock that nothing in the document starts waits for a person.
func TestUnmarked(t *testing.T) {
	book := shop(t)
	sc := &book.Scenarios[0]
	sc.Steps[0].Mark = ""
	after := func(bodies ...exec.Body) exec.State {
		s := exec.Apply(exec.New(book), exec.Event{Seq: 1, At: began, By: "bob", Body: exec.Began{Scenario: sc.ID, Kind: exec.Live}})
		for i, b := range bodies {
			s = exec.Apply(s, exec.Event{Seq: uint64(i + 2), At: began, By: "bob", Body: b})
		}
		return s
	}
	going := exec.GateDecided{Gate: "start", Go: true}
	if got := after(); got.Unmarked() != "" {
		t.Errorf("before the go %q is wanted", got.Unmarked())
	}
	if s := after(going); s.Unmarked() != runbook.Disruption || s.Next(began).Aside != "M = say first when it broke; the clock waits" {
		t.Errorf("after the go %q is wanted: %q", s.Unmarked(), s.Next(began).Aside)
	}
	if s := after(going, exec.Marked{Name: "disruption", Instant: began, Basis: "the alert"}); s.Unmarked() != "" || s.Next(began).Aside == "M = say first when it broke; the clock waits" {
		t.Errorf("once it is set %q is wanted: %q", s.Unmarked(), s.Next(began).Aside)
	}
	sc.Steps[0].Mark = runbook.Disruption
	if got := after(going).Unmarked(); got != "" {
		t.Errorf("where a step sets it %q is wanted", got)
	}
}

func TestAgreementInWords(t *testing.T) {
	objects := exec.Lacking{Who: "bob", Why: "objects: step 3 names the wrong host."}
	for _, tt := range []struct {
		name         string
		asks         bool
		kind         exec.Type
		agreement    *exec.Agreement
		short, words string
		actual       string // of V07
	}{
		{"nobody looked", true, exec.Rehearsal, nil, "NO AGREEMENT", "no agreement was looked for", "No agreement was looked for."},
		{"nobody is asked", false, exec.Rehearsal, &exec.Agreement{}, "", "the document asks nobody to agree", ""},
		{"nobody is asked, live", false, exec.Live, &exec.Agreement{}, "NO AGREEMENT", "the document asks nobody to agree", "The document asks nobody to agree."},
		{"nobody is asked, an incident", false, exec.Incident, &exec.Agreement{}, "NO AGREEMENT", "the document asks nobody to agree", "The document asks nobody to agree."},
		{"all", true, exec.Live, full, "", "agreed by all 3", ""},
		{"all but one", true, exec.Rehearsal, silent, "AGREED 2/3", "agreed by 2 of 3", "Agreed by 2 of 3. No agreement of bob: has said nothing."},
		{"an objection", true, exec.Rehearsal, asked(objects), "AGREED 2/3", "agreed by 2 of 3", "Agreed by 2 of 3. No agreement of bob: objects: step 3 names the wrong host."},
		{"an objection of somebody else", true, exec.Rehearsal, asked(exec.Lacking{Who: "dan", Why: "objects"}), "OBJECTED",
			"agreed by all 3 who are asked, but somebody objects", "Agreed by all 3 who are asked, but somebody objects. No agreement of dan: objects."},
		{"nobody", true, exec.Rehearsal, asked(objects, exec.Lacking{Who: "alice", Why: "x"}, exec.Lacking{Who: "christina", Why: "agreed to an earlier text"}), "NO AGREEMENT", "agreed by none of 3",
			"Agreed by none of 3. No agreement of alice: x. No agreement of bob: objects: step 3 names the wrong host. No agreement of christina: agreed to an earlier text."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := exercise(t, tt.asks, exec.Began{Kind: tt.kind, Rule: exec.Strict, Agreement: tt.agreement})
			actual := ""
			for _, d := range exec.Deviations(s) {
				if d.Code == "V07" {
					actual = d.Actual
				}
			}
			got := []string{s.Unagreed(), tt.agreement.String(), actual}
			if diff := cmp.Diff([]string{tt.short, tt.words, tt.actual}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOldRecordsStayAsTheyAre is for what was written before anybody looked for
// agreements: it is read, and what is written of it is the same bytes.
func TestOldRecordsStayAsTheyAre(t *testing.T) {
	for kind, old := range map[string]string{
		"exercise.began": `{"format":1,"exercise":"ex-20261123-1","playbook":"shop","scenario":"api-down","kind":"live","rule":"lockstep","digest":"d0","main":"shop.yaml","sums":null,"operator":"bob","program":"bythebook 0.1.0","process":{"pid":7,"host":"h","user":"bob"}}`,
		"gate.decided":   `{"gate":"start","go":true}`,
	} {
		b, err := exec.DecodeBody(kind, []byte(old))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(b); err != nil || string(again) != old {
			t.Errorf("it was\n%s\nand is\n%s (%v)", old, again, err)
		}
	}
}

// TestWhatCountsIsTheGo: who leaves before it comes back to a text that may not
// be agreed to any more, and who leaves after it to the one that was.
func TestWhatCountsIsTheGo(t *testing.T) {
	resumed := exec.Event{Seq: 2, At: began, By: "bob", Body: exec.Resumed{Agreement: silent, Errors: 1}}
	s := exercise(t, true, exec.Began{Kind: exec.Rehearsal, Rule: exec.Lockstep, Agreement: full})
	var gates []string
	for _, bar := range exec.Apply(s, resumed).Bars() {
		gates = append(gates, bar.Gate)
	}
	if d := cmp.Diff([]string{exec.GateAgreement, exec.GateChecks}, gates); d != "" {
		t.Errorf("resumed before the go, barred by (-want +got):\n%s", d)
	}
	s = exec.Apply(s, exec.Event{Seq: 2, At: began, By: "bob", Body: exec.GateDecided{Gate: exec.GateStart, Go: true}})
	if s = exec.Apply(s, resumed); s.Unagreed() != "" {
		t.Errorf("resumed after the go: %s", s.Unagreed())
	}
}
