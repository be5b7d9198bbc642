package ui_test

import (
	"fmt"
	"slices"
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

// intents are what reached the seat.
func intents(d *driver) []exec.Intent {
	var all []exec.Intent
	for _, deed := range d.did {
		all = append(all, deed.intent)
	}
	return all
}

// why is a departure with all that is asked for.
var why = exec.Departure{Reason: "because", Agreed: "sara"}

// A flow is what a person presses, and what reaches the exercise.
type flow struct {
	name   string
	at     func(*world)
	script map[string][]play
	press  func(*driver)
	want   []exec.Intent
}

var flows = []flow{
	{"begin", nil, nil, func(d *driver) { d.settled("enter") }, []exec.Intent{exec.Begin{}}},
	{"read", at("check-replica"), nil, func(d *driver) { d.settled("r") }, []exec.Intent{exec.Run{Step: "check-replica"}}},
	{"change", at("point-app"), nil, func(d *driver) { d.settled("r", "y") }, []exec.Intent{exec.Run{Step: "point-app", Confirm: "y"}}},
	{"change, refused by esc", at("point-app"), nil, func(d *driver) { d.settled("r", "esc", "y") }, nil},
	{"change, only enter", at("point-app"), nil, func(d *driver) { d.settled("r", "enter", "enter", "enter") }, nil},
	{"final", at("promote"), nil, func(d *driver) { d.settled("r", "d"); d.typed("b-eu-2"); d.settled("enter") }, []exec.Intent{exec.Run{Step: "promote", Confirm: "db-eu-2"}}},
	{"final, wrong word", at("promote"), nil, func(d *driver) { d.settled("r", "d"); d.typed("b-eu-1"); d.settled("enter", "y", "enter") }, nil},
	{"by hand", at("tell-bridge"), nil, func(d *driver) { d.settled("d") }, []exec.Intent{exec.Attest{Step: "tell-bridge"}}},
	{"by hand with evidence", at("page-lead"), nil, func(d *driver) { d.settled("d", "enter", "o"); d.typed("k"); d.settled("enter") },
		[]exec.Intent{exec.Attest{Step: "page-lead", Text: "ok"}}},
	{"guard", at("restart-api"), nil, func(d *driver) { d.settled("1", "2", "enter") }, []exec.Intent{exec.Choose{Step: "restart-api", Choice: 2}}},
	{"decision", at("arriving"), nil, func(d *driver) { d.settled("enter", "1", "enter") }, []exec.Intent{exec.Choose{Step: "arriving", Choice: 1}}},
	{"way out", failed, map[string][]play{"point-app": {notReady}}, func(d *driver) { d.settled("t") }, []exec.Intent{exec.WayOut{Step: "point-app"}}},
	{"accept", failed, map[string][]play{"point-app": {notReady}}, func(d *driver) {
		d.settled("w")
		d.typed("because")
		d.settled("tab")
		d.typed("sara")
		d.settled("ctrl+s")
	},
		[]exec.Intent{exec.Accept{Step: "point-app", Departure: why}}},
	{"skip needs a reason", at("promote"), nil, func(d *driver) {
		d.settled("s", "ctrl+s")
		d.typed("because")
		d.settled("tab")
		d.typed("sara")
		d.settled("ctrl+s")
	},
		[]exec.Intent{exec.Skip{Step: "promote", Departure: why}}},
	{"out of order", at("promote"), nil, func(d *driver) {
		d.settled("down", "r", "u", "r")
		d.typed("because")
		d.settled("tab")
		d.typed("sara")
		d.settled("ctrl+s", "y")
	}, []exec.Intent{exec.Run{Step: "point-app", Confirm: "y", Departure: why}}},
	{"deviation, the draft is kept", at("promote"), nil, func(d *driver) {
		d.settled("!", "1", "tab")
		d.typed("x")
		d.settled("esc", "!", "tab")
		d.typed("because")
		d.settled("tab")
		d.typed("sara")
		d.settled("ctrl+s")
	}, []exec.Intent{exec.Deviate{Step: "promote", Kind: "did it another way", What: "x", Departure: why}}},
	{"enter goes to the next field, and records nothing in the last", at("promote"), nil, func(d *driver) {
		d.settled("s")
		d.typed("done before")
		d.settled("enter")
		d.typed("sara")
		d.settled("enter")
		if text := d.text(); !strings.Contains(text, "ctrl+s records it") {
			panic("nothing is said:\n" + text)
		}
		d.settled("ctrl+s")
	}, []exec.Intent{exec.Skip{Step: "promote", Departure: exec.Departure{Reason: "done before", Agreed: "sara"}}}},
	{"note", at("promote"), nil, func(d *driver) { d.settled("n"); d.typed("n!"); d.settled("enter") }, []exec.Intent{exec.Remark{Step: "promote", Text: "n!"}}},
	{"hold and release", at("promote"), nil, func(d *driver) {
		d.settled("P")
		d.typed("tea")
		d.settled("enter")
		d.sleep(time.Second)
		d.settled("P")
	},
		[]exec.Intent{exec.Hold{Reason: "tea"}, exec.Release{}}},
	{"halt", at("promote"), nil, func(d *driver) {
		d.settled("H")
		d.typed("real")
		d.settled("tab", "enter")
		d.typed("halt")
		d.settled("enter")
	},
		[]exec.Intent{exec.Halt{Reason: "real", Confirm: "halt"}}},
	{"blocked", at("promote"), nil, func(d *driver) {
		d.settled("b")
		d.typed("which zone?")
		d.settled("enter")
		d.sleep(time.Second)
		d.settled("enter", "enter") // enter alone ends nothing
		d.typed("end")
		d.settled("enter")
	},
		[]exec.Intent{exec.Block{Step: "promote", Reason: "which zone?"}, exec.Finish{Confirm: "end"}}},
	{"mark", at("promote"), nil, func(d *driver) {
		d.settled("M", "2", "enter") // the second mark
		d.typed("00:00:01")
		d.settled("enter")
		d.typed("the pager")
		d.settled("enter")
	},
		[]exec.Intent{exec.Mark{Name: "detected", Instant: time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC), Basis: "the pager"}}},
	{"stop", running("promote"), forever, func(d *driver) { d.settled("ctrl+c", "enter", "x") }, []exec.Intent{exec.Interrupt{Step: "promote"}}},
	{"doubt", func(w *world) { w.until("promote"); w.run(w.step()) }, map[string][]play{"promote": {{takes: time.Second, outcome: exec.OutcomeUnknown}}},
		func(d *driver) { d.settled("1", "enter") }, []exec.Intent{exec.Resolve{Step: "promote", Done: true}}},
	{"password", running("promote"), map[string][]play{"promote": {{takes: time.Hour, waiting: "password"}}},
		func(d *driver) { d.sleep(time.Second); d.typed("s3cret"); d.settled("enter") }, []exec.Intent{exec.Input{Text: "s3cret\r"}}},
	{"every key", running("promote"), edits, func(d *driver) {
		d.sleep(time.Second)
		d.settled("x", "ctrl+c", "esc", "up", "pgdown", "enter", "q", "ctrl+]", "q")
	}, inputs("x", "\x03", "\x1b", "\x1bOA", "\x1b[6~", "\r", "q")},
	{"ctrl+c while a line is typed", running("promote"), map[string][]play{"promote": {{takes: time.Hour, waiting: exec.WaitsForInput}}},
		func(d *driver) { d.sleep(time.Second); d.typed("no"); d.settled("ctrl+c") }, inputs("\x03")},
	{"looking changes nothing", at("promote"), nil, func(d *driver) {
		d.settled("up", "r", "d", "1", "enter", "s", "b", ".", "o", "esc", "v", "esc", "?", "esc", "/", "x", "esc", "esc", "pgup", "z", "esc", "c")
	}, nil},
	{"held down", at("check-replica"), nil, func(d *driver) { d.sleep(time.Second); d.hold("r"); d.hold("enter") }, nil},
}

