// Package check looks a playbook over before the bad day: eighty-eight checks,
// each a row of one table, and none of them stops an exercise.
//
// A check knows one way in which playbooks fail people: an objective that its
// own dependencies cannot keep, a night in which nobody can be reached, a step
// that uses a value which no step produces. It looks only at the document and
// at Facts, which are values, so the same document and facts give the same
// findings on any machine. Nothing is run and no file is opened.
//
// What a finding weighs is its check's severity: an error blocks agreement,
// a warning must be acknowledged, advice is advice. An `allow` entry in the
// playbook silences a check with a reason, and is listed.
package check
