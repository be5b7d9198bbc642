package view

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	gmtext "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// evils are texts that try to be more than text.
var evils = []string{
	"a | b | c", "|", `\|`, "`|`", `a\`, "``` c ````", "`", "a`b", "``x` |", "~~~", "~~no~~",
	"[click](javascript:alert(1))", "![x](http://evil.example/x.png)", "[x]: http://evil.example", "[^1]",
	"<script>alert(1)</script>", "<!-- gone", "</td></tr>", "&lt;b&gt;", "&#60;",
	"# Heading", "> quote", "- item", "1. item", "1.", "1)", "---", "===", "***", ":--- | ---", "- [ ] task", "+",
	"\x1b]52;c;aGk=\x07", "\x1b[2J", "\u202egnp.exe", "\u200b", "a\x00b", "bad \xff byte", "a\u2028b", "\u3164",
	"javascript:alert(1)", "http://ok.example/a_b?c=<d>", "http://ok.example/>", "x\ty", "*bold* _it_ __init__",
	"%%{init: {}}%%", "\"]; click n1 \"javascript:alert(1)\"", "end", "#quot;",
}

// blocks are the blocks of a page as a forge would see them, in order, and what
// it would follow or obey.
func blocks(t rapid.TB, markdown string) []string {
	t.Helper()
	source := []byte(markdown)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gmtext.NewReader(source))
	var found []string
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML, *ast.HTMLBlock, *ast.Link, *ast.Image, *ast.Blockquote, *ast.ThematicBreak, *ast.CodeBlock, *extast.Strikethrough:
			t.Errorf("the page holds a %s", n.Kind())
		case *ast.AutoLink:
			if url := string(n.URL(source)); !strings.HasPrefix(url, "http") && !strings.HasPrefix(url, "www.") && n.AutoLinkType != ast.AutoLinkEmail {
				t.Errorf("the page links to %q", url)
			}
		case *ast.Heading:
			found = append(found, fmt.Sprint("heading ", n.Level))
		case *ast.FencedCodeBlock:
			found = append(found, "fence "+string(n.Language(source)))
		default:
			if n.Type() == ast.TypeBlock {
				found = append(found, n.Kind().String())
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// rows holds every row of every table against its head.
func rows(t rapid.TB, markdown string) {
	t.Helper()
	head := 0
	for _, l := range strings.Split(markdown, "\n") {
		switch n := bars(l); {
		case !strings.HasPrefix(l, "|"):
			head = 0
		case head == 0:
			head = n
		case n != head:
			t.Errorf("a row has %d bars, its head %d: %s", n, head, l)
		}
	}
}

// bars counts what divides a row into cells: even in code, only a backslash
// keeps a bar from it.
func bars(row string) int {
	n := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n
}

func printed(t rapid.TB, page string) {
	t.Helper()
	for _, r := range page {
		if !unicode.IsPrint(r) && !strings.ContainsRune("\n\t\uFE0E\uFE0F", r) {
			t.Errorf("the page holds %U", r)
		}
	}
	if !utf8.ValidString(page) {
		t.Error("the page is no UTF-8")
	}
}

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
		plain = append(plain, blocks(t, page))
	}
	holds := func(t rapid.TB, s string) {
		for i, page := range pages(foreign(s)) {
			if d := cmp.Diff(plain[i], blocks(t, page)); d != "" {
				t.Errorf("%q changes page %d (-plain +got):\n%s", s, i, d)
			}
			rows(t, page)
			printed(t, page)
		}
	}
	for _, s := range evils {
		holds(t, "x"+s)
		holds(t, "x "+s+" y")
	}
	rapid.Check(t, func(r *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(evils), rapid.StringOfN(rapid.RuneFrom([]rune("ab 1.`|\\*_[]<>()#~&-:!\"%$")), 1, 6, -1)), 1, 5).Draw(r, "parts")
		holds(r, "x"+strings.Join(parts, ""))
	})
}

// Text may also begin with what Markdown acts upon, and be a paragraph.
func TestTextMayBeginALine(t *testing.T) {
	for _, s := range evils {
		page := &page{}
		page.para(text(s))
		if got := blocks(t, page.String()); !slices.Equal(got, []string{"Paragraph"}) {
			t.Errorf("%q reads as %q: %q", s, got, page.String())
		}
	}
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

func TestEscaping(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Restart the API, then wait 5 s.", "Restart the API, then wait 5 s."},
		{"code stays", "Restart `gunicorn` now", "Restart `gunicorn` now"},
		{"a lone backtick", "it`s", "it\\`s"},
		{"snake case stays", "run_instances", "run_instances"},
		{"a version stays", "1.0", "1.0"},
		{"emphasis", "_a_ **b**", `\_a\_ \*\*b\*\*`},
		{"link", "[a](b)", `\[a](b)`},
		{"html", "<b>", `\<b>`},
		{"entity", "a&lt;b & c", `a\&lt;b & c`},
		{"list", "1. a", `1\. a`},
		{"an address", "See https://a.example/x_y?b=*, or `c`.", "See <https://a.example/x_y?b=*>, or `c`."},
		{"an address and code", "https://a.example/`b`", "<https://a.example/>`b`"},
		{"an address that is none", "http://a/<b> www.a\\<b>", `http\://a/\<b> www\.a\\\<b>`},
		{"no address", "javascript:alert(1)", "javascript:alert(1)"},
		{"escape character", "a\x1b[31m", `a\<U+001B>\[31m`},
		{"line breaks", "a\n\nb", "a b"},
	} {
		if got := string(text(c.in)); got != c.want {
			t.Errorf("%s: text(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"a", "`a`"}, {"a`b", "``a`b``"}, {"`a", "`` `a ``"}, {"", "(empty)"}, {"a|b", "`a|b`"}, {`a\|b`, `a\\|b`}, {"a\nb", "`a<U+000A>b`"},
	} {
		if got := string(code(c.in)); got != c.want {
			t.Errorf("code(%q) = %q, want %q", c.in, got, c.want)
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
