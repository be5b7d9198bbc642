package read

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// units are those that a duration may be written in, the longest first.
var units = []struct {
	name string
	size time.Duration
}{
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
}

const howToWriteDurations = "write it like 90s, 5m, 12h, 7d or 1h30m"

// duration reads 90s, 5m, 12h, 7d and 1h30m: each unit at most once, the longer
// before the shorter. The hint is "" when all is well.
func duration(s string) (d time.Duration, hint string) {
	if _, err := strconv.Atoi(s); err == nil {
		return 0, "it has no unit; " + howToWriteDurations
	}
	left := units
	for rest := s; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		letters := len(rest[digits:]) - len(strings.TrimLeft(rest[digits:], "dhms"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, howToWriteDurations
		}
		i := 0
		for i < len(left) && left[i].name != rest[digits:digits+letters] {
			i++
		}
		if i == len(left) {
			return 0, howToWriteDurations
		}
		size := left[i].size
		if n > (math.MaxInt64-int64(d))/int64(size) {
			return 0, "it is longer than 292 years"
		}
		d += time.Duration(n) * size
		left, rest = left[i+1:], rest[digits+letters:]
	}
	return d, ""
}

// spell writes a duration as people do: 90s rather than 1m30s, 24h rather than
// 1d.
func spell(d time.Duration) string {
	var b strings.Builder
	for _, u := range units {
		n := d / u.size
		few, exact := n < 2, d%u.size == 0
		if n == 0 || few && !exact || u.name == "d" && (few || !exact) {
			continue
		}
		b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
		d -= n * u.size
	}
	return b.String()
}