// inputs are what reaches a step that is typed into.
func inputs(texts ...string) []exec.Intent {
	var all []exec.Intent
	for _, text := range texts {
		all = append(all, exec.Input{Text: text})
	}
	return all
}

// TestKeysBecomeIntents presses what a person presses and looks at what reaches
// the exercise.
func TestKeysBecomeIntents(t *testing.T) {
	for _, c := range flows {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, exec.Strict, c.script, c.at, func(_ *world, d *driver) {
				c.press(d)
				d.sleep(100 * time.Millisecond)
				if diff := cmp.Diff(c.want, intents(d)); diff != "" {
					t.Errorf("-want +got:\n%s\n%s", diff, d.text())
				}
			})
		})
	}
}

// TestWholeExercise carries the document out from the first key to the report,
// in the real program, with an hour of clock.
func TestWholeExercise(t *testing.T) {
	var w *world
	uitest.Run(t, func() tea.Model {
		w = newWorld(t, exec.Strict, map[string][]play{"check-replica": {notReady}})
		return w.app()
	}, 80, 24, func(s *uitest.Screen) {
		s.Has("NEXT > enter = BEGIN", "CLOCK NOT STARTED", "agreed by all 2: alice, bob")
		s.Press("enter", "r", "y")
		s.Sleep(3 * time.Second)
		s.Has("NEXT > d = DONE", "T+00:0")
		s.Press("d", "r")
		s.Sleep(time.Minute)
		s.Has("NEXT > b = BLOCKED", "FAILED")
		s.Press("r")
		s.Type("again")
		s.Press("ctrl+s")
		s.Sleep(3 * time.Second)
		s.Press("2", "enter", "d")
		s.Type("yes")
		s.Press("enter", "r")
		s.Type("db-eu-2")
		s.Press("enter")
		s.Sleep(3 * time.Second)
		s.Press("r", "y")
		s.Sleep(3 * time.Second)
		s.Press("1", "enter", "r")
		s.Sleep(2 * time.Minute)
		s.Press("r")
		s.Sleep(3 * time.Second)
		s.Press("d", "d")
		s.Has("THE DOCUMENT IS THROUGH", "NEXT > enter = FINISH")
		s.Press("enter")
		s.Has("RESULT  RTO MET", "FINISHED", "the report is written")
		s.Press("e")
		s.Has("the report was written to /srv/exercises/ex-20261123-1/report.md")
		before := s.Bytes()
		s.Sleep(time.Hour)
		if n := s.Bytes() - before; n > 150_000 {
			t.Errorf("an idle hour sends %d bytes to the terminal", n)
		}
		_ = w.c.Leave()
	})
	if got := w.c.State().Ended; got == nil || got.Completion != exec.Completed {
		t.Errorf("the exercise ended as %+v", got)
	}
}

