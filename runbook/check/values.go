package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bythebook/runbook"
)

// given are the names that every terminal knows, or that a shell keeps itself.
var given = setOf(`HOME USER LOGNAME PATH PWD OLDPWD SHELL TERM LANG LC_ALL TMPDIR HOSTNAME HOSTTYPE MACHTYPE OSTYPE
	UID EUID PPID GROUPS RANDOM SRANDOM SECONDS LINENO EPOCHSECONDS EPOCHREALTIME SHLVL SHELLOPTS BASHOPTS IFS COLUMNS LINES
	EDITOR VISUAL PAGER DISPLAY SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT REPLY OPTARG OPTIND MAPFILE PIPESTATUS FUNCNAME
	DIRSTACK COPROC BASH BASHPID BASH_VERSION BASH_SOURCE BASH_REMATCH XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_STATE_HOME`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// A want is a place where a value is used.
type want struct {
	name   string
	step   int // -1: not on the way through the scenario
	path   string
	spared bool // it does without
	far    bool // it is used in a terminal elsewhere, which may have values of its own
}

// weight is how sure it is that a value is missing which nothing here gives.
func (w want) weight() Severity {
	if w.far {
		return Warning
	}
	return Error
}

// A fact is that a value is known; with a guard, that it is known if the guard
// was met.
type fact struct{ name, guard string }

// findMissing is the first half of LS07: every value is there before it is
// used, on every way to where it is used.
func findMissing(s *subject) {
	for _, sc := range s.procedures().scenes {
		v := values{subject: s, in: sc, missable: sc.missable(), finders: map[string][]int{}, told: map[string]bool{}}
		v.collect()
		v.look()
	}
	for _, p := range s.procedures().probes {
		for _, u := range p.uses {
			if !s.asks(u.name) && !given[u.name] && !p.sets[u.name] && !u.spared && !p.sources {
				s.reportUnknown(Error, u.name, p.path)
				break
			}
		}
	}
}

// asks reports whether a name's value is there from the start.
func (s *subject) asks(name string) bool { return s.procedures().inputs[name] }

func (s *subject) reportUnknown(weight Severity, name, path string) {
	s.reportAs(weight, path, "`$"+name+"` is used, and no input and no step gives it a value",
		"ask for it under `inputs` (`secret: {env: "+name+"}` takes it from the environment), or `capture` it in the step that finds it out")
}

// values follows the values of one scenario.
type values struct {
	*subject
	in       *scene
	finders  map[string][]int // the steps that find a name's value out, by index
	opaque   bool             // some command runs text that is not here, which may set anything
	missable []bool           // by step, whether some way goes round it
	wants    []want
	told     map[string]bool
}

// collect lists what the steps find out and what they use.
func (v *values) collect() {
	for i := range v.in.steps {
		for _, name := range v.in.steps[i].finds() {
			v.finders[name] = append(v.finders[name], i)
		}
		v.uses(&v.in.steps[i], i)
	}
	for i := range v.in.aborts {
		for _, name := range v.in.aborts[i].finds() {
			v.finders[name] = append(v.finders[name], -1)
		}
		v.uses(&v.in.aborts[i], -1)
	}
}

// guard is the condition of a step, as text.
func (st *step) guard() string {
	if st.IfProbe != nil {
		return st.IfProbe.Run
	}
	return st.If
}

// finds are the names that have a value after the step.
func (st *step) finds() []string {
	var names []string
	for _, c := range st.Capture {
		names = append(names, c.Name)
	}
	for _, sh := range st.scripts {
		if !st.Isolated {
			names = append(names, slices.Sorted(maps.Keys(sh.keeps))...)
		}
	}
	return names
}

// uses lists the values that a step uses.
func (v *values) uses(st *step, i int) {
	own := map[string]bool{}
	for _, e := range st.In.Env {
		own[e.ID] = true
	}
	for _, sh := range st.scripts {
		v.opaque = v.opaque || sh.sources
		for _, u := range sh.uses {
			if !own[u.name] && !sh.sets[u.name] {
				v.wants = append(v.wants, want{name: u.name, step: i, path: sh.path, spared: u.spared, far: !st.here()})
			}
		}
	}
	for _, c := range st.Capture {
		own[c.Name] = true
	}
	for _, text := range expected(&st.Expect) {
		for _, m := range dollars().FindAllStringSubmatch(text, -1) {
			if !own[m[1]] {
				v.wants = append(v.wants, want{name: m[1], step: i, path: st.wants(), spared: true})
			}
		}
	}
}

var dollars = compiled(`\$\{?([A-Z][A-Z0-9_]*)`)

// expected are the texts that an expectation holds output against.
func expected(e *runbook.Expect) []string {
	all := append([]string{e.Lines, e.Exact, string(e.JSON)}, e.Contains...)
	for _, r := range e.Table {
		all = append(all, r.String())
	}
	return append(append(all, e.Absent...), e.Matches...)
}

// certain reports whether everybody who comes to a step has been through
// another one, which is so for most and is told quickly.
func (v *values) certain(finder, step int) bool {
	return finder >= 0 && finder < step && !v.missable[finder] && v.in.steps[finder].IfNot == ""
}

// look reports what is not there when it is used.
func (v *values) look() {
	asked := map[fact][]want{}
	var facts []fact
	for _, w := range v.wants {
		switch at := v.finders[w.name]; {
		case v.asks(w.name), given[w.name]:
		case len(at) == 0:
			if !w.spared && !v.opaque && v.first(w.name) {
				v.reportUnknown(w.weight(), w.name, w.path)
			}
		case w.step >= 0 && !v.certain(at[0], w.step):
			f := fact{w.name, v.in.steps[w.step].guard()}
			if asked[f] == nil {
				facts = append(facts, f)
			}
			asked[f] = append(asked[f], w)
		}
	}
	reached := v.in.flow.reached()
	for group := range slices.Chunk(facts, 64) { // a bit for each
		gains := v.gains(group)
		every, some := v.in.flow.carry(gains, true), v.in.flow.carry(gains, false)
		for bit, f := range group {
			for _, w := range asked[f] {
				if reached[w.step] {
					v.judge(w, every[w.step]>>bit&1 == 1, some[w.step]>>bit&1 == 1)
				}
			}
		}
	}
}

// gains are what the steps add to some facts. A step that does not apply
// under a guard leaves nothing missing for others under the same guard.
func (v *values) gains(facts []fact) []gain {
	gains := make([]gain, len(v.in.steps))
	bits, ofName := map[fact]uint64{}, map[string]uint64{}
	for bit, f := range facts {
		ofName[f.name] |= 1 << bit
		if f.guard != "" {
			bits[f] = 1 << bit
		}
	}
	for name, all := range ofName {
		for _, i := range v.finders[name] {
			if i >= 0 {
				gains[i].done |= all
				gains[i].excused |= bits[fact{name, v.in.steps[i].guard()}]
			}
		}
	}
	return gains
}

// judge reports a value that is not there on some way, or on none.
func (v *values) judge(w want, every, some bool) {
	finder := v.finders[w.name][0]
	if every || finder < 0 || !v.first(w.name) {
		return
	}
	if !some {
		v.report(w.path, fmt.Sprintf("`$%s` is used before step `%s` finds it out", w.name, v.in.steps[finder].ID), "move the step that finds it out before this one")
		return
	}
	v.reportAs(Warning, w.path, fmt.Sprintf("`$%s` is used here, and a way leads here round step `%s`, which finds it out", w.name, v.in.steps[finder].ID),
		"find it out on every way here, or guard both steps by the same condition")
}

// first reports whether nothing was said of a name in this scenario yet.
func (v *values) first(name string) bool {
	was := v.told[name]
	v.told[name] = true
	return !was
}

// findIdle is the other half of LS07: what is captured or asked for is used.
func findIdle(s *subject) {
	known := s.namedAnywhere()
	s.eachStep(func(sc *scene, st *step) {
		for _, c := range st.Capture {
			if !known[c.Name] && (st.Point == nil || st.Point.From != c.Name) {
				s.reportAs(Warning, st.at("capture."+c.Name), "`"+c.Name+"` is captured, and nothing uses it",
					"use it as `$"+c.Name+"` where its value stands by hand, or leave the capture out")
			}
		}
	})
	for _, in := range s.Inputs {
		if !known[in.Name] && in.Secret == nil && len(s.Files) == 0 && !byThemselves().MatchString(in.Name) {
			s.reportAs(Warning, "inputs."+in.Name, "`"+in.Name+"` is asked for, and no command uses it", "use it as `$"+in.Name+"`, or leave the question out")
		}
	}
}

// byThemselves begins the names of variables that programs read without being
// told to: a value may be of use although nothing in the text names it.
var byThemselves = compiled(`^(AWS|AZURE|ARM|GOOGLE|CLOUDSDK|PG|MYSQL|KUBE|HELM|TF|VAULT|CONSUL|NOMAD|DOCKER|GIT|GH|GITHUB|GITLAB|SSH|SSL|CURL|HTTPS?|NO_PROXY|ANSIBLE|RESTIC|REDIS|RCLONE|TZ$)`)

var capitals = compiled(`[A-Z][A-Z0-9_]*`)

// namedAnywhere are the names that occur in any text in which a value could be
// used, with a dollar or without: a program may look a name up itself.
func (s *subject) namedAnywhere() map[string]bool {
	seen := map[string]bool{}
	add := func(texts ...string) {
		for _, text := range texts {
			for _, w := range capitals().FindAllString(text, -1) {
				seen[w] = true
			}
		}
	}
	s.eachStep(func(sc *scene, st *step) {
		add(st.Do, st.Run, st.Ask, st.If, st.Opens, st.In.Dir, st.Note, st.Rollback)
		add(st.Runs...)
		add(st.At...)
		add(expected(&st.Expect)...)
		if st.IfProbe != nil {
			add(st.IfProbe.Run)
		}
		for _, e := range st.In.Env {
			add(e.Text)
		}
	})
	for _, p := range s.procedures().probes {
		add(p.text)
		add(expected(p.wants)...)
	}
	for _, c := range s.Components {
		add(c.Endpoint)
	}
	return seen
}

// findValues is LS07.
func findValues(s *subject) {
	findMissing(s)
	findIdle(s)
}
