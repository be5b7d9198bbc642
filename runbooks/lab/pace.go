package lab

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Every delay of the bookstore at pace 1. They are shorter than a cloud's and
// long enough to be felt.
const (
	launching    = 5 * time.Second  // a replacement instance, from request to status check
	rebooting    = 3 * time.Second  // an instance
	restarting   = 1 * time.Second  // any other part
	propagating  = 3 * time.Second  // a changed route
	snapshotting = 30 * time.Second // between two snapshots
	marking      = 1 * time.Second  // between two markers
)

// A pace scales delays: 1 is as documented, 0 is none.
type pace float64

// parsePace reads a pace between 0 and 10.
func parsePace(text string) (pace, error) {
	p, err := strconv.ParseFloat(text, 64)
	if err != nil || !(p >= 0 && p <= 10) {
		return 0, fmt.Errorf("pace %q is not a number between 0 and 10", text)
	}
	return pace(p), nil
}

func (p pace) String() string { return strconv.FormatFloat(float64(p), 'g', -1, 64) }

// of is a delay at this pace.
func (p pace) of(d time.Duration) time.Duration { return time.Duration(float64(p) * float64(d)) }

// cadence is the time between two periodic events: never under floor, so that
// pace 0 does not spin, and never over d, which is what playbooks promise.
func (p pace) cadence(d, floor time.Duration) time.Duration {
	return min(d, max(floor, p.of(d)))
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
