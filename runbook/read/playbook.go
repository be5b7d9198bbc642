package read

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// The tables of what a playbook may hold outside its scenarios.

var playbookKeys = record[runbook.Playbook]{
	keys: map[string]func(value, *runbook.Playbook){
		"playbook":   func(v value, p *runbook.Playbook) { p.ID = v.id() },
		"title":      func(v value, p *runbook.Playbook) { p.Title = v.line() },
		"version":    func(v value, p *runbook.Playbook) { p.Version = v.line() },
		"team":       func(v value, p *runbook.Playbook) { p.Team = v.line() },
		"owner":      func(v value, p *runbook.Playbook) { p.Owner = ref(contact)(v) },
		"zone":       func(v value, p *runbook.Playbook) { p.Zone = v.word() },
		"published":  func(v value, p *runbook.Playbook) { p.Published = v.line() },
		"review":     func(v value, p *runbook.Playbook) { fill(v, reviewKeys, &p.Review) },
		"severities": func(v value, p *runbook.Playbook) { p.Severities = severities(v) },
		"agreement": func(v value, p *runbook.Playbook) {
			p.Agreement = new(runbook.Agreement)
			fill(v, agreementKeys, p.Agreement)
		},
		"files": func(v value, p *runbook.Playbook) { p.Files = list(v, file) },
		"tools": func(v value, p *runbook.Playbook) { p.Tools = list(v, value.word) },
		"components": func(v value, p *runbook.Playbook) {
			p.Components = named(v, component, componentKeys, func(c *runbook.Component) *string { return &c.ID })
		},
		"signals": func(v value, p *runbook.Playbook) { p.Signals = signals(v) },
		"dependencies": func(v value, p *runbook.Playbook) {
			p.Dependencies = named(v, dependency, dependencyKeys, func(d *runbook.Dependency) *string { return &d.ID })
		},
		"contacts": func(v value, p *runbook.Playbook) {
			p.Contacts = named(v, contact, contactKeys, func(c *runbook.Contact) *string { return &c.ID })
		},
		"roles":     func(v value, p *runbook.Playbook) { p.Roles = roles(v) },
		"scenarios": func(v value, p *runbook.Playbook) { p.Scenarios = scenarios(v) },
	},
	later: []string{"prerequisites", "none", "allow", "notifications", "inputs", "exercise"},
	need:  []string{"playbook", "scenarios"},
}

var reviewKeys = record[runbook.Review]{
	keys: map[string]func(value, *runbook.Review){
		"every": func(v value, r *runbook.Review) { r.Every = v.duration() },
		"last":  func(v value, r *runbook.Review) { r.Last = v.date() },
	},
}

var agreementKeys = record[runbook.Agreement]{
	keys: map[string]func(value, *runbook.Agreement){
		"by":    func(v value, a *runbook.Agreement) { a.By = list(v, ref(contact)) },
		"valid": func(v value, a *runbook.Agreement) { a.Valid = v.duration() },
	},
	need: []string{"by"},
}

var componentKeys = record[runbook.Component]{
	keys: map[string]func(value, *runbook.Component){
		"name":         func(v value, c *runbook.Component) { c.Name = v.line() },
		"aliases":      func(v value, c *runbook.Component) { c.Aliases = list(v, value.line) },
		"platform":     func(v value, c *runbook.Component) { c.Platform = v.line() },
		"technologies": func(v value, c *runbook.Component) { c.Technologies = list(v, value.line) },
		"az":           func(v value, c *runbook.Component) { c.AZ = v.line() },
		"vpc":          func(v value, c *runbook.Component) { c.VPC = v.line() },
		"subnet":       func(v value, c *runbook.Component) { c.Subnet = v.line() },
		"endpoint":     func(v value, c *runbook.Component) { c.Endpoint = v.line() },
		"backup":       func(v value, c *runbook.Component) { fill(v, backupKeys, c) },
	},
}

var backupKeys = record[runbook.Component]{
	keys: map[string]func(value, *runbook.Component){
		"method": func(v value, c *runbook.Component) { c.Backup.Method = v.line() },
		"every":  func(v value, c *runbook.Component) { c.Backup.Every = v.duration() },
	},
}

var signalKeys = record[runbook.Signal]{
	keys: map[string]func(value, *runbook.Signal){
		"component": func(v value, s *runbook.Signal) { s.Component = ref(component)(v) },
		"kind":      func(v value, s *runbook.Signal) { s.Kind = v.line() },
		"run":       func(v value, s *runbook.Signal) { s.Run = v.command() },
		"expect":    func(v value, s *runbook.Signal) { s.Expect = expectation(v) },
		"url":       func(v value, s *runbook.Signal) { s.URL = v.word() },
		"detects":   func(v value, s *runbook.Signal) { s.Detects = list(v, ref(scenario)) },
		"stop_when": func(v value, s *runbook.Signal) { s.StopWhen = v.prose() },
	},
}

