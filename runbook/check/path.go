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
	if path == "" || below == "" {
		return path + below
	}
	return path + "." + below
}

// A spot is a step and where it stands.
type spot struct {
	*runbook.Step
	in   *runbook.Scenario
	path string
}

// everyStep is each step of all scenarios, the ways back to safety included.
func (s *subject) everyStep() []spot {
	if s.walked == nil {
		s.walked = spotsOf(s.Playbook)
	}
	return s.walked
}

func spotsOf(book *runbook.Playbook) []spot {
	var all []spot
	for i := range book.Scenarios {
		sc := &book.Scenarios[i]
		for j := range sc.Steps {
			all = append(all, spot{&sc.Steps[j], sc, stepPath(sc, sc.Steps[j].Procedure, j, "")})
		}
		for j := range sc.Abort.Steps {
			all = append(all, spot{&sc.Abort.Steps[j], sc, stepPath(sc, runbook.Aborting, j, "")})
		}
	}
	return all
}
