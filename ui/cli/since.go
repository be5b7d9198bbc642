package cli

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/compare"
	"bythebook/runbook/read"
)

// since shows what has changed in meaning since this person spoke last.
func (w *witness) since() {
	p, _ := w.standing.Person(w.who.ID)
	switch p.State {
	case agree.Agreed:
		fmt.Fprintf(w.Out, "\n%s agreed to this very text on %s already; to sign again renews it.\n", p.ID, day(p.On))
	case agree.Earlier, agree.Objected:
		if changes, ok := changedSince(w.entry, p.Text); ok {
			fmt.Fprintf(w.Out, "\nSince %s spoke on %s:\n%s", p.ID, day(p.On), told(changes, true))
		}
	}
}

// changedSince are the changes in meaning since a text that somebody spoke of,
// and the files that are others now. It is false where that text is not known.
func changedSince(e read.Entry, old runbook.Copy) ([]compare.Change, bool) {
	if len(old.Files) == 0 {
		return nil, false
	}
	book, problems := read.Parse(old)
	if len(problems) > 0 {
		return nil, false
	}
	changes := compare.Between(book, e.Playbook)
	for _, path := range slices.Sorted(maps.Keys(old.Files)) {
		text, still := e.Copy.Files[path]
		if path != old.Main && still && !bytes.Equal(text, old.Files[path]) { // what is new or gone is named in the playbook
			changes = append(changes, compare.Change{Path: "files", What: "file " + path + ": its content changed", Old: string(old.Files[path]), New: string(text)})
		}
	}
	return changes, true
}

// mostLines is how many lines of a value are shown, mostChanges how many changes.
const (
	mostLines   = 8
	mostChanges = 40
)

// told is what has changed, with the old value and the new one where they are
// wanted and not part of the words.
func told(changes []compare.Change, values bool) string {
	if len(changes) == 0 {
		return "  only comments and layout have changed\n"
	}
	var lines []string
	for _, c := range changes[:min(len(changes), mostChanges)] {
		lines = append(lines, indented(c.What, "  "))
		for _, v := range []struct{ name, text string }{{"was", c.Old}, {"now", c.New}} {
			if values && v.text != "" && !strings.Contains(c.What, v.text) {
				text := strings.Split(indented(strings.TrimRight(v.text, "\n"), "         "), "\n")
				lines = append(lines, "    "+v.name+": "+strings.TrimLeft(brief(text, mostLines), " "))
			}
		}
	}
	if over := len(changes) - mostChanges; over > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", over))
	}
	return strings.Join(lines, "\n") + "\n"
}

// brief joins lines, and says how many were left out.
func brief(lines []string, most int) string {
	if over := len(lines) - most; over > 0 {
		last := lines[most]
		indent := last[:len(last)-len(strings.TrimLeft(last, " "))]
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("%sand %d more", indent, over))
	}
	return strings.Join(lines, "\n")
}
