package ui

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// A form is an overlay with things to fill in. What was typed is kept when it
// is left with esc.
type form struct {
	id     string // forms of one id share their draft
	title  string
	head   []string // what has to be known before filling it in
	entry  []entry
	focus  int
	foot   string                // what stays true afterwards
	verb   string                // what recording it does, for NEXT
	enter  bool                  // enter in the last field records; else only ctrl+s does
	tied   bool                  // it closes when the exercise goes on without it
	of     string                // the step that it is about; while that is open, it stays all the same
	unfit  func([]string) string // why what is filled in does not go together; nil where all does
	intent func([]string) exec.Intent
}

// An entry is one line of a form: a field to type into, or options to choose.
type entry struct {
	label   string
	field   part.Field
	options []string
	chosen  int // from 1; 0 is nothing yet
}

// value is what was typed, or chosen.
func (e entry) value() string {
	if len(e.options) > 0 {
		return e.options[e.chosen-1]
	}
	if e.field.Hidden {
		return e.field.Text() // blanks at its ends may be part of a secret
	}
	return strings.TrimSpace(e.field.Text())
}

func (f form) name() string { return "form " + f.id }
func (f form) how() how     { return how{bound: f.tied, of: f.of} }

func (f form) press(sc scene, p press) (overlay, want) {
	if !p.armed && p.text != "" && sc.mute() && f.empty() {
		return lapse{why: "You typed before the form could be read, while a step runs that may be asking for what you type. " +
			"Nothing of it was recorded. If the step asks for something: esc, then i."}, want{}
	}
	switch p.key {
	case "esc", "ctrl+c":
		return nil, want{say: "nothing was recorded; what you typed is kept"}
	case "ctrl+s":
		return f.commit(sc, p)
	case "enter":
		switch last := f.focus == len(f.entry)-1; {
		case last && f.enter:
			return f.commit(sc, p)
		case last:
			return f, want{say: "ctrl+s records it; enter alone does not"}
		}
		return f.move(1), want{}
	case "tab", "down":
		return f.move(1), want{}
	case "shift+tab", "up":
		return f.move(-1), want{}
	}
	if len(f.entry[f.focus].options) > 0 {
		return f.pick(p)
	}
	return f.typed(p), want{}
}

// pick chooses among the options that have the focus: a number one of them, the
// arrows the one beside. What else is typed was meant for a field.
func (f form) pick(p press) (overlay, want) {
	f.entry = slices.Clone(f.entry)
	e := &f.entry[f.focus]
	n, count := 0, len(e.options)
	switch {
	case p.key == "right":
		n = e.chosen%count + 1
	case p.key == "left":
		n = (max(1, e.chosen)+count-2)%count + 1
	case len(p.key) == 1:
		n = int(p.key[0]) - '0'
	}
	if n < 1 || n > count {
		return f, want{say: fmt.Sprintf("1-%d or the arrows choose; tab = the next field", count)}
	}
	e.chosen = n
	return f, want{}
}

// empty reports whether nothing was filled in yet.
func (f form) empty() bool {
	return !slices.ContainsFunc(f.entry, func(e entry) bool { return e.chosen > 0 || e.field.Text() != "" })
}

func (f form) move(by int) form {
	f.focus = (f.focus + by + len(f.entry)) % len(f.entry)
	return f
}

// typed changes the field that has the focus.
func (f form) typed(p press) form {
	f.entry = slices.Clone(f.entry)
	e := &f.entry[f.focus]
	if p.text != "" {
		e.field = e.field.Insert(p.text)
	} else {
		e.field, _ = e.field.Press(p.key)
	}
	return f
}

func (f form) paste(_ scene, text string) overlay {
	if len(f.entry[f.focus].options) == 0 {
		f.entry = slices.Clone(f.entry)
		f.entry[f.focus].field = f.entry[f.focus].field.Insert(text)
	}
	return f
}

// commit records the form if the rules take it as it is filled in.
func (f form) commit(sc scene, p press) (overlay, want) {
	if !p.acts() {
		return f, want{say: tooSoon}
	}
	values := make([]string, len(f.entry))
	for i, e := range f.entry {
		if len(e.options) > 0 && e.chosen == 0 {
			f.focus = i
			return f, want{say: "nothing is chosen yet: " + e.label}
		}
		values[i] = e.value()
	}
	if f.unfit != nil {
		if why := f.unfit(values); why != "" {
			return f, want{say: why}
		}
	}
	i := f.intent(values)
	a := sc.update.Allow(i)
	if a.Verdict == exec.Refused {
		return f, want{say: a.Why}
	}
	if q := question(sc, i, a); q != nil && q.name() == f.name() { // what else is asked is no matter of this form
		return f, want{say: lacking(a)}
	}
	return nil, want{do: i}
}

// lacking says what a form still wants.
func lacking(a exec.Answer) string {
	switch a.Ask {
	case exec.ForReason:
		return "say why the document is left"
	case exec.ForOverride:
		return "say why, and who overrides it; both are recorded"
	case exec.ForText:
		return "say it in a line; it is kept as evidence"
	}
	return "type the word " + a.Word + " first"
}

func (f form) panel(sc scene, w int) panel {
	p := panel{title: f.title, y: -1}
	if sc.lay.class != small {
		for _, line := range f.head {
			p.lines = append(p.lines, part.Prose(line, w)...)
		}
		if len(f.head) > 0 {
			p.lines = append(p.lines, "")
		}
	}
	for i, e := range f.entry {
		label := "  " + e.label
		if i == f.focus {
			label = sc.look.Paint(look.Strong, "> "+e.label)
		}
		p.lines = append(p.lines, part.Cut(label, w))
		if len(e.options) > 0 {
			p.lines = append(p.lines, e.radio(w)...)
			if i == f.focus {
				p.x, p.y = 0, len(p.lines)-1
			}
			continue
		}
		line, x := e.field.View(w - 2)
		p.lines = append(p.lines, "  "+line)
		if i == f.focus {
			p.x, p.y = 2+x, len(p.lines)-1
		}
	}
	if f.foot != "" && sc.lay.class != small {
		p.lines = append(append(p.lines, ""), part.Prose(f.foot, w)...)
	}
	return p
}

// radio draws the options in columns.
func (e entry) radio(w int) []string {
	cell := 4
	for _, o := range e.options {
		cell = max(cell, part.Width(o)+8)
	}
	var rows []string
	line := " "
	for i, o := range e.options {
		sign := " ( ) "
		if i+1 == e.chosen {
			sign = " (*) "
		}
		if part.Width(line)+cell > w && line != " " {
			rows, line = append(rows, line), " "
		}
		line += part.Fit(fmt.Sprintf("%s%d %s", sign, i+1, o), cell)
	}
	return append(rows, line)
}

func (f form) next(sc scene) nextLine {
	key := "ctrl+s"
	if f.enter && f.focus == len(f.entry)-1 {
		key = "enter"
	}
	return nextLine{key, f.verb, "esc = back, the draft is kept"}
}

func (f form) keys() string {
	return "tab/shift+tab field  1-9 choose  ctrl+s record  esc back"
}
