// Package view writes a playbook down as Markdown: the page that a team
// publishes, prints and keeps where the failure can't reach it.
//
// The page is for the bad day before it is for anything else. What can fail,
// whom to call and what to do come first; who agreed to what, and what changed
// when, come last. Whatever a playbook holds is on it, however seldom it is
// used: a test walks all fields of all types and looks for each.
//
// Three pages can be made:
//
//   - Markdown is a whole playbook.
//   - Scenario is one scenario, with what is needed to carry it out.
//   - Library is the overview of many playbooks.
//
// Text of a playbook is foreign here, as it is everywhere: it reaches the page
// only through text, code, prose and fence (page.go), with which exec/clean keeps
// it from becoming a heading, a link, a tag or another row of a table. Commands stand
// in fences, byte for byte. Charts (graph.go) always have a table beside them.
package view
