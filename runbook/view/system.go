package view

import (
	"slices"

	"bythebook/runbook"
)

// writeArchitecture writes where everything runs, how its data is kept, and who
// runs it for the team.
func writeArchitecture(v *view, p *page) {
	var where, data, vendors [][]md
	for _, c := range v.book.Components {
		name := named(c.Name, c.ID)
		where = append(where, []md{
			name, each(c.Aliases, text), text(c.Platform), each(c.Technologies, text), text(c.Region), text(c.AZ), text(c.VPC),
			text(c.Subnet), text(c.Domain), optional(c.Endpoint, code), text(c.Diagram),
		})
		data = append(data, []md{
			name, text(c.DataStore), text(c.Backup.Method), long(c.Backup.Every), long(c.Backup.Delay), text(c.LagSource),
		})
		if t := c.Vendor; t != nil {
			vendors = append(vendors, []md{name, text(t.Name), text(t.Contract), v.person(t.Support), text(t.SLA)})
		}
	}
	p.table([]md{
		"Service", "Also called", "Platform", "Technologies", "Region", "AZ", "VPC", "Subnet", "Failure domain", "Endpoint", "Picture",
	}, where...)
	p.table([]md{"Service", "Data is in", "Backup", "Every", "There after", "Replication lag is read from"}, telling(data...)...)
	p.table([]md{"Service", "Run by", "Contract", "Support", "SLA"}, vendors...)
}

// writeDependencies writes the graph, what is promised, and how to cope.
func writeDependencies(v *view, p *page) {
	if len(v.book.Dependencies) == 0 {
		return
	}
	p.para("An arrow leads to what is needed. What the application cannot work without has corners and a thick frame; the rest is round and dashed.")
	p.fence("mermaid", v.dependencyGraph())
	var promised, down [][]md
	for _, d := range v.book.Dependencies {
		name := v.dependency(d.ID)
		promised = append(promised, []md{
			name, apart(d), text(d.Class), text(d.Period), long(d.CriticalAfter), long(d.RTO), long(d.RPO), long(d.WRT), long(d.MTD),
			text(d.MBCO), each(d.Needs, v.dependency), text(d.Evidence),
		})
		down = append(down, []md{
			name, each(d.FailureModes, text), text(d.Severity), text(d.Impact), text(d.Workaround), v.person(d.Owner), v.person(d.Provider),
		})
	}
	p.table([]md{
		"Dependency", "Component", "Class", "Critical", "Critical after", "RTO", "RPO", "WRT", "MTD", "MBCO", "Needs", "Rests on",
	}, promised...)
	p.para("RTO and RPO are the time and the data that recovery may cost at most, MTD the downtime that can be borne at most, " +
		"WRT the time to catch up inside it, and MBCO the least that must go on meanwhile.")
	p.table([]md{"Dependency", "May be", "Severity", "Seen when it was lost", "Meanwhile", "Owner", "Provider"}, telling(down...)...)
}

// apart is the component of a dependency whose id is another one.
func apart(d runbook.Dependency) md {
	if d.Component == d.ID {
		return ""
	}
	return optional(d.Component, code)
}

// writeCoverage sets the dependencies beside the scenarios that answer their
// loss. One without any stands out.
func writeCoverage(v *view, p *page) {
	var rows [][]md
	for _, d := range v.book.Dependencies {
		covered := each(v.failures[d.ComponentID()], func(s *runbook.Scenario) md { return titled(s.Title, s.ID) })
		if covered == "" {
			covered = "**NONE**"
		}
		class := md(runbook.NonCritical)
		if d.Critical() {
			class = runbook.Critical
		}
		rows = append(rows, []md{v.dependency(d.ID), class, covered})
	}
	p.table([]md{"Dependency", "Class", "Scenarios"}, rows...)
}

// detection is how a scenario's failure is seen: by the signals that it names
// and by those that name it.
func (v *view) detection(s *runbook.Scenario) md {
	ids := slices.Clone(s.Detection)
	for _, id := range v.seen[s.ID] {
		if !slices.Contains(s.Detection, id) {
			ids = append(ids, id)
		}
	}
	return each(ids, code)
}

// writeSignals writes how failures are seen, with the commands to look.
func writeSignals(v *view, p *page) {
	for _, s := range v.book.Signals {
		if !v.whole && !shows(s, v.scenarios[0]) {
			continue
		}
		p.item("-", joined(": ", code(s.ID), joined(" of ", text(s.Kind), v.component(s.Component))), func() {
			if s.Run != "" {
				p.probe("Look:", &runbook.Probe{Run: s.Run, Expect: s.Expect})
			}
			p.list(
				after("See: ", text(s.URL)),
				after("Shows: ", each(s.Detects, v.scenario)),
				after("Pages: ", text(s.AlertRoute)),
				after("Ends an exercise: ", text(s.StopWhen)),
			)
		})
	}
}

// shows reports whether a signal is of use in a scenario.
func shows(sig runbook.Signal, s *runbook.Scenario) bool {
	return sig.Component == s.Component || slices.Contains(sig.Detects, s.ID) || slices.Contains(s.Detection, sig.ID)
}
