package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/ui/part"
)

// A spot is what a person was shown, as far as keys depend on it: when it
// changes, the keys are disarmed.
type spot struct {
	exercise  bool
	situation exec.Situation
	step      int
	tries     int
	visit     int
	sent      int // intents that went to the seat
	looking   int
	aim       bool
	over      string
	read      bool // the library was looked over
	away      bool // somebody else has the pen
	called    bool // somebody calls stop
	gone      bool // nobody records it any more
}

// armed reports whether keys may act: on the library only once it shows what is
// on record, so that nobody begins anew what is unfinished.
func (a *App) armed() bool {
	return a.guard.armed && (a.ex != nil || a.cfg.Stand == nil || a.lib != nil)
}

// lay is how the screen is laid out: medians need a column of their own.
func (a *App) lay() layout {
	l := lay(a.size.W, a.size.H)
	if l.class == wide && len(a.medians) > 0 {
		l.left += part.MedianCells
	}
	return l
}

// facts are what is derived from the state, once for each state.
type facts struct {
	events uint64
	known  bool
	devs   []exec.Deviation
	goals  []exec.Objective
}

// settle makes the screen follow the state after a message: which situation it
// is, which screen belongs to it, whether the picture changed, and when the
// guard has to look again.
func (a *App) settle(now time.Time) tea.Cmd {
	a.derive()
	s, shown := a.state(), a.update.At(now)
	var next exec.Next
	if s.Scenario != nil {
		next = s.Next(shown)
	}
	a.sc = a.scene(shown, next)
	a.follow(next)
	a.sc = a.scene(shown, next)
	if here := a.here(next); here != a.spot || a.spot.sent != a.sent {
		a.sent, a.spot, a.guard = a.spot.sent, here, a.guard.change(now)
	}
	return tea.Batch(a.arm(now), a.read())
}

// read asks once for the report of an exercise that has ended.
func (a *App) read() tea.Cmd {
	if a.update.State.Ended == nil || a.asked || a.ex == nil || a.ex.Report == nil {
		return nil
	}
	a.asked = true
	return report(a.ex.Report, a.update.State)
}

// derive works out what the state implies, when there is a new one.
func (a *App) derive() {
	s := a.update.State
	if s.Scenario == nil || a.facts.known && a.facts.events == s.Events {
		return
	}
	a.facts = facts{events: s.Events, known: true, devs: exec.Deviations(s), goals: exec.Objectives(s)}
}

// state is the exercise as it looks from the step that is turned to. Where nobody
// records it any more, it looks as whoever resumes it will find it: of a step
// that ran nothing is known.
func (a *App) state() exec.State {
	s := a.update.State.Toward(a.view.turn)
	if i := s.Running(); i >= 0 && !a.update.Gone.IsZero() {
		return exec.Apply(s, exec.Event{Seq: s.Events + 1, At: s.Last, Step: s.Scenario.Steps[i].ID, Body: exec.StepUnknown{}})
	}
	return s
}

func (a *App) scene(now time.Time, next exec.Next) scene {
	sc := scene{
		look: a.cfg.Look, lay: a.lay(), now: now, cfg: &a.cfg, page: &a.page, armed: a.armed(), opening: a.opening,
		ex: a.ex, st: a.state(), next: next, update: a.update,
		devs: a.facts.devs, goals: a.facts.goals, report: a.report,
		medians: a.medians, lib: a.lib, past: a.past,
		screen: a.screen, view: a.view, keyed: a.over == overlay(keyed{}),
	}
	if sc.looking() && sc.open() {
		sc.screen = looking{}
		if a.screen != nil {
			sc.screen = aside{a.screen}
		}
	}
	return sc
}

// aside is the screen of another step than the current one; NEXT still tells of
// the current one.
type aside struct{ of screen }

func (s aside) body(sc scene, lay layout) []string { return looking{}.body(sc, lay) }
func (s aside) enter(sc scene) want                { return looking{}.enter(sc) }
func (s aside) choose(sc scene, n int) want        { return looking{}.choose(sc, n) }
func (s aside) next(sc scene) nextLine {
	sc.screen = s.of
	return looking{}.next(sc)
}

