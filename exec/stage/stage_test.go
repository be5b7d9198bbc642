package stage_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/exec/stage"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
	"bythebook/runbook/golden"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// A world is what surrounds one playbook, before a test breaks something of it.
type world struct {
	t     *testing.T
	text  runbook.Copy
	home  string
	spoke func(*agree.Standing) // what is changed of everybody's word, nil for nothing
	ask   func(*stage.Input)    // what is changed of the rest
}

// shop is a playbook of which nothing is missing.
func shop(t *testing.T) *world {
	t.Helper()
	text, _, err := read.File("testdata/complete.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, text: text, home: t.TempDir()}
}

// write puts other words into the text; they must be there.
func (w *world) write(old, new string) {
	w.t.Helper()
	was := string(w.text.Files[w.text.Main])
	if !strings.Contains(was, old) {
		w.t.Fatalf("the text does not say %q", old)
	}
	files := map[string][]byte{}
	for path, text := range w.text.Files {
		files[path] = text
	}
	files[w.text.Main] = []byte(strings.Replace(was, old, new, 1))
	w.text.Files = files
}

func (w *world) book() *runbook.Playbook {
	w.t.Helper()
	book, problems := read.Parse(w.text)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	return book
}

// hold puts an exercise of the text as it stands on record.
func (w *world) hold(spec historytest.Spec) {
	w.t.Helper()
	spec.Text = read.Entry{Path: "runbooks/shop.yaml", Copy: w.text, Playbook: w.book()}
	if spec.At.IsZero() {
		spec.At = now.AddDate(0, 0, -20)
	}
	if spec.Scenario == "" {
		spec.Scenario = "shop-down"
	}
	if spec.Agreement == nil {
		spec.Agreement = &exec.Agreement{Asked: []string{"ann", "ben"}}
	}
	historytest.Exercise(w.t, w.home, spec)
}

func command(words ...string) string {
	return strings.Join(append([]string{"bythebook"}, words...), " ")
}

func (w *world) input() stage.Input {
	w.t.Helper()
	book := w.book()
	records, err := history.Read(w.home)
	if err != nil {
		w.t.Fatal(err)
	}
	words := agree.Standing{
		Digest: w.text.Digest(),
		Finds:  []agree.Find{{By: "ben", On: now.AddDate(0, 0, -1), Place: book.Published, Digest: w.text.Digest()}},
	}
	if book.Agreement != nil {
		for _, id := range book.Agreement.By {
			words.Asked = append(words.Asked, agree.Person{ID: id, State: agree.Agreed, On: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, 178)})
		}
	}
	if w.spoke != nil {
		w.spoke(&words)
	}
	in := stage.Input{
		Book: book, Text: w.text, Findings: check.Run(book, w.text, check.Facts{}), Agreement: words, Records: records, Now: now,
		Path: "runbooks/shop.yaml", Name: "shop", Command: command,
	}
	if w.ask != nil {
		w.ask(&in)
	}
	return in
}

// held is shop with the exercise that it needs.
func held(t *testing.T) *world {
	w := shop(t)
	w.hold(historytest.Spec{})
	return w
}

func TestStageOneIsCompleteWhenNothingIsMissing(t *testing.T) {
	s := stage.Judge(held(t).input())
	if !s.Complete() {
		t.Errorf("missing: %v", s.Missing())
	}
	for i, g := range s.Gates {
		if g.ID != runbook.Gates[i] {
			t.Errorf("gate %d is %s, want %s", i, g.ID, runbook.Gates[i])
		}
		if len(g.Evidence) == 0 {
			t.Errorf("%s is passed, and nothing shows it", g.ID)
		}
	}
	if text := (stage.Library{Books: []stage.Standing{s}, Now: now}).Text(80); !strings.Contains(text, "Stage 1 complete.") {
		t.Errorf("it is not said:\n%s", text)
	}
}

