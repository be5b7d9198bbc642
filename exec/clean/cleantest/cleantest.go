// Package cleantest holds pages of Markdown against what a forge would make of
// them, for the tests of those who write foreign text on pages.
//
// Text that stays text changes nothing about a page but its words. So a test
// writes a page with a harmless word, writes it again with each of Evils, and
// compares the Blocks of both. Blocks itself fails the test for what no page of
// ours ever holds, whoever wrote it.
package cleantest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bythebook/exec/clean"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// Evils are texts of one line, or nearly, that try to be more than text.
var Evils = []string{
	"a | b | c", "|", `\|`, "`|`", "`a|b`", `a\`, `\`, "`\\`", "``` c ````", "`", "``", "a`b", "a\\`b`", "`a``b`", "``x` |",
	"~~~", "~~no~~", "[click](javascript:alert(1))", "![x](http://evil.example/x.png)", "[x]: http://evil.example", "[^1]",
	"http://e.x/a` ![x](http://e.x/y.png)`", "http://e.x/a`<img>`", "http://a/<b> www.a\\<b>", "www.a` [x](http://e.x)`",
	"<script>alert(1)</script>", "<!-- gone", "</td></tr>", "&lt;b&gt;", "&#60;",
	"# Heading", "> quote", "- item", "1. item", "1.", "1)", "1) x", "---", "===", "***", ":--- | ---", "- [ ] task", "+",
	"\x1b]52;c;aGk=\x07", "\x1b[2J", "\u202egnp.exe", "\u200b", "a\x00b", "bad \xff byte", "a\u2028b", "\u3164",
	"javascript:alert(1)", "http://ok.example/a_b?c=<d>", "http://ok.example/>", "x\ty", "*bold* _it_ __init__", "a_b_ c",
	"%%{init: {}}%%", "\"]; click n1 \"javascript:alert(1)\"", "end", "#quot;",
}

// Evil draws texts that are made of Evils and of what Markdown acts upon.
func Evil() *rapid.Generator[string] {
	signs := rapid.StringOfN(rapid.RuneFrom([]rune("ab 1.`|\\*_[]<>()#~&-:!\"%$")), 1, 6, -1)
	return rapid.Custom(func(r *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(Evils), signs), 1, 5).Draw(r, "parts"), "")
	})
}

// Blocks are the blocks of a page as a forge would see them, in order. It fails
// the test for what the page would follow, obey, draw or hide, and for rows that
// have not as many cells as their table's head.
func Blocks(t rapid.TB, page string) []string {
	t.Helper()
	printed(t, page)
	rows(t, page)
	source := []byte(page)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	var found []string
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML, *ast.HTMLBlock, *ast.Link, *ast.Image, *ast.ThematicBreak, *ast.CodeBlock, *extast.Strikethrough:
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

func printed(t rapid.TB, page string) {
	t.Helper()
	for _, r := range page {
		if !clean.Printable(r) && r != '\n' && r != '\t' {
			t.Errorf("the page holds %U", r)
		}
	}
	if !utf8.ValidString(page) {
		t.Error("the page is no UTF-8")
	}
}

// rows holds every row of every table against its head: a parser would drop the
// cells that are too many.
func rows(t rapid.TB, page string) {
	t.Helper()
	head, fence := 0, ""
	for _, l := range strings.Split(page, "\n") {
		trimmed := strings.TrimLeft(l, " ")
		ticks := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		switch n := bars(l); {
		case fence != "":
			if trimmed == fence {
				fence = ""
			}
		case len(ticks) >= 3:
			fence = ticks
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
