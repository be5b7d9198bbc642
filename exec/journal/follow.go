package journal

import (
	"errors"
	"fmt"
	"io"
	"os"

	"bythebook/exec"
)

// A Follower reads a record that another process is writing, as it grows. It
// locks nothing and takes only whole lines that check out; it may see an event
// a moment before that is safe on disk.
type Follower struct {
	file   *onDisk
	at     int64  // bytes that were taken
	events uint64 // that were taken
	last   string // hash of the newest of them
}

// Follow begins to read the record in the folder dir, from its first event.
func Follow(dir string) (*Follower, error) {
	f, err := openFile(dir, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("follow the record: %w", err)
	}
	return &Follower{file: f, last: start}, nil
}

// Next returns what was added since it was called last. A line that is only half
// there is left for later. What is cut off and written anew meanwhile can look
// like damage once, not several times running.
func (f *Follower) Next() ([]exec.Event, error) {
	var got found
	var err error
	for range 3 {
		if got, err = f.read(); !errors.Is(err, ErrDamaged) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("follow the record: %w", err)
	}
	f.at, f.events, f.last = f.at+got.good, got.count(), got.last
	return got.events, nil
}

// read reads from where the last one has stopped, no further than the file went
// when it began.
func (f *Follower) read() (found, error) {
	size, err := f.file.Size()
	if err == nil && size < f.at {
		err = fmt.Errorf("%w: %s has become shorter", ErrDamaged, Name)
	}
	if err != nil {
		return found{}, err
	}
	more := size - f.at
	return found{before: f.events, last: f.last}.scan(io.NewSectionReader(f.file, f.at, more), more)
}

// Close ends the reading.
func (f *Follower) Close() error { return f.file.Close() }
