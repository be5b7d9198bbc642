package clean

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits that keep memory bounded whatever a program prints.
const (
	maxSequence = 256  // bytes of an escape sequence before it is given up
	maxCells    = 2048 // characters of a line before it is cut into pieces
)

// blocked stands where a program tried to write the clipboard.
const blocked = "[clipboard write blocked]"

// state is where in an escape sequence the parser stands.
type state uint8

const (
	ground   state = iota // ordinary text
	escape                // after ESC
	inter                 // after ESC and an intermediate byte: ESC ( B
	control               // in a control sequence: ESC [ ...
	text                  // in a string: OSC, DCS, APC, PM, SOS
	textStop              // in a string, after an ESC that may end it
)

// A screen takes a program's output byte by byte and writes lines. What it does
// depends on the bytes alone, never on how they were cut into chunks: all that
// is carried from one chunk to the next is the state, the bytes of an
// unfinished sequence and those of an unfinished character.
type screen struct {
	line    line
	commit  func([]byte) // takes a finished line; it must copy it
	cells   int          // characters a line may have; 0 is no limit
	links   bool         // whether a link's host is shown before its text
	state   state
	pending []byte // of an unfinished sequence, from its ESC
	char    []byte // of an unfinished UTF-8 character
	removed int    // sequences dropped
}

func (s *screen) write(p []byte) {
	for len(p) > 0 {
		if s.state == ground && len(s.char) == 0 {
			if n := run(p); n > 0 {
				s.ascii(p[:n])
				p = p[n:]
				continue
			}
			if r, n := utf8.DecodeRune(p); n > 1 {
				s.rune(r)
				p = p[n:]
				continue
			}
		}
		s.step(p[0])
		p = p[1:]
	}
}

// run counts the printable ASCII at the start of p, eight bytes at a time while
// it can: a byte below a blank borrows, one above ~ carries into its top bit.
func run(p []byte) int {
	const each, top = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(p)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(p[n:])
		if (w|(w-each*' ')|(w+each))&top != 0 {
			break
		}
	}
	for n < len(p) && ' ' <= p[n] && p[n] <= '~' {
		n++
	}
	return n
}

// flush ends the output: whatever is unfinished is shown as it stands.
func (s *screen) flush() {
	s.abandon()
	s.dropChar()
}

func (s *screen) step(c byte) {
	switch s.state {
	case ground:
		s.ground(c)
	case escape:
		s.afterEscape(c)
	case inter:
		s.sequence(c, 0x20, 0x2f, 0x30)
	case control:
		s.sequence(c, 0x20, 0x3f, 0x40)
	case text, textStop:
		s.inText(c)
	}
}

// ground takes a byte of ordinary text.
func (s *screen) ground(c byte) {
	if len(s.char) > 0 || c >= utf8.RuneSelf {
		s.partOfChar(c)
		return
	}
	switch c {
	case '\n':
		s.newline()
	case '\r':
		s.line.home = true
	case '\b':
		s.line.back()
	case '\t':
		s.cut()
		s.line.tab()
	case 0x1b:
		s.state = escape
		s.pending = append(s.pending[:0], c)
	default:
		s.rune(rune(c))
	}
}

// partOfChar collects UTF-8. As soon as the bytes can't become a character any
// more, the first of them is shown as U+FFFD and the others are read again.
func (s *screen) partOfChar(c byte) {
	s.char = append(s.char, c)
	if !utf8.FullRune(s.char) {
		return
	}
	r, size := utf8.DecodeRune(s.char)
	s.rune(r)
	var rest [utf8.UTFMax]byte
	n := copy(rest[:], s.char[size:])
	s.char = s.char[:0]
	for _, b := range rest[:n] {
		s.step(b)
	}
}

// dropChar shows an unfinished character byte by byte.
func (s *screen) dropChar() {
	for range s.char {
		s.rune(utf8.RuneError)
	}
	s.char = s.char[:0]
}

// afterEscape decides what kind of sequence begins.
func (s *screen) afterEscape(c byte) {
	switch {
	case c == '[':
		s.state = control
	case c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X':
		s.state = text
	case 0x20 <= c && c <= 0x2f:
		s.state = inter
	case 0x30 <= c && c <= 0x7e:
		s.done()
		return
	default:
		s.abandon()
		s.step(c)
		return
	}
	s.pending = append(s.pending, c)
}