var dependencyKeys = record[runbook.Dependency]{
	keys: map[string]func(value, *runbook.Dependency){
		"component":      func(v value, d *runbook.Dependency) { d.Component = ref(component)(v) },
		"class":          func(v value, d *runbook.Dependency) { d.Class = oneOf(v, "critical", "non-critical") },
		"period":         func(v value, d *runbook.Dependency) { d.Period = v.line() },
		"workaround":     func(v value, d *runbook.Dependency) { d.Workaround = v.prose() },
		"severity":       func(v value, d *runbook.Dependency) { d.Severity = v.id() },
		"impact":         func(v value, d *runbook.Dependency) { d.Impact = v.prose() },
		"critical_after": func(v value, d *runbook.Dependency) { d.CriticalAfter = v.duration() },
		"rto":            func(v value, d *runbook.Dependency) { d.RTO = v.duration() },
		"rpo":            func(v value, d *runbook.Dependency) { d.RPO = v.objective() },
		"mtd":            func(v value, d *runbook.Dependency) { d.MTD = v.duration() },
		"needs":          func(v value, d *runbook.Dependency) { d.Needs = list(v, ref(dependency)) },
	},
}

var contactKeys = record[runbook.Contact]{
	keys: map[string]func(value, *runbook.Contact){
		"name":         func(v value, c *runbook.Contact) { c.Name = v.line() },
		"position":     func(v value, c *runbook.Contact) { c.Position = v.line() },
		"services":     func(v value, c *runbook.Contact) { c.Services = list(v, service) },
		"email":        func(v value, c *runbook.Contact) { c.Email = v.word() },
		"phone":        func(v value, c *runbook.Contact) { c.Phone = v.line() },
		"availability": func(v value, c *runbook.Contact) { c.Availability = v.line() },
		"zone":         func(v value, c *runbook.Contact) { c.Zone = v.word() },
		"priority":     func(v value, c *runbook.Contact) { c.Priority = v.number(1, 1000) },
		"reports_to":   func(v value, c *runbook.Contact) { c.ReportsTo = ref(contact)(v) },
	},
}

func severities(v value) []runbook.Named {
	var out []runbook.Named
	for _, e := range v.entries() {
		out = append(out, runbook.Named{ID: e.name(), Text: e.prose()})
	}
	return out
}

func roles(v value) []runbook.Role {
	var out []runbook.Role
	for _, e := range v.entries() {
		v.r.defined[role] = append(v.r.defined[role], e.name())
		v.r.roles = append(v.r.roles, e)
		out = append(out, runbook.Role{ID: e.name(), Held: list(e, ref(contact))})
	}
	return out
}

func signals(v value) []runbook.Signal {
	var out []runbook.Signal
	for _, e := range v.entries() {
		s := runbook.Signal{ID: e.name()}
		pairs := fill(e, signalKeys, &s)
		if expect := pick(pairs, "expect"); expect.written() && !pick(pairs, "run").written() {
			expect.faultKey("`expect` needs a `run` whose output it looks at", "")
		}
		out = append(out, s)
	}
	return out
}

// objective is an RPO. One of no loss at all cannot be told from none.
func (v value) objective() time.Duration {
	if d, hint := duration(v.node.Value); hint == "" && d == 0 && v.node.Value != "" {
		v.fault("an objective of 0 is not supported yet", "state the smallest loss that counts, such as 1s")
		return 0
	}
	return v.duration()
}

// date is a day, 2006-01-02.
func (v value) date() string {
	s := v.text()
	if _, err := time.Parse(time.DateOnly, s); err != nil && s != "" {
		v.fault(show(s)+" is not a date", "write it like 2026-10-01")
	}
	return s
}

// file is the path of a file that belongs to the playbook.
func file(v value) string {
	path := v.seen(v.line())
	switch {
	case path == "":
	case len(v.r.files) > maxFiles: // has been said
	case !fs.ValidPath(path) || path == "." || strings.Contains(path, `\`):
		v.fault(show(path)+" is not a path below the playbook's folder", "write it like scripts/launch.sh")
	case slices.ContainsFunc(v.r.files, func(f value) bool { return f.node.Value == path }):
		v.fault(show(path)+" is named twice", "")
	default:
		v.r.files = append(v.r.files, v)
		if len(v.r.files) == maxFiles+1 {
			v.fault(fmt.Sprintf("more than %d files", maxFiles), "")
		}
	}
	return path
}
