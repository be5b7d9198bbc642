package shell

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	ringSize  = 256 << 10 // bytes of output kept in memory for looking at
	chunkSize = 64 << 10  // bytes read at once, at most
)

// output is what came out of the terminal. Its one goroutine, pump, takes out
// what must not be seen, appends the rest to the transcript, keeps the last
// bytes in memory and finds markers; it owns all offsets, so that nothing can be
// cut at the wrong place. Offsets count what is written, not what came.
type output struct {
	veil    veil
	index   *index
	prompts chan int64 // offsets of the shell's prompts, in order
	fences  chan int64 // offset of the step's fence, the newest only
	signs   chan sign  // what a shell within this one says
	trail   trail
	done    chan struct{} // closed when pump has ended

	mu     sync.Mutex
	path   string
	file   *os.File
	broken error  // why the transcript stopped being written
	kept   int64  // offset up to which the transcript holds everything
	end    int64  // offset of the next byte
	ring   []byte // the last bytes; the byte at offset n is at n modulo its length
	prompt []byte // marker of the shell's prompt
	fence  []byte // marker of the running step; nil while none runs
	inner  []byte // head of the signs of a shell within this one; nil where there is none
	from   int64  // where the running or last step's output begins
	to     int64  // where it ends; negative while it isn't known
	lines  int    // line feeds since from
	modes  modes  // what programs have switched on
	seen   view   // what tail returned last
}

// openOutput opens the transcript at path for appending.
func openOutput(path, prompt string) (*output, error) {
	if err := onlyFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("open transcript: %w", err)
	}
	f, size, broken := openTranscript(path)
	if broken != nil && !unwritable(broken) {
		return nil, broken
	}
	x, err := openIndex(path)
	if err != nil && !unwritable(err) {
		f.Close()
		return nil, err
	}
	return &output{
		broken:  broken,
		index:   x,
		prompts: make(chan int64, 16),
		fences:  make(chan int64, 1),
		signs:   make(chan sign, 64),
		done:    make(chan struct{}),
		path:    path,
		file:    f,
		kept:    size,
		end:     size,
		ring:    make([]byte, ringSize),
		prompt:  marker(prompt),
		from:    size,
		to:      size,
	}, nil
}

// openTranscript opens a transcript, and returns how long it is already.
func openTranscript(path string) (*os.File, int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open transcript: %w", err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, fmt.Errorf("open transcript %s: not a regular file", path)
	}
	return f, info.Size(), nil
}

// unwritable says whether an error means that there is a right place for a file
// and it can't be written now. Nobody has to wait for that to run a command:
// its output is read and shown, and its outcome says that it was not kept.
func unwritable(err error) bool {
	return slices.ContainsFunc(
		[]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.EIO},
		func(e error) bool { return errors.Is(err, e) },
	)
}

// pump reads the terminal until that fails, which it does when nobody has it
// open any more or when Close closes it.
func (o *output) pump(r source) {
	defer close(o.done)
	buf := make([]byte, chunkSize)
	window := make([]byte, 0, signLen+chunkSize)
	for {
		n, err := r.Read(buf)
		old := len(window)
		window = o.veil.over(window, r, buf[:n], err)
		if len(window) > old {
			o.take(window, old)
		}
		window = window[:copy(window, window[max(0, len(window)-signLen+1):])]
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
	}
}

// take handles new bytes. The first old bytes of window are those before them:
// a marker may begin there.
func (o *output) take(window []byte, old int) {
	fresh := window[old:]
	o.write(fresh)
	o.mu.Lock()
	defer o.mu.Unlock()
	start := o.end - int64(old)
	o.modes.scan(fresh, o.end)
	o.remember(fresh)
	if o.to < 0 {
		o.lines += bytes.Count(fresh, []byte{'\n'})
	}
	o.hear(window, old)
	unseen := max(0, old-markerLen+1) // before that no marker begins that was not found
	if i := bytes.Index(window[unseen:], o.prompt); i >= 0 {
		select {
		case o.prompts <- start + int64(unseen+i):
		default: // nobody needs more than the first few of a step
		}
	}
	if i := bytes.Index(window[unseen:], o.fence); i >= 0 && o.fence != nil {
		o.to = start + int64(unseen+i)
		o.fenced()
		o.fences <- o.to // there is room: nobody else sends
	}
}

