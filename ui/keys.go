package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/part"
)

// A binding is one row of the table of keys: what a key is called, where it
// means something, why it is off just now, and what it wants. No key means two
// different recorded things.
type binding struct {
	keys  []string
	label string // what the keys are called on the line of keys, where it is not the first of them
	short string // what they do, on the line of keys
	help  string
	acts  bool                    // only once armed, never held down, not while looking elsewhere
	quiet bool                    // not on the line of keys
	here  func(scene) bool        // where it means something
	wants func(scene) exec.Intent // asks exec.Allow whether it is off
	do    func(scene) want
}

// off says why a key does nothing now, "" when it works.
func (b binding) off(sc scene) string {
	if !b.here(sc) {
		if b.wants != nil && sc.working() && !sc.looking() {
			if a := sc.update.Allow(b.wants(sc)); a.Verdict == exec.Refused {
				return a.Why
			}
		}
		return "not for this moment"
	}
	if b.acts && sc.looking() && !sc.view.aim && !sc.st.Offers(sc.at()) {
		return "looking only; . = back to the current step"
	}
	if b.wants != nil {
		if a := sc.update.Allow(b.wants(sc)); a.Verdict == exec.Refused {
			return a.Why
		}
	}
	return ""
}

// where keys mean something.
func anywhere(scene) bool      { return true }
func inExercise(sc scene) bool { return sc.open() && sc.st.Ended == nil }
func atWork(sc scene) bool     { return sc.working() }
func atSteps(sc scene) bool    { return sc.working() && sc.steps() > 0 }
func onPages(sc scene) bool    { return sc.open() && !sc.working() }
func afterwards(sc scene) bool { return sc.open() && sc.st.Ended != nil }
func in(s ...exec.Situation) func(scene) bool {
	return func(sc scene) bool { return sc.working() && (slices.Contains(s, sc.next.Situation) || sc.looking()) }
}

// choosing reports whether there is something to choose.
func choosing(sc scene) bool {
	_, asks := sc.screen.(choice)
	return asks && !sc.looking()
}

// commanding reports whether the step that is shown has a command.
func commanding(sc scene) bool {
	step, _, ok := sc.step()
	return ok && sc.working() && step.Kind.Commands()
}

// id is the id of the step that is shown.
func id(sc scene) string {
	step, _, _ := sc.step()
	return step.ID
}

// sure is a text that makes an intent whole, for asking whether it would be
// taken before the person was asked for the real one.
const sure = "-"

// bindings is the table. Its order is that of the line of keys.
var bindings = slices.Concat(workKeys, choiceKeys, recordKeys, penKeys, lookKeys, programKeys)

var workKeys = []binding{
	{keys: []string{"r"}, short: "run", help: "run: the command, the check, the next try", acts: true, here: in(exec.ToRun, exec.Unmet, exec.Approving),
		wants: func(sc scene) exec.Intent { return exec.Run{Step: id(sc)} }, do: func(sc scene) want { return want{do: exec.Run{Step: id(sc)}} }},
	{keys: []string{"d"}, short: "done", help: "done by hand; asks for the evidence that the document wants", acts: true, here: in(exec.ToAttest, exec.Approving),
		wants: func(sc scene) exec.Intent { return exec.Attest{Step: id(sc)} }, do: func(sc scene) want { return want{do: exec.Attest{Step: id(sc)}} }},
	{keys: []string{"t"}, short: "way out", help: "take the documented way out", acts: true, here: in(exec.Unmet),
		wants: func(sc scene) exec.Intent { return exec.WayOut{Step: id(sc)} }, do: func(sc scene) want { return want{do: exec.WayOut{Step: id(sc)}} }},
	{keys: []string{"w"}, short: "accept", help: "accept a failed expectation: a deviation", acts: true, here: in(exec.Unmet),
		wants: func(sc scene) exec.Intent { return exec.Accept{Step: id(sc)} }, do: func(sc scene) want { return want{do: exec.Accept{Step: id(sc)}} }},
	{keys: []string{"a"}, short: "approve", help: "approve the step that waits for it, or refuse", acts: true, here: in(exec.Approving, exec.Gapped),
		wants: func(sc scene) exec.Intent { return approval(sc) }, do: func(sc scene) want { return want{open: approvalForm(sc)} }},
	{keys: []string{"u"}, short: "out of order", help: "while looking at another step: do that one instead, a deviation", here: in(),
		wants: func(sc scene) exec.Intent { return outOfOrder(sc) }, do: aim},
}

