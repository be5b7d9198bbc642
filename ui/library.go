package ui

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bythebook/exec/clean"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// library lists what can be exercised, one row a scenario.
type library struct{ steady }

// library is what can be exercised, with what is on record once that was read.
func (sc scene) library() Library {
	if sc.lib != nil {
		return *sc.lib
	}
	return Library{Rows: sc.cfg.Rows}
}

func (sc scene) rows() []Row { return sc.library().Rows }

// row is the chosen row, false where the library is empty.
func (sc scene) row() (Row, bool) {
	rows := sc.rows()
	if sc.view.row < 0 || sc.view.row >= len(rows) {
		return Row{}, false
	}
	return rows[sc.view.row], true
}

// name is what a row is called: a file that can't be loaded has no scenarios.
func (r Row) name() string {
	if r.Scenario == "" {
		return clean.Line(r.Playbook)
	}
	return clean.Line(r.Playbook) + " > " + clean.Line(r.Scenario)
}

// same reports whether two rows are about the same scenario of a file.
func (r Row) same(other Row) bool { return r.Path == other.Path && r.Scenario == other.Scenario }

// standing is how a row's playbook stands, false before it was looked over.
func (sc scene) standing(r Row) (Standing, bool) {
	s, known := sc.library().Stands[r.Path]
	return s, known
}

// due are the days of a row, the soonest first.
func (sc scene) due(r Row) []Due {
	s, _ := sc.standing(r)
	return slices.DeleteFunc(slices.Clone(s.Due), func(d Due) bool { return !d.Of(r) })
}

// mending is the command that would help the chosen row's playbook most.
func mending(sc scene) string {
	r, ok := sc.row()
	if !ok || sc.ex != nil {
		return ""
	}
	s, _ := sc.standing(r)
	return s.Command
}

func inLibrary(sc scene) bool { return sc.ex == nil }

func (library) enter(sc scene) want {
	r, ok := sc.row()
	switch {
	case !ok:
		return want{say: "the library is empty"}
	case r.Book == nil && r.Unfinished == "":
		return want{say: "it cannot be loaded: " + part.Count(len(r.Problems), "problem", "problems") + "; v = see them"}
	case sc.cfg.Open == nil:
		return want{say: "this library can only be looked at"}
	}
	return want{start: &r}
}

func (library) next(sc scene) nextLine {
	r, ok := sc.row()
	switch {
	case sc.opening:
		return nextLine{"", "opening ...", ""}
	case !ok:
		return nextLine{"", "the library is empty", "q = leave"}
	case r.Unfinished != "":
		return nextLine{"enter", "RESUME " + clean.Line(r.Unfinished) + at(r), "nothing runs until you press r"}
	case r.Book == nil:
		return nextLine{"", "this one cannot be loaded", "v = its problems"}
	}
	return nextLine{"enter", "OPEN " + r.name(), "nothing runs yet"}
}

func at(r Row) string {
	if r.At == "" {
		return ""
	}
	return " at " + clean.Line(r.At)
}

func (library) body(sc scene, lay layout) []string {
	if lay.class == wide {
		lay.left = max(lay.left, lay.W*62/100)
		return part.Columns(sc.look, list(sc, part.Size{W: lay.left - 1, H: lay.body.H}), details(sc, lay.right().W), lay.left, lay.body.H)
	}
	if lay.class == small {
		return part.Tall(list(sc, lay.body), lay.body.H)
	}
	h := 1 + min(len(sc.rows()), lay.body.H/2)
	rows := part.Tall(list(sc, part.Size{W: lay.W, H: h}), h)
	return part.Tall(append(append(rows, ""), details(sc, lay.W)...), lay.body.H)
}

// list is the table of rows, scrolled so that the chosen one can be seen.
func list(sc scene, size part.Size) []string {
	all := sc.rows()
	first, second, cols := columnsFor(all, size.W-2)
	head := "  " + part.Fit("PLAYBOOK", first) + " " + part.Fit("SCENARIO", second)
	for _, c := range cols {
		head += c.cell(c.head)
	}
	rows := []string{sc.look.Paint(look.Quiet, part.Fit(head, size.W))}
	h := max(0, size.H-1)
	from := min(max(0, sc.view.row-h/2), max(0, len(all)-h))
	for i := from; i < min(len(all), from+h); i++ {
		r := all[i]
		at, role := "  ", look.Plain
		if r.Book == nil {
			at, role = "! ", look.Warn
		}
		if i == sc.view.row {
			at, role = ">"+at[:1], look.Strong
		}
		line := at + part.Fit(clean.Line(r.Playbook), first) + " " + part.Fit(clean.Line(r.Scenario), second)
		rows = append(rows, sc.look.Paint(role, part.Fit(line+cells(sc, r, cols), size.W)))
	}
	return rows
}