// TestLeaving leaves in every way and says what is still open.
func TestLeaving(t *testing.T) {
	bubble(t, exec.Strict, nil, at("promote"), func(_ *world, d *driver) {
		d.settled("q")
		if !strings.Contains(d.text(), "bythebook resume ex-20261123-1") || d.quit {
			t.Errorf("leaving does not ask, or does not say how to come back:\n%s", d.text())
		}
		d.settled("enter")
		if d.quit {
			t.Error("enter left the exercise")
		}
		if d.settled("l"); !d.quit || d.app.Left() != "ex-20261123-1" {
			t.Errorf("left: %v, open: %q", d.quit, d.app.Left())
		}
	})
	empty := ui.New(ui.Config{Who: "mira"})
	if empty.Left() != "" {
		t.Error("an exercise is open in an empty library")
	}
}

// TestSlowLine keeps keys from acting until the terminal's answer is back.
func TestSlowLine(t *testing.T) {
	uitest.Run(t, func() tea.Model { return newWorld(t, exec.Strict, nil).until("point-app").app() }, 80, 24, func(s *uitest.Screen) {
		s.Lag = 800 * time.Millisecond
		s.Send(uitest.Key("r"))
		s.Sleep(600 * time.Millisecond)
		s.Has("NEXT . y = YES")
		s.Send(uitest.Key("y"))
		s.Sleep(50 * time.Millisecond)
		s.Has("too soon", "NEXT . y = YES")
		s.Sleep(1500 * time.Millisecond)
		s.Has("NEXT > y = YES")
	})
}

