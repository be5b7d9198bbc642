package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
)

// Each kind: what is the same to it, what is not, and what is not of it.
func TestVolatile(t *testing.T) {
	for _, row := range []struct {
		kind      runbook.Volatile
		same, not []string
	}{
		{runbook.Times,
			[]string{"2026-11-23", "2026-11-23 13:39:28.439", "2026-11-23T13:39:28Z", "2026-11-23 13:39:28 UTC", "2026-11-23T13:39:28+01:00",
				"Mon 2026-11-23 13:39:28 UTC", "13:39:28", "Nov 23 13:39", "Nov  3 13:39:28", "Mon, 23 Nov 2026 13:39:28 GMT", "Mon Nov 23 13:39:28 2026"},
			[]string{"1.2.3", "13:39", "9842s", "2026"}},
		{runbook.IDs,
			[]string{"4f2a9c1d0e77", "0123456789abcdef0123456789abcdef01234567", "123456789012"},
			[]string{"4f2a9c1d0e7", "production", "12345678901x"}},
		{runbook.UUIDs,
			[]string{"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174FFF"},
			[]string{"123e4567-e89b-12d3-a456", "4f2a9c1d0e77"}},
		{runbook.Durations,
			[]string{"0s", "9842s", "5 minutes", "12 seconds", "1h5m", "17d", "3.25 ms", "1 hour, 3 minutes", "2w"},
			[]string{"5", "3/3", "5d9", "5 apples"}},
		{runbook.Addresses,
			[]string{"10.0.0.1", "10.0.0.1:5432", "fe80::1", "::1", "2001:db8:0:0:0:0:0:1", "02:42:ac:11:00:02"},
			[]string{"1.2.3", "13:39:28", "std::string", "db-1.example.com"}},
	} {
		agree := func(a, b string) bool {
			e := runbook.Expect{Lines: "x " + a + " y", Ignore: []runbook.Volatile{row.kind}}
			return Compare(e, Got{HasExit: true, Text: "x " + b + " y"}).Verdict == Matches
		}
		for _, a := range row.same {
			if !agree(row.same[0], a) || !agree(a, row.same[0]) {
				t.Errorf("%s: %q differs from %q", row.kind, a, row.same[0])
			}
			if Sample(a, row.same[0]) != (a == row.same[0]) {
				t.Errorf("%s: %q was ignored though nobody asked for it", row.kind, a)
			}
		}
		for _, a := range row.not {
			if agree(row.same[0], a) || agree(a, row.same[0]) {
				t.Errorf("%s: %q was taken for one", row.kind, a)
			}
		}
	}
	if len(volatile) != len(runbook.Volatiles) {
		t.Errorf("%d kinds, and %d are documented", len(volatile), len(runbook.Volatiles))
	}
}

// An outage passes where the document says that durations don't matter, and
// only there; and then it is told what was ignored.
func TestNothingIsIgnoredUnasked(t *testing.T) {
	lagging := Got{HasExit: true, Text: "lag: 9842s\nat 2026-11-23 13:39:28\nwait: 3s"}
	documented := "lag: 0s\nat 2026-01-01 00:00:00\nwait: 1s"
	for _, row := range []struct {
		ignore  []runbook.Volatile
		verdict Verdict
		ignored []Ignored
	}{
		{nil, Differs, nil},
		{[]runbook.Volatile{runbook.Times}, Differs, []Ignored{{runbook.Times, 1, "2026-11-23 13:39:28"}}},
		{[]runbook.Volatile{runbook.Durations}, Differs, []Ignored{{runbook.Durations, 2, "9842s"}}},
		{[]runbook.Volatile{runbook.Times, runbook.Durations}, Matches, []Ignored{{runbook.Times, 1, "2026-11-23 13:39:28"}, {runbook.Durations, 2, "9842s"}}},
	} {
		for _, e := range []runbook.Expect{{Lines: documented}, {Exact: documented}, {Contains: []string{documented}}} {
			e.Ignore = row.ignore
			got := Compare(e, lagging)
			if d := cmp.Diff(row.ignored, got.Ignored); d != "" || got.Verdict != row.verdict {
				t.Errorf("ignoring %v: %s (-want +got):\n%s", row.ignore, got.Verdict, d)
			}
		}
	}
}

func TestIgnoringInTables(t *testing.T) {
	e := runbook.Expect{Table: []runbook.TableRow{rowOf("NAME: api, AGE: 1d")}}
	if got := Compare(e, Got{HasExit: true, Text: pods}); got.Verdict != Differs {
		t.Errorf("an age was ignored though nobody asked for it: %+v", got)
	}
	e.Ignore = []runbook.Volatile{runbook.Durations}
	if got := Compare(e, Got{HasExit: true, Text: pods}); got.Verdict != Matches || got.Ignored[0].Count != 3 {
		t.Errorf("an age that may differ differs: %+v", got)
	}
}

