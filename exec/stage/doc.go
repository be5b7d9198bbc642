// Package stage tells where a team stands on the way through stage 1: a complete
// and published playbook, agreed to by everybody, and exercised as documented.
//
// Stage 1 has ten gates, and gates is the table of them. A gate is passed when
// nothing of it is missing. What counts is what was seen: the parts that the
// document has, the findings of the checks, signatures, records. That a document
// calls a gate complete is asked for where nothing else could show that somebody
// looked, and is never enough.
//
// Whatever is missing comes with what mends it: one command to type, or one edit
// of one file. Whoever does what they say, one after the other, and fills in what
// only they can know, gets to the end of the stage.
//
//	standing := stage.Judge(stage.Input{Book: book, Text: copy, Findings: found, Agreement: words, Records: records, Now: now, Command: typed})
//	fmt.Print(stage.Library{Books: []stage.Standing{standing}, Now: now}.Text(80))
//
// Nothing here reads a file or the clock: all that is judged comes as values, and
// how the commands that mend are typed is for the caller to say.
package stage
