package shell

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"bythebook/exec/mask"
)

const (
	quiet     = 50 * time.Millisecond // how long what may be the beginning of a secret is held back
	plainSize = 1 << 20               // bytes of a step's output that Plain returns at most
)

// A source is what output is read from.
type source interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// A veil lies over the output: what must not be seen is taken out before
// anything is written, shown or counted. Each step gets a stream of its own.
type veil struct {
	mu     sync.Mutex
	rules  mask.Rules   // of the next step
	stream *mask.Stream // nil: nothing is hidden
	left   []byte       // what the last step's stream still held
	waits  bool         // the source has a deadline
	plain  []byte       // the end of the output as it came, where there is a stream
	from   int64        // the offset at which that output begins
	sign   []byte       // what stands before it; nil where nothing does
	fence  []byte       // where it ends
	ended  bool         // it has, and no fence shows it
}

// hide says what must not be seen from the next step on.
func (v *veil) hide(r mask.Rules) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rules, v.rules.Mark = r, opening
}

// begin starts a step whose output begins at an offset and ends with a fence.
func (v *veil) begin(from int64, fence []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stream != nil {
		v.left = v.stream.Flush(v.left)
	}
	v.stream, v.plain, v.from, v.sign, v.fence = mask.NewStream(v.rules), v.plain[:0], from, nil, fence
	v.ended = false
}

// end says that what comes from here on is not the step's output, though it
// goes on.
func (v *veil) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = true
}

// began says that the step's output begins only here, after a sign, and ends at
// the next one of that head.
func (v *veil) began(from int64, sign, head []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.ended {
		v.from, v.sign, v.fence = from, bytes.Clone(sign), head
	}
}

// over appends to out what may be seen of p, which was just read from r with
// err. While something is held back, the next read ends after a quiet moment;
// where a system has no deadlines it is held back until more comes.
func (v *veil) over(out []byte, r source, p []byte, err error) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	out, v.left = append(out, v.left...), v.left[:0]
	if v.waits {
		r.SetReadDeadline(time.Time{})
		v.waits = false
	}
	if v.stream == nil {
		return append(out, p...)
	}
	v.keep(p)
	out = v.stream.Push(out, p)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return v.stream.Quiet(out)
	case err != nil:
		return v.stream.Flush(out)
	case v.stream.Holds():
		v.waits = r.SetReadDeadline(time.Now().Add(quiet)) == nil
	}
	return out
}

// keep remembers p, and at least the plainSize bytes before its end.
func (v *veil) keep(p []byte) {
	if v.ended {
		return
	}
	v.plain = append(v.plain, p...)
	if n := len(v.plain); n > 2*plainSize {
		v.plain = v.plain[:copy(v.plain, v.plain[n-plainSize:])]
	}
}

// hidden is how many passages were hidden since the step began.
func (v *veil) hidden() (secrets, patterns int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stream == nil {
		return 0, 0
	}
	return v.stream.Hidden()
}

// Hide says what must not be seen of anything that is printed from the next step
// on. It is taken out before it is written or shown; offsets count what is left.
func (s *Session) Hide(r mask.Rules) { s.out.veil.hide(r) }

// Plain is the end of the last step's output as it came, for whoever has to take
// a value out of it; nil where nothing of it was hidden, and where no step's
// output begins at that offset. It is on no disk, and gone when the next step
// begins.
func (s *Session) Plain(from int64) []byte {
	v := &s.out.veil
	if secrets, patterns := v.hidden(); secrets+patterns == 0 {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.from != from {
		return nil
	}
	plain := v.plain
	if _, after, found := bytes.Cut(plain, v.sign); found {
		plain = after
	}
	if len(v.fence) > 0 {
		plain, _, _ = bytes.Cut(plain, v.fence)
	}
	return bytes.Clone(plain[max(0, len(plain)-plainSize):])
}