// TestGates breaks one thing at a time: that gate fails, with these words, and
// no other one does but those that are named.
func TestGates(t *testing.T) {
	for _, tt := range []struct {
		name, gate string
		old, new   string       // of the text
		do         func(*world) // or otherwise
		what       string       // is missing
		mend       string       // a part of the command, or of the edit
	}{
		{name: "claim", gate: "architecture", old: "  architecture: {done: The picture on the wall of the duty room., by: ann, on: 2026-10-01}\n",
			what: "Nobody has said that `architecture` is complete", mend: "  architecture:\n    status: complete\n    done: \"TODO: what shows it, such as a link\"\n    by: ann\n    \"on\": 2026-11-26\n"},
		{name: "claim by nobody", gate: "architecture", old: ", by: ann, on: 2026-10-01}\n  obs", new: "}\n  obs",
			what: "not said who saw", mend: "done: \"The picture on the wall of the duty room.\"\n    by: ann"},
		{name: "claim without evidence", gate: "architecture", old: "{done: The picture on the wall of the duty room., ", new: "{status: complete, ",
			what: "nothing is said to show it", mend: "architecture"},
		{name: "an open one", gate: "architecture", old: "architecture: {done", new: "architecture: {status: open, done", what: "Nobody has said", mend: "status: complete"},
		{name: "a name for two things", gate: "architecture", old: "search: {name: Search,", new: "search: {name: Search, aliases: [Orders],", what: "[LD10]", mend: "components"},
		{name: "no signal", gate: "observability", old: "detects: [shop-down, database-down]", new: "detects: [database-down]",
			what: "No signal shows shop-down.", mend: "signals:\n  shop-down-seen:\n    component: shop\n"},
		{name: "nothing critical promised", gate: "critical-dependencies", old: "rto: 4h, rpo: 2h, mtd: 12h, needs: [database]", new: "rpo: 2h, needs: [database]",
			what: "Nothing says how long shop may be down.", mend: "dependencies:\n  shop:\n    rto: 4h\n"},
		{name: "too late", gate: "critical-dependencies", old: "rto: 4h, rpo: 2h, mtd: 12h, needs: [database]", new: "rto: 4h, rpo: 2h, mtd: 3h, needs: [database]",
			what: "[LP09]", mend: "mtd"},
		{name: "nothing of the others", gate: "non-critical-dependencies", old: "  search: {component: search, class: non-critical, impact: Customers browse by hand., critical_after: 24h}\n",
			what: "Nothing is said of what", mend: "none:\n  non-critical: \"TODO"},
		{name: "no disaster", gate: "disaster-playbook", old: "class: disaster", new: "class: non-critical-dependency",
			what: "No scenario is of the class disaster.", mend: "scenarios:\n  shop-down-2:\n    title:"},
		{name: "a class left out", gate: "disaster-playbook", old: "    class: disaster\n",
			what: "No scenario is said to be of the class disaster.", mend: "scenarios:\n  shop-down:\n    class: disaster\n"},
		{name: "no rule for notifying", gate: "disaster-playbook", old: "why: action, ", what: "[LH10]", mend: "notifications.declared"},
		{name: "an error in a critical scenario", gate: "critical-playbook", old: "overview: Restore the database from its newest snapshot.\n    assumptions", new: "assumptions",
			what: "[LD01]", mend: "scenarios.database-down"},
		{name: "no answer to a loss", gate: "critical-playbook", old: "component: database\n    failure_mode", new: "component: shop\n    failure_mode",
			what: "No scenario answers the loss of database.", mend: "scenarios:\n  database-down-2:\n"},
		{name: "an answer to nothing", gate: "critical-playbook", old: "component: database\n    failure_mode", new: "failure_mode",
			what: "No scenario answers the loss of database.", mend: "scenarios:\n  database-down:\n    component: database\n"},
		{name: "a scenario of nothing", gate: "architecture", old: "component: database\n    failure_mode", new: "failure_mode",
			what: "[LP02]", mend: "scenarios:\n  database-down:\n    component: database\n"},
		{name: "no answer to a small loss", gate: "non-critical-playbook", old: ", critical_after: 24h",
			what: "No scenario answers the loss of search.", mend: "class: non-critical-dependency"},
		{name: "no place", gate: "published", old: "published: https://wiki.example.com/dr/shop\n",
			what: "does not say where everybody finds it", mend: "published: \"TODO"},
		{name: "nobody looked", gate: "published", do: func(w *world) { w.spoke = func(s *agree.Standing) { s.Finds = nil } },
			what: "Nobody has looked", mend: "bythebook published shop DIGEST --as ben"},
		{name: "another text found", gate: "published", do: func(w *world) { w.spoke = func(s *agree.Standing) { s.Finds[0].Digest = "0" } },
			what: "Ben looked there on 2026-11-25, and it was another text", mend: "bythebook published shop DIGEST --as ben"},
		{name: "found elsewhere", gate: "published", do: func(w *world) { w.spoke = func(s *agree.Standing) { s.Finds[0].Place = "https://elsewhere" } },
			what: "Nobody has looked", mend: "bythebook published"},
		{name: "left for later", gate: "published", old: "application: Shop", new: "application: TODO", what: "[LD09]", mend: "write what belongs there"},
		{name: "nobody is asked", gate: "agreement", old: "agreement: {by: [ann, ben], valid: 180d}\n",
			what: "does not say who must agree", mend: "agreement:\n  by: [ann, ben]\n  valid: 180d\n"},
		{name: "silent", gate: "agreement", do: says("ben", agree.Silent), what: "Ben has not agreed to this text.", mend: "bythebook agree shop --as ben"},
		{name: "one who is called like another", gate: "agreement", old: "name: Ben", new: "name: Ann", do: says("ben", agree.Silent),
			what: "Ann (ben) has not agreed to this text.", mend: "bythebook agree shop --as ben"},
		{name: "earlier", gate: "agreement", do: says("ben", agree.Another), what: "Ben agreed to another text", mend: "bythebook agree shop --as ben"},
		{name: "expired", gate: "agreement", do: says("ann", agree.Expired), what: "Ann agreed on 2026-11-24, which held until", mend: "bythebook agree shop --as ann"},
		{name: "unproven", gate: "agreement", do: says("ann", agree.Unproven), what: "Ann's word is not proven", mend: "bythebook agree shop --as ann"},
		{name: "objected", gate: "agreement", do: says("ann", agree.Objected), what: "Ann objects", mend: `bythebook agree shop --as ann --settled "..."`},
		{name: "somebody else objects", gate: "agreement", do: func(w *world) {
			w.spoke = func(s *agree.Standing) {
				s.Objections = []agree.Objection{{By: "kim", On: now, Text: "Step 1 is wrong"}}
			}
		}, what: "kim objects. Step 1 is wrong.", mend: `bythebook agree shop --as kim --settled "..."`},
		{name: "no email", gate: "agreement", old: "email: ben@example.com, ", new: `channels: {chat: "@ben"}, `, do: func(w *world) {
			w.spoke = func(s *agree.Standing) {
				s.Asked[1] = agree.Person{ID: "ben", State: agree.Silent, Mute: "the playbook gives no email"}
			}
		},
			what: "Ben can't agree yet: the playbook gives no email", mend: "contacts:\n  ben:\n    email: \"TODO"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := shop(t)
			if tt.old != "" {
				w.write(tt.old, tt.new)
			}
			if tt.do != nil {
				tt.do(w)
			}
			w.hold(historytest.Spec{})
			found := false
			for _, g := range stage.Judge(w.input()).Gates {
				for _, m := range g.Missing {
					if g.ID != tt.gate {
						continue
					}
					words := m.Mend.Command + m.Mend.Edit.YAML + m.Mend.Edit.Path + m.Mend.Edit.Do
					found = found || strings.Contains(m.What, tt.what) && strings.Contains(words, tt.mend)
				}
				if g.ID == tt.gate && !found {
					t.Errorf("%s lacks %+v, want %q with %q", g.ID, g.Missing, tt.what, tt.mend)
				}
			}
		})
	}
}

