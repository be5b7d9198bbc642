// Package mask takes secrets out of what programs print, before anything of it
// is written or shown.
//
// A secret is rarely printed as it is. It stands in JSON, in a URL, in a dump,
// in the trace of a shell, in the base64 of a header; and it comes in pieces,
// because a program's writes are cut wherever a buffer happened to be full. So
// two things make a mask:
//
//   - Encodings, a table of the forms that are looked for. A secret of several
//     lines is looked for line by line: programs print them apart, and a
//     terminal ends lines in its own way.
//
//   - A Stream, through which output passes. It finds all forms of all secrets
//     in one go (Aho-Corasick), and holds back what may be the beginning of one
//     until the next byte decides. It holds back nothing else.
//
// Besides secrets, whose values are known, Rules may name patterns: text that a
// document says must never be written. They are looked for line by line.
//
// What is hidden reads "(hidden)", whatever it was: how long a secret is, and
// how it was encoded, is nobody's business either. Each passage is counted.
//
// Not found is what is no form in the table: a secret backwards, in another
// case, encoded twice, with blanks or line breaks in it. Whoever wants to make
// a program print a secret past this can do so; it is a guard against accidents.
//
// Suspects is for secrets that nobody named: it tells what looks like one.
package mask
