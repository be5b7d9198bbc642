package check

import (
	"testing"

	"bythebook/runbook"
)

func TestTameValues(t *testing.T) {
	for _, tt := range []struct {
		pattern        string
		input, capture bool
	}{
		{"", false, false},
		{"[0-9]+", true, true},
		{`v[0-9]+(\.[0-9]+)*|latest`, true, true},
		{"ledger-(staging|production)", true, true},
		{".+", false, false},
		{`\S+`, false, false},
		{`[^ ]*`, false, false},
		{"[a-z ]+", false, false},
		{"it's", false, false},
		{`host: ([a-z-]+)`, false, true}, // of a capture, only the group is the value
		{`([a-z]+) .*`, false, true},
		{"(", false, false},
	} {
		if got := tameInput(runbook.Input{Pattern: tt.pattern}); got != tt.input {
			t.Errorf("an input of %q: tame %v", tt.pattern, got)
		}
		if got := tameCapture(runbook.Capture{Pattern: tt.pattern}); got != tt.capture {
			t.Errorf("a capture of %q: tame %v", tt.pattern, got)
		}
	}
}
