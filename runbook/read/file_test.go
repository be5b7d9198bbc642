package read

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// tree writes files below a new folder; a path ending in / is a folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const withFile = ten + "files: [scripts/launch.sh]\n"

func TestFile(t *testing.T) {
	dir := tree(t, map[string]string{"web.yaml": withFile, "scripts/launch.sh": "date\n"})
	path := filepath.Join(dir, "web.yaml")
	frozen, book, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	want := runbook.Copy{Main: "web.yaml", Files: map[string][]byte{"web.yaml": []byte(withFile), "scripts/launch.sh": []byte("date\n")}}
	if diff := cmp.Diff(want, frozen); diff != "" {
		t.Errorf("copy (-want +got):\n%s", diff)
	}
	if book.File != path || book.ID != "web" {
		t.Errorf("read %s as %s", book.File, book.ID)
	}
	again, problems := Parse(frozen)
	if again == nil {
		t.Fatal(problems)
	}
	again.File = path
	if diff := cmp.Diff(book, again); diff != "" {
		t.Errorf("the copy reads otherwise (-file +copy):\n%s", diff)
	}
}

func TestFileProblems(t *testing.T) {
	dir := tree(t, map[string]string{"web.yaml": "playbook: web\ntitel: x\n"})
	path := filepath.Join(dir, "web.yaml")
	frozen, book, err := File(path)
	var problems runbook.Problems
	if !errors.As(err, &problems) || book != nil || len(frozen.Files) != 1 {
		t.Fatalf("got %v, %v, %v", frozen, book, err)
	}
	want := path + ":1:1: `scenarios` is missing (the failures that are prepared for)\n" + path + ":2:1: titel: unknown key `titel` (did you mean `title`?)"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	for _, path := range []string{"none.yaml", "none/none.yaml"} {
		if _, _, err := File(filepath.Join(t.TempDir(), path)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What a playbook names must lie below it, be a plain file, and be there.
func TestNamedFiles(t *testing.T) {
	for name, want := range map[string]string{
		"../secret":           "is not a path below",
		"/etc/passwd":         "is not a path below",
		"a/../../secret":      "is not a path below",
		`a\b`:                 "is not a path below",
		".":                   "is not a path below",
		"none.sh":             "no such file",
		"folder":              "not a regular file",
		"pipe":                "not a regular file",
		"outside":             "escapes",
		"outside-folder/file": "escapes",
		"web.yaml":            "the playbook itself",
		"large":               "larger than 1 MiB",
		"inside":              "",
		"folder/file":         "",
	} {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, map[string]string{
				"secret":          "s",
				"lib/web.yaml":    ten + "files: ['" + name + "']\n",
				"lib/folder/file": "x",
				"lib/large":       strings.Repeat("x", maxBytes+1),
			})
			lib := filepath.Join(dir, "lib")
			link(t, filepath.Join(dir, "secret"), filepath.Join(lib, "outside"))
			link(t, dir, filepath.Join(lib, "outside-folder"))
			link(t, "folder/file", filepath.Join(lib, "inside"))
			pipe(t, filepath.Join(lib, "pipe"))
			_, book, err := File(filepath.Join(lib, "web.yaml"))
			switch {
			case want == "" && book == nil:
				t.Errorf("refused: %v", err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

func TestFilesNamedTwice(t *testing.T) {
	dir := tree(t, map[string]string{"web.yaml": ten + "files: [a, a]\n", "a": ""})
	if _, _, err := File(filepath.Join(dir, "web.yaml")); err == nil || !strings.Contains(err.Error(), "named twice") {
		t.Errorf("got %v", err)
	}
}

func TestPlaybooksThatAreNoFiles(t *testing.T) {
	dir := tree(t, map[string]string{"large.yaml": ten + strings.Repeat("#\n", maxBytes/2), "lib/x": "", "web.yaml": ten})
	pipe(t, filepath.Join(dir, "pipe.yaml"))
	link(t, filepath.Join(dir, "web.yaml"), filepath.Join(dir, "lib", "link.yaml"))
	for path, want := range map[string]string{
		"pipe.yaml":     "not a regular file",
		"lib":           "not a regular file",
		"large.yaml":    "larger than 1 MiB",
		"lib/link.yaml": "escapes",
	} {
		if _, _, err := File(filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

func TestParseWantsTheWholeCopy(t *testing.T) {
	if _, problems := Parse(runbook.Copy{Main: "web.yaml"}); len(problems) != 1 {
		t.Errorf("an empty copy: %v", problems)
	}
	_, problems := Parse(runbook.Copy{Main: "web.yaml", Files: map[string][]byte{"web.yaml": []byte(withFile)}})
	if len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("a copy without its file: %v", problems)
	}
}

func TestLibrary(t *testing.T) {
	files := map[string]string{
		"web.yaml":              ten,
		"sub/other.yml":         withFile,
		"sub/scripts/launch.sh": "date\n",
		"sub/broken.yaml":       "playbook: x\ntitle: [\n",
		"sub/wrong.yaml":        "playbook: x\n",
		"values.yaml":           "a: 1\nfiles: [web.yaml]\n---\nb: 2\n",
		"nested.yaml":           "a:\n  playbook: x\n",
		"no.yaml":               "a: [\n",
		"empty.yaml":            "",
		"notes.md":              "playbook: x\n",
		".git/web.yaml":         ten,
		"large.yaml":            strings.Repeat("#\n", maxBytes),
		"large-too.yaml":        "playbook: large\n" + strings.Repeat("#\n", maxBytes),
	}
	dir := tree(t, files)
	pipe(t, filepath.Join(dir, "pipe.yaml"))
	link(t, "web.yaml", filepath.Join(dir, "link.yaml"))
	entries, err := Library(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"large-too.yaml 0 problems 1",
		"sub/broken.yaml 1 problems 1",
		"sub/other.yml 2 ok other",
		"sub/wrong.yaml 1 problems 1",
		"web.yaml 1 ok web",
	}
	got := make([]string, 0, len(entries))
	for _, e := range entries {
		rel, err := filepath.Rel(dir, e.Path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, summary(rel, e))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if _, book, err := File(entries[2].Path); book == nil {
		t.Errorf("an entry does not open by its path: %v", err)
	}

	built := fstest.MapFS{}
	for name, text := range files {
		built[name] = &fstest.MapFile{Data: []byte(text)}
	}
	entries, err = LibraryFS(built)
	if err != nil {
		t.Fatal(err)
	}
	got = got[:0]
	for _, e := range entries {
		got = append(got, summary(e.Path, e))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("built-in entries (-want +got):\n%s", diff)
	}
}

func summary(path string, e Entry) string {
	s := path + " " + string(rune('0'+len(e.Copy.Files)))
	if e.Playbook == nil {
		return s + " problems " + string(rune('0'+len(e.Problems)))
	}
	return s + " ok " + strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".yaml"), ".yml")
}

func TestLibraryThatIsNotThere(t *testing.T) {
	if _, err := Library(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

func pipe(t *testing.T, at string) {
	t.Helper()
	if err := syscall.Mkfifo(at, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What a library lists, and what no page is written over.
func TestWhatIsAPlaybook(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"a.yaml", ten, true},
		{"a.yaml", "playbook: web\nscenarios: [", true},
		{"a.yml", "services: {web: {}}\n", false},
		{"a.md", "# Scenario: Down\n", true},
		{"a.md", "---\nplaybook: web\n---\n# Web\n", true},
		{"a.md", "# Readme\n\n```sh\ndate\n```\n", false},
		{"report.md", "---\nreport: AAR-1\nplaybook: web\n---\n# Report\n", false},
		{"a.txt", ten, false},
	} {
		if got := IsPlaybook(tt.name, []byte(tt.text)); got != tt.want {
			t.Errorf("%s with %q: %v", tt.name, tt.text, got)
		}
	}
}
