package clean

import (
	"slices"
	"unicode/utf8"
)

// A line is one line of a terminal while it is being written. The cursor
// stands between two stacks: left of it the text in reading order, right of it
// the text still to be overwritten, its bytes in reverse so that the nearest
// character is on top. Moving the cursor moves only the characters it passes,
// so every operation costs in proportion to what was printed.
type line struct {
	left  []byte
	right []byte // reversed
	col   int    // characters in left
	blank int    // bytes of left, from its start, known to be blanks
	home  bool   // a carriage return came and nothing since
}

// settle carries out a carriage return. It waits until something is written,
// because nearly always a line feed follows, and then there is nothing to do.
func (l *line) settle() {
	if !l.home {
		return
	}
	for i := len(l.left) - 1; i >= 0; i-- {
		l.right = append(l.right, l.left[i])
	}
	l.left, l.col, l.blank, l.home = l.left[:0], 0, 0, false
}

// column is the number of characters before the cursor.
func (l *line) column() int {
	if l.home {
		return 0
	}
	return l.col
}

// put writes printable text at the cursor, over what is there.
func (l *line) put(p []byte, chars int) {
	l.settle()
	for n := 0; n < chars && len(l.right) > 0; n++ {
		l.pop()
	}
	l.left = append(l.left, p...)
	l.col += chars
}

// pop takes the character after the cursor away and returns it reversed.
func (l *line) pop() []byte {
	end := len(l.right)
	size := runeSize(l.right[end-1])
	l.right = l.right[:end-size]
	return l.right[end-size : end]
}

// back moves the cursor one character back: a backspace.
func (l *line) back() {
	l.settle()
	if l.col == 0 {
		return
	}
	_, size := utf8.DecodeLastRune(l.left)
	cut := len(l.left) - size
	for i := len(l.left) - 1; i >= cut; i-- {
		l.right = append(l.right, l.left[i])
	}
	l.left = l.left[:cut]
	l.col--
	l.blank = min(l.blank, cut)
}

// tab moves the cursor to the next tab stop and overwrites nothing.
func (l *line) tab() {
	l.settle()
	for n := tabStop - l.col%tabStop; n > 0; n-- {
		if len(l.right) == 0 {
			l.left = append(l.left, ' ')
		} else {
			at := len(l.left)
			l.left = append(l.left, l.pop()...)
			slices.Reverse(l.left[at:])
		}
		l.col++
	}
}

// erase is the sequence EL: 0 from the cursor to the end, 1 from the start to
// the cursor, 2 all of it.
func (l *line) erase(how int) {
	l.settle()
	if how == 0 || how == 2 {
		l.right = l.right[:0]
	}
	if how == 0 {
		return
	}
	n := utf8.RuneCount(l.left[l.blank:])
	l.left = l.left[:l.blank]
	for range n {
		l.left = append(l.left, ' ')
	}
	l.blank = len(l.left)
	if len(l.right) > 0 {
		l.pop()
		l.right = append(l.right, ' ')
	}
}

// text returns the whole line; it is good until the line changes.
func (l *line) text() []byte {
	if len(l.right) == 0 {
		return l.left
	}
	all := slices.Grow(l.left, len(l.right))
	for i := len(l.right) - 1; i >= 0; i-- {
		all = append(all, l.right[i])
	}
	return all
}

// reset empties the line for the next one.
func (l *line) reset() {
	l.left, l.right, l.col, l.blank, l.home = l.left[:0], l.right[:0], 0, 0, false
}

// runeSize tells a character's bytes by its first one.
func runeSize(first byte) int {
	switch {
	case first < 0xC0:
		return 1
	case first < 0xE0:
		return 2
	case first < 0xF0:
		return 3
	}
	return 4
}
