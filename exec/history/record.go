package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"

	"golang.org/x/sync/errgroup"
)

// A Record is one exercise as its record tells it.
type Record struct {
	ID, Dir    string     // ID is the folder's name, whatever that is where there is Damage
	Damage     error      // why it can't be trusted; then nothing below is set, and it counts for nothing
	State      exec.State // of the exercise; exercises of one text share its Book
	Verdicts   exec.Verdicts
	Objectives []exec.Objective
	Deviations []exec.Deviation
}

// Real reports whether anything was executed: not in a dry run, nor at a table.
func (r Record) Real() bool {
	return r.Damage == nil && !r.State.Began.DryRun && r.State.Began.Kind != exec.Tabletop
}

// Read reads all records of a home, the oldest first. Folders without a first
// event are none. A damaged one is among them, with what is wrong with it. What
// another process is writing meanwhile is read as far as it is whole; so is one
// whose last line is torn, and its exercise looks unfinished.
//
// Every record is checked against itself: each of its lines, and each byte of
// its frozen copy. No link is followed out of a record, and nothing but regular
// files is read. Each text is parsed once, and not at all where it is known
// already: the playbooks of a library are mostly those that were exercised.
func Read(home string, known ...read.Entry) ([]Record, error) {
	return gather(home, known, func(string) bool { return true })
}

// ReadOf is Read for whoever asks about some playbooks, by their ids: it passes
// over the exercises of others and says whether there are any. Whose a damaged
// record is nobody can tell, and so it is among them.
func ReadOf(home string, playbooks []string, known ...read.Entry) (records []Record, others bool, err error) {
	var passed atomic.Bool
	records, err = gather(home, known, func(dir string) bool {
		e, err := journal.First(dir)
		b, ok := e.Body.(exec.Began)
		if err == nil && ok && !slices.Contains(playbooks, b.Playbook) {
			passed.Store(true)
			return false
		}
		return true
	})
	return records, passed.Load(), err
}

// gather reads the records of a home that are wanted, by their folders.
func gather(home string, known []read.Entry, wanted func(dir string) bool) ([]Record, error) {
	entries, err := folders(home)
	if err != nil {
		return nil, err
	}
	t := knowing(known)
	found := make([]*Record, len(entries))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range entries {
		all.Go(func() error { found[i] = t.record(home, e, wanted); return nil }) // ends when that folder is read
	}
	_ = all.Wait() // none fails: what is wrong with a record is in it
	var records []Record
	for _, r := range found {
		if r != nil {
			records = append(records, *r)
		}
	}
	return records, nil
}

// id is how the folder of an exercise is named.
var id = regexp.MustCompile(`^ex-[0-9]{8}-[1-9][0-9]*$`)

// record is what a folder holds, nil where that is no record or nobody wants it.
func (t *texts) record(home string, e fs.DirEntry, wanted func(dir string) bool) *Record {
	r := &Record{ID: e.Name(), Dir: Dir(home, e.Name())}
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		r.Damage = errors.New("it is a link, and links are not followed")
		return r
	case !e.IsDir() || !present(r.Dir) || !wanted(r.Dir):
		return nil
	}
	s, err := recall(r.Dir, t.parse)
	if errors.Is(err, journal.ErrNotRecord) {
		if cutOff(r.Dir) {
			return nil
		}
		s, err = recall(r.Dir, t.parse) // it may have begun meanwhile
	}
	if r.Damage = amiss(r.ID, s, err); r.Damage == nil {
		r.State = s
		r.Objectives, r.Deviations = exec.Objectives(s), exec.Deviations(s)
		r.Verdicts = exec.Weigh(s, r.Objectives, r.Deviations)
	}
	return r
}

// present reports whether a folder has something in the record's place.
func present(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, journal.Name))
	return !errors.Is(err, fs.ErrNotExist)
}

// cutOff reports whether a record has less than a first line. It is what is left
// of a start that was cut off, or one that begins just now.
func cutOff(dir string) bool {
	text, err := read.Bytes(dir, journal.Name)
	return err == nil && !bytes.ContainsRune(text, '\n')
}

// amiss is what is wrong with the record in a folder, nil where nothing is.
func amiss(folder string, s exec.State, err error) error {
	switch {
	case err != nil:
		return err
	case s.Began.Exercise != folder:
		return fmt.Errorf("it is the record of %q, and its folder is named %q", s.Began.Exercise, folder)
	case !id.MatchString(folder):
		return fmt.Errorf("%q is not how an exercise is named", folder)
	}
	return nil
}

// Texts are the playbooks that were parsed so far: the exercises of one text
// share it.
type texts struct {
	mu    sync.Mutex
	books map[key]func() (*runbook.Playbook, runbook.Problems)
}

// A key is what tells one text from another.
type key struct{ digest, main string }

// knowing is those that somebody else parsed. A frozen text knows no folder, so
// its file is named as it is in the copy.
func knowing(entries []read.Entry) *texts {
	t := &texts{books: map[key]func() (*runbook.Playbook, runbook.Problems){}}
	for _, e := range entries {
		if e.Playbook != nil {
			book := *e.Playbook
			book.File = e.Copy.Main
			t.books[key{e.Copy.Digest(), e.Copy.Main}] = func() (*runbook.Playbook, runbook.Problems) { return &book, nil }
		}
	}
	return t
}

// parse parses a text, or waits for whoever does.
func (t *texts) parse(c runbook.Copy) (*runbook.Playbook, runbook.Problems) {
	k := key{c.Digest(), c.Main}
	t.mu.Lock()
	once, ok := t.books[k]
	if !ok {
		once = sync.OnceValues(func() (*runbook.Playbook, runbook.Problems) { return read.Parse(c) })
		t.books[k] = once
	}
	t.mu.Unlock()
	return once()
}
