// Package history reads many exercises and tells what they show together.
//
// A home keeps each exercise in a folder of its own, `exercises/ID`: the record
// (package journal), and beside it the frozen copy of the text that was
// exercised. Find, IDs and Recall are about one of them; Read is about all.
//
// An exercise is only as good as its record, so reading is checking: every line
// must follow the one before it, and every byte of the frozen copy must be what
// the first line says. A record that does not check out comes back as one with
// Damage, which says what is wrong; the others are read as if it were not there.
// Nothing is kept from one reading to the next: records are small, and what is
// not stored can't be out of date.
//
// Everything else is computed from records: Of picks those of a scenario,
// Medians tells how long its steps have taken, Improvements what is still to be
// done, Baselines which objectives to think over, Coverage what of a text was
// tried. Survey puts all of it together for a playbook, and Text, Markdown and
// JSON write that. Exercises that were only talked through, or run dry, are on
// record too and are not Real: they tell whether a text can be followed, and
// nothing about time.
//
// Package historytest makes homes full of exercises for tests.
package history
