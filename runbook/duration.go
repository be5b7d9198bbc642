package runbook

import (
	"strconv"
	"strings"
	"time"
)

// A Unit is one that a duration is written in.
type Unit struct {
	Name string
	Size time.Duration
}

// Units are all of them, the longest first.
var Units = []Unit{
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
}

// An Amount is so many of a unit.
type Amount struct {
	N int64
	Unit
}

// Amounts parts a duration as people do: 90 seconds rather than a minute and
// thirty seconds, 24 hours rather than a day, 64 hours rather than two days and
// sixteen hours. There are none of 0.
func Amounts(d time.Duration) []Amount {
	var all []Amount
	for _, u := range Units {
		n, exact := int64(d/u.Size), d%u.Size == 0
		few := n < 2
		if n == 0 || few && !exact || u.Name == "d" && (few || !exact) {
			continue
		}
		all = append(all, Amount{n, u})
		d %= u.Size
	}
	return all
}

// Spell writes a duration as documents do, so that it can be read back: 90s, 24h,
// 64h, 90d, 2h30m. It is "" for 0.
func Spell(d time.Duration) string {
	var b strings.Builder
	for _, a := range Amounts(d) {
		b.WriteString(strconv.FormatInt(a.N, 10) + a.Name)
	}
	return b.String()
}
