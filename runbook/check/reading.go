package check

import (
	"fmt"

	"bythebook/runbook"
)

// A reading is what the checks of procedures look at: every scenario with its
// steps, their paths, what they run and where they lead. It is made once,
// because thirty checks ask the same things of the same text.
type reading struct {
	scenes []*scene
	probes []*script // what runs outside of steps: signals, assumptions, secrets

	// The names of values that are there from the start. A component's endpoint that
	// is a value (http://$HOST/) declares it as the environment's to give.
	inputs map[string]bool
	wild   map[string]bool // inputs and captures that may hold anything
}

// A scene is a scenario under the checks.
type scene struct {
	*runbook.Scenario
	steps  []step // inject, recovery, test and resume, as in Scenario.Steps
	aborts []step // the way back to safety
	flow   flow
}

// A step is one step under the checks.
type step struct {
	*runbook.Step
	path    string
	scripts []*script   // what it runs, in the order of its keys
	prose   instruction // its instruction
}

// at is the path of a value of the step.
func (st *step) at(below string) string { return join(st.path, below) }

// wants is the path of what the step expects.
func (st *step) wants() string {
	if st.Kind == runbook.Until {
		return st.at("until.expect")
	}
	return st.at("expect")
}

// conditional reports whether the document lets the step be left out.
func (st *step) conditional() bool { return st.guarded() || st.Optional }

func (st *step) guarded() bool { return st.If != "" || st.IfProbe != nil }

// all are the scenario's steps and those of its way back.
func (sc *scene) all() []*step {
	var all []*step
	for _, steps := range [][]step{sc.steps, sc.aborts} {
		for i := range steps {
			all = append(all, &steps[i])
		}
	}
	return all
}

// of are the steps of one procedure.
func (sc *scene) of(p runbook.Procedure) []*step {
	var of []*step
	for i := range sc.steps {
		if sc.steps[i].Procedure == p {
			of = append(of, &sc.steps[i])
		}
	}
	return of
}

// procedures is the reading of the playbook.
func (s *subject) procedures() *reading {
	if s.reading != nil {
		return s.reading
	}
	s.reading = &reading{probes: s.probes(), inputs: map[string]bool{}, wild: map[string]bool{}}
	for _, in := range s.Inputs {
		s.reading.inputs[in.Name] = true
		s.reading.wild[in.Name] = !tameInput(in)
	}
	for _, c := range s.Components {
		for _, m := range dollars().FindAllStringSubmatch(c.Endpoint, -1) {
			s.reading.wild[m[1]] = s.reading.wild[m[1]] || !s.reading.inputs[m[1]]
			s.reading.inputs[m[1]] = true
		}
	}
	for i := range s.Scenarios {
		sc := &scene{Scenario: &s.Scenarios[i]}
		sc.steps = readSteps(sc.ID, sc.Steps)
		sc.aborts = readSteps(sc.ID, sc.Abort.Steps)
		sc.flow = follow(sc)
		s.reading.scenes = append(s.reading.scenes, sc)
		for _, st := range sc.all() {
			for _, c := range st.Capture {
				s.reading.wild[c.Name] = s.reading.wild[c.Name] || !tameCapture(c)
			}
		}
	}
	return s.reading
}

// eachStep looks at every step of every scenario.
func (s *subject) eachStep(look func(*scene, *step)) {
	for _, sc := range s.procedures().scenes {
		for _, st := range sc.all() {
			look(sc, st)
		}
	}
}

// readSteps pairs steps with their paths, and reads what they run.
func readSteps(scenario string, from []runbook.Step) []step {
	steps := make([]step, len(from))
	count := map[runbook.Procedure]int{}
	for i := range from {
		p := from[i].Procedure
		list := string(p)
		if p == runbook.Aborting {
			list = "abort.steps"
		}
		steps[i] = step{Step: &from[i], prose: tell(from[i].Do), path: fmt.Sprintf("scenarios.%s.%s[%d]", scenario, list, count[p])}
		count[p]++
		steps[i].scripts = scriptsOf(&steps[i])
	}
	return steps
}

// scriptsOf reads what a step runs. What another interpreter runs is left
// alone: it is no shell text.
func scriptsOf(st *step) []*script {
	var all []*script
	add := func(text, below string, wants *runbook.Expect) {
		if text != "" && isShell(st.In.Shell) {
			all = append(all, readScript(text, st.at(below), wants))
		}
	}
	switch {
	case len(st.Runs) > 0:
		for i, text := range st.Runs {
			add(text, fmt.Sprintf("runs[%d]", i), &st.Expect)
		}
	case st.Kind == runbook.Until:
		add(st.Run, "until.run", &st.Expect)
	default:
		add(st.Run, "run", &st.Expect)
	}
	if st.IfProbe != nil {
		add(st.IfProbe.Run, "if.run", &st.IfProbe.Expect)
	}
	return all
}

// probes reads what runs outside of steps.
func (s *subject) probes() []*script {
	var all []*script
	add := func(text, path string, wants *runbook.Expect) {
		if text != "" {
			all = append(all, readScript(text, path, wants))
		}
	}
	for i := range s.Signals {
		sig := &s.Signals[i]
		add(sig.Run, "signals."+sig.ID+".run", &sig.Expect)
	}
	for i := range s.Inputs {
		if in := &s.Inputs[i]; in.Secret != nil {
			add(in.Secret.Command, "inputs."+in.Name+".secret.command", &runbook.Expect{})
		}
	}
	for i := range s.Scenarios {
		for j, a := range s.Scenarios[i].Assumptions {
			if a.Probe != nil {
				add(a.Probe.Run, scenarioPath(&s.Scenarios[i], fmt.Sprintf("assumptions[%d].run", j)), &a.Probe.Expect)
			}
		}
	}
	return all
}
