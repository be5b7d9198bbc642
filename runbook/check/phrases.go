package check

import (
	"slices"
	"strings"
)

// phrases finds names in texts, word by word and whatever their letter case:
// `route53` and "Route 53," but not "en route". Unlike in a register, a name may
// be that of several, and all that are named count: "Cloud SQL" is a service of
// that name and a PostgreSQL.
type phrases struct {
	owner   map[string][]string // words one blank apart -> whose names they are
	lengths map[string][]int    // first word -> how many words its phrases have
}

func newPhrases() phrases {
	return phrases{owner: map[string][]string{}, lengths: map[string][]int{}}
}

// add says that a text is a name of somebody or something.
func (p phrases) add(text, owner string) {
	words := split(text)
	if len(words) == 0 {
		return
	}
	key, n := strings.Join(words, " "), len(words)
	if !slices.Contains(p.owner[key], owner) {
		p.owner[key] = append(p.owner[key], owner)
	}
	if !slices.Contains(p.lengths[words[0]], n) {
		p.lengths[words[0]] = append(p.lengths[words[0]], n)
	}
}

// in are the owners of the names in some texts, each once, in the order in
// which they are named.
func (p phrases) in(texts ...string) []string {
	var found []string
	seen := map[string]bool{}
	for _, text := range texts {
		words := split(text)
		for i, first := range words {
			for _, n := range p.lengths[first] {
				if i+n > len(words) {
					continue
				}
				for _, owner := range p.owner[strings.Join(words[i:i+n], " ")] {
					if !seen[owner] {
						seen[owner] = true
						found = append(found, owner)
					}
				}
			}
		}
	}
	return found
}
