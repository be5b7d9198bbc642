package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"bythebook/runbook"
)

// The limits of the files that a playbook names, beside maxBytes for each.
const (
	maxFiles = 1000
	maxTotal = 64 << 20 // bytes
)

// File reads a playbook and the files that it names, each exactly once. The
// playbook was parsed from the very bytes in the copy. Mistakes in the document
// come back as runbook.Problems, with the copy and no playbook.
func File(path string) (runbook.Copy, *runbook.Playbook, error) {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return runbook.Copy{}, nil, fmt.Errorf("reading the playbook %s: %w", path, why(err))
	}
	defer dir.Close()
	frozen, book, problems, err := load(folder{dir}, filepath.Base(path), path)
	if err != nil {
		return runbook.Copy{}, nil, fmt.Errorf("reading the playbook %s: %w", path, err)
	}
	if len(problems) > 0 {
		return frozen, nil, problems
	}
	return frozen, book, nil
}

// Bytes reads one file below a folder, as safely as File does.
func Bytes(dir, path string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, why(err))
	}
	defer root.Close()
	text, err := readOnce(folder{root}, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return text, nil
}

// Parse reads a frozen copy again, without touching the disk. There is either a
// playbook or a problem.
func Parse(frozen runbook.Copy) (*runbook.Playbook, runbook.Problems) {
	text, ok := frozen.Files[frozen.Main]
	if !ok {
		return nil, runbook.Problems{{File: frozen.Main, Message: "the copy does not hold the playbook itself"}}
	}
	return parse(frozen.Main, text, func(name string) error {
		if _, ok := frozen.Files[name]; !ok || name == frozen.Main {
			return errors.New("the copy does not hold it")
		}
		return nil
	})
}

// load reads a playbook and its files out of one folder. An error means that
// there was nothing to parse, or too much.
func load(dir fs.FS, name, shown string) (runbook.Copy, *runbook.Playbook, runbook.Problems, error) {
	if strings.ContainsFunc(name, hidden) || strings.Contains(name, `\`) {
		return runbook.Copy{Main: name}, nil, nil, errors.New("a name with characters that cannot be seen, or a backslash, cannot be agreed to")
	}
	text, err := readOnce(dir, name)
	frozen := runbook.Copy{Main: name, Files: map[string][]byte{name: text}}
	if err != nil {
		return frozen, nil, nil, err
	}
	total := len(text)
	book, problems := parse(shown, text, func(file string) error {
		if file == name {
			return errors.New("it is the playbook itself")
		}
		part, err := readOnce(dir, file)
		if err != nil {
			return err
		}
		if total += len(part); total > maxTotal {
			return fmt.Errorf("the files are more than %d MiB together", maxTotal>>20)
		}
		frozen.Files[file] = part
		return nil
	})
	return frozen, book, problems, nil
}

// parse reads the text of a playbook, in the spelling that its name says; fetch
// is called for each file that it names. There is either a playbook or a problem.
func parse(shown string, text []byte, fetch func(name string) error) (*runbook.Playbook, runbook.Problems) {
	r := newReader(shown)
	root, remarks, ok := r.spelled(text)
	if !ok {
		return nil, r.problems()
	}
	book := &runbook.Playbook{File: shown, Remarks: remarks}
	pairs := fill(root, playbookRecord, book)
	r.resolve()
	if pick(pairs, "playbook").written() {
		r.fetch(fetch)
	}
	if len(r.found) > 0 {
		return nil, r.problems()
	}
	book.Where = root.places()
	return book, nil
}

// spelled is the tree of a document, whichever way it is written.
func (r *reader) spelled(text []byte) (value, []runbook.Remark, bool) {
	if isMarkdown(r.file) {
		return r.markdown(text)
	}
	root, ok := r.document(text)
	return root, nil, ok
}

// fetch asks for every file that the playbook names.
func (r *reader) fetch(fetch func(name string) error) {
	for _, f := range r.files[:min(len(r.files), maxFiles)] {
		if err := fetch(f.node.Value); err != nil {
			f.fault(show(f.node.Value)+" cannot be part of the playbook: "+err.Error(), "")
		}
	}
}

// A folder is a file system that nothing leads out of, neither .. nor a link,
// and in which opening never waits: a named pipe is opened and found to be one.
type folder struct{ root *os.Root }

func (f folder) Open(name string) (fs.File, error) {
	return f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// readOnce is the whole of a regular file. Of one that is too large it is the
// beginning, with errTooLarge.
func readOnce(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, why(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, why(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	var b bytes.Buffer
	b.Grow(int(min(info.Size(), maxBytes)) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(f, maxBytes+1)); err != nil {
		return nil, why(err)
	}
	text := b.Bytes()
	if len(text) > maxBytes {
		return text[:maxBytes], errTooLarge
	}
	return text, nil
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxBytes>>20)

// why takes from an error of the file system the path, which is said already.
func why(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
