package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Name is the record's file in the folder of its exercise.
const Name = "journal.jsonl"

// reserve is how many bytes of disk are kept ready ahead of the record's end.
const reserve = 4 << 20

// A file is all that a journal asks of its file once it is open. Tests put
// broken disks in its place.
type file interface {
	Write([]byte) (int, error)
	Sync() error              // what was written survives a power cut
	Truncate(int64) error     // to a length in bytes
	Size() (int64, error)     // bytes; an error if the name now means another file
	Reserve(from int64) error // keep space ready from this offset on, in bytes
	Close() error
}

// onDisk is the real file.
type onDisk struct {
	*os.File
	path string
	info fs.FileInfo
}

// openFile opens the record's file and takes nothing else for it: no link, no
// pipe, no device.
func openFile(dir string, flags int) (*onDisk, error) {
	path := filepath.Join(dir, Name)
	f, err := os.OpenFile(path, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
	if errors.Is(err, unix.ELOOP) {
		err = fmt.Errorf("%s is a link, and links are not followed", Name)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", Name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &onDisk{File: f, path: path, info: info}, nil
}

func (f *onDisk) Sync() error { return flush(f.File) }

func (f *onDisk) Size() (int64, error) {
	now, err := os.Lstat(f.path)
	if err != nil {
		return 0, err
	}
	if !os.SameFile(now, f.info) {
		return 0, fmt.Errorf("%s was replaced by another file", Name)
	}
	return now.Size(), nil
}

// Reserve asks for less where there is no room for all of it.
func (f *onDisk) Reserve(from int64) error {
	var err error
	for n := int64(reserve); n >= maxLine; n /= 2 {
		if err = keepSpace(f.File, from, n); !errors.Is(err, unix.ENOSPC) {
			break
		}
	}
	return err
}

// lock takes the record for this process until the file is closed, in whatever
// way: nothing stays behind after a kill.
func (f *onDisk) lock() error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrHeld
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", Name, err)
	}
	return nil
}

// makeFolder makes the exercise's folder for its owner's eyes only, and every
// folder above it that is missing, and makes all these names safe on disk.
func makeFolder(dir string) error {
	made := []string{dir}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		made = append(made, up)
		if _, err := os.Stat(up); err == nil || up == filepath.Dir(up) {
			break
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	for _, d := range made {
		if err := syncFolder(d); err != nil {
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder safe on disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// setAside keeps a copy of a torn tail, safe on disk, under a name that holds
// the SHA-256 of its bytes. Doing it twice does no harm.
func setAside(dir string, tail []byte) error {
	t, err := os.CreateTemp(dir, Name+".torn-*.part")
	if err != nil {
		return err
	}
	_, err = t.Write(tail)
	err = errors.Join(err, t.Sync(), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), filepath.Join(dir, Name+".torn-"+digest(tail)))
	}
	if err != nil {
		os.Remove(t.Name()) // our own copy; the bytes are still in the record
		return err
	}
	return syncFolder(dir)
}