// TestEverySituationHasAScreen walks the table.
func TestEverySituationHasAScreen(t *testing.T) {
	have := ui.Situations()
	for _, s := range []exec.Situation{exec.Ready, exec.Finished, exec.InDoubt, exec.Busy, exec.OnHold, exec.Gapped, exec.AtEnd,
		exec.Wanting, exec.Picking, exec.Guarding, exec.Unmet, exec.Deciding, exec.ToRun, exec.ToAttest} {
		if !slices.Contains(have, s) {
			t.Errorf("no screen for %q", s)
		}
	}
}

// TestKeysMeanOneThing walks the table of keys.
func TestKeysMeanOneThing(t *testing.T) {
	keys, helps := ui.Bindings()
	seen := map[string]string{}
	for i, all := range keys {
		for _, k := range all {
			if other, twice := seen[k]; twice {
				t.Errorf("%s means %q and %q", k, other, helps[i])
			}
			seen[k] = helps[i]
		}
		if helps[i] == "" {
			t.Errorf("%v is not explained", all)
		}
	}
}

// TestValuesAreGivenOnTheReadyScreen types an input and a secret, of which no
// picture ever holds a letter.
func TestValuesAreGivenOnTheReadyScreen(t *testing.T) {
	bubbleOn(t, func(t *testing.T) *world { return newWorldOn(t, release(), exec.Rehearsal, exec.Strict, false, nil) }, func(w *world, d *driver) {
		d.settled("enter")
		d.typed("latest")
		d.settled("enter")
		if !strings.Contains(d.text(), "RELEASE must match v[0-9.]+") {
			t.Errorf("a value that does not fit was taken:\n%s", d.text())
		}
		d.settled("ctrl+u")
		d.typed("v1.4")
		d.settled("enter")
		d.settled("enter")
		d.send(tea.PasteMsg{Content: "swordfish"})
		d.typed("x")
		if strings.Contains(d.text(), "sword") {
			t.Errorf("a secret can be read:\n%s", d.text())
		}
		d.settled("enter")
		if s := w.c.State(); s.Values["RELEASE"] != "v1.4" || s.Values["TOKEN"] != exec.Hidden || !s.Started.IsZero() {
			t.Errorf("the values are %v, begun %v", s.Values, s.Started)
		}
		d.settled("enter")
		if s := w.c.State(); s.Started.IsZero() || strings.Contains(d.text(), "sword") {
			t.Errorf("begun %v:\n%s", s.Started, d.text())
		}
	})
}

