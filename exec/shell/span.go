package shell

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Span reads a span of the transcript back: its last max bytes, exactly as they
// came out of the terminal. A max below 1 means all of it. It works after Close
// too.
func (s *Session) Span(from, to int64, max int) ([]byte, error) {
	if max > 0 && to-from > int64(max) {
		from = to - int64(max)
	}
	var p []byte
	err := s.out.read(from, to, func(r io.Reader) (n int64, err error) {
		p = make([]byte, to-from)
		read, err := io.ReadFull(r, p)
		return int64(read), err
	})
	return p, err
}

// Sync makes what the transcript holds so far safe on disk, and its name.
func (s *Session) Sync() error {
	err := s.out.file.Sync()
	if err == nil {
		err = syncFolder(filepath.Dir(s.out.path))
	}
	if err != nil {
		return fmt.Errorf("make the transcript safe: %w", err)
	}
	return nil
}

// onlyFolder makes sure that a folder is one, and no link that leads elsewhere.
func onlyFolder(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder, and links are not followed", dir)
	}
	return err
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

// read calls f with a span of the transcript; f returns how much it has read.
func (o *output) read(from, to int64, f func(io.Reader) (int64, error)) error {
	o.mu.Lock()
	kept := o.kept
	o.mu.Unlock()
	if from < 0 || to < from || to > kept {
		return fmt.Errorf("the transcript holds no bytes from %d to %d; it ends at %d", from, to, kept)
	}
	file, err := os.Open(o.path)
	if err != nil {
		return fmt.Errorf("read transcript: %w", err)
	}
	defer file.Close()
	n, err := f(io.NewSectionReader(file, from, to-from))
	if err == nil && n != to-from {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read transcript from %d to %d: %w", from, to, err)
	}
	return nil
}
