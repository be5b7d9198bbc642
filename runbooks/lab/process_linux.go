package lab

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// bornAt is the start time of a process, in clock ticks since the machine
// started. A process that has ended is none, even while its parent has not
// asked for its status.
func bornAt(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", fmt.Errorf("look at process %d: %w", pid, err)
	}
	// The name in parentheses may hold anything, so fields count from its end.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return fields[19], nil
}
