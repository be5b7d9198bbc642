package runbooks

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

// sheet reads the practice playbook's answers.
func sheet(t *testing.T) read.Sheet {
	t.Helper()
	answers, err := read.Answers("practice.answers.yaml")
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

// Whatever an unattended exercise would be asked has an answer, and no answer
// is left over.
func TestAnswersAreComplete(t *testing.T) {
	scenario, _ := book(t, "practice.yaml").Scenario("api-failure")
	answers := sheet(t)
	if answers.RunChanges {
		t.Error("the answers run every change, named or not")
	}
	var want []string
	for _, step := range scenario.Steps {
		changes := step.Effect == runbook.Change || step.Effect == runbook.Final
		if step.If != "" || changes || step.Kind == runbook.Decide || step.Kind == runbook.Manual {
			want = append(want, step.ID)
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(answers.Steps)); !slices.Equal(got, want) {
		t.Errorf("answered are %v, want %v", got, want)
	}
}

// A reader is told for each step what it takes and what is expected.
func TestPracticeIsAGoodExample(t *testing.T) {
	scenario, _ := book(t, "practice.yaml").Scenario("api-failure")
	if n := len(scenario.Steps); n < 14 || n > 18 {
		t.Errorf("%d steps are not about three minutes by hand", n)
	}
	var planned time.Duration
	for _, step := range scenario.Steps {
		planned += step.Estimate
		if step.Do == "" || step.Estimate == 0 {
			t.Errorf("%s has no instruction or no estimate", step.ID)
		}
		if step.Kind.Commands() && !step.Expect.Stated {
			t.Errorf("%s does not say what to expect", step.ID)
		}
	}
	if planned < 2*time.Minute || planned > 5*time.Minute {
		t.Errorf("planned are %s, want about three minutes", planned)
	}
}

// The practice playbook, carried out against a real bookstore by its answers:
// every step shows what it documents.
func TestPracticeIsAsDocumented(t *testing.T) {
	w := begin(t)
	for at := 0; at < len(w.scenario.Steps); {
		at = w.step(at)
	}
	if w.values["NEW_API"] == "" {
		t.Error("no new instance's address was captured")
	}
	if at, err := time.Parse(time.RFC3339, w.values["RECOVERY_POINT"]); err != nil || time.Since(at) > time.Minute {
		t.Errorf("the recovery point is %s, %v", at, err)
	}
}

// Without the failure, what the playbook documents of it is not seen: its
// expectations are about the bookstore, not about the commands.
func TestPracticeNoticesThatNothingFailed(t *testing.T) {
	w := begin(t)
	for _, id := range []string{"check-public", "restart-api"} {
		step := w.scenario.Steps[w.scenario.Find(id)]
		if out, why := w.try(t.Context(), step); why == "" {
			t.Errorf("%s is as documented though nothing failed:\n%s", id, out)
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

// begin starts a bookstore of the test's own.
func begin(t *testing.T) walk {
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
	store, err := lab.Up(t.Context(), filepath.Join(t.TempDir(), "lab"), self, 0, "ex-20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close(true) })
	scenario, _ := book(t, "practice.yaml").Scenario("api-failure")
	w := walk{T: t, scenario: scenario, answers: sheet(t), values: map[string]string{}}
	w.env = append(append(os.Environ(), store.Env()...), "PATH="+store.Bin()+":"+os.Getenv("PATH"))
	return w
}

// step carries out one step and says which is next.
func (w walk) step(at int) int {
	step := w.scenario.Steps[at]
	answer := w.answers.Steps[step.ID]
	if step.If != "" && answer.Do == read.DoNo {
		return w.scenario.Resolve(at, runbook.Next)
	}
	switch step.Kind {
	case runbook.Decide:
		return w.scenario.Resolve(at, step.Answers[answer.Choice-1].Go)
	case runbook.Run, runbook.Until:
		w.command(step)
	}
	return w.scenario.Resolve(at, step.Then)
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
				found := regexp.MustCompile(c.Pattern).FindAllString(out, -1)
				w.values[c.Name] = found[len(found)-1]
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
	want := step.Expect.Exit
	if len(want) == 0 {
		want = []int{0}
	}
	if got := cmd.ProcessState.ExitCode(); !slices.Contains(want, got) {
		return string(text), cmd.ProcessState.String()
	}
	return string(text), w.differs(step.Expect, string(text))
}

func (w walk) differs(e runbook.Expect, out string) string {
	for _, part := range e.Contains {
		if part = os.Expand(part, func(name string) string { return w.values[name] }); !strings.Contains(out, part) {
			return "the output does not contain " + part
		}
	}
	for _, pattern := range e.Matches {
		if !regexp.MustCompile(pattern).MatchString(out) {
			return "the output does not match " + pattern
		}
	}
	if len(e.JSON) == 0 {
		return ""
	}
	var want, got map[string]string
	if err := errors.Join(json.Unmarshal(e.JSON, &want), json.Unmarshal([]byte(out), &got)); err != nil {
		return err.Error()
	}
	for name, value := range want {
		if got[name] != value {
			return name + " is " + got[name]
		}
	}
	return ""
}
