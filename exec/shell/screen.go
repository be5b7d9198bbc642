package shell

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/vt"

	"bythebook/exec/clean"
)

// A Screen is a picture of the terminal while a program fills it. It is never
// changed once it was made.
type Screen struct {
	Lines  []string `json:"lines"` // a row each, cleaned, without the blanks at its end
	X      int      `json:"x"`     // where the cursor is, in cells from the upper left
	Y      int      `json:"y"`
	Hidden bool     `json:"hidden,omitempty"` // it is not shown
	Modes  []int    `json:"modes,omitempty"`  // what programs have switched on, by DEC's numbers
}

const (
	beatScreen = 25 * time.Millisecond // how often a picture is made, at most
	feedSize   = 16 << 10              // bytes of output between two pictures, at most
	backSize   = 64 << 10              // bytes from before it was needed that a picture begins with
	hung       = 3 * time.Second       // so long the emulator may take for one piece before it is given up
	maxScreen  = 48_000                // cells; a larger terminal gets no picture
)

// A projector makes pictures of what a program draws. The emulator in it is
// somebody else's and easily hung or crashed by what is printed, so it has a
// goroutine of its own, which reads what the transcript gets, at its own pace: it
// holds nothing up. If it crashes or hangs there are no pictures any more until
// the program has ended, and that is all.
type projector struct {
	out    *output
	emu    *vt.Emulator // the goroutine's own
	clamp  clamp        // the same
	at     int64        // offset of the next byte for it; the same
	live   int64        // offset from which the program's questions are answered
	answer func([]byte) // types a reply

	mu   sync.Mutex
	size [2]int // columns and rows, as they are wanted

	answers atomic.Bool // what is fed now is not older than live
	picture atomic.Pointer[Screen]
	since   atomic.Int64 // when feeding began, in nanoseconds since 1970; 0 between
	dead    atomic.Bool
	stop    chan struct{} // closed by whoever started it
}

// project starts making pictures. It ends when stop is closed.
func project(out *output, cols, rows int, answer func([]byte)) *projector {
	p := &projector{out: out, emu: vt.NewEmulator(cols, rows), answer: answer, size: [2]int{cols, rows}, stop: make(chan struct{})}
	p.emu.SetScrollbackSize(1)
	p.clamp.resize(cols, rows)
	p.at, p.live = out.drawnFrom()
	go p.drain(p.emu) // ends when run closes what it reads
	go p.run()
	return p
}

// drawnFrom is where a program that fills the screen now began to draw, as far
// as that is known, and from where on it waits for answers.
func (o *output) drawnFrom() (at, live int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := max(o.from, o.end-backSize, 0)
	if o.modes.alternate() && o.modes.filled >= first {
		return o.modes.filled, o.modes.filled
	}
	return first, o.end
}

// drawn copies output from an offset on; the offset that it returns is that of
// the first byte, which is later where too much has come meanwhile.
func (o *output) drawn(at int64, most int) ([]byte, int64, []int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end-at > int64(len(o.ring)) {
		at = o.end - feedSize
	}
	return o.recall(at, min(o.end, at+int64(most))), at, append([]int(nil), o.modes.on...)
}

// run feeds the emulator until it is told to stop, or the emulator crashes. It
// rests three times as long as it works: a program that floods the screen needs
// the processor more than its picture does.
func (p *projector) run() {
	defer p.close()
	for {
		began := time.Now()
		if !p.turn() || p.dead.Load() {
			return
		}
		select {
		case <-p.stop:
			return
		case <-time.After(max(beatScreen, 3*time.Since(began))):
		}
	}
}

// close ends drain. The emulator's own Close may not be called while somebody
// reads from it.
func (p *projector) close() {
	if c, ok := p.emu.InputPipe().(interface{ Close() error }); ok {
		c.Close()
	}
}

// turn feeds one piece and makes a picture of it. It returns false when the
// emulator has crashed.
func (p *projector) turn() (ok bool) {
	defer p.since.Store(0)
	defer func() {
		if recover() != nil {
			p.dead.Store(true)
			ok = false
		}
	}()
	p.since.Store(time.Now().UnixNano())
	resized := p.fit()
	raw, at, on := p.out.drawn(p.at, feedSize)
	if at > p.at {
		p.emu.WriteString("\x1bc") // part of it is missing: what was drawn before counts no more
	}
	if len(raw) > 0 {
		p.answers.Store(at >= p.live)
		p.emu.Write(p.clamp.over(raw))
	}
	p.at = at + int64(len(raw))
	if resized || len(raw) > 0 || p.picture.Load() == nil {
		p.picture.Store(p.shot(on))
	}
	return true
}

