package part

import (
	"regexp"
	"strings"

	"charm.land/glamour/v2"
	"charm.land/glamour/v2/styles"
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
	Whole bool // what is fenced may be wider than the page, so that it can be copied; not for screens

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
	p.text, p.width, p.look, p.lines = text, w, l, p.render(l, text, w)
	return p.lines
}

// render draws the prose with the renderer and leaves what is fenced as it
// stands, since that may be a command.
func (page *Page) render(l look.Look, text string, w int) []string {
	var lines []string
	for _, p := range passages(clean.Text(text)) {
		switch {
		case p.fenced && page.Whole:
			lines = append(lines, Indent(strings.Split(p.text, "\n"), 4)...)
		case p.fenced:
			lines = append(lines, Indent(Hard(p.text, w-4), 4)...)
		default:
			lines = append(lines, prettily(l, p.text, w)...)
		}
		lines = append(lines, "")
	}
	return lines[:max(0, len(lines)-1)]
}

// A passage is a part of a page: prose, or what stands between two fences.
type passage struct {
	text   string
	fenced bool
}

// maxLine is how many bytes a line may have to be drawn as Markdown. Over a
// longer one, made for that, the renderer takes a time that nobody waits for.
const maxLine = 16 << 10

// passages splits a page at its fences. Those in a list are indented with it. A
// line that is too long stands as if it were fenced.
func passages(text string) []passage {
	var all []passage
	var open string // the fence that is open
	var indent int
	var lines []string
	flush := func(fenced bool) {
		if whole := strings.Join(lines, "\n"); strings.TrimSpace(whole) != "" {
			all = append(all, passage{strings.Trim(whole, "\n"), fenced})
		}
		lines = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimLeft(line, " ")
		switch mark := fenceMark(bare); {
		case open == "" && mark != "":
			flush(false)
			open, indent = mark, len(line)-len(bare)
		case open != "" && strings.HasPrefix(mark, open) && strings.TrimSpace(bare) == mark:
			flush(true)
			open = ""
		case open == "" && len(line) > maxLine:
			flush(false)
			lines = []string{line}
			flush(true)
		case open != "":
			lines = append(lines, line[min(indent, len(line)-len(bare)):])
		default:
			lines = append(lines, line)
		}
	}
	flush(open != "")
	return all
}

// fenceMark is the row of marks with which a line opens or closes a fence.
func fenceMark(line string) string {
	for _, c := range []string{"`", "~"} {
		if mark := line[:len(line)-len(strings.TrimLeft(line, c))]; len(mark) >= 3 {
			return mark
		}
	}
	return ""
}

func prettily(l look.Look, text string, w int) []string {
	style := styles.ASCIIStyleConfig
	switch {
	case l.Color && l.Dark:
		style = styles.DarkStyleConfig
	case l.Color:
		style = styles.LightStyleConfig
	}
	style.Code.Prefix, style.Code.Suffix, style.Code.BackgroundColor = "", "", nil
	r, err := glamour.NewTermRenderer(glamour.WithStyles(style), glamour.WithWordWrap(max(10, w-4)), glamour.WithInlineTableLinks(true))
	if err != nil {
		return Prose(text, w)
	}
	out, err := r.Render(text)
	if err != nil {
		return Prose(text, w)
	}
	var lines []string
	for _, line := range strings.Split(strings.Trim(out, "\n"), "\n") {
		if !l.Unicode {
			line = strings.ReplaceAll(line, "•", "*")
		}
		lines = append(lines, Cut(unpadded(onlyColours(line)), w))
	}
	return lines
}

// unpadded takes off the blanks with which the renderer fills every line, each
// in its colour: over a slow line they are most of a page.
func unpadded(line string) string {
	end := padding.FindStringIndex(line)[0]
	if end == len(line) || !strings.Contains(line[end:], "\x1b") {
		return line[:end]
	}
	return line[:end] + "\x1b[m"
}

var padding = regexp.MustCompile(`(?: |\x1b\[[0-9;]*m)*$`)

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
