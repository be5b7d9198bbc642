package check

import (
	"fmt"

	"bythebook/runbook"
)

// scenarioPath is the path of a scenario, or of a value in it.
func scenarioPath(s *runbook.Scenario, below string) string {
	return join("scenarios."+s.ID, below)
}

// stepPath is the path of a step, or of a value in it. i is the step's index
// in the scenario, or among the steps of its way back to safety.
func stepPath(s *runbook.Scenario, procedure runbook.Procedure, i int, below string) string {
	if procedure == runbook.Aborting {
		return join(fmt.Sprintf("scenarios.%s.abort.steps[%d]", s.ID, i), below)
	}
	return join(fmt.Sprintf("scenarios.%s.%s[%d]", s.ID, procedure, i-s.First(procedure)), below)
}

func join(path, below string) string {
	if below == "" {
		return path
	}
	return path + "." + below
}
