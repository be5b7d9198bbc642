package ui

import "bythebook/ui/part"

// A class is how much fits on a screen.
type class int

const (
	small  class = iota // what is next, and the command it is about
	normal              // from 60x18: a strip of the checklist over one pane
	wide                // from 110x30: the whole checklist beside it
)

// A layout is where the lines of a frame stand. All sizes are made here, and
// none is ever negative.
type layout struct {
	part.Size
	class class
	where bool // line 1
	time  bool // line 2
	top   bool // the rule under line 2
	rule  bool // the line above NEXT: a rule, or a message
	keys  bool // the last line
	body  part.Size
	left  int // cells of the left column on a wide screen
}

// lay decides what fits. NEXT is the last thing that is given up.
func lay(w, h int) layout {
	l := layout{Size: part.Size{W: max(0, w), H: max(0, h)}}
	switch {
	case w >= 110 && h >= 30:
		l.class, l.left = wide, min(60, max(53, w*44/100))
	case w >= 60 && h >= 18:
		l.class = normal
	}
	l.keys, l.time, l.where, l.rule, l.top = h >= 2, h >= 3, h >= 4, h >= 5, h >= 7
	used := 1
	for _, on := range []bool{l.keys, l.time, l.where, l.rule, l.top} {
		if on {
			used++
		}
	}
	l.body = part.Size{W: l.W, H: max(0, l.H-used)}
	return l
}

// right is the room of the right column on a wide screen.
func (l layout) right() part.Size { return part.Size{W: max(0, l.W-l.left-2), H: l.body.H} }
