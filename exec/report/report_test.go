package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean/cleantest"
	"bythebook/runbook"
	"bythebook/runbook/golden"

	"github.com/google/go-cmp/cmp"
)

// exercises are those that the goldens show.
var exercises = []struct {
	name  string
	write func() *script
}{
	{"as-documented", asDocumented},
	{"departed", departed},
	{"blocked", blocked},
	{"aborted", aborted},
	{"away", away},
	{"dry-run", dryRun},
	{"resumed", resumed},
	{"asked", asked},
	{"overridden", overridden},
}

func TestGoldens(t *testing.T) {
	for _, x := range exercises {
		t.Run(x.name, func(t *testing.T) {
			in := x.write().input()
			golden.Compare(t, "testdata/"+x.name+".golden.md", Markdown(in))
			data, err := JSON(in)
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, "testdata/"+x.name+".golden.json", string(data))
		})
	}
}

func TestSameEventsSameBytes(t *testing.T) {
	for _, x := range exercises {
		first := Markdown(x.write().input())
		data, _ := JSON(x.write().input())
		for range 20 {
			if got := Markdown(x.write().input()); got != first {
				t.Fatalf("%s: two reports differ:\n%s", x.name, cmp.Diff(first, got))
			}
			if got, _ := JSON(x.write().input()); !bytes.Equal(got, data) {
				t.Fatalf("%s: two documents differ:\n%s", x.name, cmp.Diff(data, got))
			}
		}
	}
}

func TestEverySectionIsThere(t *testing.T) {
	for _, x := range exercises {
		got, at := Markdown(x.write().input()), 0
		for _, s := range sections {
			i := strings.Index(got[at:], "\n## "+s.title+"\n")
			if i < 0 {
				t.Fatalf("%s: section %q is missing or out of order", x.name, s.title)
			}
			at += i + 1
		}
	}
}

// A report states what it gives evidence for. It never passes a judgement that
// is not its own.
func TestClaimsNoCompliance(t *testing.T) {
	for _, x := range exercises {
		for _, names := range []bool{false, true} {
			in := x.write().input()
			in.Names = names
			got := strings.ToLower(Markdown(in))
			for _, word := range []string{"compliant", "compliance", "audit-ready", "certified"} {
				if strings.Contains(got, word) {
					t.Errorf("%s says %q", x.name, word)
				}
			}
			if !strings.Contains(got, "provides evidence for") {
				t.Errorf("%s does not say what it provides evidence for", x.name)
			}
		}
	}
}

func TestEveryDeviationAndProposalAppears(t *testing.T) {
	for _, x := range exercises {
		in := x.write().input()
		got := Markdown(in)
		_, changes, _ := strings.Cut(got, "\n## 8 ")
		changes, _, _ = strings.Cut(changes, "\n## 9 ")
		found := look(in).findings
		if n := strings.Count(got, "\n- What happened: "); n != len(found) {
			t.Errorf("%s: %d deviations shown, want %d", x.name, n, len(found))
		}
		for _, d := range found {
			for what, text := range map[string]md{"proposal": text(d.Proposal), "code": md(d.Code), "actual": text(d.Actual)} {
				if !strings.Contains(got, string(text)) {
					t.Errorf("%s: the %s of %s is missing: %s", x.name, what, d.Code, text)
				}
			}
			if !strings.Contains(changes, string(text(d.Proposal))) {
				t.Errorf("%s: the proposal of %s is not among the changes", x.name, d.Code)
			}
		}
	}
}

