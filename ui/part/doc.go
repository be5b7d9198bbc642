// Package part holds the reusable drawings that screens are made of: rules and
// boxes, the checklist, the clock, a step as it is written, output, a line to
// type into, rendered prose.
//
// A drawing is a function from values to lines. It keeps nothing, starts
// nothing and asks no one; the same values give the same lines. Lines hold
// printable text and colours and never a line feed, and whoever draws says how
// wide they may be. Whatever was written by others goes through exec/clean on
// its way in.
//
// Commands are special. They are shown to be approved, so they are shown
// exactly: no Markdown, no wrapping at words, only a hard cut at the edge with
// a \ to tell it. Prose is wrapped at words and forgives.
package part
