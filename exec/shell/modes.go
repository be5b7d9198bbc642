package shell

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// modes are what programs have switched on in the terminal, and off again, by
// what they printed: DEC private modes, ESC [ ? NUMBER h or l, and the letters
// that are lines, ESC ( 0 and ESC ( B. Of the modes only those of the table are
// minded. Nothing is held back or changed, so a program can at worst
// say of itself what is not so.
type modes struct {
	on     []int  // numbers, in the order in which they were switched on
	ruled  bool   // letters are shown as lines
	part   []byte // the beginning of a sequence whose end has not come
	filled int64  // where the alternate screen was switched to last
}

// A mode is one thing that programs switch on, by any of its numbers.
type mode struct {
	numbers []int
	name    string
	editor  bool // a shell's line editor switches it on while it shows its prompt
}

func (m mode) isOneOf(on []int) bool {
	return slices.ContainsFunc(on, func(n int) bool { return slices.Contains(m.numbers, n) })
}

var alternateScreen = mode{numbers: []int{47, 1047, 1049}, name: "the alternate screen"}

// minded is the table of modes that matter after the program that set them.
var minded = []mode{
	alternateScreen,
	{numbers: []int{9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016}, name: "mouse reporting"},
	{numbers: []int{2004}, name: "bracketed paste", editor: true},
	{numbers: []int{1004}, name: "focus reporting"},
	{numbers: []int{1}, name: "the cursor keys' other meaning", editor: true},
	{numbers: []int{hiddenCursor}, name: "a hidden cursor"},
}

// hiddenCursor is the one mode that is on from the start: switching it off is
// what a program may leave behind.
const hiddenCursor = 25

// maxMode is how long a sequence of modes may be.
const maxMode = 64

// scan reads what was printed; the first byte is at an offset.
func (m *modes) scan(p []byte, at int64) {
	for i := 0; i < len(p); i++ {
		if len(m.part) == 0 {
			n := bytes.IndexByte(p[i:], 0x1b)
			if n < 0 {
				return
			}
			i += n
		}
		m.step(p[i], at+int64(i))
	}
}

// step takes one byte of what may be a sequence of modes.
func (m *modes) step(c byte, at int64) {
	n := len(m.part)
	switch {
	case c == 0x1b:
		m.part = append(m.part[:0], c)
		return
	case n == 2 && m.part[1] == '(':
		m.ruled = c == '0'
	case n == 1 && (c == '[' || c == '('), n == 2 && c == '?', n > 2 && n < maxMode && (c == ';' || '0' <= c && c <= '9'):
		m.part = append(m.part, c)
		return
	case n == 1 && c == 'c': // everything as it was
		m.on, m.ruled = nil, false
	case n > 3 && (c == 'h' || c == 'l'):
		m.set(string(m.part[3:]), c == 'h', at+1-int64(n+1))
	}
	m.part = m.part[:0]
}

// set switches modes on or off.
func (m *modes) set(numbers string, on bool, at int64) {
	for word := range strings.SplitSeq(numbers, ";") {
		n, err := strconv.Atoi(word)
		if err != nil || !slices.ContainsFunc(minded, func(m mode) bool { return slices.Contains(m.numbers, n) }) {
			continue
		}
		m.on = slices.DeleteFunc(m.on, func(is int) bool { return is == n })
		if on != (n == hiddenCursor) {
			m.on = append(m.on, n)
		}
		if on && slices.Contains(alternateScreen.numbers, n) {
			m.filled = at
		}
	}
}

// alternate says whether the alternate screen is shown.
func (m *modes) alternate() bool { return alternateScreen.isOneOf(m.on) }

// names are what is on, in words; beside a prompt without what a line editor
// needs there.
func (m *modes) names(prompt bool) []string {
	var names []string
	for _, kind := range minded {
		if kind.isOneOf(m.on) && !(prompt && kind.editor) {
			names = append(names, kind.name)
		}
	}
	if m.ruled {
		names = append(names, "line drawing in place of letters")
	}
	return names
}

// fillsScreen says whether a program has switched to the screen that editors and
// pagers draw on. Nothing is typed into one of those.
func (s *Session) fillsScreen() bool {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return s.out.modes.alternate()
}
