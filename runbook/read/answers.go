package read

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// A Sheet speaks for a person in an unattended exercise: it has an answer for
// each step that the person would have been asked about.
type Sheet struct {
	Steps map[string]Answer // by step id

	// RunChanges is `default: {change: run}`: steps with the effect change run
	// without an answer of their own. Refused for live exercises and incidents.
	RunChanges bool
}

// An Answer is what a person would do about one step.
type Answer struct {
	Do       Deed
	Target   string   // DoRun, DoDone: the target of a final step, repeated
	Evidence string   // DoDone: what was left behind
	Reason   string   // DoSkip: why
	Agreed   string   // DoSkip: who agreed to it; may be ""
	Approved []string // who approved the step before it began; beside any deed
	Choice   int      // DoChoose: the number of the answer, from 1
	Unknown  string   // "done" or "not done": what to say where nobody saw how the step ended; beside any deed
	Line     int      // where it is written
}

// A Deed is what an answer does.
type Deed string

// The deeds.
const (
	DoRun     Deed = "run"
	DoDone    Deed = "done"
	DoSkip    Deed = "skip"
	DoChoose  Deed = "choose"
	DoYes     Deed = "yes"
	DoNo      Deed = "no"
	DoWayOut  Deed = "way out"
	DoUnknown Deed = "unknown"
)

// deeds says what each deed takes behind its colon: read is nil where it takes
// nothing, and must is set where it cannot do without.
var deeds = []struct {
	deed Deed
	must string // how to write it
	read func(value, *Answer)
}{
	{DoRun, "", func(v value, a *Answer) { a.Target = v.word() }},
	{DoDone, "", func(v value, a *Answer) { a.Evidence = v.prose() }},
	{DoSkip, "skip: REASON", func(v value, a *Answer) { a.Reason = v.prose() }},
	{DoChoose, "choose: 2", func(v value, a *Answer) { a.Choice = v.number(1, 1000) }},
	{DoYes, "", nil},
	{DoNo, "", nil},
	{DoWayOut, "", nil},
	{DoUnknown, "unknown: done", func(v value, a *Answer) { a.Unknown = oneOf(v, "done", "not done") }},
}

var sheetRecord = record[Sheet]{"answers", []row[Sheet]{
	{key: "answers", read: func(v value, a *Sheet) { a.Steps = deedsOf(v) }},
	{key: "default", read: func(v value, a *Sheet) { fill(v, defaultRecord, a) }},
}}

var defaultRecord = record[Sheet]{"default", []row[Sheet]{
	{key: "change", read: func(v value, a *Sheet) { a.RunChanges = oneOf(v, "run") == "run" }},
}}

// Answers reads the file that speaks for a person. Mistakes in it come back as
// runbook.Problems.
func Answers(path string) (Sheet, error) {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return Sheet{}, fmt.Errorf("reading the answers %s: %w", path, why(err))
	}
	defer dir.Close()
	text, err := readOnce(folder{dir}, filepath.Base(path))
	if err != nil {
		return Sheet{}, fmt.Errorf("reading the answers %s: %w", path, err)
	}
	r := newReader(path)
	var a Sheet
	if root, ok := r.document(text); ok {
		fill(root, sheetRecord, &a)
	}
	if problems := r.problems(); len(problems) > 0 {
		return Sheet{}, problems
	}
	return a, nil
}

func deedsOf(v value) map[string]Answer {
	out := map[string]Answer{}
	for _, e := range v.pairs() {
		e.checkStep()
		a := Answer{Line: e.key.Line}
		switch e.node.Kind {
		case yaml.MappingNode:
			e.deedInPairs(&a)
		default:
			e.deedInText(&a)
		}
		out[e.name()] = a
	}
	return out
}

// deedInPairs reads {skip: "why", agreed: sara}.
func (v value) deedInPairs(a *Answer) {
	var agreed, target value
	for _, p := range v.pairs() {
		if p.name() == "agreed" {
			agreed, a.Agreed = p, p.line()
		} else if p.name() == "approved" {
			a.Approved = p.people()
		} else if p.name() == "target" {
			target, a.Target = p, p.word()
		} else if p.name() == string(DoUnknown) {
			word := Answer{}
			p.deed(p.name(), p.key, &word)
			a.Unknown = word.Unknown
		} else if a.Do != "" {
			p.faultKey("a step has one answer, and this is a second", "")
		} else {
			p.deed(p.name(), p.key, a)
		}
	}
	if a.Do == "" && a.Unknown != "" {
		a.Do = DoUnknown
	}
	if a.Do == "" {
		v.faultKey("does not say what to do", "write run, done, skip, choose, yes, no, way out or unknown")
	}
	if agreed.written() && a.Do != DoSkip {
		agreed.faultKey("`agreed` says who agreed to a `skip`", "")
	}
	if target.written() && a.Do != DoDone {
		target.faultKey("`target` repeats the target of a final step that is `done`", "where it is run, write run: TARGET")
	}
}

// checkStep wants the id of a step, or SCENARIO/STEP for one of a scenario that the
// document leads on to.
func (v value) checkStep() {
	scenario, step, both := strings.Cut(v.name(), "/")
	if !runbook.ValidID.MatchString(scenario) || both && !runbook.ValidID.MatchString(step) {
		v.checkID(v.key)
	}
}

// people reads one name, or a list of them.
func (v value) people() []string {
	if v.node.Kind == yaml.ScalarNode {
		return []string{v.line()}
	}
	var names []string
	for _, who := range v.some() {
		names = append(names, who.line())
	}
	return names
}

// deedInText reads `run`, and "skip: why" in quotes.
func (v value) deedInText(a *Answer) {
	name, rest, found := strings.Cut(v.text(), ":")
	if name == "" {
		return
	}
	inner := v
	inner.node = nil
	if found {
		node := *v.node
		node.Value = strings.TrimSpace(rest)
		inner.node = &node
	}
	inner.deed(strings.TrimSpace(name), v.node, a)
}

// deed reads one answer by the table. It is named at a node, and v holds what
// stands behind its colon.
func (v value) deed(name string, at *yaml.Node, a *Answer) {
	var names []string
	for _, row := range deeds {
		names = append(names, string(row.deed))
		if string(row.deed) != name {
			continue
		}
		a.Do = row.deed
		something := v.written() && v.node.Tag != "!!null"
		switch {
		case something && row.read == nil:
			v.faultAt(at, "`"+name+"` stands alone", "")
		case something:
			row.read(v, a)
		case row.must != "":
			v.faultAt(at, "`"+name+"` needs more", "write `"+row.must+"`")
		}
		return
	}
	a.Do = Deed(name)
	v.faultAt(at, show(name)+" is none of "+strings.Join(names, ", "), v.r.meant(name, names))
}
