package check

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests know the zones on a machine that doesn't

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The hour of the week, for the tables below.
func at(day string, hour, minute int64) int64 {
	d, err := parseDay(day)
	if err != nil {
		panic(err)
	}
	return int64(d)*24*3600 + hour*3600 + minute*60
}

func TestHours(t *testing.T) {
	weekend := hours{{at("Sat", 10, 0), at("Sat", 14, 0)}, {at("Sun", 10, 0), at("Sun", 14, 0)}}
	for _, tt := range []struct {
		text string
		want hours
	}{
		{"Always", always},
		{" always ", always},
		{"on-call", always},
		{"On call", always},
		{"00:00-24:00", always},
		{"Mon 09:00-17:00", hours{{at("Mon", 9, 0), at("Mon", 17, 0)}}},
		{"monday 9:00 - 17:30", hours{{at("Mon", 9, 0), at("Mon", 17, 30)}}},
		{"Sat-Sun 10:00-14:00", weekend},
		{"Sat, Sun 10:00-14:00", weekend},
		{"Sat 10:00-14:00; Sun 10:00-14:00", weekend},
		{"Sun-Mon 00:00-01:00", hours{{0, at("Mon", 1, 0)}, {at("Sun", 0, 0), at("Sun", 1, 0)}}},
		{"Sun 22:00-06:00", hours{{0, at("Mon", 6, 0)}, {at("Sun", 22, 0), week}}},
		{"Sun-Tue 12:00-13:00", hours{{at("Mon", 12, 0), at("Mon", 13, 0)}, {at("Tue", 12, 0), at("Tue", 13, 0)}, {at("Sun", 12, 0), at("Sun", 13, 0)}}},
		{"Mon 08:00-12:00; Mon 11:00-15:00; Mon 15:00-16:00", hours{{at("Mon", 8, 0), at("Mon", 16, 0)}}},
		{"Fri 20:00-24:00; Sat 00:00-02:00", hours{{at("Fri", 20, 0), at("Sat", 2, 0)}}},
	} {
		got, err := parseHours(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestHoursThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "no window",
		"weekdays":                   "no time of day",
		"Mon-Fri":                    "no time of day",
		"Mon-Fri 9-17":               "no time of day",
		"Mon-Fri 09:00":              "no time of day",
		"Mon-Fri 09:00-25:00":        "`25:00` is no time of day",
		"Mon-Fri 09:00-24:01":        "`24:01` is no time of day",
		"Mon-Fri 09:60-17:00":        "`09:60` is no time of day",
		"Mon-Fri 09:00-17:00;":       "no window",
		"Mo-Fr 09:00-17:00":          "`Mo` is no day of the week",
		"Mon-Someday 09:00-17:00":    "`Someday` is no day of the week",
		"Mon, 09:00-17:00":           "no time of day",
		"Mon 09:00-09:00":            "ends when it begins",
		"Mon-Fri 09:00-17:00 Europe": "no window",
	} {
		if _, err := parseHours(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestLocalIsNoZone(t *testing.T) {
	for _, name := range []string{"Local", "local", "Mars/Olympus", "../etc"} {
		if _, err := zoneOf(name); err == nil {
			t.Errorf("%q was taken as a zone", name)
		}
	}
}

var clock = rapid.IntRange(0, 24*60-1)

// someZone is a zone, most often one whose clocks change.
func someZone(t *rapid.T) *time.Location {
	zone, err := zoneOf(rapid.SampledFrom([]string{"UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// someFrame is a time around a change of clocks, or a change of years.
func someFrame(t *rapid.T, minutes int) span {
	changes := []string{"2026-03-07", "2026-10-31", "2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2026-12-30"}
	first, err := time.ParseInLocation(time.DateOnly, rapid.SampledFrom(changes).Draw(t, "around"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	from := first.Add(time.Duration(rapid.IntRange(-3*24*60, 24*60).Draw(t, "begin")) * time.Minute).Unix()
	return span{from, from + int64(rapid.IntRange(1, minutes).Draw(t, "minutes"))*60}
}

// someWindows are windows on single days, and how they are written.
func someWindows(t *rapid.T) (windows [][3]int, h hours) {
	var texts []string
	for range rapid.IntRange(1, 4).Draw(t, "windows") {
		w := [3]int{rapid.IntRange(0, 6).Draw(t, "day"), clock.Draw(t, "opens"), clock.Draw(t, "shuts")}
		if w[1] != w[2] {
			windows = append(windows, w)
			texts = append(texts, fmt.Sprintf("%s %02d:%02d-%02d:%02d", weekdays[w[0]][:3], w[1]/60, w[1]%60, w[2]/60, w[2]%60))
		}
	}
	if len(windows) == 0 {
		t.Skip("no window")
	}
	h, err := parseHours(strings.Join(texts, "; "))
	if err != nil {
		t.Fatal(err)
	}
	return windows, h
}

// TestHoursAgainstASweep holds the algebra against looking at the clock on the
// wall every minute.
func TestHoursAgainstASweep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, frame := someZone(t), someFrame(t, 8*24*60)
		windows, h := someWindows(t)
		var swept []span
		for s := frame.from; s < frame.to; s += 60 {
			if open(windows, time.Unix(s, 0).In(zone)) {
				swept = append(swept, span{s, s + 60})
			}
		}
		if diff := cmp.Diff(joined(swept), h.in(zone, frame), cmp.AllowUnexported(span{})); diff != "" {
			t.Fatalf("%v in %v (-swept +computed):\n%s", windows, zone, diff)
		}
	})
}

// TestGapsAgainstASweep: the longest time without any of two people, in zones
// of their own, within a period in a third.
func TestGapsAgainstASweep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame := someFrame(t, 15*24*60)
		var windows [3][][3]int
		var posts [3]post
		for i := range posts {
			var h hours
			zone := someZone(t)
			windows[i], h = someWindows(t)
			posts[i] = post{h, zone, h.in(zone, frame)}
		}
		var longest, now int64
		for s := frame.from; s < frame.to; s += 60 {
			there := func(i int) bool { return open(windows[i], time.Unix(s, 0).In(posts[i].zone)) }
			if now += 60; !there(0) || there(1) || there(2) {
				now = 0
			}
			longest = max(longest, now)
		}
		if got := gaps(posts[0], posts[1:], frame).longest().length(); got != time.Duration(longest)*time.Second {
			t.Fatalf("%v leaves %v, a sweep finds %d s", windows, got, longest)
		}
	})
}

// open looks at the wall: is this minute in a window of this day, or of the
// day before that ends today?
func open(windows [][3]int, now time.Time) bool {
	today, minute := (int(now.Weekday())+6)%7, now.Hour()*60+now.Minute()
	for _, w := range windows {
		overnight := w[1] > w[2]
		switch {
		case w[0] == today && minute >= w[1] && (overnight || minute < w[2]):
			return true
		case overnight && (w[0]+1)%7 == today && minute < w[2]:
			return true
		}
	}
	return false
}

// TestSpansAgainstASweep holds or, and, without against one second at a time.
func TestSpansAgainstASweep(t *testing.T) {
	some := rapid.Custom(func(t *rapid.T) spans {
		var all []span
		for range rapid.IntRange(0, 6).Draw(t, "spans") {
			from := rapid.Int64Range(0, 40).Draw(t, "from")
			all = append(all, span{from, from + rapid.Int64Range(0, 12).Draw(t, "length")})
		}
		return joined(all)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		in := func(s spans, second int64) bool { return s.and(spans{{second, second + 1}}).seconds() == 1 }
		or, and, without := a.or(b), a.and(b), a.without(b)
		var run, most int64
		for s := range int64(60) {
			if in(or, s) != (in(a, s) || in(b, s)) || in(and, s) != (in(a, s) && in(b, s)) || in(without, s) != (in(a, s) && !in(b, s)) {
				t.Fatalf("second %d of %v and %v: or %v, and %v, without %v", s, a, b, or, and, without)
			}
			if run++; !in(a, s) {
				run = 0
			}
			most = max(most, run)
		}
		if got := a.longest().length(); got != time.Duration(most)*time.Second {
			t.Fatalf("the longest of %v is %v, want %d s", a, got, most)
		}
		if or.seconds() != and.seconds()+without.seconds()+b.without(a).seconds() {
			t.Fatalf("the parts of %v and %v are not the whole", a, b)
		}
	})
}
