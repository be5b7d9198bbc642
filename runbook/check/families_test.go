package check

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"
	"bythebook/runbook/golden"
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
	golden.Compare(t, "testdata/said.golden", said.String())
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
	golden.Compare(t, "testdata/bookstore.golden", said.String())
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

// TestExercisesOutOfTime: an exercise of what counts on workdays is told when
// it is held on none.
func TestExercisesOutOfTime(t *testing.T) {
	const text = `playbook: shop
title: Shop
zone: Europe/Berlin
components: {payroll: {}}
dependencies: {payroll: {class: critical, period: "Mon-Fri 08:00-18:00"}}
exercise: {type: rehearsal, scenarios: [down], window: WINDOW}
scenarios:
  down: {title: Down, component: payroll, recovery: [{do: Start it.}]}
`
	for window, want := range map[string]int{
		"2026-11-20 10:00 / 3h":    0, // a Friday
		"2026-11-20 17:59 / 1h":    0,
		"2026-11-20 18:00 / 3h":    1,
		"2026-11-21 10:00 / 3h":    1,
		"2026-11-21 10:00 / 2d":    0,
		"2026-11-21 10:00 / 1d21h": 1,
		"2026-11-21 10:00 / 1d23h": 0,
	} {
		changed := strings.Replace(text, "WINDOW", window, 1)
		from := runbook.Copy{Main: "p.yaml", Files: map[string][]byte{"p.yaml": []byte(changed)}}
		found := of("LP14", Run(parse(t, from), from, Facts{}))
		if len(found) != want || want > 0 && found[0].Severity != Advice {
			t.Errorf("%s: %v, want %d", window, found, want)
		}
	}
}

// TestWhatNothingDefines: whoever makes a playbook otherwise than by reading
// YAML may leave a name open.
func TestWhatNothingDefines(t *testing.T) {
	book := &runbook.Playbook{
		Zone:         "Mars/Olympus",
		Dependencies: []runbook.Dependency{{ID: "shop", Needs: []string{"stock"}}},
		Scenarios:    []runbook.Scenario{{ID: "down", Component: "till", Primary: "ann", Secondary: "ben"}},
		Contacts:     []runbook.Contact{{ID: "ann", Email: "a@example.com", Phone: "112"}},
	}
	found := Run(book, runbook.Copy{}, Facts{})
	for code, want := range map[string]string{
		"LP02": "`till` is no component of this playbook", "LP05": "there is no dependency `stock`", "LH02": "`ben` leads and is no contact",
		"LH08": "`Mars/Olympus` is not known as a time zone",
	} {
		if f := of(code, found); len(f) != 1 || f[0].Message != want {
			t.Errorf("%s: %v, want %q", code, f, want)
		}
	}
}

// TestNobodyApprovesTheirOwnDoing: such a step can never be begun.
func TestNobodyApprovesTheirOwnDoing(t *testing.T) {
	for _, tt := range []struct {
		who     string
		approve []string
		want    bool
	}{
		{"ann", []string{"ann"}, true},
		{"lead.primary", []string{"ben", "ann"}, true}, // all who are named must
		{"owner", []string{"lead.primary"}, true},
		{"ann", []string{"dba"}, false}, // ben may
		{"dba", []string{"ann"}, false}, // ben may do it
		{"", []string{"ann"}, false},
	} {
		book := &runbook.Playbook{
			Contacts: []runbook.Contact{{ID: "ann", Authority: []string{"approve", "abort"}}, {ID: "ben"}},
			Roles:    []runbook.Role{{ID: "dba", Held: []string{"ann", "ben"}}, {ID: "owner", Held: []string{"ann"}}},
			Scenarios: []runbook.Scenario{{ID: "down", Primary: "ann", Secondary: "ben", Steps: []runbook.Step{
				{ID: "it", Procedure: runbook.Recovery, Do: "Promote it.", Who: tt.who, Approve: tt.approve},
			}}},
		}
		if found := of("LH13", Run(book, runbook.Copy{}, Facts{})); (len(found) == 1) != tt.want {
			t.Errorf("done by %q, approved by %v: %v", tt.who, tt.approve, found)
		}
	}
}

// TestNotificationsReachWhoIsOnCall: one rule that calls the leads, and then
// somebody who is on call, settles who is reached at night.
func TestNotificationsReachWhoIsOnCall(t *testing.T) {
	const rule = "notifications:\n  declared: {when: declared, who: [lead.primary, lead.secondary], what: It is down., why: action, how: [phone, email], ack_within: 15m, escalate_to: NEXT}\nscenarios:"
	for next, want := range map[string]string{
		"christina":      "LH03 LH03", // the leads are still away longer than the RTO
		"alice":          "LH03 LH03 LH05 LH05 LH11 LH11 LH11",
		"lead.secondary": "LH03 LH03 LH05 LH05 LH11 LH11", // who is on call for the CDN
	} {
		var codes []string
		for _, f := range bookstore(t, Facts{}, "scenarios:", strings.Replace(rule, "NEXT", next, 1)) {
			if slices.Contains([]string{"LH03", "LH04", "LH05", "LH10", "LH11"}, f.Code) {
				codes = append(codes, f.Code)
			}
		}
		slices.Sort(codes)
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("then %s: %s, want %s", next, got, want)
		}
	}
}
