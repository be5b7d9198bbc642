package runbook

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
)

// A Copy is the frozen text of a playbook: the bytes of its file and of every
// file it names, by the path they are agreed under. What is hashed is what is
// parsed and run, so these bytes are read once and never again from their paths.
type Copy struct {
	Main  string            // the playbook's own path in Files
	Files map[string][]byte // by slash-separated path, relative to the playbook
}

// Digest is the SHA-256 of the lines that sha256sum would print for the files,
// sorted; it is what people agree to and what an exercise is bound to.
func (c Copy) Digest() string {
	sum := sha256.Sum256([]byte(strings.Join(c.Sums(), "")))
	return hex.EncodeToString(sum[:])
}

// Sums are the sorted lines of sha256sum for the files, newlines included.
func (c Copy) Sums() []string {
	lines := make([]string, 0, len(c.Files))
	for path, text := range c.Files {
		sum := sha256.Sum256(text)
		lines = append(lines, hex.EncodeToString(sum[:])+"  "+path+"\n")
	}
	sort.Strings(lines)
	return lines
}
