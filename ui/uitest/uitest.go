// Package uitest runs a whole terminal program in virtual time and looks at its
// screen as a person would.
//
// The real tea.Program writes to a terminal emulator, all inside a
// testing/synctest bubble: an hour of an exercise takes a moment, and what is
// compared is the picture, never the stream of bytes, which differs from run to
// run.
//
//	uitest.Run(t, func() tea.Model { return ui.New(cfg) }, 80, 24, func(s *uitest.Screen) {
//		s.Press("r")
//		s.Golden("confirm")
//		s.Sleep(7 * time.Minute)
//		s.Resize(40, 10)
//	})
//
// The model is made inside the bubble, because its clock begins there.
package uitest

import (
	"bytes"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bythebook/golden"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// A Screen is a running program and the terminal that it is drawn on.
type Screen struct {
	t     testing.TB
	p     *tea.Program
	term  *vt.SafeEmulator
	bytes atomic.Int64
	// Lag is how long the line takes to bring an answer of the terminal back.
	// Below 0 the terminal never answers.
	Lag time.Duration
}

// Settled is how long Press waits: until the picture is drawn and keys act.
const Settled = 700 * time.Millisecond

// Run runs a program on a screen of w cells and h lines while f uses it.
func Run(t *testing.T, model func() tea.Model, w, h int, f func(*Screen)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &Screen{t: t, term: vt.NewSafeEmulator(w, h)}
		_, _ = s.term.Write([]byte("\x1b[20h"))            // no tty turns line feeds into new lines here
		go func() { _, _ = io.Copy(io.Discard, s.term) }() // ends when the terminal is closed
		m := model()
		s.p = tea.NewProgram(m, tea.WithInput(nil), tea.WithOutput(s), tea.WithWindowSize(w, h),
			tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignalHandler(), tea.WithFPS(30))
		done := make(chan error, 1)
		go func() { // ends with the program
			_, err := s.p.Run()
			done <- err
		}()
		s.Sleep(Settled + 37*time.Millisecond) // pictures are never taken on the second, when the clock ticks
		f(s)
		s.p.Quit()
		if err := <-done; err != nil {
			t.Errorf("the program ended with: %v", err)
		}
		if c, ok := m.(interface{ Close() }); ok {
			c.Close()
		}
		time.Sleep(time.Hour) // commands that sleep come to their end
		synctest.Wait()
		_ = closing(s.term)
	})
}

// closing ends what reads the terminal's answers.
func closing(term *vt.SafeEmulator) error { return term.Emulator.Close() }

// Write is what the program draws. A question to the terminal is answered
// through the program's own stream of messages.
func (s *Screen) Write(b []byte) (int, error) {
	s.bytes.Add(int64(len(b)))
	for range bytes.Count(b, []byte(ansi.RequestPrimaryDeviceAttributes)) {
		if s.Lag < 0 {
			continue
		}
		time.AfterFunc(max(s.Lag, time.Millisecond), func() { s.p.Send(uv.PrimaryDeviceAttributesEvent{62}) })
	}
	return s.term.Write(b)
}

// Bytes is how much was sent to the terminal so far.
func (s *Screen) Bytes() int64 { return s.bytes.Load() }

// Sleep lets time pass.
func (s *Screen) Sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Send gives the program a message at once.
func (s *Screen) Send(msg tea.Msg) { s.p.Send(msg) }

// Press presses keys, each after the picture has settled.
func (s *Screen) Press(keys ...string) {
	for _, k := range keys {
		s.p.Send(Key(k))
		s.Sleep(Settled)
	}
}

// Type types text without waiting between its characters.
func (s *Screen) Type(text string) {
	for _, r := range text {
		s.p.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	s.Sleep(50 * time.Millisecond)
}

// Paste pastes text.
func (s *Screen) Paste(text string) {
	s.p.Send(tea.PasteMsg{Content: text})
	s.Sleep(Settled)
}

// Resize changes the size of the terminal.
func (s *Screen) Resize(w, h int) {
	s.term.Resize(w, h)
	s.p.Send(tea.WindowSizeMsg{Width: w, Height: h})
	s.Sleep(200 * time.Millisecond)
}

// Text is what can be read on the screen, without blanks at the end of lines.
func (s *Screen) Text() string {
	lines := strings.Split(ansi.Strip(s.term.Render()), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Has fails the test unless all words can be read on the screen.
func (s *Screen) Has(words ...string) {
	s.t.Helper()
	text := s.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%q is not on the screen:\n%s", w, text)
		}
	}
}

// Golden compares the screen with testdata/name.golden.
func (s *Screen) Golden(name string) {
	s.t.Helper()
	Golden(s.t, name, s.Text())
}

// Golden compares text with testdata/name.golden, and shows all of it where it
// differs.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	if !golden.Compare(t, "testdata/"+name+".golden", text) {
		t.Logf("it is:\n%s", text)
	}
}

// names are the keys that are no characters.
var names = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "space": {Code: ' ', Text: " "},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+s": {Code: 's', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	"ctrl+l": {Code: 'l', Mod: tea.ModCtrl}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl},
}

// Key is the message of a key by its name.
func Key(name string) tea.KeyPressMsg {
	if k, ok := names[name]; ok {
		return k
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}