func cells(sc scene, r Row, cols []column) string {
	if r.Book == nil && r.Unfinished == "" {
		return " not loaded: " + part.Count(len(r.Problems), "problem", "problems")
	}
	line := ""
	for _, c := range cols {
		line += c.cell(c.text(sc, r))
	}
	return line
}

// A column is what the list tells of a scenario beside its name.
type column struct {
	head  string
	w     int
	right bool // its text stands at its right
	names int  // it gives way where the names beside it would have fewer cells, and need them
	text  func(scene, Row) string
}

// listColumns is the table of them. What is worth least wants most room.
var listColumns = []column{
	{"AGREED", 6, false, 24, agreement},
	{"RTO", 6, true, 30, roughly},
	{"LAST", 9, false, 26, lastAge},
	{"RESULT", 14, false, 20, lastResult},
	{"DUE", 8, false, 22, firstDue},
}

func (c column) cell(text string) string {
	if c.right {
		text = fmt.Sprintf("%*s", c.w, text)
	}
	return " " + part.Fit(text, c.w)
}

// roughly is an objective in few cells: as exactly as there is room for.
func roughly(_ scene, r Row) string {
	for _, unit := range []time.Duration{time.Second, time.Minute} {
		if text := objective(r.RTO.Truncate(unit)); len(text) <= 6 {
			return text
		}
	}
	return objective(r.RTO.Truncate(time.Hour))
}

// columnsFor decides how wide the ids of playbooks and scenarios are shown, and
// which columns there is room for beside them.
func columnsFor(rows []Row, w int) (first, second int, cols []column) {
	first, second = len("PLAYBOOK"), len("SCENARIO")
	for _, r := range rows {
		first, second = max(first, part.Width(clean.Line(r.Playbook))), max(second, part.Width(clean.Line(r.Scenario)))
	}
	cols = slices.Clone(listColumns)
	room := func() int {
		left := w - 1
		for _, c := range cols {
			left -= 1 + c.w
		}
		return left
	}
	for len(cols) > 0 {
		least := slices.MaxFunc(cols, func(a, b column) int { return cmp.Compare(a.names, b.names) })
		if room() >= min(first+second, least.names) {
			break
		}
		cols = slices.DeleteFunc(cols, func(c column) bool { return c.head == least.head })
	}
	if left := max(2, room()); first+second > left {
		first = max(min(first, left/2), left-second)
		second = left - first
	}
	return first, second, cols
}

// agreement says in a word who has agreed to a row's playbook.
func agreement(sc scene, r Row) string {
	s, known := sc.standing(r)
	switch {
	case !known:
		return ""
	case s.Objections > 0:
		return "OBJECT"
	case s.Full():
		return "yes"
	case s.Asked == 0:
		return "-"
	}
	return share(s.Agreed, s.Asked)
}

// Latest is the exercise that the list tells of: the one to go on with, else the
// last that executed anything, else the last at all.
func (r Row) Latest() (Past, bool) {
	i := slices.IndexFunc(r.Past, func(p Past) bool { return p.ID == r.Unfinished })
	if i < 0 {
		i = slices.IndexFunc(r.Past, func(p Past) bool { return !p.Notional })
	}
	if i < 0 && len(r.Past) > 0 {
		i = 0
	}
	if i < 0 {
		return Past{}, false
	}
	return r.Past[i], true
}

func lastAge(sc scene, r Row) string {
	p, ok := r.Latest()
	switch {
	case ok:
		return age(sc.now.Sub(p.On))
	case sc.lib == nil:
		return ""
	}
	return "-"
}

func lastResult(sc scene, r Row) string {
	p, ok := r.Latest()
	switch {
	case r.Unfinished != "":
		return "UNFINISHED"
	case ok:
		return p.Words()
	case sc.lib == nil:
		return ""
	}
	return "never"
}

func firstDue(sc scene, r Row) string {
	if all := sc.due(r); len(all) > 0 {
		return all[0].Ahead(sc.now)
	}
	return ""
}

// soon is how many days before its own a thing is told to be due.
const soon = 14

// A Count sums up the playbooks of a library.
type Count struct {
	Books, Bad int // Bad: that can't be loaded
	Open       int // that want an agreement and have none
	Over, Due  int // of which something is overdue, or due soon
}

// Count counts them at a time. Exercises of playbooks elsewhere are none of it.
func (l Library) Count(now time.Time) Count {
	var n Count
	seen := map[string]bool{}
	for _, r := range l.Rows {
		s, known := l.Stands[r.Path]
		if seen[r.Path] || r.Book != nil && l.Stands != nil && !known {
			continue
		}
		seen[r.Path] = true
		n.Books++
		switch {
		case r.Book == nil:
			n.Bad++
		case s.Asked > 0 && !s.Full():
			n.Open++
		}
		switch {
		case slices.ContainsFunc(s.Due, func(d Due) bool { return d.Over(now) }):
			n.Over++
		case slices.ContainsFunc(s.Due, func(d Due) bool { return d.days(now) <= soon }):
			n.Due++
		}
	}
	return n
}
