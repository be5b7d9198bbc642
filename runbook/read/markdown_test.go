package read

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

func TestLengths(t *testing.T) {
	for _, tt := range []struct {
		text string
		unit time.Duration
		want string // "" where it is none
		rest string
		hint bool // a unit was guessed
	}{
		{text: "12 Hours", want: "12h"},
		{text: "12h", want: "12h"},
		{text: "1 hr", want: "1h"},
		{text: "90 minutes", want: "90m"},
		{text: "90 min.", want: "90m", rest: "."},
		{text: "1.5 hours", want: "90m"},
		{text: "2 weeks", want: "14d"},
		{text: "1 day 6 hours", want: "30h"},
		{text: "1 day, 6 hours", want: "30h"},
		{text: "1 hour and 30 minutes", want: "90m"},
		{text: "30-minute", want: "30m"},
		{text: "< 1 hour", want: "1h"},
		{text: "≤ 4h", want: "4h"},
		{text: "up to 2 days", want: "2d"},
		{text: "12", want: "12h", hint: true},
		{text: "0", want: "0s", hint: true},
		{text: "30", unit: time.Minute, want: "30m"},
		{text: "24 hours (baseline)", want: "24h", rest: "(baseline)"},
		{text: "soon"},
		{text: "TBD"},
		{text: "12 parsecs"},
		{text: ""},
		{text: strings.Repeat("1h ", 400)},
		{text: "999999999 weeks"},
	} {
		got, rest, ok := lengthOf(tt.text, tt.unit)
		if ok != (tt.want != "") || ok && (got != lasting{tt.want, tt.hint} || rest != tt.rest) {
			t.Errorf("%q is %+v with the rest %q, %v", tt.text, got, rest, ok)
		}
	}
}

func TestAbsent(t *testing.T) {
	for text, want := range map[string]bool{"N/A": true, "n/a": true, "": true, "-": true, "—": true, "None": true, "no": false, "ALL": false} {
		if absent(text) != want {
			t.Errorf("absent(%q) is %v", text, !want)
		}
	}
}

