package clean

import (
	"os/exec"
	"testing"
)

// TestWord: a shell makes of a word what was meant, and nothing happens.
func TestWord(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	for word, want := range map[string]string{
		"":                        "",
		"runbooks/shop.yaml":      "runbooks/shop.yaml",
		"--as":                    "--as",
		"a b":                     "a b",
		"$(echo gone) `ls` $HOME": "$(echo gone) `ls` $HOME",
		"it's; echo 'no'":         "it's; echo 'no'",
		"~root":                   "~root",
		"=ls":                     "=ls",
		`"\n"`:                    `"\n"`,
		"two\nlines":              "two^Jlines",
		"\x1b[2J\u202e":           "^[[2J<U+202E>",
	} {
		got, err := exec.Command(bash, "-c", "printf %s "+Word(word)).Output()
		if err != nil || string(got) != want {
			t.Errorf("%q is written %s, and read as %q (%v); want %q", word, Word(word), got, err, want)
		}
	}
}
