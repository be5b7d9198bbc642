package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// flush returns when the file's bytes, and the length needed to read them, are
// on the disk.
func flush(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// keepSpace has n bytes of disk ready behind from without making the file any
// longer, so that a disk that fills up meanwhile doesn't stop the record.
func keepSpace(f *os.File, from, n int64) error {
	return unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, from, n)
}
