package ui

import (
	"fmt"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/ui/part"
)

// question is the overlay that asks what exec.Allow wants asked first.
func question(sc scene, i exec.Intent, a exec.Answer) overlay {
	switch a.Ask {
	case exec.ForYes, exec.ForWord:
		switch i.(type) {
		case exec.Halt:
			return haltForm(sc)
		case exec.Finish:
			return endForm(sc)
		}
		return confirm{intent: i, word: a.Word}
	case exec.ForReason:
		return reasonForm(sc, i)
	case exec.ForOverride:
		return overrideForm(sc, i)
	case exec.ForText:
		return evidenceForm(sc, i)
	}
	return nil
}

// confirm asks before a step is started: y for a change, the target's name for
// what cannot be undone. What was done by hand and cannot be undone is confirmed
// like that before it counts as done.
type confirm struct {
	intent exec.Intent
	word   string // what must be typed; "" where y is enough
	field  part.Field
	scroll int
}

func (confirm) name() string { return "confirm" }

func (c confirm) how() how {
	done, _ := c.intent.(exec.Attest)
	return how{bound: true, of: done.Step}
}

// byHand reports whether it is about what a person has done.
func (c confirm) byHand() bool {
	_, done := c.intent.(exec.Attest)
	return done
}

// target is the step that the intent would start, or record as done.
func (c confirm) target(sc scene) (int, runbook.Step) {
	id := ""
	switch i := c.intent.(type) {
	case exec.Run:
		id = i.Step
	case exec.Attest:
		id = i.Step
	}
	if n := sc.st.Scenario.Find(id); n >= 0 {
		return n, sc.st.Due(n)
	}
	return -1, runbook.Step{}
}

// verb is what typing the word does.
func (c confirm) verb() string {
	if c.byHand() {
		return "record it as done"
	}
	return "run it"
}

func (c confirm) press(sc scene, p press) (overlay, want) {
	_, step := c.target(sc)
	switch p.key {
	case "esc", "ctrl+c":
		return nil, want{say: map[bool]string{true: "nothing was recorded", false: "nothing was run"}[c.byHand()]}
	case "pgdown":
		c.scroll++
		return c, want{}
	case "pgup":
		c.scroll = max(0, c.scroll-1)
		return c, want{}
	}
	switch {
	case c.blind(sc):
		return c, want{say: "the window is too small to show what would run"}
	case c.word == "":
		return c.pressYes(p, step)
	}
	return c.pressWord(p)
}

// blind reports whether the screen has no room for what would be run.
func (c confirm) blind(sc scene) bool { return sc.lay.body.H < 2 || sc.lay.W < 20 }

func (c confirm) pressYes(p press, step runbook.Step) (overlay, want) {
	switch {
	case p.key == "c":
		return c, want{copy: step.Run}
	case p.key != "y":
		return c, want{say: "y = run it, esc = back"}
	case !p.acts():
		return c, want{say: tooSoon}
	}
	return nil, want{do: exec.Confirmed(c.intent, "y")}
}

func (c confirm) pressWord(p press) (overlay, want) {
	switch {
	case !p.armed:
		return c, want{say: tooSoon}
	case p.key == "enter" && c.field.Text() != c.word:
		return c, want{say: "type exactly " + clean.Line(c.word) + " first"}
	case p.key == "enter" && p.acts():
		return nil, want{do: exec.Confirmed(c.intent, c.field.Text())}
	case p.text != "":
		c.field = c.field.Insert(p.text)
	default:
		c.field, _ = c.field.Press(p.key)
	}
	return c, want{}
}

func (c confirm) paste(sc scene, text string) overlay {
	if c.word != "" && sc.armed {
		c.field = c.field.Insert(text)
	}
	return c
}

func (c confirm) panel(sc scene, w int) panel {
	n, step := c.target(sc)
	p := panel{title: fmt.Sprintf("RUN %sSTEP %d%s? %s", blockOf(sc, n, "BLOCK %d OF "), n+1, siteOf(sc, n), part.Changes(step, sc.st.Began.Kind)), y: -1}
	if c.byHand() {
		p.title = fmt.Sprintf("DID YOU DO STEP %d? It cannot be undone.", n+1)
	}
	if sc.lay.class == small {
		return c.tight(sc, step, w)
	}
	p.lines = c.command(step, w, max(2, sc.lay.body.H-14))
	p.lines = append(p.lines, part.Values(step, sc.st.Values, w)...)
	p.lines = append(p.lines, "", part.Cut(c.circumstances(sc, step), w))
	p.lines = append(p.lines, part.Capped(part.Warning(sc.look, step, w), 3, "in the document")...)
	if !c.byHand() {
		p.lines = append(p.lines, wayOut(step, w)...)
	}
	p.lines = append(p.lines, "")
	if c.word == "" {
		p.lines = append(p.lines, "Press y to run it, esc to go back.")
		return p
	}
	field, x := c.field.View(min(w-2, max(16, part.Width(c.word)+6)))
	p.lines = append(p.lines, part.Cut("To "+c.verb()+", type:  "+clean.Line(c.word), w), "  "+field)
	p.x, p.y = 2+x, len(p.lines)-1
	return p
}

