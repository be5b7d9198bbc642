package shell

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

// followed is output that is followed with each read.
type followed struct {
	chunks
	out *output
}

func (f *followed) Read(p []byte) (int, error) {
	f.out.grow()
	return f.chunks.Read(p)
}

// TestFollow: the digest of an output that was followed while it came is that of
// its bytes, wherever the reads cut it, and so is that of any other span.
func TestFollow(t *testing.T) {
	before, text, later := "from the step before\r\n", strings.Repeat("some output\r\n", 50), strings.Repeat("in the background\r\n", 20)
	for size := 1; size < 200; size += 7 {
		o, err := openOutput(filepath.Join(t.TempDir(), "t"), token())
		if err != nil {
			t.Fatal(err)
		}
		o.take([]byte(before), 0)
		fence := token()
		from := o.begin(fence)
		o.pump(&followed{chunks{strings.NewReader(text + string(marker(fence)) + later), size}, o})
		to := o.fenced()
		if got := o.trail.at; got < to-signLen || got > to {
			t.Errorf("reads of %d bytes: it was followed to %d; it went from %d to %d", size, got, from, to)
		}
		all := before + text + string(marker(fence)) + later
		for _, span := range [][2]int64{{from, to}, {from, to - 20}, {0, to}, {from, int64(len(all))}} {
			sum := sha256.Sum256([]byte(all[span[0]:span[1]]))
			got, err := (&Session{out: o}).Digest(span[0], span[1])
			if err != nil || got != hex.EncodeToString(sum[:]) {
				t.Errorf("reads of %d bytes: the digest from %d to %d is %s, %v", size, span[0], span[1], got, err)
			}
		}
		if _, err := (&Session{out: o}).Digest(from, int64(len(all))+1); err == nil {
			t.Errorf("reads of %d bytes: a digest of more than there is", size)
		}
		o.close()
	}
}
