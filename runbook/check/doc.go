// Package check looks a playbook over before the bad day: eighty-eight checks,
// each a row of one table, and none of them stops an exercise.
//
// A check knows one way in which playbooks fail people: an objective that its
// own dependencies cannot keep, a night in which nobody can be reached, a step
// that uses a value which no step produces. It looks only at the document and
// at Facts, which are values, so the same document and facts give the same
// findings on any machine. Nothing is run and no file is opened. Of what the
// facts leave open a check says nothing.
//
// What a finding weighs is its check's severity: an error blocks agreement,
// a warning must be acknowledged, advice is advice. An `allow` entry in the
// playbook silences a check with a reason, and is listed.
//
//	found := check.Run(book, copy, check.Facts{Now: time.Now()})
//	err := check.Text(os.Stdout, found, check.Sources{book.File: text}, check.Readiness(book))
//
// A new check is a row in the table of its family and an example,
// examples/CODE.txtar: a playbook in which it finds something, and one in which
// it does not. Both are held against it, and shown by Explain. What the reader
// of a document had to guess (runbook.Remark) is reported by the check whose
// subject it is, with nothing to be done for it here.
//
// A good document must pass: a false alarm teaches people to ignore the true
// ones. And a document may be ten thousand steps long, so no check goes over
// all of it for each of its parts: subject.everyStep and subject.passages walk it
// once for all.
package check
