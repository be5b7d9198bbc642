package runbook

import "encoding/json"

// An Expect is what must be seen for a step to count as done as documented.
// The zero value is "nothing was documented", which still wants exit 0.
type Expect struct {
	Stated   bool  // somebody wrote an expectation
	AnyExit  bool  // exit: any
	Exit     []int // statuses that count; empty means 0
	Lines    string
	Exact    string
	Contains []string
	Absent   []string
	Matches  []string        // RE2
	JSON     json.RawMessage // a subset of the output
}

// Text reports whether the expectation looks at output at all.
func (e Expect) Text() bool {
	return e.Lines != "" || e.Exact != "" || len(e.Contains)+len(e.Absent)+len(e.Matches) > 0 || len(e.JSON) > 0
}
