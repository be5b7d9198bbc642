package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

// look runs one check over a playbook in memory and returns what it says.
func look(code string, book runbook.Playbook, facts Facts) []string {
	var said []string
	for _, f := range of(code, Run(&book, runbook.Copy{}, facts)) {
		said = append(said, f.Path+": "+f.Message)
	}
	return said
}

// saying is a playbook with one step that says and runs something.
func saying(do, run string) runbook.Playbook {
	return runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "s", Steps: []runbook.Step{
		{ID: "a", Procedure: runbook.Recovery, Kind: runbook.Run, Do: do, Run: run, Effect: runbook.Change},
	}}}}
}

func TestLeaks(t *testing.T) {
	for _, c := range []struct{ name, do, run, want string }{
		{"access key", "", "AWS_ACCESS_KEY_ID=AKIAABCDEFGHIJKLMNOP aws s3 ls", "an AWS access key"},
		{"private key", "-----BEGIN OPENSSH PRIVATE KEY-----", "", "a private key"},
		{"forge token", "Use ghp_abcdefghijklmnopqrstuvwxyz0123456789.", "", "a token"},
		{"hook", "", "curl -d hi https://hooks.slack.com/services/T01/B02/abcdef", "a token"},
		{"assignment", "", "PGPASSWORD=hunter2 psql", "a password or token"},
		{"option", "", "mysql --password s3cret", "a password"},
		{"option with a sign", "", "mysql --password=s3cret", "a password or token"},
		{"sentence", "The password: tr0ub4dor3", "", "a password or token"},
		{"basic auth", "", "curl -fsS -u bob:hunter2 https://x", "a password"},
		{"in an address", "", "psql postgres://bob:hunter2@db/books", "a password"},
		{"by chance", "", "X=q9Zk3LmP0xV7bT2rW8yN4cJ6hF1dS5gA run", "what looks like a secret"},
		{"account that was printed", "", "aws ec2 run-instances\n210987654321  r-0123456789abcdef0", "an AWS account id"},
		{"account", "", "aws iam get-role --role-name arn:aws:iam::210987654321:role/x", "an AWS account id"},
		{"key's name", "", "aws ec2 run-instances --key-name bookstore-key", "the name of a key"},
		{"key's file", "", "ssh -i ~/.ssh/bookstore.pem ubuntu@host", "the name of a key"},
		{"security group", "", "aws ec2 run-instances --security-group-ids sg-0123456789abcdef0", "a security group's id"},
		{"address", "Log in to 10.0.3.7.", "", "an internal address"},
		{"another", "", "curl http://192.168.1.10:8080/", "an internal address"},

		{"a variable", "", `PGPASSWORD="$PASSWORD" psql --password "$PASSWORD" postgres://bob:$PASSWORD@db`, ""},
		{"where to ask", "The password: ask Bob, or look into the vault. Token: expires in 2027.", "", ""},
		{"a placeholder", "", "mysql --password <password>", ""},
		{"a digest", "", "echo 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 | sha256sum -c", ""},
		{"a long name", "", "systemctl restart bookstore-api-worker-for-orders-and-payments.service", ""},
		{"a public address", "Ask 8.8.8.8 or 127.0.0.1; version 10.4 or 1.10.2.3.", "", ""},
		{"other options", "", "grep -i password /etc/motd; sed -i s/a/b/ x; curl -u \"bob:$X\" https://x", ""},
		{"a number of 12 digits", "The order 123456789012 is a good one to look for.", "", ""},
		{"the usual key", "", "ssh -i ~/.ssh/id_ed25519 ubuntu@host; curl --cacert /etc/ssl/ca.pem https://x", ""},
		{"where a secret is kept", "Secret: arn:aws:secretsmanager:us-west-2:bookstore7", "gcloud secrets versions access latest --secret=bookstore-db", ""},
		{"a variable's key", "", `ssh -i "$KEY" ubuntu@host`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(look("LD14", saying(c.do, c.run), Facts{}), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, secret := range []string{"hunter2", "tr0ub4dor3", "s3cret", "AKIA", "q9Zk3LmP"} {
				if strings.Contains(got, secret) {
					t.Errorf("the message repeats the secret: %q", got)
				}
			}
		})
	}
}

