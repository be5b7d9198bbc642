package read

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bythebook/runbook"
)

// absent reports whether a cell says that there is nothing to say.
func absent(text string) bool {
	return slices.Contains([]string{"", "-", "–", "—", "n/a", "na", "none", "not applicable"}, strings.ToLower(text))
}

// maxCell is how long a cell may be that is more than text, in bytes.
const maxCell = 1000

// unitNames are the ways in which people write the units of a duration.
var unitNames = []struct {
	names []string
	size  time.Duration
}{
	{[]string{"w", "wk", "wks", "week", "weeks"}, 7 * 24 * time.Hour},
	{[]string{"d", "day", "days"}, 24 * time.Hour},
	{[]string{"h", "hr", "hrs", "hour", "hours"}, time.Hour},
	{[]string{"m", "min", "mins", "minute", "minutes"}, time.Minute},
	{[]string{"s", "sec", "secs", "second", "seconds"}, time.Second},
}

func unitNamed(name string) time.Duration {
	for _, u := range unitNames {
		if slices.Contains(u.names, name) {
			return u.size
		}
	}
	return 0
}

var (
	atMost  = compiled(`^(?:<=?|≤|~|within|under|max\.?|maximum|up to|about|less than|at most)\s*`)
	amount  = compiled(`^([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*-?\s*([a-z]*)[\s,]*(?:and\s+)?`)
	inParen = compiled(`\(([^)]*)\)`)
)

// A lasting is a span of time as it is written in YAML, and whether its unit was guessed.
type lasting struct {
	text    string
	guessed bool
}

// lengthOf reads a duration as people write it: 12 Hours, 1.5 h, 1 day 6 hours.
// A number alone is in the given unit, or, where none is given, in hours, which
// is a guess. What is behind the duration comes back as the rest.
func lengthOf(text string, unit time.Duration) (d lasting, rest string, ok bool) {
	if len(text) > maxCell {
		return d, text, false
	}
	rest = strings.ToLower(strings.TrimSpace(text))
	rest = atMost().ReplaceAllString(rest, "")
	var total time.Duration
	for found := false; ; found = true {
		m := amount().FindStringSubmatch(rest)
		size := time.Duration(0)
		if m != nil {
			if size = unitNamed(m[2]); m[2] == "" && !found {
				size, d.guessed = unit, unit == 0
				if d.guessed {
					size = time.Hour
				}
			}
		}
		if size == 0 {
			return lasting{cmp.Or(runbook.Spell(total), "0s"), d.guessed}, text[len(text)-len(rest):], found
		}
		n, _ := strconv.ParseFloat(m[1], 64) // the pattern admits nothing else
		total += time.Duration(n * float64(size))
		if total < 0 || n > 1e6 {
			return lasting{}, text, false
		}
		rest = rest[len(m[0]):]
	}
}

// dayNames are the days as people shorten them. A lone T or S is two days.
var dayNames = []struct {
	day   string
	names []string
}{
	{"Mon", []string{"m", "mo", "mon", "monday", "mondays"}},
	{"Tue", []string{"tu", "tue", "tues", "tuesday", "tuesdays"}},
	{"Wed", []string{"w", "we", "wed", "wednesday", "wednesdays"}},
	{"Thu", []string{"th", "thu", "thur", "thurs", "thursday", "thursdays"}},
	{"Fri", []string{"f", "fr", "fri", "friday", "fridays"}},
	{"Sat", []string{"sa", "sat", "saturday", "saturdays"}},
	{"Sun", []string{"su", "sun", "sunday", "sundays"}},
}

// dayWords are words that stand for several days.
var dayWords = strings.NewReplacer(
	"weekdays", "mon-fri", "weekday", "mon-fri", "weekends", "sat-sun", "weekend", "sat-sun", "business days", "mon-fri",
	"every day", "mon-sun", "everyday", "mon-sun", "daily", "mon-sun", "s & s", "sat-sun", "s&s", "sat-sun", "s and s", "sat-sun", "s/s", "sat-sun",
)

// zoneNames are the zones that people name by letters. That of a zone with
// summer time is a guess at where they are.
var zoneNames = []struct{ name, zone string }{
	{"utc", "UTC"}, {"gmt", "UTC"}, {"z", "UTC"},
	{"pt", "America/Los_Angeles"}, {"pst", "America/Los_Angeles"}, {"pdt", "America/Los_Angeles"},
	{"mt", "America/Denver"}, {"mst", "America/Denver"}, {"mdt", "America/Denver"},
	{"ct", "America/Chicago"}, {"cst", "America/Chicago"}, {"cdt", "America/Chicago"},
	{"et", "America/New_York"}, {"est", "America/New_York"}, {"edt", "America/New_York"},
	{"cet", "Europe/Berlin"}, {"cest", "Europe/Berlin"},
}

// Hours are when somebody is there, as YAML has them.
type hours struct {
	text    string
	zone    string // "" where none is named
	guessed bool   // a half of the day was
	timed   bool   // there are times of day, which want a zone
}

var (
	ianaZone  = compiled(`\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+\b`)
	hourWords = strings.NewReplacer("noon", "12:00", "midnight", "24:00", "–", "-", "—", "-", "a.m.", "am", "p.m.", "pm", "o'clock", "", "hrs", "", " through ", "-", " thru ", "-", " to ", "-", " until ", "-", " till ", "-")
	timeRange = compiled(`([0-9]{1,2})(?::?([0-9]{2}))?\s*(am|pm|h\b)?\s*-\s*([0-9]{1,2})(?::?([0-9]{2}))?\s*(am|pm|h\b)?`)
	dayRange  = compiled(`([a-z]+)(?:\s*-\s*([a-z]+))?`)
)

