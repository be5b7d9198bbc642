package lab

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// zombie is SZOMB of sys/proc.h: ended, its status not yet asked for.
const zombie = 5

// bornAt is the start time of a process, in microseconds since 1970. A process
// that has ended is none, even while its parent has not asked for its status.
func bornAt(pid int) (string, error) {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return "", fmt.Errorf("look at process %d: %w", pid, err)
	}
	if info.Proc.P_stat == zombie {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	start := info.Proc.P_starttime
	return fmt.Sprintf("%d.%06d", start.Sec, start.Usec), nil
}
