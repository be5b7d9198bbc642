package ui

import "bythebook/ui/part"

// A lapse lies where something closed by itself that somebody could type into.
// Whoever still types has not seen that it is gone: nothing of it acts, until they
// say with a key that no line of text contains that they have.
type lapse struct {
	keep
	why string
}

func (lapse) name() string                  { return "lapse" }
func (l lapse) paste(scene, string) overlay { return l }
func (lapse) keys() string                  { return "esc go on    other keys go nowhere" }

func (l lapse) press(_ scene, p press) (overlay, want) {
	switch {
	case p.key != "esc":
		return l, want{say: "that key went nowhere; esc = go on"}
	case !p.acts():
		return l, want{say: tooSoon}
	}
	return nil, want{}
}

func (l lapse) panel(_ scene, w int) panel {
	return panel{title: "WHAT YOU TYPE GOES NOWHERE", lines: part.Prose(l.why, w), y: -1}
}

func (lapse) next(scene) nextLine {
	return nextLine{"esc", "GO ON; the field is gone", "other keys go nowhere"}
}

const noTaker = "The step no longer takes what you type. What it had not got yet is dropped."

// lapsed is the lapse where an overlay closed, false where nobody can have been
// typing into it.
func lapsed(o overlay) (lapse, bool) {
	switch o := o.(type) {
	case answering:
		return lapse{why: noTaker}, !o.sent
	case keyed:
		return lapse{why: noTaker}, true
	case form:
		return lapse{why: "The exercise went on, and what you filled in no longer belongs to it. Nothing of it was recorded."}, true
	case confirm:
		return lapse{why: "The exercise went on, and what you were asked no longer belongs to it. Nothing was started."}, o.word != ""
	}
	return lapse{}, false
}