func TestPlaceholders(t *testing.T) {
	for _, c := range []struct {
		do, run string
		found   bool
	}{
		{"TODO: ask Bob", "", true},
		{"Restart it (TBD).", "", true},
		{"The order is to be decided.", "", true},
		{"...", "", true},
		{"", "ssh <your host>", true},
		{"", "aws ec2 stop-instances --instance-ids <instance-id>", true},
		{"Open the todo list.", "", false},
		{"Is it up? If so, go on...", "", false},
		{"Go to <https://wiki.example.com>.", "", false},
		{"", "mktemp /tmp/x.XXXXXX", false},
		{"", "sort <in >out; cat <<EOF\n<title>x</title>\nEOF", false},
	} {
		if got := look("LD09", saying(c.do, c.run), Facts{}); len(got) > 0 != c.found {
			t.Errorf("%q, %q: %q", c.do, c.run, got)
		}
	}
}

func TestBareNumbers(t *testing.T) {
	for do, found := range map[string]bool{
		"The RTO is 12.":                         true,
		"RPO: 24":                                true,
		"Recovery Time Objective 12 and no more": true,
		"The RTO is 12 hours.":                   false,
		"The RTO is 1.5 h.":                      false,
		"RTO 12h, RPO 24h":                       false,
		"See RTO 2024/1774.":                     false,
		"Step 12 is the last.":                   false,
	} {
		if got := look("LD12", saying(do, ""), Facts{}); len(got) > 0 != found {
			t.Errorf("%q: %q", do, got)
		}
	}
}

// TestRemarks: what the reader had to guess is a finding of the check whose
// subject it is.
func TestRemarks(t *testing.T) {
	book := runbook.Playbook{
		Where:   runbook.Places{"scenarios.s.rto": {Line: 12, Column: 3}},
		Remarks: []runbook.Remark{{Code: "LD12", Path: "scenarios.s.rto", Message: "12 is read as 12 h"}},
		Allow:   []runbook.Allowance{{Code: "LD12", Where: "scenarios.s", Reason: "We all know."}},
	}
	want := []Finding{{Code: "LD12", Severity: Error, Allowed: "We all know.", Problem: runbook.Problem{
		Line: 12, Column: 3, Path: "scenarios.s.rto", Message: "12 is read as 12 h", Hint: "write the unit: 90s, 5m, 12h, 7d",
	}}}
	if diff := cmp.Diff(want, of("LD12", Run(&book, runbook.Copy{}, Facts{}))); diff != "" {
		t.Error(diff)
	}
}

// TestARemarkIsNotSaidTwice: the reader and the check may see the same.
func TestARemarkIsNotSaidTwice(t *testing.T) {
	const at = "contacts.alice.availability"
	book := runbook.Playbook{
		Contacts: []runbook.Contact{{ID: "alice", Availability: "Mon-Fri 09:00-17:00"}},
		Remarks:  []runbook.Remark{{Code: "LD13", Path: at, Message: "one thing"}, {Code: "LD13", Path: at, Message: "and another"}},
	}
	want := []string{at + ": one thing", at + ": and another"}
	if diff := cmp.Diff(want, look("LD13", book, Facts{})); diff != "" {
		t.Error(diff)
	}
}

func TestAllowancesHoldBelowTheirPath(t *testing.T) {
	for where, silent := range map[string]bool{
		"":                        true,
		"scenarios":               true,
		"scenarios.s":             true,
		"scenarios.s.recovery":    true,
		"scenarios.s.recovery[0]": true,
		"scenarios.sister":        false,
		"scenarios.s.recovery[1]": false,
		"scenarios.s.rec":         false,
	} {
		book := saying("TODO", "")
		book.Allow = []runbook.Allowance{{Code: "LD09", Where: where, Reason: "so it is"}}
		found := of("LD09", Run(&book, runbook.Copy{}, Facts{}))
		if len(found) != 1 || (found[0].Allowed != "") != silent {
			t.Errorf("%q: %+v", where, found)
		}
	}
}

