package ui_test

import (
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"bythebook/exec"
	"bythebook/ui"
	"bythebook/ui/uitest"
)

// driver is a tea.Program reduced to its loop: thousands of sequences of keys
// go through the real app and the real conductor in a moment. It is used inside
// a synctest bubble.
type driver struct {
	app  *ui.App
	msgs chan tea.Msg
	quit bool
	lag  time.Duration // until the terminal's answer is back, below 0 never
	key  string        // pressed last
	held bool          // and held down
	view string        // what could be read before it was
	did  []deed
	mu   sync.Mutex
}

// A deed is an intent that reached the seat, and what was pressed and read then.
type deed struct {
	intent    exec.Intent
	key, view string
	held      bool
	state     exec.State
}

// witness is the seat, with somebody looking.
type witness struct {
	exec.Seat
	d *driver
	c *exec.Conductor
}

func (w witness) Do(i exec.Intent) error {
	if _, size := i.(exec.Resize); !size {
		w.d.mu.Lock()
		w.d.did = append(w.d.did, deed{i, w.d.key, w.d.view, w.d.held, w.c.State()})
		w.d.mu.Unlock()
	}
	return w.Seat.Do(i)
}

func drive(w *world, cols, rows int) *driver {
	d := &driver{msgs: make(chan tea.Msg, 1024), lag: 20 * time.Millisecond}
	w.seat = witness{w.seat, d, w.c}
	d.app = w.app()
	d.run(d.app.Init())
	d.send(tea.WindowSizeMsg{Width: cols, Height: rows})
	return d
}

// run runs a command as the program does. What it starts ends with the message
// it brings.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.run(c)
			}
		case tea.QuitMsg:
			d.msgs <- msg
		default:
			if isRaw(msg) {
				if d.lag < 0 {
					return
				}
				time.Sleep(d.lag)
				d.msgs <- uv.PrimaryDeviceAttributesEvent{62}
				return
			}
			d.msgs <- msg
		}
	}()
}

func isRaw(msg tea.Msg) bool { return reflect.TypeOf(msg) == reflect.TypeOf(tea.RawMsg{}) }

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.app.Update(msg)
	d.run(cmd)
	d.drain()
}

// drain takes what the commands brought meanwhile.
func (d *driver) drain() {
	for {
		synctest.Wait()
		select {
		case msg := <-d.msgs:
			if _, quit := msg.(tea.QuitMsg); quit {
				d.quit = true
				continue
			}
			_, cmd := d.app.Update(msg)
			d.run(cmd)
		default:
			return
		}
	}
}

// sleep lets time pass as long as the program sees it pass.
func (d *driver) sleep(t time.Duration) {
	for end := time.Now().Add(t); time.Now().Before(end); {
		time.Sleep(min(50*time.Millisecond, time.Until(end)))
		d.drain()
	}
}

func (d *driver) press(name string) { d.pressKey(name, uitest.Key(name)) }

func (d *driver) hold(name string) {
	k := uitest.Key(name)
	k.IsRepeat = true
	d.pressKey(name, k)
}

func (d *driver) pressKey(name string, k tea.KeyPressMsg) {
	d.key, d.held = name, k.IsRepeat
	switch name {
	case "r", "y", "enter", "ctrl+s", "d", "x":
		d.view = d.text()
	default:
		d.view = ""
	}
	d.send(k)
}

func (d *driver) text() string { return ansi.Strip(d.app.View().Content) }

// settle waits until keys act, and presses.
func (d *driver) settled(names ...string) {
	for _, n := range names {
		d.sleep(500 * time.Millisecond)
		d.press(n)
	}
}

func (d *driver) typed(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

// end ends the bubble: nothing is left that waits.
func (d *driver) end(w *world) {
	d.app.Close()
	_ = w.c.Leave()
	time.Sleep(time.Hour)
	synctest.Wait()
}

// bubble runs f with an app on an exercise.
func bubble(t *testing.T, rule exec.Rule, script map[string][]play, arrive func(*world), f func(*world, *driver)) {
	t.Helper()
	bubbleOn(t, func(t *testing.T) *world {
		w := newWorld(t, rule, script)
		if arrive != nil {
			arrive(w)
		}
		return w
	}, f)
}

// bubbleOn runs f with an app on the exercise of a world.
func bubbleOn(t *testing.T, make func(*testing.T) *world, f func(*world, *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := make(t)
		d := drive(w, 80, 24)
		d.sleep(600 * time.Millisecond)
		f(w, d)
		d.end(w)
	})
}
