package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bythebook/exec"
)

// What commands report back. A command holds values, never the app.
type (
	tickMsg   struct{}                     // a second has passed
	armMsg    struct{}                     // the guard wants to look again
	updateMsg struct{ update exec.Update } // something happened in the exercise
	doneMsg   struct {
		intent exec.Intent
		err    error
	} // an intent was carried out, or refused
	handedMsg  struct{ err error } // what was typed has reached the step, or was refused
	relayedMsg struct{ err error } // the terminal that was handed over is back
	openedMsg  struct {
		ex  Exercise
		err error
	} // an exercise was opened
	libraryMsg Library // the library was looked over
	pastMsg    struct {
		row  Row
		text string
	} // what a scenario's exercises show was put together
	earlierMsg map[string]exec.Median // earlier exercises were read
	reportMsg  struct{ text string }  // the report was made
	exportMsg  struct {
		path string
		err  error
	} // the report was written
)

// tick comes once a second, on the second.
func tick() tea.Cmd { return tea.Every(time.Second, func(time.Time) tea.Msg { return tickMsg{} }) }

func armIn(d time.Duration) tea.Cmd { return tea.Tick(d, func(time.Time) tea.Msg { return armMsg{} }) }

// fence asks the terminal a question that it answers in the stream of keys.
func fence() tea.Cmd { return tea.Raw(ansi.RequestPrimaryDeviceAttributes) }

// wait reads one update. The app asks again after each, so their order is kept
// and none piles up.
// What still waits when the program is left is ended by App.Close.
func wait(seat exec.Seat, closed <-chan struct{}) tea.Cmd {
	return func() tea.Msg {
		select {
		case u := <-seat.Watch():
			return updateMsg{u}
		case <-closed:
			return nil
		}
	}
}

// do carries an intent to the seat, which may have to wait for the disk.
func do(seat exec.Seat, i exec.Intent) tea.Cmd {
	return func() tea.Msg { return doneMsg{i, seat.Do(i)} }
}

// hand carries what was typed to the running step.
func hand(seat exec.Seat, in exec.Input) tea.Cmd {
	return func() tea.Msg { return handedMsg{seat.Do(in)} }
}

// stand looks the library over, which takes the longer the more there is in it.
// It begins once there is something to look at.
func stand(look func() Library) tea.Cmd {
	return tea.Tick(firstFrame, func(time.Time) tea.Msg { return libraryMsg(look()) })
}

// recall puts a scenario's history together.
func recall(history func(Row) string, r Row) tea.Cmd {
	return func() tea.Msg { return pastMsg{r, history(r)} }
}

// earlier reads how long the steps of an exercise took before.
func earlier(ex *Exercise) tea.Cmd {
	if ex.Earlier == nil {
		return nil
	}
	return func() tea.Msg { return earlierMsg(ex.Earlier()) }
}

// firstFrame is by when the first frame has been drawn.
const firstFrame = 100 * time.Millisecond

// report makes the report, which may have to read the whole record.
func report(make func(exec.State) string, s exec.State) tea.Cmd {
	return func() tea.Msg { return reportMsg{make(s)} }
}

// room tells the exercise's terminal its size. That it could not is nobody's
// concern: output is then wrapped a little differently.
func room(seat exec.Seat, size exec.Resize) tea.Cmd {
	return func() tea.Msg {
		_ = seat.Do(size)
		return nil
	}
}

func open(f func(Row) (Exercise, error), r Row) tea.Cmd {
	return func() tea.Msg {
		ex, err := f(r)
		return openedMsg{ex, err}
	}
}

func export(ex *Exercise) tea.Cmd {
	return func() tea.Msg {
		if ex.Export == nil {
			return exportMsg{err: errors.New("this exercise has no place for its report")}
		}
		path, err := ex.Export()
		return exportMsg{path, err}
	}
}

// unbroken tells the program that the terminal keeps frames whole. Over SSH it
// does not ask by itself, and frames tear.
func unbroken() tea.Msg {
	return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
}
