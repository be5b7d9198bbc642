package stage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bythebook/runbook"
)

// command is a mend that is typed.
func (in Input) command(words ...string) Mend { return Mend{Command: in.Command(words...)} }

// edit is a mend of the playbook: the value that must stand at a path, with all
// the keys that lead there.
func (in Input) edit(path, value string) Mend {
	var b strings.Builder
	keys := strings.Split(path, ".")
	for i, key := range keys {
		fmt.Fprintf(&b, "%s%s:", strings.Repeat("  ", i), key)
		if i < len(keys)-1 {
			b.WriteByte('\n')
		}
	}
	inside, nested := strings.CutPrefix(value, "\n")
	if nested {
		b.WriteByte('\n')
		for line := range strings.SplitSeq(inside, "\n") {
			b.WriteString(strings.Repeat("  ", len(keys)) + line + "\n")
		}
	} else {
		b.WriteString(" " + value + "\n")
	}
	return Mend{Edit: Edit{File: in.Path, Line: in.line(path), Path: path, YAML: b.String()}}
}

// line is where a path, or what holds it, stands; 0 where the whole document
// would, or where the file is still to be made.
func (in Input) line(path string) int {
	if in.Shipped != "" {
		return 0
	}
	for path != "" {
		if at, ok := in.Book.Where[path]; ok {
			return at.Line
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
	return 0
}

// record is a value with keys of its own, a line each.
func record(keysAndValues ...string) string {
	var b strings.Builder
	for i := 0; i < len(keysAndValues); i += 2 {
		b.WriteString("\n" + keysAndValues[i] + ": " + keysAndValues[i+1])
	}
	return b.String()
}

func list(words ...string) string { return "[" + strings.Join(words, ", ") + "]" }

// quoted is text as YAML reads it back, whatever it holds: of what Go escapes,
// foreign text keeps only what YAML knows too.
func quoted(s string) string { return strconv.Quote(strings.Join(strings.Fields(s), " ")) }

// part is a component to begin with, named or to be named.
func (in Input) part() string {
	for i := range in.Book.Scenarios {
		if sc := &in.Book.Scenarios[i]; sc.Component != "" {
			return sc.Component
		}
	}
	if len(in.Book.Components) > 0 {
		return in.Book.Components[0].ID
	}
	return in.Book.ID
}

func (in Input) severity() string {
	if len(in.Book.Severities) > 0 {
		return in.Book.Severities[0].ID
	}
	return "critical"
}

// leads are two contacts to begin with; the second is "" where there is only one.
func (in Input) leads() (primary, secondary string) {
	for i := range in.Book.Scenarios {
		if sc := &in.Book.Scenarios[i]; sc.Primary != "" && sc.Secondary != "" {
			return sc.Primary, sc.Secondary
		}
	}
	all := in.Book.Contacts
	switch len(all) {
	case 0:
		return someone, deputy
	case 1:
		return all[0].ID, ""
	}
	return all[0].ID, all[1].ID
}

// The ids of contacts where the document has none.
const (
	someone = "ann"
	deputy  = "ben"
)

// whoLooks is who is asked to see to things: the owner, or the first contact.
func (in Input) whoLooks() string {
	if in.Book.Owner != "" {
		return in.Book.Owner
	}
	lead, _ := in.leads()
	return lead
}

// person is a contact's name, with the id where the name could be another's.
func (in Input) person(id string) string {
	c, ok := in.Book.Contact(id)
	if !ok || c.Name == "" {
		return id
	}
	like := func(o runbook.Contact) bool {
		return o.ID != id && (strings.EqualFold(o.Name, c.Name) || strings.EqualFold(o.ID, c.Name))
	}
	if slices.ContainsFunc(in.Book.Contacts, like) || slices.ContainsFunc(in.Book.External, like) {
		return c.Name + " (" + id + ")"
	}
	return c.Name
}

func (in Input) today() string { return day(in.Now) }

// several are the first few of some words, and how many there are beside them.
func several(words []string) string {
	const few = 4
	if len(words) > few+1 {
		words = append(slices.Clone(words[:few]), fmt.Sprintf("%d others", len(words)-few))
	}
	return strings.Join(words, ", ")
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	stem, y := strings.CutSuffix(noun, "cy") // a dependency
	switch {
	case n == 1:
		return "1 " + noun
	case y:
		return fmt.Sprintf("%d %scies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func count[T any](all []T, is func(T) bool) int {
	n := 0
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return n
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
