package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"bythebook/exec"
)

// Kept is the folder, in that of an exercise, with the files that people left as
// evidence. Each is named by the SHA-256 of its bytes.
const Kept = "evidence"

// MaxKept is the longest file that is kept, in bytes.
const MaxKept = 64 << 20

// incoming is a file in Kept that is not whole yet.
const incoming = "incoming"

// Keep copies the file at path into the exercise's folder dir, where it is safe
// once Keep has returned. Only a regular file is taken, and nothing is waited for.
func Keep(dir, path string) (exec.FileLeft, error) {
	from, err := openLeft(path)
	if err != nil {
		return exec.FileLeft{}, err
	}
	defer from.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return exec.FileLeft{}, fmt.Errorf("keep %s: %w", path, err)
	}
	defer root.Close()
	left, err := copyInto(root, from)
	if err != nil {
		return exec.FileLeft{}, fmt.Errorf("keep %s: %w", path, err)
	}
	left.Name = filepath.Base(path)
	return left, syncFolder(filepath.Join(dir, Kept))
}

// openLeft opens a file that a person names. What is no regular file is not even
// opened: that alone may wait for ever, or do something.
func openLeft(path string) (*os.File, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("%s is not a whole path; write it from the root, such as /home/bob/screenshot.png", path)
	}
	was, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := fit(path, was); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	is, err := f.Stat()
	if err == nil && !os.SameFile(was, is) {
		err = fmt.Errorf("%s was replaced meanwhile", path)
	}
	if err == nil {
		err = fit(path, is)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// fit says why a file can't be kept.
func fit(path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return fmt.Errorf("%s is a folder; name one file, or pack them into one", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	case info.Size() > MaxKept:
		return fmt.Errorf("%s has %d bytes, and %d are the most that is kept", path, info.Size(), MaxKept)
	}
	return nil
}

// copyInto copies what can be read, and gives it its name once it is safe.
func copyInto(root *os.Root, from io.Reader) (exec.FileLeft, error) {
	if err := root.Mkdir(Kept, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return exec.FileLeft{}, err
	}
	part := filepath.Join(Kept, incoming)
	if err := root.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return exec.FileLeft{}, err
	}
	to, err := root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return exec.FileLeft{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(from, MaxKept+1))
	if err == nil && n > MaxKept {
		err = fmt.Errorf("it grew over %d bytes, the most that is kept", MaxKept)
	}
	if err == nil {
		err = flush(to)
	}
	if e := to.Close(); err == nil {
		err = e
	}
	left := exec.FileLeft{Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	if err == nil {
		err = root.Rename(part, filepath.Join(Kept, left.SHA256))
	}
	if err != nil {
		_ = root.Remove(part) // it is not whole, and nobody was told of it
	}
	return left, err
}
