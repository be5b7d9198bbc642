package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bythebook/exec/clean"
	"bythebook/runbook/agree"
)

// rest says whose word is still missing.
func (w *witness) rest() {
	if w.entry.Playbook.Agreement == nil {
		return
	}
	if w.standing.Full() {
		fmt.Fprintln(w.Out, "Everybody who is asked has agreed.")
		return
	}
	var missing []string
	for _, p := range slices.Concat(w.standing.Asked, w.standing.Others) {
		if asked := slices.Contains(w.entry.Playbook.Agreement.By, p.ID); asked && p.State != agree.Agreed || p.State == agree.Objected {
			missing = append(missing, fmt.Sprintf("%s (%s)", p.ID, p.State))
		}
	}
	fmt.Fprintf(w.Out, "Still missing: %s.\n", strings.Join(missing, ", "))
}

// share says how the others get to see it.
func (w *witness) share(does string) {
	top := workTree(filepath.Dir(w.entry.Path))
	if top == "" {
		fmt.Fprintf(w.Out, "It is kept in %s; put that under version control beside the playbook.\n", clean.Line(near(w.dir)))
		return
	}
	git, at := "git", near
	if here, err := os.Getwd(); err != nil || workTree(here) != top {
		git, at = "git -C "+clean.Word(top), whole
	}
	paths := ""
	for _, path := range w.shared() {
		paths += " " + clean.Word(at(path))
	}
	message := fmt.Sprintf("%s %s %s", w.who.ID, does, w.entry.Playbook.ID)
	fmt.Fprintf(w.Out, "To share it, with the text that was signed:\n  %s add%s\n  %s commit -m %s%s\n", git, paths, git, clean.Word(message), paths)
}

// whole is a path that is the same from everywhere.
func whole(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// shared is what others need to see what this person sees: the text, to the
// byte, and the folder with the words on it.
func (w *witness) shared() []string {
	beside, paths := filepath.Dir(w.entry.Path), []string{w.entry.Path}
	for _, path := range slices.Sorted(maps.Keys(w.entry.Copy.Files)) {
		if path != w.entry.Copy.Main {
			paths = append(paths, filepath.Join(beside, filepath.FromSlash(path)))
		}
	}
	return append(paths, w.dir)
}

// workTree is the git work tree that a folder stands in, "" if it is in none.
func workTree(dir string) string {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return ""
}

// near is a path from here, where that is shorter. It never looks like a flag.
func near(path string) string {
	if dir, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
			path = rel
		}
	}
	if strings.HasPrefix(path, "-") {
		return "./" + path
	}
	return path
}
