package journal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script is the one that docs/record.md gives to people who check a record
// without us, saved as a file.
func script(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "```sh\n#!")
	text, _, closed := strings.Cut("#!"+text, "```\n")
	if lines := strings.Count(text, "\n"); !ok || !closed || lines != 15 {
		t.Fatalf("docs/record.md has a script of %d lines", lines)
	}
	path := filepath.Join(t.TempDir(), "verify.sh")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shells are the POSIX shells of this machine.
func shells(t *testing.T) (found [][]string) {
	t.Helper()
	for _, shell := range [][]string{{"sh"}, {"dash"}, {"bash", "--posix"}, {"busybox", "sh"}} {
		if _, err := exec.LookPath(shell[0]); err == nil {
			found = append(found, shell)
		}
	}
	if _, err := exec.LookPath("sha256sum"); err != nil || len(found) == 0 {
		t.Skip("SKIPPED, so the script of docs/record.md is not tested here: it needs sh and sha256sum")
	}
	return found
}

// TestStockToolsAgree: the script and this package say the same of every file
// that the tests of this package make of a record: how many lines are whole, how
// many bytes stand behind them, which hash is the last, and whether that is all.
func TestStockToolsAgree(t *testing.T) {
	verify, shells := script(t), shells(t)
	dir, _ := fillInMemory(t, 4)
	b := bytesOf(t, dir)
	for _, made := range []struct {
		name string
		all  files
		each int // of so many, one is tried
	}{
		{"cuts", cuts(b), counts(97, 5)},
		{"flips", flips(b), counts(307, 11)},
		{"moves", moves(b), 1},
		{"tails", tails(b), counts(23, 1)},
		{"holes", holes(b), counts(197, 7)},
	} {
		seen, tried := 0, 0
		for what, c := range made.all {
			if seen%made.each == 0 {
				agree(t, what, append(shells[tried%len(shells)], verify), dir, c)
				tried++
			}
			seen++
		}
		t.Logf("%s: %d of %d", made.name, tried, seen)
	}
	agree(t, "untouched", append(shells[0], verify), dir, b)
}

// agree compares what a script says of a file with what this package does.
func agree(t *testing.T, what string, command []string, dir string, b []byte) {
	t.Helper()
	put(t, dir, b)
	cmd := exec.Command(command[0], append(command[1:], filepath.Join(dir, Name))...)
	out, err := cmd.Output()
	got, _ := scan(bytes.NewReader(b), int64(len(b)))
	rest := int64(len(b)) - got.good
	want := fmt.Sprintf("%d whole lines, %d bytes after them, head %s\n", len(got.events), rest, got.last)
	if string(out) != want || (err == nil) != (len(got.events) > 0 && rest == 0) {
		t.Fatalf("%s: %s says %q (%v), and the journal %q", what, command[0], out, err, want)
	}
	if _, stat, err := Verify(dir); (err == nil && stat.Torn == 0) != (rest == 0 && len(got.events) > 0) {
		t.Fatalf("%s: Verify says otherwise: %v", what, err)
	}
}

// TestAStepsOutputByStockTools: the command of docs/record.md cuts a step's
// output out of the transcript.
func TestAStepsOutputByStockTools(t *testing.T) {
	shells := shells(t)
	page, err := os.ReadFile("../../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	const command = "tail -c +121 out/transcript.raw | head -c 5190 | sha256sum"
	if !bytes.Contains(page, []byte(`"from":120,"to":5310`)) || !bytes.Contains(page, []byte(command)) {
		t.Fatal("docs/record.md has another command")
	}
	dir := t.TempDir()
	text := []byte(strings.Repeat("0123456789\n", 700))
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "out", "transcript.raw"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shells[0][0], append(shells[0][1:], "-c", command)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if want := digest(text[120:5310]) + "  -\n"; err != nil || string(out) != want {
		t.Errorf("%q, want %q: %v", out, want, err)
	}
}
