package journal

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"bythebook/exec"
)

// Read returns the events of the record in the folder dir without locking it,
// for whoever looks on or reports. It takes only whole lines that check out and
// leaves a half-written one alone. It may see an event a moment before it is
// safe on disk.
func Read(dir string) ([]exec.Event, error) {
	got, err := look(dir, nil)
	return got.events, err
}

// First is how the record in the folder dir begins, for whoever looks for the
// exercises of one playbook among many. Nothing behind its first line is read.
func First(dir string) (exec.Event, error) {
	f, err := openFile(dir, os.O_RDONLY)
	if err != nil {
		return exec.Event{}, fmt.Errorf("read the record: %w", err)
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxLine)).ReadBytes('\n')
	got := found{last: start}
	if err == nil {
		_, err = got.take(line)
	}
	if err != nil {
		return exec.Event{}, fmt.Errorf("read the record: line 1: %w", err)
	}
	return got.events[0], nil
}

// A Stat is what identifies a record in a report.
type Stat struct {
	Events int
	First  string // hash of the first event, 64 hex digits
	Last   string // hash of the last event, 64 hex digits
	Torn   int    // bytes at the end that are no whole event
	SHA256 string // of the file, as sha256sum prints it, 64 hex digits
}

// Verify is Read that also says what identifies the record.
func Verify(dir string) ([]exec.Event, Stat, error) {
	sum := sha256.New()
	got, err := look(dir, func(r io.Reader) io.Reader {
		sum.Reset()
		return io.TeeReader(r, sum)
	})
	if err != nil {
		return nil, Stat{}, err
	}
	return got.events, Stat{
		Events: len(got.events), First: got.first, Last: got.last,
		Torn: len(got.tail), SHA256: hex.EncodeToString(sum.Sum(nil)),
	}, nil
}

// look opens a record to read it and nothing else.
func look(dir string, through func(io.Reader) io.Reader) (found, error) {
	f, err := openFile(dir, os.O_RDONLY)
	if err != nil {
		return found{}, fmt.Errorf("read the record: %w", err)
	}
	defer f.Close()
	got, err := observe(f.File, through)
	if err == nil && len(got.events) == 0 {
		err = ErrNotRecord
	}
	if err != nil {
		return found{}, fmt.Errorf("read the record: %w", err)
	}
	return got, nil
}

// observe scans a file that somebody may be writing. It reads no further than
// the file went when it began, so a line that is being finished meanwhile stays
// half. What is cut off and written anew meanwhile can look like damage once,
// not several times running.
func observe(f *os.File, through func(io.Reader) io.Reader) (got found, err error) {
	for range 3 {
		info, statErr := f.Stat()
		if statErr != nil {
			return found{}, statErr
		}
		var r io.Reader = io.NewSectionReader(f, 0, info.Size())
		if through != nil {
			r = through(r)
		}
		if got, err = scan(r, info.Size()); !errors.Is(err, ErrDamaged) {
			break
		}
	}
	return got, err
}