// TestBlocksOfTwoDigits: of more blocks than there are digits every one can be
// chosen, and a number alone runs nothing.
func TestBlocksOfTwoDigits(t *testing.T) {
	many := func(t *testing.T) *world {
		book := release()
		book.Inputs, book.Scenarios[0].Steps = nil, book.Scenarios[0].Steps[1:2]
		step := &book.Scenarios[0].Steps[0]
		for len(step.Runs) < 11 {
			step.Runs = append(step.Runs, fmt.Sprintf("echo %d", len(step.Runs)+1))
		}
		w := newWorldOn(t, book, exec.Rehearsal, exec.Strict, false, nil)
		w.do(exec.Begin{})
		return w
	}
	for _, tt := range []struct {
		keys []string
		want []int
	}{
		{[]string{"1"}, []int{1}}, {[]string{"1", "0"}, []int{10}}, {[]string{"1", "1"}, []int{11}}, {[]string{"3", "2"}, []int{2}},
		{[]string{"1", "2"}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	} {
		bubbleOn(t, many, func(w *world, d *driver) {
			d.settled(tt.keys...)
			if got := w.c.State().Step(0).Blocks; len(got) > 0 {
				t.Errorf("%v committed %v", tt.keys, got)
			}
			d.settled("enter")
			if got := w.c.State().Step(0).Blocks; !slices.Equal(got, tt.want) {
				t.Errorf("%v chose %v, want %v", tt.keys, got, tt.want)
			}
			if w.c.State().Running() >= 0 {
				t.Errorf("%v ran something", tt.keys)
			}
		})
	}
}

// TestWhereAStepRuns: wherever a step is started, its terminal is named.
func TestWhereAStepRuns(t *testing.T) {
	hosts := func(t *testing.T) *world {
		book := release()
		book.Inputs, book.Scenarios[0].Steps = nil, book.Scenarios[0].Steps[2:3]
		book.Scenarios[0].Steps[0].At, book.Scenarios[0].Steps[0].DependsOn = []string{"db-1", "db-2"}, nil
		w := newWorldOn(t, book, exec.Rehearsal, exec.Strict, false, nil)
		w.do(exec.Begin{})
		return w
	}
	bubbleOn(t, hosts, func(w *world, d *driver) {
		for _, on := range []struct{ letter, host string }{{"a", "db-1"}, {"b", "db-2"}} {
			if text := d.text(); !strings.Contains(text, "RUN step 1"+on.letter+" at "+on.host) || !strings.Contains(text, "RUN at "+on.host) {
				t.Errorf("before %s:\n%s", on.host, text)
			}
			d.settled("r")
			if text := d.text(); !strings.Contains(text, "RUN STEP 1 at "+on.host+"?") || !strings.Contains(text, "YES, RUN step 1 at "+on.host) {
				t.Errorf("asking for %s:\n%s", on.host, text)
			}
			d.settled("y")
			for w.c.State().Running() >= 0 {
				d.sleep(time.Second)
			}
		}
		if a, _ := w.c.State().Step(0).LastAttempt(); a.At != "db-2" || !w.c.State().Step(0).Over() {
			t.Errorf("in the end: %+v", a)
		}
	})
}

// TestABarIsOverriddenOnTheScreen is enter at a start that is barred: a form, and
// nothing begins before it holds a reason and a name.
func TestABarIsOverriddenOnTheScreen(t *testing.T) {
	var w *world
	model := func() tea.Model {
		w = newWorldOn(t, book(), exec.Live, exec.Strict, false, nil, silent...)
		return w.app()
	}
	uitest.Run(t, model, 80, 24, func(s *uitest.Screen) {
		s.Press("enter")
		s.Has("BEGIN ALL THE SAME?", "barred by agreement: agreed by 1 of 2")
		s.Type("The window ends today.")
		s.Press("ctrl+s")
		s.Has("say why, and who overrides it")
		if st := w.c.State(); !st.Started.IsZero() || len(st.Overrides) > 0 {
			t.Error("it began without a name")
		}
		s.Press("tab")
		s.Type("alice")
		s.Press("ctrl+s")
		s.Has("AGREED 1/2", "1/13")
		st := w.c.State()
		if st.Started.IsZero() || len(st.Overrides) != 1 || st.Overrides[0].Reason != "The window ends today." || st.Overrides[0].Agreed != "alice" {
			t.Errorf("begun at %v, overridden %+v", st.Started, st.Overrides)
		}
		_ = w.c.Leave()
	})
}

// TestWhatWasSaidBeforehandStandsInTheForm is for --override and --agreed.
func TestWhatWasSaidBeforehandStandsInTheForm(t *testing.T) {
	var w *world
	model := func() tea.Model {
		w = newWorldOn(t, book(), exec.Live, exec.Strict, false, nil, silent...)
		x := w.exercise()
		x.Override = exec.Departure{Reason: "The window ends today.", Agreed: "alice"}
		return ui.New(ui.Config{Who: "mira", Start: x, Now: w.now})
	}
	uitest.Run(t, model, 80, 24, func(s *uitest.Screen) {
		s.Press("enter")
		s.Has("The window ends today.", "alice")
		s.Press("ctrl+s")
		if st := w.c.State(); st.Started.IsZero() || len(st.Overrides) != 1 || st.Overrides[0].Agreed != "alice" {
			t.Errorf("begun at %v, overridden %+v", st.Started, st.Overrides)
		}
		_ = w.c.Leave()
	})
}

// TestOnlooker: without the pen nothing is done but what everybody may, and the
// one key that takes it.
func TestOnlooker(t *testing.T) {
	var wanted *[]exec.Intent
	bubble(t, exec.Strict, nil, func(w *world) { wanted = w.until("promote").lend(exec.Pen{Away: true, With: "sara"}) }, func(_ *world, d *driver) {
		if d.settled("r"); !strings.Contains(d.text(), "sara has the pen") {
			t.Errorf("r does not say who has the pen:\n%s", d.text())
		}
		d.settled("n")
		d.typed("seen")
		d.settled("ctrl+s", "T")
		var acted []exec.Intent
		for _, i := range *wanted {
			if _, room := i.(exec.Resize); !room {
				acted = append(acted, i)
			}
		}
		step := acted[0].(exec.Remark).Step
		if want := []exec.Intent{exec.Remark{Step: step, Text: "seen"}, exec.Take{}}; !slices.Equal(acted, want) {
			t.Errorf("it wanted %#v", acted)
		}
	})
}

// TestAChoiceInAFormIsMade: nothing is chosen before somebody does, a number is a
// choice, no other letter changes it, and a reason is not dropped.
func TestAChoiceInAFormIsMade(t *testing.T) {
	drop := func(t *testing.T) *world {
		return newWorldOn(t, away(), exec.Rehearsal, exec.Strict, false, nil).until("drop")
	}
	refuse := exec.Refuse{Step: "drop", By: "bob", Reason: "not tested", Seat: "mira"}
	for _, tt := range []struct {
		name  string
		press func(*driver)
		says  string
		want  []exec.Intent
	}{
		{"nothing is chosen", func(d *driver) { d.settled("a", "ctrl+s") }, "nothing is chosen yet", nil},
		{"a number chooses", func(d *driver) {
			d.settled("a", "2", "tab")
			d.typed("not tested")
			d.settled("tab")
			d.typed("bob")
			d.settled("ctrl+s")
		}, "recorded: REFUSED, step drop: not tested", []exec.Intent{refuse}},
		{"what is typed at the choice leaves it", func(d *driver) {
			d.settled("a", "2")
			d.typed("not tested")
			d.settled("space", "tab")
			d.typed("not tested")
			d.settled("tab")
			d.typed("bob")
			d.settled("ctrl+s")
		}, "recorded: REFUSED", []exec.Intent{refuse}},
		{"a reason is for a refusal", func(d *driver) {
			d.settled("a", "1", "tab")
			d.typed("not tested")
			d.settled("tab")
			d.typed("bob")
			d.settled("ctrl+s")
		}, "a reason is for a refusal", nil},
		{"an arrow chooses too", func(d *driver) {
			d.settled("a", "right", "tab", "tab")
			d.typed("bob")
			d.settled("ctrl+s")
		}, "recorded: APPROVED, step drop", []exec.Intent{exec.Approve{Step: "drop", By: "bob", Seat: "mira"}}},
		{"what kind of deviation", func(d *driver) {
			d.settled("!", "tab")
			d.typed("x")
			d.settled("tab")
			d.typed("y")
			d.settled("ctrl+s")
		}, "nothing is chosen yet", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubbleOn(t, drop, func(_ *world, d *driver) {
				tt.press(d)
				d.sleep(100 * time.Millisecond)
				if diff := cmp.Diff(tt.want, intents(d)); diff != "" || !strings.Contains(d.text(), tt.says) {
					t.Errorf("-want +got:\n%s\nwant %q in\n%s", diff, tt.says, d.text())
				}
			})
		})
	}
}

