package read

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"bythebook/runbook"

	"golang.org/x/sync/errgroup"
)

// An Entry is one playbook of a library. One with problems has no Playbook;
// it is listed all the same, so that nobody misses it on the bad day.
type Entry struct {
	Path     string // to open it by; slash-separated in a LibraryFS
	Copy     runbook.Copy
	Playbook *runbook.Playbook
	Problems runbook.Problems
}

// Meant reports whether a file that could not be read may be the playbook of an
// id: it is called so, or it has a line that says so.
func (e Entry) Meant(id string) bool {
	if e.Playbook != nil {
		return false
	}
	name := filepath.Base(e.Path)
	if strings.TrimSuffix(name, filepath.Ext(name)) == id {
		return true
	}
	line := claim.FindIndex(e.Copy.Files[e.Copy.Main])
	if line == nil {
		return false
	}
	said, _, _ := strings.Cut(string(e.Copy.Files[e.Copy.Main][line[1]:]), "\n")
	said, _, _ = strings.Cut(said, " #")
	return strings.Trim(said, " \t\r\"'") == id
}

// Library finds the playbooks in a folder and its subfolders, sorted by path:
// every *.yaml and *.yml with a top-level key `playbook`, and every *.md whose
// front matter has it or that has the heading of a scenario. Everything else,
// links and the insides of .git are left alone.
func Library(dir string) ([]Entry, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the library %s: %w", dir, why(err))
	}
	defer root.Close()
	into := func(sub string) (fs.FS, func(), error) {
		r, err := root.OpenRoot(filepath.FromSlash(sub))
		if err != nil {
			return nil, nil, err
		}
		return folder{r}, func() { r.Close() }, nil
	}
	entries, err := entries(root.FS(), func(p string) string { return filepath.Join(dir, filepath.FromSlash(p)) }, into)
	if err != nil {
		return nil, fmt.Errorf("reading the library %s: %w", dir, why(err))
	}
	return entries, nil
}

// LibraryFS is Library for a file system without links, such as the playbooks
// that are built into the program.
func LibraryFS(fsys fs.FS) ([]Entry, error) {
	into := func(sub string) (fs.FS, func(), error) {
		dir, err := fs.Sub(fsys, sub)
		return dir, func() {}, err
	}
	entries, err := entries(fsys, func(p string) string { return p }, into)
	if err != nil {
		return nil, fmt.Errorf("reading the built-in library: %w", err)
	}
	return entries, nil
}

// entries walks a library. shown turns a path in it into one to open it by, and
// into opens a subfolder so that a playbook's files are looked for only there.
func entries(fsys fs.FS, shown func(string) string, into func(string) (fs.FS, func(), error)) ([]Entry, error) {
	var out []Entry
	var paths []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == ".":
			return err
		case err != nil:
			out = append(out, unreadable(shown(p), err))
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.Type().IsRegular() && (isYAML(p) || isMarkdown(p)):
			paths = append(paths, p)
		}
		return nil
	})
	for _, found := range atOnce(paths, func(p string) []Entry {
		dir, done, err := into(path.Dir(p))
		if err != nil {
			return []Entry{unreadable(shown(p), err)}
		}
		defer done()
		if e, ok := entry(dir, path.Base(p), shown(p)); ok {
			return []Entry{e}
		}
		return nil
	}) {
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return out, err
}

// atOnce does one thing for each path, as many at once as there are processors:
// somebody waits for the first frame.
func atOnce[T any](paths []string, do func(string) T) []T {
	out := make([]T, len(paths))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		all.Go(func() error { out[i] = do(path); return nil }) // ends when that is done
	}
	_ = all.Wait() // none fails
	return out
}

func unreadable(shown string, err error) Entry {
	return Entry{Path: shown, Problems: runbook.Problems{{File: shown, Message: "cannot be read: " + why(err).Error()}}}
}

// entry is the playbook in a file, if it is one.
func entry(dir fs.FS, name, shown string) (Entry, bool) {
	frozen, book, problems, err := load(dir, name, shown)
	text := frozen.Files[name]
	switch {
	case errors.Is(err, errTooLarge) && !claim.Match(text) && !(isMarkdown(name) && scenarioLine().Match(text)):
		return Entry{}, false
	case err == nil && (book == nil || isMarkdown(name)) && !IsPlaybook(name, text):
		return Entry{}, false
	case err != nil:
		return unreadable(shown, err), true
	}
	return Entry{Path: shown, Copy: frozen, Playbook: book, Problems: problems}, true
}

// isYAML reports whether a file is in the YAML spelling, by its name.
func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

var claim = regexp.MustCompile(`(?m)^(playbook|"playbook"|'playbook')[ \t]*:`)

// IsPlaybook reports whether a file means to be a playbook, even one that cannot
// be read: what a library lists, and what nothing is written over.
func IsPlaybook(name string, text []byte) bool {
	switch ext := strings.ToLower(path.Ext(name)); {
	case isMarkdown(name):
		return claimsMarkdown(text)
	case ext == ".yaml" || ext == ".yml":
		return claims(text)
	}
	return false
}

// claims reports whether a text that could not be read means to be a playbook:
// it has the key at the top level, or, where it is not even YAML, a line that
// begins with it.
func claims(text []byte) bool {
	r := newReader("")
	root, ok := r.document(text)
	if !ok {
		return claim.Match(text)
	}
	return pick(root.pairs(), "playbook").written()
}
