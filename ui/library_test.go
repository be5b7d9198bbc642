package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui"
	"bythebook/ui/uitest"
)

const days = 24 * time.Hour

// documents are the rows of a library as they are known at once: of each kind
// that there is.
func documents() []ui.Row {
	b := book()
	return []ui.Row{
		{Playbook: "bookstore", Scenario: "az-loss", ScenarioTitle: "Loss of an availability zone", Path: "/srv/runbooks/bookstore.yaml", RTO: 15 * time.Minute, RPO: 30 * time.Second, Book: b},
		{Playbook: "bookstore", Scenario: "region-loss", ScenarioTitle: "Loss of the whole region", Path: "/srv/runbooks/bookstore.yaml", RTO: 12 * time.Hour, Book: b},
		{Playbook: "cdn-rebuild", Scenario: "bucket-gone", Path: "/srv/runbooks/cdn.md", RTO: 90*time.Minute + 5*time.Second, Book: b},
		{Playbook: "dns-cutover", Scenario: "zone-loss", Path: "/srv/runbooks/dns.md", RTO: 100*time.Hour + 30*time.Minute, Book: b},
		{Playbook: "kafka-mirror", Scenario: "broker-loss", Path: "/srv/runbooks/kafka.yaml", RTO: 12*time.Minute + 30*time.Second, Book: b},
		{Playbook: "redis-rebuild", Scenario: "node-loss", Path: "/srv/runbooks/redis.yaml", RTO: 5 * time.Minute, Book: b},
		{Playbook: "s3.yaml", Path: "/srv/runbooks/s3.yaml", Problems: runbook.Problems{
			{File: "s3.yaml", Line: 41, Column: 7, Path: "scenarios.restore", Message: "unknown key \"timout\"", Hint: "did you mean timeout?"},
			{File: "s3.yaml", Line: 58, Column: 5, Path: "scenarios.keep", Message: "goes to \"cleanup\", which no step is called"},
		}},
	}
}

// lookedOver is the same library with what is on record. What is unfinished
// stands first.
func lookedOver(now time.Time) ui.Library {
	r := documents()
	r[0].Past = []ui.Past{{ID: "ex-19991121-1", On: now.Add(-41 * days), Result: "met", RTA: 14*time.Minute + 10*time.Second}}
	r[1].Unfinished, r[1].At = "ex-19991230-2", "step 7 of 13"
	r[1].Past = []ui.Past{
		{ID: "ex-19991230-2", On: now.Add(-2 * days), Result: "unfinished"}, {ID: "ex-19991101-1", On: now.Add(-60 * days), Result: "missed", Missed: "RTO", RTA: 14*time.Hour + 10*time.Minute},
		{ID: "ex-19990901-1", On: now.Add(-120 * days), Result: "blocked"}, {ID: "ex-19990801-1", On: now.Add(-150 * days), Result: "missed", Missed: "RPO", RTA: time.Minute},
	}
	r[0].Medians, r[0].Improvements = medians(), 2
	r[2].Past = []ui.Past{{ID: "ex-19991231-1", On: now.Add(-5 * time.Hour), Result: "dry run", Notional: true}}
	r[4].Past = []ui.Past{{ID: "ex-19991015-1", On: now.Add(-77 * days), Result: "not evaluated"}}
	r[5].Past = []ui.Past{{ID: "ex-19991210-1", On: now.Add(-22 * days), Result: "missed", Missed: "RTO", RTA: 6*time.Minute + 40*time.Second}}
	return ui.Library{
		Rows: []ui.Row{r[1], r[0], r[2], r[3], r[4], r[5], r[6]}, Stands: standings(now),
		Trouble: []string{"/home/mira/exercises/ex-19990704-1: line 4 does not follow the line before it"},
		History: func(r ui.Row) string {
			text := "Exercises of " + r.Playbook + " > " + r.Scenario + "\n" + strings.Repeat("-", 80) + "\n"
			for i := range 30 {
				text += fmt.Sprintf("ex-1999%04d-1  %s|  met\n", i, strings.Repeat("#", 40+i%9))
			}
			return text
		},
	}
}