// ends is a step that takes what is typed, until it ends.
func ends(step string, w exec.Waiting) map[string][]play {
	p := edits["promote"][0]
	p.takes, p.waiting = 16*time.Second, w
	if w != exec.WaitsForKeys {
		p.screen = nil
	}
	return map[string][]play{step: {p}}
}

// TestWhatIsTypedAsAFieldClosesGoesNowhere types on when the step has ended that
// took the keys, and while the next one is done by hand.
func TestWhatIsTypedAsAFieldClosesGoesNowhere(t *testing.T) {
	done := exec.Attest{Step: "order"}
	for _, tt := range []struct {
		name    string
		waiting exec.Waiting
		before  func(*driver)
		lapses  bool
		want    []exec.Intent
	}{
		{"in the midst of a line", exec.WaitsForInput, func(d *driver) { d.typed("answer") }, true, []exec.Intent{done}},
		{"before the first letter", exec.WaitsForInput, func(*driver) {}, true, []exec.Intent{done}},
		{"in an editor", exec.WaitsForKeys, func(d *driver) { d.typed("j") }, true, append(inputs("j"), done)},
		{"the line was sent", exec.WaitsForInput, func(d *driver) { d.typed("y"); d.press("enter") }, false, append(inputs("y\r"), done)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, exec.Strict, ends("write-probe", tt.waiting), running("write-probe"), func(w *world, d *driver) {
				tt.before(d)
				d.sleep(10 * time.Second)
				if w.step().ID != "order" {
					t.Fatalf("it still stands at %s", w.step().ID)
				}
				if tt.lapses {
					d.typed("dddd")
					d.sleep(1500 * time.Millisecond)
					d.settled("d", "enter", "d", "q")
					if text := d.text(); !strings.Contains(text, "WHAT YOU TYPE GOES NOWHERE") || !strings.Contains(text, "NEXT > esc = GO ON") {
						t.Errorf("nothing says that the step has ended:\n%s", text)
					}
					d.settled("esc")
				}
				d.settled("d")
				d.sleep(100 * time.Millisecond)
				if diff := cmp.Diff(tt.want, intents(d)); diff != "" {
					t.Errorf("-want +got:\n%s\n%s", diff, d.text())
				}
			})
		})
	}
}