// penKeys are for seats that have no pen.
var penKeys = []binding{
	{keys: []string{"T"}, short: "take the pen", help: "take the pen: from here on you act, and whoever had it looks on", acts: true, here: scene.onlooking,
		wants: func(scene) exec.Intent { return exec.Take{} }, do: func(scene) want { return want{do: exec.Take{}} }},
}

var choiceKeys = []binding{
	{keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}, short: "choose", help: "choose an answer; enter commits it", acts: true,
		here: choosing},
	{keys: []string{"enter"}, short: "commit", help: "open, go on, commit what is chosen or typed; runs nothing", acts: true, here: anywhere, quiet: true,
		do: func(sc scene) want { return sc.screen.enter(sc) }},
	{keys: []string{"e"}, short: "export", help: "write the report", acts: true, here: afterwards, do: func(scene) want { return want{export: true} }},
}

var recordKeys = []binding{
	{keys: []string{"i"}, short: "input", help: "type into the step that runs", acts: true, here: in(exec.Busy),
		wants: func(scene) exec.Intent { return exec.Input{} }, do: func(sc scene) want { return want{open: taking(sc.update.Waiting)} }},
	{keys: []string{"g"}, short: "terminal", help: "give your whole terminal to the step that runs; ctrl+] takes it back", acts: true, here: in(exec.Busy),
		wants: func(scene) exec.Intent { return exec.Relay{On: true} }, do: func(scene) want { return want{relay: true} }},
	{keys: []string{"s"}, short: "skip", help: "skip the step: a deviation, unless it is optional", acts: true,
		here:  in(exec.ToRun, exec.ToAttest, exec.Unmet, exec.Deciding, exec.Guarding, exec.Picking, exec.Approving),
		wants: func(sc scene) exec.Intent { return exec.Skip{Step: id(sc)} }, do: func(sc scene) want { return want{do: exec.Skip{Step: id(sc)}} }},
	{keys: []string{"!"}, short: "deviation", help: "declare a deviation", here: atSteps,
		wants: func(sc scene) exec.Intent {
			return exec.Deviate{Step: id(sc), Kind: exec.Declarable[0].Name, What: sure, Departure: exec.Departure{Reason: sure}}
		}, do: func(sc scene) want { return want{open: deviationForm(sc)} }},
	{keys: []string{"n"}, short: "note", help: "add a note; it corrects and never changes", here: inExercise,
		wants: func(scene) exec.Intent { return exec.Remark{Text: sure} }, do: func(sc scene) want { return want{open: noteForm(sc)} }},
	{keys: []string{"b"}, short: "blocked", help: "the document does not say how to go on", acts: true,
		here:  in(exec.ToRun, exec.ToAttest, exec.Unmet, exec.Deciding, exec.Guarding, exec.Picking, exec.Approving),
		wants: func(sc scene) exec.Intent { return exec.Block{Step: id(sc), Reason: sure} }, do: func(sc scene) want { return want{open: blockForm(sc)} }},
	{keys: []string{"M"}, short: "mark", help: "set a clock mark, such as when it broke", acts: true, here: atWork, quiet: true,
		do: func(sc scene) want { return want{open: markForm(sc)} }},
	{keys: []string{"P"}, short: "hold", help: "hold the work, or go on with it", acts: true, here: atWork, quiet: true, do: holdOrRelease},
	{keys: []string{"H"}, short: "halt", help: "give the exercise up, back to safety; asks for a word", here: inExercise,
		wants: func(scene) exec.Intent { return exec.Halt{} }, do: func(sc scene) want { return want{open: haltForm(sc)} }},
	{keys: []string{"S"}, short: "call stop", help: "call stop: nothing new starts until whoever has the pen answers", here: inExercise, quiet: true,
		wants: func(scene) exec.Intent { return exec.CallStop{Reason: sure} }, do: func(sc scene) want { return want{open: stopForm(sc)} }},
	{keys: []string{"G"}, short: "go on", help: "answer a stop that was called, and go on", acts: true, here: func(sc scene) bool { _, called := sc.called(); return called },
		wants: func(scene) exec.Intent { return exec.GoOn{Reason: sure} }, do: func(sc scene) want { return want{open: goOnForm(sc)} }},
}