func standings(now time.Time) map[string]ui.Standing {
	return map[string]ui.Standing{
		"/srv/runbooks/bookstore.yaml": {
			Errors: 1, Warnings: 2, Advice: 3, Passed: 8, Gates: 10, Missing: "christina has not agreed to this text", Command: "bythebook agree bookstore --as christina",
			Asked: 3, Agreed: 2, Words: []string{"christina said nothing", "alice, bob agreed"},
			Due:      []ui.Due{{What: "exercise", Scenario: "az-loss", On: now.Add(-3 * days)}, {What: "review", On: now.Add(12 * days)}},
			Findings: "/srv/runbooks/bookstore.yaml:31:5: error[LP06] `api` shall be back in 12h, and `cdn`, which it needs, only in 24h\n   31 |     rto: 12h\n      |          ^\n",
		},
		"/srv/runbooks/cdn.md":     {Passed: 2, Gates: 10, Missing: "no component is described", Edit: "add a table of components to /srv/runbooks/cdn.md"},
		"/srv/runbooks/dns.md":     {Passed: 9, Gates: 10, Missing: "it was never exercised", Command: "bythebook run dns-cutover zone-loss", Asked: 1, Agreed: 1, Words: []string{"alice agreed"}},
		"/srv/runbooks/kafka.yaml": {Passed: 9, Gates: 10, Missing: "dan objects", Command: `bythebook agree kafka-mirror --as dan --settled "..."`, Asked: 2, Agreed: 1, Objections: 1, Words: []string{"dan objected", "alice agreed"}, Due: []ui.Due{{What: "agreement", On: now.Add(100 * days)}}},
		"/srv/runbooks/redis.yaml": {Passed: 10, Gates: 10, Asked: 2, Agreed: 2, Words: []string{"alice, bob agreed"}, Due: []ui.Due{{What: "review", On: now.Add(6 * time.Hour)}}},
	}
}

// medians are those of some steps of the playbook with a step for every
// situation.
func medians() map[string]exec.Median {
	return map[string]exec.Median{
		"stop-primary": {Took: 12 * time.Second, Of: 4}, "tell-bridge": {Took: 51 * time.Second, Of: 4}, "promote": {Took: 47 * time.Second, Of: 3},
		"point-app": {Took: 2 * time.Minute, Of: 4}, "order": {Took: 95 * time.Second, Of: 1},
	}
}

// browsing is the program on that library; an exercise can be opened from it.
func browsing(t *testing.T, w **world, takes time.Duration) func() tea.Model {
	return func() tea.Model {
		*w = newWorld(t, exec.Strict, map[string][]play{})
		now := (*w).now
		return ui.New(ui.Config{
			Who: "mira", Where: "/srv/runbooks", Rows: documents(), Now: now,
			Stand: func() ui.Library { time.Sleep(takes); return lookedOver(now()) },
			Open:  func(ui.Row) (ui.Exercise, error) { return *(*w).exercise(), nil },
		})
	}
}

// TestLibrary compares the library, and opens an exercise from it.
func TestLibrary(t *testing.T) {
	var w *world
	uitest.Run(t, browsing(t, &w, 0), 80, 24, func(s *uitest.Screen) {
		for _, size := range sizes {
			s.Resize(size.w, size.h)
			s.Golden(fmt.Sprintf("library-%dx%d", size.w, size.h))
		}
		s.Resize(80, 24)
		s.Press("down")
		for _, size := range sizes {
			s.Resize(size.w, size.h)
			s.Golden(fmt.Sprintf("library-overdue-%dx%d", size.w, size.h))
		}
		s.Resize(80, 24)
		s.Press("c")
		s.Has("copied 40 bytes") // bythebook agree bookstore --as christina
		s.Press("v")
		s.Golden("library-checks-80x24")
		s.Press("esc", "end")
		s.Golden("library-problems-80x24")
		s.Press("enter")
		s.Has("it cannot be loaded")
		s.Press("home", "enter")
		s.Has("BEGIN; nothing runs yet")
		_ = w.c.Leave()
	})
}

