package shell

import (
	"regexp"
	"strconv"
)

// answerable are the replies that a program may have: how the terminal is, where
// its cursor is, and what kind of terminal it is. Nobody is told titles, colours
// or the clipboard.
var answerable = regexp.MustCompile(`^\x1b\[(?:0n|[0-9]{1,4};[0-9]{1,4}R|\?[0-9;]{1,32}c)$`)

// A clamp keeps from the emulator what hangs or crashes it and means nothing on
// a terminal of that size: numbers in control sequences that are larger than the
// terminal, control characters within them, and left and right margins.
type clamp struct {
	cols, rows int
	seq        []byte // a control sequence whose end has not come, from its ESC
	more       int    // bytes that the character still has which has begun
	out        []byte // used again
}

// maxControl is how long a control sequence may be before it is dropped.
const maxControl = 256

func (c *clamp) resize(cols, rows int) { c.cols, c.rows = cols, rows }

// over returns what of p is safe. It is valid until the next call.
func (c *clamp) over(p []byte) []byte {
	c.out = c.out[:0]
	for _, b := range p {
		if len(c.seq) == 0 {
			c.plain(b)
		} else {
			c.step(b)
		}
	}
	return c.out
}

// plain takes a byte of text. One that would be a control character of eight bits
// and is no part of a character means nothing where text is UTF-8.
func (c *clamp) plain(b byte) {
	switch {
	case b == 0x1b:
		c.seq, c.more = append(c.seq, b), 0
		return
	case b >= 0xf0:
		c.more = 3
	case b >= 0xe0:
		c.more = 2
	case b >= 0xc0:
		c.more = 1
	case b < 0x80:
		c.more = 0
	case c.more > 0:
		c.more--
	case b < 0xa0:
		b = '?'
	}
	c.out = append(c.out, b)
}

// step takes a byte after an ESC.
func (c *clamp) step(b byte) {
	switch {
	case b == 0x1b:
		c.give(c.seq)
		c.seq = append(c.seq, b)
	case b < 0x20: // terminals obey it at once, and go on with the sequence
		c.out = append(c.out, b)
	case len(c.seq) == 1 && b != '[':
		c.give(append(c.seq, b))
	case len(c.seq) == 1 || 0x20 <= b && b <= 0x3f:
		if len(c.seq) < maxControl {
			c.seq = append(c.seq, b)
		}
	case 0x40 <= b && b <= 0x7e && len(c.seq) < maxControl:
		c.give(c.fitted(b))
	default:
		c.seq = c.seq[:0]
	}
}

// give passes a sequence on and forgets it.
func (c *clamp) give(seq []byte) {
	c.out = append(c.out, seq...)
	c.seq = c.seq[:0]
}

var number = regexp.MustCompile(`[0-9]+`)

// fitted is the sequence that ends with a final byte, with no number larger than
// it can mean; nothing where it is one that is not passed on.
func (c *clamp) fitted(final byte) []byte {
	body := c.seq[2:]
	most := max(c.cols, c.rows)
	switch {
	case len(body) > 0 && '<' <= body[0] && body[0] <= '?': // modes have numbers of their own
		most = 9999
		body = withoutMargins.ReplaceAll(body, nil)
	case final == 'm':
		most = 255
	case final == 'r':
		most = c.rows
	}
	body = number.ReplaceAllFunc(body, func(n []byte) []byte {
		if v, err := strconv.Atoi(string(n)); err != nil || v > most {
			return strconv.AppendInt(nil, int64(most), 10)
		}
		return n
	})
	return append(append([]byte("\x1b["), body...), final)
}

// withoutMargins finds the mode that gives a terminal left and right margins.
var withoutMargins = regexp.MustCompile(`\b0*69\b`)
