package part

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"bythebook/exec/clean"
	"bythebook/ui/look"
)

// Size is room on the screen, in cells.
type Size struct{ W, H int }

// Width is how many cells a line takes.
func Width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Cut is at most w cells of a line.
func Cut(s string, w int) string {
	switch {
	case w <= 0:
		return ""
	case Width(s) <= w:
		return s
	}
	return ansi.Truncate(s, w, "")
}

// Fit is exactly w cells: cut, or filled up with blanks.
func Fit(s string, w int) string {
	s = Cut(s, w)
	return s + blanks(w-Width(s))
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }

// Spread puts one text at the left and one at the right of w cells. Where both
// do not fit, the left one is kept.
func Spread(left, right string, w int) string {
	gap := w - Width(left) - Width(right)
	if gap < 1 {
		return Fit(left, w)
	}
	return left + blanks(gap) + right
}

// Rule is a line across, with a title at its left and a remark at its right:
// -- Output ---------- live, 41 lines --
func Rule(l look.Look, title, right string, w int) string {
	if title == "" && right == "" {
		return l.Line(look.Across, w)
	}
	head, tail := "", ""
	if title != "" {
		head = l.Line(look.Across, 2) + " " + title + " "
	}
	if right != "" {
		tail = " " + right + " " + l.Line(look.Across, 2)
	}
	n := w - Width(head) - Width(tail)
	if n < 1 {
		tail, n = "", w-Width(head)
	}
	return Cut(head+l.Line(look.Across, n)+tail, w)
}

// Hard cuts text into lines of at most w cells. A line that goes on ends with
// \ at the edge; nothing else is added or left out.
func Hard(text string, w int) []string {
	var lines []string
	for _, line := range strings.Split(strings.TrimRight(clean.Text(text), "\n"), "\n") {
		lines = append(lines, hardLine(line, max(2, w))...)
	}
	return lines
}

// longest is how many bytes a cell has, at most, in a line that is measured as a
// whole.
const longest = 64

func hardLine(line string, w int) []string {
	var out []string
	for len(line) > longest*w || Width(line) > w { // measuring a long one again for each of its rows takes forever
		n := fitting(line, w-1)
		out = append(out, line[:n]+"\\")
		line = line[n:]
	}
	return append(out, line)
}

// fitting is how many bytes of a line take at most w cells, at least one rune.
func fitting(line string, w int) int {
	used, n := 0, 0
	for n < len(line) {
		_, size := utf8.DecodeRuneInString(line[n:])
		rw := Width(line[n : n+size])
		if used+rw > w && n > 0 {
			break
		}
		used, n = used+rw, n+size
	}
	return n
}

// Prose wraps text at words. Lines of one paragraph are joined first, as
// Markdown does; lines of lists and tables are not. Lines that are indented or
// fenced are cut hard instead, because they are probably commands.
func Prose(text string, w int) []string {
	var out []string
	paragraph := ""
	flush := func() {
		if paragraph != "" {
			out = append(out, Words(paragraph, max(1, w))...)
		}
		paragraph = ""
	}
	fenced := false
	for _, line := range strings.Split(strings.TrimSpace(clean.Text(text)), "\n") {
		switch fence := strings.HasPrefix(strings.TrimSpace(line), "```"); {
		case fence:
			flush()
			fenced = !fenced
		case fenced || strings.HasPrefix(line, "    "):
			flush()
			out = append(out, hardLine(line, max(2, w))...)
		case strings.TrimSpace(line) == "":
			flush()
			out = append(out, "")
		case startsLine(line):
			flush()
			paragraph = line
		default:
			paragraph += " " + line
		}
	}
	flush()
	return out
}

// startsLine reports whether a line of Markdown never joins the one before it.
func startsLine(line string) bool {
	line = strings.TrimLeft(line, " ")
	head, _, _ := strings.Cut(line, " ")
	digits := strings.TrimRight(head, ".)")
	return strings.HasPrefix(head, "#") || strings.HasPrefix(head, "|") || head == "-" || head == "*" || head == ">" ||
		digits != "" && digits != head && strings.Trim(digits, "0123456789") == ""
}

// Words wraps one line between its words only. A word that is longer than a line
// is cut.
func Words(line string, w int) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(line) {
		if now != "" && Width(now)+1+Width(word) <= w {
			now += " " + word
			continue
		}
		if now != "" {
			out = append(out, now)
		}
		for Width(word) > w {
			n := fitting(word, w)
			out, word = append(out, word[:n]), word[n:]
		}
		now = word
	}
	return append(out, now)
}

// Indent puts a blank margin of n cells before lines.
func Indent(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = blanks(n) + line
	}
	return out
}

// Fact is a label of 8 cells and a text beside it, cut hard: what was written
// to be obeyed literally.
func Fact(label, text string, w int) []string { return beside(label, Hard(text, w-9)) }

// Remark is a label of 8 cells and prose beside it.
func Remark(label, text string, w int) []string { return beside(label, Prose(text, w-9)) }

func beside(label string, lines []string) []string {
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		lines[i] = " " + Fit(label, 7) + " " + line
	}
	return lines
}

// Tall is exactly h lines: cut, or filled up with empty ones.
func Tall(lines []string, h int) []string {
	h = max(0, h)
	if len(lines) >= h {
		return lines[:h:h]
	}
	out := make([]string, h)
	copy(out, lines)
	return out
}

// Capped is at most h lines, the last of which tells how many are missing.
func Capped(lines []string, h int, more string) []string {
	if len(lines) <= h || h <= 0 {
		return Tall(lines, min(len(lines), max(0, h)))
	}
	out := append([]string{}, lines[:h-1]...)
	return append(out, fmt.Sprintf(" ... %d more lines, %s", len(lines)-h+1, more))
}

// Columns puts two drawings side by side, the left one w cells wide.
func Columns(l look.Look, left, right []string, w, h int) []string {
	left, right = Tall(left, h), Tall(right, h)
	out := make([]string, h)
	bar := l.Paint(look.Quiet, l.Sign(look.Down)) + " "
	for i := range out {
		out[i] = Fit(left[i], w) + bar + right[i]
	}
	return out
}

// Box draws a frame of w cells around lines, with a title in its top edge.
func Box(l look.Look, title string, lines []string, w int) []string {
	c, d := l.Sign(look.Corner), l.Sign(look.Down)
	top := c + l.Line(look.Across, 1) + " " + Cut(title, w-6) + " "
	out := []string{top + l.Line(look.Across, w-Width(top)-1) + c}
	for _, line := range lines {
		out = append(out, d+" "+Fit(line, w-4)+" "+d)
	}
	return append(out, c+l.Line(look.Across, w-2)+c)
}

// Clock writes a duration as 06:18 or 1:06:18, with its sign when negative.
func Clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%s%02d:%02d", sign, s/60, s%60)
}

// Signed is Clock with a + where there is time to spare.
func Signed(d time.Duration) string {
	if d < 0 {
		return Clock(d)
	}
	return "+" + Clock(d)
}

// Count is a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