// says makes somebody's word stand otherwise.
func says(id string, state agree.State) func(*world) {
	return func(w *world) {
		w.spoke = func(s *agree.Standing) {
			for i := range s.Asked {
				if s.Asked[i].ID == id {
					s.Asked[i].State = state
				}
			}
		}
	}
}

func TestTheExerciseThatCounts(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*world)
		what string // "" where the gate is passed
		mend string
	}{
		{"none", func(*world) {}, "No exercise on record has followed the document to its end.", "bythebook run shop shop-down"},
		{"as documented", func(w *world) { w.hold(historytest.Spec{}) }, "", ""},
		{"of another scenario", func(w *world) { w.hold(historytest.Spec{Scenario: "database-down"}) }, "No exercise", "bythebook run shop shop-down"},
		{"a dry run", func(w *world) { w.hold(historytest.Spec{DryRun: true}) }, "nothing was executed", "bythebook run"},
		{"at a table", func(w *world) { w.hold(historytest.Spec{Kind: exec.Tabletop}) }, "nothing was executed", "bythebook run"},
		{"unattended", func(w *world) { w.hold(historytest.Spec{Alone: true}) }, "nobody attended it", "bythebook run shop shop-down"},
		{"aborted", func(w *world) { w.hold(historytest.Spec{Stops: "answers", Ends: exec.Aborted, Reason: "it rained"}) }, "it was aborted", "bythebook run"},
		{"unfinished", func(w *world) { w.hold(historytest.Spec{Stops: "answers", Ends: exec.Running}) }, "it is not ended", "bythebook resume ex-20261106-1"},
		{"a step left out", func(w *world) { w.hold(historytest.Spec{Skipped: map[string]string{"answers": "no time"}}) }, "material deviations", "bythebook run"},
		{"nobody had agreed", func(w *world) {
			w.hold(historytest.Spec{Agreement: &exec.Agreement{Asked: []string{"ann", "ben"}, Lacking: []exec.Lacking{{Who: "ben", Why: "said nothing"}}}})
		}, "material deviations (V07)", "bythebook run"},
		{"too slow", func(w *world) { w.hold(historytest.Spec{Took: map[string]time.Duration{"restore": 5 * time.Hour}}) }, "an objective was missed", "bythebook run"},
		{"the disruption not marked", func(w *world) {
			w.hold(historytest.Spec{Kind: exec.Live})
			w.ask = func(in *stage.Input) {
				in.Records[0].Objectives[0] = exec.Objective{Name: "RTO", Verdict: exec.NotEvaluated, Why: "the mark disruption was not set"}
			}
		}, "its RTO was not measured: the mark disruption was not set", "bythebook run"},
		{"no step looks at the data", func(w *world) {
			w.write("point: {from: NEWEST, method: watermark}, ", "")
			w.hold(historytest.Spec{})
		}, "No step of shop-down finds out how much data was lost", ""},
		{"an older one counts", func(w *world) {
			w.hold(historytest.Spec{At: now.AddDate(0, 0, -30)})
			w.hold(historytest.Spec{Skipped: map[string]string{"answers": "no time"}})
		}, "", ""},
		{"another scenario changed", func(w *world) {
			w.hold(historytest.Spec{})
			w.write("Restore the database.", "Restore the database at once.")
		}, "", ""},
		{"this scenario changed", func(w *world) {
			w.hold(historytest.Spec{})
			w.write("Restore the shop.", "Restore the whole shop.")
		}, "the text has changed since", "bythebook run"},
		{"a file changed", func(w *world) {
			w.hold(historytest.Spec{})
			w.text.Files = map[string][]byte{w.text.Main: w.text.Files[w.text.Main], "scripts/restore.sh": []byte("rm -rf /")}
		}, "the file scripts/restore.sh has changed since", "bythebook run"},
		{"a file is gone", func(w *world) {
			w.hold(historytest.Spec{})
			w.write("files: [scripts/restore.sh]\n", "")
			w.text.Files = map[string][]byte{w.text.Main: w.text.Files[w.text.Main]}
		}, "files that the document no longer names", "bythebook run"},
		{"on no record", func(w *world) { w.write("last: 2026-10-01}", "last: 2026-10-01, exercised: 2026-09-01}") }, "That of 2026-09-01, which the document speaks of, is on no record here.", "bythebook run"},
		{"claimed", func(w *world) {
			w.write("prerequisites:\n", "prerequisites:\n  exercise: {done: We did it., by: ann, on: 2026-10-01}\n")
		}, "The document calls it complete, and only a record shows that.", "bythebook run"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := shop(t)
			tt.do(w)
			g := stage.Judge(w.input()).Gates[9]
			if g.Passed() != (tt.what == "") {
				t.Fatalf("passed is %v: %+v", g.Passed(), g)
			}
			if tt.what != "" && (!strings.Contains(g.Missing[0].What, tt.what) || !strings.Contains(g.Missing[0].Mend.Command, tt.mend)) {
				t.Errorf("missing %+v, want %q and %q", g.Missing, tt.what, tt.mend)
			}
		})
	}
}

