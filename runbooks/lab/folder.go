package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// A folder is where one bookstore lives. It belongs to one user, and to one
// supervisor at a time.
type folder string

// What stands in a folder. The lock stays when everything else is cleared.
const (
	lockName   = "lock"
	noteName   = "lab.json"
	binName    = "bin"
	imageName  = "image"
	volumeName = "instances"
	dbName     = "db"
	cdnName    = "cdn"
	logName    = "log"
	program    = "bythebook"
)

// cleared lists what clear removes: only names of our own, because a folder
// given by hand may be anybody's.
var cleared = [...]string{noteName, noteName + ".next", binName, imageName, volumeName, dbName, cdnName, logName}

func (f folder) path(names ...string) string {
	return filepath.Join(append([]string{string(f)}, names...)...)
}

// Dir is the practice bookstore's folder in a home folder.
func Dir(home string) string { return filepath.Join(home, "lab") }

// open makes the folder its user's alone, and refuses one that holds other
// things or is another user's.
func (f folder) open() error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("make the lab's folder: %w", err)
	}
	info, err := os.Lstat(string(f))
	if err != nil {
		return fmt.Errorf("look at the lab's folder: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("the lab's folder %s is not a folder of yours", f)
	}
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return fmt.Errorf("read the lab's folder: %w", err)
	}
	_, err = os.Lstat(f.path(lockName))
	if len(entries) > 0 && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds other things: give the lab a folder of its own", f)
	}
	if info.Mode().Perm() != 0o700 {
		if err := os.Chmod(string(f), 0o700); err != nil {
			return fmt.Errorf("close the lab's folder to others: %w", err)
		}
	}
	return nil
}

// errLocked says that another process holds the folder's lock.
var errLocked = errors.New("the lab's folder is locked")

// lock takes the folder's lock. It is held until the file is closed or the
// process ends, in whatever way.
func (f folder) lock() (*os.File, error) {
	file, err := os.OpenFile(f.path(lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lab's lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errLocked
	}
	return nil, fmt.Errorf("lock the lab's folder: %w", err)
}

// free reports whether nobody holds the lock.
func (f folder) free() bool {
	if _, err := os.Lstat(f.path(lockName)); err != nil {
		return true
	}
	file, err := f.lock()
	if err != nil {
		return false
	}
	file.Close()
	return true
}

// clear removes what an earlier bookstore left. Only the lock's holder may.
func (f folder) clear() error {
	for _, name := range cleared {
		if err := os.RemoveAll(f.path(name)); err != nil {
			return fmt.Errorf("clear the lab's folder: %w", err)
		}
	}
	return nil
}

// install puts this program's own copy where steps find it, because the file
// it was started from may be replaced or removed (`go run` removes it).
func (f folder) install(self string) error {
	from, err := os.Open(self)
	if err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	defer from.Close()
	if err := os.Mkdir(f.path(binName), 0o700); err != nil {
		return fmt.Errorf("make a place for the program: %w", err)
	}
	to, err := os.OpenFile(f.path(binName, program), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return fmt.Errorf("copy the program: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("copy the program: %w", err)
	}
	return nil
}

// A note says who holds a folder, and how to reach the supervisor. The file
// can be read by its user only, so its token proves that a caller is that user.
type note struct {
	PID     int       `json:"pid"`
	Born    string    `json:"born"` // start time of PID, so that a reused id is not mistaken for it
	Owner   string    `json:"owner"`
	Since   time.Time `json:"since"`
	Pace    pace      `json:"pace"`
	Control string    `json:"control,omitempty"` // host:port; empty while it starts
	Token   string    `json:"token,omitempty"`
	Env     []string  `json:"env,omitempty"` // NAME=VALUE, for steps
}

// write replaces the note in one step, so that nobody reads half of one.
func (f folder) write(n note) error {
	text, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("write the lab's note: %w", err)
	}
	next := f.path(noteName + ".next")
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return fmt.Errorf("write the lab's note: %w", err)
	}
	if err := os.Rename(next, f.path(noteName)); err != nil {
		return fmt.Errorf("write the lab's note: %w", err)
	}
	return nil
}

// read reads the note, which may be one that a killed supervisor left.
func (f folder) read() (note, error) {
	text, err := os.ReadFile(f.path(noteName))
	if err != nil {
		return note{}, fmt.Errorf("read the lab's note: %w", err)
	}
	var n note
	if err := json.Unmarshal(text, &n); err != nil {
		return note{}, fmt.Errorf("read the lab's note: %w", err)
	}
	return n, nil
}

// lives reports whether the process that wrote the note still runs.
func (n note) lives() bool {
	born, err := bornAt(n.PID)
	return err == nil && born == n.Born
}
