package read

import (
	"time"

	"bythebook/runbook"
)

// The tables of the system: its parts, how they are seen, what they need.

var components = named(component, componentRecord, func(c *runbook.Component) *string { return &c.ID })

var componentRecord = record[runbook.Component]{"component", []row[runbook.Component]{
	key("name", func(c *runbook.Component) *string { return &c.Name }, line, "What people call it.", "Bookstore API"),
	key("aliases", func(c *runbook.Component) *[]string { return &c.Aliases }, words, "What the document calls it elsewhere.", "[bookstore-api]"),
	key("platform", func(c *runbook.Component) *string { return &c.Platform }, line, "The product that hosts it.", "Amazon EC2"),
	key("technologies", func(c *runbook.Component) *[]string { return &c.Technologies }, words, "Its software, with versions.", "[Django, Nginx]"),
	key("region", func(c *runbook.Component) *string { return &c.Region }, line, "The region it runs in.", "us-west-2"),
	key("az", func(c *runbook.Component) *string { return &c.AZ }, line, "The availability zone it runs in.", "us-west-2a"),
	key("vpc", func(c *runbook.Component) *string { return &c.VPC }, line, "Its virtual network.", "bookstore-vpc"),
	key("subnet", func(c *runbook.Component) *string { return &c.Subnet }, line, "Its subnet.", "bookstore-subnet-2a"),
	key("failure_domain", func(c *runbook.Component) *string { return &c.Domain }, line, "What is lost together with it; the availability zone when left out.", "rack 7"),
	key("endpoint", func(c *runbook.Component) *string { return &c.Endpoint }, line, "Its public or internal address.", "bookstore.example.com"),
	key("data_store", func(c *runbook.Component) *string { return &c.DataStore }, line, "Where its data is.", "RDS, bookstore-db"),
	key("backup", func(c *runbook.Component) *runbook.Backup { return &c.Backup }, mapping(backupRecord), "How its recovery points are made.", "{method: AMI, every: 24h}"),
	key("replication_lag_source", func(c *runbook.Component) *string { return &c.LagSource }, line, "Where replication lag is read.", "CloudWatch, ReplicaLag"),
	key("third_party", func(c *runbook.Component) **runbook.Vendor { return &c.Vendor }, maybe(vendorRecord), "The third party that runs it.", "{vendor: Amazon Web Services, support: aws-support}"),
	key("diagram_ref", func(c *runbook.Component) *string { return &c.Diagram }, line, "A picture of it.", "https://wiki.example.com/dr/bookstore.png"),
}}

var backupRecord = record[runbook.Backup]{"backup", []row[runbook.Backup]{
	key("method", func(b *runbook.Backup) *string { return &b.Method }, line, "How.", "AMI"),
	key("every", func(b *runbook.Backup) *time.Duration { return &b.Every }, length, "How often.", "24h"),
	key("delay", func(b *runbook.Backup) *time.Duration { return &b.Delay }, length, "How long until a copy is where recovery finds it.", "30m"),
}}

var vendorRecord = record[runbook.Vendor]{"third_party", []row[runbook.Vendor]{
	key("vendor", func(v *runbook.Vendor) *string { return &v.Name }, line, "Its name.", "Amazon Web Services"),
	key("contract", func(v *runbook.Vendor) *string { return &v.Contract }, line, "The contract.", "Enterprise agreement 2026"),
	key("support", func(v *runbook.Vendor) *string { return &v.Support }, ref(contact), "Who is called there.", "aws-support"),
	key("sla", func(v *runbook.Vendor) *string { return &v.SLA }, line, "What it promises.", "99.99 % a month"),
}}

var signals = named(signal, signalRecord, func(s *runbook.Signal) *string { return &s.ID })

