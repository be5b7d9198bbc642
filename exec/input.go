package exec

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"bythebook/runbook"
)

// Hidden stands wherever the value of a secret would.
const Hidden = "(hidden)"

// Unfit says why a value is none for an input, "" when it is one. The value
// itself is never in the words: it may be a secret.
func Unfit(in runbook.Input, value string) string {
	if strings.ContainsRune(value, 0) {
		return in.Name + " holds a NUL byte, which no command can be given"
	}
	if in.Pattern == "" {
		blank := in.HasDefault && in.Default == ""
		if value == "" && !blank {
			return in.Name + " needs a value"
		}
		return ""
	}
	if whole, err := regexp.Compile(`^(?:` + in.Pattern + `)$`); err != nil || !whole.MatchString(value) {
		return in.Name + " must match " + in.Pattern
	}
	return ""
}

// QuestionOf is what is asked of a person, in the document's words where it has
// some.
func QuestionOf(in runbook.Input) string {
	if in.Ask == "" {
		return in.Name + "?"
	}
	return in.Ask
}

// Wanted is the first input that has no value yet, false where there is none. A
// dry run executes nothing, and wants none.
func (s State) Wanted() (runbook.Input, bool) {
	if s.Began.DryRun {
		return runbook.Input{}, false
	}
	for _, in := range s.Book.Inputs {
		if _, given := s.Values[in.Name]; !given {
			return in, true
		}
	}
	return runbook.Input{}, false
}

// know takes a value in. Of a secret only that it is known.
func (s *State) know(name, value string, secret bool) {
	if secret {
		s.hidden, value = append(slices.Clip(s.hidden), name), Hidden
	}
	s.Values = maps.Clone(s.Values)
	if s.Values == nil {
		s.Values = map[string]string{}
	}
	s.Values[name] = value
}

// forget drops what only the process that ended knew.
func (s *State) forget() {
	s.Values = maps.Clone(s.Values)
	for _, name := range s.hidden {
		delete(s.Values, name)
	}
	s.hidden = nil
}

// A vault holds the values that are on no record, by name. It is the
// conductor's, and gone with it.
type vault struct {
	values map[string]string
	mask   *strings.Replacer
}

// put keeps a value. From here on no line that is shown or recorded holds it.
func (v *vault) put(name, value string) {
	v.values = maps.Clone(v.values)
	if v.values == nil {
		v.values = map[string]string{}
	}
	v.values[name] = value
	var lines []string
	for _, value := range v.values {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return len(b) - len(a) }) // the longest of those that begin alike
	pairs := make([]string, 0, 2*len(lines))
	for _, line := range lines {
		pairs = append(pairs, line, Hidden)
	}
	v.mask = strings.NewReplacer(pairs...)
}

// fill gives values to a command as they are.
func (v *vault) fill(values map[string]string) map[string]string {
	filled := maps.Clone(values)
	for name, value := range v.values {
		if _, known := filled[name]; known {
			filled[name] = value
		}
	}
	return filled
}

// hide is a text without the secrets.
func (v *vault) hide(text string) string {
	if v.mask == nil {
		return text
	}
	return v.mask.Replace(text)
}

// hideAll is texts without the secrets.
func (v *vault) hideAll(texts []string) []string {
	if v.mask == nil || len(texts) == 0 {
		return texts
	}
	hidden := make([]string, len(texts))
	for i, text := range texts {
		hidden[i] = v.hide(text)
	}
	return hidden
}

// hideIn takes the secrets out of what is recorded of an attempt. A captured
// value that holds one becomes a secret itself.
func (v *vault) hideIn(r *Result) {
	if v.mask == nil {
		return
	}
	r.Reason, r.Output.Excerpt, r.Notices = v.hide(r.Reason), v.hide(r.Output.Excerpt), v.hideAll(r.Notices)
	for i := range r.Checks {
		r.Checks[i].Want, r.Checks[i].Seen = v.hide(r.Checks[i].Want), v.hide(r.Checks[i].Seen)
	}
	for i, c := range r.Captured {
		if shown := v.hide(c.Value); shown != c.Value {
			v.put(c.Name, c.Value)
			r.Captured[i] = Captured{Name: c.Name, Value: shown, Secret: true}
		}
	}
	if r.Point != nil {
		r.Point.Value = v.hide(r.Point.Value)
	}
}
