package compare

import (
	"slices"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

// A walker goes through two texts at once and notes the differences.
type walker struct {
	oldMade, newMade map[string]bool
	changes          []Change
}

// A spot is where the walker is.
type spot struct {
	path     string // of the value
	kind     string // what the entry is that it belongs to: step
	name     string // that entry in words: step launch of api-failure
	owner    string // the same, where something is said to be of it
	field    string // the way from the entry to the value: expect.exit
	scenario string // the id of the scenario that it stands in
}

// below is a value of the same entry.
func (at spot) below(key string) spot {
	at.path, at.field = join(at.path, key), join(at.field, key)
	return at
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fields compares two mappings of keys of the format. The procedures of a
// scenario are compared as one, since steps move from one to another.
func (w *walker) fields(at spot, old, new []read.Field) {
	if at.kind != "scenario" || at.field != "" {
		w.rows(at, old, new)
		return
	}
	was, is := part(old), part(new)
	w.rows(at, was.before, is.before)
	w.entries(at, was.procedures, is.procedures)
	w.rows(at, was.after, is.after)
}

// A scene is a scenario in three parts.
type scene struct{ before, procedures, after []read.Field }

func part(scenario []read.Field) (s scene) {
	for _, f := range scenario {
		switch {
		case slices.Contains(runbook.Procedures[:], runbook.Procedure(f.Key)):
			s.procedures = append(s.procedures, f)
		case f.Key == string(runbook.Aborting):
			s.after = append(s.after, f)
		default:
			s.before = append(s.before, f)
		}
	}
	return s
}

// rows compares two mappings key by key.
func (w *walker) rows(at spot, old, new []read.Field) {
	for _, p := range align(rows(old), rows(new), byName) {
		key := p.either().Key
		was, is := p.old.field(), p.new.field()
		switch n, known := nouns[key]; {
		case !known || isText(was) || isText(is):
			w.value(at.below(key), was, is)
		case n.alone:
			w.value(spot{path: join(at.path, key), kind: n.word, name: "the " + n.word, owner: "the " + n.word}, was, is)
		default:
			w.entries(at, list(was), list(is))
		}
	}
}

func list(f *read.Field) []read.Field {
	if f == nil {
		return nil
	}
	return []read.Field{*f}
}

// isText reports whether a value is text, and not a mapping.
func isText(f *read.Field) bool { return f != nil && (f.Text != "" || f.Texts != nil) }

// value compares two values of any shape.
func (w *walker) value(at spot, old, new *read.Field) {
	switch {
	case old == nil || new == nil || isText(old) != isText(new):
		w.note(at.path, phrase(at, old, new), text(old), text(new))
	case !isText(new):
		w.fields(at, old.Fields, new.Fields)
	case old.Text != new.Text || !slices.Equal(old.Texts, new.Texts):
		w.note(at.path, phrase(at, old, new), text(old), text(new))
	}
}

func (w *walker) note(path, what, old, new string) {
	w.changes = append(w.changes, Change{Path: path, What: fit(what), Old: old, New: new})
}

// entries compares what the document itself names or lists.
func (w *walker) entries(at spot, old, new []read.Field) {
	var traits []trait
	for _, f := range slices.Concat(old, new) {
		traits = nouns[f.Key].traits
	}
	for _, p := range align(items(at, old, w.oldMade), items(at, new, w.newMade), traits) {
		w.entry(at.entry(*p.either()), p)
	}
}

// items are the entries of one list or several, in order.
func items(at spot, lists []read.Field, made map[string]bool) []item {
	var all []item
	for _, l := range lists {
		after := ""
		for i, f := range l.Fields {
			it := item{Field: f, list: l.Key, index: i, after: after}
			it.made = f.Key == "" || at.kind == "scenario" && made[at.scenario+"."+f.Key]
			all, after = append(all, it), it.label()
		}
	}
	return all
}

func (w *walker) entry(at spot, p pair) {
	switch {
	case p.old == nil:
		w.note(at.path, at.name+" "+p.new.added(), "", p.new.text())
	case p.new == nil:
		w.note(at.path, at.name+" was removed", p.old.text(), "")
	default:
		if p.moved {
			w.note(at.path, at.name+" "+p.new.moved(*p.old), p.old.place(), p.new.place())
		}
		was, is := p.old.Field, p.new.Field
		if nouns[p.new.list].whole {
			if old, new := text(&was), text(&is); old != new {
				w.note(at.path, at.name+" changed", old, new)
			}
			return
		}
		if was.Key != is.Key && find(is.Fields, "id") == nil {
			w.note(at.path, at.name+" was called "+was.Key+" before", was.Key, is.Key)
		}
		if p.old.made && p.new.made {
			was, is = unnamed(was), unnamed(is)
		}
		w.value(at, &was, &is)
	}
}
