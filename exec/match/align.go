package match

// A layout lays the rows of a pattern over items. A row is a gap, over any
// number of items, or stands for exactly one.
type layout struct {
	rows, items int
	gap         func(row int) bool
	same        func(row, item int) bool
}

// A stuck is the block of rows that found no place, and where it was looked for.
type stuck struct {
	layout
	row, end int  // rows from row up to, not including, end; none of them a gap
	at       int  // the first item that the block may begin with
	free     bool // it may begin with a later one
}

// fit reports whether all rows and all items find their place; if not, which
// block of rows is the first that doesn't.
//
// Between two gaps the rows stand for consecutive items, so the earliest place
// where such a block fits is always the best: no later block can gain from a
// later one. That takes no more than rows × items comparisons.
func (l layout) fit() (stuck, bool) {
	b := stuck{layout: l}
	for b.row < l.rows {
		if l.gap(b.row) {
			b.free = true
			b.row++
			continue
		}
		b.end = b.row
		for b.end < l.rows && !l.gap(b.end) {
			b.end++
		}
		from := b.find()
		if from < 0 {
			return b, false
		}
		b.at, b.free, b.row = from+b.end-b.row, false, b.end
	}
	b.end = b.row
	return b, b.free || b.at == l.items
}

// agree counts the block's rows, from the first, that are the same as the items
// from at on.
func (b stuck) agree(at int) int {
	k := 0
	for b.row+k < b.end && at+k < b.items && b.same(b.row+k, at+k) {
		k++
	}
	return k
}

// find is the earliest item at which the block has its place, or -1. The last
// block ends with the items.
func (b stuck) find() int {
	size := b.end - b.row
	from, to := b.at, b.items-size
	if b.end == b.rows {
		from = max(from, to)
	}
	if !b.free {
		to = min(to, b.at)
	}
	for ; from <= to; from++ {
		if b.agree(from) == size {
			return from
		}
	}
	return -1
}

// where is the first row and the first item that disagree, at the place where
// the block comes nearest: rows when there are only items left, items when there
// are only rows.
func (b stuck) where() (row, item int) {
	best, most := b.at, b.agree(b.at)
	for from := b.at + 1; b.free && from < b.items; from++ {
		if k := b.agree(from); k > most {
			best, most = from, k
		}
	}
	return b.row + most, best + most
}
