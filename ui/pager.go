package ui

import (
	"fmt"
	"strings"

	"bythebook/exec/clean"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// A pager shows something in full, without columns: output, a step, a report.
type pager struct {
	what   reading
	from   int // the first line shown, -1 for the end
	search bool
	query  part.Field
}

// A reading is what a pager shows.
type reading int

const (
	readOutput reading = iota
	readStep
	readReport
	readProblems
	readHelp
	readClock
	readHistory
)

var readingNames = [...]string{"OUTPUT", "THE STEP IN FULL", "THE REPORT", "PROBLEMS", "KEYS", "THE CLOCK", "HISTORY"}

func (p pager) name() string { return "pager" }
func (pager) how() how       { return how{whole: true} }

// lines are all lines of what is read.
func (p pager) lines(sc scene) []string {
	w := sc.lay.body.W
	switch p.what {
	case readOutput:
		lines, _ := sc.printed()
		var out []string
		for _, line := range lines {
			out = append(out, part.Hard(line, w)...)
		}
		return out
	case readStep:
		return document(sc, w)
	case readReport:
		return sc.page.Lines(sc.look, sc.report, w)
	case readProblems:
		r, _ := sc.row()
		if r.Book != nil {
			return findings(sc, r, w)
		}
		return problems(r, w)
	case readHelp:
		return helpLines(sc, w)
	case readHistory:
		return remembered(sc, w)
	}
	return bigClock(sc, w)
}

func (p pager) press(sc scene, k press) (overlay, want) {
	if p.search {
		return p.searching(sc, k), want{}
	}
	page := max(1, sc.lay.body.H-2)
	switch k.key {
	case "esc", "q", "o", "v", "?", "z", "h":
		return nil, want{}
	case "up", "k":
		return p.scroll(sc, -1), want{}
	case "down", "j":
		return p.scroll(sc, 1), want{}
	case "pgup":
		return p.scroll(sc, -page), want{}
	case "pgdown", "space":
		return p.scroll(sc, page), want{}
	case "home":
		p.from = 0
	case "end", "f":
		p.from = -1
	case "/":
		p.search, p.query = true, part.Field{}
	case "c":
		return p, want{copy: strings.Join(p.lines(sc), "\n")}
	case "ctrl+c":
		return nil, want{}
	}
	return p, want{}
}

// last is the first line of the last page.
func (p pager) last(sc scene) int { return max(0, len(p.lines(sc))-max(1, sc.lay.body.H-1)) }

func (p pager) scroll(sc scene, by int) pager {
	from, last := p.from, p.last(sc)
	if from < 0 {
		from = last
	}
	p.from = min(max(0, from+by), last)
	if p.from == last && p.what == readOutput {
		p.from = -1
	}
	return p
}

// searching takes keys while a word is looked for; enter goes to the next match.
func (p pager) searching(sc scene, k press) pager {
	switch {
	case k.key == "esc":
		p.search = false
	case k.key == "enter":
		p.from = p.find(sc)
	case k.text != "":
		p.query = p.query.Insert(k.text)
	default:
		p.query, _ = p.query.Press(k.key)
	}
	return p
}

// find is the next line that holds the query, from the beginning again after
// the end.
func (p pager) find(sc scene) int {
	lines, want := p.lines(sc), strings.ToLower(p.query.Text())
	for n := 1; n <= len(lines); n++ {
		if i := (max(0, p.from) + n) % len(lines); strings.Contains(strings.ToLower(lines[i]), want) {
			return i
		}
	}
	return p.from
}

func (p pager) paste(_ scene, text string) overlay {
	if p.search {
		p.query = p.query.Insert(text)
	}
	return p
}

// title is what is read, and of what.
func (p pager) title(sc scene) string {
	if r, ok := sc.row(); ok && sc.ex == nil && p.what == readProblems && r.Book != nil {
		return "WHAT THE CHECKS SAY OF " + clean.Line(r.Playbook)
	} else if ok && p.what == readHistory {
		return "HISTORY OF " + r.name()
	}
	return readingNames[p.what] + of(sc, p.what)
}

func (p pager) panel(sc scene, w int) panel {
	lines := p.lines(sc)
	h := max(1, sc.lay.body.H-1)
	from := p.from
	if from < 0 {
		from = max(0, len(lines)-h)
	}
	from = min(from, max(0, len(lines)-1))
	to := min(len(lines), from+h)
	where := fmt.Sprintf("line %d-%d of %d", min(from+1, len(lines)), to, len(lines))
	out := panel{y: -1}
	if p.search {
		field, x := p.query.View(min(w-10, 40))
		out.lines = append(out.lines, part.Spread(" search  "+field, where, w))
		out.x, out.y = 9+x, 0
	} else {
		out.lines = append(out.lines, sc.look.Paint(look.Quiet, part.Rule(sc.look, p.title(sc), where, w)))
	}
	if from < to {
		out.lines = append(out.lines, lines[from:to]...)
	}
	return out
}

// remembered is the chosen scenario's history, once it was put together.
func remembered(sc scene, w int) []string {
	if sc.past.text == "" {
		return []string{" the exercises on record are being read"}
	}
	return part.Hard(sc.past.text, w)
}

// of says which step a reading is about.
func of(sc scene, r reading) string {
	step, _, ok := sc.step()
	if !ok || r != readOutput && r != readStep {
		return ""
	}
	return fmt.Sprintf(", step %d, %s", sc.at()+1, clean.Line(step.ID))
}

func (p pager) next(sc scene) nextLine {
	if p.search {
		return nextLine{"enter", "FIND the next one", "esc = end the search"}
	}
	return nextLine{"esc", "BACK", "looking changes nothing"}
}

func (p pager) keys() string { return "up/down pgup/pgdn home/end look  / search  c copy  esc back" }

// helpLines are all keys; those that are off say why.
func helpLines(sc scene, w int) []string {
	var out []string
	for _, b := range bindings {
		line := " " + part.Fit(strings.Join(b.keys, " "), 16) + " " + b.help
		role := look.Plain
		if why := b.off(sc); why != "" {
			line, role = line+"   (off: "+why+")", look.Quiet
		}
		out = append(out, sc.look.Paint(role, part.Cut(line, w)))
	}
	return out
}

// bigClock is the time left, to be read across a room.
func bigClock(sc scene, w int) []string {
	c := sc.st.Clock(sc.now)
	d, title := c.Left, "LEFT OF RTO "+part.Clock(c.RTO)
	if c.RTO == 0 || c.Started.IsZero() {
		d, title = c.Elapsed, "ELAPSED"
	}
	out := append([]string{"", "   " + title, ""}, part.Indent(part.Big(sc.look, d), 3)...)
	for i := range out {
		out[i] = part.Cut(out[i], w)
	}
	n := sc.screen.next(sc)
	return append(out, "", "   "+part.Spare(sc.look, c, true), "", part.Cut("   "+n.words, w))
}
