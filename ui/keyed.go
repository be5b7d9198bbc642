package ui

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/exec"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// keyed has every key go to the running step, whose program fills the screen.
type keyed struct{}

// back is the key that is never the step's.
const back = "ctrl+]"

func (keyed) name() string { return "keys" }
func (keyed) how() how     { return how{bare: true, bound: true} }
func (keyed) keys() string {
	return "every key goes to the step, ctrl+c too    " + back + " = keys back"
}

func (k keyed) press(sc scene, p press) (overlay, want) {
	switch text := typed(p, sc.update.Screen); {
	case p.key == back:
		return nil, want{}
	case !p.armed:
		return k, want{say: tooSoon}
	case text != "":
		return k, want{do: exec.Input{Text: text}}
	}
	return k, want{say: p.key + " can't be typed into a terminal"}
}

func (k keyed) paste(scene, string) overlay { return k }

// pasted is text that is pasted, as the program asked to be told of it.
func (keyed) pasted(sc scene, text string) want {
	if !sc.armed {
		return want{say: tooSoon}
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\x1b", ""), "\n", "\r")
	if wants(sc.update.Screen, bracketedPaste) {
		text = "\x1b[200~" + text + "\x1b[201~"
	}
	return want{do: exec.Input{Text: text}}
}

// panel has no lines of its own, and its cursor is the program's.
func (keyed) panel(sc scene, _ int) panel {
	s := sc.update.Screen
	if s == nil || s.Hidden {
		return panel{y: -1}
	}
	size, left := sc.lay.body, 0
	if sc.lay.class == wide {
		size, left = sc.lay.right(), sc.lay.left+2
	}
	if y := s.Y - firstRow(s, size.H-1); s.X < size.W && y >= 0 && y < size.H-1 {
		return panel{x: left + s.X, y: 1 + y}
	}
	return panel{y: -1}
}

func (keyed) next(sc scene) nextLine {
	return nextLine{back, fmt.Sprintf("KEYS BACK TO BYTHEBOOK; now they go to step %d", sc.next.Step+1), "then g = whole terminal"}
}

// picture draws what a program that fills the screen shows.
func picture(sc scene, size part.Size) []string {
	s := sc.update.Screen
	right := "without its colours; g = whole terminal"
	if sc.keyed { // then g is the program's
		right = back + ", then g = whole terminal"
	}
	rule := part.Rule(sc.look, fmt.Sprintf("Step %d of %d fills the screen", sc.next.Step+1, sc.steps()), right, size.W)
	rows := []string{sc.look.Paint(look.Strong, rule)}
	from := firstRow(s, size.H-1)
	for _, line := range s.Lines[from:min(len(s.Lines), from+max(0, size.H-1))] {
		rows = append(rows, part.Cut(line, size.W))
	}
	return part.Tall(rows, size.H)
}

// firstRow is the first row of a picture that is shown where there is room for
// only some: the cursor's must be among them.
func firstRow(s *exec.Screen, room int) int {
	return min(max(0, s.Y-room+1), len(s.Lines))
}

// The modes that change what keys are.
const (
	cursorKeys     = 1
	bracketedPaste = 2004
)

func wants(s *exec.Screen, mode int) bool { return s != nil && slices.Contains(s.Modes, mode) }

// codes is what terminals send for keys that type no text.
var codes = map[string]string{
	"enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "esc": "\x1b", "space": " ",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
	"insert": "\x1b[2~", "delete": "\x1b[3~", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
	"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
	"f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
	"ctrl+space": "\x00", "ctrl+@": "\x00", "ctrl+\\": "\x1c", "ctrl+^": "\x1e", "ctrl+_": "\x1f",
}

// typed is what a key types into a terminal, "" where it types nothing.
func typed(p press, s *exec.Screen) string {
	if p.text != "" {
		return p.text
	}
	if key, alt := strings.CutPrefix(p.key, "alt+"); alt {
		if code := typed(press{key: key}, nil); code != "" {
			return "\x1b" + code
		}
		return "\x1b" + key
	}
	if c, ctrl := strings.CutPrefix(p.key, "ctrl+"); ctrl && len(c) == 1 && 'a' <= c[0] && c[0] <= 'z' {
		return string(c[0] - 'a' + 1)
	}
	code := codes[p.key]
	if rest, csi := strings.CutPrefix(code, "\x1b["); csi && len(rest) == 1 && rest != "Z" && wants(s, cursorKeys) {
		return "\x1bO" + rest
	}
	return code
}
