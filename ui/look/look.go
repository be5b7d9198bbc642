// Package look decides what the program looks like: eight roles that text may
// play, and the few signs that lines and bars are drawn with.
//
// A role never carries meaning alone. Whatever is told by a colour is told by a
// word or a sign as well, so that a screen without colours, on paper or read
// aloud says the same. Backgrounds are never set; what matters most is shown in
// reverse video, which every terminal has. Colours are the sixteen basic ones,
// chosen by the person who set up the terminal.
//
//	l := look.Look{Color: true}
//	fmt.Println(l.Paint(look.Bad, "LATE"))
package look

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// A Look is what a terminal can show. Its zero value is safe everywhere: no
// colour, ASCII only; bold and reverse video are still used.
type Look struct {
	Color   bool // colours may be used
	Unicode bool // lines and bars may be drawn with signs beyond ASCII
	Dark    bool // the background is dark
	Bare    bool // the terminal knows no title, progress or status: send none (TERM=linux, vt100)
}

// A Role is the part that a piece of text plays.
type Role int

// The roles.
const (
	Plain   Role = iota
	Quiet        // there, but not now
	Strong       // what is looked for first
	Good         // as it should be
	Warn         // soon not as it should be
	Bad          // not as it should be
	Accent       // a key to press, a name
	Reverse      // the one next action
)

// styles draws each role, with and without colour.
var styles = [...]struct{ color, mono lipgloss.Style }{
	Plain:   {plain, plain},
	Quiet:   {plain.Faint(true), plain.Faint(true)},
	Strong:  {strong, strong},
	Good:    {strong.Foreground(lipgloss.Green), strong},
	Warn:    {strong.Foreground(lipgloss.Yellow), strong},
	Bad:     {strong.Foreground(lipgloss.Red), strong},
	Accent:  {plain.Foreground(lipgloss.Cyan), plain},
	Reverse: {strong.Reverse(true), strong.Reverse(true)},
}

var (
	plain  = lipgloss.NewStyle()
	strong = plain.Bold(true)
)

// Paint gives text the look of its role. The text must hold no line feed.
func (l Look) Paint(r Role, text string) string {
	style := styles[r].mono
	if l.Color {
		style = styles[r].color
	}
	if r == Warn && l.Color && !l.Dark {
		style = strong.Foreground(lipgloss.Magenta) // yellow can't be read on white
	}
	if text == "" {
		return text
	}
	return style.Render(text)
}

// A Sign is one of the few things that are drawn rather than written.
type Sign int

// The signs.
const (
	Across Sign = iota // a horizontal line
	Down               // a vertical line
	Corner             // of a box
	Full               // a part of a bar that is used up
	Empty              // a part of a bar that is left
)

var signs = [...]struct{ ascii, unicode string }{
	Across: {"-", "─"}, Down: {"|", "│"}, Corner: {"+", "+"}, Full: {"#", "█"}, Empty: {"-", "·"},
}

// Sign is how a sign is drawn, always one cell wide.
func (l Look) Sign(s Sign) string {
	if l.Unicode {
		return signs[s].unicode
	}
	return signs[s].ascii
}

// Line draws n cells of a sign, none where n is negative.
func (l Look) Line(s Sign, n int) string { return strings.Repeat(l.Sign(s), max(0, n)) }