// fit gives the emulator the size that is wanted.
func (p *projector) fit() bool {
	p.mu.Lock()
	cols, rows := p.size[0], p.size[1]
	p.mu.Unlock()
	if p.emu.Width() == cols && p.emu.Height() == rows {
		return false
	}
	p.emu.Resize(cols, rows)
	p.clamp.resize(cols, rows)
	return true
}

func (p *projector) resize(cols, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.size = [2]int{cols, rows}
}

// shot is the picture as it is now.
func (p *projector) shot(on []int) *Screen {
	s := &Screen{Modes: on, Hidden: p.emu.CursorHidden()}
	for y := range p.emu.Height() {
		var row strings.Builder
		for x := range p.emu.Width() {
			if cell := p.emu.CellAt(x, y); cell == nil || cell.Content == "" && cell.Width > 0 {
				row.WriteByte(' ')
			} else if len(cell.Content) <= 4*max(1, cell.Width) { // else it is no character that anybody could read
				row.WriteString(cell.Content)
			}
		}
		s.Lines = append(s.Lines, strings.TrimRight(clean.Line(row.String()), " "))
	}
	at := p.emu.CursorPosition()
	s.X, s.Y = at.X, at.Y
	return s
}

// drain takes the emulator's replies, which it would wait for ever to get rid
// of, and passes on the few that a program may have.
func (p *projector) drain(emu *vt.Emulator) {
	buf := make([]byte, 1024)
	for {
		n, err := emu.Read(buf)
		if err != nil {
			return
		}
		if p.answers.Load() && answerable.Match(buf[:n]) {
			p.answer(buf[:n])
		}
	}
}

// look returns the newest picture; nil where there is none, or none any more.
func (p *projector) look() *Screen {
	if began := p.since.Load(); began > 0 && time.Since(time.Unix(0, began)) > hung {
		p.dead.Store(true) // its goroutine is left to itself: it ends, should the emulator ever return
	}
	if p.dead.Load() {
		return nil
	}
	return p.picture.Load()
}

// A canvas is the session's projector, while it needs one.
type canvas struct {
	mu      sync.Mutex
	now     *projector
	relayed bool // a person's own terminal shows the program, and answers it
}

// Screen is a picture of the terminal while a program fills it, which is told by
// what the step waits for, or by the alternate screen; nil where none does, or
// where no picture can be made.
func (s *Session) Screen(w Waiting) *Screen {
	c := &s.canvas
	c.mu.Lock()
	defer c.mu.Unlock()
	if w != FullScreen && !s.fillsScreen() || s.current() == nil {
		c.end()
		return nil
	}
	cols, rows := s.size()
	if cols*rows > maxScreen {
		return nil
	}
	if c.now == nil {
		c.now = project(s.out, cols, rows, s.reply)
	}
	return c.now.look()
}

// end stops making pictures. The next program gets a new emulator.
func (c *canvas) end() {
	if c.now != nil {
		close(c.now.stop)
		c.now = nil
	}
}

// resize tells whoever makes pictures the terminal's size.
func (c *canvas) resize(cols, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.now != nil && cols*rows > maxScreen:
		c.end()
	case c.now != nil:
		c.now.resize(cols, rows)
	}
}

// blank ends the pictures with their step.
func (s *Session) blank() {
	s.canvas.mu.Lock()
	defer s.canvas.mu.Unlock()
	s.canvas.end()
}

// Relayed says whether a person's own terminal shows what is printed here: then
// that answers what programs ask of it.
func (s *Session) Relayed(on bool) {
	s.canvas.mu.Lock()
	defer s.canvas.mu.Unlock()
	s.canvas.relayed = on
}

// reply types an answer for a program in the foreground. The shell itself asks
// nothing, and what nobody reads would be taken for typing by the next program.
func (s *Session) reply(p []byte) {
	s.canvas.mu.Lock()
	relayed := s.canvas.relayed
	s.canvas.mu.Unlock()
	group, err := s.tty.foreground()
	if relayed || err != nil || group == s.pid || s.current() == nil {
		return
	}
	s.tty.write(p) // a program that takes no answer gets none
}
