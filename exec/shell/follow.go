package shell

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync"
	"time"
)

// A trail is how far a step's output was followed. While a long step runs that
// goes on beside it: its digest grows, and the disk begins to write. So at the end
// there is little left to read again and to wait for.
type trail struct {
	mu   sync.Mutex
	sum  hash.Hash // of what is between these offsets of the transcript
	from int64
	at   int64
}

// follow follows the output of a step until that is over. A short step is over
// before it begins.
func (o *output) follow(over <-chan struct{}) {
	beat := time.NewTicker(probeEvery)
	defer beat.Stop()
	for {
		o.grow()
		select {
		case <-over:
			return
		case <-beat.C:
		}
	}
}

// grow follows the output as far as it has come. Where that fails it is tried
// again when the digest is asked for.
func (o *output) grow() {
	from, to := o.sure()
	o.trail.mu.Lock()
	defer o.trail.mu.Unlock()
	if o.trail.reach(o, from, to) == nil {
		startWriting(o.file, from, to-from)
	}
}

// sure is the part of the running step's output that is in the transcript, and
// surely no beginning of what marks its end.
func (o *output) sure() (from, to int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if to = o.to; to < 0 {
		to = o.end - signLen + 1
	}
	return o.from, max(o.from, min(to, o.kept))
}

// reach makes the trail one from an offset to another, with as little reading as
// that takes.
func (t *trail) reach(o *output, from, to int64) error {
	if t.sum == nil || t.from != from || t.at > to {
		t.sum, t.from, t.at = sha256.New(), from, from
	}
	err := o.read(t.at, to, func(r io.Reader) (int64, error) { return io.Copy(t.sum, r) })
	if t.at = to; err != nil {
		t.sum = nil // who knows how far it went
	}
	return err
}

// Digest returns the SHA-256 of a span of the transcript, as 64 hexadecimal
// digits. It reads the span piece by piece, so it may be of any size.
func (s *Session) Digest(from, to int64) (string, error) {
	t := &s.out.trail
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.reach(s.out, from, to); err != nil {
		return "", err
	}
	return hex.EncodeToString(t.sum.Sum(nil)), nil
}
