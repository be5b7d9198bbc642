package runbooks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/exec/match"
	"bythebook/runbook"
	"bythebook/runbook/read"
	"bythebook/runbooks/lab"
)

// TestMain lets the test binary be `bythebook lab`, of which the lab's parts
// and the playbook's steps are made.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "lab" {
		env := lab.Env{Dir: os.Getenv("LAB_DIR"), Self: os.Args[0], Pace: 1}
		os.Exit(lab.Main(context.Background(), os.Args[2:], env, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// book reads one of the shipped playbooks.
func book(t *testing.T, path string) *runbook.Playbook {
	t.Helper()
	library, err := read.LibraryFS(Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range library {
		if entry.Path == path && len(entry.Problems) == 0 {
			return entry.Playbook
		} else if entry.Path == path {
			t.Fatal(entry.Problems)
		}
	}
	t.Fatalf("%s is not in the library", path)
	return nil
}

// sheet reads a file of answers.
func sheet(t *testing.T, path string) read.Sheet {
	t.Helper()
	answers, err := read.Answers(path)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestShippedPlaybooksAreUnderstood(t *testing.T) {
	library, err := read.LibraryFS(Files)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, entry := range library {
		if len(entry.Problems) > 0 {
			t.Error(entry.Problems)
			continue
		}
		ids = append(ids, entry.Playbook.ID)
	}
	if want := []string{"bookstore-corrected", "etcd", "postgresql", "practice", "web"}; !slices.Equal(ids, want) {
		t.Errorf("shipped are %v, want %v", ids, want)
	}
}

// plays are the ways in which the practice playbook is played: each scenario,
// and where it branches each of its branches, by a file of answers.
var plays = []struct {
	scenario, answers string
	loses             bool     // data is lost, and the recovery point has to say so
	captures          []string // beside the recovery point
	notices           []string // steps that are not as documented where nothing failed
}{
	{"api-failure", "practice.answers.yaml", false, []string{"NEW_API"}, []string{"check-public", "list-parts", "restart-api"}},
	{"database-failure", "practice-database.answers.yaml", false, []string{"SNAPSHOT", "NEWEST"}, []string{"check-books", "list-parts"}},
	{"database-failure", "practice-database-file.answers.yaml", true, []string{"SNAPSHOT", "NEWEST"}, []string{"check-books", "list-parts"}},
	{"cdn-failure", "practice-cdn.answers.yaml", false, nil, []string{"check-books", "list-parts"}},
	{"cdn-failure", "practice-cdn-files.answers.yaml", true, nil, []string{"check-books", "list-parts"}},
	{"search-failure", "practice-search.answers.yaml", false, nil, []string{"check-health", "see-all-books", "see-warning"}},
}

// Every scenario is played, and every answer to its decisions but one, which
// a person gives hours later, is given in some play.
func TestEveryScenarioIsPlayed(t *testing.T) {
	given := map[string]bool{}
	for _, p := range plays {
		given[p.scenario] = true
		for id, answer := range sheet(t, p.answers).Steps {
			if answer.Do == read.DoChoose {
				given[fmt.Sprintf("%s %s %d", p.scenario, id, answer.Choice)] = true
			}
		}
	}
	left := []string{}
	for _, scenario := range book(t, "practice.yaml").Scenarios {
		if !given[scenario.ID] {
			left = append(left, scenario.ID)
		}
		for _, step := range scenario.Steps {
			for i := range step.Answers {
				if key := fmt.Sprintf("%s %s %d", scenario.ID, step.ID, i+1); !given[key] {
					left = append(left, key)
				}
			}
		}
	}
	if want := []string{"api-failure which-failure 2", "search-failure how-long 2"}; !slices.Equal(left, want) {
		t.Errorf("not played are %v, want %v", left, want)
	}
}

// Whatever an unattended exercise would be asked on its way has an answer, and
// no answer is left over.
func TestAnswersAreComplete(t *testing.T) {
	for _, p := range plays {
		scenario, _ := book(t, "practice.yaml").Scenario(p.scenario)
		answers := sheet(t, p.answers)
		if answers.RunChanges {
			t.Errorf("%s runs every change, named or not", p.answers)
		}
		w := walk{T: t, scenario: scenario, answers: answers}
		var want []string
		for at := 0; at < len(scenario.Steps); at = w.next(at) {
			step := scenario.Steps[at]
			changes := step.Effect == runbook.Change || step.Effect == runbook.Final
			if step.If != "" || changes || step.Kind == runbook.Decide || step.Kind == runbook.Manual {
				want = append(want, step.ID)
			}
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(answers.Steps)); !slices.Equal(got, want) {
			t.Errorf("answered by %s are %v, want %v", p.answers, got, want)
		}
	}
}

// A reader is told for each step what it takes and what is expected.
func TestPracticeIsAGoodExample(t *testing.T) {
	for _, scenario := range book(t, "practice.yaml").Scenarios {
		if n := len(scenario.Steps); n < 10 || n > 18 {
			t.Errorf("%s: %d steps are not about three minutes by hand", scenario.ID, n)
		}
		var planned time.Duration
		for _, step := range scenario.Steps {
			planned += step.Estimate
			if step.Do == "" || step.Estimate == 0 {
				t.Errorf("%s: %s has no instruction or no estimate", scenario.ID, step.ID)
			}
			if step.Kind.Commands() && !step.Expect.Stated {
				t.Errorf("%s: %s does not say what to expect", scenario.ID, step.ID)
			}
			if step.Kind.Commands() && step.Timeout+step.Within < step.Estimate {
				t.Errorf("%s: %s has no limit, or one below its estimate", scenario.ID, step.ID)
			}
			if step.Effect == runbook.Change && step.Rollback == "" && step.Procedure != runbook.Inject {
				t.Errorf("%s: %s changes something and does not say how to undo it", scenario.ID, step.ID)
			}
		}
		if planned < 2*time.Minute || planned > 5*time.Minute {
			t.Errorf("%s: planned are %s, want three to five minutes", scenario.ID, planned)
		}
	}
}

// The practice playbook, carried out against a real bookstore by its answers:
// every step shows what it documents.
func TestPracticeIsAsDocumented(t *testing.T) {
	for _, p := range plays {
		t.Run(strings.TrimSuffix(p.answers, ".answers.yaml"), func(t *testing.T) {
			w := begin(t, p.scenario, p.answers)
			if p.loses {
				w.mark()
			}
			began := time.Now()
			for at := 0; at < len(w.scenario.Steps); {
				at = w.step(at)
			}
			for _, name := range p.captures {
				if w.values[name] == "" {
					t.Error("no value was captured for", name)
				}
			}
			at, err := time.Parse(time.RFC3339, w.values["RECOVERY_POINT"])
			if err != nil || time.Since(at) > time.Minute {
				t.Errorf("the recovery point is %s, %v", at, err)
			}
			if lost := at.Before(began); lost != p.loses {
				t.Errorf("the recovery point is %s, and the failure came after %s", at, began)
			}
		})
	}
}

// Without the failure, what the playbook documents of it is not seen: its
// expectations are about the bookstore, not about the commands.
func TestPracticeNoticesThatNothingFailed(t *testing.T) {
	for _, p := range plays {
		w := begin(t, p.scenario, p.answers)
		for _, id := range p.notices {
			step := w.scenario.Steps[w.scenario.Find(id)]
			if out, why := w.try(t.Context(), step); why == "" {
				t.Errorf("%s: %s is as documented though nothing failed:\n%s", p.scenario, id, out)
			}
		}
	}
}

// A walk carries out a scenario by its answers.
type walk struct {
	*testing.T
	scenario *runbook.Scenario
	answers  read.Sheet
	env      []string
	values   map[string]string
}

// begin starts a bookstore of the test's own, ten times as fast as documented.
func begin(t *testing.T, scenario, answers string) walk {
	t.Helper()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, "is not installed")
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	store, err := lab.Up(t.Context(), filepath.Join(t.TempDir(), "lab"), self, 0.1, "ex-20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close(true) })
	s, ok := book(t, "practice.yaml").Scenario(scenario)
	if !ok {
		t.Fatal("there is no scenario", scenario)
	}
	w := walk{T: t, scenario: s, answers: sheet(t, answers), values: map[string]string{}}
	w.env = append(append(os.Environ(), store.Env()...), "PATH="+store.Bin()+":"+os.Getenv("PATH"))
	return w
}

// step carries out one step and says which is next.
func (w walk) step(at int) int {
	step := w.scenario.Steps[at]
	if step.Kind.Commands() && w.answers.Steps[step.ID].Do != read.DoNo {
		w.command(step)
	}
	return w.next(at)
}

// next is the step that follows one, by the answers.
func (w walk) next(at int) int {
	step := w.scenario.Steps[at]
	answer := w.answers.Steps[step.ID]
	switch {
	case step.If != "" && answer.Do == read.DoNo:
		return w.scenario.Resolve(at, runbook.Next)
	case step.Kind == runbook.Decide:
		return w.scenario.Resolve(at, step.Answers[answer.Choice-1].Go)
	}
	return w.scenario.Resolve(at, step.Then)
}

// mark waits until the database has written something that is in no snapshot
// yet: a loss then loses something.
func (w walk) mark() {
	w.Helper()
	written := runbook.Step{Run: "bythebook lab recovery-point", Expect: runbook.Expect{Matches: []string{"marker ([3-9]|[0-9]{2,})"}}}
	for {
		if _, why := w.try(w.Context(), written); why == "" {
			return
		} else if w.Context().Err() != nil {
			w.Fatal(why)
		}
	}
}

// command runs a step's command until it shows what is expected, once where
// the step does not say to try again.
func (w walk) command(step runbook.Step) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	for {
		out, why := w.try(ctx, step)
		if why == "" {
			for _, c := range step.Capture {
				w.values[c.Name], _ = match.Capture(c, out)
			}
			return
		}
		if step.Kind != runbook.Until || ctx.Err() != nil {
			w.Fatalf("%s: %s\n%s", step.ID, why, out)
		}
	}
}

// try runs a step's command, and says in what its output differs from what is
// documented.
func (w walk) try(ctx context.Context, step runbook.Step) (out, why string) {
	cmd := exec.CommandContext(ctx, "bash", "-c", step.Run)
	cmd.Env = w.env
	for name, value := range w.values {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return string(text), err.Error()
	}
	r := match.Compare(step.Expect, match.Got{Exit: cmd.ProcessState.ExitCode(), HasExit: true, Text: string(text), Values: w.values})
	for _, c := range r.Checks {
		if !c.OK {
			return string(text), fmt.Sprintf("%s: expected %s, saw %s", c.Mode, c.Want, c.Seen)
		}
	}
	return string(text), ""
}
