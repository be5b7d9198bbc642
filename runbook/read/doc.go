// Package read turns what people wrote into runbook.Playbook, strictly:
// whatever the format does not know is a Problem at its line and column, and
// all of them are reported, never only the first. Nothing is ignored silently,
// since a key that was skipped is a promise in the document that nobody keeps.
//
// # Once read, never again
//
// File opens a playbook and every file that it names exactly once, all below
// the playbook's own folder and all regular, and hands back the bytes as a
// runbook.Copy beside the playbook that was parsed from these same bytes. What
// is agreed to, what is frozen and what is run is therefore one text. Parse
// reads such a copy again without touching the disk.
//
// # From bytes to steps
//
// Four passes, each simpler for the one before it:
//
//   - document.go looks at the bytes (UTF-8, no byte-order mark, no control
//     characters), lets the YAML library build its tree of nodes, and refuses
//     what could hide something from a reader: anchors, aliases, merge keys,
//     tags, a second document, nesting deeper than anybody can follow.
//   - playbook.go, scenario.go and step.go hold the tables: one record a kind
//     of mapping, one row a key, each row saying how its value is read. Keys
//     of the format that cannot be carried out yet stand in the table as well
//     and are refused by name.
//   - value.go reads single values. A scalar is text first and then what its
//     field is, so `say: No` stays "No" and `version: 1.0` stays "1.0".
//   - refs.go and jumps.go look up, once everything has been read, what one
//     part of the document says of another.
//
// # The same from Markdown
//
// A document in Markdown becomes the tree of nodes that the same playbook has
// in YAML, each node at the line and column where its words stand. From there
// on there is one way for both, so that ids, references, limits and places are
// the same. markdown.go says how; in the order in which they work:
//
//   - markdown_text.go blanks what is meant for site generators.
//   - markdown_blocks.go lets goldmark tell the blocks, and nothing within them.
//   - markdown_table.go, markdown_cell.go and markdown_code.go read cells,
//     durations, hours, and the commands and output that a terminal showed.
//   - markdown_prose.go and markdown_book.go know the headings and tables that
//     such documents have; markdown_steps.go makes steps of items and commands.
//   - markdown_tree.go writes the nodes.
//
// What the words leave open is read in the likeliest way and said in the
// playbook's Remarks, for the checks. What cannot be understood is a Problem.
//
// A mistaken word is answered with the nearest right one where there is one.
//
// Library finds the playbooks in a folder; LibraryFS does the same for those
// that are built into the program. Answers reads the file that speaks for a
// person in an unattended exercise. Outline lists what a playbook says, from the
// same tables, for those who compare two.
package read
