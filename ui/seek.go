package ui

import (
	"strings"

	"bythebook/exec/clean"
	"bythebook/ui/part"
)

// seek looks for a scenario of the library by a part of its name, over the list
// that it moves through.
type seek struct{ query part.Field }

func (seek) name() string { return "seek" }
func (seek) how() how     { return how{whole: true} }

func (s seek) press(sc scene, k press) (overlay, want) {
	switch {
	case k.key == "esc", k.key == "ctrl+c":
		return nil, want{}
	case k.key == "enter":
		return s, s.find(sc, 1)
	case k.text != "":
		s.query = s.query.Insert(k.text)
	default:
		s.query, _ = s.query.Press(k.key)
	}
	return s, s.find(sc, 0)
}

func (s seek) paste(_ scene, text string) overlay {
	s.query = s.query.Insert(text)
	return s
}

// find chooses the next row that holds the query, beginning so many rows after
// the chosen one, from the top again after the last.
func (s seek) find(sc scene, after int) want {
	rows, name := sc.rows(), strings.ToLower(s.query.Text())
	for n := range rows {
		v := sc.view
		v.row = (max(0, v.row) + after + n) % len(rows)
		r := rows[v.row]
		if strings.Contains(strings.ToLower(strings.Join([]string{r.Playbook, r.Scenario, r.Title, r.ScenarioTitle}, "\n")), name) {
			return want{view: &v}
		}
	}
	return want{say: "nothing here is called " + clean.Line(s.query.Text())}
}

func (s seek) panel(sc scene, w int) panel {
	field, x := s.query.View(min(w-10, 40))
	lay := sc.lay
	lay.body.H = max(0, lay.body.H-1)
	return panel{lines: append([]string{part.Cut(" search  "+field, w)}, library{}.body(sc, lay)...), x: 9 + x}
}

func (seek) next(scene) nextLine {
	return nextLine{"enter", "FIND the next one", "esc = go on with what is chosen"}
}

func (seek) keys() string { return "type a part of its name  enter next  esc back" }
