package clean_test

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"bythebook/exec/clean"
	"bythebook/exec/clean/cleantest"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"
)

func TestProse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Restart the API, then wait 5 s.", "Restart the API, then wait 5 s."},
		{"code stays", "Restart `gunicorn` now", "Restart `gunicorn` now"},
		{"a lone backtick", "it`s", "it\\`s"},
		{"snake case stays", "run_instances", "run_instances"},
		{"a version stays", "1.0", "1.0"},
		{"emphasis", "_a_ *b*", `\_a\_ \*b\*`},
		{"strong words", "**Owner:** Ann, **on call**.", "**Owner:** Ann, **on call**."},
		{"strong in a word", "a**b**c **d", `a\*\*b\*\*c \*\*d`},
		{"stars in strong", "**a*b**", `\*\*a\*b\*\*`},
		{"link", "[a](b)", `\[a](b)`},
		{"html", "<b>", `\<b>`},
		{"entity", "a&lt;b & c", `a\&lt;b & c`},
		{"heading", "# a", `\# a`},
		{"underline of a heading", "===", `\===`},
		{"list", "1. a", `1\. a`},
		{"an address", "See https://a.example/x_y?b=*, or `c`.", "See <https://a.example/x_y?b=*>, or `c`."},
		{"an address and code", "https://a.example/`b`", "<https://a.example/>`b`"},
		{"a picture behind an address", "http://e.x/a` ![x](http://e.x/y.png)`", "<http://e.x/a>` ![x](http://e.x/y.png)`"},
		{"an address that is none", "http://a/<b> www.a\\<b>", `http\://a/\<b> www\.a\\\<b>`},
		{"no address", "javascript:alert(1)", "javascript:alert(1)"},
		{"escape character", "a\x1b[31m", `a^\[\[31m`},
		{"right to left", "a\u202eb", `a\<U+202E>b`},
		{"line breaks", "a\n\nb", "a b"},
	} {
		if got := string(clean.Prose(c.in)); got != c.want {
			t.Errorf("%s: Prose(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestCode(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a", "`a`"}, {"a`b", "``a`b``"}, {"`a", "`` `a ``"}, {"", "(empty)"}, {"a|b", "`a|b`"}, {`a\|b`, `a\\|b`}, {"a\nb", "`a^Jb`"},
	} {
		if got := string(clean.Code(c.in)); got != c.want {
			t.Errorf("Code(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSayMakesForeignTextSafe(t *testing.T) {
	got := clean.Say("*%s*: %s of %s %s", "a*b", clean.Code("c*"), 3, clean.Join(", ", "d", "", "`e`"))
	if want := clean.MD("*a\\*b*: `c*` of 3 d, `e`"); got != want {
		t.Errorf("Say = %q, want %q", got, want)
	}
}

func TestFenceIsLongerThanWhatItHolds(t *testing.T) {
	for in, want := range map[string]string{
		"ls\n":            "```sh\nls\n```",
		"a\tb\n\n":        "```sh\na\tb\n\n```",
		"```\n````\nx":    "`````sh\n```\n````\nx\n`````",
		"\x1b[2J\u202e\r": "```sh\n^[[2J<U+202E>^M\n```",
	} {
		if got := clean.Fence("sh", in); got != want {
			t.Errorf("Fence(%q) = %q, want %q", in, got, want)
		}
	}
}

// everywhere is foreign text in every place that a page has for it.
func everywhere(s string) string {
	prose, code := string(clean.Prose(s)), string(clean.Code(s))
	return strings.Join([]string{
		prose, code, "## Of " + prose, "- " + prose + "\n- " + code, "*" + prose + "* and " + code,
		clean.Table([]clean.MD{"h", "h"}, []clean.MD{clean.Prose(s), clean.Code(s)}, []clean.MD{clean.Say("x: %s", s), "y"}),
		clean.Fence("", s),
	}, "\n\n") + "\n"
}

// staysText holds foreign text against a parser: wherever it stands, the page
// has the blocks that it has with a harmless word, and prose reads as it was
// written.
func staysText(t rapid.TB, s string) {
	t.Helper()
	if clean.Prose(s) == "" {
		return // then there is no paragraph either
	}
	page := everywhere(s)
	if d := cmp.Diff(cleantest.Blocks(t, everywhere("x")), cleantest.Blocks(t, page)); d != "" {
		t.Errorf("%q changes the page (-plain +got):\n%s\n%s", s, d, page)
	}
	if strings.Contains(s, "`") {
		return // the backticks of code are not read
	}
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(clean.Prose(s)), &b); err != nil {
		t.Fatal(err)
	}
	read := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.TrimSuffix(b.String(), "\n"), ""))
	strong := strings.NewReplacer("**", "") // what makes words strong is not read
	if want := clean.Line(strings.Join(strings.Fields(s), " ")); strong.Replace(read) != strong.Replace(want) {
		t.Errorf("Prose(%q) reads as %q, want %q", s, read, want)
	}
}

func TestTextStaysText(t *testing.T) {
	for _, s := range cleantest.Evils {
		for _, s := range []string{s, "x" + s, "x " + s + " y"} {
			staysText(t, s)
		}
	}
	rapid.Check(t, func(r *rapid.T) { staysText(r, cleantest.Evil().Draw(r, "text")) })
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range cleantest.Evils {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { staysText(t, s) })
}
