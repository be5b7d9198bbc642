package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"
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
// another process is writing meanwhile is read as far as it is whole.
//
// Every record is checked against itself: each of its lines, and each byte of
// its frozen copy. No link is followed out of a record, and nothing but regular
// files is read.
func Read(home string) ([]Record, error) {
	entries, err := folders(home)
	if err != nil {
		return nil, err
	}
	l := library{books: map[key]func() parsed{}}
	found := make([]*Record, len(entries))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(len(entries), runtime.GOMAXPROCS(0)) {
		all.Go(func() { // ends when no folder is left
			for i := next.Add(1) - 1; int(i) < len(entries); i = next.Add(1) - 1 {
				found[i] = l.record(home, entries[i])
			}
		})
	}
	all.Wait()
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

// record is what a folder holds, nil where that is no record.
func (l *library) record(home string, e fs.DirEntry) *Record {
	r := &Record{ID: e.Name(), Dir: Dir(home, e.Name())}
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		r.Damage = errors.New("it is a link, and links are not followed")
		return r
	case !e.IsDir():
		return nil
	}
	s, err := recall(r.Dir, l.parse)
	if errors.Is(err, journal.ErrNotRecord) || errors.Is(err, fs.ErrNotExist) && !present(r.Dir) {
		return nil
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

// A library holds the playbooks that were parsed so far: the exercises of one
// text share it.
type library struct {
	mu    sync.Mutex
	books map[key]func() parsed
}

// A key is what tells one text from another.
type key struct{ digest, main string }

type parsed struct {
	book     *runbook.Playbook
	problems runbook.Problems
}

// parse parses a text, or waits for whoever does.
func (l *library) parse(c runbook.Copy) (*runbook.Playbook, runbook.Problems) {
	k := key{c.Digest(), c.Main}
	l.mu.Lock()
	once, ok := l.books[k]
	if !ok {
		once = sync.OnceValue(func() parsed {
			book, problems := read.Parse(c)
			return parsed{book, problems}
		})
		l.books[k] = once
	}
	l.mu.Unlock()
	p := once()
	return p.book, p.problems
}