// TestADocumentMayLeaveOutWhatDoesNotApply: with the reason that it gives.
func TestADocumentMayLeaveOutWhatDoesNotApply(t *testing.T) {
	w := shop(t)
	w.write("  search: {component: search, class: non-critical, impact: Customers browse by hand., critical_after: 24h}\n", "")
	w.write("prerequisites:\n", "none: {non-critical: The shop fails with any of its parts.}\nprerequisites:\n")
	for _, g := range stage.Judge(w.input()).Gates {
		left := g.ID == "non-critical-dependencies" || g.ID == "non-critical-playbook"
		if want := map[bool]string{true: "The shop fails with any of its parts."}[left]; g.Left != want || left && !g.Passed() {
			t.Errorf("%s: left out because %q, want %q; missing %v", g.ID, g.Left, want, g.Missing)
		}
	}
	w.write("none: {", "none: {exercise: We trust ourselves., agreement: We all agree anyway., ")
	if s := stage.Judge(w.input()); s.Gates[9].Passed() || s.Gates[8].Left != "" {
		t.Error("no document can leave out the exercise or the agreement")
	}
}

// TestEveryFindingIsAboutAGate: no error of the checks is lost on the way.
func TestEveryFindingIsAboutAGate(t *testing.T) {
	for _, c := range check.Table {
		if c.Severity != check.Error || c.Code == "LD06" || c.Code == "LP01" { // which the gates see for themselves
			continue
		}
		in := shop(t).input()
		for _, path := range []string{"", "scenarios.database-down.recovery[0]", "contacts.ann"} {
			in.Findings = []check.Finding{{Code: c.Code, Severity: check.Error, Problem: runbook.Problem{Path: path, Message: "it is wrong", Hint: "mend it"}}}
			n := 0
			for _, m := range stage.Judge(in).Missing() {
				if m.What == "It is wrong. ["+c.Code+"]" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s at %q is told %d times", c.Code, path, n)
			}
		}
	}
}

