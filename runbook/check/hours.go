package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hours are the hours of a week in which somebody can be reached, or something
// counts as critical: seconds of local time since Monday 00:00. A local time
// that comes twice as the clocks go back is in them twice, one that they skip
// never, as for whoever goes by the clock on the wall.
type hours spans

// The seconds of a day and of a week.
const (
	day  = 24 * 60 * 60
	week = 7 * day
)

// always are all hours of the week.
var always = hours{{0, week}}

var weekdays = [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

const howToWriteHours = "write Always, on-call, or windows like `Mon-Fri 09:00-17:00; Sat-Sun 10:00-14:00`"

// parseHours reads Always, on-call, or windows joined by semicolons. Somebody
// on call can be reached at any time.
func parseHours(text string) (hours, error) {
	if onCall(text) || strings.EqualFold(strings.TrimSpace(text), "always") {
		return always, nil
	}
	var all []span
	for window := range strings.SplitSeq(text, ";") {
		days, err := parseWindow(window)
		if err != nil {
			return nil, err
		}
		all = append(all, days...)
	}
	return hours(joined(all)), nil
}

func onCall(text string) bool {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "-")
	return strings.EqualFold(text, "on-call")
}

// isAlways reports whether hours leave nothing out.
func isAlways(text string) bool {
	h, err := parseHours(text)
	return err == nil && slices.Equal(h, always)
}

// parseWindow reads `Mon-Fri 09:00-17:00`. Without days it is every day; one
// that ends before it begins ends on the next day.
func parseWindow(text string) ([]span, error) {
	words := strings.Fields(squeeze.Replace(text))
	if len(words) == 0 || len(words) > 2 {
		return nil, fmt.Errorf("`%s` is no window of time", strings.TrimSpace(text))
	}
	begin, end, _ := strings.Cut(words[len(words)-1], "-")
	from, err := parseClock(begin)
	if err != nil {
		return nil, err
	}
	to, err := parseClock(end)
	switch {
	case err != nil:
		return nil, err
	case from == to:
		return nil, fmt.Errorf("`%s` ends when it begins", words[len(words)-1])
	case from > to:
		to += day
	}
	days := []int{0, 1, 2, 3, 4, 5, 6}
	if len(words) == 2 {
		if days, err = parseDays(words[0]); err != nil {
			return nil, err
		}
	}
	var out []span
	for _, d := range days {
		out = append(out, wrap(span{int64(d)*day + from, int64(d)*day + to})...)
	}
	return out, nil
}

// squeeze takes out the blanks that people write around dashes and commas.
var squeeze = strings.NewReplacer(" - ", "-", " -", "-", "- ", "-", ", ", ",", " ,", ",")

// wrap brings what reaches beyond Sunday's midnight back to the week's begin.
func wrap(s span) []span {
	if s.to <= week {
		return []span{s}
	}
	return []span{{s.from, week}, {0, s.to - week}}
}

// parseClock reads 09:00 up to 24:00, in seconds.
func parseClock(text string) (int64, error) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if !ok || err1 != nil || err2 != nil || len(minute) != 2 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("`%s` is no time of day", text)
	}
	return int64(h*60+m) * 60, nil
}

// parseDays reads Mon, Mon-Fri, Fri-Mon and lists of these with commas.
func parseDays(text string) ([]int, error) {
	var days []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		d, err := parseDay(first)
		if err != nil {
			return nil, err
		}
		to, err := parseDay(last)
		if err != nil {
			return nil, err
		}
		for ; d != to; d = (d + 1) % 7 {
			days = append(days, d)
		}
		days = append(days, to)
	}
	return days, nil
}

// parseDay reads a day's name, or its beginning from three letters on.
func parseDay(text string) (int, error) {
	for i, name := range weekdays {
		if len(text) >= 3 && strings.HasPrefix(name, strings.ToLower(text)) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("`%s` is no day of the week", text)
}

// zoneOf finds a time zone by its IANA name. Local is none, because the same
// document would then say something else on another machine.
func zoneOf(name string) (*time.Location, error) {
	if strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("`%s` is no time zone of its own", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("`%s` is not known as a time zone", name)
	}
	return zone, nil
}

// in is when the hours are within a frame, for clocks that show a zone's time.
// Between two changes of its clocks a zone is a fixed distance from UTC, so
// that there are only as many cases as there are changes.
func (h hours) in(zone *time.Location, frame span) spans {
	var all []span
	for at := frame.from; at < frame.to; {
		now := time.Unix(at, 0).In(zone)
		until := frame.to
		if _, end := now.ZoneBounds(); !end.IsZero() {
			until = min(until, end.Unix())
		}
		_, offset := now.Zone()
		all = append(all, h.between(span{at, until}, int64(offset))...)
		at = until
	}
	return joined(all)
}

// between is when the hours are within a frame whose clocks are a fixed
// distance before UTC.
func (h hours) between(frame span, offset int64) spans {
	const firstMonday = 4 * day // 1970-01-05
	var all spans
	local := frame.from + offset - firstMonday
	begin := local - ((local%week)+week)%week + firstMonday - offset
	for ; begin < frame.to; begin += week {
		for _, s := range h {
			all = append(all, span{begin + s.from, begin + s.to})
		}
	}
	return all.and(spans{frame})
}
