package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bythebook/exec/history"
	"bythebook/exec/journal"
	"bythebook/runbook"
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

// transcript is where an exercise in a folder keeps what its terminal printed.
func transcript(dir string) string { return filepath.Join(dir, "out", "transcript.raw") }

// readable reports whether anybody but its owner gets at a folder.
func readable(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

// newExercise makes the folder of an exercise and returns its id. Only one
// process can get an id.
func newExercise(home string) (id, dir string, err error) {
	if err := os.MkdirAll(history.Dir(home, ""), 0o700); err != nil {
		return "", "", fmt.Errorf("cannot write to the home for records (another can be given with --home DIR): %w", err)
	}
	day := time.Now().UTC().Format("20060102")
	for n := 1; ; n++ {
		id = fmt.Sprintf("ex-%s-%d", day, n)
		dir = history.Dir(home, id)
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			return id, dir, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", "", fmt.Errorf("cannot write to the home for records (another can be given with --home DIR): %w", err)
		}
	}
}

// warn says what may make a record less safe than it looks.
func (a *app) warn(dir string) {
	if kind := journal.Remote(dir); kind != "" {
		fmt.Fprintf(a.Err, "bythebook: the record is on a network file system (%s), where a lock or a flush may promise less than it says. With --home DIR it goes to a local disk.\n", kind)
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

// find is the folder of the exercise whose id begins so; the newest when
// nothing is given. An exercise that there is not was named wrongly.
func find(home, beginning string) (dir string, err error) {
	dir, err = history.Find(home, beginning)
	if errors.Is(err, history.ErrNone) || errors.Is(err, history.ErrAmbiguous) {
		err = usageError{err}
	}
	return dir, err
}
