package shell

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// Isolate carries a step out as a process of its own: an interpreter, with its
// words, is given the text as a file. So a step can be written in any language,
// and what it sets is gone with it. The session does nothing else, and is for
// its caller to close.
func (s *Session) Isolate(ctx context.Context, in Place, interpreter, text string, vars []string, limit time.Duration) Outcome {
	words := strings.Fields(interpreter)
	if len(words) == 0 {
		words = []string{"bash"}
	}
	script, err := os.CreateTemp("", "bythebook-*.txt") // mode 0600
	if err != nil {
		return s.refuse(Unknown, fmt.Sprintf("writing it to a file: %v", err))
	}
	defer os.Remove(script.Name())
	_, err = script.WriteString(text)
	if e := script.Close(); e != nil && err == nil {
		err = e
	}
	if err != nil {
		return s.refuse(Unknown, fmt.Sprintf("writing it to a file: %v", err))
	}
	command := ""
	for _, w := range append(words, script.Name()) {
		command += quote(w) + " "
	}
	return s.RunIn(ctx, in, strings.TrimSpace(command), vars, limit)
}
