// Package plain is the exercise line by line: for screen readers, for dumb
// terminals, for pipes and for machines.
//
// Nothing is ever redrawn. A Console prints what happens as paragraphs and
// takes answers as words (run, yes, done, choose 2, note ...); Unattended reads
// the answers from a file and never guesses: what the file does not answer ends
// the exercise blocked. Both go through the same seat, and so through the same
// rules, as the screens.
package plain
