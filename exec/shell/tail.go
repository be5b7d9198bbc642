package shell

import (
	"bytes"
	"slices"

	"bythebook/exec/clean"
)

// A view is a cleaned tail, and the span it was made from.
type view struct {
	from, to int64
	lines    []string
	total    int
}

// tail cleans the end of the running or last step's output: at most max lines
// out of its last ringSize bytes, and how many lines there were in all.
func (o *output) tail(max int) ([]string, int) {
	v, raw, fence, lines := o.snapshot()
	if v.lines != nil {
		return slices.Clone(v.lines), v.total
	}
	cut := int64(len(raw)) < v.to-v.from
	if cut {
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			raw = raw[i+1:] // the first line isn't whole
		}
	}
	raw = withoutPart(raw, fence)
	t := clean.NewTail(max)
	t.Write(raw)
	t.Flush()
	v.lines, v.total = t.Lines(), t.Total()
	if cut {
		v.total = lines
		if !bytes.HasSuffix(raw, []byte{'\n'}) {
			v.total++
		}
	}
	o.mu.Lock()
	o.seen = v
	o.mu.Unlock()
	return slices.Clone(v.lines), v.total
}

// snapshot returns what tail needs, copied: the view of last time if nothing
// has come since, else the raw bytes.
func (o *output) snapshot() (v view, raw, fence []byte, lines int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	to := o.to
	if to < 0 {
		to = o.end
	}
	if o.seen.lines != nil && o.seen.from == o.from && o.seen.to == to {
		return o.seen, nil, nil, 0
	}
	start := max(o.from, o.end-int64(len(o.ring)))
	fence = o.fence
	if o.inner != nil {
		fence = o.inner
	}
	return view{from: o.from, to: to}, o.recall(start, to), fence, o.lines
}

// recall copies bytes out of the ring, which must still hold them.
func (o *output) recall(from, to int64) []byte {
	if to <= from {
		return nil
	}
	at, n := int(from%int64(len(o.ring))), int(to-from)
	p := make([]byte, 0, n)
	p = append(p, o.ring[at:min(len(o.ring), at+n)]...)
	return append(p, o.ring[:n-len(p)]...)
}

// withoutPart cuts a fence off that is just arriving.
func withoutPart(raw, fence []byte) []byte {
	for n := min(len(fence)-1, len(raw)); n > 0; n-- {
		if bytes.HasSuffix(raw, fence[:n]) {
			return raw[:len(raw)-n]
		}
	}
	return raw
}
