// Package cli is the command line: one file a command, and the few things that
// only a whole program knows: its flags and environment, where it keeps its
// records, which terminal it is on, and which signals it was sent.
//
// A command opens an exercise (exercise.go), seats a person at it (screen.go
// for the screens, plain for words and machines), and turns how it ended into
// the exit status of the contract (exit.go).
package cli
