// Package match compares what was seen with what is documented. It is pure: it
// reads values and returns values.
//
// An expectation (runbook.Expect) always wants an exit status, 0 when it says
// nothing else, and may want things of the output, each in its own mode:
//
//	lines     the output, line by line and in order
//	exact     the output, character by character
//	contains  a piece of text somewhere in it
//	absent    a piece of text nowhere in it
//	matches   a regular expression (RE2; ^ and $ are a line's ends)
//	where     a number in a named group of a pattern, at its last match: lag <= 5
//	json      a JSON value that the output, as JSON, must hold
//	table     a row of a printed table, by the headings of its columns
//
// In lines mode blanks are flexible: a run of them is any run, at a line's ends
// also none. A line that is only `...` (or `…`) skips any number of lines, none
// too; inside a line it is anything; `<name>` is one word. Everything else is
// meant as it stands, so a line that is not documented is a difference. Blank
// lines before and after the rest don't count.
//
// In json mode an object may hold more than is documented, an array may not.
// `"..."` is any value, and among the values of an array it is any number of
// them.
//
// In table mode the first documented cell picks the rows that are meant. There
// must be one, and each of them must hold the other cells; a column that is not
// documented may hold anything. A table ends at a blank line. What cannot be told
// to be below one heading is no row.
//
// What is another text each time is a difference, unless the document names its
// kind under `ignore`: then a word stands for it, in lines, exact, contains and
// table, and the result says what it stood for.
//
// `$NAME` is the value of that input or capture, literally: dots in it are no
// wildcards, and `...` in it is three dots. A name without a value stands for
// itself.
//
// Similarity decides nothing here, and is only told beside a difference.
// "unhealthy" is very like "healthy", and "0/3" is very like "3/3"; no threshold
// tells such pairs from harmless ones. What may differ is said in the document,
// where everybody can read it.
//
// Nothing here takes exponential time. Text over 1 MB is not compared, and that
// is a verdict of its own: what can't be compared neither matches nor differs.
package match
