package mask

// A Set is everything that must not be seen: all forms of some secrets. It does
// not change once it is made, and a nil one is empty.
//
// It is an Aho-Corasick automaton: a tree of the forms in which each node also
// knows the longest other beginning of a form that its text ends with, so that
// each byte is looked at once however many forms there are. There are libraries
// for this, but none that works on a stream and tells how much of it is not
// decided yet, which is the very thing that is needed here.
type Set struct {
	nodes []node
	root  [256]int32   // where node 0 leads, which is the root
	rows  [][256]int32 // where nodes lead that have many children; the first is unused
	first pairs        // that forms begin with
	next  pairs        // that come after those
}

// A node stands for the beginning of a form. Its children are a list, because
// nearly all have one, and a row for each node would take 1 KB.
type node struct {
	child, sibling int32 // 0 is none
	fail           int32 // the longest proper end of it that is a node too
	depth          int32 // its length in bytes
	row            int32 // where it has many children, its row
	hit            int32 // the length of the longest form it ends with; 0 is none
	label          byte  // its last byte
}

// NewSet makes a set of some secrets. What is not Fit is left out.
func NewSet(secrets ...string) *Set {
	s := &Set{nodes: make([]node, 1), rows: make([][256]int32, 1)}
	for _, secret := range secrets {
		for _, p := range patterns(secret) {
			s.add(p)
		}
	}
	if len(s.nodes) == 1 {
		return nil
	}
	s.link()
	return s
}

// add puts a form into the tree.
func (s *Set) add(form string) {
	s.first.add(form[0], form[1])
	s.first.add(form[0], escape) // a colour may begin inside
	s.next.add(form[2], form[3])
	s.next.add(form[2], escape)
	at := int32(0)
	for i := range len(form) {
		next := s.childOf(at, form[i])
		if next == 0 {
			next = int32(len(s.nodes))
			s.nodes = append(s.nodes, node{sibling: s.nodes[at].child, depth: int32(i + 1), label: form[i]})
			s.nodes[at].child = next
		}
		at = next
	}
	s.nodes[at].hit = int32(len(form))
}

func (s *Set) childOf(at int32, b byte) int32 {
	for c := s.nodes[at].child; c != 0; c = s.nodes[c].sibling {
		if s.nodes[c].label == b {
			return c
		}
	}
	return 0
}

// pairs are pairs of bytes: a bit for each, so that nearly all text is known to
// be harmless at a glance.
type pairs [1 << 10]uint64

func (p *pairs) add(a, b byte) { p[uint16(a)<<2|uint16(b)>>6] |= 1 << (b & 63) }

func (p *pairs) has(a, b byte) bool { return p[uint16(a)<<2|uint16(b)>>6]>>(b&63)&1 != 0 }

// link finds where each node goes on when its text does not, level by level.
func (s *Set) link() {
	s.next.add(escape, '[')
	for b := range 256 {
		s.next.add('[', byte(b))
	}
	var level []int32
	for c := s.nodes[0].child; c != 0; c = s.nodes[c].sibling {
		s.root[s.nodes[c].label] = c
		level = append(level, c)
	}
	for len(level) > 0 {
		var below []int32
		for _, at := range level {
			s.widen(at)
			for c := s.nodes[at].child; c != 0; c = s.nodes[c].sibling {
				n := &s.nodes[c]
				n.fail = s.step(s.nodes[at].fail, n.label)
				n.hit = max(n.hit, s.nodes[n.fail].hit) // its own is the longer one
				below = append(below, c)
			}
		}
		level = below
	}
}

// widen gives a node its row, where its list would be slow.
func (s *Set) widen(at int32) {
	const many = 4
	children := 0
	for c := s.nodes[at].child; c != 0; c = s.nodes[c].sibling {
		children++
	}
	if children < many {
		return
	}
	var row [256]int32
	for b := range row {
		row[b] = s.step(at, byte(b))
	}
	s.nodes[at].row = int32(len(s.rows))
	s.rows = append(s.rows, row)
}

// step is the node for what has been read with one more byte.
func (s *Set) step(at int32, b byte) int32 {
	for at != 0 {
		if row := s.nodes[at].row; row != 0 {
			return s.rows[row][b]
		}
		if c := s.childOf(at, b); c != 0 {
			return c
		}
		at = s.nodes[at].fail
	}
	return s.root[b]
}

// skip is how many bytes of p, read at the root, lead nowhere. A form has more
// than four bytes.
func (s *Set) skip(p []byte) int {
	i := 0
	for ; i+3 < len(p); i++ {
		if s.first.has(p[i], p[i+1]) && s.next.has(p[i+2], p[i+3]) {
			return i
		}
	}
	for ; i+1 < len(p); i++ {
		if s.first.has(p[i], p[i+1]) {
			return i
		}
	}
	if i < len(p) && s.root[p[i]] == 0 {
		i++
	}
	return i
}
