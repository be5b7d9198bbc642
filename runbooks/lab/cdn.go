package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// What stands in the CDN's folder.
const (
	filesName    = "files"    // what is served
	copiesName   = "copies"   // a folder: copies of it, by when each was begun
	restoredName = "restored" // the copy that files were restored from; not there when they never were
)

// A cdn serves static files and keeps a copy of them beside.
type cdn struct{ dir string }

// newCDN copies the files once, and goes on with it for as long as the process
// lives.
func newCDN(dir string, p pace) (http.Handler, error) {
	c := cdn{dir}
	if err := c.copy(time.Now()); err != nil {
		return nil, err
	}
	go c.keep(p) // ends with the process
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", c.health)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir(c.path(filesName)))))
	return mux, nil
}

func (c cdn) path(names ...string) string { return filepath.Join(append([]string{c.dir}, names...)...) }

// lost reports whether the files are gone.
func (c cdn) lost() bool {
	_, err := os.Stat(c.path(filesName))
	return errors.Is(err, fs.ErrNotExist)
}

// health is about the files: a process that has nothing to serve is no CDN.
func (c cdn) health(w http.ResponseWriter, r *http.Request) {
	if c.lost() {
		reply(w, http.StatusServiceUnavailable, state{Status: "down"})
		return
	}
	healthy(w, r)
}

// keep copies at its cadence. A CDN that cannot keep its promise stops, so
// that it is seen.
func (c cdn) keep(p pace) {
	for now := range time.Tick(p.cadence(snapshotting, time.Second)) {
		if err := c.copy(now); err != nil {
			fmt.Fprintln(os.Stderr, cdnPart, err)
			os.Exit(1)
		}
	}
}

// copy copies the files, and then removes the older copies. Where the files
// are gone it leaves the good copy alone.
func (c cdn) copy(now time.Time) error {
	if c.lost() {
		return nil
	}
	older, err := c.copies()
	if err != nil {
		return err
	}
	name := now.UTC().Format(instant)
	part := c.path("copy.part")
	err = errors.Join(os.RemoveAll(part), os.CopyFS(part, os.DirFS(c.path(filesName))))
	if err == nil {
		err = os.Rename(part, c.path(copiesName, name))
	}
	if err != nil {
		return fmt.Errorf("copy the cdn's files: %w", err)
	}
	for _, old := range older {
		if err := os.RemoveAll(c.path(copiesName, old)); err != nil {
			return fmt.Errorf("remove an old copy of the cdn's files: %w", err)
		}
	}
	return nil
}

// copies lists whole copies, oldest first.
func (c cdn) copies() ([]string, error) {
	entries, err := os.ReadDir(c.path(copiesName))
	if err != nil {
		return nil, fmt.Errorf("list the copies of the cdn's files: %w", err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, nil
}

// restore puts the newest copy where the files are, and returns its name. The
// process must be stopped.
func (c cdn) restore() (string, error) {
	names, err := c.copies()
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", errors.New("there is no copy of the cdn's files")
	}
	newest := names[len(names)-1]
	if err := os.RemoveAll(c.path(filesName)); err != nil {
		return "", err
	}
	if err := os.CopyFS(c.path(filesName), os.DirFS(c.path(copiesName, newest))); err != nil {
		return "", err
	}
	return newest, os.WriteFile(c.path(restoredName), []byte(newest), 0o600)
}

// recoveryPoint is up to when no file is missing: up to when the copy was
// begun that the files were restored from, and up to now where they never were.
func (c cdn) recoveryPoint(now time.Time) (string, error) {
	if c.lost() {
		return "", errors.New("no recovery point: the cdn has no files")
	}
	newest, err := os.ReadFile(c.path(restoredName))
	if errors.Is(err, fs.ErrNotExist) {
		return now.UTC().Format(instant) + " nothing was lost", nil
	}
	if err != nil {
		return "", fmt.Errorf("no recovery point: %w", err)
	}
	return string(newest) + " restored from a copy", nil
}

// stock fills a new CDN's folder with the files that the API points to.
func stock(dir string) error {
	covers := filepath.Join(dir, filesName, "covers")
	if err := errors.Join(os.MkdirAll(covers, 0o700), os.Mkdir(filepath.Join(dir, copiesName), 0o700)); err != nil {
		return fmt.Errorf("fill the cdn: %w", err)
	}
	for _, b := range catalogue.Books {
		cover := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="120" height="180"><text x="8" y="90">%s</text></svg>`+"\n", b.Title)
		name := filepath.Join(covers, fmt.Sprintf("%d.svg", b.ID))
		if err := os.WriteFile(name, []byte(cover), 0o600); err != nil {
			return fmt.Errorf("fill the cdn: %w", err)
		}
	}
	return nil
}
