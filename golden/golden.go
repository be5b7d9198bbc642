// Package golden holds what a test made against a file that somebody has read
// through. Where the two differ on purpose, `go test -update` writes the file
// anew; then its difference is to be read before it is kept.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Compare compares text with the file at the slash-separated path, and reports
// whether they are the same. With -update it writes the file.
func Compare(t testing.TB, path, text string) bool {
	t.Helper()
	path = filepath.FromSlash(path)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v (go test -update writes it)", err)
		return false
	}
	diff := cmp.Diff(string(want), text)
	if diff != "" {
		t.Errorf("%s differs, and go test -update writes it (-want +got):\n%s", path, diff)
	}
	return diff == ""
}