// TestHistoryOfAScenario opens it over the library, at every size, and leaves it.
func TestHistoryOfAScenario(t *testing.T) {
	var w *world
	uitest.Run(t, browsing(t, &w, 0), 80, 24, func(s *uitest.Screen) {
		s.Press("down", "h")
		for _, size := range sizes {
			s.Resize(size.w, size.h)
			s.Golden(fmt.Sprintf("history-%dx%d", size.w, size.h))
		}
		s.Press("end")
		s.Has("ex-19990029-1")
		s.Press("esc")
		s.Has("NEXT > enter = OPEN bookstore > az-loss")
		_ = w.c.Leave()
	})
}

// TestLibraryIsSearched looks for a scenario by a part of its name.
func TestLibraryIsSearched(t *testing.T) {
	var w *world
	uitest.Run(t, browsing(t, &w, 0), 80, 24, func(s *uitest.Screen) {
		s.Press("/")
		s.Type("loss")
		s.Has("> bookstore     region-loss")
		s.Press("enter", "enter")
		s.Golden("seek-80x24")
		s.Type("x")
		s.Has("nothing here is called lossx")
		s.Press("esc")
		s.Has("NEXT > enter = OPEN dns-cutover > zone-loss")
		_ = w.c.Leave()
	})
}

// TestNothingIsOpenedUnread presses enter while the records are still being read:
// what is unfinished must not be begun anew.
func TestNothingIsOpenedUnread(t *testing.T) {
	var w *world
	uitest.Run(t, browsing(t, &w, 10*time.Second), 80, 24, func(s *uitest.Screen) {
		s.Press("down", "down", "enter", "h")
		s.Golden("library-unread-80x24")
		s.Press("up")
		s.Sleep(10 * time.Second)
		s.Has("> bookstore", "NEXT > enter = RESUME ex-19991230-2 at step 7 of 13", "1 record counts for nothing: /home/mira/exercises/ex-19990704-1")
		_ = w.c.Leave()
	})
}

// TestLibraryFits draws the library, its history and its search at sizes from
// nothing to huge, with text that is as hostile as it can be.
func TestLibraryFits(t *testing.T) {
	hostile := "\x1b]52;c;aGk=\x07\x1b[2J\u202eevil\u009b31m\r\t宽字符\xff " + strings.Repeat("long", 60)
	lib := lookedOver(time.Now())
	for i := range lib.Rows {
		r := &lib.Rows[i]
		r.Playbook, r.Scenario, r.ScenarioTitle, r.At = r.Playbook+hostile, r.Scenario+hostile, hostile, r.At+hostile
		for k := range r.Past {
			r.Past[k].Result += hostile
		}
	}
	for path, s := range lib.Stands {
		s.Missing, s.Command, s.Edit, s.Findings, s.Words, s.Due = hostile, hostile, hostile, hostile, []string{hostile}, []ui.Due{{What: hostile}}
		lib.Stands[path] = s
	}
	lib.Trouble = []string{hostile}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {1, 50}, {2, 2}, {3, 3}, {7, 5}, {17, 7}, {39, 9}, {40, 10}, {59, 18}, {60, 18}, {80, 24}, {109, 30}, {110, 30}, {120, 36}, {160, 1}, {300, 100}} {
		a := ui.New(ui.Config{Who: "mira" + hostile, Where: hostile, Rows: documents(), Stand: func() ui.Library { return lib }})
		a.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		check := func(when string) {
			if why := fits(a, size[0], size[1]); why != "" {
				t.Errorf("%s, at %v: %s", when, size, why)
			}
		}
		check("unread")
		ui.LookedOver(a, lib)
		check("read")
		for _, key := range []string{"down", "down", "end", "h", "end", "esc", "/", "x", "esc", "v", "esc", "up", "?", "esc"} {
			a.Update(uitest.Key(key))
			if key == "h" {
				ui.Remember(a, hostile+"\n"+hostile)
			}
			check("after " + key)
		}
	}
}

