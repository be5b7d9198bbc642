package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"bythebook/exec"
)

// What can be wrong with a record.
var (
	ErrHeld      = errors.New("another process is writing this record")
	ErrDamaged   = errors.New("the record is damaged, nothing was changed")
	ErrNotRecord = errors.New("no exercise has begun in this record")
	ErrFull      = errors.New("there is no room for the record; free some space and do it again")
	ErrTooLong   = errors.New("the event is too long for the record")
)

// A Journal is a record that this process is writing. Its methods may be called
// from several goroutines.
type Journal struct {
	mu      sync.Mutex
	file    file
	seq     uint64 // of the last event
	head    string // hash of the last event
	end     int64  // bytes up to which all is good and safe
	renew   int64  // from this offset on, more space is to be kept ready
	stopped error  // why nothing more is recorded
}

// Create begins a record in the folder dir, which it makes if need be. It
// refuses a folder that has one already (fs.ErrExist). The exercise has begun
// when the first Append has returned.
func Create(dir string) (*Journal, error) {
	if err := makeFolder(dir); err != nil {
		return nil, fmt.Errorf("create the record: %w", err)
	}
	f, err := openFile(dir, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, fmt.Errorf("create the record: %w", err)
	}
	err = f.lock()
	if err == nil {
		err = f.File.Sync()
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("create the record: %w", err)
	}
	return &Journal{file: f, head: start}, nil
}

// Open goes on with the record in the folder dir. It checks every event and
// returns them, with the number of bytes of a half-written one that it set
// aside. The first thing to append is that the exercise was resumed.
func Open(dir string) (*Journal, []exec.Event, int, error) {
	return open(dir, func(f *onDisk) file { return f })
}

// open is Open with something between it and the disk.
func open(dir string, through func(*onDisk) file) (*Journal, []exec.Event, int, error) {
	f, err := openFile(dir, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("open the record: %w", err)
	}
	got, err := f.enter()
	j := &Journal{file: through(f), seq: uint64(len(got.events)), head: got.last, end: got.good, renew: got.good}
	if err == nil && len(got.tail) > 0 {
		if err = setAside(dir, got.tail); err == nil {
			err = j.file.Truncate(j.end)
		}
	}
	if err == nil {
		// What was read may only be in memory so far: make it safe before
		// anything is built on it.
		err = j.file.Sync()
	}
	if err != nil {
		f.Close()
		return nil, nil, 0, fmt.Errorf("open the record: %w", err)
	}
	return j, got.events, len(got.tail), nil
}

// enter locks the record and reads it.
func (f *onDisk) enter() (found, error) {
	if err := f.lock(); err != nil {
		if errors.Is(err, ErrHeld) {
			err = f.holder()
		}
		return found{}, err
	}
	size, err := f.Size() // taken under the lock
	if err != nil {
		return found{}, err
	}
	got, err := scan(io.NewSectionReader(f, 0, size), size)
	if err == nil && len(got.events) == 0 {
		err = ErrNotRecord
	}
	return got, err
}

// holder is ErrHeld with the process that the record itself names last.
func (f *onDisk) holder() error {
	got, _ := observe(f.File, nil) // as far as it can be read
	for i := len(got.events) - 1; i >= 0; i-- {
		var p exec.Process
		switch b := got.events[i].Body.(type) {
		case exec.Began:
			p = b.Process
		case exec.Resumed:
			p = b.Process
		default:
			continue
		}
		return fmt.Errorf("%w: process %d of %s on %s", ErrHeld, p.PID, p.User, p.Host)
	}
	return fmt.Errorf("%w; which one can't be told", ErrHeld)
}

// Append records an event and returns when it is safe on disk, with the number
// it was given and everything in it as a reader will see it. After ErrFull nothing
// was recorded and Append may be called again, after exec.ErrUnwritable with
// another event; after exec.ErrStopped it never succeeds again.
func (j *Journal) Append(e exec.Event) (exec.Event, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopped != nil {
		return exec.Event{}, j.stopped
	}
	e.Seq = j.seq + 1
	e, line, hash, err := link(e, j.head)
	if err != nil {
		return exec.Event{}, err
	}
	if err := j.write(line); err != nil {
		return exec.Event{}, err
	}
	j.seq, j.head, j.end = e.Seq, hash, j.end+int64(len(line))
	return e, nil
}

// write puts one line at the end of the file and makes it safe.
func (j *Journal) write(line []byte) error {
	size, err := j.file.Size()
	if err == nil && size != j.end {
		err = fmt.Errorf("%s has %d bytes instead of %d: something else has changed it", Name, size, j.end)
	}
	if err != nil {
		return j.stop(err)
	}
	j.keepReady()
	n, err := j.file.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return j.takeBack(err)
	}
	if err := j.file.Sync(); err != nil {
		return j.stop(fmt.Errorf("make the record safe: %w", err))
	}
	return nil
}

// keepReady keeps space ahead. It is a comfort: without it the record works
// just as well until the disk is full, so a failure is tried again later.
func (j *Journal) keepReady() {
	if j.end < j.renew {
		return
	}
	j.renew = j.end + reserve/2
	if err := j.file.Reserve(j.end); err != nil {
		j.renew = j.end + maxLine
	}
}

// takeBack cuts off what a failed write has left. If the disk is full the
// journal lives on; any other failure is the end of it.
func (j *Journal) takeBack(failed error) error {
	if err := j.file.Truncate(j.end); err != nil {
		return j.stop(errors.Join(failed, err))
	}
	j.renew = j.end // cutting has given the kept space back
	for _, full := range []error{unix.ENOSPC, unix.EDQUOT, unix.EFBIG} {
		if errors.Is(failed, full) {
			return fmt.Errorf("%w: %w", ErrFull, failed)
		}
	}
	return j.stop(failed)
}

// stop ends recording for good, for the reason given.
func (j *Journal) stop(why error) error {
	j.stopped = fmt.Errorf("%w: %w", exec.ErrStopped, why)
	return j.stopped
}

// Head is the hash of the last event, 64 hex digits; zeros before the first.
func (j *Journal) Head() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.head
}

// Close lets the record go. What was appended is safe already. Closing twice
// does no harm.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	if j.stopped == nil {
		j.stop(os.ErrClosed)
		// Cutting at the end changes no byte and gives the kept space back.
		if size, err := j.file.Size(); err == nil && size == j.end {
			_ = j.file.Truncate(j.end) // the space would only be wasted
		}
	}
	f := j.file
	j.file = nil
	return f.Close()
}
