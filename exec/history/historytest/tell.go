package historytest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
)

// most is how many steps a Spec may take. One that answers a decision so that
// the document leads back again and again would never end.
const most = 10_000

// Events are what the record of an exercise holds.
func Events(t testing.TB, id string, spec Spec) []exec.Event {
	t.Helper()
	spec.Kind, spec.Rule = cmp.Or(spec.Kind, exec.Rehearsal), cmp.Or(spec.Rule, exec.Strict)
	spec.Operator, spec.Ends = cmp.Or(spec.Operator, "bob"), cmp.Or(spec.Ends, exec.Completed)
	spec.Scenario = cmp.Or(spec.Scenario, spec.Text.Playbook.Scenarios[0].ID)
	s := &teller{Spec: spec, at: spec.At.UTC().Truncate(time.Microsecond), state: exec.New(spec.Text.Playbook), failed: map[string]bool{}}
	s.event("", spec.began(id))
	if s.state.Scenario == nil {
		t.Fatalf("the playbook %s has no scenario %s", spec.Text.Playbook.ID, spec.Scenario)
	}
	s.start()
	for n := 0; ; n++ {
		step, open := s.state.Current()
		if !open || step.ID == spec.Stops {
			break
		}
		if n == most {
			t.Fatalf("exercise %s does not come to an end; it is at step %s", id, step.ID)
		}
		s.step(step)
	}
	s.end()
	return s.events
}

// A teller writes the events of an exercise, one after the other.
type teller struct {
	Spec
	at       time.Time
	state    exec.State
	events   []exec.Event
	terminal bool            // it is open
	failed   map[string]bool // steps that failed already, as the Spec wants it once
}

func (s *teller) event(step string, bodies ...exec.Body) {
	for _, b := range bodies {
		e := exec.Event{Seq: uint64(len(s.events) + 1), At: s.at, Mono: s.at.Sub(s.At), By: s.Operator, Step: step, Body: b}
		s.events, s.state = append(s.events, e), exec.Apply(s.state, e)
	}
}

func (s *teller) after(d time.Duration) { s.at = s.at.Add(d) }

// start gives what is asked for, and the go.
func (s *teller) start() {
	for in, ok := s.state.Wanted(); ok; in, ok = s.state.Wanted() {
		s.event("", exec.InputGiven{Name: in.Name, Value: cmp.Or(in.Default, "some"), Secret: in.Secret != nil, From: "asked"})
	}
	s.after(10 * time.Second)
	s.event("", exec.GateDecided{Gate: "start", Go: true})
	seen, marked := map[string]bool{}, false
	for _, step := range s.state.Scenario.Steps {
		if step.Who != "" && !seen[step.Who] {
			seen[step.Who] = true
			s.event("", exec.RoleTaken{Role: step.Who, Who: s.Operator})
		}
		marked = marked || step.Mark == runbook.Disruption
	}
	if notional := s.state.Began.Kind != exec.Live && s.state.Began.Kind != exec.Incident; !marked || s.state.Began.Kind == exec.Incident {
		s.event("", exec.Marked{Name: string(runbook.Disruption), Instant: s.at, Basis: "told", Notional: notional})
	}
}

// step takes the next thing that the document wants at a step.
func (s *teller) step(step runbook.Step) {
	st := s.state.Step(s.state.At)
	if d, ok := s.Declared[step.ID]; ok && st.Guard == exec.Unasked && st.Visit == 1 && st.Ran == 0 {
		s.event(step.ID, d)
	}
	reason, skipped := s.Skipped[step.ID]
	switch {
	case skipped:
		s.event(step.ID, exec.StepSkipped{Reason: reason})
	case exec.Undecided(step, st):
		answer := exec.Answered{Question: exec.Condition(step), Choice: 1, Say: "yes"}
		if slices.Contains(s.Not, step.ID) {
			answer.Choice, answer.Say = 2, "no"
		}
		s.event(step.ID, answer)
	case len(step.Runs) > 1 && len(st.Blocks) == 0:
		n := max(1, s.Answers[step.ID])
		s.event(step.ID, exec.Answered{Question: exec.WhichBlock, Choice: n, Say: exec.BlockAnswers(step)[n-1]})
	case step.Kind == runbook.Decide:
		n := max(1, s.Answers[step.ID])
		s.after(s.took(step))
		s.event(step.ID, exec.Answered{Question: step.Ask, Choice: n, Say: step.Answers[n-1].Say})
	case step.Kind.Commands() || step.Kind == runbook.Wait:
		s.perform(s.state.Due(s.state.At))
	default:
		s.after(s.took(step))
		s.event(step.ID, exec.StepDone{Simulated: s.state.Began.DryRun})
	}
}

