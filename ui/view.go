package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/ui/part"
)

// View draws the frame: exactly as many lines as the terminal has, none wider.
func (a *App) View() tea.View {
	sc := a.sc
	var body []string
	x, y := -1, -1
	if a.over != nil {
		body, x, y = over(sc, a.over, sc.screen)
	} else if sc.lay.body.H > 0 {
		body = sc.screen.body(sc, sc.lay)
	}
	message := a.message
	if message == "" && sc.update.Err != nil {
		message = clean.Line(sc.update.Err.Error())
		if errors.Is(sc.update.Err, exec.ErrRecord) && !errors.Is(sc.update.Err, exec.ErrStopped) {
			message += "; nothing starts until it can"
		}
	}
	rows := sc.frame(body, a.over, message)
	v := tea.NewView(strings.Join(rows, "\n"))
	v.AltScreen = true
	v.KeyboardEnhancements.ReportEventTypes = true
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.Cursor = a.cursor(x, y)
	if !sc.look.Bare {
		a.signals(&v)
	}
	return v
}

// cursor stands in the field that is typed into, and else on NEXT, where a
// screen reader finds what matters.
func (a *App) cursor(x, y int) *tea.Cursor {
	lay := a.sc.lay
	if lay.H == 0 || lay.W == 0 {
		return nil
	}
	above := lay.H - lay.body.H - 1 // the lines over the body, once those under it are taken off
	for _, under := range []bool{lay.rule, lay.keys} {
		if under {
			above--
		}
	}
	if x >= 0 && y >= 0 && y < lay.body.H {
		return tea.NewCursor(min(x, lay.W-1), above+y)
	}
	row := lay.H - 1
	if lay.keys {
		row--
	}
	return tea.NewCursor(min(1, lay.W-1), row)
}

// signals tell the terminal what it may show outside of the screen: a title, a
// progress bar, and who waits for whom.
func (a *App) signals(v *tea.View) {
	sc := a.sc
	v.ProgramStatus = &tea.ProgramStatus{State: tea.ProgramStateIdle}
	if !sc.open() || a.gone {
		return
	}
	c := sc.st.Clock(sc.now.Truncate(10 * time.Second))
	v.WindowTitle = fmt.Sprintf("%s %d/%d", clean.Line(sc.st.Began.Scenario), min(sc.st.At+1, sc.steps()), sc.steps())
	if c.RTO > 0 && !c.Started.IsZero() {
		v.WindowTitle += " LEFT " + part.Clock(c.Left)
		v.ProgressBar = progress(c)
	}
	v.WindowTitle += " (" + typeWord(sc.st.Began.Kind) + ")"
	switch sc.next.Situation {
	case exec.Busy:
		v.ProgramStatus.State = tea.ProgramStateWorking
	case exec.Finished:
		v.ProgramStatus.State = tea.ProgramStateDone
		v.ProgressBar = nil
	default:
		v.ProgramStatus.State, v.ProgramStatus.Kind = tea.ProgramStateBlocked, tea.ProgramStatusKindQuestion
	}
	if _, asking := a.over.(confirm); asking {
		v.ProgramStatus.State, v.ProgramStatus.Kind = tea.ProgramStateBlocked, tea.ProgramStatusKindPermission
	}
}

// progress is the share of the objective that is used up.
func progress(c exec.Clock) *tea.ProgressBar {
	state := tea.ProgressBarDefault
	switch {
	case c.Left < 0:
		state = tea.ProgressBarError
	case c.Spare < 0:
		state = tea.ProgressBarWarning
	}
	return tea.NewProgressBar(state, int(min(100, max(0, 100*c.Elapsed/c.RTO))))
}
