package ui_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/ui"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// fits reports what is wrong with a frame, "" when nothing is.
func fits(a *ui.App, w, h int) string {
	v := a.View()
	lines := strings.Split(v.Content, "\n")
	if len(lines) != h && h > 0 {
		return "it has not exactly as many lines as the terminal"
	}
	for _, line := range lines {
		bare := sgr.ReplaceAllString(line, "")
		switch {
		case part.Width(bare) > w:
			return "a line is too wide: " + line
		case strings.ContainsAny(bare, "\x1b\r\t\u009b\u202e") || !utf8.ValidString(bare):
			return "a line holds more than text and colours: " + bare
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= max(1, w) || c.Y >= max(1, h)) {
		return "the cursor is off the screen"
	}
	return ""
}

// TestFrameFits draws every situation and overlay at sizes from nothing to huge,
// with a document that is as hostile as text can be.
func TestFrameFits(t *testing.T) {
	t.Parallel()
	sizes := [][2]int{{0, 0}, {1, 1}, {1, 50}, {2, 2}, {3, 3}, {7, 5}, {17, 7}, {39, 9}, {40, 10}, {59, 18}, {60, 18}, {61, 19}, {80, 24}, {109, 30}, {110, 30}, {119, 31}, {160, 1}, {300, 100}}
	hostile := "\x1b]52;c;aGk=\x07\x1b[2J\u202eevil\u009b31m\r\t宽字符\xff " + strings.Repeat("long", 60)
	for _, sc := range scenes {
		bubbleOn(t, func(t *testing.T) *world {
			w := sc.world(t)
			s := w.c.State().Scenario
			for i := range s.Steps {
				for k := range s.Steps[i].Runs {
					s.Steps[i].Runs[k] += hostile
				}
				s.Steps[i].Do, s.Steps[i].Note, s.Steps[i].Sample = s.Steps[i].Do+hostile, hostile, hostile
				s.Steps[i].Run += hostile
			}
			s.Title, s.Overview, s.Abort.When = hostile, hostile, []string{hostile}
			b := w.c.State().Book
			for i := range b.Inputs {
				b.Inputs[i].Ask, b.Inputs[i].Pattern = hostile, hostile
			}
			for i := range b.Notifications {
				b.Notifications[i].What, b.Notifications[i].When, b.Notifications[i].Marker = hostile, hostile, hostile
			}
			return w
		}, func(_ *world, d *driver) {
			for _, open := range []string{"", "r", "esc", "s", "esc", "!", "esc", "n", "esc", "H", "esc", "ctrl+c", "esc", "?", "esc", "v", "esc", "o", "esc", "z", "esc", "up", "u", "esc", "P", "esc"} {
				if open != "" {
					d.settled(open)
				}
				for i, size := range sizes {
					if open != "" && i%3 != len(open)%3 {
						continue // each overlay at a third of the sizes: together they cover all
					}
					d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					if why := fits(d.app, size[0], size[1]); why != "" {
						t.Errorf("%s, after %q, at %v: %s", sc.name, open, size, why)
						return
					}
				}
			}
		})
	}
}

// TestFourLines looks for the words of the lines that never move, over every
// screen and every overlay.
func TestFourLines(t *testing.T) {
	bubble(t, exec.Strict, nil, at("promote"), func(_ *world, d *driver) {
		for _, open := range []string{"", "r", "esc", "!", "esc", "?", "esc", "ctrl+c", "esc", "o", "esc", "up"} {
			if open != "" {
				d.settled(open)
				d.sleep(time.Second)
			}
			lines := strings.Split(d.text(), "\n")
			last := len(lines) - 1
			if !strings.Contains(lines[0], "[LIVE]") || !strings.Contains(lines[1], "LEFT ") ||
				!strings.Contains(lines[last-1], "NEXT > ") && !strings.Contains(lines[last-1], "WAIT ") || strings.TrimSpace(lines[last]) == "" {
				t.Errorf("after %q a line is missing:\n%s", open, d.text())
			}
		}
	})
}

// TestNoStateByColourAlone strips the colours: what is left must say the same.
func TestNoStateByColourAlone(t *testing.T) {
	w := newWorld(t, exec.Strict, nil)
	plain := ui.New(ui.Config{Who: "mira", Start: w.exercise(), Now: w.now, Look: look.Look{}})
	colour := ui.New(ui.Config{Who: "mira", Start: w.exercise(), Now: w.now, Look: look.Look{Color: true, Dark: true}})
	w.do(exec.Begin{})
	u := <-w.seat.Watch()
	for _, a := range []*ui.App{plain, colour} {
		ui.Show(a, u)
	}
	strip := func(a *ui.App) string { return sgr.ReplaceAllString(a.View().Content, "") }
	if strip(plain) != strip(colour) {
		t.Errorf("without colours it says something else:\n%s\n%s", strip(plain), strip(colour))
	}
}

func BenchmarkView(b *testing.B) {
	w := newWorld(b, exec.Strict, nil)
	w.do(exec.Begin{})
	a := ui.New(ui.Config{Who: "mira", Start: w.exercise(), Now: w.now, Look: look.Look{Color: true, Dark: true}})
	ui.Show(a, <-w.seat.Watch())
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	b.ReportAllocs()
	for b.Loop() {
		a.View()
	}
}
