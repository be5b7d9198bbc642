package exec_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/runbook/read"

	"github.com/rogpeppe/go-internal/txtar"
)

// update rewrites what scripts want; look at the difference before keeping it.
var update = flag.Bool("update", false, "rewrite the expectations of scripts")

// began is when every scripted exercise begins.
var began = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// inShop is what comes before the steps of a playbook of one scenario.
const inShop = `
playbook: shop
title: Shop
scenarios:
  down:
    title: Down
    recovery:
`

// loadBook parses a playbook that a test keeps as YAML.
func loadBook(t testing.TB, text []byte) *runbook.Playbook {
	t.Helper()
	book, problems := read.Parse(runbook.Copy{Main: "book.yaml", Files: map[string][]byte{"book.yaml": text}})
	if len(problems) > 0 {
		t.Fatalf("the test's playbook: %v", problems)
	}
	return book
}

func shop(t testing.TB) *runbook.Playbook {
	t.Helper()
	text, err := os.ReadFile("testdata/book.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return loadBook(t, text)
}

// A script is an exercise told in lines: `+90s ended look exit 7`. Times are
// offsets from the beginning. play folds it.
func play(t testing.TB, book *runbook.Playbook, script string) (exec.State, []exec.Event) {
	t.Helper()
	s := exec.New(book)
	var events []exec.Event
	for n, line := range strings.Split(script, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		offset, err := time.ParseDuration(strings.TrimPrefix(words[0], "+"))
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		e := event(t, book, words[1:])
		e.Seq, e.At, e.Mono = uint64(len(events)+1), began.Add(offset), offset
		if e.By == "" {
			e.By = "bob"
		}
		events = append(events, e)
		s = exec.Apply(s, e)
	}
	return s, events
}

// event reads one line of a script: a verb, a step where the verb has one, and
// the rest.
func event(t testing.TB, book *runbook.Playbook, words []string) exec.Event {
	t.Helper()
	verb, words := words[0], words[1:]
	by := ""
	if len(words) > 0 && strings.HasPrefix(words[len(words)-1], "by=") {
		by, words = strings.TrimPrefix(words[len(words)-1], "by="), words[:len(words)-1]
	}
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	rest := func(i int) string { return strings.Join(words[min(i, len(words)):], " ") }
	e := exec.Event{By: by, Step: arg(0)}
	switch verb {
	case "exercise":
		errors := 0
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "errors=") }); i >= 0 {
			errors, _ = strconv.Atoi(words[i][len("errors="):])
		}
		e.Step, e.Body = "", exec.Began{
			Format: 1, Exercise: "ex-20261123-1", Playbook: book.ID, Scenario: book.Scenarios[0].ID, Digest: "d0", Operator: "bob",
			Kind: exec.Type(arg(0)), Rule: exec.Rule(arg(1)), DryRun: arg(2) == "dry", Agreement: agreement(words), Errors: errors,
		}
	case "go":
		e.Step, e.Body = "", exec.GateDecided{Gate: exec.GateStart, Go: true}
	case "override":
		e.Step, e.Body = "", exec.GateDecided{Gate: arg(0), Go: true, Agreed: arg(1), Reason: rest(2)}
	case "given":
		e.Step, e.Body = "", exec.InputGiven{Name: arg(0), Value: arg(1), From: "asked"}
		if arg(1) == "secret" {
			e.Body = exec.InputGiven{Name: arg(0), Secret: true, From: "asked"}
		}
	case "role":
		e.Step, e.Body = "", exec.RoleTaken{Role: arg(0), Who: arg(1)}
	case "mark":
		at, err := time.ParseDuration(arg(1))
		if err != nil {
			t.Fatal(err)
		}
		e.Step, e.Body = "", exec.Marked{Name: arg(0), Instant: began.Add(at), Basis: "told", Notional: arg(2) == "notional"}
	case "begin":
		block, _ := strconv.Atoi(arg(1))
		e.Body = exec.StepBegan{Attempt: 1, Block: block, Command: "..."}
	case "end":
		e.Body = ended(t, words[1:])
	case "done":
		e.Body = exec.StepDone{Text: rest(1)}
	case "accept":
		e.Body = exec.StepDone{Accepted: rest(1)}
	case "approve":
		e.Body = exec.Approved{Who: arg(1)}
	case "refuse":
		e.Body = exec.Approved{Who: arg(1), Refused: true, Reason: rest(2)}
	case "skip":
		e.Body = exec.StepSkipped{Reason: rest(1)}
	case "block":
		e.Body = exec.StepBlocked{Reason: rest(1)}
	case "unknown":
		e.Body = exec.StepUnknown{Reason: "nobody saw"}
	case "resolve":
		e.Body = exec.StepResolved{Done: arg(1) == "done"}
	case "answer":
		n, err := strconv.Atoi(arg(1))
		if err != nil {
			t.Fatal(err)
		}
		e.Body = exec.Answered{Choice: n}
	case "point":
		at, err := time.ParseDuration(arg(1))
		if err != nil {
			t.Fatal(err)
		}
		e.Body = exec.PointObserved{Instant: began.Add(at), Method: "marker", Every: time.Second}
	case "deviate":
		e.Body = exec.Deviated{Kind: strings.ReplaceAll(arg(1), "_", " "), What: "something", Reason: rest(2)}
	case "altered":
		e.Body = exec.CopyChanged{Path: arg(1)}
	case "resumed":
		e.Step, e.Body = "", exec.Resumed{Digest: arg(0)}
	case "hold":
		e.Step, e.Body = "", exec.Held{Reason: rest(0)}
	case "abort":
		e.Step, e.Body = "", exec.Aborting{Reason: rest(0)}
	case "release":
		e.Step, e.Body = "", exec.Released{}
	case "jump":
		d, _ := time.ParseDuration(arg(0))
		e.Step, e.Body = "", exec.ClockJumped{By: d}
	case "over":
		e.Step, e.Body = "", exec.Ended{Completion: exec.Completion(arg(0)), Digest: arg(1), Reason: rest(2)}
	default:
		t.Fatalf("no such verb in a script: %s", verb)
	}
	return e
}