func TestAgreement(t *testing.T) {
	this := runbook.Copy{}.Digest()
	for _, c := range []struct {
		name string
		word []Agreement
		want string
	}{
		{"nobody looked", nil, ""},
		{"nobody has", []Agreement{}, "alice has not agreed to this text"},
		{"agreed", []Agreement{{By: "alice", Digest: this, On: ago(3), Agrees: true}}, ""},
		{"agreed to this, then to another", []Agreement{{By: "alice", Digest: this, On: ago(9), Agrees: true}, {By: "alice", Digest: "x", On: ago(3), Agrees: true}}, ""},
		{"agreed to another", []Agreement{{By: "alice", Digest: "x", On: ago(3), Agrees: true}}, "alice has agreed to another text than this one"},
		{"somebody who was not asked", []Agreement{{By: "alice", Digest: this, On: ago(9), Agrees: true}, {By: "zoe", Digest: this, On: ago(3)}}, "zoe has objected to this text, without being asked"},
		{"thought better of it", []Agreement{{By: "alice", Digest: this, On: ago(9), Agrees: true}, {By: "alice", Digest: this, On: ago(3)}}, "alice has objected to this text"},
		{"was won over", []Agreement{{By: "alice", Digest: this, On: ago(3), Agrees: true}, {By: "alice", Digest: this, On: ago(9)}}, ""},
		{"long ago", []Agreement{{By: "alice", Digest: this, On: ago(100), Agrees: true}}, "alice agreed on 2026-08-15, which held until 2026-11-13"},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := runbook.Playbook{Agreement: &runbook.Agreement{By: []string{"alice"}, Valid: 90 * 24 * time.Hour}}
			got := strings.Join(look("LD06", book, Facts{Now: today, Agreements: c.word}), "\n")
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAnObjectorIsAskedHowItWasSettled: to agree is not enough then.
func TestAnObjectorIsAskedHowItWasSettled(t *testing.T) {
	book := runbook.Playbook{Agreement: &runbook.Agreement{By: []string{"alice"}}}
	found := of("LD06", Run(&book, runbook.Copy{}, Facts{Now: today, Agreements: []Agreement{{By: "alice", Digest: runbook.Copy{}.Digest(), On: ago(3)}}}))
	if len(found) != 1 || !strings.Contains(found[0].Hint, "--settled") {
		t.Errorf("%+v", found)
	}
}

func TestStale(t *testing.T) {
	quarter := 90 * 24 * time.Hour
	for _, c := range []struct {
		name  string
		book  runbook.Playbook
		facts Facts
		want  string
	}{
		{"the time is not known", runbook.Playbook{Review: runbook.Review{Every: quarter, Last: "2020-01-01"}}, Facts{}, ""},
		{"no interval is asked for", runbook.Playbook{Review: runbook.Review{Last: "2020-01-01"}}, Facts{Now: today}, "does not say how often"},
		{"to come", runbook.Playbook{Review: runbook.Review{Every: quarter, Last: "2027-10-01"}}, Facts{Now: today}, "still to come"},
		{"exercised long ago", runbook.Playbook{Review: runbook.Review{Every: quarter, Exercised: "2026-01-01"}}, Facts{Now: today}, "last exercised on 2026-01-01, longer ago than the 90 d"},
		{"exercised since", runbook.Playbook{Review: runbook.Review{Every: quarter, Exercised: "2026-01-01"}}, Facts{Now: today, History: []Exercise{{Ended: ago(5)}}}, ""},
		{"moved since", runbook.Playbook{Review: runbook.Review{Every: quarter, Last: "2026-10-01"}, Revisions: []runbook.Revision{{Date: "2026-10-05", Change: "Migrated to another region."}}}, Facts{}, "the system was changed on 2026-10-05"},
		{"worded anew since", runbook.Playbook{Review: runbook.Review{Every: quarter, Last: "2026-10-01"}, Revisions: []runbook.Revision{{Date: "2026-10-05", Change: "New phone numbers."}}}, Facts{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(look("LD05", c.book, c.facts), "\n")
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestMarkdownIsReadWhole: what no scenario holds is the document's all the same.
func TestMarkdownIsReadWhole(t *testing.T) {
	text := "# Web\n\n## Observability\n\n(TODO)\n\n<!-- TODO: a picture -->\n\n## Scenario: API failure\n"
	book := &runbook.Playbook{File: "web.md"}
	var got []string
	for _, f := range Run(book, runbook.Copy{Main: "web.md", Files: map[string][]byte{"web.md": []byte(text)}}, Facts{}) {
		if f.Code == "LD09" {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
		}
	}
	want := []string{`5:2 "TODO" stands for something that was never written`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAPartIsLocated: a finding points at the word, not at the text that holds it.
func TestAPartIsLocated(t *testing.T) {
	text := `playbook: web
title: Web failover
scenarios:
  web-down:
    title: "The T\u004fDO server is down"
    overview: "重大: TODO"
    recovery:
      - do: Restart it.
        run: |
          sudo systemctl restart nginx
          ssh <your host> uptime
      - {do: Look again. TBD, run: "uptime"}
`
	from := runbook.Copy{Main: "web.yaml", Files: map[string][]byte{"web.yaml": []byte(text)}}
	var got []string
	for _, f := range of("LD09", Run(parse(t, from), from, Facts{})) {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Path))
	}
	want := []string{
		"5:12 scenarios.web-down.title", // spelled otherwise
		"6:20 scenarios.web-down.overview",
		"11:15 scenarios.web-down.recovery[0].run",
		"12:26 scenarios.web-down.recovery[1].do",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoneInProse(t *testing.T) {
	for text, found := range map[string]bool{
		"### 3. Non-Critical Dependencies\n\n- Status: **Complete**\n\nNone. All of it is needed.\n": false,
		"### Non-critical failover\n\nThere is no non-critical dependency.\n":                        false,
		"### Non-critical dependencies\n\nNonetheless, search.\n":                                    true,
		"### Contacts\n\nNone.\n": true,
	} {
		book := &runbook.Playbook{File: "web.md"}
		got := of("LD16", Run(book, runbook.Copy{Main: "web.md", Files: map[string][]byte{"web.md": []byte(text)}}, Facts{}))
		if len(got) > 0 != found {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAnAgreementThatIsOnlyClaimed(t *testing.T) {
	for status, found := range map[string]bool{"complete": true, "open": false, "": false} {
		book := runbook.Playbook{Prerequisites: []runbook.Prerequisite{{Gate: "agreement", Status: status}}}
		if got := look("LD06", book, Facts{}); len(got) > 0 != found {
			t.Errorf("%q: %q", status, got)
		}
	}
}

func TestReadiness(t *testing.T) {
	ready := runbook.Step{Procedure: runbook.Recovery, Kind: runbook.Run, Effect: runbook.Change, Expect: runbook.Expect{Stated: true}, Timeout: time.Minute, Rollback: "undo"}
	but := func(change func(*runbook.Step)) Share {
		s := ready
		change(&s)
		return Readiness(&runbook.Playbook{Scenarios: []runbook.Scenario{{Steps: []runbook.Step{s}}}})
	}
	for name, c := range map[string]struct {
		change func(*runbook.Step)
		want   Share
	}{
		"ready":           {func(*runbook.Step) {}, Share{1, 1}},
		"only reads":      {func(s *runbook.Step) { s.Rollback, s.Effect = "", runbook.Read }, Share{1, 1}},
		"a condition":     {func(s *runbook.Step) { s.Kind, s.Timeout, s.Within = runbook.Until, 0, time.Minute }, Share{1, 1}},
		"no expectation":  {func(s *runbook.Step) { s.Expect = runbook.Expect{} }, Share{0, 1}},
		"no limit":        {func(s *runbook.Step) { s.Timeout = 0 }, Share{0, 1}},
		"no way back":     {func(s *runbook.Step) { s.Rollback = "" }, Share{0, 1}},
		"two blocks":      {func(s *runbook.Step) { s.Runs = []string{"a", "b"} }, Share{0, 1}},
		"a person's step": {func(s *runbook.Step) { s.Kind = runbook.Manual }, Share{0, 0}},
	} {
		if got := but(c.change); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
