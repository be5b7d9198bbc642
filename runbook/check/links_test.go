package check

import (
	"strings"
	"testing"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

const page = "# Web failover\n\n" +
	"See ![the chart](img/org%20chart.png \"Who is who\"), [the plan](../plan.md#second), <a href=\"sheet.pdf\">the sheet</a>\n" +
	"and [the wiki](https://wiki.example.com/x.png), [a site's page](/about.md), [mail](mailto:bob@example.com).\n" +
	"{% asset diagram.svg alt='paths' %} {% include notes.md %} [up]({{site.url}}/x.md)\n" +
	"Not `[code](code.png)`, and not\n```sh\ncat [x](fenced.png)\n```\n" +
	"[ref]: ref.md\n\n" +
	"## Recovery Procedure\n\n[up](#web-failover) [there](#recovery-procedure) [again](#recovery-procedure-1) [nowhere](#test-procedure)\n\n" +
	"## 2. Recovery Procedure\n"

func TestLinksOfMarkdown(t *testing.T) {
	book := &runbook.Playbook{File: "web.md"}
	from := runbook.Copy{Main: "web.md", Files: map[string][]byte{"web.md": []byte(page)}}
	want := []string{"../plan.md", "diagram.svg", "img/org chart.png", "notes.md", "ref.md", "sheet.pdf"}
	if diff := cmp.Diff(want, Links(book, from)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, f := range of("LD08", Run(book, from, Facts{Absent: []string{"img/org chart.png", "sheet.pdf"}})) {
		got = append(got, f.Error())
	}
	want = []string{
		"web.md:3:5: there is no img/org chart.png (correct the link, or put the file beside the playbook)",
		"web.md:3:84: there is no sheet.pdf (correct the link, or put the file beside the playbook)",
		"web.md:14:81: no heading or id is called #test-procedure (correct the link, or put the file beside the playbook)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinksOfYAML(t *testing.T) {
	book := saying("See [the plan](plan.md) and [the step](#a) or [none](#b).", "echo '[x](command.png)'")
	book.Scenarios[0].Steps[0].Refs = []string{"docs/adr-12.md", "RFC 2119", "OPS-1234", "team/repo#12", "wiki.example.com", "https://example.com/x", "#s"}
	book.Components = []runbook.Component{{ID: "api", Diagram: "api.svg"}, {ID: "web", Diagram: "Figure 3"}}
	if diff := cmp.Diff([]string{"api.svg", "docs/adr-12.md", "plan.md"}, Links(&book, runbook.Copy{})); diff != "" {
		t.Error(diff)
	}
	want := []string{"scenarios.s.recovery[0].do: no heading or id is called #b", "components.api.diagram_ref: there is no api.svg"}
	if diff := cmp.Diff(want, look("LD08", book, Facts{Absent: []string{"api.svg"}})); diff != "" {
		t.Error(diff)
	}
}

func TestAComponentIsFoundByItsLongestName(t *testing.T) {
	r := registerOf([]runbook.Component{
		{ID: "api", Name: "Bookstore API", Aliases: []string{"bookstore-api"}},
		{ID: "bookstore", Name: "Bookstore"},
		{ID: "db", Name: "Database"},
	})
	for text, want := range map[string]string{
		"The Bookstore API is down.":    "api",
		"bookstore-api and its DB":      "api db",
		"The bookstore's database":      "bookstore db",
		"Nothing of the sort, dbs only": "",
	} {
		if got := strings.Join(r.named(text), " "); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}
