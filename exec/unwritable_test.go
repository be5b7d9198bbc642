package exec_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
)

// TestWordsFitIntoTheRecord: what the record could not hold is refused before it
// is carried out, and in words.
func TestWordsFitIntoTheRecord(t *testing.T) {
	s, _ := play(t, shop(t), "0s exercise incident strict\n1s go")
	long := strings.Repeat("x", 9000)
	east := time.FixedZone("", 14*3600)
	for _, tt := range []struct {
		want exec.Intent
		why  string // a part of it, "" where it is allowed
	}{
		{exec.Remark{Text: long[:8000]}, ""},
		{exec.Remark{Text: long}, "say it shorter"},
		{exec.CallStop{Reason: long}, "say it shorter"},
		{exec.Skip{Step: "look", Departure: exec.Departure{Reason: "late", Agreed: long}}, "say it shorter"},
		{exec.Mark{Name: runbook.Disruption, Instant: time.Date(1, 1, 1, 14, 0, 0, 1, east), Basis: "b"}, ""},
		{exec.Mark{Name: runbook.Disruption, Instant: time.Date(0, 1, 1, 0, 0, 0, 0, east), Basis: "b"}, "the years 1 to 9999"},
		{exec.Mark{Name: runbook.Disruption, Instant: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), Basis: "b"}, "can't be recorded"},
	} {
		a := exec.Allow(s, tt.want)
		if (a.Verdict == exec.Allowed) != (tt.why == "") || !strings.Contains(a.Why, tt.why) {
			t.Errorf("%T: %+v, want %q", tt.want, a, tt.why)
		}
	}
	if why := exec.Unfit(runbook.Input{Name: "R"}, long); !strings.Contains(why, "put it into a file") {
		t.Errorf("a long value: %q", why)
	}
	if why := exec.Unfit(runbook.Input{Name: "R", Secret: &runbook.Secret{}}, long); why != "" {
		t.Errorf("a long secret, which is not recorded: %q", why)
	}
}

// TestValuesFitIntoTheRecord: a value that it could not hold is not as documented.
func TestValuesFitIntoTheRecord(t *testing.T) {
	for _, tt := range []struct {
		run, match, seen string
	}{
		{`echo 1764176400`, exec.Matched, ""},
		{`echo 9999-12-31T23:59:59Z`, exec.Matched, ""},
		{`head -c 9000 /dev/zero | tr '\0' x`, exec.Differs, "9000 bytes"},
		{`echo 1764176400000`, exec.Differs, "1764176400000"},
		{`echo -1e300`, exec.Differs, "-1e300"},
		{`echo NaN`, exec.Differs, "NaN"},
		{`echo 0001-01-01T00:00:00+14:00`, exec.Differs, "0001-01-01T00:00:00+14:00"},
	} {
		r := perform(t, runbook.Step{ID: "look", Kind: runbook.Run, Run: tt.run, Timeout: time.Minute,
			Capture: []runbook.Capture{{Name: "NEWEST", Pattern: `(\S+)`}}, Point: &runbook.Point{From: "NEWEST", Method: "marker"}})
		seen := slices.ContainsFunc(r.Checks, func(c exec.Check) bool { return !c.OK && c.Seen == tt.seen })
		if r.Match != tt.match || seen != (tt.seen != "") || (r.Point != nil) != (tt.match == exec.Matched) {
			t.Errorf("%s: %s, %+v, %+v", tt.run, r.Match, r.Checks, r.Point)
		}
	}
}

// TestTheRecordGoesOnAfterWhatItCannotHold: nothing waits for an event that can
// never be written. A person's is refused; of a step's the end alone is kept.
func TestTheRecordGoesOnAfterWhatItCannotHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "out")
		j, err := journal.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := exec.Found(shop(t), j, "bob", exec.Began{Format: 1, Exercise: "ex-1", Scenario: shop(t).Scenarios[0].ID, Kind: exec.Rehearsal, Rule: exec.Strict, Operator: "bob", Digest: "d0"})
		if err != nil {
			t.Fatal(err)
		}
		a := &actor{journal: &memory{}, perform: func(context.Context, exec.Job) exec.Result {
			r := passed()
			r.Checks = make([]exec.Check, 70)
			for i := range r.Checks {
				r.Checks[i].Seen = strings.Repeat("x", 1000)
			}
			return r
		}}
		c := exec.Conduct(s, j, a, func() string { return "d0" })
		seat := c.Seat("bob")
		do(t, seat, exec.Begin{})
		var refused exec.Refusal
		if err := c.Seat(strings.Repeat("x", 70_000)).Do(exec.Remark{Text: "me"}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "too long") {
			t.Errorf("from a seat with a long name: %v", err)
		}
		do(t, seat, exec.Remark{Text: "it goes on"})
		do(t, seat, exec.Run{Step: "break", Confirm: "y"})
		if st := c.State().Step(0); !st.Uncompared() || st.Reason != "what is known of its end is too long for the record" {
			t.Errorf("the step is %+v", st)
		}
		do(t, seat, exec.Resolve{Step: "break", Done: true})
		if err := c.Leave(); err != nil {
			t.Error(err)
		}
		again, events, _, err := journal.Open(dir)
		if err != nil || len(events) == 0 {
			t.Fatal(err)
		}
		_ = again.Close()
		if last, done := events[len(events)-1].Body.(exec.StepResolved); !done || !last.Done {
			t.Errorf("the newest on record is %+v", last)
		}
	})
}
