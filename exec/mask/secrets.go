package mask

// sure is how many bytes have to look like the beginning of a secret for them
// to be held back although nothing more comes. Fewer are mostly something else:
// the end of a prompt that a person waits to see.
const sure = 3

// A secrets is a stream without the secrets of a set. Positions count the bytes
// that came. Those from `from` to `to` are held: the longest end of what came
// that is the beginning of a form. A few of them may have been told already,
// when it was quiet for a while.
//
// Colours inside a secret don't matter: searches highlight what they find.
type secrets struct {
	teller
	set      *Set
	state    int32
	from, to int64
	held     []byte  // ends with the bytes that are held
	read     []int64 // the positions of those that the state was led to by, the last of them at the end
	colour   []byte  // what may be the change of a colour, and is not held yet
	spans    []span  // the passages that are hidden, in order, apart
}

// push takes the next bytes and appends what is decided by now to out.
func (s *secrets) push(out, p []byte) []byte {
	for len(p) > 0 {
		if s.state == 0 {
			n := s.set.skip(p)
			out = s.pass(out, p[:n])
			if p = p[n:]; len(p) == 0 {
				break
			}
		}
		if len(s.colour) > 0 || p[0] == escape && s.state != 0 {
			out = s.paint(out, p[0])
		} else {
			out = s.step(out, p[0])
		}
		p = p[1:]
	}
	return out
}

// step reads one byte.
func (s *secrets) step(out []byte, b byte) []byte {
	s.held, s.read = append(s.held, b), append(s.read, s.to)
	s.to++
	s.state = s.set.step(s.state, b)
	at := &s.set.nodes[s.state]
	if at.hit > 0 {
		s.cover(s.read[len(s.read)-int(at.hit)])
	}
	until := s.to
	if at.depth > 0 {
		until = s.read[len(s.read)-int(at.depth)]
	}
	if n := int(at.depth); n < len(s.read)/2 {
		s.read = s.read[:copy(s.read, s.read[len(s.read)-n:])]
	}
	if until > s.from {
		out = s.release(out, until)
	}
	return out
}

const (
	escape  = 0x1b
	painted = 64 // bytes of colours that may stand between two characters of a secret
)

// paint takes a byte of what may be the change of a colour: ESC [ 7 m, or the
// ESC [ K that goes with it. It is held with the rest and not read; where it
// turns out to be something else, it is read after all.
func (s *secrets) paint(out []byte, b byte) []byte {
	s.colour = append(s.colour, b)
	n := len(s.colour)
	switch before := int(s.to - s.read[len(s.read)-1]); {
	case n+before > painted:
	case n == 1, n == 2 && b == '[', n > 2 && (b == ';' || '0' <= b && b <= '9'):
		return out
	case n > 2 && (b == 'm' || b == 'K'):
		s.held = append(s.held, s.colour...)
		s.to += int64(n)
		s.colour = s.colour[:0]
		return out
	}
	return s.unpaint(out)
}

// unpaint reads what was no change of a colour.
func (s *secrets) unpaint(out []byte) []byte {
	for _, b := range s.colour {
		out = s.step(out, b)
	}
	s.colour = s.colour[:0]
	return out
}

// pass gives bytes out as they are. Nothing is held.
func (s *secrets) pass(out, p []byte) []byte {
	if len(p) == 0 {
		return out
	}
	s.to += int64(len(p))
	s.from, s.told, s.hiding = s.to, s.to, false
	return append(out, p...)
}

// cover hides everything from a position on. Spans that touch become one.
func (s *secrets) cover(from int64) {
	n := len(s.spans)
	for ; n > 0 && s.spans[n-1].to >= from; n-- {
		from = min(from, s.spans[n-1].from)
	}
	s.spans = append(s.spans[:n], span{from, s.to})
}

// release gives out what is held before a position, and lets go of it.
func (s *secrets) release(out []byte, until int64) []byte {
	out = s.tell(out, until)
	s.from = until
	for len(s.spans) > 0 && s.spans[0].to <= until {
		s.spans = s.spans[1:]
	}
	if n := int(s.to - until); n < len(s.held)/2 { // else moving them would cost more than they take up
		s.held = s.held[:copy(s.held, s.held[len(s.held)-n:])]
	}
	return out
}

// tell gives out what is held before a position.
func (s *secrets) tell(out []byte, until int64) []byte {
	return s.teller.tell(out, s.held, s.to-int64(len(s.held)), s.spans, until)
}

// quiet gives out what need not wait any longer: a passage that is hidden
// whatever comes, and an end of the text that is hardly one of a secret. Both
// stay in mind, so that the rest of a secret that is printed slowly is hidden.
func (s *secrets) quiet(out []byte) []byte {
	if len(s.spans) > 0 && s.spans[0].from <= s.told {
		out = s.tell(out, s.spans[0].to)
	}
	if s.set.nodes[s.state].depth < sure {
		out = s.tell(out, s.to)
	}
	return out
}

// flush gives out everything: nothing more comes.
func (s *secrets) flush(out []byte) []byte {
	if s.set == nil {
		return out
	}
	out = s.unpaint(out)
	out = s.release(out, s.to)
	s.state, s.read = 0, s.read[:0]
	return out
}

// holds says whether something was not given out yet.
func (s *secrets) holds() bool { return s.told < s.to || len(s.colour) > 0 }
