package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
		fmt.Fprintf(w.Out, "It is kept in %s; put that under version control beside the playbook.\n", near(w.dir))
		return
	}
	git, dir := "git", near(w.dir)
	if here, err := os.Getwd(); err != nil || workTree(here) != top {
		git, dir = "git -C "+quoted(top), w.dir
	}
	message := fmt.Sprintf("%s %s %s", w.who.ID, does, w.entry.Playbook.ID)
	fmt.Fprintf(w.Out, "To share it:\n  %s add %s\n  %s commit -m %s %s\n", git, quoted(dir), git, quoted(message), quoted(dir))
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

var bareWord = regexp.MustCompile(`^[A-Za-z0-9_./@:%+=,-]+$`)

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if bareWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(clean.Line(word), "'", `'\''`) + "'"
}

// near is a path from here, where that is shorter.
func near(path string) string {
	dir, err := os.Getwd()
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
