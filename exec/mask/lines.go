package mask

import (
	"bytes"
	"regexp"
	"slices"
)

const (
	longest = 64 << 10 // a longer line is not waited for
	context = 4 << 10  // then so much of it stays in mind, twice
)

// A redaction is a stream without what some patterns match. They are matched
// against whole lines without their ends; in a line longer than `longest`,
// against pieces of it that overlap, so that a match of up to `context` bytes is
// found wherever it stands. Positions count the bytes of the line.
//
// An operating system command (ESC ] to BEL) is a line of its own: the marks of
// the terminal's owner are such, and what stands before one is not waited for.
type redaction struct {
	teller
	patterns []*regexp.Regexp
	mark     []byte // a line that begins so is passed as it is
	line     []byte // as far as it came
}

// push takes the next bytes and appends the lines that are whole to out.
func (r *redaction) push(out, p []byte) []byte {
	if len(r.patterns) == 0 {
		return append(out, p...)
	}
	for len(p) > 0 {
		if bytes.HasPrefix(p, []byte(command)) {
			out = r.flush(out)
		}
		if n := len(r.line) - 1; n > 0 && int(r.told) <= n && r.line[n] == command[0] && p[0] == command[1] {
			r.line = r.line[:n]
			out = r.flush(out)
			r.line = append(r.line, command[0])
		}
		n, whole := piece(p)
		r.line = append(r.line, p[:n]...)
		switch {
		case whole:
			out = r.flush(out)
		case len(r.line) >= longest:
			out = r.cut(out)
		}
		p = p[n:]
	}
	return out
}

// command is how an operating system command begins.
const command = "\x1b]"

// piece is how many bytes of p to take at once, and whether a line ends there.
func piece(p []byte) (n int, whole bool) {
	n = min(longest, len(p))
	if i := bytes.IndexAny(p[:n], "\n\a"); i >= 0 {
		n, whole = i+1, true
	}
	if i := bytes.Index(p[1:n], []byte(command)); i >= 0 {
		n, whole = i+1, true
	}
	return n, whole
}

// cut gives out the beginning of a line that is too long to wait for its end.
func (r *redaction) cut(out []byte) []byte {
	out = r.tell(out, len(r.line)-context)
	gone := len(r.line) - 2*context
	r.line = r.line[:copy(r.line, r.line[gone:])]
	r.told -= int64(gone)
	return out
}

// quiet gives out the line as far as it came, which stays in mind: where the
// rest makes it match, the rest is hidden.
func (r *redaction) quiet(out []byte) []byte { return r.tell(out, len(r.line)) }

// flush gives out the line as it is.
func (r *redaction) flush(out []byte) []byte {
	out = r.tell(out, len(r.line))
	r.line, r.told = r.line[:0], 0
	return out
}

// holds says whether something was not given out yet.
func (r *redaction) holds() bool { return int(r.told) < len(r.line) }

// tell gives out the line up to an offset.
func (r *redaction) tell(out []byte, until int) []byte {
	if int(r.told) >= until {
		return out
	}
	return r.teller.tell(out, r.line, 0, r.spans(), int64(until))
}

// spans are the passages of the line that match, in order, apart.
func (r *redaction) spans() []span {
	if len(r.mark) > 0 && bytes.HasPrefix(r.line, r.mark) {
		return nil
	}
	text := bytes.TrimRight(r.line, "\r\n")
	var all []span
	for _, p := range r.patterns {
		for _, m := range p.FindAllIndex(text, -1) {
			all = append(all, span{int64(m[0]), int64(m[1])})
		}
	}
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	apart := all[:0]
	for _, m := range all {
		if n := len(apart); n > 0 && apart[n-1].to >= m.from {
			apart[n-1].to = max(apart[n-1].to, m.to)
		} else {
			apart = append(apart, m)
		}
	}
	return apart
}
