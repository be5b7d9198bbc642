package mask

// sure is how many bytes have to look like the beginning of a secret for them
// to be held back although nothing more comes. Fewer are mostly something else:
// the end of a prompt that a person waits to see.
const sure = 3

// A secrets is a stream without the secrets of a set. Positions count the bytes
// that came. Those from `from` to `to` are held: the longest end of what came
// that is the beginning of a form. A few of them may have been told already,
// when it was quiet for a while.
type secrets struct {
	teller
	set      *Set
	state    int32
	from, to int64
	held     []byte // ends with the bytes that are held
	spans    []span // the passages of them that are hidden, in order, apart
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
		s.held = append(s.held, p[0])
		s.to++
		s.state = s.set.step(s.state, p[0])
		p = p[1:]
		at := &s.set.nodes[s.state]
		if at.hit > 0 {
			s.cover(s.to - int64(at.hit))
		}
		if until := s.to - int64(at.depth); until > s.from {
			out = s.release(out, until)
		}
	}
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
	out = s.release(out, s.to)
	s.state = 0
	return out
}

// holds says whether something was not given out yet.
func (s *secrets) holds() bool { return s.told < s.to }
