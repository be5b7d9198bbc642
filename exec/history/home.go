package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// What can be wrong with the name of an exercise.
var (
	ErrNone      = errors.New("there is no exercise")
	ErrAmbiguous = errors.New("is the beginning of several exercises")
)

// Dir is the folder that a home keeps an exercise in.
func Dir(home, id string) string { return filepath.Join(home, "exercises", id) }

// Find is the folder of the exercise whose id begins so; the newest when
// nothing is given.
func Find(home, beginning string) (dir string, err error) {
	ids, err := IDs(home, beginning)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0 && beginning == "":
		return "", fmt.Errorf("%w on record in %s", ErrNone, home)
	case len(ids) == 0:
		return "", fmt.Errorf("%w %s on record in %s", ErrNone, beginning, home)
	case slices.Contains(ids, beginning):
		return Dir(home, beginning), nil
	case len(ids) > 1 && beginning != "":
		return "", fmt.Errorf("%s %w: %s", beginning, ErrAmbiguous, strings.Join(ids, ", "))
	}
	return Dir(home, ids[len(ids)-1]), nil
}

// IDs are the exercises on record whose ids begin so, the oldest first. A copy
// under another name is none of them, nor is what a link leads to.
func IDs(home, beginning string) ([]string, error) {
	entries, err := folders(home)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), beginning) && e.IsDir() && id.MatchString(e.Name()) && HasBegun(Dir(home, e.Name())) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// folders are what a home keeps exercises in, the oldest first. A home that was
// never used has none.
func folders(home string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(filepath.Join(home, "exercises"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the home for records: %w", err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return ByAge(a.Name(), b.Name()) })
	return entries, nil
}

// HasBegun reports whether a folder holds a record. One without its first event
// is what is left of a start that was cut off: no exercise.
func HasBegun(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, journal.Name))
	return err == nil && info.Size() > 0
}

// ByAge orders ids by day and then by number: ex-20261123-10 is after -9, and
// ex-20261124-1 after both.
func ByAge(a, b string) int {
	dayA, dayB := strings.LastIndexByte(a, '-')+1, strings.LastIndexByte(b, '-')+1
	if c := strings.Compare(a[:dayA], b[:dayB]); c != 0 {
		return c
	}
	if c := len(a[dayA:]) - len(b[dayB:]); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// Recall reads an exercise's record without touching it.
func Recall(dir string) (exec.State, error) {
	s, err := recall(dir, read.Parse)
	return s, about(dir, err)
}

// Replay is the exercise that the events of the record in a folder tell of, on
// the playbook that is frozen there.
func Replay(dir string, events []exec.Event) (exec.State, error) {
	s, err := replay(dir, events, read.Parse)
	return s, about(dir, err)
}

// about says whose record an error is about.
func about(dir string, err error) error {
	if err != nil {
		return fmt.Errorf("the record in %s: %w", dir, err)
	}
	return nil
}

// A parser makes a playbook of its frozen text.
type parser func(runbook.Copy) (*runbook.Playbook, runbook.Problems)

func recall(dir string, parse parser) (exec.State, error) {
	events, err := journal.Read(dir)
	if err != nil {
		return exec.State{}, err
	}
	return replay(dir, events, parse)
}

func replay(dir string, events []exec.Event, parse parser) (exec.State, error) {
	began, ok := first(events)
	if !ok {
		return exec.State{}, errors.New("it does not begin with its exercise")
	}
	if began.Format != format {
		return exec.State{}, fmt.Errorf("its format is %d, and this program knows %d", began.Format, format)
	}
	text, err := thaw(dir, began)
	if err != nil {
		return exec.State{}, fmt.Errorf("its frozen playbook: %w", err)
	}
	book, problems := parse(text)
	if len(problems) > 0 {
		return exec.State{}, fmt.Errorf("its frozen playbook can't be read: %w", problems)
	}
	s := exec.Replay(book, events)
	if s.Scenario == nil {
		return exec.State{}, fmt.Errorf("its frozen playbook has no scenario %q", began.Scenario)
	}
	return s, nil
}

// format is that of the records that this program reads.
const format = 1

// first is how a record begins, false where it begins otherwise.
func first(events []exec.Event) (exec.Began, bool) {
	if len(events) == 0 {
		return exec.Began{}, false
	}
	b, ok := events[0].Body.(exec.Began)
	return b, ok
}

// thaw reads the frozen copy of an exercise back and makes sure that it is the
// one that the record speaks of.
func thaw(dir string, b exec.Began) (runbook.Copy, error) {
	c := runbook.Copy{Main: b.Main, Files: map[string][]byte{}}
	for _, sum := range b.Sums {
		text, err := read.Bytes(dir, path.Join("playbook", sum.Path))
		if err != nil {
			return c, err
		}
		c.Files[sum.Path] = text
	}
	if c.Digest() != b.Digest {
		return c, fmt.Errorf("its bytes are not those that the record speaks of (sha256 %s)", b.Digest)
	}
	return c, nil
}
