package shell

import (
	"os"
	"path/filepath"
	"strings"
)

// Have reports whether a program of that name, or at that path, can be found by
// commands whose PATH is path.
func Have(program, path string) bool {
	if strings.Contains(program, "/") {
		return executable(program)
	}
	for _, dir := range filepath.SplitList(path) {
		if dir == "" {
			dir = "."
		}
		if executable(filepath.Join(dir, program)) {
			return true
		}
	}
	return false
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
