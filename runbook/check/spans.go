package check

import (
	"cmp"
	"slices"
	"time"
)

// A span is a stretch of time from one second to, not including, another.
type span struct{ from, to int64 }

func (s span) length() time.Duration { return time.Duration(s.to-s.from) * time.Second }

// spans are stretches in order, none of which meets the next. All that is
// computed about who can be reached when is algebra on these, so it is exact
// where a sweep would only be as fine as its steps.
type spans []span

// joined makes spans of stretches in any order, which may overlap.
func joined(all []span) spans {
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out spans
	for _, s := range all {
		switch last := len(out) - 1; {
		case s.from >= s.to: // nothing
		case last >= 0 && s.from <= out[last].to:
			out[last].to = max(out[last].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

// or is whatever lies in either.
func (a spans) or(b spans) spans { return joined(slices.Concat(a, b)) }

// and is whatever lies in both.
func (a spans) and(b spans) spans {
	var out spans
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if s := (span{max(a[i].from, b[j].from), min(a[i].to, b[j].to)}); s.from < s.to {
			out = append(out, s)
		}
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return out
}

// without is whatever lies in a and not in b.
func (a spans) without(b spans) spans {
	var out spans
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].to <= s.from {
			j++
		}
		for k := j; k < len(b) && b[k].from < s.to; k++ {
			if s.from < b[k].from {
				out = append(out, span{s.from, b[k].from})
			}
			s.from = min(s.to, b[k].to)
		}
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}

// longest is the first of those that no other exceeds, empty where there is none.
func (a spans) longest() span {
	var most span
	for _, s := range a {
		if s.length() > most.length() {
			most = s
		}
	}
	return most
}

// seconds is how long they are together.
func (a spans) seconds() int64 {
	var sum int64
	for _, s := range a {
		sum += s.to - s.from
	}
	return sum
}
