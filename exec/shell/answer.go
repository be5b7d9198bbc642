package shell

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// answerLimit is how long a command may take to answer, and how long it may
// hold its output open after that.
const answerLimit, answerGrace = time.Minute, time.Second

// Answer is what a command prints, without the line feeds at its end. It is a
// process of its own, outside of any terminal: nothing of it is shown or kept.
func Answer(ctx context.Context, dir string, env []string, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, env, answerGrace
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch said := strings.TrimSpace(errs.String()); {
	case ctx.Err() != nil:
		return "", fmt.Errorf("it did not answer within %s", answerLimit)
	case err != nil && said != "":
		return "", fmt.Errorf("%w: %s", err, said)
	case err != nil:
		return "", err
	}
	return strings.TrimRight(out.String(), "\r\n"), nil
}
