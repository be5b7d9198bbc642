package exec

import "context"

// A Simulation performs nothing: every outcome is simulated, and says so.
type Simulation struct{}

// Prepare opens nothing.
func (Simulation) Prepare(context.Context, Job) ([]Body, error) { return nil, nil }

// Perform executes nothing.
func (Simulation) Perform(context.Context, Job) Result {
	return Result{StepEnded: StepEnded{Outcome: Exited, Evidence: "none", Simulated: true}}
}

// Tail is empty.
func (Simulation) Tail() Glimpse { return Glimpse{} }

// Relayed is ignored.
func (Simulation) Relayed(bool) {}

// Type is ignored.
func (Simulation) Type([]byte) error { return nil }

// Interrupt is ignored.
func (Simulation) Interrupt() {}

// Resize is ignored.
func (Simulation) Resize(int, int) {}

// Survivors are none: nothing was started.
func (Simulation) Survivors([]Survivor) []Survivor { return nil }

// Close has nothing to close.
func (Simulation) Close() error { return nil }