// TestAFormOutlivesWhatEndsBesideIt fills in one of two steps that are done in any
// order: the end of the other closes nothing, its own end does.
func TestAFormOutlivesWhatEndsBesideIt(t *testing.T) {
	beside := func(t *testing.T) *world {
		book := away()
		book.Scenarios[0].Steps[3].Evidence = "text"
		w := newWorldOn(t, book, exec.Rehearsal, exec.Strict, false, ends("hosts", ""))
		w.approved("hosts").begin()
		return w
	}
	bubbleOn(t, beside, func(w *world, d *driver) {
		d.settled("down", "d", "t")
		d.typed("hey ")
		d.sleep(10 * time.Second)
		if w.c.State().Running() >= 0 {
			t.Fatal("the step beside has not ended")
		}
		d.typed("answered")
		d.settled("enter")
		d.sleep(100 * time.Millisecond)
		if want := []exec.Intent{exec.Attest{Step: "call", Text: "they answered"}}; !slices.Equal(want, intents(d)) {
			t.Errorf("it wanted %+v\n%s", intents(d), d.text())
		}
	})
	bubbleOn(t, beside, func(w *world, d *driver) {
		d.settled("down", "d", "t")
		d.typed("hey ")
		w.do(exec.Attest{Step: "call", Text: "somebody else was faster"})
		d.sleep(10 * time.Second)
		d.typed("n1")
		d.settled("enter", "1", "enter")
		if text := d.text(); len(d.did) > 0 || !strings.Contains(text, "Nothing of it was recorded.") {
			t.Errorf("it wanted %+v\n%s", intents(d), text)
		}
	})
}