var lookKeys = []binding{
	{keys: []string{"."}, short: "current", help: "back to the current step", here: func(sc scene) bool { return sc.looking() },
		do: func(scene) want { v := home(); return want{view: &v} }},
	{keys: []string{"up", "k"}, label: "up/down", short: "look", help: "look at the one before; a line up", here: anywhere, do: lookBy(-1)},
	{keys: []string{"down", "j"}, short: "look", help: "look at the next one; a line down", here: anywhere, quiet: true, do: lookBy(1)},
	{keys: []string{"pgup"}, help: "a page up, in output or text", here: anywhere, quiet: true, do: pageBy(-1)},
	{keys: []string{"pgdown"}, help: "a page down", here: anywhere, quiet: true, do: pageBy(1)},
	{keys: []string{"home"}, help: "to the first", here: anywhere, quiet: true, do: lookBy(-1 << 20)},
	{keys: []string{"end"}, help: "to the last", here: anywhere, quiet: true, do: lookBy(1 << 20)},
	{keys: []string{"f"}, short: "follow", help: "follow the end of the output", here: in(exec.Busy), quiet: true,
		do: func(sc scene) want { v := sc.view; v.top = -1; return want{view: &v} }},
	{keys: []string{"o"}, short: "output", help: "the output, full screen, no columns", here: commanding,
		do: func(scene) want { return want{open: pager{what: readOutput, from: -1}} }},
	{keys: []string{"v"}, short: "in full", help: "the step, the report or the problems in full", here: anywhere, do: inFull},
	{keys: []string{"h"}, short: "history", help: "what the chosen scenario's exercises show", here: inLibrary, do: history},
	{keys: []string{"/"}, short: "search", help: "search in output, report or library", here: anywhere, quiet: true, do: search},
	{keys: []string{"z"}, short: "big clock", help: "the time in big digits, for a shared screen", here: atWork, quiet: true,
		do: func(scene) want { return want{open: pager{what: readClock}} }},
}

var programKeys = []binding{
	{keys: []string{"c"}, short: "copy", help: "copy the command, exactly", here: func(sc scene) bool { return commanding(sc) || mending(sc) != "" }, do: copyCommand},
	{keys: []string{"m"}, help: "mouse wheel on or off", here: anywhere, quiet: true, do: func(scene) want { return want{term: mouse} }},
	{keys: []string{"ctrl+l"}, help: "draw the screen again", here: anywhere, quiet: true, do: func(scene) want { return want{term: redraw} }},
	{keys: []string{"ctrl+z"}, help: "leave the program to the shell for a while", here: anywhere, quiet: true, do: func(scene) want { return want{term: suspend} }},
	{keys: []string{"q", "ctrl+c"}, short: "leave", help: "leave, or stop what runs; always asks", here: anywhere, do: leaving},
	{keys: []string{"esc"}, help: "back one layer; nothing happens", here: anywhere, quiet: true,
		do: func(sc scene) want { v := home(); v.row = sc.view.row; return want{view: &v} }},
	{keys: []string{"?"}, short: "help", help: "all keys, with reasons for those that are off", here: anywhere, quiet: true,
		do: func(scene) want { return want{open: pager{what: readHelp}} }},
}

// find is the row of a key. A number's row is given what it wants here.
func find(key string) (binding, bool) {
	for _, b := range bindings {
		if !slices.Contains(b.keys, key) {
			continue
		}
		if b.do == nil {
			b.do = func(sc scene) want { return sc.screen.choose(sc, int(key[0]-'0')) }
		}
		return b, true
	}
	return binding{}, false
}

// keyName is what a key is called in the table. A layout without Latin letters
// still has the keys where the letters are.
func keyName(k tea.KeyPressMsg) string {
	if k.Text != "" && k.Text[0] >= 0x80 && k.BaseCode > ' ' && k.BaseCode < 0x7f {
		if k.Mod.Contains(tea.ModShift) {
			return strings.ToUpper(string(k.BaseCode))
		}
		return string(k.BaseCode)
	}
	return k.String()
}

// outOfOrder is what doing the step that is looked at would be.
func outOfOrder(sc scene) exec.Intent {
	step, _, _ := sc.step()
	if step.Kind.Interaction() == runbook.Attests {
		return exec.Attest{Step: step.ID}
	}
	return exec.Run{Step: step.ID}
}