// TestMediansArriveLater reads earlier exercises for some seconds: the step can be
// worked at meanwhile, and keys stay armed when they are there.
func TestMediansArriveLater(t *testing.T) {
	var w *world
	model := func() tea.Model {
		w = newWorld(t, exec.Strict, map[string][]play{})
		w.until("promote")
		x := w.exercise()
		x.Earlier = func() map[string]exec.Median { time.Sleep(5 * time.Second); return medians() }
		return ui.New(ui.Config{Who: "mira", Start: x, Now: w.now})
	}
	uitest.Run(t, model, 120, 36, func(s *uitest.Screen) {
		s.Sleep(2 * time.Second)
		s.Has("NEXT > r = RUN step 6")
		if strings.Contains(s.Text(), "median") {
			t.Errorf("medians are shown that were not read yet:\n%s", s.Text())
		}
		s.Sleep(3100 * time.Millisecond)
		s.Has("NEXT > r = RUN step 6", "planned 01:00, median 00:47 of 3", "~01:00   02:00  CHANGES PROD")
		_ = w.c.Leave()
	})
}

// TestOpenedFromTheLibrary opens an exercise there: its medians come with it.
func TestOpenedFromTheLibrary(t *testing.T) {
	var w *world
	uitest.Run(t, browsing(t, &w, 0), 80, 24, func(s *uitest.Screen) {
		w.before = medians()
		s.Press("down", "enter", "enter", "down", "up")
		s.Has("Step 1 of 13", "planned 00:10, median 00:12 of 4")
		_ = w.c.Leave()
	})
}

// TestCounts counts playbooks, not scenarios, and none of elsewhere.
func TestCounts(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	lib := lookedOver(now)
	lib.Rows = append(lib.Rows, ui.Row{Playbook: "other", Scenario: "x", Path: "/elsewhere/other.yaml", Book: book(), Unfinished: "ex-20261101-1"})
	want := ui.Count{Books: 6, Bad: 1, Open: 2, Over: 1, Due: 1}
	if diff := cmp.Diff(want, lib.Count(now)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestDue says how soon a day is as the calendar counts, whatever the hour.
func TestDue(t *testing.T) {
	now := time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		on   time.Time
		want string
	}{
		{time.Time{}, "now"}, {now.Add(-time.Hour), "today"}, {now.Add(-24 * time.Hour), "OVERDUE"}, {now.Add(time.Hour), "in 1 d"},
		{now.Add(13 * days), "in 13 d"}, {now.Add(35 * days), "in 5 w"}, {now.Add(120 * days), "in 4 mo"}, {now.Add(800 * days), "in 2 y"},
	} {
		if got := (ui.Due{On: c.on}).Ahead(now); got != c.want {
			t.Errorf("%s is %q, want %q", c.on, got, c.want)
		}
	}
}

// TestPastInWords is what the list says of an exercise, in as many cells as it has.
func TestPastInWords(t *testing.T) {
	for _, c := range []struct {
		past ui.Past
		want string
	}{
		{ui.Past{Result: "met", RTA: 14*time.Minute + 10*time.Second}, "met 14:10"},
		{ui.Past{Result: "missed", Missed: "RTO", RTA: 14*time.Hour + 10*time.Minute + 59*time.Second}, "MISSED 14h10m"},
		{ui.Past{Result: "missed", Missed: "RPO", RTA: time.Minute}, "MISSED RPO"},
		{ui.Past{Result: "blocked"}, "blocked"},
		{ui.Past{Result: "dry run", Notional: true}, "dry run"},
		{ui.Past{Result: "aborted", Notional: true}, "aborted"},
	} {
		if got := c.past.Words(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.past, got, c.want)
		}
	}
}
