package view

import (
	"encoding/json"
	"time"

	"bythebook/runbook"
)

const day = 24 * time.Hour

// bookstore is a playbook that holds nearly everything.
func bookstore() *runbook.Playbook {
	return &runbook.Playbook{
		ID: "bookstore", Title: "Bookstore disaster recovery failover playbook", Version: "1.2", Status: "agreed",
		Revisions: []runbook.Revision{
			{Date: "2026-09-01", Author: "bob", Change: "First version."},
			{Date: "2026-11-21", Author: "christina", Change: "The launch waits for the status checks.", Exercise: "ex-20261120-1"},
		},
		Team: "bookstore", Owner: "alice", Approver: "dana", Application: "The public bookstore", Purpose: "Bring the bookstore back within its objectives.",
		Scope: "Everything in us-west-2a.", Exclusions: []string{"the warehouse", "payroll"}, Zone: "America/Los_Angeles",
		Published: "https://wiki.example.com/dr/bookstore", OfflineCopy: "Printed, in the on-call folder",
		Review: runbook.Review{Every: 90 * day, Last: "2026-10-01", Exercised: "2026-08-14"}, Classification: "internal", Retention: "5 years",
		Activation: []string{"A component of the bookstore is lost for longer than 5 minutes."}, Deactivation: []string{"The resume procedure has ended."},
		Exceptions: []string{"A change freeze does not stop a recovery."}, Success: "Orders can be placed and paid.",
		Severities: []runbook.Named{{ID: "critical", Text: "Nobody can use the bookstore."}, {ID: "minor", Text: "It can be used with less comfort."}},
		Glossary:   []runbook.Named{{ID: "AMI", Text: "The image from which an instance is launched."}},
		Agreement:  &runbook.Agreement{By: []string{"alice", "bob", "christina"}, Valid: 180 * day, Method: "read together, then signed"},
		Prerequisites: []runbook.Prerequisite{
			{Gate: "architecture", Status: "complete", Done: "https://wiki.example.com/dr/bookstore/architecture", By: "alice", On: "2026-08-01"},
			{Gate: "observability", Done: "Dashboards reviewed.", By: "christina", On: "2026-08-02"},
			{Gate: "exercise", Status: "open"},
		},
		None:          []runbook.Named{{ID: "non-critical-playbook", Text: "Search is the only such dependency, and is left alone."}},
		Allow:         []runbook.Allowance{{Code: "LS06", Reason: "The address is fixed by contract.", Where: "scenarios.api-failure"}},
		Files:         []string{"scripts/launch.sh"},
		Tools:         []string{"aws", "jq", "ssh"},
		Components:    components(),
		Signals:       signals(),
		Dependencies:  dependencies(),
		Contacts:      contacts(),
		External:      []runbook.Contact{{ID: "aws-support", Name: "AWS Support", Position: "Vendor", Phone: "555-555-5560", Availability: "Always"}},
		Roles:         []runbook.Role{{ID: "dba", Held: []string{"christina", "bob"}}},
		Notifications: notifications(),
		Inputs: []runbook.Input{
			{Name: "RELEASE", Ask: "Which release?", Pattern: `^v[0-9.]+$`, HasDefault: true},
			{Name: "TOKEN", Secret: &runbook.Secret{Env: "DEPLOY_TOKEN"}},
		},
		Exercise:  gameday(),
		Scenarios: []runbook.Scenario{apiFailure(), databaseFailure()},
		Remarks:   []runbook.Remark{{Code: "LD12", Path: "dependencies.cdn.rto", Message: "`24` has no unit and was read as hours."}},
	}
}

