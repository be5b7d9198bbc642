package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook/read"
)

// An item is one entry of a list or a mapping, and where it stands.
type item struct {
	read.Field
	list  string // the key of what holds it: recovery, contacts
	index int    // its place there, from 0
	after string // what stands before it, in words; "" before the first
	made  bool   // it has no name of its own, so that it may be known by its place
}

// field is the entry itself; nil where there is none.
func (i *item) field() *read.Field {
	if i == nil {
		return nil
	}
	return &i.Field
}

// text is what the entry says: its name, where it says nothing else.
func (i *item) text() string { return cmp.Or(text(&i.Field), i.Key) }

// rows are the entries of a mapping of the format's own keys.
func rows(all []read.Field) []item {
	out := make([]item, len(all))
	for i, f := range all {
		out[i] = item{Field: f, index: i}
	}
	return out
}

// A pair is the same entry in both texts; one of the two is nil where the other
// text does not have it.
type pair struct {
	old, new *item
	moved    bool
}

// either is the new entry, or the old one where there is no other.
func (p pair) either() *item {
	if p.new != nil {
		return p.new
	}
	return p.old
}

// A trait is something by which an entry is known again; "" if it has none.
type trait func(item) string

// The traits by which entries are known again, the surest first.
var (
	byName  = []trait{name}
	byID    = []trait{name, whole}
	byFirst = []trait{whole, first}
	asAStep = []trait{whole, name, way, instruction}
)

func name(i item) string { return i.Key }

// whole is all that it says. An id that is made from the words adds nothing.
func whole(i item) string {
	f := i.Field
	if i.made {
		f = unnamed(f)
	}
	return text(&f)
}

// unnamed is a step without its id.
func unnamed(f read.Field) read.Field {
	f.Fields = slices.DeleteFunc(slices.Clone(f.Fields), func(f read.Field) bool { return f.Key == "id" })
	return f
}

// first is what an entry without an id begins with, which is never left out.
func first(i item) string {
	if len(i.Fields) == 0 {
		return ""
	}
	return text(&i.Fields[0])
}

// way is how a step is carried out.
func way(i item) string {
	for _, key := range []string{"run", "runs", "ask", "until"} {
		if f := find(i.Fields, key); f != nil {
			return key + " " + text(f)
		}
	}
	return ""
}

// instruction is what a step tells to do.
func instruction(i item) string { return text(find(i.Fields, "do")) }

func find(all []read.Field, key string) *read.Field {
	if i := slices.IndexFunc(all, func(f read.Field) bool { return f.Key == key }); i >= 0 {
		return &all[i]
	}
	return nil
}

// align tells which entry is which, in the order of the new text; what is gone
// stands where it was. Its time grows with the number of entries, not with that
// of their pairs.
func align(old, new []item, traits []trait) []pair {
	m := matching{old: old, new: new, toNew: fill(len(old)), toOld: fill(len(new))}
	for _, t := range traits {
		m.by(t, func(i item) string { return i.list }) // the same list first
		m.by(t, func(item) string { return "" })
	}
	m.byPlace()
	return m.pairs()
}

// A matching is which entry is which, as far as it is known: -1 is not.
type matching struct {
	old, new     []item
	toNew, toOld []int
}

func fill(n int) []int {
	none := make([]int, n)
	for i := range none {
		none[i] = -1
	}
	return none
}

// by matches what is not yet matched by a trait, the first of either text first,
// within each list or over all of them.
func (m *matching) by(t trait, list func(item) string) {
	type key struct{ list, trait string }
	var waiting map[key][]int
	for i, j := range m.toNew {
		if j >= 0 {
			continue
		}
		if s := t(m.old[i]); s != "" {
			if waiting == nil {
				waiting = map[key][]int{}
			}
			k := key{list(m.old[i]), s}
			waiting[k] = append(waiting[k], i)
		}
	}
	for j, i := range m.toOld {
		if i >= 0 || waiting == nil {
			continue
		}
		k := key{list(m.new[j]), t(m.new[j])}
		if all := waiting[k]; len(all) > 0 {
			m.toNew[all[0]], m.toOld[j] = j, all[0]
			waiting[k] = all[1:]
		}
	}
}

// byPlace matches entries without names of their own that stand between the
// same others, where both texts have as many there.
func (m *matching) byPlace() {
	olds := gaps(m.old, m.toNew, func(i int) int { return i })
	news := gaps(m.new, m.toOld, func(j int) int { return m.toOld[j] })
	for gap, all := range olds {
		for n, i := range all {
			if len(news[gap]) == len(all) {
				m.toNew[i], m.toOld[news[gap][n]] = news[gap][n], i
			}
		}
	}
}

// gaps are the unmatched entries without names, by their list, the way of doing
// them, and the old number of the last matched entry before them.
func gaps(all []item, matched []int, number func(int) int) map[string][]int {
	gaps := map[string][]int{}
	list, last := "", -1
	for i, it := range all {
		if it.list != list {
			list, last = it.list, -1
		}
		switch {
		case matched[i] >= 0:
			last = number(i)
		case it.made:
			kind, _, _ := strings.Cut(way(it), " ")
			gap := fmt.Sprint(list, " ", kind, " ", last)
			gaps[gap] = append(gaps[gap], i)
		}
	}
	return gaps
}

// pairs lists the matched and the unmatched.
func (m *matching) pairs() []pair {
	var out []pair
	stays := m.stays()
	gone := 0 // how many of the old have been looked at
	leave := func(until int) {
		for ; gone < until; gone++ {
			if m.toNew[gone] < 0 {
				out = append(out, pair{old: &m.old[gone]})
			}
		}
	}
	for j, i := range m.toOld {
		p := pair{new: &m.new[j]}
		if i >= 0 {
			p.old, p.moved = &m.old[i], !stays[i]
		}
		if i >= 0 && stays[i] {
			leave(i)
		}
		out = append(out, p)
	}
	leave(len(m.old))
	return out
}

// stays are the old entries that did not move: as many as can be without any
// two of them having changed places.
func (m *matching) stays() map[int]bool {
	type link struct{ i, before int } // an old entry, and the link before it
	var links []link
	var ends []int // ends[n] is the link that ends the best chain of n+1
	for j, i := range m.toOld {
		if i < 0 || m.old[i].list != m.new[j].list {
			continue
		}
		n, _ := slices.BinarySearchFunc(ends, i, func(l, i int) int { return cmp.Compare(links[l].i, i) })
		before := -1
		if n > 0 {
			before = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, 0)
		}
		ends[n] = len(links)
		links = append(links, link{i, before})
	}
	stays := map[int]bool{}
	if len(ends) == 0 {
		return stays
	}
	for l := ends[len(ends)-1]; l >= 0; l = links[l].before {
		stays[links[l].i] = true
	}
	return stays
}
