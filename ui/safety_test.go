package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/runbook"
)

// meant says why a run was not meant by whoever pressed the keys, "" when it
// was: the key that starts it was pressed, not held down, while NEXT said so in
// full, and what the step asks for was given.
func meant(d deed) string {
	run, ok := d.intent.(exec.Run)
	if !ok {
		return ""
	}
	n := d.state.Scenario.Find(run.Step)
	step := d.state.Scenario.Steps[n]
	shown := func(words string) bool { return strings.Contains(d.view, words) }
	number := fmt.Sprintf("step %d", n+1)
	switch {
	case d.held:
		return "a key that is held down started it"
	case step.Effect == runbook.Final:
		if d.key != "enter" || run.Confirm != step.Aim || !shown(fmt.Sprintf("NEXT > enter = RUN %s, once %s", number, step.Aim)) || !shown("["+step.Aim+"_") {
			return "the target's name was not typed"
		}
	case step.Effect == runbook.Change:
		if d.key != "y" || run.Confirm != "y" || !shown("NEXT > y = YES, RUN "+number) {
			return "nobody said yes"
		}
	case run.Reason != "":
		if d.key != "ctrl+s" || !shown("NEXT > ctrl+s = ") || !shown(" "+number+" '"+run.Step) {
			return "the departure was not recorded on purpose"
		}
	case d.key != "r" || !shown("NEXT > ") || !shown("r run") || !shown(fmt.Sprintf("Step %d of", n+1)) && !shown(fmt.Sprintf("NEXT > r = RUN step %d OUT OF ORDER", n+1)):
		return "r was not pressed on this step"
	}
	return ""
}

var tokens = []string{
	"r", "r", "r", "y", "y", "d", "enter", "enter", "1", "2", "3", "t", "w", "s", "u", "i", "b", "!", "n", "P", "H", "k", "x", "q", "c", "o", "v", "?", "z", ".",
	"up", "down", "tab", "esc", "esc", "ctrl+s", "ctrl+c", "space", "pgdown", "db-eu-2", "db-eu-2", "halt", "because", "paste:db-eu-2", "paste:r\r\ny\n", "hold:r", "hold:y", "hold:enter",
}

// happen does one random thing.
func happen(d *driver, rng *rand.Rand, token string) {
	switch {
	case strings.HasPrefix(token, "paste:"):
		d.key, d.view = "paste", ""
		d.send(tea.PasteMsg{Content: token[6:]})
	case strings.HasPrefix(token, "hold:"):
		d.hold(token[5:])
	case len(token) > 3 && !strings.Contains(token, "+") && token != "enter" && token != "down" && token != "space" && token != "pgdown":
		d.typed(token)
	default:
		d.press(token)
	}
	if rng.IntN(3) > 0 {
		d.sleep([]time.Duration{50, 450, 900, 3000}[rng.IntN(4)] * time.Millisecond)
	}
}

// plans are what people press who mean it.
var plans = [][]string{
	{"r", "db-eu-2", "enter"}, {"r", "db-eu-2", "enter"}, {"r", "y"}, {"d", "because", "enter"}, {"1", "enter"}, {"2", "enter"},
	{"down", "u", "r", "because", "ctrl+s", "y"}, {"s", "because", "ctrl+s"}, {"r", "because", "ctrl+s", "db-eu-2", "enter"}, {"esc", "r", "y"},
}

// attempt follows a plan, and gets some of it wrong.
func attempt(d *driver, rng *rand.Rand) {
	for _, token := range plans[rng.IntN(len(plans))] {
		switch rng.IntN(12) {
		case 0:
		case 1:
			happen(d, rng, tokens[rng.IntN(len(tokens))])
		default:
			d.sleep(600 * time.Millisecond)
			happen(d, rng, token)
		}
	}
}