func aim(sc scene) want {
	if !sc.looking() {
		return want{say: "look at the step first: up or down"}
	}
	v := sc.view
	v.aim = true
	return want{view: &v}
}

func holdOrRelease(sc scene) want {
	if sc.st.Held() {
		return want{do: exec.Release{}}
	}
	return want{open: holdForm(sc)}
}

func leaving(sc scene) want {
	switch {
	case !sc.open() || sc.st.Ended != nil:
		return want{leave: true}
	case sc.st.Running() >= 0 && !sc.onlooking(): // it is not theirs to stop
		return want{open: stop{}}
	}
	return want{open: leave{}}
}

// lookBy looks at another row, step or line.
func lookBy(by int) func(scene) want {
	return func(sc scene) want {
		v := sc.view
		switch {
		case sc.ex == nil:
			v.row = min(max(0, v.row+by), max(0, len(sc.rows())-1))
		case onPages(sc):
			v.scroll = min(max(0, v.scroll+by), scrollLimit)
		case sc.steps() > 0:
			v.step, v.aim, v.top = min(max(0, sc.at()+by), sc.steps()-1), false, -1
			if sc.next.Situation != exec.Busy && sc.st.Offers(v.step) {
				v.turn = v.step
			}
			if v.turn == v.step || v.step == sc.next.Step || sc.next.Step < 0 && v.step == sc.st.At {
				v.step = -1
			}
		}
		return want{view: &v}
	}
}

// scrollLimit is more lines than any page has; drawing stops at the last one.
const scrollLimit = 1 << 16

// pageBy turns a page of output or text.
func pageBy(sign int) func(scene) want {
	return func(sc scene) want {
		v := sc.view
		h := max(1, sc.lay.body.H/2)
		if !sc.working() {
			v.scroll = min(max(0, v.scroll+sign*h), scrollLimit)
			return want{view: &v}
		}
		_, total, _ := sc.output()
		if v.top < 0 {
			v.top = max(0, total-h)
		}
		if v.top = max(0, v.top+sign*h); v.top >= total-h/2 {
			v.top = -1
		}
		return want{view: &v}
	}
}

func inFull(sc scene) want {
	switch {
	case sc.ex == nil:
		return want{open: pager{what: readProblems}}
	case afterwards(sc):
		return want{open: pager{what: readReport}}
	}
	return want{open: pager{what: readStep}}
}

func search(sc scene) want {
	switch {
	case sc.ex == nil:
		return want{open: seek{}}
	case !sc.working():
		return want{open: pager{what: readReport, search: true}}
	}
	return want{open: pager{what: readOutput, search: true}}
}

func history(sc scene) want {
	switch r, ok := sc.row(); {
	case !ok:
		return want{say: "the library is empty"}
	case sc.lib == nil || sc.lib.History == nil:
		return want{say: "what is on record is still being read"}
	case r.Book == nil:
		return want{say: "it cannot be loaded; v = its problems"}
	default:
		return want{history: &r}
	}
}

func copyCommand(sc scene) want {
	if command := mending(sc); command != "" {
		return want{copy: command}
	}
	step, _, _ := sc.step()
	if step.Run == "" {
		return want{say: "this step has no command"}
	}
	return want{copy: step.Run}
}

// matters reports whether a key that is not told elsewhere is told here.
func matters(sc scene, b binding) bool {
	return b.short == "commit" && choosing(sc) || b.short == "search" && inLibrary(sc) || b.short == "call stop" && sc.onlooking()
}

// keyLine is the last line: the keys that work now, as many as fit.
func keyLine(sc scene, w int) string {
	line := ""
	for _, b := range bindings {
		if b.short == "" || b.quiet && !matters(sc, b) || b.off(sc) != "" {
			continue
		}
		key := b.keys[0]
		if b.label != "" {
			key = b.label
		}
		if c, asks := sc.screen.(choice); asks && b.do == nil {
			key = fmt.Sprintf("1-%d", len(c.answers(sc)))
		}
		add := "  " + key + " " + b.short
		if part.Width(line)+part.Width(add)+9 > w {
			continue
		}
		line += add
	}
	line = strings.TrimPrefix(line+"  ? help", " ")
	return part.Fit(line, w)
}
