package cli_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A trap stands where the program is going to write, and leads elsewhere.
type trap struct {
	name string
	set  func(path, victim string) error
	hard bool // it is the file itself: only who replaces files can tell
}

// traps lead to a file of somebody's, named victim, which must stay as it is, or
// to a name beside it, victim.new, where nothing must come to be.
var traps = []trap{
	{"a link to a file", func(path, victim string) error { return os.Symlink(victim, path) }, false},
	{"a link to nothing yet", func(path, victim string) error { return os.Symlink(victim+".new", path) }, false},
	{"a link out with ..", func(path, victim string) error {
		up, err := filepath.Rel(filepath.Dir(path), victim)
		if err != nil {
			return err
		}
		return os.Symlink(up, path)
	}, false},
	{"a link to a folder", func(path, victim string) error { return os.Symlink(filepath.Dir(victim), path) }, false},
	{"a link to itself", func(path, _ string) error { return os.Symlink(path, path) }, false},
	{"a link to an open file", func(path, _ string) error { return os.Symlink("/proc/self/fd/1", path) }, false},
	{"a link to a device", func(path, _ string) error { return os.Symlink("/dev/full", path) }, false},
	{"a hard link", func(path, victim string) error { return os.Link(victim, path) }, true},
	{"a pipe", func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }, false},
	{"a folder", func(path, _ string) error { return os.Mkdir(path, 0o700) }, false},
}

// A writer is a way in which the program writes a file.
type writer struct {
	name     string
	at       string // where, below the bench's folder; EX is that of its exercise, EX+1 of the next one
	args     []string
	replaces bool // what stands there is replaced or refused, never written to
}

var writers = []writer{
	{"a page of a playbook", "page.md", []string{"view", "noted.yaml", "-o", "page.md"}, true},
	{"a playbook as YAML", "other.yaml", []string{"convert", "noted.yaml", "-o", "other.yaml"}, true},
	{"a new playbook", "fresh.yaml", []string{"new", "fresh", "-o", "fresh.yaml"}, true},
	{"a report", "report.md", []string{"report", "-o", "report.md"}, true},
	{"a list of exercises", "list.md", []string{"exercises", "-o", "list.md"}, true},
	{"where the team stands", "status.md", []string{"status", "noted.yaml", "-o", "status.md"}, true},
	{"the report beside the record", "EX/report.md", []string{"resume"}, true},
	{"the record", "EX/journal.jsonl", []string{"resume"}, false},
	{"the transcript", "EX/out/transcript.raw", []string{"resume"}, false},
	{"the folder of transcripts", "EX/out", []string{"resume"}, false},
	{"the folder of the exercise", "EX", []string{"resume"}, false},
	{"the folder of the next exercise", "EX+1", []string{"run", "noted.yaml"}, false},
}

// TestTraps: nothing is written outside of where it belongs, whatever stands in
// its place, and nothing waits for a pipe. All writers meet all traps where
// everything is gone through, and else each of them some.
func TestTraps(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	for i, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			for j, trap := range traps {
				if (everything() || (i+j)%4 == 0) && (w.replaces || !trap.hard) {
					sprung(t, w, trap)
				}
			}
		})
	}
}

// sprung lets a writer meet a trap.
func sprung(t *testing.T, w writer, trap trap) {
	t.Helper()
	book, sheet := noted(2, `test $(wc -l < "$RAN") -gt 1 || kill -KILL $PPID`)
	b := newBench(t, book, sheet)
	if status, said := b.run(t, nil, "run", b.book); status != -1 {
		t.Fatalf("it ended with %d\n%s", status, said)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	next := strings.TrimSuffix(b.folder(), "-1") + "-2"
	at := strings.NewReplacer("EX+1", next, "EX", b.folder()).Replace(w.at)
	if !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(b.book), at)
	}
	if err := os.Rename(at, at+".aside"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := trap.set(at, victim); err != nil {
		t.Fatal(err)
	}
	said := b.write(t, w)
	if text, err := os.ReadFile(victim); string(text) != "precious\n" {
		t.Errorf("%s: what it leads to was written to (%v):\n%s\n%s", trap.name, err, text, said)
	}
	if beside, err := os.ReadDir(filepath.Dir(victim)); err != nil || len(beside) != 1 {
		t.Errorf("%s: a file was made where it leads to: %v, %v\n%s", trap.name, beside, err, said)
	}
}

// write lets a writer do its work, which may end in any way but has to end.
func (b bench) write(t *testing.T, w writer) (said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	words := append([]string{"bythebook"}, w.args...)
	if w.args[0] == "resume" || w.args[0] == "run" {
		words = append(words, "--unattended", "--answers", b.sheet, "--plain")
	}
	out, err := b.command(ctx, words...).CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("it hangs: %v\n%s", err, out)
	}
	return string(out)
}
