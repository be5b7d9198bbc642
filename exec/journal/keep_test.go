package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"bythebook/exec"
)

// A file that a person leaves is copied under the digest of its bytes, and stays
// so whatever becomes of the file.
func TestKeep(t *testing.T) {
	dir, from := t.TempDir(), t.TempDir()
	path := filepath.Join(from, "shot.png")
	if err := os.WriteFile(path, []byte("a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(from, "link.png")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	const sum = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7" // sha256sum says so too
	for name, left := range map[string]string{path: "shot.png", link: "link.png"} {
		got, err := Keep(dir, name)
		if d := cmp.Diff(exec.FileLeft{Name: left, Bytes: 2, SHA256: sum}, got); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, d)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadDir(filepath.Join(dir, Kept))
	if err != nil || len(kept) != 1 || kept[0].Name() != sum {
		t.Errorf("kept: %v, %v", kept, err)
	}
}

// What is no file to keep is refused at once, with the reason, and leaves nothing.
func TestKeepRefuses(t *testing.T) {
	from := t.TempDir()
	pipe, long := filepath.Join(from, "pipe"), filepath.Join(from, "long")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(long, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(long, MaxKept+1); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{
		pipe: "not a regular file", "/dev/zero": "not a regular file", from: "is a folder", long: "are the most",
		"shot.png": "not a whole path", "": "not a whole path", filepath.Join(from, "none"): "no such file",
	} {
		dir := t.TempDir()
		if _, err := Keep(dir, path); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", path, err, why)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%q left %v", path, left)
		}
	}
}

// A folder that somebody put elsewhere is not written to, and what a killed copy
// left is in nobody's way.
func TestKeepStaysInTheFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(dir, Kept)); err != nil {
		t.Fatal(err)
	}
	if _, err := Keep(dir, path); err == nil {
		t.Error("a link out of the folder was followed")
	}
	if left, _ := os.ReadDir(elsewhere); len(left) > 0 {
		t.Errorf("written elsewhere: %v", left)
	}
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, Kept), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Kept, incoming), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if left, err := Keep(dir, path); err != nil || left.Bytes != 1 {
		t.Errorf("after a killed copy: %+v, %v", left, err)
	}
}
