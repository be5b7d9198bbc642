package read

import (
	"slices"
	"strings"
)

// A kind is what an id is the id of.
type kind string

const (
	component  kind = "component"
	contact    kind = "contact"
	dependency kind = "dependency"
	role       kind = "role"
	scenario   kind = "scenario"
)

// A reference is an id that some other part of the document must define.
type reference struct {
	value
	to []kind
}

// ref reads an id of something that is defined elsewhere, maybe further down.
func ref(to ...kind) func(value) string {
	return func(v value) string {
		id := v.text()
		if id != "" {
			v.r.refs = append(v.r.refs, reference{v, to})
		}
		return id
	}
}

// service is a component's id, or ALL for every one.
func service(v value) string {
	if v.node.Value == "ALL" {
		return "ALL"
	}
	return ref(component)(v)
}

// resolve looks up every reference, now that all ids are known.
func (r *reader) resolve() {
	known := map[kind]map[string]bool{}
	for k, ids := range r.defined {
		known[k] = make(map[string]bool, len(ids))
		for _, id := range ids {
			known[k][id] = true
		}
	}
	for _, ref := range r.refs {
		if r.full() {
			break
		}
		id := ref.node.Value
		if slices.ContainsFunc(ref.to, func(k kind) bool { return known[k][id] }) {
			continue
		}
		names, near := []string{}, []string{}
		for _, k := range ref.to {
			names = append(names, string(k))
			if r.guesses <= maxGuesses {
				near = append(near, r.defined[k]...)
			}
		}
		ref.fault("there is no "+strings.Join(names, " or ")+" "+show(id), r.meant(id, near))
	}
	for _, named := range r.roles { // `who` may name either, and must name one
		if known[contact][named.name()] {
			named.faultKey(show(named.name())+" is also the id of a contact", "")
		}
	}
}

// named reads a mapping of ids to records, in the order written.
func named[T any](v value, k kind, rec record[T], id func(*T) *string) []T {
	entries := v.entries()
	out := make([]T, len(entries))
	for i, e := range entries {
		*id(&out[i]) = e.name()
		v.r.defined[k] = append(v.r.defined[k], e.name())
		fill(e, rec, &out[i])
	}
	return out
}