// hear finds the signs of a shell within this one, cuts the step's output at
// them and passes them on.
func (o *output) hear(window []byte, old int) {
	at := max(0, old-signLen+1)
	for o.inner != nil {
		i := bytes.Index(window[at:], o.inner)
		if i < 0 || at+i+signLen > len(window) {
			return
		}
		at += i + signLen
		code, ok := readSign(window[at-signLen : at])
		if !ok {
			continue
		}
		to := o.end - int64(len(window)-at)
		switch {
		case code == signBegan:
			o.from, o.to, o.lines = to, -1, bytes.Count(window[at:], []byte{'\n'})
			o.veil.began(to, window[at-signLen:at], o.inner)
		case code.prompt() && o.to < 0:
			o.to = to - signLen
		}
		select {
		case o.signs <- sign{code, to - signLen, to}:
		default: // nobody waits for as many
		}
	}
}

// listen makes the signs with this token known, and drops those that came
// before; with none, no sign is heard any more.
func (o *output) listen(token string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.signs) > 0 {
		<-o.signs
	}
	o.inner = nil
	if token != "" {
		o.inner = signHead(token)
	}
}

// fenced returns the offset of the fence if it has come, and a negative one if
// it has not.
func (o *output) fenced() int64 {
	select {
	case at := <-o.fences:
		return at
	default:
		return -1
	}
}

// write appends to the transcript, without the lock: whoever looks needn't wait
// for a slow disk. When the disk is full or broken, the step isn't held up: its
// output is read on, and every outcome says that it is no longer kept.
func (o *output) write(p []byte) {
	if o.trouble() != nil {
		return
	}
	o.index.came(o.written())
	n, err := o.file.Write(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept += int64(n)
	o.broken = err
}

// remember copies p into the ring, or its end where it is larger.
func (o *output) remember(p []byte) {
	if extra := len(p) - len(o.ring); extra > 0 {
		p = p[extra:]
		o.end += int64(extra)
	}
	at := int(o.end % int64(len(o.ring)))
	n := copy(o.ring[at:], p)
	copy(o.ring, p[n:])
	o.end += int64(len(p))
}

// begin starts a step's output and returns where that is.
func (o *output) begin(token string) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.prompts) > 0 {
		<-o.prompts
	}
	o.fenced()
	o.fence, o.from, o.to, o.lines = marker(token), o.end, -1, 0
	o.veil.begin(o.from, o.fence)
	o.index.begin()
	return o.from
}

// leftOn names what programs have left switched on in the terminal, and counts
// it as off from here on. Beside the prompt of a shell with a line editor, what
// that switches on is not counted.
func (o *output) leftOn(prompt bool) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	names := o.modes.names(prompt)
	o.modes = modes{}
	return names
}

// forget lets go of the last step's output.
func (o *output) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.from, o.to, o.lines = o.end, o.end, 0
}

// finish ends a step's output at an offset; a negative one means here. It
// returns the offset and how many bytes of the output the transcript lacks.
func (o *output) finish(to int64) (end, missing int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fence = nil
	return o.cut(to)
}

// cut is finish for a step within one that still runs. o.mu is held.
func (o *output) cut(to int64) (end, missing int64) {
	if to < 0 {
		to = o.end
	}
	o.to = to
	return to, max(0, to-max(o.kept, o.from))
}

// open starts the output of a step within one that runs already, and returns
// where that is.
func (o *output) open() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.from, o.to, o.lines = o.end, -1, 0
	o.veil.begin(o.from, nil)
	o.index.begin()
	return o.from
}

// drain waits until nothing more comes: the terminal has closed, or what still
// holds it open has been silent for a moment. It says whether it has closed.
func (o *output) drain() bool {
	const moment, moments = 20 * time.Millisecond, 50
	for last, n := int64(-1), 0; n < moments; n++ {
		now := o.position()
		if now == last {
			return false
		}
		last = now
		select {
		case <-o.done:
			return true
		case <-time.After(moment):
		}
	}
	return false
}

// close ends the transcript, after the terminal was closed.
func (o *output) close() {
	select {
	case <-o.done:
	case <-time.After(time.Second): // a system whose reads outlive a close
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.file.Close()
	o.index.close()
	if o.broken == nil {
		o.broken = os.ErrClosed
	}
}

// position returns the offset of the next byte.
func (o *output) position() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.end
}

// written returns up to which offset the transcript holds everything.
func (o *output) written() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.kept
}

// trouble returns why the transcript is incomplete, if it is.
func (o *output) trouble() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.broken
}