var signalRecord = record[runbook.Signal]{"signal", []row[runbook.Signal]{
	key("component", func(s *runbook.Signal) *string { return &s.Component }, ref(component), "What it watches.", "api"),
	key("kind", func(s *runbook.Signal) *string { return &s.Kind }, choice("metric", "log", "trace", "probe", "alert"), "What it is.", "probe"),
	key("run", func(s *runbook.Signal) *string { return &s.Run }, command, "How to look.", "curl -fsS http://bookstore.example.com"),
	key("expect", func(s *runbook.Signal) *runbook.Expect { return &s.Expect }, besides(expectation, "run", "`expect` needs a `run` whose output it looks at"), "Its steady state.", "{exit: 0}"),
	key("url", func(s *runbook.Signal) *string { return &s.URL }, word, "Where to look.", "https://dash.example.com/api"),
	key("detects", func(s *runbook.Signal) *[]string { return &s.Detects }, list(ref(scenario)), "The scenarios that it should reveal.", "[api-failure]"),
	key("alert_route", func(s *runbook.Signal) *string { return &s.AlertRoute }, line, "Who gets paged.", "on-call, bookstore"),
	key("stop_when", func(s *runbook.Signal) *string { return &s.StopWhen }, prose, "What it shows when an exercise must stop.", "Errors above 5 % for five minutes."),
}}

var dependencies = named(dependency, dependencyRecord, func(d *runbook.Dependency) *string { return &d.ID })

var dependencyRecord = record[runbook.Dependency]{"dependency", []row[runbook.Dependency]{
	key("component", func(d *runbook.Dependency) *string { return &d.Component }, ref(component), "The component it is; the one of its own id when left out.", "api"),
	key("class", func(d *runbook.Dependency) *string { return &d.Class }, choice(runbook.Critical, runbook.NonCritical), "Whether the application works without it.", "critical"),
	key("period", func(d *runbook.Dependency) *string { return &d.Period }, line, "When it counts as critical: `Always`, or windows such as `Mon-Fri 09:00-17:00`.", "Always"),
	key("workaround", func(d *runbook.Dependency) *string { return &d.Workaround }, prose, "How the team copes while it is down.", "Orders are taken by phone."),
	key("rto", func(d *runbook.Dependency) *time.Duration { return &d.RTO }, length, "The recovery time objective.", "12h"),
	key("rpo", func(d *runbook.Dependency) *time.Duration { return &d.RPO }, loss, "The recovery point objective.", "24h"),
	key("mtd", func(d *runbook.Dependency) *time.Duration { return &d.MTD }, length, "The maximum tolerable downtime.", "48h"),
	key("wrt", func(d *runbook.Dependency) *time.Duration { return &d.WRT }, length, "The work recovery time: from restored to caught up.", "4h"),
	key("mbco", func(d *runbook.Dependency) *string { return &d.MBCO }, prose, "The least that must go on while it is down.", "Orders can be placed."),
	key("needs", func(d *runbook.Dependency) *[]string { return &d.Needs }, list(ref(dependency)), "What it needs itself.", "[database, cdn]"),
	key("severity", func(d *runbook.Dependency) *string { return &d.Severity }, id, "How severe its loss is.", "minor"),
	key("impact", func(d *runbook.Dependency) *string { return &d.Impact }, prose, "What was seen when it was lost.", "Books are listed, not searched."),
	key("critical_after", func(d *runbook.Dependency) *time.Duration { return &d.CriticalAfter }, length, "The length of outage that turns it critical.", "4h"),
	key("provider", func(d *runbook.Dependency) *string { return &d.Provider }, line, "The third party that can fix it.", "Amazon Web Services"),
	key("owner", func(d *runbook.Dependency) *string { return &d.Owner }, ref(contact), "Who can fix it inside.", "bob"),
	key("failure_modes", func(d *runbook.Dependency) *[]string { return &d.FailureModes }, list(failureMode), "How it can fail.", "[down, slow]"),
	key("evidence", func(d *runbook.Dependency) *string { return &d.Evidence }, prose, "What its objectives rest on.", "Initial baseline."),
}}

var failureMode = choice("down", "slow", "wrong", "partial", "unreachable")
