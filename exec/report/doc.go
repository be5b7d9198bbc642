// Package report turns an exercise into the papers that outlive it: a Markdown
// report for people and a JSON document for programs.
//
// A report is a fold of the record like everything else. It reads no clock and
// no file, and ranges over no map, so the same events give the same bytes
// today and in ten years. It has three readers. Whoever decides reads the
// summary: three verdicts, never one, and each with its why. Whoever owns the
// playbook reads the deviations and the changes they propose. Whoever audits
// reads which text was exercised, by what rule, measured between which moments,
// and what was not measured at all. A deviation is a finding about the document
// first, so people appear as roles unless somebody asks for names.
//
// Nearly every word in a report is somebody else's: a title, a note, a line of
// output. The type md keeps it apart from our own. Only text, code and say make
// one out of foreign text, and they clean and escape it; a page takes nothing
// else. So a title can't open a heading, and output can't close its fence.
//
// The sections stand in one table, in the order of the report, and each is one
// small function.
package report
