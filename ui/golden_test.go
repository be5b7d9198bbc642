package ui_test

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/uitest"
)

var waiting = []string{
	"waiting for server to promote....", "LOG:  received promote request",
	"LOG:  redo done at 0/3000148 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 12.31 s",
	"LOG:  last completed transaction was at log time 12:08:29", "LOG:  selected new timeline ID: 2", "LOG:  archive recovery complete", ".", ".", ".",
}

var notReady = play{takes: 52 * time.Second, fails: true, prints: []string{"deployment \"orders\" patched", "3/12 pods ready", "9/12 pods ready", "done"}}

// scene is one picture: how the exercise came there, and what is pressed.
type scene struct {
	name   string
	book   func() *runbook.Playbook // nil is the one with a step for every situation
	script map[string][]play
	rule   exec.Rule
	dry    bool

	lacking []exec.Lacking // who has not agreed; nil: everybody has

	arrive func(*world)
	press  func(*uitest.Screen)
	before map[string]exec.Median // how long the steps took in earlier exercises
}

// world is the exercise as the scene finds it.
func (sc scene) world(t testing.TB) *world {
	rule, b := sc.rule, book
	if rule == "" {
		rule = exec.Strict
	}
	if sc.book != nil {
		b = sc.book
	}
	w := newWorldOn(t, b(), exec.Live, rule, sc.dry, sc.script, sc.lacking...)
	w.before = sc.before
	if sc.arrive != nil {
		sc.arrive(w)
	}
	return w
}

func at(step string) func(*world) { return func(w *world) { w.until(step) } }

func running(step string) func(*world) { return func(w *world) { w.until(step).begin() } }

func keys(k ...string) func(*uitest.Screen) { return func(s *uitest.Screen) { s.Press(k...) } }

func failed(w *world) {
	w.until("point-app")
	w.run(w.step())
}

// edits is a step with an editor in it.
var edits = map[string][]play{"promote": {{takes: time.Hour, prints: []string{"editing"}, waiting: exec.WaitsForKeys, screen: &exec.Screen{
	Lines: []string{"listen_addresses = '*'", "port = 5432", "~", "~", `"postgresql.conf" 2L, 35B`}, X: 7, Y: 1, Modes: []int{1049, 1, 2004},
}}}}

// asks is a step that wants a password.
var asks = map[string][]play{"promote": {{takes: time.Hour, prints: []string{"[sudo] password for mira: "}, waiting: exec.WaitsForPassword}}}

var forever = map[string][]play{"promote": {{takes: time.Hour, prints: waiting}}}

// silent is that bob has not agreed.
var silent = []exec.Lacking{{Who: "bob", Why: "agreed to an earlier text, sha256 44d1aa0de6c3"}}