// tight is the panel on a small terminal: the command, and what to press.
func (c confirm) tight(sc scene, step runbook.Step, w int) panel {
	ask := "y = run it"
	if c.word != "" {
		ask = "type " + clean.Line(c.word) + ":"
	}
	room := max(1, sc.lay.body.H-2)
	if c.word == "" {
		room = max(1, sc.lay.body.H-1)
	}
	all := part.Hard(text(step), w)
	from := min(c.scroll, max(0, len(all)-room))
	to := min(len(all), from+room)
	if to-from < len(all) {
		ask += fmt.Sprintf("  (%d-%d of %d, pgdn)", from+1, to, len(all))
	}
	p := panel{lines: append(append([]string{}, all[from:to]...), part.Cut(ask, w)), y: -1}
	if c.word != "" {
		field, x := c.field.View(min(w-2, max(16, part.Width(c.word)+6)))
		p.lines = append(p.lines, "  "+field)
		p.x, p.y = 2+x, len(p.lines)-1
	}
	return p
}

// blockOf names the block of the step at index n whose turn it is, "" where it
// has none.
func blockOf(sc scene, n int, format string) string {
	if b := sc.st.Step(n).Block(); b > 0 {
		return fmt.Sprintf(format, b)
	}
	return ""
}

// siteOf names the terminal whose turn it is, where that is not the local one.
func siteOf(sc scene, n int) string {
	if at := sc.st.Step(n).Terminal(); at != "" && at != runbook.LocalTerminal {
		return " at " + clean.Line(at)
	}
	return ""
}

// text is what a step would do, verbatim.
func text(step runbook.Step) string {
	switch {
	case step.Kind == runbook.Wait:
		return "wait " + part.Clock(step.Wait)
	case step.Run == "":
		return step.Do
	}
	return step.Run
}

// command is the exact command, or the part of it that was scrolled to.
func (c confirm) command(step runbook.Step, w, room int) []string {
	all := part.Hard(text(step), w)
	if len(all) <= room {
		return all
	}
	from := min(c.scroll, len(all)-room+1)
	out := append([]string{}, all[from:from+room-1]...)
	return append(out, fmt.Sprintf("... lines %d-%d of %d, pgup/pgdn = see all of it", from+1, from+room-1, len(all)))
}

func (confirm) circumstances(sc scene, step runbook.Step) string {
	text := "mode  " + typeWord(sc.st.Began.Kind)
	if sc.st.Began.DryRun {
		text += " DRY RUN, nothing is executed"
	}
	if step.Aim != "" {
		text = "on  " + clean.Line(step.Aim) + "   " + text
	}
	if step.Timeout > 0 {
		text += "   limit  " + part.Clock(step.Timeout)
	}
	return text + "   as  " + clean.Line(sc.cfg.Who)
}

// wayOut is what the document provides for, should it not go as expected.
func wayOut(step runbook.Step, w int) []string {
	var rows []string
	if step.Rollback != "" {
		rows = part.Capped(part.Prose("To undo it: "+step.Rollback, w), 2, "v = in full")
	}
	if step.IfNot != "" {
		return append(rows, part.Cut("If it does not end as expected: go to "+clean.Line(string(step.IfNot))+".", w))
	}
	return append(rows, "If it does not end as expected: nothing is documented.")
}

func (c confirm) next(sc scene) nextLine {
	n, _ := c.target(sc)
	if c.word == "" {
		return nextLine{"y", fmt.Sprintf("YES, RUN %sstep %d%s", blockOf(sc, n, "block %d of "), n+1, siteOf(sc, n)), "esc = back, nothing runs"}
	}
	if c.byHand() {
		return nextLine{"enter", fmt.Sprintf("RECORD step %d as done, once %s is typed", n+1, clean.Line(c.word)), "esc = back"}
	}
	return nextLine{"enter", fmt.Sprintf("RUN step %d, once %s is typed", n+1, clean.Line(c.word)), "esc = back, nothing runs"}
}

func (c confirm) keys() string {
	if c.word == "" {
		return "y yes, run it  esc back  c copy command"
	}
	return "esc back    other keys are typed, not obeyed"
}
