package keeper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxPath is how many bytes the path of a socket may have on every system.
const maxPath = 104 - 1 // one ends it

// note is the file in an exercise's folder that names its keeper's socket:
// whoever comes back may have another folder for sockets than who began.
const note = "keeper.socket"

// Folder makes the folder for sockets and is sure that nobody else can reach
// into it: in runtime, the user's own folder for such things, or, where there is
// none, in a folder of the user's under temp.
func Folder(runtime, temp string) (string, error) {
	dir := filepath.Join(temp, fmt.Sprintf("bythebook-%d", os.Getuid()))
	if info, err := os.Stat(runtime); runtime != "" && err == nil && info.IsDir() {
		dir = filepath.Join(runtime, "bythebook")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the folder for sockets: %w", err)
	}
	if len(socket(dir, "")) > maxPath {
		return "", fmt.Errorf("the path of a socket in %s would be longer than %d bytes", dir, maxPath)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make the folder for sockets: %w", err)
	}
	return dir, private(dir)
}

// private is an error where somebody else could reach into a folder.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder for sockets: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	case !ok || int(stat.Uid) != os.Getuid():
		return fmt.Errorf("%s belongs to somebody else", dir)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("others can reach into %s: take that away with chmod 700", dir)
	}
	return nil
}

// socket is where the keeper of the exercise in a folder listens. Ids are alike
// from home to home, so the name comes from the whole path.
func socket(folder, dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(folder, hex.EncodeToString(sum[:8])+".sock")
}

// openPlain opens a file in an exercise's folder, and takes nothing else for it,
// for a step may have put anything there: no link, no pipe, no folder.
func openPlain(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errors.Join(err, fmt.Errorf("%s is not a regular file", path))
	}
	return f, nil
}

// leaveNote writes down where the keeper of the exercise in dir listens.
func leaveNote(dir, path string) error {
	next := filepath.Join(dir, note+".next")
	_ = os.Remove(next) // of a keeper that was killed here, or put there by a step
	f, err := openPlain(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err == nil {
		_, err = f.WriteString(path + "\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write down where the keeper is: %w", err)
	}
	if err := os.Rename(next, filepath.Join(dir, note)); err != nil {
		return fmt.Errorf("write down where the keeper is: %w", err)
	}
	return nil
}

// readNote is where the keeper of the exercise in dir listens, or did.
func readNote(dir string) (string, error) {
	f, err := openPlain(filepath.Join(dir, note), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNone
	}
	if err != nil {
		return "", fmt.Errorf("look for the keeper: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPath+1)) // and its line feed
	if err != nil {
		return "", fmt.Errorf("look for the keeper: %w", err)
	}
	return strings.TrimSuffix(string(text), "\n"), nil
}
