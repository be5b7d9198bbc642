package view

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bythebook/exec/clean/cleantest"
	"bythebook/golden"
	"bythebook/runbook"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

// digest stands for any.
const digest = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

// shipped are the playbooks that come with the program.
func shipped(t *testing.T) map[string]*runbook.Playbook {
	t.Helper()
	entries, err := read.Library(filepath.Join("..", "..", "runbooks"))
	if err != nil {
		t.Fatal(err)
	}
	books := map[string]*runbook.Playbook{}
	for _, e := range entries {
		if e.Playbook == nil {
			t.Fatal(e.Problems)
		}
		books[filepath.Base(e.Path)] = e.Playbook
	}
	return books
}

func library(t *testing.T) []Entry {
	return []Entry{
		{Book: bookstore(), Path: "dr/bookstore.yaml", Digest: digest, Errors: 1, Warnings: 2, LastExercise: "2026-11-20, completed"},
		{Book: shipped(t)["web.yaml"], Path: "web.yaml", Digest: digest, Advice: 3, LastExercise: "never"},
		{Path: "broken.yaml", Problems: 4},
	}
}

func TestGoldens(t *testing.T) {
	book := bookstore()
	for name, got := range map[string]string{
		"bookstore.golden.md":          Markdown(book, digest),
		"bookstore-scenario.golden.md": Scenario(book, &book.Scenarios[1], digest),
		"library.golden.md":            Library(library(t)),
	} {
		golden.Compare(t, "testdata/"+name, got)
		sound(t, got)
	}
}

// Every shipped playbook makes a page that holds together.
func TestShippedPages(t *testing.T) {
	for _, book := range shipped(t) {
		sound(t, Markdown(book, digest))
		for i := range book.Scenarios {
			sound(t, Scenario(book, &book.Scenarios[i], digest))
		}
	}
}

// sound looks a page over as Markdown: its blocks, its tables, its characters.
func sound(t *testing.T, page string) {
	t.Helper()
	if slices.Contains(cleantest.Blocks(t, page), "Blockquote") {
		t.Error("the page holds a quotation")
	}
}

// The smallest playbook makes a page without holes.
func TestLittleIsNotMuch(t *testing.T) {
	book := &runbook.Playbook{ID: "web", Scenarios: []runbook.Scenario{{ID: "down", Steps: []runbook.Step{
		{ID: "restart", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: "Restart it."},
	}}}}
	want := "# `web`\n\n## If something fails\n\n| Fails | Scenario |\n| --- | --- |\n|  | `down` |\n\n" +
		"## Whom to call\n\n### Whatever fails\n\nThe document names nobody.\n\n" +
		"## `down`\n\n| What | In this scenario |\n| --- | --- |\n| Recovery time objective | none is documented |\n" +
		"| Recovery point objective | none is documented |\n| RTO clock | from disruption to verified |\n\n" +
		"### Recovery procedure\n\n#### [ ] 1. `restart`\n\nRestart it.\n\nBy hand\n\n" +
		"## Prerequisites\n\nThe document says of none of the 10 gates before an exercise that it is complete.\n"
	if d := cmp.Diff(want, Markdown(book, "")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := Library(nil); got != "# Playbooks\n\nThere are none yet.\n" {
		t.Errorf("an empty library: %q", got)
	}
}

// A page that lies in a library is no playbook: it has neither front matter nor
// the heading of a scenario.
func TestAPageIsNoPlaybook(t *testing.T) {
	for _, page := range pages(bookstore()) {
		for _, l := range strings.Split(page, "\n") {
			if strings.HasPrefix(strings.ToLower(strings.TrimLeft(l, "# ")), "scenario:") && strings.HasPrefix(l, "#") {
				t.Errorf("it would be read as a scenario: %s", l)
			}
		}
	}
}