// agreement reads `asked=alice,bob lacking=bob`, nil where nobody was asked.
func agreement(words []string) *exec.Agreement {
	var a *exec.Agreement
	for _, w := range words {
		if who, ok := strings.CutPrefix(w, "asked="); ok {
			a = &exec.Agreement{Asked: strings.Split(who, ",")}
		}
		if who, ok := strings.CutPrefix(w, "lacking="); ok {
			for _, name := range strings.Split(who, ",") {
				a.Lacking = append(a.Lacking, exec.Lacking{Who: name, Why: "has said nothing"})
			}
		}
	}
	return a
}

// ended reads `exit 7 want 0`, `output`, `sample`, `timeout` or `session`.
func ended(t testing.TB, words []string) exec.StepEnded {
	t.Helper()
	b := exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Evidence: "control", Match: exec.Matched}
	zero := 0
	b.Exit = &zero
	switch strings.Join(words, " ") {
	case "ok":
	case "sample":
		b.Sample = exec.Differs
	case "exit":
		one := 1
		b.Exit, b.Match = &one, exec.Differs
		b.Checks = []exec.Check{{Mode: "exit", Want: "0", Seen: "1"}}
	case "output":
		b.Match = exec.Differs
		b.Checks = []exec.Check{{Mode: "exit", Want: "0", Seen: "0", OK: true}, {Mode: "contains", Want: "ready", Seen: "no line with it"}}
	case "timeout":
		b.Outcome, b.Exit, b.Match = exec.TimedOut, nil, exec.NotComparable
	case "simulated":
		b.Simulated, b.Exit, b.Match = true, nil, ""
	default:
		t.Fatalf("no such end: %v", words)
	}
	return b
}

// TestRules plays every script in testdata/rules and compares what the rules
// find, what the verdicts are and what comes next with what the script says.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			book := shop(t)
			for _, f := range ar.Files {
				if f.Name == "book.yaml" {
					book = loadBook(t, f.Data)
				}
			}
			s, events := play(t, book, string(ar.Comment))
			want, got := "", story(s, events)
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			if *update {
				ar.Files[len(ar.Files)-1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("the exercise tells\n%s\nwant\n%s", got, want)
			}
			for _, d := range exec.Deviations(s) {
				seen[d.Code] = true
			}
		})
	}
	for _, code := range exec.RuleCodes() {
		if !seen[code] {
			t.Errorf("no script makes rule %s find anything", code)
		}
	}
}

// story is what a script is compared with.
func story(s exec.State, events []exec.Event) string {
	var b strings.Builder
	for _, d := range exec.Deviations(s) {
		fmt.Fprintf(&b, "%s %s %s\n", d.Code, d.Severity, d.Step)
	}
	for _, o := range exec.Objectives(s) {
		fmt.Fprintf(&b, "%s %s", o.Called(), o.Verdict)
		if o.Measured {
			fmt.Fprintf(&b, " %s", exec.Long(o.Actual))
		} else {
			fmt.Fprintf(&b, ": %s", o.Why)
		}
		b.WriteString("\n")
	}
	v := exec.Judge(s)
	fmt.Fprintf(&b, "%s, %s, %s\n", v.Outcome, v.Fidelity, v.Completion)
	n := s.Next(events[len(events)-1].At)
	fmt.Fprintf(&b, "next: %s %s: %s\n", n.Situation, n.Key, n.Words)
	return b.String()
}
