package clean

import "bytes"

// A Tail cleans a program's output as it comes and keeps the last lines of it.
// Its memory is bounded by the number of lines: a line longer than 2048
// characters is cut into pieces, each of which counts as a line.
//
// A Tail is an io.Writer. It isn't safe for use by several goroutines.
type Tail struct {
	screen screen
	max    int
	ring   [][]byte // finished lines; the slots are used again
	next   int      // slot of the next finished line
	total  int      // finished lines ever
}

// NewTail returns a Tail that keeps at most max lines, at least one.
func NewTail(max int) *Tail {
	t := &Tail{max: max}
	if t.max < 1 {
		t.max = 1
	}
	t.screen = screen{cells: maxCells, links: true, commit: t.keep}
	return t
}

// Write takes the next bytes of the output. It takes all of them and never
// fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.screen.write(p)
	return len(p), nil
}

// Flush says that the output ended: an unfinished escape sequence or character
// is shown as it stands. Writing may go on afterwards.
func (t *Tail) Flush() { t.screen.flush() }

// Lines returns the last lines, without line feeds. The last of them may be
// unfinished.
func (t *Tail) Lines() []string {
	all := make([]string, 0, len(t.ring)+1)
	for i := range t.ring {
		all = append(all, string(t.ring[(t.next+i)%len(t.ring)]))
	}
	if open := t.screen.line.text(); len(open) > 0 {
		all = append(all, string(open))
	}
	if len(all) > t.max {
		all = all[1:]
	}
	return all
}

// Total returns how many lines there have been, an unfinished one included.
func (t *Tail) Total() int {
	if len(t.screen.line.text()) > 0 {
		return t.total + 1
	}
	return t.total
}

// Removed returns how many escape sequences were dropped so far.
func (t *Tail) Removed() int { return t.screen.removed }

// keep copies a finished line into the ring.
func (t *Tail) keep(line []byte) {
	t.total++
	if len(t.ring) < t.max {
		t.ring = append(t.ring, bytes.Clone(line))
		return
	}
	t.ring[t.next] = append(t.ring[t.next][:0], line...)
	t.next = (t.next + 1) % t.max
}

// Output turns all of a program's output into text for comparing: lines end
// with a line feed alone, overwritten characters are gone, and so are the
// blanks at the end of every line. Long lines stay whole, and of links only
// the text remains.
func Output(raw []byte) string {
	out := make([]byte, 0, len(raw))
	s := screen{commit: func(line []byte) {
		out = append(out, bytes.TrimRight(line, " ")...)
		out = append(out, '\n')
	}}
	s.write(raw)
	s.flush()
	return string(append(out, bytes.TrimRight(s.line.text(), " ")...))
}