// sequence takes a byte of a sequence that goes on with low to high and ends
// with final or above.
func (s *screen) sequence(c, low, high, final byte) {
	switch {
	case low <= c && c <= high && len(s.pending) < maxSequence:
		s.pending = append(s.pending, c)
	case final <= c && c <= 0x7e:
		if s.state == control && c == 'K' {
			s.eraseLine(string(s.pending[2:]))
		}
		s.done()
	default:
		s.abandon()
		s.step(c)
	}
}

// eraseLine obeys EL where its parameter is one that terminals know.
func (s *screen) eraseLine(parameter string) {
	switch parameter {
	case "", "0":
		s.line.erase(0)
	case "1":
		s.line.erase(1)
	case "2":
		s.line.erase(2)
	}
}

// inText takes a byte of a string. It ends with ESC \, and an OSC with BEL too;
// a line feed, another ESC, CAN, SUB or too many bytes give it up.
func (s *screen) inText(c byte) {
	switch {
	case s.state == textStop && c == '\\':
		s.state = text
		s.finishText()
	case s.state == textStop:
		s.state = text
		s.abandon()
		s.step(0x1b)
		s.step(c)
	case c == 0x1b:
		s.state = textStop
	case c == 0x07 && s.pending[1] == ']':
		s.finishText()
	case c == '\n' || c == 0x18 || c == 0x1a || len(s.pending) >= maxSequence:
		s.abandon()
		s.step(c)
	default:
		s.pending = append(s.pending, c)
	}
}

// finishText drops a complete string, and says so where that matters.
func (s *screen) finishText() {
	body := s.pending[2:]
	osc := s.pending[1] == ']'
	note := ""
	switch {
	case osc && isClipboard(body):
		note = blocked
	case osc && s.links && bytes.HasPrefix(body, []byte("8;")):
		note = linkNote(string(body))
	}
	s.done()
	for _, r := range note {
		s.rune(r)
	}
}

// isClipboard recognises OSC 52.
func isClipboard(body []byte) bool {
	return bytes.Equal(body, []byte("52")) || bytes.HasPrefix(body, []byte("52;"))
}

// linkNote tells where a link leads: a link's text can name another host.
func linkNote(body string) string {
	_, rest, _ := strings.Cut(body, ";")
	_, target, _ := strings.Cut(rest, ";")
	if target == "" {
		return "" // the end of a link
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "[link] "
	}
	return "[link to " + Line(u.Host) + "] "
}

// done forgets a sequence that is complete.
func (s *screen) done() {
	s.removed++
	s.state = ground
	s.pending = s.pending[:0]
}

// abandon shows an unfinished sequence instead of waiting for its end, its
// control characters spelled out: what it holds may be somebody's output.
func (s *screen) abandon() {
	if s.state == ground {
		return
	}
	if s.state == textStop {
		s.pending = append(s.pending, 0x1b)
	}
	s.state = ground
	if len(s.pending) > 1 && s.pending[1] == ']' && isClipboard(s.pending[2:]) {
		for _, r := range blocked {
			s.rune(r)
		}
	}
	for _, c := range s.pending {
		if c < ' ' || c == 0x7f {
			s.dropChar()
			s.rune(rune(c))
			continue
		}
		s.ground(c)
	}
	s.pending = s.pending[:0]
}

// ascii puts a run of printable ASCII, cutting lines that grow too long.
func (s *screen) ascii(p []byte) {
	for s.cells > 0 && s.line.column()+len(p) > s.cells {
		n := max(0, s.cells-s.line.column())
		s.line.put(p[:n], n)
		s.newline()
		p = p[n:]
	}
	s.line.put(p, len(p))
}

// rune puts one character, or its spelling.
func (s *screen) rune(r rune) {
	if r >= utf8.RuneSelf && unicode.Is(unicode.Zs, r) {
		r = ' ' // other blanks are common in output: numbers, French, Japanese
	}
	if !Printable(r) {
		s.ascii([]byte(spell(r)))
		return
	}
	var b [utf8.UTFMax]byte
	s.cut()
	s.line.put(b[:utf8.EncodeRune(b[:], r)], 1)
}

// cut ends a line that has as many characters as it may have and gets more.
func (s *screen) cut() {
	if s.cells > 0 && s.line.column() >= s.cells {
		s.newline()
	}
}

func (s *screen) newline() {
	s.commit(s.line.text())
	s.line.reset()
}
