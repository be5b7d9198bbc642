package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"bythebook/exec"
)

// window is how many bytes of a record are looked at together: enough to keep
// all processors busy, and more than it takes to judge what does not check out.
const window = 4 << 20

// usual is how many bytes a line has, about.
const usual = 384

// found is what a scan of a record's bytes came upon.
type found struct {
	before uint64 // records that were read earlier, and stand ahead of these
	events []exec.Event
	first  string // hash of the first record
	last   string // hash of the last record; start when there is none
	good   int64  // bytes of whole records that check out
	tail   []byte // what follows them: a torn write, never longer than a line
}

// scan reads a record of so many bytes from the first one and checks every line.
// It fails with ErrDamaged or ErrNotRecord, or with the reader's own error.
func scan(r io.Reader, size int64) (found, error) {
	return found{last: start}.scan(r, size)
}

// scan reads on where another scan has stopped: so many bytes behind the record
// whose hash is f.last.
func (f found) scan(r io.Reader, size int64) (found, error) {
	text := make([]byte, min(size+1, window)) // one more, to see the end at once
	for n := 0; ; {
		more, err := io.ReadFull(r, text[n:])
		n += more
		over := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !over {
			return f, err
		}
		taken, bad := f.take(text[:n])
		rest := text[taken:n]
		switch {
		case over && len(rest) == 0:
			return f, nil
		case over || len(rest) > 2*maxLine: // there is enough of it
			return f, f.judge(bytes.Clone(rest[:min(len(rest), 2*maxLine+1)]), cmp.Or(bad, errors.New("it has no end")))
		}
		n = copy(text, rest)
	}
}

// A line is one line of a record, by itself: whether it follows the one before
// it is another question. Its hashes are the text's own bytes.
type line struct {
	event      exec.Event
	prev, hash []byte
	length     int
	err        error // why it is no record
}

// take adds the records in a text, up to what does not check out. It returns how
// many bytes they have, and what is wrong with the line that follows, if it has
// an end.
func (f *found) take(text []byte) (taken int, bad error) {
	for _, part := range readLines(text) {
		for _, l := range part {
			if err := f.add(l); err != nil {
				return taken, err
			}
			taken += l.length
		}
	}
	return taken, nil
}

// add adds the record in one line, or says why it is none.
func (f *found) add(l line) error {
	switch want := f.count() + 1; {
	case l.err != nil:
		return l.err
	case l.event.Seq != want:
		return fmt.Errorf("it is numbered %d, and %d should stand here", l.event.Seq, want)
	case string(l.prev) != f.last:
		return errors.New("it does not follow the line before it")
	}
	f.last = string(l.hash)
	if f.first == "" {
		f.first = f.last
	}
	f.events = append(f.events, l.event)
	f.good += int64(l.length)
	return nil
}

// readLines reads the whole lines of a text, in parts, on all processors at once.
func readLines(text []byte) [][]line {
	parts := divide(text, min(runtime.GOMAXPROCS(0), 1+len(text)/maxLine))
	lines := make([][]line, len(parts))
	var all errgroup.Group
	for i, part := range parts {
		all.Go(func() error {
			lines[i] = readPart(part)
			return nil
		})
	}
	_ = all.Wait() // what is wrong with a line stands in it
	return lines
}

// divide cuts the whole lines of a text into so many parts of about the same
// length.
func divide(text []byte, n int) [][]byte {
	var parts [][]byte
	for text = text[:bytes.LastIndexByte(text, '\n')+1]; n > 0; n-- {
		at := len(text) / n
		end := at + bytes.IndexByte(text[at:], '\n') + 1
		parts, text = append(parts, text[:end]), text[end:]
	}
	return parts
}

// readPart reads lines up to the first that is no record, and that one.
func readPart(text []byte) []line {
	lines := make([]line, 0, 1+len(text)/usual)
	var space []byte
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		l := decode(text[:end], &space)
		lines, text = append(lines, l), text[end:]
		if l.err != nil {
			break
		}
	}
	return lines
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
