package shell

import (
	"bytes"
	"slices"

	"golang.org/x/sys/unix"
)

// An Echo is a line that a person typed while the terminal was showing what is
// typed, and where the output stood then. It is in the output as well, though no
// program printed it.
type Echo struct {
	At   int64  // offset, as those of outcomes
	Line string // without its end
}

// near is how far behind its offset an echo is looked for, in bytes: a program
// may have been printing meanwhile.
const near = 4 << 10

// typed is what a person typed into a step.
type typed struct {
	line   Echo   // that is not ended yet
	unseen bool   // the terminal does not show it as it was typed
	lines  []Echo // the others, as far as they were shown
}

// heard remembers what is about to be typed, where the terminal will show it. A
// line that is not plain text is none: how a terminal shows keys is its own.
func (s *Session) heard(p []byte) {
	now, err := s.tty.settings()
	shown := err == nil && now.Lflag&unix.ECHO != 0 && now.Lflag&unix.ICANON != 0
	at := s.out.position()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range string(p) {
		s.typed.take(c, at, shown)
	}
}

func (t *typed) take(c rune, at int64, shown bool) {
	if t.line.Line == "" {
		t.line.At = at
	}
	t.unseen = t.unseen || !shown
	switch {
	case c != '\r' && c != '\n':
		t.unseen = t.unseen || c < ' ' || c == 0x7f || len(t.line.Line) > near
		if !t.unseen {
			t.line.Line += string(c)
		}
		return
	case !t.unseen:
		t.lines = append(t.lines, t.line)
	}
	t.line, t.unseen = Echo{}, false
}

// Echoes are the lines typed into the running or last step that the terminal
// showed. They are on no disk as such.
func (s *Session) Echoes() []Echo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.typed.lines)
}

// WithoutEchoes is output that begins at an offset without the echoes in it, as
// far as they are found, and how many those are.
func WithoutEchoes(output []byte, from int64, echoes []Echo) (rest []byte, dropped int) {
	done := 0 // of output
	for _, e := range echoes {
		begin := max(done, int(e.At-from))
		if begin > len(output) {
			break
		}
		line := []byte(e.Line + "\r\n")
		i := bytes.Index(output[begin:min(len(output), begin+near+len(line))], line)
		if i < 0 {
			continue
		}
		rest = append(rest, output[done:begin+i]...)
		done = begin + i + len(line)
		dropped++
	}
	return append(rest, output[done:]...), dropped
}
