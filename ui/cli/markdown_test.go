package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/ui/cli"
)

// Any Markdown file can be shown, checked and walked through to its end without
// anything being executed: each is given to the program as a user would.
func TestAnyMarkdown(t *testing.T) {
	files, err := filepath.Glob("../../runbook/read/testdata/markdown/*.md")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range append(files, "../../README.md", "../../runbooks/disk-full.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if out, status := given(t, "", "view", file); status != 0 || !strings.HasPrefix(out, "# ") {
				t.Errorf("view ends with %d:\n%s", status, out)
			}
			if out, status := given(t, "", "check", file); status > 1 || !strings.Contains(out, "Blocks agreement") {
				t.Errorf("check ends with %d:\n%s", status, out)
			}
			// Whatever a step wants is among these words; what does not fit is refused.
			words := "begin\n" + strings.Repeat("run\nyes\ndone\nchoose 1\nwritten down\n", 400) + "finish\nyes\n"
			args := []string{"run", "--dry-run", "--plain", file}
			if out, _ := given(t, "", args...); strings.Contains(out, "which scenario?") {
				_, last, _ := strings.Cut(strings.TrimSpace(out), " has ")
				first, _, _ := strings.Cut(last, ",")
				args = append(args, first)
			}
			out, status := given(t, words, args...)
			if status != 0 || strings.Contains(out, "exited") {
				t.Errorf("the dry run ends with %d:\n%s", status, out)
			}
		})
	}
}

// A document of half a megabyte is as good as any.
func TestHugeMarkdown(t *testing.T) {
	long, err := os.ReadFile("../../runbook/read/testdata/markdown/long.md")
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, "huge.md", strings.Repeat(string(long)+"\n\n", 500_000/len(long)+1))
	for _, args := range [][]string{{"view", file}, {"convert", file}, {"run", "--dry-run", "--plain", file}} {
		if out, status := given(t, "", args...); status != 0 && status != 5 || len(out) < 100 {
			t.Errorf("%s ends with %d:\n%.300s", args[0], status, out)
		}
	}
	if out, status := given(t, "", "check", file); status != 1 || !strings.Contains(out, "Blocks agreement") {
		t.Errorf("check ends with %d:\n%.300s", status, out)
	}
}

// given runs the program with some words typed, and tells all that it says.
func given(t *testing.T, words string, args ...string) (string, int) {
	t.Helper()
	in, err := os.Create(filepath.Join(t.TempDir(), "typed"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.WriteString(words); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	status := cli.Run(args, cli.World{In: in, Out: &out, Err: &out, Environ: []string{"BYTHEBOOK_HOME=" + t.TempDir(), "USER=bob"}, Self: os.Args[0]})
	return out.String(), status
}
