package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goTest is a command that a page gives for a figure: packages and flags.
var goTest = regexp.MustCompile("`go test ([^`]+)`")

// TestCommandsOfThePagesFindTests: whoever repeats a figure finds what made it.
func TestCommandsOfThePagesFindTests(t *testing.T) {
	for _, page := range []string{"docs/reliability.md", "docs/performance.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		commands := goTest.FindAllSubmatch(text, -1)
		if len(commands) == 0 {
			t.Errorf("%s has no command", page)
		}
		for _, command := range commands {
			words := strings.Fields(strings.NewReplacer(`\|`, "|", "'", "").Replace(string(command[1])))
			for i, word := range words {
				if word != "-run" && word != "-bench" || i+1 == len(words) || words[i+1] == "xxx" {
					continue
				}
				if kind := map[string]string{"-run": "Test", "-bench": "Benchmark"}[word]; !names(t, words[0], kind, words[i+1]) {
					t.Errorf("%s: nothing in %s is found by %s %s", page, words[0], word, words[i+1])
				}
			}
		}
	}
}

// names reports whether each alternative of a pattern names a test of a package.
func names(t *testing.T, dir, kind, pattern string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for one := range strings.SplitSeq(pattern, "|") {
		one, _, _ = strings.Cut(one, "/") // of a benchmark of several sizes, all of it
		one, last := strings.CutSuffix(one, "$")
		end := `\w*\(`
		if last {
			end = `\(`
		}
		if !regexp.MustCompile(`(?m)^func ` + kind + `\w*` + one + end).MatchString(all.String()) {
			return false
		}
	}
	return true
}
