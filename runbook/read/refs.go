package read

import (
	"fmt"
	"slices"
	"strings"
)

// A kind is what an id is the id of.
type kind string

const (
	component    kind = "component"
	contact      kind = "contact"
	dependency   kind = "dependency"
	notification kind = "notification"
	role         kind = "role"
	scenario     kind = "scenario"
	signal       kind = "signal"
)

// A reference is an id that some other part of the document must define.
type reference struct {
	value
	to []kind
}

// define makes an id known to those who refer to it. Contacts stand in two
// places of the document, and are one kind.
func (r *reader) define(k kind, entry value) {
	if k == contact {
		if line, twice := r.contacts[entry.name()]; twice {
			entry.faultKey(show(entry.name())+" is the id of another contact", fmt.Sprintf("the first is on line %d", line))
		}
		r.contacts[entry.name()] = entry.key.Line
	}
	r.defined[k] = append(r.defined[k], entry.name())
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