// TestNothingRunsUnmeant types keys at random and watches the seat.
func TestNothingRunsUnmeant(t *testing.T) {
	t.Parallel()
	sequences := 2000
	if testing.Short() {
		sequences = 200
	}
	places := []string{"stop-primary", "check-replica", "promote", "point-app", "arriving", "settle", "write-probe"}
	started := map[runbook.Effect]int{}
	synctest.Test(t, func(t *testing.T) {
		for seed := range sequences {
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			rule := exec.Rules[seed%len(exec.Rules)]
			w := newWorld(t, rule, map[string][]play{"point-app": {notReady}, "check-replica": {notReady, {takes: time.Second}}})
			w.do(exec.Begin{})
			if rule != exec.Lockstep {
				skipTo(w, places[seed%len(places)])
			}
			d := drive(w, 70, 20)
			for n := 0; n < 25 && !d.quit; n++ {
				if rng.IntN(6) == 0 {
					attempt(d, rng)
				}
				happen(d, rng, tokens[rng.IntN(len(tokens))])
			}
			for _, deed := range d.did {
				if why := meant(deed); why != "" {
					t.Fatalf("seed %d: %+v after %q: %s\n%s", seed, deed.intent, deed.key, why, deed.view)
				}
				if run, ok := deed.intent.(exec.Run); ok {
					started[deed.state.Scenario.Steps[deed.state.Scenario.Find(run.Step)].Effect]++
				}
			}
			d.app.Close()
			_ = w.c.Leave()
		}
		time.Sleep(time.Hour)
	})
	for _, e := range []runbook.Effect{runbook.Read, runbook.Change, runbook.Final} {
		if started[e] == 0 {
			t.Errorf("no step that is %q was ever started: the test says nothing about it (%v)", e, started)
		}
	}
	t.Logf("%d sequences started %v", sequences, started)
}

// skipTo leaves steps out until the document stands at one.
func skipTo(w *world, id string) {
	for w.step().ID != id {
		w.do(exec.Skip{Step: w.step().ID, Departure: exec.Departure{Reason: "a test begins here"}})
	}
}

// TestPasteAloneDoesNothing pastes everywhere, with and without panels open.
func TestPasteAloneDoesNothing(t *testing.T) {
	for _, open := range [][]string{nil, {"r"}, {"s"}, {"!"}, {"n"}, {"H"}, {"ctrl+c"}, {"b"}, {"o"}} {
		bubble(t, exec.Strict, nil, at("promote"), func(_ *world, d *driver) {
			d.settled(open...)
			d.did = nil
			for range 5 {
				d.sleep(time.Second)
				d.send(tea.PasteMsg{Content: "db-eu-2\r\nr\ny\nhalt\n\x13"})
			}
			if len(d.did) != 0 {
				t.Errorf("after %v, pasting alone caused %+v", open, d.did)
			}
		})
	}
}

// TestTypedAhead leans on a key over the end of a step: the next one, which the
// same key would start, must not begin.
func TestTypedAhead(t *testing.T) {
	bubble(t, exec.Strict, map[string][]play{"settle": {{takes: time.Second}}}, at("settle"), func(w *world, d *driver) {
		d.lag = 400 * time.Millisecond // each change is seen late
		for range 22 {
			d.press("r")
			d.sleep(100 * time.Millisecond)
		}
		if w.step().ID != "write-probe" || len(d.did) != 1 {
			t.Errorf("at %s the key acted %d times, once was meant: %+v", w.step().ID, len(d.did), intents(d))
		}
	})
}

// TestNoAnswer gives up the fence where the terminal never answers it.
func TestNoAnswer(t *testing.T) {
	bubble(t, exec.Strict, nil, at("check-replica"), func(_ *world, d *driver) {
		d.lag = -1
		d.press("r")
		d.sleep(2*time.Second + 500*time.Millisecond)
		d.settled("2") // the next step asks for its condition
		if !strings.Contains(d.text(), "NEXT . ") {
			t.Errorf("keys act although the terminal has not answered:\n%s", d.text())
		}
		d.sleep(2 * time.Second)
		if !strings.Contains(d.text(), "NEXT > ") {
			t.Errorf("the fence was never given up:\n%s", d.text())
		}
	})
}