// Only what the modes look at line by line is blurred: what must not occur must
// not, and patterns see what was printed.
func TestOtherModesIgnoreNothing(t *testing.T) {
	e := runbook.Expect{Lines: "lag: 0s", Absent: []string{"9842s"}, Ignore: []runbook.Volatile{runbook.Durations}}
	if got := Compare(e, Got{HasExit: true, Text: "lag: 9842s"}); got.Verdict != Differs {
		t.Errorf("absent: %+v", got)
	}
	e = runbook.Expect{Lines: "lag: 0s", Matches: []string{`lag: (?P<lag>\d+)s`}, Where: []runbook.Named{{ID: "lag", Text: "<= 5"}}, Ignore: []runbook.Volatile{runbook.Durations}}
	if got := Compare(e, Got{HasExit: true, Text: "lag: 9842s"}); got.Verdict != Differs {
		t.Errorf("where: %+v", got)
	}
}

// A value that the document names is compared even where its kind is ignored.
func TestValuesAreNotIgnored(t *testing.T) {
	e := runbook.Expect{Lines: "$HOST answers in 3s", Ignore: []runbook.Volatile{runbook.Addresses, runbook.Durations, runbook.IDs}}
	for text, want := range map[string]Verdict{"10.0.0.1 answers in 12s": Matches, "10.0.0.2 answers in 12s": Differs} {
		if got := Compare(e, Got{HasExit: true, Text: text, Values: map[string]string{"HOST": "10.0.0.1"}}); got.Verdict != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
	e = runbook.Expect{Lines: "$ABCDEFABCDEF", Ignore: []runbook.Volatile{runbook.IDs}}
	if got := Compare(e, Got{HasExit: true, Text: "up", Values: map[string]string{"ABCDEFABCDEF": "up"}}); got.Verdict != Matches {
		t.Errorf("a name was taken for an id: %+v", got)
	}
}

// How alike two texts are is told and decides nothing.
func TestAlike(t *testing.T) {
	for _, row := range []struct {
		a, b        string
		least, most int
	}{
		{"state: unhealthy since today", "state: healthy since today", 80, 99},
		{"context: production", "context: staging", 40, 80},
		{"abcdef", "uvwxyz", 0, 0},
		{"a  b\tc", "a b c", 99, 99},
		{"", "", 0, 0},
	} {
		if got := alike(row.a, row.b); got < row.least || got > row.most {
			t.Errorf("%q and %q: %d %%", row.a, row.b, got)
		}
	}
	got := Compare(runbook.Expect{Lines: "unhealthy"}, Got{HasExit: true, Text: "healthy"})
	if got.Verdict != Differs || got.Checks[1].Alike < 50 {
		t.Errorf("%+v", got)
	}
}

// Whatever a program prints, comparing takes time in proportion to it.
func BenchmarkHostile(b *testing.B) {
	expect := map[string]runbook.Expect{
		"lines":   {Lines: "...\na\na\na\nb\n..."},
		"table":   {Table: []runbook.TableRow{rowOf("NAME: x, READY: 1")}},
		"ignore":  {Lines: "x", Ignore: runbook.Volatiles[:]},
		"matches": {Matches: []string{"^(a+)+$"}},
	}
	for name, unit := range map[string]string{"a": "a\n", "aa": "a", "heads": "NAME READY\n", "blanks": "a ", "colons": "1:", "digits": "1.", "returns": "a\r"} {
		for mode, e := range expect {
			b.Run(mode+"/"+name, func(b *testing.B) {
				text := strings.Repeat(unit, MaxText/len(unit))
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					Compare(e, Got{HasExit: true, Text: text})
				}
			})
		}
	}
}

// Every mode comes to an end on whatever is documented and whatever is printed,
// and what was not compared is never said to match.
func FuzzCompare(f *testing.F) {
	f.Add("NAME: api, READY: 3/3", pods, "HOST", "db-1")
	f.Add("lag: 0s", "lag: 9842s", "LAG", "0s")
	f.Fuzz(func(t *testing.T, want, text, name, value string) {
		if len(want) > 1<<10 || len(text) > 1<<12 {
			return
		}
		for mode, expect := range expecting {
			e := expect(want)
			e.Ignore = runbook.Volatiles[:]
			got := Compare(e, Got{HasExit: true, Text: text, Values: map[string]string{name: value}})
			if strings.Contains(text, "\x00") && e.Text() && got.Verdict != NotComparable {
				t.Errorf("%s: binary output was compared: %+v", mode, got)
			}
			for _, c := range got.Checks {
				if c.Alike < 0 || c.Alike > 99 || c.OK && c.Alike != 0 {
					t.Errorf("%s: %+v", mode, c)
				}
			}
		}
	})
}