// took is how long a step takes. Several blocks, and several tries, share it.
func (s *teller) took(step runbook.Step) time.Duration {
	d, ok := s.Took[step.ID]
	if !ok {
		d = cmp.Or(exec.Planned(step), time.Minute)
	}
	return d / time.Duration(max(1, s.Tries[step.ID])*max(1, len(s.state.Step(s.state.At).Blocks)))
}

// perform tries a step: as often as it takes, or in vain.
func (s *teller) perform(step runbook.Step) {
	if s.state.Began.DryRun {
		s.event(step.ID, exec.StepBegan{Attempt: 1, Block: s.state.Step(s.state.At).Block(), At: s.state.Step(s.state.At).Terminal(), Command: step.Run})
		s.event(step.ID, exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Evidence: "none", Simulated: true})
		return
	}
	if !s.terminal && step.Kind.Commands() {
		s.terminal = true
		s.event("", exec.TerminalOpened{Name: "local", Shell: "bash", PID: 4712})
	}
	why, fails := s.Failed[step.ID]
	if fails = fails && !s.failed[step.ID]; fails {
		s.failed[step.ID] = true
	}
	for n := 1; n < s.Tries[step.ID]; n++ {
		s.try(step, false)
	}
	s.try(step, !fails)
	switch {
	case fails && why == "":
		s.event(step.ID, exec.Answered{Question: "the expectation was not met", Say: "the documented way out: " + string(step.IfNot)})
	case fails:
		s.event(step.ID, exec.StepDone{Accepted: why})
	}
}

// try is one attempt.
func (s *teller) try(step runbook.Step, well bool) {
	st := s.state.Step(s.state.At)
	n := st.Tries() + 1
	s.event(step.ID, exec.StepBegan{Attempt: n, Block: st.Block(), At: st.Terminal(), Command: step.Run, Confirmed: "y"})
	s.after(s.took(step))
	if !well {
		s.event(step.ID, exec.StepEnded{Attempt: n, Outcome: exec.Exited, Exit: new(99), Evidence: "control", Match: exec.Differs,
			Checks: []exec.Check{{Mode: "exit", Want: "another", Seen: "99"}}, Output: output("it did not work\n")})
		return
	}
	var at time.Time
	if m, ok := s.state.Moment(runbook.Disruption); ok {
		at = m.At.Add(-s.Lost)
	}
	value := at.Format(time.RFC3339Nano)
	for _, c := range step.Capture {
		s.event(step.ID, exec.Captured{Name: c.Name, Value: value})
	}
	if p := step.Point; p != nil {
		s.event(step.ID, exec.PointObserved{Instant: at, Method: p.Method, Every: p.Every, Value: value})
	}
	exit := 0
	if len(step.Expect.Exit) > 0 {
		exit = step.Expect.Exit[0]
	}
	ended := exec.StepEnded{Attempt: n, Outcome: exec.Exited, Exit: &exit, Evidence: "control", Match: exec.Matched,
		Checks: []exec.Check{{Mode: "exit", Want: "as documented", Seen: "as documented", OK: true}}, Output: output(value + " " + step.ID + " is as it should be\n")}
	if step.Kind == runbook.Wait {
		ended = exec.StepEnded{Attempt: n, Outcome: exec.Exited, Evidence: "clock", Match: exec.Matched}
	}
	s.event(step.ID, ended)
}

func output(text string) exec.Output {
	sum := sha256.Sum256([]byte(text))
	return exec.Output{To: int64(len(text)), SHA256: hex.EncodeToString(sum[:]), Lines: strings.Count(text, "\n"), Excerpt: text}
}

// end closes the exercise, or leaves it where it stands.
func (s *teller) end() {
	if s.Ends == exec.Running || s.Ends == exec.Interrupted {
		return
	}
	s.after(5 * time.Second)
	if step, open := s.state.Current(); open && s.Ends == exec.Blocked {
		s.event(step.ID, exec.StepBlocked{Reason: s.Reason})
	}
	s.event("", exec.Ended{Completion: s.Ends, Reason: s.Reason, Digest: s.state.Began.Digest})
}