// hoursOf reads an availability as people write it. ok is false where it is not
// understood, and the text is then left as it is.
func hoursOf(text string) (h hours, ok bool) {
	if len(text) > maxCell {
		return h, false
	}
	if zone := ianaZone().FindString(text); zone != "" {
		h.zone, text = zone, strings.Replace(text, zone, "", 1)
	}
	low := strings.ToLower(strings.TrimSpace(strings.NewReplacer("(", " ", ")", " ").Replace(text)))
	switch strings.ReplaceAll(strings.ReplaceAll(low, "-", ""), " ", "") {
	case "always", "24/7", "24x7", "247", "anytime", "24/7/365", "aroundtheclock":
		return hours{text: "Always"}, true
	case "oncall":
		return hours{text: "on-call"}, true
	}
	words := strings.Fields(low)
	if n := len(words) - 1; n > 0 && h.zone == "" {
		for _, z := range zoneNames {
			if words[n] == z.name {
				h.zone, low = z.zone, strings.TrimSpace(strings.TrimSuffix(low, z.name))
			}
		}
	}
	var windows []string
	for part := range strings.SplitSeq(dayWords.Replace(hourWords.Replace(low)), ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		found, ok := windowsOf(part, &h.guessed)
		if !ok {
			return hours{}, false
		}
		windows = append(windows, found...)
	}
	h.text, h.timed = strings.Join(windows, "; "), true
	return h, len(windows) > 0
}

// windowsOf reads days and times in either order: 9 - 5, M - F, or Sat 10-14.
func windowsOf(part string, guessed *bool) ([]string, bool) {
	at := timeRange().FindAllStringSubmatchIndex(part, -1)
	if len(at) == 0 || len(at) > 14 {
		return nil, false
	}
	daysFirst := strings.ContainsFunc(part[:at[0][0]], letter)
	var out []string
	for i, m := range at {
		from, to := m[1], len(part)
		switch {
		case daysFirst && i == 0:
			from, to = 0, m[0]
		case daysFirst:
			from, to = at[i-1][1], m[0]
		case i+1 < len(at):
			to = at[i+1][0]
		}
		days, ok := daysOf(part[from:to])
		span, guess, fine := clockOf(timeRange().FindStringSubmatch(part[m[0]:m[1]]))
		if !ok || !fine || daysFirst && i == len(at)-1 && strings.ContainsFunc(part[m[1]:], letter) {
			return nil, false
		}
		*guessed = *guessed || guess
		for _, d := range days {
			out = append(out, strings.TrimSpace(d+" "+span))
		}
	}
	return out, true
}

func letter(c rune) bool { return c >= 'a' && c <= 'z' || c > 0x7f }

// daysOf reads M - F, Mon, Wed & Fri, and nothing, which is every day.
func daysOf(text string) ([]string, bool) {
	var days []string
	for _, m := range dayRange().FindAllStringSubmatch(text, -1) {
		if m[1] == "and" || m[1] == "on" || m[1] == "from" {
			continue
		}
		day, ok := dayNamed(m[1])
		if m[2] != "" && ok {
			var last string
			last, ok = dayNamed(m[2])
			day += "-" + last
		}
		if !ok {
			return nil, false
		}
		days = append(days, day)
	}
	if left := dayRange().ReplaceAllString(text, ""); strings.Trim(left, " \t,&/:+.-") != "" {
		return nil, false
	}
	if len(days) == 0 || slices.Equal(days, []string{"Mon-Sun"}) {
		days = []string{""}
	}
	return days, true
}

func dayNamed(word string) (string, bool) {
	for _, d := range dayNames {
		if slices.Contains(d.names, word) {
			return d.day, true
		}
	}
	return "", false
}

// clockOf reads the parts of a timeRange. Where nothing says which half of the
// day is meant, working hours are: 9 - 5 ends in the afternoon.
func clockOf(m []string) (text string, guessed, ok bool) {
	from, fine := minute(m[1], m[2], m[3])
	to, well := minute(m[4], m[5], m[6])
	if !fine || !well {
		return "", false, false
	}
	const half = 12 * 60
	switch plain := func(s string) bool { return s == "" }; {
	case plain(m[3]) && plain(m[6]) && to <= from && from <= half && to <= half:
		to, guessed = to+half, true
	case plain(m[3]) && m[6] == "pm" && from < half && from+half < to:
		if n, _ := strconv.Atoi(m[1]); n >= 1 && n < 8 {
			from = from + half
		}
	case plain(m[6]) && m[3] == "am" && to <= from && to <= half:
		to += half
	}
	if from == to || from >= 24*60 || to > 24*60 {
		return "", false, false
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60), guessed, true
}

// minute is a time of day in minutes.
func minute(hour, min, half string) (int, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(min) // "" is the full hour
	switch {
	case h > 24 || m > 59 || (half == "am" || half == "pm") && (h < 1 || h > 12):
		return 0, false
	case half == "pm" && h < 12:
		h += 12
	case half == "am" && h == 12:
		h = 0
	}
	return h*60 + m, true
}
