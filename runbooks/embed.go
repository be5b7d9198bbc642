// Package runbooks holds the playbooks that come with the program, so that
// there is one to read and one to practise with before a team has its own.
//
//	practice.yaml                        the practice bookstore (package lab): four failures, three to five minutes each
//	practice.answers.yaml                how to play the API's failure unattended
//	practice-database.answers.yaml       the database's, where a restart repairs it
//	practice-database-file.answers.yaml  and where a snapshot has to be restored
//	practice-cdn.answers.yaml            the CDN's, where a restart repairs it
//	practice-cdn-files.answers.yaml      and where a copy has to be restored
//	practice-search.answers.yaml         search's
//	web.yaml                             the smallest useful playbook
//	bookstore.md                         a playbook as teams have them, and what is usually wrong with it
//	bookstore.yaml                       the same after acting on what the checks say of it
//	etcd.yaml                            a cluster of three hosts, restored from a snapshot in three terminals
//	postgresql.yaml                      a primary that is lost and its standby, with two people and an approval
//	disk-full.md                         a plain runbook: headings, prose and commands
//	scripts/                             what these run
//
// What the Bookstore, etcd and PostgreSQL playbooks do needs systems of one's own.
// They are there to be read, checked and played with --dry-run.
package runbooks

import "embed"

// Files are the shipped playbooks, by their file names, and what they run.
//
//go:embed *.yaml *.md scripts
var Files embed.FS
