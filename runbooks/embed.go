// Package runbooks holds the playbooks that come with the program, so that
// there is one to read and one to practise with before a team has its own.
//
//	practice.yaml          the practice bookstore (package lab): one API failure, about three minutes
//	practice.answers.yaml  how to play it unattended
//	web.yaml               the smallest useful playbook
package runbooks

import "embed"

// Files are the shipped playbooks, by their file names.
//
//go:embed *.yaml
var Files embed.FS
