// Package keeper lets an exercise go on while screens come and go. The exercise
// lives in a process of its own, the keeper; a screen is a client of it.
//
// Start makes that process: the same program again, in a session of its own, so
// that no terminal's end reaches it. It is handed its charge through a pipe, for
// that may hold secrets, and says through another how its start went.
//
// Screens and keeper meet at a Unix socket (place.go): mode 0600, in a folder of
// mode 0700 that belongs to the same user, and each asks the system who the other
// is. What travels is little (wire.go): to the keeper what a person wants and
// types; from it the answers, the end of the output of the step that runs, the
// picture of a program that fills the screen, and how many events are on record.
// The events themselves do not travel. The record on disk is the only channel of
// truth: a client follows it and folds it like everybody else (client.go), so what
// it shows is what is recorded. Where no keeper can be asked, an onlooker does only
// that (onlooker.go).
//
// Of all the seats one has the pen (exec.Pen), and only notes, approvals and calls
// for a stop come through from the others. The first screen takes it, and a later
// one where nobody has it; taking it from somebody is a deed of its own, and is
// recorded. When a screen dies the pen is free, and nothing else happens: a step
// that runs goes on. Steps find the SSH agent of whoever has the pen (agent.go),
// for the line on which the first one came may be gone. A keeper ends with its
// exercise, or when for a long time nothing ran and nobody was there (keeper.go).
package keeper
