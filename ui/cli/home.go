package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// homeDir is where records are kept.
func (a *app) homeDir() (string, error) {
	for _, dir := range []string{a.home, a.Getenv("BYTHEBOOK_HOME"), under(a.Getenv("XDG_STATE_HOME"), "bythebook"), under(a.Getenv("HOME"), ".local/state/bythebook")} {
		if dir != "" {
			return filepath.Abs(dir)
		}
	}
	return "", errors.New("there is no home folder for records: give one with --home DIR")
}

func under(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

// newExercise makes the folder of an exercise and returns its id. Only one
// process can get an id.
func newExercise(home string) (id, dir string, err error) {
	all := filepath.Join(home, "exercises")
	if err := os.MkdirAll(all, 0o700); err != nil {
		return "", "", fmt.Errorf("cannot write to the home for records (another can be given with --home DIR): %w", err)
	}
	day := time.Now().UTC().Format("20060102")
	for n := 1; ; n++ {
		id = fmt.Sprintf("ex-%s-%d", day, n)
		dir = filepath.Join(all, id)
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			return id, dir, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", "", fmt.Errorf("cannot write to the home for records (another can be given with --home DIR): %w", err)
		}
	}
}

// freeze writes the copy that the exercise runs from: bytes, as they were read.
// Scripts stay executable; nobody else may read them.
func freeze(dir string, c runbook.Copy) error {
	if err := os.Mkdir(filepath.Join(dir, "playbook"), 0o700); err != nil {
		return fmt.Errorf("freezing the playbook: %w", err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "playbook"))
	if err != nil {
		return fmt.Errorf("freezing the playbook: %w", err)
	}
	defer root.Close()
	for path, text := range c.Files {
		mode := fs.FileMode(0o700)
		if path == c.Main {
			mode = 0o600
		}
		if err := root.MkdirAll(filepath.Dir(filepath.FromSlash(path)), 0o700); err != nil {
			return fmt.Errorf("freezing %s: %w", path, err)
		}
		if err := writeSynced(root, filepath.FromSlash(path), text, mode); err != nil {
			return fmt.Errorf("freezing %s: %w", path, err)
		}
	}
	return nil
}

func writeSynced(root *os.Root, path string, text []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// thaw reads the frozen copy of an exercise back and makes sure that it is the
// one that the record speaks of.
func thaw(dir string, b exec.Began) (*runbook.Playbook, error) {
	root, err := os.OpenRoot(filepath.Join(dir, "playbook"))
	if err != nil {
		return nil, fmt.Errorf("reading the frozen playbook: %w", err)
	}
	defer root.Close()
	c := runbook.Copy{Main: b.Main, Files: map[string][]byte{}}
	for _, sum := range b.Sums {
		text, err := root.ReadFile(filepath.FromSlash(sum.Path))
		if err != nil {
			return nil, fmt.Errorf("reading the frozen playbook: %w", err)
		}
		c.Files[sum.Path] = text
	}
	if c.Digest() != b.Digest {
		return nil, fmt.Errorf("the frozen playbook in %s is not the one that the record speaks of (sha256 %s)", root.Name(), b.Digest)
	}
	book, problems := read.Parse(c)
	if len(problems) > 0 {
		return nil, problems
	}
	return book, nil
}

// find is the folder of the exercise whose id begins so; the newest when
// nothing is given.
func find(home, beginning string) (dir string, err error) {
	ids, err := recorded(home, beginning)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0 && beginning == "":
		return "", usageError{fmt.Errorf("there is no exercise on record in %s", home)}
	case len(ids) == 0:
		return "", usageError{fmt.Errorf("there is no exercise %s on record in %s", beginning, home)}
	case slices.Contains(ids, beginning):
		return filepath.Join(home, "exercises", beginning), nil
	case len(ids) > 1 && beginning != "":
		return "", usageError{fmt.Errorf("%s is the beginning of several exercises: %s", beginning, strings.Join(ids, ", "))}
	}
	return filepath.Join(home, "exercises", ids[len(ids)-1]), nil
}

// recorded are the ids on record that begin so, the oldest first.
func recorded(home, beginning string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(home, "exercises"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the home for records: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), beginning) && hasBegun(filepath.Join(home, "exercises", e.Name())) {
			ids = append(ids, e.Name())
		}
	}
	slices.SortFunc(ids, byAge)
	return ids, nil
}

// hasBegun reports whether a folder holds a record. One without its first event
// is what is left of a start that was cut off: no exercise.
func hasBegun(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, journal.Name))
	return err == nil && info.Size() > 0
}

// byAge orders ids by day and then by number: ex-20261123-10 is after -9.
func byAge(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// recall reads an exercise's record without touching it.
func recall(dir string) (exec.State, error) {
	events, err := journal.Read(dir)
	if err != nil {
		return exec.State{}, err
	}
	return replay(dir, events)
}

func replay(dir string, events []exec.Event) (exec.State, error) {
	if len(events) == 0 {
		return exec.State{}, fmt.Errorf("the record in %s is empty", dir)
	}
	began, ok := events[0].Body.(exec.Began)
	if !ok {
		return exec.State{}, fmt.Errorf("the record in %s does not begin with its exercise", dir)
	}
	book, err := thaw(dir, began)
	if err != nil {
		return exec.State{}, err
	}
	return exec.Replay(book, events), nil
}
