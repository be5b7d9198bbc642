package check

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"
)

// TestWhatTheChecksSay keeps what is said of dependencies, objectives and
// people, as the examples that fail bring it about.
func TestWhatTheChecksSay(t *testing.T) {
	var said strings.Builder
	for _, c := range familiesOf() {
		e := exampleOf(t, c.Code)
		for _, f := range of(c.Code, Run(parse(t, e.fails), e.fails, Facts{})) {
			fmt.Fprintf(&said, "%s\n     %s\n", line(f), f.Hint)
		}
	}
	golden(t, "said.golden", said.String())
}

// TestBookstore: the playbook that everybody knows looks complete, and keeps
// few of its promises.
func TestBookstore(t *testing.T) {
	var said strings.Builder
	for _, f := range bookstore(t, Facts{}) {
		if slices.ContainsFunc(familiesOf(), func(c Check) bool { return c.Code == f.Code }) {
			fmt.Fprintln(&said, line(f))
		}
	}
	golden(t, "bookstore.golden", said.String())
}

func familiesOf() []Check { return slices.Concat(objectiveChecks, peopleChecks) }

func line(f Finding) string {
	return fmt.Sprintf("%s %s %d:%d %s\n     %s", f.Code, f.Severity, f.Line, f.Column, f.Path, f.Message)
}

// bookstore is what is found in the bookstore with some of its text replaced.
func bookstore(t *testing.T, facts Facts, replace ...string) []Finding {
	t.Helper()
	text, err := os.ReadFile("testdata/bookstore.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(replace...).Replace(string(text))
	from := runbook.Copy{Main: "bookstore.yaml", Files: map[string][]byte{"bookstore.yaml": []byte(changed)}}
	return Run(parse(t, from), from, facts)
}

// TestClocksThatChange: a night is an hour longer or shorter once a year, and
// that counts, in whichever zone.
func TestClocksThatChange(t *testing.T) {
	const utc = "from Sat 14:00 to Sun 10:00, 20 h; the RTO is 12 h;"
	for _, tt := range []struct {
		zone, rto, want string
		now             time.Time
	}{
		{zone: "UTC", rto: "12h", want: utc},
		{zone: "UTC", rto: "20h"}, // exactly kept
		{zone: "America/Los_Angeles", rto: "12h", want: "from Sat 14:00 to Sun 10:00, 20 h (21 h from 2026-10-31, when clocks change); the RTO is 12 h;"},
		{zone: "America/Los_Angeles", rto: "20h", want: "from Sat 14:00 to Sun 10:00, 20 h (21 h from 2026-10-31, when clocks change); the RTO is 20 h;"},
		{zone: "America/Los_Angeles", rto: "21h"},
		{zone: "Europe/Berlin", rto: "12h", now: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), want: "20 h (21 h from 2027-10-30, when clocks change)"},
		{zone: "Australia/Lord_Howe", rto: "20h", want: "20 h (20 h 30 min from 2026-04-04, when clocks change)"},
	} {
		found := of("LH03", bookstore(t, Facts{Now: tt.now}, "team: bookstore", "zone: "+tt.zone, "rto: 12h", "rto: "+tt.rto))
		switch {
		case tt.want == "" && len(found) > 0:
			t.Errorf("%s, %s: %s", tt.zone, tt.rto, found[0].Message)
		case tt.want != "" && (len(found) != 2 || !strings.Contains(found[0].Message, tt.want)):
			t.Errorf("%s, %s: %v, want 2 with %q", tt.zone, tt.rto, found, tt.want)
		}
	}
}

// TestPeriodsBoundTheNight: nobody need be there while it does not count.
func TestPeriodsBoundTheNight(t *testing.T) {
	for period, want := range map[string]int{"Always": 2, `"Mon-Fri 09:00-17:00"`: 0, `"Mon-Fri 08:00-18:00"`: 0, `"Sat 12:00-24:00; Sun 00:00-09:00"`: 2} {
		if found := of("LH03", bookstore(t, Facts{}, "period: Always", "period: "+period)); len(found) != want {
			t.Errorf("%s: %v, want %d", period, found, want)
		}
	}
}

// TestZonesOfPeople: two who work by day on two sides of the world cover the
// night of each other.
func TestZonesOfPeople(t *testing.T) {
	day := `availability: "00:00-12:00"`
	found := bookstore(t, Facts{}, `availability: "Mon-Fri 09:00-17:00"`, day, `availability: "Mon-Fri 09:00-17:00; Sat-Sun 10:00-14:00"`, day+", zone: Etc/GMT+12")
	for _, code := range []string{"LH03", "LH05"} {
		if f := of(code, found); len(f) > 0 {
			t.Errorf("%v", f)
		}
	}
}
