package part

import (
	"fmt"

	"bythebook/ui/look"
)

// Output draws the lines of a terminal in a pane. top is the first line to
// show, counted from 0 over all that was ever printed; below 0 the end is
// shown. lines are the newest ones, total of which were printed in all.
func Output(lines []string, total, top int, size Size) []string {
	if size.H <= 0 || size.W <= 0 {
		return nil
	}
	if top < 0 {
		return tail(lines, size)
	}
	first := max(0, total-len(lines))
	var out []string
	for i := min(max(0, top-first), len(lines)); i < len(lines) && len(out) < size.H; i++ {
		out = append(out, hardLine(lines[i], max(2, size.W))...)
	}
	return Tall(out, min(len(out), size.H))
}

// tail is as many of the last lines as fit, wrapped.
func tail(lines []string, size Size) []string {
	var rows []string
	for i := len(lines) - 1; i >= 0 && len(rows) < size.H; i-- {
		rows = append(hardLine(lines[i], max(2, size.W)), rows...)
	}
	return rows[max(0, len(rows)-size.H):]
}

// OutputRule is the line above a pane of output.
func OutputRule(l look.Look, title string, running bool, total, top, w int) string {
	where := Count(total, "line", "lines")
	switch {
	case running && top < 0:
		where = "live, " + where + ", end"
	case running:
		where = fmt.Sprintf("live, from line %d of %d, f = follow", top+1, total)
	case total == 0:
		where = "nothing printed"
	}
	return l.Paint(look.Quiet, Rule(l, title, where, w))
}
