package check

import (
	"fmt"
	"strings"
)

// findTwins is LS30: procedures that were one once, and of which only one was
// mended since. A scenario is held against the first that has a command of it.
func findTwins(s *subject) {
	first := map[string]*scene{} // that runs a command
	for _, sc := range s.procedures().scenes {
		shared := map[*scene]int{}
		var others []*scene // in order
		var own []*step
		for _, st := range sc.all() {
			key := strings.Join(strings.Fields(st.Run), " ")
			switch other := first[key]; {
			case key == "" || other == sc:
			case other == nil:
				own = append(own, st)
				first[key] = sc
			default:
				if shared[other] == 0 {
					others = append(others, other)
				}
				shared[other]++
			}
		}
		for _, other := range others {
			s.reportTwin(sc, other, own, shared[other])
		}
	}
}

// reportTwin reports two procedures of which most is the same and some is not.
func (s *subject) reportTwin(sc, other *scene, own []*step, same int) {
	if same < 3 || len(own) == 0 || len(own) > same {
		return
	}
	for _, st := range own {
		if i, ok := other.flow.index[st.ID]; ok && other.steps[i].Run != "" {
			s.report(st.path, fmt.Sprintf("%d commands here are those of `%s`, and step `%s` is another than there", same, other.ID, st.ID), "")
			return
		}
	}
}