func TestProposalsAreNumberedOnce(t *testing.T) {
	twice := []exec.Deviation{
		{Code: "F01", Severity: exec.Major, Step: "a", Proposal: "Remove step a."},
		{Code: "R05", Severity: exec.Minor, Step: "a", Proposal: "Write it."},
		{Code: "F04", Severity: exec.Major, Step: "a", Proposal: "Write it.", Detection: "declared"},
		{Code: "F04", Severity: exec.Major, Step: "b", Proposal: "Write it.", Detection: "declared"},
		{Code: "J01", Severity: exec.Minor, Proposal: ""},
	}
	want := []proposal{
		{ID: "P1", Step: "a", Text: "Write it.", From: []string{"D1", "D4"}},
		{ID: "P2", Step: "b", Text: "Write it.", From: []string{"D2"}},
		{ID: "P3", Step: "a", Text: "Remove step a.", From: []string{"D3"}},
	}
	if d := cmp.Diff(want, propose(sortFindings(twice))); d != "" {
		t.Error(d)
	}
}

func TestUndocumentedActionsComeFirst(t *testing.T) {
	v := look(departed().input())
	var groupsSeen []int
	for _, f := range v.findings {
		groupsSeen = append(groupsSeen, f.Group)
	}
	if !slices.IsSorted(groupsSeen) || v.findings[0].Code != "F04" {
		t.Errorf("order of deviations: %v, first %s", groupsSeen, v.findings[0].Code)
	}
}

func TestPeopleAreRolesUnlessNamed(t *testing.T) {
	in := departed().input()
	plain := Markdown(in)
	for _, name := range []string{"bob", "alice", "christina", "sara", "Brown", "Adams", "/srv"} {
		if regexp.MustCompile(`(?i)\b` + name + `\b`).MatchString(plain) {
			t.Errorf("the report without names holds %q", name)
		}
	}
	for _, role := range []string{"operator", "Director of Technology", "Site Reliability Engineer", "participant", "primary lead"} {
		if !strings.Contains(plain, role) {
			t.Errorf("the report without names lacks the role %q", role)
		}
	}
	in.Names = true
	named := Markdown(in)
	for _, name := range []string{"Bob Brown", "Alice Adams", "Christina Clark", "sara", "/srv/bob/bookstore.yaml"} {
		if !strings.Contains(named, name) {
			t.Errorf("the report with names lacks %q", name)
		}
	}
}

func TestTwoPeopleNeverShareARole(t *testing.T) {
	in := Input{State: exec.State{Book: &runbook.Playbook{Contacts: []runbook.Contact{
		{ID: "a", Position: "Engineer"}, {ID: "b", Position: "Engineer"}, {ID: "c", Position: "Engineer"}}}}}
	for _, who := range []string{"a", "b", "x", "y"} {
		in.Events = append(in.Events, exec.Event{By: who, Body: exec.Noted{Text: "."}})
	}
	in.State.Began.Agreement = &exec.Agreement{Asked: []string{"b", "c", "z"}}
	met := meet(in)
	var roles []string
	for _, who := range met.order {
		roles = append(roles, met.roles[who])
	}
	want := []string{"Engineer", "Engineer 2", "participant", "participant 2", "Engineer 3", "person asked to agree"}
	if d := cmp.Diff(want, roles); d != "" || met.took != 4 {
		t.Error(d)
	}
}

func TestNetFigureOnlyOfASimulatedOutage(t *testing.T) {
	with := func(notional bool) string {
		s := begin(exec.Rehearsal, exec.Strict, false)
		s.book.Scenarios[0].Steps = []runbook.Step{{ID: "back", Procedure: runbook.Test, Kind: runbook.Manual, Do: "It is back."}}
		s.event("", exec.Marked{Name: "disruption", Instant: s.at, Basis: "taken to begin here", Notional: notional})
		s.event("", exec.Held{Reason: "lunch"}).after(10*time.Minute).event("", exec.Released{})
		s.done("back", 5*time.Minute, "").event("", exec.Ended{Completion: exec.Completed})
		return Markdown(s.input())
	}
	if got := with(true); !strings.Contains(got, "| RTO, net of holds | 30m | 5m |") {
		t.Error("no net figure for a simulated outage")
	}
	if got := with(false); strings.Contains(got, "net of holds") {
		t.Error("a net figure for a real outage")
	}
}