// unplugs is a playbook whose step by hand can't be undone, and wants evidence.
func unplugs() *runbook.Playbook {
	book := release()
	book.Inputs, book.Scenarios[0].Steps = nil, []runbook.Step{
		{ID: "see", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Look at the old primary."},
		{ID: "unplug", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Unplug the old primary.", Effect: runbook.Final, Aim: "db-1", Evidence: "text"},
	}
	return book
}

// TestWhatIsDoneByHandForGoodIsConfirmed: one d records nothing that cannot be
// undone, in its turn or out of it.
func TestWhatIsDoneByHandForGoodIsConfirmed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		at    string
		press func(*driver)
		want  []exec.Intent
	}{
		{"not typed", "unplug", func(d *driver) { d.settled("d", "enter", "y", "enter", "esc") }, nil},
		{"typed", "unplug", func(d *driver) {
			d.settled("d", "d")
			d.typed("b-1")
			d.settled("enter", "o")
			d.typed("ff")
			d.settled("enter")
		}, []exec.Intent{exec.Attest{Step: "unplug", Text: "off", Confirm: "db-1"}}},
		{"out of order", "see", func(d *driver) {
			d.settled("down", "u", "d")
			d.typed("because")
			d.settled("tab")
			d.typed("sara")
			d.settled("ctrl+s", "d")
			d.typed("b-1")
			d.settled("enter", "o")
			d.typed("ff")
			d.settled("enter")
		}, []exec.Intent{exec.Attest{Step: "unplug", Text: "off", Confirm: "db-1", Departure: why}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubbleOn(t, func(t *testing.T) *world {
				return newWorldOn(t, unplugs(), exec.Rehearsal, exec.Strict, false, nil).until(tt.at)
			}, func(_ *world, d *driver) {
				tt.press(d)
				d.sleep(100 * time.Millisecond)
				if diff := cmp.Diff(tt.want, intents(d)); diff != "" {
					t.Errorf("-want +got:\n%s\n%s", diff, d.text())
				}
			})
		})
	}
}

// TestTypedToAStepThatMayAsk types what a step asked for that nobody can see asking:
// its letters open no form that takes the rest, and are told where they belong.
func TestTypedToAStepThatMayAsk(t *testing.T) {
	bubble(t, exec.Strict, forever, running("promote"), func(_ *world, d *driver) {
		if !strings.Contains(d.text(), "if it asks: i = type") {
			t.Errorf("NEXT does not say how to answer:\n%s", d.text())
		}
		for _, password := range []string{"night", "!bang", "Hush", "Stars"} {
			d.typed(password)
			d.sleep(2 * time.Second)
			d.typed("more")
			d.settled("enter")
			if text := d.text(); !strings.Contains(text, "esc, then i.") || strings.Contains(text, "more") {
				t.Errorf("after %q:\n%s", password, text)
			}
			d.settled("esc")
		}
		d.settled("n", "s")
		d.typed("een")
		d.settled("enter", "i", "y", "enter")
		d.sleep(100 * time.Millisecond)
		want := append([]exec.Intent{exec.Remark{Step: "promote", Text: "seen"}}, inputs("y\r")...)
		if diff := cmp.Diff(want, intents(d)); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, d.text())
		}
	})
}

// TestTheKeyToTheWholeTerminal is g only while keys are this program's.
func TestTheKeyToTheWholeTerminal(t *testing.T) {
	bubble(t, exec.Strict, edits, running("promote"), func(_ *world, d *driver) {
		d.sleep(time.Second)
		title := func() string { return strings.Split(d.text(), "\n")[3] }
		if !strings.Contains(title(), "ctrl+], then g = whole terminal") {
			t.Errorf("the program has the keys:\n%s", d.text())
		}
		if d.settled("ctrl+]"); !strings.Contains(title(), "; g = whole terminal") {
			t.Errorf("bythebook has them:\n%s", d.text())
		}
	})
}