func TestHours(t *testing.T) {
	for text, want := range map[string]hours{
		"Always":                            {text: "Always"},
		"24/7":                              {text: "Always"},
		"24x7":                              {text: "Always"},
		"On-call":                           {text: "on-call"},
		"on call":                           {text: "on-call"},
		"9 - 5, M - F":                      {text: "Mon-Fri 09:00-17:00", guessed: true},
		"9 - 5, M - F; 10 - 2, S & S":       {text: "Mon-Fri 09:00-17:00; Sat-Sun 10:00-14:00", guessed: true},
		"9 – 5, M – F":                      {text: "Mon-Fri 09:00-17:00", guessed: true},
		"Mon-Fri 09:00-17:00":               {text: "Mon-Fri 09:00-17:00"},
		"Mon-Fri 9am-5pm, Sat 10am - 2pm":   {text: "Mon-Fri 09:00-17:00; Sat 10:00-14:00"},
		"Monday to Friday, 8:30 to 17:00":   {text: "Mon-Fri 08:30-17:00"},
		"weekdays 9 a.m. - 5 p.m.":          {text: "Mon-Fri 09:00-17:00"},
		"weekends 10-14":                    {text: "Sat-Sun 10:00-14:00"},
		"Mon, Wed & Fri 08:00-12:00":        {text: "Mon 08:00-12:00; Wed 08:00-12:00; Fri 08:00-12:00"},
		"daily 6-22":                        {text: "06:00-22:00"},
		"9 - 9":                             {text: "09:00-21:00", guessed: true},
		"9-5pm":                             {text: "09:00-17:00"},
		"1-5pm":                             {text: "13:00-17:00"},
		"9am-5":                             {text: "09:00-17:00"},
		"12am-noon":                         {text: "00:00-12:00"},
		"0900-1730":                         {text: "09:00-17:30"},
		"22:00-06:00":                       {text: "22:00-06:00"},
		"8am - midnight":                    {text: "08:00-24:00"},
		"Mon-Fri 09:00-17:00 UTC":           {text: "Mon-Fri 09:00-17:00", zone: "UTC"},
		"Mon-Fri 9-17 PT":                   {text: "Mon-Fri 09:00-17:00", zone: "America/Los_Angeles"},
		"Mon-Fri 09:00-17:00 Europe/Berlin": {text: "Mon-Fri 09:00-17:00", zone: "Europe/Berlin"},
	} {
		want.timed = strings.Contains(want.text, ":")
		if got, ok := hoursOf(text); !ok || got != want {
			t.Errorf("%q is %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "S 9-5", "T 9-5", "Mon-Fri", "25-26", "13pm-14pm", "if need be 9-5", "Mon-Fri 9-5 or later", "Feb-Mar 9-5", strings.Repeat("9-5,M-F;", 200)} {
		if got, ok := hoursOf(text); ok {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestCells(t *testing.T) {
	got := cells(textLine{`  | ä | b \| c |  | d`, place{3, 1}})
	want := []tableCell{{"ä", place{3, 5}}, {"b | c", place{3, 9}}, {"", place{3, 19}}, {"d", place{3, 21}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tableCell{}, place{})); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]int{"|-|-|": 2, "| :-: | --- |": 2, "--- | ---": 2, "|": 0, "a | -": 0, "---": 0, "| - | |": 0} {
		if got := delimiters(text); got != want {
			t.Errorf("%q has %d columns, want %d", text, got, want)
		}
	}
}

func TestUnmarked(t *testing.T) {
	for text, want := range map[string]string{
		"**Alice**": "Alice", "`db`": "db", "[a@b.c](mailto:a@b.c)": "a@b.c", "<a@b.c>": "a@b.c", "a<br/>b": "a; b", "_x_ y": "x y",
		"bookstore_api_1": "bookstore_api_1", `\*a\*`: "*a*", "![logo](x.png) Tool": "logo Tool", "a &amp; b": "a & b", "  a   b ": "a b",
	} {
		if got := unmarked(text); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

// TestScripts: each command with its documented output; several are separated.
func TestScripts(t *testing.T) {
	for _, tt := range []struct{ label, text, want string }{
		{"sh", "a\nb", "a\nb"},
		{"bash", "# comment\na", "# comment\na"},
		{"sh", "$ a", "a"},
		{"console", "$ a\nout\n\nmore\n", "a => out\n\nmore"},
		{"console", "$ a\n$ b\nc", "a ;; b => c"},
		{"console", "$ a\n...\nlast", "a => ...\nlast"},
		{"console", "$ a \\\n  --b\nout", "a \\\n  --b => out"},
		{"console", "$ a \\\n> --b\nout", "a \\\n--b => out"},
		{"console", "$ for x in 1 2; do\n> echo $x\n> done\n1", "for x in 1 2; do\necho $x\ndone => 1"},
		{"console", "$ cat <<A\nx\nA\nx", "cat <<A\nx\nA => x"},
		{"console", "$ cat <<'A' <<B\nx\nA\ny\nB\nz", "cat <<'A' <<B\nx\nA\ny\nB => z"},
		{"console", "$ cat <<A\nnever ends", "cat <<A => never ends"},
		{"console", "# a\n# b\nout", "a ;; b => out"},
		{"shell-session", "# a", "a"},
		{"sh", "# a\n# b", "# a\n# b"},
		{"", "# a", ""},
		{"console", "# note\n$ a", "# note\na"},
		{"console", "$ a\n# this is printed", "a => # this is printed"},
		{"console", "$ # first\n$ a\n$", "# first\na"},
		{"console", "a", "a"},
		{"", "a", ""},
		{"", "$ a\nb", "a => b"},
		{"zsh", "  $ a\n  b", "a => b"},
		{"sh", "a\n$ b", "a\n$ b"},
		{"Bash title=\"x\"", "a", "a"},
		{"{.bash .numberLines}", "a", "a"},
		{"python", "$ a", ""},
		{"sh", "\n  \n", ""},
	} {
		b := block{form: code, fenced: true, label: tt.label}
		for i, l := range strings.Split(tt.text, "\n") {
			b.lines = append(b.lines, textLine{l, place{i + 1, 1}})
		}
		var parts []string
		for _, s := range scripts(b) {
			part := s.run
			if s.sample != "" {
				part += " => " + s.sample
			}
			parts = append(parts, part)
		}
		if got := strings.Join(parts, " ;; "); got != tt.want {
			t.Errorf("%s %q is\n%q, want\n%q", tt.label, tt.text, got, tt.want)
		}
	}
}

func TestOpened(t *testing.T) {
	for command, want := range map[string]string{
		"ssh web":                             "web",
		"ssh -i k.pem -p 22 ec2-user@ec2-1.b": "ec2-1",
		`ssh "$NEW_HOST"`:                     "new-host",
		"ssh -t web":                          "web",
		"ssh web uptime":                      "",
		"ssh -N -L 80:a:80 web":               "",
		"ssh web; ls":                         "",
		"ssh localhost":                       "localhost",
		"ssh local":                           "remote",
		"su":                                  "root",
		"su -":                                "root",
		"su - postgres":                       "postgres",
		"su -c ls":                            "",
		"sudo -i":                             "root",
		"sudo -s":                             "root",
		"sudo su -":                           "root",
		"sudo -u postgres -i":                 "postgres",
		"sudo ls":                             "",
		"docker exec -it web bash":            "web",
		"docker exec web ls":                  "",
		"docker exec -it web ls":              "",
		"kubectl exec -it web-0 -- /bin/sh":   "web-0",
		"kubectl -n a exec -it web-0 -- bash": "web-0",
		"docker compose exec -it db bash":     "db",
	} {
		if got := opened(command); got != want {
			t.Errorf("%q opens %q, want %q", command, got, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	for text, want := range map[string]string{
		`Do it. {id=a exit=7}`: "Do it.|id=a|exit=7",
		`{id=a}`:               "|id=a",
		`x {capture.NEW_HOST='ec2-\S+' note="a b"}`: `x|capture.NEW_HOST=ec2-\S+|note=a b`,
		`x {capture.A='a{2}'}`:                      "x|capture.A=a{2}",
		`x {note="say \"a\""}`:                      `x|note=say "a"`,
		`use {braces}`:                              "use {braces}",
		`use {a=b} here`:                            "use {a=b} here",
		`sh {1,3}`:                                  "sh {1,3}",
		`sh {linenos=table,hl_lines=[1]}`:           "sh {linenos=table,hl_lines=[1]}",
		`sh {linenos=true id=a}`:                    "sh {linenos=true id=a}",
		`x {: .note}`:                               "x {: .note}",
		`x {a=}`:                                    "x {a=}",
	} {
		rest, found := attributes(textLine{text, place{1, 1}})
		got := rest.text
		for _, a := range found {
			got += "|" + a.key + "=" + a.value
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	_, found := attributes(textLine{"ä {id=a exit='7'}", place{4, 3}})
	if len(found) != 2 || found[1].at != (place{4, 11}) || found[1].valueFrom != (place{4, 17}) {
		t.Errorf("they stand at %+v", found)
	}
}

// procedureOf is a scenario with this recovery procedure.
func procedureOf(text string) string {
	return "# Shop\n\n## Scenario: Down\n\n### Recovery Procedure\n\n" + text
}

func TestConditionsInProse(t *testing.T) {
	for text, want := range map[string]string{
		"If it is down, restart it.":                               "it is down",
		"**If** it is down: restart it.":                           "it is down",
		"if it is down then restart it":                            "it is down",
		"If it is down. Restart it.":                               "it is down",
		"If `a,b` is down":                                         "`a,b` is down",
		"_(Optional)_ If it is down, restart it.":                  "it is down",
		"If the API, the database or the CDN is down, restart it.": "the API, the database or the CDN is down",
		"If A, B, or C are slow, wait, then look again.":           "A, B, or C are slow",
		"If needed, restart it, then wait.":                        "needed",
		"If it is down, restart it, and if that fails, call Bob.":  "it is down",
		"If in doubt, ask whether the disk is full, then go on.":   "in doubt",
		"Iffy things happen.":                                      "",
		"Restart it if it is down.":                                "",
		"If it is back, proceed to *Resume Procedure*.":            "it is back -> resume",
		"If it is back, go to the Test Procedure.":                 "it is back -> test",
		"If not, return to [Recovery Procedure](#a).":              "not -> recovery",
		"If it is back, the *Resume Procedure* is short.":          "it is back",
	} {
		book, problems := markdowned("a.md", procedureOf("1. "+text+"\n\n### Test Procedure\n\n1. Look.\n\n### Resume Procedure\n\n1. Go.\n"))
		if book == nil {
			t.Errorf("%q: %v", text, problems)
			continue
		}
		st := book.Scenarios[0].Steps[0]
		got := st.If
		if st.Then != "" {
			got += " -> " + string(st.Then)
		}
		if got != want {
			t.Errorf("%q is under %q, want %q", text, got, want)
		}
	}
}

// TestMarkdownProblems: what is refused, at which line and column.
func TestMarkdownProblems(t *testing.T) {
	const team = "| Team Member | Position | Email |\n|---|---|---|\n| Bob | Dev | b@example.com |\n\n"
	for _, tt := range []struct{ text, want string }{
		{"", "a.md: the file is empty"},
		{"\n\n", "a.md: the file is empty"},
		{"# A\n\nText.\n", "a.md:1:1: nothing in the document is a step"},
		{"# A\n\n```sh\nls\n", "a.md:3:1: this fence has no end"},
		{"# A\n\n1. b\n\n   ```sh\n   ls\n2. c\n", "a.md:5:4: this fence has no end"},
		{"# A\n\n<!-- b\n\n```sh\nls\n```\n", "a.md:3:1: this comment has no end"},
		{"# A\n\n```sh\nls \u202e\n```\n", "a.md:4:1: scenarios.a.recovery[0].run: line 1 of it holds U+202E"},
		{"# A\n\n```sh\nls \u200b\n```\n", "a.md:4:1: scenarios.a.recovery[0].run: line 1 of it holds U+200B"},
		{"# A\n\n```sh\nls \u3164\n```\n", "a.md:4:1: scenarios.a.recovery[0].run: line 1 of it holds U+3164"},
		{"# A\n\n```sh\nls \U000e0101\n```\n", "a.md:4:1: scenarios.a.recovery[0].run: line 1 of it holds U+E0101"},
		{"# A\n\n```sh\nls \u2800\n```\n", "a.md:4:1: scenarios.a.recovery[0].run: line 1 of it holds U+2800"},
		{"# A\n\n```sh\nls \x1b[31m\n```\n", "a.md:4:4: the character U+001B is refused"},
		{"# A\n\n```sh\na\rb\n```\n", "a.md:4:2: the character U+000D is refused"},
		{procedureOf("1. Do {run=ls}.\n\n2. Look. {run=ls}\n\n   ```sh\n   pwd\n   ```\n"), "a.md:9:11: scenarios.down.recovery[1].run: `run` is here twice"},
		{procedureOf("1. Do. {do='Do not.'}\n"), "a.md:7:9: scenarios.down.recovery[0].do: `do` is here twice"},
		{procedureOf("1. Do.\n\n   WARNING: it ends.\n\n   ```sh {warning=none}\n   ls\n   ```\n"), "a.md:11:11: scenarios.down.recovery[0].warning: `warning` is here twice"},
		{procedureOf("1. Do.\n\n   ```sh {if.run='ls'}\n   ls\n   ```\n"), "a.md:9:11: a command in the braces of a fence is one that nobody sees"},
		{"# A\n\n<div hidden>\n\n```sh\nls\n```\n\n</div>\n", "a.md:5:1: a browser does not show what stands here, within <div>"},
		{"# A\n\n- b\n\n  <p style=\"display: none\">\n\n  - c\n\n    ```sh\n    ls\n    ```\n", "a.md:7:3: a browser does not show what stands here, within <p>"},
		{"# A\n\n<template>\n<div>x</div>\n\n```sh\nls\n```\n", "a.md:6:1: a browser does not show what stands here, within <template>"},
		{"# A\n\n<svg></svg><div hidden>\n\n```sh\nls\n```\n", "a.md:5:1: a browser does not show what stands here, within <div>"},
		{"# A\n\n<div title=\"b\n\n```sh\nls\n```\n\n\">\n", "a.md:5:1: a browser does not show what stands here, within <div>"},
		{"# A\n\n<div hidden>\n" + strings.Repeat("text\n", maxBlock/4) + "\n```sh\nls\n```\n", "a browser does not show what stands here, within <div>"},
		{"# A\n\ntext <div\nHIDDEN> <div></div>\n\n```sh\nls\n```\n", "a.md:6:1: a browser does not show what stands here, within <div>"},
		{"# A\n\nb <!-- c\n\n```sh\nls\n```\n\n-->\n", "a.md:3:3: this comment begins behind text and goes on below its paragraph"},
		{"# A\n\n1. b <!-- c\n2. d\n-->\n", "a.md:3:6: this comment begins behind text and goes on below its paragraph"},
		{"\ufeff# A\n", "a.md:1:1: a byte-order mark is refused"},
		{"# A\xff\n", "a.md:1:4: the file is not UTF-8"},
		{procedureOf("Nothing to do.\n"), "a.md:5:5: this procedure has no step"},
		{procedureOf("1. a\n\n### Test Procedure\n"), "a.md:9:5: this procedure has no step"},
		{procedureOf("1. Do. {exti=7}\n"), "a.md:7:9: scenarios.down.recovery[0].exti: unknown key `exti`"},
		{procedureOf("1. Do. {id=a timeout=soon}\n"), "a.md:7:22: scenarios.down.recovery[0].timeout: `soon` is not a duration"},
		{procedureOf("1. Do. {id=a id=b}\n"), "a.md:7:14: scenarios.down.recovery[0].id: `id` is here twice"},
		{procedureOf("1. Do.\n\n   ```sh {capture.PATH=x}\n   ls\n   ```\n"), "a.md:9:11: scenarios.down.recovery[0].capture.PATH: `PATH` may not be set"},
		{procedureOf("1. Do. {who=bob}\n"), "a.md:7:13: scenarios.down.recovery[0].who: there is no contact or role `bob`"},
		{team + procedureOf("1. a\n\n### Disaster Recovery Leads\n\n- Primary: **Bop**, Dev\n"), "a.md:15:12: there is no contact `Bop`"},
		{strings.Replace(team, "com |\n", "com | 5 |\n", 1) + procedureOf("1. a\n"), "a.md:3:31: this row has more cells than the table has columns"},
		{procedureOf("1. a\n\n### Recovery Time Objective\n\n- soon\n"), "a.md:11:3: scenarios.down.rto: `soon` is not a duration"},
		{procedureOf("1. a\n\n### Recovery Procedure\n\n1. b\n"), "a.md:9:5: scenarios.down.recovery: `recovery` is here twice"},
		{"| Dependency | RTO | Child Dependencies |\n|---|---|---|\n| API | 1h | Databse |\n| Database | 1h | N/A |\n\n" + procedureOf("1. a\n"), "a.md:3:14: dependencies.api.needs[0]: there is no dependency `Databse`"},
		{strings.TrimSuffix(team, "\n") + "Bob is new.\n\n" + procedureOf("1. a\n"), "a.md:4:1: this line belongs to the table above it"},
		{"---\nplaybook: a\nnope: 1\n---\n```sh\nls\n```\n", "a.md:3:1: nope: unknown key `nope`"},
		{"---\nplaybook: a\nscenarios:\n  down:\n    recovery:\n      - {run: ls}\n---\n" + procedureOf("1. a\n"), "a.md:6:7: the steps of scenarios.down.recovery stand in the front matter and in the text"},
		{"---\nplaybook: a: b\n---\n```sh\nls\n```\n", "a.md:2:1: not YAML"},
		{"---\nplaybook: [a]\n---\n```sh\nls\n```\n", "a.md:2:11: playbook: must be text"},
		{strings.Repeat("> ", maxNested+1) + "a\n", "a.md:1:33: nested deeper than 16"},
		{"a\n" + strings.Repeat("\n", maxLines), "a.md:100001:1: more than 100000 lines"},
		{strings.Repeat("# a\n", maxBlocks+1), "a.md:50001:1: more than 50000 paragraphs"},
	} {
		book, problems := markdowned("a.md", tt.text)
		if book != nil || !strings.Contains(problems.Error(), tt.want) {
			t.Errorf("%.60q: got\n%v\nwant\n%s", tt.text, problems, tt.want)
			continue
		}
		wellFormed(t, tt.text, problems)
	}
}

// TestSeen: what hides nothing is read as ever.
func TestSeen(t *testing.T) {
	for _, text := range []string{
		"<div align=\"center\" style=\"overflow: hidden\">\n\n",
		"<div hidden>secret</div>\n\n",
		"<img hidden src=x>\n\n",
		"<span aria-hidden=\"true\">\n\n",
		"`<div hidden>` hides, and so does <div title=\"x\n\n",
		"<details><summary>more</summary>\n\n",
		"✅ ⚠️ 👍🏽\n\n",
		"<template>\n\nno command\n\n</template>\n\n",
		"<pre>\ntool <file\n</pre>\n\n",
		"b <!-- c\nd --> e\n\n",
		"- <!-- c\n\n  d -->\n\n",
		"<!--\n\n1. c\n\n-->\n\n",
		"<!--> b <!---> c <!---->\n\n",
	} {
		book, problems := markdowned("a.md", "# A\n\n"+text+"```sh\nls\n```\n")
		if book == nil || len(book.Scenarios[0].Steps) != 1 || book.Scenarios[0].Steps[0].Run != "ls" {
			t.Errorf("%q: %+v, %v", text, book, problems)
		}
	}
}

// TestEmails: the address is found however it is linked.
func TestEmails(t *testing.T) {
	for _, cell := range []string{"b@example.com", "<b@example.com>", "mailto:b@example.com", "[Bob](mailto:b@example.com)", "[b@example.com](<mailto:b@example.com?subject=x>)"} {
		book, problems := markdowned("a.md", "| Team Member | Position | E-mail |\n|---|---|---|\n| Bob | Dev | "+cell+" |\n\n"+procedureOf("1. a\n"))
		if book == nil || book.Contacts[0].Email != "b@example.com" {
			t.Errorf("%q: %+v, %v", cell, book, problems)
		}
	}
}

// TestLinksInCells: where a link in the words of a table leads is not lost.
func TestLinksInCells(t *testing.T) {
	for text, want := range map[string]string{
		"see [how](https://a.example/b_c_d) now":    "see how (https://a.example/b_c_d) now",
		"[**how**](<http://a.example> \"a title\")": "how (http://a.example)",
		"[below](#part)": "below",
		"[a]() `b`":      "a b",
	} {
		if got := withLinks(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestTables: dependencies may lack a table of services, and names are found
// by what they are called, also when only some of the words are there.
func TestServicesByName(t *testing.T) {
	book, problems := markdowned("a.md", `| Service | Platform | AZ |
|---|---|---|
| Shop API | EC2 | a |
| Shop Search API | EC2 | a |
| Ledger | RDS | b |

| Team Member | Position | Relevant Services |
|---|---|---|
| Bob | Dev | the Ledger, Shop API |

`+procedureOf("1. a\n")+"\n## Scenario: The shop api and the ledger are gone\n\n### Recovery Procedure\n\n1. a\n")
	if book == nil {
		t.Fatal(problems)
	}
	if got := book.Contacts[0].Services; !cmp.Equal(got, []string{"ledger", "shop-api"}) {
		t.Errorf("Bob serves %v", got)
	}
	if got := book.Scenarios[1].Component; got != "shop-api" {
		t.Errorf("the component is %q, not the longest name in the title", got)
	}
	if got := book.Remarks; len(got) != 1 || got[0].Code != "LD10" || got[0].Path != "contacts.bob.services[0]" {
		t.Errorf("the remarks are %+v", got)
	}
}

// TestFrontMatter: it is ours only with the key, and then it wins.
func TestFrontMatter(t *testing.T) {
	const body = "# Heading\n\n```sh\nls\n```\n"
	for _, tt := range []struct{ front, id, title string }{
		{"", "a", "Heading"},
		{"---\nlayout: x\n---\n", "a", "Heading"},
		{"---\ntitle: Given\nlayout: x\n---\n", "a", "Given"},
		{"---\ntitle: [no\n---\n", "a", "Heading"},
		{"+++\ntitle = \"Given\"\n+++\n", "a", "Given"},
		{"---\nplaybook: mine\n---\n", "mine", "Heading"},
		{"---\nplaybook: mine\ntitle: Given\n---\n", "mine", "Given"},
	} {
		book, problems := markdowned("a.md", tt.front+body)
		if book == nil || book.ID != tt.id || book.Title != tt.title || len(book.Scenarios[0].Steps) != 1 {
			t.Errorf("%q: %+v, %v", tt.front, book, problems)
		}
	}
}

// TestMarkdownPlaces: a value stands where its words are.
func TestMarkdownPlaces(t *testing.T) {
	text, err := os.ReadFile("testdata/markdown/bookstore.md")
	if err != nil {
		t.Fatal(err)
	}
	book, problems := markdowned("bookstore.md", string(text))
	if book == nil {
		t.Fatal(problems)
	}
	lines := strings.Split(string(text), "\n")
	for path, want := range map[string]string{
		"components.cdn.platform":                            "Amazon S3 |",
		"contacts.bob.availability":                          "9 - 5, M - F; 10",
		"dependencies.api.needs[1]":                          "CDN |",
		"scenarios.bookstore-api-failure.leads.primary":      "Bob, Lead",
		"scenarios.bookstore-api-failure.rto":                "12 Hours",
		"scenarios.bookstore-api-failure.recovery[1].run":    "sudo systemctl",
		"scenarios.bookstore-api-failure.recovery[4].run":    "cd ~/apps",
		"scenarios.bookstore-api-failure.recovery[5].id":     "look timeout",
		"scenarios.bookstore-api-failure.recovery[5].expect": "exit=0}",
		"scenarios.database-failure.recovery[1].then":        "If it is back",
		"scenarios.database-failure.test[0].do":              "It takes",
	} {
		at := book.Where.Find(path)
		if got := lines[at.Line-1][at.Column-1:]; !strings.HasPrefix(got, want) {
			t.Errorf("%s stands at %d:%d, %q", path, at.Line, at.Column, got)
		}
	}
}

// TestLibraryOfMarkdown: only what means to be a playbook is listed.
func TestLibraryOfMarkdown(t *testing.T) {
	entries, err := LibraryFS(fstest.MapFS{
		"README.md":       {Data: []byte("# A\n\n```sh\nls\n```\n")},
		"down.md":         {Data: []byte("## Scenario: Down\n\n### Recovery Procedure\n\n1. a\n")},
		"fenced.md":       {Data: []byte("```\n## Scenario: no\n```\n")},
		"front.markdown":  {Data: []byte("---\nplaybook: front\n---\n```sh\nls\n```\n")},
		"broken.md":       {Data: []byte("## Scenario: Down\n")},
		"latin.md":        {Data: []byte("## Scenario: \xff\n")},
		"large.md":        {Data: []byte("## Scenario: x\n" + strings.Repeat("a\n", maxBytes/2))},
		"large-README.md": {Data: []byte(strings.Repeat("a\n", maxBytes/2+1))},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprint(e.Path, " ", e.Playbook != nil))
	}
	if want := []string{"broken.md false", "down.md true", "front.markdown true", "large.md false", "latin.md false"}; !cmp.Equal(got, want) {
		t.Errorf("the library holds %q", got)
	}
}

// TestMarkdownByName: a file that a person names is a playbook in any case.
func TestMarkdownByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, []byte("# Tool\n\nRun it:\n\n```sh\n./tool\n```\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	frozen, book, err := File(path)
	if err != nil || book.ID != "readme" || book.Scenarios[0].Steps[0].Run != "./tool" {
		t.Fatalf("%+v, %v", book, err)
	}
	again, problems := Parse(frozen)
	if again == nil || again.ID != book.ID || again.Title != book.Title {
		t.Errorf("the frozen copy reads %+v, %v", again, problems)
	}
}

// TestEveryBlockIsAStep: of a document without scenarios nothing is left out.
func TestEveryBlockIsAStep(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Large\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "\n## Host %d\n\nRestart the host %d. %s\n\n```sh\nrestart host-%d\n```\n", i, i, strings.Repeat("It takes a while. ", 20), i)
	}
	book, problems := markdowned("large.md", b.String())
	if book == nil || b.Len() < 500_000 {
		t.Fatalf("%d bytes: %v", b.Len(), problems)
	}
	for i, st := range book.Scenarios[0].Steps {
		if st.Run != fmt.Sprintf("restart host-%d", i) || st.Part != fmt.Sprintf("Host %d", i) || st.Kind != runbook.Run {
			t.Fatalf("step %d is %+v", i, st)
		}
	}
	if n := len(book.Scenarios[0].Steps); n != 1200 {
		t.Errorf("%d steps", n)
	}
}