func TestDraftSaysWhereItStands(t *testing.T) {
	got := Markdown(resumed().input())
	for _, want := range []string{"status: draft", "**Draft.**", "at step 7 `route` of 10", "| running |"} {
		if !strings.Contains(got, want) {
			t.Errorf("a running exercise's report lacks %q", want)
		}
	}
	if got := Markdown(asDocumented().input()); strings.Contains(got, "**Draft.") || strings.Contains(got, "status: draft") {
		t.Error("the report of an ended exercise calls itself a draft")
	}
}

func TestDeclinedNeverBegan(t *testing.T) {
	s := recorded(bookstore(), exec.Incident, exec.Strict, false)
	s.event("", exec.GateDecided{Gate: "start", Reason: "Too few people."})
	got := Markdown(s.event("", exec.Ended{Completion: exec.Aborted, Reason: "declined at the start"}).input())
	for _, want := range []string{"The go was not given", "**No-go** at the gate *start*: Too few people.", "The exercise did not begin, so there is no chart."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestWhatBecameOfAStop: whether it is still to be answered, or the exercise was
// given up or ended over it.
func TestWhatBecameOfAStop(t *testing.T) {
	for _, c := range []struct {
		then []exec.Body
		want string
	}{
		{nil, "It waits for an answer."},
		{[]exec.Body{exec.Aborting{Reason: "smoke"}}, "Then the exercise was given up."},
		{[]exec.Body{exec.Ended{Completion: exec.Aborted, Reason: "smoke"}}, "Then the exercise was ended."},
		{[]exec.Body{exec.GateDecided{Gate: exec.GateStop, Go: true, Reason: "toast"}}, "and the exercise went on: toast"},
	} {
		s := begin(exec.Rehearsal, exec.Strict, false)
		s.after(time.Second).event("", exec.StopCalled{Reason: "smoke"})
		for _, b := range c.then {
			s.after(time.Second).event("", b)
		}
		if got := Markdown(s.input()); !strings.Contains(got, "**called stop**: smoke.") || !strings.Contains(got, c.want) {
			t.Errorf("after %+v the report lacks %q", c.then, c.want)
		}
	}
}

// A step that runs is running to people, and in doubt to programs, whose closed
// set has no other word for it.
func TestRunningStep(t *testing.T) {
	s := begin(exec.Rehearsal, exec.Strict, false).event("break-api", exec.StepBegan{Attempt: 1})
	if got := Markdown(s.input()); !strings.Contains(got, "- Step 1 `break-api`, running\n") {
		t.Error("the running step is not called running")
	}
	if got := look(s.input()).document().Steps[0].Status; got != "unknown" {
		t.Errorf("the document says %q", got)
	}
}

func TestNothingOnRecord(t *testing.T) {
	in := Input{State: exec.New(bookstore())}
	if got := Markdown(in); !strings.Contains(got, "No exercise is on record") {
		t.Errorf("got %q", got)
	}
	if _, err := JSON(in); err == nil {
		t.Error("a document was made of nothing")
	}
}

// Every beginning of a record can be reported on.
func TestEveryBeginningOfARecord(t *testing.T) {
	for _, x := range exercises {
		s := x.write()
		all := s.events
		for n := range len(all) + 1 {
			s.events = all[:n]
			in := s.input()
			if got := Markdown(in); !strings.Contains(got, "# Exercise report") {
				t.Fatalf("%s: no report after %d events", x.name, n)
			}
			if n == 0 {
				continue
			}
			if _, err := JSON(in); err != nil {
				t.Fatalf("%s: after %d events: %v", x.name, n, err)
			}
		}
	}
}

func TestJSONKeepsItsNamesAndClosedSets(t *testing.T) {
	statuses := []string{"passed", "failed", "done", "skipped", "not applicable", "not reached", "unknown", "simulated"}
	outcomes := []string{"exited", "suspended", "session ended", "interrupted", "timed out", "unknown"}
	for _, x := range exercises {
		s := x.write()
		all := s.events
		for n := 1; n <= len(all); n++ {
			s.events = all[:n]
			data, err := JSON(s.input())
			if err != nil {
				t.Fatal(err)
			}
			var got document
			dec := json.NewDecoder(bytes.NewReader(data))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&got); err != nil {
				t.Fatal(err)
			}
			for _, step := range got.Steps {
				if !slices.Contains(statuses, step.Status) {
					t.Errorf("%s, %d events: step %s has the status %q", x.name, n, step.ID, step.Status)
				}
				for _, a := range step.Attempts {
					if !slices.Contains(outcomes, a.Outcome) {
						t.Errorf("%s: an attempt at %s has the outcome %q", x.name, step.ID, a.Outcome)
					}
				}
			}
		}
	}
}

func TestDurationsOfTheJSON(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"}, {12 * time.Hour, "12h"}, {90 * time.Second, "1m30s"}, {41*time.Minute + 500*time.Millisecond, "41m500ms"},
		{time.Nanosecond, "1ms"}, {30*time.Minute + time.Microsecond, "30m1ms"},
	} {
		if got := exact(c.d); got != c.want {
			t.Errorf("%v: %q, want %q", c.d, got, c.want)
		}
	}
}

