package part

import (
	"strings"

	"charm.land/glamour/v2"
	"github.com/charmbracelet/x/ansi"

	"bythebook/exec/clean"
	"bythebook/ui/look"
)

// A Page renders Markdown that is read and never obeyed: reports. It keeps the
// last rendering, because drawing a page costs more than a frame may. Commands
// that are run are never drawn here: a renderer wraps them at words.
//
// A Page has one owner; it is not safe for use by several at once.
type Page struct {
	text  string
	width int
	look  look.Look
	lines []string
}

// Lines is the text rendered for a width, lines at most that wide.
func (p *Page) Lines(l look.Look, text string, w int) []string {
	if p.lines != nil && p.text == text && p.width == w && p.look == l {
		return p.lines
	}
	p.text, p.width, p.look, p.lines = text, w, l, render(l, text, w)
	return p.lines
}

func render(l look.Look, text string, w int) []string {
	text = clean.Text(text)
	style := "ascii"
	switch {
	case l.Color && l.Dark:
		style = "dark"
	case l.Color:
		style = "light"
	}
	r, err := glamour.NewTermRenderer(glamour.WithStandardStyle(style), glamour.WithWordWrap(max(10, w-4)))
	if err != nil {
		return Prose(text, w)
	}
	out, err := r.Render(text)
	if err != nil {
		return Prose(text, w)
	}
	var lines []string
	for _, line := range strings.Split(strings.Trim(out, "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		if !l.Unicode {
			line = strings.ReplaceAll(line, "•", "*")
		}
		lines = append(lines, Cut(onlyColours(line), w))
	}
	return lines
}

// onlyColours removes every sequence but colours from a rendered line. The
// renderer makes links of addresses that somebody else wrote, and a link that
// reads otherwise than it leads is not shown.
func onlyColours(line string) string {
	var b strings.Builder
	var state byte
	for len(line) > 0 {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		if width > 0 || strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m") {
			b.WriteString(seq)
		}
		line, state = line[n:], next
	}
	return b.String()
}
