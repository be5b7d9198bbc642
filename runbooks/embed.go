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
package runbooks

import "embed"

// Files are the shipped playbooks, by their file names.
//
//go:embed *.yaml
var Files embed.FS
