package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"

	"bythebook/exec"
	"bythebook/runbook/read"
)

// A guarded performer runs no command while a file of the frozen copy that
// commands may run is not what the record says it was. The playbook itself is
// not among them: its commands are in memory, from the bytes that were hashed.
type guarded struct {
	exec.Performer
	dir   string // of the exercise
	began exec.Began
}

// Prepare looks at every byte of those files before a command may start.
func (g guarded) Prepare(ctx context.Context, job exec.Job) ([]exec.Body, error) {
	if !job.Step.Kind.Commands() {
		return g.Performer.Prepare(ctx, job)
	}
	for _, sum := range g.began.Sums {
		if sum.Path == g.began.Main {
			continue
		}
		if is := frozenDigest(g.dir, sum.Path); is != sum.SHA256 {
			return []exec.Body{exec.CopyChanged{Path: sum.Path, SHA256: is}},
				fmt.Errorf("%s was changed after the exercise began, in its frozen copy (%s); nothing runs from that until it is as it was", sum.Path, path.Join(g.dir, "playbook"))
		}
	}
	return g.Performer.Prepare(ctx, job)
}

// frozenDigest is the SHA-256 of a file of the frozen copy, "" where it can't be
// read.
func frozenDigest(dir, name string) string {
	text, err := read.Bytes(dir, path.Join("playbook", name))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
