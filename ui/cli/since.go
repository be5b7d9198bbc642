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

// since shows in what the text differs in meaning from the one that this person
// signed last.
func (w *witness) since() {
	p, _ := w.standing.Person(w.who.ID)
	switch p.State {
	case agree.Agreed:
		fmt.Fprintf(w.Out, "\n%s agreed to this very text on %s already; to sign again renews it.\n", p.ID, day(p.On))
	case agree.Another, agree.Objected:
		if changes, ok := differing(w.entry, p.Text); ok {
			fmt.Fprintf(w.Out, "\nThis text differs from the one that %s signed on %s:\n%s", p.ID, day(p.On), told(changes, true))
		} else if p.Of != "" && p.Of != w.standing.Digest {
			fmt.Fprintf(w.Out, "\nWhat %s signed on %s is not kept here, so it can't be compared.\n", p.ID, day(p.On))
		}
	}
}

// differing is in what a text differs in meaning from another one that somebody
// spoke of, earlier or later, and which files are others. It is false where that
// one is not known.
func differing(e read.Entry, old runbook.Copy) ([]compare.Change, bool) {
	if len(old.Files) == 0 {
		return nil, false
	}
	book, problems := read.Parse(old)
	if len(problems) > 0 {
		return nil, false
	}
	changes := compare.Between(book, e.Playbook)
	if e.Copy.Main != old.Main {
		changes = append(changes, compare.Change{Path: "files", What: fmt.Sprintf("the file is named %s, was %s", e.Copy.Main, old.Main), Old: old.Main, New: e.Copy.Main})
	}
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
		return "  only in comments and layout\n"
	}
	var lines []string
	for _, c := range changes[:min(len(changes), mostChanges)] {
		lines = append(lines, indented(c.What, "  "))
		for _, v := range []struct{ name, text string }{{"signed", c.Old}, {"here", c.New}} {
			if values && v.text != "" && !strings.Contains(c.What, v.text) {
				text := strings.Split(indented(strings.TrimRight(v.text, "\n"), "            "), "\n")
				lines = append(lines, fmt.Sprintf("    %-7s ", v.name+":")+strings.TrimLeft(brief(text, mostLines), " "))
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
