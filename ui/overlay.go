package ui

import (
	"fmt"

	"bythebook/exec/clean"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// An overlay is opened by a key and lies over the screen until it is answered
// or esc is pressed. Like a screen it is a value and never acts.
type overlay interface {
	name() string
	// press is what a key means to it. It returns itself as it is then, nil
	// when it closes.
	press(scene, press) (overlay, want)
	// paste takes pasted text; only fields to type into do.
	paste(scene, string) overlay
	panel(sc scene, w int) panel
	next(scene) nextLine
	keys() string
	how() how
}

// A press is one key.
type press struct {
	key    string
	text   string // what it types, "" where it types nothing
	repeat bool   // it is held down; such a press never acts
	armed  bool   // keys may act
}

// acts reports whether the press may do something.
func (p press) acts() bool { return p.armed && !p.repeat }

// A how says where an overlay lies.
type how struct {
	whole  bool   // over the whole body
	output bool   // what runs is shown beneath it, rather than the document
	bare   bool   // over nothing: the screen is drawn as it is
	bound  bool   // it closes when the exercise goes on without it
	of     string // the step that it is about; while that is open, it stays all the same
}

// A panel is what an overlay draws: a title, lines, and where the cursor is.
type panel struct {
	title string
	lines []string
	x, y  int // of the cursor within lines; y below 0 for none
}

// keep is what overlays have in common that take no text.
type keep struct{}

func (keep) how() how { return how{} }

const tooSoon = "too soon: read NEXT, then press again"

// over draws an overlay on a screen. It returns the lines, and the cursor.
func over(sc scene, o overlay, s screen) (lines []string, x, y int) {
	lay := sc.lay
	if o.how().bare {
		p := o.panel(sc, lay.W)
		return s.body(sc, lay), p.x, p.y
	}
	if o.how().whole || lay.class == small {
		return whole(sc, o)
	}
	if lay.class == wide && sc.open() {
		size := lay.right()
		p := o.panel(sc, size.W-4)
		rows := append(part.Box(sc.look, p.title, p.lines, size.W), beneath(sc, o, part.Size{W: size.W, H: size.H - len(p.lines) - 2})...)
		return part.Columns(sc.look, leftColumn(sc, lay), rows, lay.left, lay.body.H), lay.left + 4 + p.x, p.y + 1
	}
	p := o.panel(sc, lay.W-4)
	var rows []string
	if sc.open() && !sc.st.Started.IsZero() && sc.st.Ended == nil {
		rows = sc.checklist().Strip(sc.look, part.Size{W: lay.W, H: min(5, max(1, lay.body.H-len(p.lines)-2))})
	}
	y = len(rows) + 1 + p.y
	rows = append(rows, part.Box(sc.look, p.title, p.lines, lay.W)...)
	rows = append(rows, beneath(sc, o, part.Size{W: lay.W, H: lay.body.H - len(rows)})...)
	if cut := len(rows) - lay.body.H; cut > 0 && p.y >= 0 && y >= lay.body.H-1 { // the cursor must be seen
		rows, y = rows[cut:], y-cut
	}
	return part.Tall(rows, lay.body.H), 2 + p.x, y
}

// whole draws an overlay over all of the body, scrolled to its cursor.
func whole(sc scene, o overlay) (lines []string, x, y int) {
	size := sc.lay.body
	p := o.panel(sc, size.W)
	rows := p.lines
	if p.y >= size.H && p.y < len(rows) {
		rows, p.y = rows[p.y-size.H+1:], size.H-1
	}
	return part.Tall(rows, size.H), p.x, p.y
}

// beneath is what is shown under a panel.
func beneath(sc scene, o overlay, size part.Size) []string {
	if size.H < 3 || !sc.open() {
		return nil
	}
	lines, total, running := sc.output()
	if o.how().output {
		return append([]string{part.OutputRule(sc.look, "Output", running, total, sc.view.top, size.W)},
			part.Output(lines, total, sc.view.top, part.Size{W: size.W, H: size.H - 1})...)
	}
	step, _, ok := sc.step()
	if !ok || sc.lay.class != wide {
		return nil
	}
	title := fmt.Sprintf("What the document says (step %d, %s)", sc.at()+1, clean.Line(step.ID))
	rows := []string{"", sc.look.Paint(look.Quiet, part.Rule(sc.look, title, "", size.W))}
	rows = append(rows, part.Instruction(sc.look, step, size.W)...)
	return part.Tall(append(rows, stepFacts(sc, step, size.W)...), size.H)
}