func TestBodyDropsTheFrontMatter(t *testing.T) {
	got := Body(Markdown(asDocumented().input()))
	if !strings.HasPrefix(got, "# Exercise report: Bookstore API failure, 2026-11-23\n") {
		t.Errorf("begins with %.60q", got)
	}
	if text := "no front matter\n"; Body(text) != text {
		t.Error("a text without front matter was changed")
	}
}

func TestChartNamesHoldNoSyntax(t *testing.T) {
	for in, want := range map[string]string{
		"launch-new_host": "launch-new_host", "a:b,c#d;e": "abcde", "x `y` %% <b>": "x y b", "naïve": "naïve",
	} {
		if got := plainName(in); got != want {
			t.Errorf("plainName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShortBarsArePadded(t *testing.T) {
	from := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	got := drawn("Actual", "a", []bar{{name: "1 x", tag: "done, ", from: from, took: time.Second}, {name: "2 y", from: from, took: time.Hour}}, time.Minute)
	want := []string{"  section Actual", "  1 x :done, a1, 2026-11-23T10:00:00, 60s", "  2 y :a2, 2026-11-23T10:00:00, 3600s"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLongOutputIsAnExcerptWithItsDigest(t *testing.T) {
	long := strings.Repeat("line\n", 100)
	p := &page{}
	writeOutput(exec.Output{To: 99_999, Lines: 5_000, SHA256: digestOf(long), Excerpt: long}, p)
	got := p.b.String()
	if n := strings.Count(got, "\nline"); n != maxExcerpt {
		t.Errorf("%d lines are shown, want %d", n, maxExcerpt)
	}
	for _, want := range []string{"99999 bytes", "5000 lines", digestOf(long), "The last 24 lines"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from %q", want, got)
		}
	}
}

// A step that failed and was tried again, or whose way out was taken, is told
// as it was.
func TestEveryTryIsTold(t *testing.T) {
	s := begin(exec.Rehearsal, exec.Strict, false)
	s.run("break-api", time.Second, 0, exec.Matched, "").run("check-api", time.Second, 7, exec.Matched, "")
	s.done("declare", time.Second, "").event("which", exec.Answered{Question: "Is the instance up?", Choice: 1, Say: "yes, restart"})
	s.run("restart", time.Second, 1, exec.Differs, "", exec.Check{Mode: "exit", Want: "0", Seen: "1"})
	s.event("restart", exec.Deviated{Kind: exec.DepartRepeat, Reason: "It was too early."})
	s.run("restart", time.Second, 0, exec.Matched, "")
	s.run("public", time.Second, 22, exec.Differs, "", exec.Check{Mode: "exit", Want: "0", Seen: "22"})
	s.event("public", exec.Answered{Question: "the expectation was not met", Say: "the documented way out: launch"})
	got := Markdown(s.input())
	for _, want := range []string{
		"run 2 times: exit 1, not as expected; then exit 0, as expected.", "undocumented repeat", "It was too early.", "Try 2: began",
		"Answered *the documented way out: launch*",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestBudgetRoundsUp(t *testing.T) {
	v := &view{objectives: []exec.Objective{{Name: "RTO", Measured: true, Target: time.Hour, Actual: time.Hour + time.Millisecond}}}
	if got := v.budget(); !strings.Contains(string(got), "101 %") {
		t.Errorf("got %s", got)
	}
}

// evil is text that tries to be more than text.
const evil = "a | b ``` c ```` d <script>alert(1)</script> [click](http://evil.example) \x1b]52;c;aGk=\x07 " +
	"\u202egnp.exe\n# Heading\n---\n| x | y |\n&lt; *bold* _it_ ~~no~~ \\| end\\"

// hostile is an exercise in which every word is the same.
func hostile(evil string) *script {
	book := bookstore()
	sc := &book.Scenarios[0]
	book.Title, sc.Title, sc.Success, book.Version = evil, evil, evil, evil
	sc.Assumptions = append(sc.Assumptions, runbook.Assumption{Text: evil})
	sc.Steps[0].Do, sc.Steps[0].Run, sc.Steps[0].If = evil, evil, ""
	sc.Steps[1].If = evil
	sc.Steps[3].Ask = evil
	sc.Steps[3].Answers[0].Say = evil
	s := recorded(book, exec.Rehearsal, exec.Strict, false)
	s.who = evil
	s.event("", exec.GateDecided{Gate: evil, Go: true, Reason: evil, Agreed: evil})
	s.event("", exec.GateDecided{Gate: exec.GateStart, Go: true})
	s.event("", exec.RoleTaken{Role: evil, Who: evil})
	s.event("", exec.TerminalOpened{Name: evil, Shell: evil})
	s.run("break-api", time.Second, 3, exec.Differs, evil+"\n```\n"+evil, exec.Check{Mode: "exit", Want: evil, Seen: evil})
	s.event("break-api", exec.Captured{Name: "X", Value: evil})
	s.event("break-api", exec.StepDone{Accepted: evil, Agreed: evil})
	s.event("check-api", exec.Answered{Question: evil, Choice: 2, Say: evil})
	s.event("declare", exec.StepSkipped{Reason: evil, Agreed: evil})
	s.event("", exec.Noted{Text: evil}).event("", exec.Noted{Text: "todo:" + evil})
	s.event("", exec.Marked{Name: "detected", Instant: s.at, Basis: evil})
	s.event("", exec.StopCalled{Reason: evil}).event("", exec.GateDecided{Gate: exec.GateStop, Go: true, Reason: evil})
	s.event("declare", exec.Deviated{Kind: "extra action", What: evil, Reason: evil, Agreed: evil})
	return s.event("", exec.Ended{Completion: exec.Aborted, Reason: evil})
}

func TestHostileTextStaysText(t *testing.T) {
	for _, names := range []bool{false, true} {
		in := hostile(evil).input()
		in.Names = names
		got := Markdown(in)
		prose := outsideCode(got)
		for what, form := range map[string]string{
			"raw HTML": `(^|[^\\])<[a-zA-Z/]`, "a link": `(^|[^\\])\[`, "a setext heading": `(?m)^[^-\n|:].*\n(---|===)`,
			"emphasis of its own": `(^|[^\\*])\*bold`, "an entity": `(^|[^\\])&lt`, "a foreign heading": `(?m)^#+ Heading`,
		} {
			if m := regexp.MustCompile(form).FindString(prose); m != "" {
				t.Errorf("%s got through: %q", what, m)
			}
		}
		sound(t, got)
	}
}

// Whatever one line says, the report has the sections, tables, lists and fences
// that it has when it says nothing special.
func TestForeignLinesChangeNothing(t *testing.T) {
	plain := cleantest.Blocks(t, Body(Markdown(hostile("x").input())))
	for _, s := range cleantest.Evils {
		if d := cmp.Diff(plain, cleantest.Blocks(t, Body(Markdown(hostile("x"+s).input())))); d != "" {
			t.Errorf("%q changes the report (-plain +got):\n%s", s, d)
		}
	}
}

// TestEscapesReachNoReport: of whatever would move a terminal, nothing is left as
// it was on a page or in JSON, whoever wrote it: the document, its people, a
// command, the record of another machine.
func TestEscapesReachNoReport(t *testing.T) {
	for _, e := range cleantest.Escapes {
		s := hostile("x" + e.Text)
		s.events[len(s.events)-1].Body = exec.Held{Reason: e.Text}
		for _, b := range []exec.Body{
			exec.Released{}, exec.CopyChanged{Path: e.Text, SHA256: e.Text}, exec.RoleHanded{Role: e.Text, From: e.Text, To: e.Text},
			exec.Resumed{Process: exec.Process{Host: e.Text, User: e.Text, Boot: e.Text}, Program: e.Text, Digest: e.Text},
			exec.TerminalEnded{Name: e.Text, Reason: e.Text}, exec.InputGiven{Name: e.Text, Value: e.Text, From: e.Text},
			exec.StopCalled{Reason: e.Text},
		} {
			s.event("", b)
		}
		s.event("declare", exec.StepBlocked{Reason: e.Text}).event("declare", exec.StepUnknown{Attempt: 1, Reason: e.Text}).event("declare", exec.StepResolved{Text: e.Text})
		s.event("newest", exec.PointObserved{Instant: s.at, Method: e.Text, Value: e.Text})
		began := s.events[0].Body.(exec.Began)
		cleantest.Fields(&began, func(path string, text *string) {
			if path != ".Scenario" {
				*text += e.Text
			}
		})
		s.events[0].Body = began
		for _, in := range []Input{s.input(), {State: s.state(), Events: s.events, Names: true}} {
			cleantest.Harmless(t, e.Name+", Markdown", Markdown(in))
			doc, err := JSON(in)
			if err != nil {
				t.Fatal(err)
			}
			cleantest.Harmless(t, e.Name+", JSON", string(doc))
		}
	}
}

// outsideCode is a report without its front matter, fences and code.
func outsideCode(markdown string) string {
	return regexp.MustCompile("``````+[^`].*?``````+|`````.*?`````|`[^`]+`").ReplaceAllString(outsideFences(markdown), "code")
}

func outsideFences(markdown string) string {
	var kept []string
	fence := ""
	for _, l := range strings.Split(Body(markdown), "\n") {
		tick := l[:len(l)-len(strings.TrimLeft(l, "`"))]
		switch {
		case fence == "" && len(tick) >= 3:
			fence = tick
		case fence != "" && l == fence:
			fence = ""
		case fence == "":
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// sound looks a report over as Markdown: every section must have remained one.
func sound(t *testing.T, markdown string) {
	t.Helper()
	headings := 0
	for _, b := range cleantest.Blocks(t, Body(markdown)) {
		if b == "heading 2" {
			headings++
		}
	}
	if headings != len(sections) {
		t.Errorf("%d sections, want %d", headings, len(sections))
	}
}

func TestGoldensAreWhatTheyLookLike(t *testing.T) {
	for _, x := range exercises {
		sound(t, Markdown(x.write().input()))
	}
}

func TestFullAgreementIsSaid(t *testing.T) {
	s := overridden()
	began := s.events[0].Body.(exec.Began)
	began.Agreement, began.Errors = &exec.Agreement{Asked: began.Agreement.Asked}, 0
	s.events[0].Body = began
	s.events = slices.Delete(s.events, 1, 3)
	got := Markdown(s.input())
	for _, want := range []string{"The text was agreed by all 3.", "| Site Reliability Engineer | yes |", "Errors of the checks that stood in the document, without the agreement: 0", "| **Fidelity** | as documented |"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, not := range []string{"overridden", "no full agreement"} {
		if strings.Contains(got, not) {
			t.Errorf("%q is said of an exercise that everybody agreed to", not)
		}
	}
}
