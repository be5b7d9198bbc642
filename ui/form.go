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
	foot   string // what stays true afterwards
	verb   string // what recording it does, for NEXT
	enter  bool   // enter in the last field records; else only ctrl+s does
	tied   bool   // it closes when the exercise goes on without it
	intent func([]string) exec.Intent
}

// An entry is one line of a form: a field to type into, or options to choose.
type entry struct {
	label   string
	field   part.Field
	options []string
	chosen  int
}

func (e entry) value() string {
	if len(e.options) > 0 {
		return e.options[e.chosen]
	}
	if e.field.Hidden {
		return e.field.Text() // blanks at its ends may be part of a secret
	}
	return strings.TrimSpace(e.field.Text())
}

func (f form) name() string { return "form " + f.id }
func (f form) how() how     { return how{bound: f.tied} }

func (f form) press(sc scene, p press) (overlay, want) {
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
	return f.typed(p), want{}
}

func (f form) move(by int) form {
	f.focus = (f.focus + by + len(f.entry)) % len(f.entry)
	return f
}

// typed changes the entry that has the focus.
func (f form) typed(p press) form {
	f.entry = slices.Clone(f.entry)
	e := &f.entry[f.focus]
	switch {
	case len(e.options) > 0 && (p.key == "space" || p.key == "right"):
		e.chosen = (e.chosen + 1) % len(e.options)
	case len(e.options) > 0 && p.key == "left":
		e.chosen = (e.chosen + len(e.options) - 1) % len(e.options)
	case len(e.options) > 0:
	case p.text != "":
		e.field = e.field.Insert(p.text)
	default:
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
		values[i] = e.value()
	}
	i := f.intent(values)
	switch a := sc.update.Allow(i); {
	case a.Verdict == exec.Refused:
		return f, want{say: a.Why}
	case a.Ask == exec.ForReason:
		return f, want{say: "say why the document is left"}
	case a.Ask == exec.ForOverride:
		return f, want{say: "say why, and who overrides it; both are recorded"}
	case a.Ask == exec.ForText:
		return f, want{say: "say it in a line; it is kept as evidence"}
	case a.Ask == exec.ForWord:
		return f, want{say: "type the word " + a.Word + " first"}
	}
	return nil, want{do: i}
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
		label := fmt.Sprintf("%d %s", i+1, e.label)
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
		cell = max(cell, part.Width(o)+6)
	}
	var rows []string
	line := " "
	for i, o := range e.options {
		sign := " ( ) "
		if i == e.chosen {
			sign = " (*) "
		}
		if part.Width(line)+cell > w && line != " " {
			rows, line = append(rows, line), " "
		}
		line += part.Fit(sign+o, cell)
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
	return "tab/shift+tab field  space choose  ctrl+s record  esc back"
}
