package match

import (
	"slices"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"
)

// rowsOf are the rows of tables that are wanted.
func rowsOf(e runbook.Expect) []want {
	var all []want
	for _, r := range e.Table {
		all = append(all, want{r.String(), func(s seen) Check { return checkRow(r, s) }})
	}
	return all
}

// checkRow looks for a row of a printed table. The first cell picks the rows
// that are meant, and there must be one; each of them must hold the others.
func checkRow(want runbook.TableRow, s seen) Check {
	c := Check{Want: clip(want.String())}
	cells := make([]row, len(want))
	names := make([]string, len(want))
	for i, cell := range want {
		names[i], cells[i] = cell.ID, newRow(cell.Text, s.values)
	}
	headed, picked := false, false
	var t *table
	for line := range strings.Lines(s.text) {
		line = strings.TrimRight(line, " \t\r\n")
		if head := headOf(line, names); head != nil {
			t, headed = head, true
			continue
		}
		if line == "" {
			t = nil // what follows is another table, or no table at all
		}
		if t == nil {
			continue
		}
		got, ok := t.cells(line)
		if !ok || !cells[0].holds(got[0]) {
			continue
		}
		picked = true
		for i := range cells {
			if !cells[i].holds(got[i]) {
				c.Want, c.Seen = clip(pairOf(want, 0, i)), clip(pairSeen(names, got, 0, i))
				return c
			}
		}
		c.Seen = clip(line)
	}
	switch {
	case !headed:
		c.Want, c.Seen = clip("a table with "+strings.Join(names, ", ")), nearest(strings.Join(names, " "), s.text)
	case !picked:
		c.Want, c.Seen = clip(want[:1].String()), nearest(want[0].Text, s.text)
	}
	c.OK = picked
	return c
}

// holds reports whether a documented cell is the printed one.
func (r row) holds(cell string) bool { return r.gap || r.same(cell, singleBlanks(cell)) }

// pairOf is the row with only the cell that picks it and the one that differs.
func pairOf(want runbook.TableRow, key, i int) string {
	if key == i {
		return want[:1].String()
	}
	return runbook.TableRow{want[key], want[i]}.String()
}

func pairSeen(names, got []string, key, i int) string {
	return pairOf(runbook.TableRow{{ID: names[key], Text: got[key]}, {ID: names[i], Text: got[i]}}, 0, min(i, 1))
}

// A table is the head of a printed one: how its lines are cut into cells, and
// which of them are wanted.
type table struct {
	cut   func(line string) ([]string, bool)
	wants []int
}

// headOf is the table that a line is the head of, nil where it lacks one of the
// names.
func headOf(line string, names []string) *table {
	for _, name := range names {
		if !strings.Contains(line, name) {
			return nil
		}
	}
	for _, r := range rulings {
		if head, cut := r(line); head != nil {
			if wants := find(head, names); wants != nil {
				return &table{cut, wants}
			}
		}
	}
	return nil
}

// find is where each name stands, nil where one does not.
func find(head, names []string) []int {
	var all []int
	for _, name := range names {
		i := slices.Index(head, name)
		if i < 0 {
			return nil
		}
		all = append(all, i)
	}
	return all
}

// cells are the wanted ones of a line, false where it can't be cut like the head.
func (t *table) cells(line string) ([]string, bool) {
	all, ok := t.cut(line)
	if !ok {
		return nil, false
	}
	got := make([]string, len(t.wants))
	for i, at := range t.wants {
		got[i] = all[at]
	}
	return got, true
}

// rulings are the ways in which tables are ruled, each with the cells of a head
// and how the lines below it are cut; nothing where the head is not of that kind.
var rulings = [...]func(head string) ([]string, func(string) ([]string, bool)){
	ruledBy("|"), ruledBy("│"), ruledByBlanks("  "), ruledByBlanks(" "),
}

// ruledBy cuts a line at each mark: the n-th cell stands below the n-th heading.
func ruledBy(mark string) func(string) ([]string, func(string) ([]string, bool)) {
	cut := func(line string) []string {
		cells := strings.Split(line, mark)
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		return cells
	}
	return func(head string) ([]string, func(string) ([]string, bool)) {
		names := cut(head)
		if len(names) < 2 {
			return nil, nil
		}
		return names, func(line string) ([]string, bool) {
			cells := cut(line)
			return cells, len(cells) == len(names)
		}
	}
}

// A stretch is text in a line, from one column of the terminal to another.
type stretch struct {
	text     string
	from, to int
	apart    bool // there is more than one blank before it
}

// ruledByBlanks takes what is at least so much blank for the space between two
// headings. Below them a word belongs to the heading above it, whether cells
// stand at the left or at the right, and a word without one to that before it. A
// word below two headings could be either's; then the cells are counted.
func ruledByBlanks(between string) func(string) ([]string, func(string) ([]string, bool)) {
	return func(head string) ([]string, func(string) ([]string, bool)) {
		var heads []stretch
		var names []string
		for _, w := range wordsOf(head) {
			if n := len(heads); n > 0 && !w.apart && between == "  " {
				heads[n-1].text, heads[n-1].to = heads[n-1].text+" "+w.text, w.to
				names[n-1] = heads[n-1].text
				continue
			}
			heads, names = append(heads, w), append(names, w.text)
		}
		return names, func(line string) ([]string, bool) { return below(heads, line) }
	}
}

// below are the words of a line, by the headings that they belong to.
func below(heads []stretch, line string) ([]string, bool) {
	cells := make([]string, len(heads))
	at := 0 // the heading of the word before
	for _, w := range wordsOf(line) {
		next := at
		for next < len(heads) && heads[next].to <= w.from {
			next++
		}
		switch {
		case next+1 < len(heads) && heads[next+1].from < w.to:
			return counted(line, len(heads))
		case next < len(heads) && heads[next].from < w.to:
			at = next
		case w.apart && next > 0:
			at = next - 1
		}
		cells[at] = strings.TrimSpace(cells[at] + " " + w.text)
	}
	return cells, true
}

// counted are the cells of a line that are more than one blank apart, false where
// there are not so many.
func counted(line string, n int) ([]string, bool) {
	var cells []string
	for _, w := range wordsOf(line) {
		if w.apart {
			cells = append(cells, w.text)
		} else {
			cells[len(cells)-1] += " " + w.text
		}
	}
	return cells, len(cells) == n
}

// wordsOf are the words of a line, with where they stand.
func wordsOf(line string) []stretch {
	var words []stretch
	column, blank := 0, 2
	for rest := line; rest != ""; {
		word := rest
		if i := strings.IndexAny(rest, " \t"); i >= 0 {
			word = rest[:i]
		}
		if word == "" {
			column, blank, rest = column+1, blank+1, rest[1:]
			continue
		}
		to := column + utf8.RuneCountInString(word)
		words = append(words, stretch{word, column, to, blank > 1})
		column, blank, rest = to, 0, rest[len(word):]
	}
	return words
}