// follow puts the screen of the situation in place, and closes what was opened
// over a situation that is past.
func (a *App) follow(next exec.Next) {
	s := a.update.State
	if s.Scenario == nil {
		if a.ex == nil {
			a.screen = library{}
		} else {
			a.screen = arriving{}
		}
		return
	}
	was, is := a.spot, a.here(next)
	is.looking, is.aim, is.over, was.looking, was.aim, was.over = 0, false, "", 0, false, ""
	if was == is {
		a.input(next)
		return
	}
	a.screen = screens[next.Situation]
	if is.gone {
		a.screen = plainly{keeperGone}
	}
	a.view = view{step: -1, top: -1, row: a.view.row, turn: a.view.turn}
	if a.over != nil && a.over.how().bound && (is.gone || !a.stillOpen(a.over.how().of)) {
		a.close()
		if is.gone {
			a.message = "its keeper is gone; what was open is closed, and nothing of it was recorded"
		}
	}
	if _, reading := a.over.(pager); reading && s.Ended != nil {
		a.over = nil
	}
	a.unasked = ""
	a.input(next)
}

// stillOpen reports whether a step can still be done: what is filled in for it was
// not overtaken by what happened beside it.
func (a *App) stillOpen(step string) bool {
	s := a.state()
	n := s.Scenario.Find(step)
	return n >= 0 && s.Ended == nil && s.Offers(n) && !s.Step(n).Over()
}

// close closes what the exercise went on without. Where somebody could type, they
// find a lapse there.
func (a *App) close() {
	if f, filled := a.over.(form); filled {
		a.drafts[f.id] = f
	}
	l, typed := lapsed(a.over)
	if a.over = nil; typed {
		a.over = l
		return
	}
	a.message = "the exercise went on; what was open is closed"
}

// input gives the keys to the running step when it waits for them: a line to
// type into, or every key. Where it now wants the other, that is what it gets.
// While something else is to be answered, a person gives them.
func (a *App) input(next exec.Next) {
	w := a.update.Waiting
	if w == "" {
		a.unasked = ""
	}
	switch {
	case w == "" && a.over == overlay(keyed{}):
		a.close()
	case w != "" && typing(a.over) && a.over.name() != taking(w).name():
		a.over = nil
	}
	if next.Situation == exec.Busy && next.Key == "" && !a.update.Pen.Away && w != "" && w != a.unasked && a.over == nil && !a.sc.looking() {
		a.over, a.unasked = taking(w), w
	}
}

// taking is what takes the keys for a step that waits.
func taking(w exec.Waiting) overlay {
	if w == exec.WaitsForKeys {
		return keyed{}
	}
	return answering{}
}

// typing reports whether an overlay has the keys for the step.
func typing(o overlay) bool {
	switch o.(type) {
	case answering, keyed:
		return true
	}
	return false
}

// here is where the app is now.
func (a *App) here(next exec.Next) spot {
	s := a.update.State
	sp := spot{exercise: a.ex != nil, situation: next.Situation, step: next.Step, sent: a.spot.sent, looking: a.view.step, aim: a.view.aim, read: a.lib != nil, away: a.update.Pen.Away}
	_, sp.called = s.Called()
	sp.gone = s.Ended == nil && !a.update.Gone.IsZero()
	if s.Scenario != nil && next.Step >= 0 {
		st := s.Step(next.Step)
		sp.tries, sp.visit = len(st.Looks)+len(st.Attempts), st.Visit
	}
	if a.over != nil {
		sp.over = a.over.name()
	}
	return sp
}

// arm lets the guard look at the time, and sends the fence when it is due.
func (a *App) arm(now time.Time) tea.Cmd {
	var cmds []tea.Cmd
	if !a.guard.fenced && now.Sub(a.guard.changed) >= fenceAfter {
		a.guard = a.guard.fence()
		cmds = append(cmds, fence())
	}
	a.guard = a.guard.look(now)
	a.sc.armed = a.armed()
	if d, wanted := a.guard.due(now); wanted && !a.ticking {
		a.ticking = true
		cmds = append(cmds, armIn(d))
	}
	return tea.Batch(cmds...)
}

// arriving is an exercise whose record has not arrived yet.
type arriving struct{ steady }

func (arriving) body(_ scene, lay layout) []string { return part.Tall(nil, lay.body.H) }
func (arriving) next(scene) nextLine               { return nextLine{"", "reading the record ...", "q = leave"} }