var scenes = []scene{
	{name: "ready"},
	{name: "ready-dry", dry: true},
	{name: "ready-barred", lacking: silent},
	{name: "ready-overridden", lacking: silent, arrive: func(w *world) {
		w.c = exec.Conduct(exec.Apply(w.c.State(), exec.Event{At: w.now(), By: "mira", Body: exec.GateDecided{
			Gate: exec.GateAgreement, Go: true, Reason: "The window ends today.", Agreed: "alice"}}), w.disk, w.actor, func() string { return "" })
		w.seat = w.c.Seat("mira")
	}},
	{name: "override", lacking: silent, press: func(s *uitest.Screen) { s.Press("enter"); s.Type("The window ends today."); s.Press("ctrl+s") }},
	{name: "unagreed", lacking: silent, arrive: at("promote")},
	{name: "run-read", arrive: at("check-replica")},
	{name: "run-final", arrive: at("promote")},
	{name: "attest", arrive: at("tell-bridge")},
	{name: "running", script: forever, arrive: running("promote")},
	{name: "looking", script: forever, arrive: running("promote"), press: keys("up", "up", "up")},
	{name: "guard", arrive: at("restart-api")},
	{name: "guard-chosen", arrive: at("restart-api"), press: keys("2")},
	{name: "decision", arrive: at("arriving")},
	{name: "decision-chosen", arrive: at("arriving"), press: keys("2")},
	{name: "unmet", script: map[string][]play{"point-app": {notReady}}, arrive: failed},
	{name: "unmet-lockstep", rule: exec.Lockstep, script: map[string][]play{"check-replica": {notReady}}, arrive: func(w *world) { w.until("check-replica"); w.run(w.step()) }},
	{name: "noted", script: map[string][]play{"promote": {{takes: time.Second, prints: []string{"postgres://bob:hunter2@db/books", "token (hidden)"}, hidden: 1, notices: []string{"what looks like a password was printed and is in the transcript; the document can name it as a secret, or under `redact`"}, left: survivor}}}, arrive: func(w *world) { w.until("promote"); w.run(w.step()) }},
	{name: "doubt", script: map[string][]play{"promote": {{takes: time.Second, outcome: exec.OutcomeUnknown, prints: waiting}}}, arrive: func(w *world) { w.until("promote"); w.run(w.step()) }},
	{name: "uncompared", script: map[string][]play{"promote": {{takes: time.Second, uncompared: "the output is binary", prints: waiting}}}, arrive: func(w *world) { w.until("promote"); w.run(w.step()) }},
	{name: "condition", book: proven, arrive: at("restart")},
	{name: "condition-unsure", book: proven, script: map[string][]play{"restart": {{takes: time.Second, uncompared: "the output is binary", prints: waiting}}}, arrive: func(w *world) { w.until("restart"); w.run(w.step()) }},
	{name: "evidence-file", book: proven, script: map[string][]play{"restart": {{takes: time.Second, fails: true}}}, arrive: at("picture"), press: keys("d")},
	{name: "unsteady", book: proven, script: map[string][]play{"restart": {{takes: time.Second, fails: true}}}, arrive: func(w *world) {
		w.until("picture").do(exec.Mark{Name: runbook.Disruption, Instant: w.now(), Basis: "the pager"})
		w.until("-")
	}},
	{name: "hold", arrive: func(w *world) {
		w.until("promote").do(exec.Hold{Reason: "The DBA lead left the bridge."})
		time.Sleep(time.Minute)
	}},
	{name: "called", arrive: func(w *world) { w.until("promote"); w.calls("sara", "The replica lags by 40 s.") }},
	{name: "called-running", script: forever, arrive: func(w *world) { running("promote")(w); w.calls("sara", "The replica lags by 40 s.") }},
	{name: "called-waiting", script: asks, arrive: func(w *world) { running("promote")(w); w.calls("sara", "The replica lags by 40 s.") }},
	{name: "called-answer", arrive: func(w *world) { w.until("promote"); w.calls("sara", "The replica lags by 40 s.") },
		press: func(s *uitest.Screen) { s.Press("G"); s.Type("It is down to 0 s.") }},
	{name: "call-stop", arrive: at("promote"), press: func(s *uitest.Screen) { s.Press("S"); s.Type("It smells of smoke.") }},
	{name: "gap", arrive: func(w *world) {
		w.until("promote").do(exec.Block{Step: "promote", Reason: "db-eu-2 is not in the zone that the text names."})
	}},
	{name: "end", arrive: at("-")},
	{name: "finished", script: map[string][]play{"promote": {{takes: 2 * time.Second, left: survivor}}}, arrive: func(w *world) { w.until("-").do(exec.Finish{}) }},
	{name: "late", arrive: func(w *world) { w.until("point-app"); time.Sleep(14 * time.Minute) }},

	{name: "median", dry: true, arrive: at("promote"), before: medians()},
	{name: "median-done", dry: true, arrive: at("promote"), before: medians(), press: keys("up", "up", "up", "up")},

	{name: "wanting", book: release},
	{name: "give", book: release, press: func(s *uitest.Screen) { s.Press("enter"); s.Type("latest"); s.Press("enter") }},
	{name: "give-secret", book: release, arrive: func(w *world) { w.do(exec.Give{Name: "RELEASE", Value: "v1.4.2", From: "asked"}) },
		press: func(s *uitest.Screen) { s.Press("enter"); s.Type("hunter2") }},
	{name: "ready-told", book: release, arrive: func(w *world) { w.supply() }, press: keys("pgdown")},
	{name: "ready-unneeded", book: release, dry: true},
	{name: "wanting-again", book: release, arrive: func(w *world) { w.until("launch").reopened() }},
	{name: "call", book: release, arrive: at("tell")},
	{name: "call-evidence", book: release, arrive: at("tell"), press: keys("d")},
	{name: "picking", book: release, arrive: at("launch")},
	{name: "picking-chosen", book: release, arrive: at("launch"), press: keys("3")},
	{name: "block-one", book: release, arrive: func(w *world) { w.until("launch").do(exec.Choose{Step: "launch", Choice: 2}) }},
	{name: "block-confirm", book: release, arrive: func(w *world) {
		w.until("launch").do(exec.Choose{Step: "launch", Choice: 3})
		w.run(w.step())
	}, press: keys("r")},
	{name: "block-next", book: release, arrive: func(w *world) {
		w.until("launch").do(exec.Choose{Step: "launch", Choice: 3})
		w.run(w.step())
	}},
	{name: "values", book: release, arrive: at("deploy")},
	{name: "seen", book: release, arrive: at("see")},
	{name: "safety", book: release, arrive: at("see"), press: keys("v")},

	{name: "approving", book: away, arrive: func(w *world) { w.until("drop").do(exec.Approve{Step: "drop", By: "alice"}) }},
	{name: "approving-form", book: away, arrive: at("drop"), press: keys("a")},
	{name: "approving-asked", book: away, arrive: func(w *world) {
		w.until("drop").lend(exec.Pen{Away: true, With: "alice"})
		w.who = "bob"
	}, press: keys("a")},
	{name: "approving-without", book: away, arrive: at("drop"), press: keys("r")},
	{name: "refused-by", book: away, arrive: func(w *world) {
		w.until("drop").do(exec.Refuse{Step: "drop", By: "bob", Reason: "The backup is of last week."})
	}},
	{name: "together", book: away, arrive: func(w *world) { w.approved("hosts") }},
	{name: "together-other", book: away, arrive: func(w *world) { w.approved("hosts") }, press: keys("down")},
	{name: "together-beside", book: away, script: map[string][]play{"hosts": {{takes: time.Hour, prints: waiting}}}, arrive: func(w *world) { w.approved("hosts").begin() }, press: keys("down")},
	{name: "leading", book: away, arrive: func(w *world) { w.approved("which") }, press: keys("2")},
	{name: "other-scenario", book: away, arrive: func(w *world) { w.approved("which").do(exec.Choose{Step: "which", Choice: 2}) }},
	{name: "aborting", book: away, arrive: func(w *world) {
		w.until("drop").do(exec.Halt{Reason: "Customers notice.", Confirm: exec.HaltWord})
		time.Sleep(time.Minute)
	}},
	{name: "aborted", book: away, arrive: func(w *world) {
		w.approved("which").do(exec.Choose{Step: "which", Choice: 3})
		w.until("-")
	}},
	{name: "halt-running", book: away, script: map[string][]play{"hosts": {{takes: time.Hour, prints: waiting}}}, arrive: func(w *world) { w.approved("hosts").begin() }, press: keys("H")},

	{name: "confirm-yes", arrive: at("point-app"), press: keys("r")},
	{name: "confirm-word", arrive: at("promote"), press: func(s *uitest.Screen) { s.Press("r"); s.Type("db-eu") }},
	{name: "confirm-by-hand", book: unplugs, arrive: at("unplug"), press: func(s *uitest.Screen) { s.Press("d"); s.Type("db") }},
	{name: "reason", arrive: at("promote"), press: keys("s")},
	{name: "out-of-order", arrive: at("promote"), press: keys("down", "u")},
	{name: "deviation", arrive: at("promote"), press: func(s *uitest.Screen) {
		s.Press("!", "2", "tab")
		s.Type("batch writer was not drained, it has no drain hook")
		s.Press("tab")
	}},
	{name: "note", arrive: at("promote"), press: func(s *uitest.Screen) { s.Press("n"); s.Type("tom: injected") }},
	{name: "evidence", arrive: at("page-lead"), press: keys("d")},
	{name: "block", arrive: at("promote"), press: keys("b")},
	{name: "leave", arrive: at("promote"), press: keys("ctrl+c")},
	{name: "leave-kept", arrive: func(w *world) { w.stays = true; w.until("promote") }, press: keys("ctrl+c")},
	{name: "stop-kept", script: forever, arrive: func(w *world) { w.stays = true; w.until("promote").begin() }, press: keys("ctrl+c")},
	{name: "onlooker", script: forever, arrive: func(w *world) { w.until("promote").begin().lend(exec.Pen{Away: true, With: "sara"}) }},
	{name: "watcher", arrive: func(w *world) { w.until("promote").lend(exec.Pen{Away: true, With: "sara", Looks: true}) }, press: keys("r")},
	{name: "stop", script: forever, arrive: running("promote"), press: keys("ctrl+c")},
	{name: "halt", arrive: at("promote"), press: keys("H")},
	{name: "mark-form", arrive: at("promote"), press: keys("M")},
	{name: "hold-form", arrive: at("promote"), press: keys("P")},
	{name: "input", script: map[string][]play{"promote": {{takes: time.Hour, prints: []string{"Overwrite? [y/N] "}, waiting: "input"}}}, arrive: running("promote"), press: func(s *uitest.Screen) { s.Type("N") }},
	{name: "password", script: asks, arrive: running("promote"), press: func(s *uitest.Screen) { s.Type("secret") }},
	{name: "lapse", script: ends("write-probe", exec.WaitsForInput), arrive: running("write-probe"), press: func(s *uitest.Screen) {
		s.Type("answer")
		s.Sleep(10 * time.Second)
		s.Press("d")
	}},
	{name: "full-screen", script: edits, arrive: running("promote"), press: keys("j")},
	{name: "full-screen-keys-back", script: edits, arrive: running("promote"), press: keys("ctrl+]")},
	{name: "help", arrive: at("promote"), press: keys("?")},
	{name: "output", script: forever, arrive: running("promote"), press: keys("o")},
	{name: "step", arrive: at("promote"), press: keys("v")},
	{name: "clock", arrive: at("promote"), press: keys("z")},
	{name: "report", arrive: func(w *world) { w.until("-").do(exec.Finish{}) }, press: keys("v")},
	{name: "refused", arrive: at("promote"), press: keys("d", "w")},
	{name: "reading", arrive: func(w *world) {
		w.until("promote")
		time.Sleep(12 * time.Second)
		w.lend(exec.Pen{Away: true, Looks: true, Reads: true})
	}},
	{name: "another-acted", arrive: func(w *world) { w.until("promote"); w.had = "ben" }},
	{name: "keeper-gone", arrive: func(w *world) { w.until("promote").loses() }},
	{name: "keeper-gone-running", script: forever, arrive: func(w *world) { running("promote")(w); w.loses() }},
	{name: "keeper-gone-leave", script: forever, arrive: func(w *world) { running("promote")(w); w.loses() }, press: keys("r", "q")},
	{name: "recording-stopped", arrive: func(w *world) {
		w.until("check-replica")
		w.disk.ok = func() error { return fmt.Errorf("%w: the disk is gone", exec.ErrStopped) }
		_ = w.c.Seat("mira").Do(exec.Remark{Text: "x"})
	}},
	{name: "disk-full", arrive: func(w *world) {
		w.until("check-replica")
		w.disk.ok = func() error { return fmt.Errorf("no space left on device") }
		_ = w.c.Seat("mira").Do(exec.Remark{Text: "x"})
	}},
}

