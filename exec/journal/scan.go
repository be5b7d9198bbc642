package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"bythebook/exec"
)

// found is what a scan of a record's bytes came upon.
type found struct {
	before uint64 // records that were read earlier, and stand ahead of these
	events []exec.Event
	first  string // hash of the first record
	last   string // hash of the last record; start when there is none
	good   int64  // bytes of whole records that check out
	tail   []byte // what follows them: a torn write, never longer than a line
	space  []byte // to write lines again in
}

// scan reads a record of so many bytes from the first one and checks every line.
// It fails with ErrDamaged or ErrNotRecord, or with the reader's own error.
func scan(r io.Reader, size int64) (found, error) {
	return found{last: start}.scan(r, size)
}

// scan reads on where another scan has stopped: so many bytes behind the record
// whose hash is f.last.
func (f found) scan(r io.Reader, size int64) (found, error) {
	in := bufio.NewReaderSize(r, int(min(size, maxLine))) // room for the longest line
	for {
		b, err := in.ReadSlice('\n')
		if err == io.EOF && len(b) == 0 {
			return f, nil
		}
		if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
			return f, err
		}
		bad := errors.New("it has no end")
		if err == nil {
			bad = f.take(b)
		}
		if bad == nil {
			continue
		}
		region := bytes.NewBuffer(bytes.Clone(b)) // b is only good until the next read
		if _, err := region.ReadFrom(io.LimitReader(in, maxLine+1)); err != nil {
			return f, err
		}
		return f, f.judge(region.Bytes(), bad)
	}
}

// take adds the record in one line, or says why it is none.
func (f *found) take(b []byte) error {
	e, prev, hash, err := decode(b, &f.space)
	switch want := f.count() + 1; {
	case err != nil:
		return err
	case e.Seq != want:
		return fmt.Errorf("it is numbered %d, and %d should stand here", e.Seq, want)
	case prev != f.last:
		return errors.New("it does not follow the line before it")
	}
	if f.first == "" {
		f.first = hash
	}
	f.events = append(f.events, e)
	f.last = hash
	f.good += int64(len(b))
	return nil
}

// count is how many records there are so far.
func (f *found) count() uint64 { return f.before + uint64(len(f.events)) }

// judge decides what a region that doesn't check out is: a torn write (no
// error, the region becomes the tail), damage, or no record at all.
func (f *found) judge(region []byte, bad error) error {
	switch whole := holdsRecord(region) || altered(region); {
	case f.count() == 0 && !whole:
		return ErrNotRecord
	case whole || len(region) > maxLine:
		return fmt.Errorf("%w: line %d: %w", ErrDamaged, f.count()+1, bad)
	}
	f.tail = region
	return nil
}

// altered reports whether a region is a line from its first byte to its last,
// without the holes that a torn write leaves: it was whole once, somebody may
// have been told that it is safe, and something has changed it since. What was
// changed may be one of the three things that it is known by.
func altered(region []byte) bool {
	known := 0
	for _, is := range []bool{
		bytes.HasPrefix(region, []byte(opening)),
		len(region) >= sealLen && bytes.HasPrefix(region[len(region)-sealLen:], []byte(hashKey)),
		bytes.HasSuffix(region, []byte(ending)),
	} {
		if is {
			known++
		}
	}
	return known >= 2 && !bytes.ContainsRune(region, 0)
}

// holdsRecord reports whether one whole valid record stands in b at any offset.
// A torn write never holds one; a flipped newline before a good record does.
func holdsRecord(b []byte) bool {
	for from := 0; ; from++ {
		i := bytes.Index(b[from:], []byte(opening))
		if i < 0 {
			return false
		}
		from += i
		end := bytes.IndexByte(b[from:], '\n') // no record has a newline inside
		if end < 0 {
			return false
		}
		if _, ok := sealed(b[from : from+end+1]); ok {
			return true
		}
	}
}