func components() []runbook.Component {
	return []runbook.Component{
		{
			ID: "api", Name: "Bookstore API", Aliases: []string{"bookstore-api"}, Platform: "Amazon EC2", Technologies: []string{"Django 2.2", "Nginx"},
			Region: "us-west-2", AZ: "us-west-2a", VPC: "bookstore-vpc", Subnet: "bookstore-subnet-2a", Endpoint: "bookstore.pingpublications.com",
			Backup: runbook.Backup{Method: "AMI", Every: day}, Vendor: &runbook.Vendor{Name: "AWS", Contract: "https://contracts.example.com/aws", Support: "aws-support", SLA: "99.99 % a month"},
			Diagram: "https://wiki.example.com/dr/bookstore/architecture.png",
		},
		{
			ID: "database", Name: "Database", Platform: "Amazon RDS", Technologies: []string{"PostgreSQL 10.4"}, Region: "us-west-2", AZ: "us-west-2a",
			VPC: "bookstore-vpc", Endpoint: "db.bookstore.pingpublications.com", DataStore: "bookstore-db",
			Backup: runbook.Backup{Method: "snapshot", Every: 24 * time.Hour, Delay: 10 * time.Minute}, LagSource: "the metric ReplicaLag",
			Vendor: &runbook.Vendor{Name: "AWS", Support: "aws-support"},
		},
		{ID: "cdn", Name: "CDN", Platform: "Amazon S3", Region: "us-west-2", Domain: "us-west-2", Endpoint: "cdn.bookstore.pingpublications.com"},
		{ID: "search", Name: "Search", Platform: "Amazon EC2"},
	}
}

func signals() []runbook.Signal {
	return []runbook.Signal{
		{
			ID: "api-answers", Component: "api", Kind: "probe", Run: "curl -fsS http://bookstore.pingpublications.com", Expect: runbook.Expect{Stated: true},
			URL: "https://dash.example.com/api", Detects: []string{"api-failure"}, AlertRoute: "whoever is on call", StopWhen: "customers see errors",
		},
		{ID: "replica-lag", Component: "database", Kind: "metric", URL: "https://dash.example.com/lag"},
	}
}

func dependencies() []runbook.Dependency {
	return []runbook.Dependency{
		{
			ID: "api", Component: "api", Class: runbook.Critical, Period: "Always", Workaround: "Orders are taken by phone.", Severity: "critical",
			RTO: 12 * time.Hour, RPO: day, MTD: 48 * time.Hour, WRT: 2 * time.Hour, MBCO: "The catalogue can be read.",
			Needs: []string{"database", "cdn", "find"}, Provider: "aws-support", Owner: "bob", FailureModes: []string{"down", "slow"}, Evidence: "initial baseline",
		},
		{ID: "database", Class: runbook.Critical, Period: "Mon-Fri 06:00-20:00", RTO: 12 * time.Hour, RPO: day, Needs: []string{"api"}},
		{ID: "cdn", Class: runbook.Critical, RTO: day, RPO: day},
		{ID: "find", Component: "search", Class: runbook.NonCritical, Severity: "minor", Impact: "Books are listed, not searched.", CriticalAfter: 4 * time.Hour},
	}
}

func contacts() []runbook.Contact {
	return []runbook.Contact{
		{
			ID: "alice", Name: "Alice", Position: "Director of Technology", Services: []string{runbook.AllServices}, Email: "alice@example.com",
			Phone: "555-555-5550", Availability: "Mon-Fri 09:00-17:00", Priority: 3, ReportsTo: "dana", Authority: []string{"declare", "approve", "abort"},
		},
		{
			ID: "bob", Name: "Bob", Position: "Lead Developer, Bookstore API", Services: []string{"api"}, Email: "bob@example.com", Phone: "555-555-5551",
			Availability: "Mon-Fri 09:00-17:00; Sat-Sun 10:00-14:00", Zone: "America/Denver", Priority: 2, ReportsTo: "alice", Competence: "Has led two exercises.", LastTrained: "2026-08-14",
		},
		{
			ID: "christina", Name: "Christina", Position: "Site Reliability Engineer", Services: []string{runbook.AllServices}, Email: "christina@example.com",
			Phone: "555-555-5552", Channels: []runbook.Named{{ID: "pager", Text: "bookstore-oncall"}}, Availability: "on-call", Priority: 1, ReportsTo: "alice",
		},
		{ID: "dana", Name: "Dana", Position: "CTO", Phone: "555-555-5553"},
		{ID: "kim", Name: "Kim", Position: "Developer", Email: "kim@example.com", AlternateFor: "bob", ReportsTo: "bob"},
	}
}

func notifications() []runbook.Notification {
	return []runbook.Notification{{
		ID: "declared", When: "declared", For: []string{"api-failure"}, Severity: "critical", Who: []string{runbook.PrimaryLead, runbook.SecondaryLead, "dba"},
		Order: "sequence", What: "The bookstore is down since TIME; join the bridge; next word in 30 minutes.", Why: "action",
		How: []string{"phone", "email"}, Fallback: "SMS", AckWithin: 15 * time.Minute, Escalate: "dana", Every: 30 * time.Minute, Approver: "alice", Marker: "EXERCISE EXERCISE",
	}}
}

