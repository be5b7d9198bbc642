package mask

import "regexp"

// Rules are what must not be seen. The zero value hides nothing.
type Rules struct {
	Secrets  *Set
	Patterns []*regexp.Regexp // each matched against single lines
	Mark     []byte           // the beginning of operating system commands that no pattern hides
}

// Text is a whole text as it may be seen.
func (r Rules) Text(text string) string {
	s := NewStream(r)
	if s == nil {
		return text
	}
	out := s.Push(nil, []byte(text))
	return string(s.Flush(out))
}

// A Stream is output on its way to where it is written and shown. What is
// decided of it leaves at once, the rest with the bytes that decide. The caller
// says when nothing came for a while, and when nothing comes any more.
//
// Its memory is bounded by the longest form of a secret and, where there are
// patterns, by the length of a line that is waited for.
type Stream struct {
	secrets   secrets
	redaction redaction
	between   []byte // from the one to the other
}

// NewStream begins a stream, nil where there is nothing to hide.
func NewStream(r Rules) *Stream {
	if r.Secrets == nil && len(r.Patterns) == 0 {
		return nil
	}
	return &Stream{secrets: secrets{set: r.Secrets}, redaction: redaction{patterns: r.Patterns, mark: r.Mark}}
}

// Push takes the next bytes and appends what may be seen by now to out.
func (s *Stream) Push(out, p []byte) []byte {
	if s.secrets.set == nil {
		return s.redaction.push(out, p)
	}
	if len(s.redaction.patterns) == 0 {
		return s.secrets.push(out, p)
	}
	s.between = s.secrets.push(s.between[:0], p)
	return s.redaction.push(out, s.between)
}

// Quiet appends what needn't wait any longer, as nothing more came for a while:
// a prompt, as a rule.
func (s *Stream) Quiet(out []byte) []byte {
	s.between = s.between[:0]
	if s.secrets.set != nil {
		s.between = s.secrets.quiet(s.between)
	}
	return s.redaction.quiet(s.redaction.push(out, s.between))
}

// Flush appends all that is left: nothing more comes.
func (s *Stream) Flush(out []byte) []byte {
	s.between = s.secrets.flush(s.between[:0])
	return s.redaction.flush(s.redaction.push(out, s.between))
}

// Holds says whether something that came was not given out yet.
func (s *Stream) Holds() bool { return s.secrets.holds() || s.redaction.holds() }

// Hidden is how many passages were hidden so far: because they held a secret,
// and because they matched a pattern.
func (s *Stream) Hidden() (secrets, patterns int) { return s.secrets.count, s.redaction.count }

// Hidden stands wherever something was taken out.
const Hidden = "(hidden)"

// A span is a passage: its first position and the first after it.
type span struct{ from, to int64 }

// A teller gives text out, with Hidden in place of passages.
type teller struct {
	told   int64 // position up to which all was given out
	hiding bool  // what was given out last is Hidden
	count  int   // passages hidden so far
}

// tell appends what was not given out yet of a text, up to a position. The text
// begins at position at; the spans of it are in order and apart.
func (t *teller) tell(out, text []byte, at int64, spans []span, until int64) []byte {
	show := func(to int64) {
		if to > t.told {
			out = append(out, text[t.told-at:to-at]...)
			t.told, t.hiding = to, false
		}
	}
	for _, p := range spans {
		if p.from >= until {
			break
		}
		show(p.from)
		if to := min(p.to, until); to > t.told {
			if !t.hiding {
				out = append(out, Hidden...)
				t.count++
			}
			t.told, t.hiding = to, true
		}
	}
	show(until)
	return out
}