func TestDue(t *testing.T) {
	w := held(t)
	w.write("last: 2026-10-01", "last: 2026-08-25")
	s := stage.Judge(w.input())
	var got []string
	for _, d := range s.Due {
		got = append(got, d.What()+", "+d.Days(now))
	}
	want := []string{"exercise of database-down, never yet", "review, 3 days ago", "exercise of shop-down, in 70 days", "agreement of Ann, in 178 days"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWhatWaits: of what is not ended everything is told but dry runs, and only an
// exercise that can still prove the text stands in for the one that is due.
func TestWhatWaits(t *testing.T) {
	for _, c := range []struct {
		spec  historytest.Spec
		waits string // "": nothing
		mend  string // of the exercise that is due
	}{
		{historytest.Spec{}, "rehearsal", "bythebook resume ex-20261106-1"},
		{historytest.Spec{Kind: exec.Incident}, "incident", "bythebook run shop shop-down"},
		{historytest.Spec{Kind: exec.Tabletop}, "tabletop", "bythebook run shop shop-down"},
		{historytest.Spec{DryRun: true}, "", "bythebook run shop shop-down"},
	} {
		w := shop(t)
		c.spec.Stops, c.spec.Ends = w.book().Scenarios[0].Steps[0].ID, exec.Running
		w.hold(c.spec)
		s := stage.Judge(w.input())
		waits := ""
		if len(s.Unfinished) > 0 {
			waits = string(s.Unfinished[0].Kind)
		}
		due := s.Due[0]
		if waits != c.waits || due.What() != "exercise of shop-down" || due.Mend.Command != c.mend {
			t.Errorf("%q waits, want %q; %s: %s, want %s", waits, c.waits, due.What(), due.Mend.Command, c.mend)
		}
	}
}

func TestWhatComesWithTheProgramIsMadeOnesOwnFirst(t *testing.T) {
	w := held(t)
	w.ask = func(in *stage.Input) {
		in.Shipped, in.Path, in.Name = "shop", "runbooks/shop.yaml", "runbooks/shop.yaml"
	}
	s := stage.Judge(w.input())
	if s.Complete() {
		t.Error("it is complete")
	}
	if got := s.Missing()[0].Mend.Command; got != "bythebook convert shop -o runbooks/shop.yaml" {
		t.Errorf("the first mend is %s", got)
	}
}

func TestAFileThatCantBeReadNamesItsFirstProblem(t *testing.T) {
	s := stage.Judge(stage.Input{
		Path: "runbooks/shop.yaml", Name: "runbooks/shop.yaml", Now: now, Command: command,
		Problems: runbook.Problems{{File: "runbooks/shop.yaml", Line: 3, Column: 1, Path: "scenario", Message: "there is no such key", Hint: "did you mean `scenarios`?"}},
	})
	want := stage.Edit{File: "runbooks/shop.yaml", Line: 3, Path: "scenario", Do: "did you mean `scenarios`?"}
	if diff := cmp.Diff(want, s.Missing()[0].Mend.Edit); diff != "" || s.Complete() {
		t.Error(diff)
	}
}

// several is a library in which there is something of everything.
func several(t *testing.T) stage.Library {
	whole, broken, hostile := held(t), shop(t), held(t)
	broken.write("playbook: shop", "playbook: store")
	broken.write("application: Shop", "application: TODO")
	broken.write("critical: Nobody can buy anything.", "critical: TBD")
	broken.write("  architecture: {done: The picture on the wall of the duty room., by: ann, on: 2026-10-01}\n", "")
	broken.hold(historytest.Spec{Stops: "answers", Ends: exec.Running})
	broken.spoke = func(s *agree.Standing) {
		s.Finds, s.Asked[1].State, s.Strays = nil, agree.Silent, []string{"kim.txt: nobody in the playbook has the id kim"}
	}
	broken.ask = func(in *stage.Input) {
		in.Path, in.Name = "runbooks/store.yaml", "store"
		in.Improvements = []history.Improvement{{Playbook: "store", Scenario: "shop-down", Exercise: "ex-20261001-1", Since: now.AddDate(0, 0, -56), Code: "R02", Severity: exec.Major, Step: "restore", Text: "say how the host is reached", Owner: "ben"}}
		in.Baselines = []history.Baseline{
			{Scenario: "shop-down", Objective: "RTO", From: 4 * time.Hour, To: time.Hour, Observed: []time.Duration{14 * time.Minute}, Why: "The one exercise that counts took 14m; four times that, rounded up, is 1h."},
			{Scenario: "shop-down", Objective: "RPO", From: time.Hour, Observed: []time.Duration{2 * time.Hour}, Why: "The last exercise that measured the RPO missed it with 2h."},
		}
	}
	hostile.write("title: Shop failover", `title: "Scenario: red | **x** <b>![](http://x)"`)
	hostile.write("playbook: shop", "playbook: hostile-one-with-a-very-long-name")
	hostile.ask = func(in *stage.Input) { in.Path, in.Name = "runbooks/hostile.md", "hostile-one-with-a-very-long-name" }
	return stage.Library{
		Where: "runbooks", Now: now,
		Books:   []stage.Standing{stage.Judge(hostile.input()), stage.Judge(whole.input()), stage.Judge(broken.input())},
		Damaged: []history.Record{{ID: "ex-20261101-1", Dir: "home/exercises/ex-20261101-1", Damage: os.ErrInvalid}},
	}
}

func TestForms(t *testing.T) {
	l := several(t)
	one := stage.Library{Books: l.Books[2:], Now: now}
	text, err := l.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct{ path, text string }{
		{"library.txt", l.Text(80)}, {"library-40.txt", l.Text(40)}, {"library-120.txt", l.Text(120)}, {"library.md", l.Markdown()}, {"library.json", string(text)},
		{"playbook.txt", one.Text(80)}, {"playbook-40.txt", one.Text(40)}, {"playbook.md", one.Markdown()},
	} {
		golden.Compare(t, "testdata/golden/"+form.path, form.text)
		if strings.ContainsAny(form.text, "\x1b") {
			t.Errorf("%s obeys somebody else's text", form.path)
		}
		if strings.Contains(form.text, "%!") {
			t.Errorf("%s holds a wrong format", form.path)
		}
	}
	if read.IsPlaybook("status.md", []byte(l.Markdown())) || read.IsPlaybook("status.md", []byte(one.Markdown())) {
		t.Error("the page is taken for a playbook")
	}
}
