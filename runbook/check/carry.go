package check

// A gain is what carrying out a step, or finding that it does not apply, adds
// to what is known after it: one bit a fact.
type gain struct{ done, excused uint64 }

// carry says which facts hold when a step is come to: on every way there, or
// on some way. Steps that no way leads to know everything, or nothing.
func (f *flow) carry(gains []gain, every bool) []uint64 {
	known := make([]uint64, len(f.ways)+1)
	if every {
		for i := range known {
			known[i] = ^uint64(0)
		}
	}
	seen, waiting := make([]bool, len(known)), make([]bool, len(known))
	var todo []int
	for _, i := range f.entries {
		known[i], waiting[i] = 0, true
		todo = append(todo, i)
	}
	for ; len(todo) > 0; todo = todo[1:] {
		i := todo[0]
		seen[i], waiting[i] = true, false
		if i == len(f.ways) {
			continue
		}
		for _, w := range f.ways[i] {
			after := known[w.to] | gains[i].over(w, known[i])
			if every {
				after = known[w.to] & gains[i].over(w, known[i])
			}
			if (after != known[w.to] || !seen[w.to]) && !waiting[w.to] {
				waiting[w.to] = true
				todo = append(todo, w.to)
			}
			known[w.to] = after
		}
	}
	return known
}

// over is what is known after going a way.
func (g gain) over(w way, known uint64) uint64 {
	switch {
	case w.done:
		return known | g.done
	case w.key == "":
		return known | g.excused
	}
	return known
}
