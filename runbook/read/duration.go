package read

import (
	"math"
	"strconv"
	"strings"
	"time"

	"bythebook/runbook"
)

const howToWriteDurations = "write it like 90s, 5m, 12h, 7d or 1h30m"

// duration reads 90s, 5m, 12h, 7d and 1h30m: each unit at most once, the longer
// before the shorter. The hint is "" when all is well.
func duration(s string) (d time.Duration, hint string) {
	if _, err := strconv.Atoi(s); err == nil {
		return 0, "it has no unit; " + howToWriteDurations
	}
	left := runbook.Units
	for rest := s; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		letters := len(rest[digits:]) - len(strings.TrimLeft(rest[digits:], "dhms"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, howToWriteDurations
		}
		i := 0
		for i < len(left) && left[i].Name != rest[digits:digits+letters] {
			i++
		}
		if i == len(left) {
			return 0, howToWriteDurations
		}
		size := left[i].Size
		if n > (math.MaxInt64-int64(d))/int64(size) {
			return 0, "it is longer than 292 years"
		}
		d += time.Duration(n) * size
		left, rest = left[i+1:], rest[digits+letters:]
	}
	return d, ""
}
