package cli

import (
	"errors"

	"bythebook/exec"
)

// The exit statuses of run, resume and practice; of several that hold, the
// first in this order.
const (
	exitUsage       = 2 // wrong usage
	exitError       = 1 // an error; nothing is lost
	exitInterrupted = 5 // left, can be resumed
	exitIncomplete  = 4 // blocked, aborted, or declined at a gate
	exitMissed      = 3 // an objective missed, or a mandatory test failed
	exitDeviated    = 6 // objectives met, but the playbook is not validated as written
	exitOK          = 0
)

// exitOf is the status for an exercise as it stands.
func exitOf(s exec.State) int {
	v := exec.Judge(s)
	switch {
	case v.Completion == exec.Running:
		return exitInterrupted
	case v.Completion != exec.Completed:
		return exitIncomplete
	case s.Began.DryRun:
		return exitOK
	case v.Outcome == exec.Missed || s.TestFailed():
		return exitMissed
	case v.Fidelity == exec.MaterialDeviations:
		return exitDeviated
	}
	return exitOK
}

// A usageError is a mistake in how the program was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// An exitStatus is an ending that was told already.
type exitStatus int

func (exitStatus) Error() string { return "" }

// statusOf is the exit status for whatever a command returned, and whether its
// words are still to be printed.
func statusOf(err error) (status int, tell bool) {
	var ended exitStatus
	var usage usageError
	var no declined
	switch {
	case err == nil:
		return exitOK, false
	case errors.As(err, &ended):
		return int(ended), false
	case errors.As(err, &usage):
		return exitUsage, true
	case errors.As(err, &no):
		return exitIncomplete, true
	}
	return exitError, true
}
