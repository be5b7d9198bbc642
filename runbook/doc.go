// Package runbook is the vocabulary of what was written: a playbook, its
// scenarios, their procedures and the steps in them.
//
// A Playbook is a document. It holds what a team agreed on before the bad day:
// the components of its system, what depends on what, whom to call, and one
// Scenario for each failure it prepared for. A Scenario answers its failure
// with three procedures: recovery brings the service back, test proves that it
// is back, resume returns to normal operation. An exercise may also have an
// inject procedure, which brings the failure about and is never part of a real
// incident. A Step is one line of the checklist; what kind of step it is
// follows from which key says how to carry it out.
//
// Nothing here reads a file, runs a command or knows the time. Package
// runbook/read turns YAML into these types; package exec carries them out.
package runbook
