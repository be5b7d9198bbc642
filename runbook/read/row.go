package read

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A record is the table of keys that one kind of mapping may hold, in the order
// in which people write them. It serves in every direction: reading, writing,
// the schema for editors and the reference for people are all made from it.
type record[T any] struct {
	name string // what the mapping is: a step
	rows []row[T]
}

// A row is one key of a record.
type row[T any] struct {
	key     string
	need    bool   // the mapping means nothing without it
	doc     string // what the value means, Markdown
	example string // the value as YAML
	form    form
	read    func(v value, into *T)
	write   func(from *T) *yaml.Node // nil where there is nothing to say
}

// key is the row of a key that stands for one field.
func key[T, V any](name string, field func(*T) *V, c codec[V], doc, example string) row[T] {
	return row[T]{
		key: name, doc: doc, example: example, form: c.form,
		read:  func(v value, into *T) { *field(into) = c.read(v) },
		write: func(from *T) *yaml.Node { return c.write(*field(from)) },
	}
}

// must is a row without which its mapping means nothing.
func must[T any](r row[T]) row[T] {
	r.need = true
	return r
}

// find is the row of a key.
func (rec record[T]) find(name string) (row[T], bool) {
	for _, r := range rec.rows {
		if r.key == name {
			return r, true
		}
	}
	return row[T]{}, false
}

func (rec record[T]) names() []string {
	names := make([]string, len(rec.rows))
	for i, r := range rec.rows {
		names[i] = r.key
	}
	return names
}

// fill reads a mapping by its record; what was written comes back with it.
func fill[T any](v value, rec record[T], into *T) []value {
	pairs := v.pairs()
	for _, p := range pairs {
		if v.r.full() {
			break
		}
		if r, known := rec.find(p.name()); known {
			r.read(p, into)
		} else {
			p.faultKey("unknown key "+show(p.name()), v.r.meant(p.name(), rec.names()))
		}
	}
	for _, r := range rec.rows {
		if r.need && pairs != nil && !pick(pairs, r.key).written() {
			v.faultKey("`"+r.key+"` is missing", strings.ToLower(r.doc[:1])+strings.TrimSuffix(r.doc[1:], "."))
		}
	}
	return pairs
}

// node is the mapping that fill would read; nil where it would be empty.
func (rec record[T]) node(from *T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, r := range rec.rows {
		if r.write == nil {
			continue
		}
		if v := r.write(from); v != nil {
			n.Content = append(n.Content, str(r.key), v)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// A shape is a record without its Go type, for those who describe the format.
type shape struct {
	name string
	rows []description
}

// A description is what a row says about itself.
type description struct {
	key, doc, example string
	need              bool
	form              form
}

func (rec record[T]) shape() shape {
	s := shape{name: rec.name}
	for _, r := range rec.rows {
		s.rows = append(s.rows, description{r.key, r.doc, r.example, r.need, r.form})
	}
	return s
}

// mapping is the codec of a mapping that is read by a record. It is written
// where anything in it is.
func mapping[T any](rec record[T]) codec[T] {
	return codec[T]{
		form:  form{kind: isRecord, of: rec.shape},
		read:  func(v value) (t T) { fill(v, rec, &t); return t },
		write: func(t T) *yaml.Node { return rec.node(&t) },
	}
}

// maybe is a mapping whose presence alone says something.
func maybe[T any](rec record[T]) codec[*T] {
	return codec[*T]{
		form: form{kind: isRecord, of: rec.shape},
		read: func(v value) *T { t := new(T); fill(v, rec, t); return t },
		write: func(t *T) *yaml.Node {
			if t == nil {
				return nil
			}
			if n := rec.node(t); n != nil {
				return n
			}
			return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		},
	}
}

// records is a list of mappings.
func records[T any](rec record[T]) codec[[]T] { return list(mapping(rec)) }

// named is a mapping of ids to records, in the order written; the ids are
// those of the kinds, and others may refer to them.
func named[T any](k kind, rec record[T], id func(*T) *string) codec[[]T] {
	return codec[[]T]{
		form: form{kind: isMap, of: rec.shape, key: idPattern},
		read: func(v value) []T {
			var out []T
			for _, e := range v.entries() {
				var t T
				*id(&t) = e.name()
				v.r.define(k, e)
				fill(e, rec, &t)
				out = append(out, t)
			}
			return out
		},
		write: func(all []T) *yaml.Node {
			return pairsOf(all, func(t T) (string, *yaml.Node) { return *id(&t), rec.node(&t) })
		},
	}
}

// pairsOf writes a mapping with an entry for each member.
func pairsOf[T any](all []T, pair func(T) (string, *yaml.Node)) *yaml.Node {
	if len(all) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, t := range all {
		name, v := pair(t)
		if v == nil {
			v = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		}
		n.Content = append(n.Content, str(name), v)
	}
	return n
}

// pick is the value of a key among pairs.
func pick(pairs []value, name string) value {
	if i := slices.IndexFunc(pairs, func(p value) bool { return p.name() == name }); i >= 0 {
		return pairs[i]
	}
	return value{}
}
