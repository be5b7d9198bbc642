package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"

	"bythebook/exec"
	"bythebook/ui"
)

const (
	back       = 0x1d                  // ctrl+], which takes the terminal back
	relayBeat  = 10 * time.Millisecond // how often is looked for output and keys
	relayPiece = 32 << 10              // bytes that are passed on at once
	relayLag   = 1 << 20               // so far a terminal may lag behind before it misses some
)

// A relay hands a person's whole terminal over to the step that runs: what they
// type goes to it byte by byte, and what it prints comes out as it is. Output is
// read from the transcript, where it stands as soon as it came, with the secrets
// masked: so the step, the record and every other seat go on as before, whether
// a keeper has the exercise or not. Everything is done by one loop.
//
// It is a tea.ExecCommand: the screens wait for it and draw themselves anew.
type relay struct {
	seat       exec.Seat
	state      func() exec.State
	transcript string
	shown      exec.Update // what the screen showed when it was left
	in         *os.File
	out        io.Writer
	size       [2]int       // columns and rows that the step was told
	half       []byte       // of a character that was typed
	on         *atomic.Bool // whether the terminal is handed over at this moment
}

// newRelay is the relay of an exercise for a terminal.
func (a *app) newRelay(x *exercise, shown exec.Update) *relay {
	r := &relay{seat: x.seat, shown: shown, in: a.In, on: &a.relayed}
	if i := shown.State.Running(); i >= 0 {
		r.transcript = exec.Transcript(transcript(x.dir), exec.Place(shown.State.Due(i)))
	}
	if x.kept != nil {
		r.state = x.kept.State
	} else {
		r.state = x.owner.conductor.State
	}
	return r
}

// SetStdin is not needed: the terminal is known.
func (r *relay) SetStdin(io.Reader) {}

// SetStdout says where the terminal's output goes.
func (r *relay) SetStdout(w io.Writer) { r.out = w }

// SetStderr is not needed.
func (r *relay) SetStderr(io.Writer) {}

// Run hands the terminal over. It returns when the step has ended, when the
// person took the terminal back, when somebody calls stop, and, with ui.ErrLeave,
// when this process is asked to go or the terminal's foreground is another's.
func (r *relay) Run() error {
	r.on.Store(true)
	defer r.on.Store(false)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	raw, err := os.Open(r.transcript)
	if err != nil {
		return fmt.Errorf("hand the terminal over: %w", err)
	}
	defer raw.Close()
	at, err := raw.Seek(0, io.SeekEnd)
	if err == nil {
		err = r.seat.Do(exec.Relay{On: true})
	}
	if err != nil {
		return fmt.Errorf("hand the terminal over: %w", err)
	}
	old, err := term.MakeRaw(r.in.Fd())
	if err != nil {
		return errors.Join(err, r.seat.Do(exec.Relay{}))
	}
	_, err = io.WriteString(r.out, r.opening())
	if err == nil {
		err = r.pass(ctx, raw, at)
	}
	io.WriteString(r.out, closing)
	term.Restore(r.in.Fd(), old)
	_ = r.seat.Do(exec.Relay{}) // refused only where somebody has the pen now, who took it back with that
	return err
}

// opening is what the terminal is told first: another screen, what the program
// has switched on before, and what was to be seen.
func (r *relay) opening() string {
	lines, modes := r.shown.Output, []int(nil)
	if s := r.shown.Screen; s != nil {
		lines, modes = s.Lines, s.Modes
	}
	if _, rows, err := term.GetSize(r.in.Fd()); err == nil && len(lines) > rows {
		lines = lines[len(lines)-rows:]
	}
	text := "\x1b[?1049h\x1b[2J\x1b[H"
	for _, n := range modes {
		if n != 25 && !slices.Contains(alternate, n) {
			text += fmt.Sprintf("\x1b[?%dh", n)
		}
	}
	return text + strings.Join(lines, "\r\n")
}

// alternate are the modes that bring the other screen, which is there already.
var alternate = []int{47, 1047, 1049}

// closing puts a terminal in order whatever was done to it: settings that a
// program may have left, and back to the screen that was there before.
const closing = "\x1b[!p" + // a soft reset: margins, origin, insertion, character sets
	"\x1b[?1;9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2004l" + // mouse, focus, paste, cursor keys
	"\x1b>\x1b[>4m\x1b[<99u" + // keys as they are by themselves
	"\x1b[0m\x1b[0 q\x1b[?7h\x1b[?25h\x1b[?1049l"

// pass passes on what is typed and printed, until that is over.
func (r *relay) pass(ctx context.Context, raw *os.File, at int64) error {
	buf := make([]byte, relayPiece)
	for {
		s := r.state()
		running := s.Running() >= 0 // asked first: what was printed until then is shown
		n, err := r.print(raw, &at, buf)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil, !foreground(r.in):
			return ui.ErrLeave
		case !running && n == 0, r.called(s):
			return nil
		}
		if err := r.fit(); err != nil {
			return err
		}
		pause := relayBeat
		if n > 0 {
			pause = 0
		}
		typed, err := r.typed(pause, buf)
		if err != nil {
			return fmt.Errorf("read what is typed: %w", err)
		}
		if done, err := r.send(typed); done || err != nil {
			return err
		}
	}
}

// called says whether somebody has called stop since the screen was left, where
// whoever has the pen must see it.
func (r *relay) called(s exec.State) bool {
	_, before := r.shown.State.Called()
	_, now := s.Called()
	return now && !before
}

// print passes on the next piece of output. A terminal that is too slow misses
// what is in between.
func (r *relay) print(raw *os.File, at *int64, buf []byte) (int, error) {
	if info, err := raw.Stat(); err == nil && info.Size()-*at > relayLag {
		*at = info.Size() - relayPiece
	}
	n, err := raw.ReadAt(buf, *at)
	if n == 0 {
		if err == io.EOF {
			err = nil
		}
		return 0, err
	}
	*at += int64(n)
	_, err = r.out.Write(buf[:n])
	return n, err
}

// fit tells the step the size of the terminal, when it is another.
func (r *relay) fit() error {
	cols, rows, err := term.GetSize(r.in.Fd())
	size := [2]int{cols, rows}
	if err != nil || size == r.size || cols < 1 || rows < 1 {
		return nil
	}
	r.size = size
	return r.seat.Do(exec.Resize{Cols: cols, Rows: rows})
}

// typed is what was typed meanwhile, nil where nothing was. It waits for no
// longer than it is told.
func (r *relay) typed(pause time.Duration, buf []byte) ([]byte, error) {
	fd := int(r.in.Fd())
	var set unix.FdSet
	set.Set(fd)
	wait := unix.NsecToTimeval(pause.Nanoseconds())
	n, err := unix.Select(fd+1, &set, nil, nil, &wait)
	if errors.Is(err, unix.EINTR) || n == 0 && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if n, err = r.in.Read(buf); err != nil {
		return nil, err
	}
	return buf[:n], nil
}

// send gives the step what was typed, up to the key that takes the terminal back.
// Half a character is kept until the rest of it has come.
func (r *relay) send(typed []byte) (done bool, err error) {
	typed, _, done = bytes.Cut(typed, []byte{back})
	text := append(r.half, typed...)
	whole := len(text)
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				whole -= n
			}
			break
		}
	}
	r.half = bytes.Clone(text[whole:])
	if whole > 0 {
		err = r.seat.Do(exec.Input{Text: string(text[:whole])})
	}
	var no exec.Refusal
	if errors.As(err, &no) && r.state().Running() < 0 {
		err = nil // it has ended just now
	}
	return done, err
}
