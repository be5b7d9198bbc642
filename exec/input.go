package exec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"bythebook/exec/mask"
	"bythebook/runbook"
)

// Hidden stands wherever the value of a secret would.
const Hidden = mask.Hidden

// Unfit says why a value is none for an input, "" when it is one. The value
// itself is never in the words: it may be a secret.
func Unfit(in runbook.Input, value string) string {
	if strings.ContainsRune(value, 0) {
		return in.Name + " holds a NUL byte, which no command can be given"
	}
	if in.Secret == nil && len(value) > maxWords {
		return fmt.Sprintf("%s has %d bytes, and the record takes %d; put it into a file, and let the document ask for its path", in.Name, len(value), maxWords)
	}
	if in.Secret != nil && value != "" && !mask.Fit(value) {
		return fmt.Sprintf("%s is a secret, and one of fewer than %d characters can't be kept out of the record: ordinary text holds the same", in.Name, mask.Least)
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
	s.forgotten = slices.DeleteFunc(slices.Clone(s.forgotten), func(other string) bool { return other == name })
	if secret {
		s.hidden, value = append(slices.Clip(s.hidden), name), Hidden
	}
	s.Values = maps.Clone(s.Values)
	if s.Values == nil {
		s.Values = map[string]string{}
	}
	s.Values[name] = value
}

// forget drops what only the process that ended knew, and remembers that there
// was something.
func (s *State) forget() {
	s.Values = maps.Clone(s.Values)
	for _, name := range s.hidden {
		delete(s.Values, name)
	}
	s.forgotten = slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.forgotten, s.hidden))))
	s.hidden = nil
}