var sizes = []struct{ w, h int }{{80, 24}, {120, 36}, {40, 10}}

// atEverySize goes to a situation or an overlay, and looks at it in all sizes.
func (sc scene) atEverySize(t *testing.T, look func(s *uitest.Screen, size string)) {
	t.Run(sc.name, func(t *testing.T) {
		var w *world
		model := func() tea.Model {
			w = sc.world(t)
			return w.app()
		}
		uitest.Run(t, model, 80, 24, func(s *uitest.Screen) {
			if sc.press != nil {
				sc.press(s)
			}
			for _, size := range sizes {
				s.Resize(size.w, size.h)
				look(s, fmt.Sprintf("%dx%d", size.w, size.h))
			}
			_ = w.c.Leave()
		})
	})
}

// TestPictures compares every situation and every overlay at three sizes.
func TestPictures(t *testing.T) {
	for _, sc := range scenes {
		sc.atEverySize(t, func(s *uitest.Screen, size string) { s.Golden(sc.name + "-" + size) })
	}
}

// TestEveryScreenSaysThatNotEverybodyAgreed looks at every situation and overlay,
// should one of two not have agreed to the text.
func TestEveryScreenSaysThatNotEverybodyAgreed(t *testing.T) {
	for _, sc := range scenes {
		sc.lacking = silent
		sc.atEverySize(t, func(s *uitest.Screen, _ string) { s.Has("AGREED 1/2") })
	}
}
