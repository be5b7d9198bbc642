package shell

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// beat is how exact the index is: what comes within it counts as one moment.
const beat = 50 * time.Millisecond

// An index says when what is in the transcript came. It is a text file beside
// it, a line a moment:
//
//	MICROSECONDS OFFSET [COLUMNSxROWS]
//
// that is the moment since 1970 in UTC, the offset in the transcript of the
// first byte that came then, and the size of the terminal where that is new. The
// transcript is whole without it: an index that can't be written is given up.
type index struct {
	mu   sync.Mutex
	file *os.File
	last time.Time // of the newest line
}

// indexPath is where the index of a transcript is.
func indexPath(transcript string) string {
	return strings.TrimSuffix(transcript, ".raw") + ".idx"
}

func openIndex(transcript string) (*index, error) {
	f, err := os.OpenFile(indexPath(transcript), os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return &index{}, fmt.Errorf("open the transcript's index: %w", err)
	}
	return &index{file: f}, nil
}

// came notes that the byte at an offset comes now.
func (x *index) came(offset int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if now := time.Now(); now.Sub(x.last) >= beat {
		x.write(now, fmt.Sprintf("%d %d\n", now.UnixMicro(), offset))
	}
}

// begin makes what comes next a moment of its own: a step begins.
func (x *index) begin() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last = time.Time{}
}

// sized notes the size of the terminal.
func (x *index) sized(offset int64, cols, rows int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Now()
	x.write(now, fmt.Sprintf("%d %d %dx%d\n", now.UnixMicro(), offset, cols, rows))
}

func (x *index) write(now time.Time, line string) {
	x.last = now
	if x.file == nil {
		return
	}
	if _, err := x.file.WriteString(line); err != nil {
		x.file.Close()
		x.file = nil
	}
}

func (x *index) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.file != nil {
		x.file.Close()
		x.file = nil
	}
}
