package view

import (
	"reflect"
	"regexp"
	"testing"

	"bythebook/exec/clean/cleantest"
	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmtext "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// pages are all pages that can be made of a playbook.
func pages(book *runbook.Playbook) []string {
	return []string{
		Markdown(book, digest), Scenario(book, &book.Scenarios[0], digest),
		Library([]Entry{{Book: book, Path: book.Title, LastExercise: book.Title}, {Path: book.Title, Problems: 2}}),
	}
}

// foreign is a playbook in which every text is the same, but for those of the
// closed sets.
func foreign(s string) *runbook.Playbook {
	book, leaves := filled()
	for _, l := range leaves {
		if _, closed := fixed[l.field]; !closed && l.value.Kind() == reflect.String {
			l.value.SetString(s)
		}
	}
	return book
}

// Whatever one line of a playbook says, its pages have the headings, tables,
// lists and fences that they have when it says nothing special.
func TestTextStaysText(t *testing.T) {
	var plain [][]string
	for _, page := range pages(foreign("x")) {
		plain = append(plain, cleantest.Blocks(t, page))
	}
	holds := func(t rapid.TB, s string) {
		for i, page := range pages(foreign(s)) {
			if d := cmp.Diff(plain[i], cleantest.Blocks(t, page)); d != "" {
				t.Errorf("%q changes page %d (-plain +got):\n%s", s, i, d)
			}
		}
	}
	for _, s := range cleantest.Evils {
		holds(t, "x"+s)
		holds(t, "x "+s+" y")
	}
	for _, e := range cleantest.Escapes {
		holds(t, "x"+e.Text)
	}
	rapid.Check(t, func(r *rapid.T) { holds(r, "x"+cleantest.Evil().Draw(r, "text")) })
}

// Prose of many lines keeps its paragraphs, lists and fences, and gets nothing
// else.
func TestProse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs", "a\nb\n\nc", "a b\n\nc\n"},
		{"a list", "Look:\n- a\n- b\n  c\n\n2) d", "Look:\n\n- a\n\n- b c\n\n2. d\n"},
		{"a fence", "a\n```json\n{\n  \"a\": 1\n}\n```\nb", "a\n\n```\n{\n  \"a\": 1\n}\n```\n\nb\n"},
		{"a fence without an end", "~~~\na\n", "```\na\n```\n"},
		{"nothing but a fence's mark", "```", "```\n\n```\n"},
		{"a heading is text", "# a\n===\n> b", "\\# a === > b\n"},
		{"a table is text", "a | b\n--- | ---\nc | d", "a | b --- | --- c | d\n"},
	} {
		p := &page{}
		p.prose(c.in)
		if d := cmp.Diff(c.want, p.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// What stands in a command's fence is the command, byte for byte.
func TestCommandsAreVerbatim(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		run := rapid.StringOf(rapid.RuneFrom([]rune("ab \t\n`~\\|$\"'<>&#-é"))).Draw(r, "run") + "x"
		book := &runbook.Playbook{Scenarios: []runbook.Scenario{{Title: "S", Steps: []runbook.Step{
			{ID: "a", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Do it.", Run: run},
		}}}}
		source := []byte(Markdown(book, ""))
		var got []string
		_ = ast.Walk(goldmark.New().Parser().Parse(gmtext.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if f, ok := n.(*ast.FencedCodeBlock); ok && entering {
				got = append(got, string(f.Lines().Value(source)))
			}
			return ast.WalkContinue, nil
		})
		blank := regexp.MustCompile(`(?m)^[ \t]+$`) // the parser drops what a blank line of a list's fence holds
		want := blank.ReplaceAllString(run+"\n", "")
		if d := cmp.Diff([]string{want}, every(got, func(s string) string { return blank.ReplaceAllString(s, "") })); d != "" {
			r.Fatalf("the command %q (-want +got):\n%s\n%s", run, d, source)
		}
	})
}