func gameday() *runbook.Plan {
	return &runbook.Plan{
		ID: "november", Title: "November GameDay", Type: "rehearsal", Objectives: []string{"The API is back within 1 h."}, Scope: "API and CDN", OutOfScope: "Payments",
		Environment: runbook.Environment{Name: "staging", Targets: []string{"i-*-staging"}}, Scenarios: []string{"api-failure"},
		Roles:     []runbook.Filled{{Role: "coordinator", Who: "christina"}, {Role: "operator", Who: "bob"}},
		Observers: []string{"dana"}, GroundRules: []string{"Bob is not asked for help."}, Injects: []runbook.PlannedInject{{At: 15 * time.Minute, What: "A newspaper calls."}},
		StopWord: "mayday", AbortWhen: []string{"Customers notice."}, Window: "2026-11-20 10:00 / 3h", Channel: "#gameday", Bridge: "https://meet.example.com/gameday",
		BackupBridge: "555-555-5570", Notice: []string{"support desk"}, ChangeTicket: "CHG-1234", CarriedActions: []string{"Shorten the launch."},
		Artificialities: []string{"Traffic is replayed."}, RegulatoryDriver: []string{"DORA 11(6)"},
	}
}

func apiFailure() runbook.Scenario {
	return runbook.Scenario{
		ID: "api-failure", Title: "Bookstore API failure", Class: runbook.Disaster, Component: "api", FailureMode: "down", Detection: []string{"replica-lag"},
		Primary: "bob", Secondary: "alice", Severity: "critical",
		Overview: "The instance is lost.\n\n- Confirm it.\n- Launch a replacement,\n  and route to it.\n",
		Assumptions: []runbook.Assumption{
			{Text: "Route 53 answers.", Kind: "vendor", Probe: &runbook.Probe{Run: "dig +short bookstore.pingpublications.com", Expect: runbook.Expect{Stated: true, Matches: []string{"."}}}},
			{Text: "AMI backups are frequent.", Kind: "backup", Owner: runbook.PrimaryLead},
		},
		RTO: 12 * time.Hour, RPO: day, Clock: runbook.Clock{Starts: runbook.Detected, Stops: runbook.Verified, Steady: 5 * time.Minute},
		Platform: "A t2.micro in us-west-2a", Landing: runbook.Landing{Domain: "us-west-2a", Capacity: "one instance", Access: "SSH with the team's key"},
		Success: "Authors and books are listed.", BlastRadius: "staging only",
		Steps: apiSteps(),
		Abort: runbook.Abort{When: []string{"Customers notice.", "The stop word is said."}, Steps: []runbook.Step{
			{ID: "route-back", Procedure: runbook.Aborting, Kind: runbook.Manual, Do: "Point the record back at the former instance.", Effect: runbook.Change},
		}},
	}
}

