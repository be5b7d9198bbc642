package exec

import "time"

// A Median is how long a step took in earlier exercises, half of which were
// faster and half slower.
type Median struct {
	Took time.Duration
	Of   int // exercises
}
