package shell

import (
	"os/exec"
	"strings"
)

// unclosed says whether a text ends within a here-document. Bash only warns of
// that, takes the rest for the document and may well end with 0. So it is asked,
// with nothing run, what it makes of the text and two semicolons after it: those
// are an error wherever they are not swallowed.
func unclosed(bash, text string) bool {
	if !strings.Contains(text, "<<") {
		return false
	}
	ask := exec.Command(bash, "--norc", "--noprofile", "-n")
	ask.Env = []string{"LC_ALL=C"}
	ask.Stdin = strings.NewReader(text + "\n;;\n")
	return ask.Run() == nil
}