func apiSteps() []runbook.Step {
	return []runbook.Step{
		{
			ID: "check", Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Read, Do: "Confirm the failure with `curl`.\n\nTwo things may be seen:\n- nothing at all\n- an error page",
			Run: "curl -sS http://bookstore.pingpublications.com", Expect: runbook.Expect{Stated: true, Exit: []int{7, 28}}, Sample: "curl: (7) Failed to connect\n",
			IfNot: "scenario:database-failure", Mark: runbook.Detected, Estimate: time.Minute,
		},
		{
			ID: "restart", Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Change, Do: "Restart the application.", If: "The instance is up, and the application is down.",
			Run: "sudo systemctl restart gunicorn", At: []string{"api-1", "api-2"}, Then: "test", Why: "It is cheaper than a new instance.", Idempotent: true, Tries: 3, Every: 10 * time.Second, Timeout: time.Minute,
		},
		{
			ID: "which", Procedure: runbook.Recovery, Kind: runbook.Decide, Effect: runbook.None, Do: "Choose how to replace the instance.", Ask: "Is the latest image good?", Who: runbook.SecondaryLead,
			Answers: []runbook.Answer{{Say: "Yes", Go: "launch"}, {Say: "Look again", Go: "check", AtMost: 2}, {Say: "Give up", Go: "abort"}},
		},
		{
			ID: "launch", Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Final, Aim: "launch", Do: "Launch the replacement.", Who: "dba", Approve: []string{"alice"},
			Preconditions: []string{"The former instance is stopped."}, DependsOn: []string{"check"},
			Runs: []string{"aws ec2 run-instances \\\n\t--launch-template LaunchTemplateName=bookstore-api-ec2", "scripts/launch.sh"}, Run: "aws ec2 run-instances \\\n\t--launch-template LaunchTemplateName=bookstore-api-ec2",
			Expect:  runbook.Expect{Stated: true, Lines: "InstanceId <id>\n...\nState pending\n", JSON: json.RawMessage(`{"State":"pending"}`), Where: []runbook.Named{{ID: "lag", Text: "<= 5"}}},
			Capture: []runbook.Capture{{Name: "NEW_HOST", Pattern: `ec2-\S+`}, {Name: "NEW_ID", JSON: ".Instances[0].InstanceId"}}, In: runbook.In{Dir: "scripts", Env: []runbook.Named{{ID: "AWS_PAGER", Text: ""}}},
			Estimate: 2 * time.Minute, EstimateMin: time.Minute, EstimateMax: 5 * time.Minute, Warning: "This costs money from now on.", Rollback: "Terminate the instance with its id.",
			Redact: []string{`AKIA[A-Z0-9]+`}, Refs: []string{"https://wiki.example.com/dr/launch", "CHG-1234"},
		},
		{ID: "login", Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Change, Do: "Log in to it.", Run: `ssh "$NEW_HOST"`, Opens: "new-api", Together: "login", Setup: true},
		{ID: "leave", Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.None, Do: "Leave.", Run: "exit", At: []string{"new-api"}, Closes: "new-api", Isolated: true, In: runbook.In{Shell: "bash"}},
		{
			ID: "dns", Procedure: runbook.Recovery, Kind: runbook.Until, Effect: runbook.Read, Do: "Wait for DNS.", Run: `dig +short bookstore.pingpublications.com | grep -F "$NEW_IP"`,
			Expect: runbook.Expect{Stated: true}, Every: 5 * time.Second, Within: 10 * time.Minute, Holds: 90 * time.Second, IfProbe: &runbook.Probe{Run: "test -n \"$NEW_IP\""}, Mark: runbook.Recovered,
		},
		{ID: "settle", Procedure: runbook.Recovery, Kind: runbook.Wait, Effect: runbook.None, Do: "Let it settle.", Wait: 30 * time.Second, Optional: true, When: "Left out when time is short."},
		{ID: "look", Procedure: runbook.Test, Kind: runbook.Manual, Effect: runbook.None, Do: "Open the front page.", Expect: runbook.Expect{Stated: true, State: "Authors and books are listed."}, Evidence: "file", Mark: runbook.Verified},
		{
			ID: "point", Procedure: runbook.Test, Kind: runbook.Run, Effect: runbook.Read, Do: "Find the newest order.", Run: "psql -Atc 'select max(at) from orders'",
			Capture: []runbook.Capture{{Name: "NEWEST", Line: 1}}, Point: &runbook.Point{From: "NEWEST", Method: "watermark", Every: time.Second},
		},
		{ID: "tell", Procedure: runbook.Resume, Kind: runbook.Notify, Effect: runbook.None, Do: "Tell everybody.", Rule: "declared", Note: "Say when the next word comes."},
		{ID: "tell-more", Procedure: runbook.Resume, Kind: runbook.Notify, Effect: runbook.None, Do: "Tell the leads.", Notify: []string{runbook.PrimaryLead, "dana"}},
	}
}

func databaseFailure() runbook.Scenario {
	return runbook.Scenario{ID: "database-failure", Title: "Database failure", Component: "database", Primary: "alice", Steps: []runbook.Step{
		{ID: "restart-db", Procedure: runbook.Recovery, Part: "Restart", Kind: runbook.Run, Effect: runbook.Change, Do: "Restart it.", Run: "aws rds reboot-db-instance --db-instance-identifier bookstore-db"},
		{ID: "look-db", Procedure: runbook.Test, Part: "Look", Kind: runbook.Manual, Do: "Look at the dashboard."},
	}}
}
