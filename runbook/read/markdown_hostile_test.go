package read

import (
	"strings"
	"testing"

	"bythebook/runbook"
)

// hostileMarkdown are texts of up to the largest size that were made to take
// time or memory. BenchmarkHostileMarkdown says how long each takes.
func hostileMarkdown() map[string]string {
	most := func(head, unit string) string { // as many lines as there may be
		return head + strings.Repeat(unit, min(maxLines-1-strings.Count(head, "\n"), (maxBytes-len(head))/len(unit)))
	}
	numbered := func(head, unit string) string { return numberedUpTo(head, unit, 24_000) }
	stairs := strings.Builder{}
	for i := range 600 {
		stairs.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	const scenario = "# Scenario: x\n\n"
	deep := strings.Repeat("> ", maxNested)
	return map[string]string{
		"wide table":        strings.Repeat("|a", maxBytes/4) + "\n" + strings.Repeat("|-", maxBytes/4-1) + "\n",
		"long table":        most("|a|b|\n|-|-|\n", "|a|b|\n"),
		"links":             full("", "[a]("),
		"emphasis":          full("", "*a_"),
		"quotes":            full("", ">"),
		"quotes, spaced":    full("", "> "),
		"quoted lines":      most("", "> a\n"),
		"plain lines":       most("", "a\n"),
		"paragraphs":        most("", "a\n\n"),
		"blank lines":       most("", "\n"),
		"one line":          full("", "a"),
		"dashes":            full("", "- "),
		"dashes and pluses": full("", "- + "),
		"empty bullets":     most("", "-\n"),
		"alternating lists": most("", "- a\n1. b\n"),
		"stairs":            most(stairs.String(), "\n"),
		"deep quotes":       most("", deep+"a\n"),
		"lazy lines":        most(deep+"a\n", "a\n"),
		"deep code":         most("", deep+"    $ a\n"),
		"headings":          most("", "# a\n"),
		"underlined":        most("", "a\n-\n"),
		"scenarios":         most("", "# Scenario: x\n"),
		"procedures":        most(scenario, "## Recovery Procedure\n"),
		"fences":            most("", "```sh\na\n```\n"),
		"open fences":       most("", "```sh\n"),
		"backticks":         full("~~~\n", "`"),
		"spans":             full("", "` `` "),
		"sample":            most("```console\n$ a\n", "b\n"),
		"here-documents":    most("```console\n", "$ cat <<A\n"),
		"here-documents in": most("```console\n$ cat <<-A\n", "\tA \n"),
		"comments":          full("", "<!--"),
		"comment lines":     most("", "<!-- a\n"),
		"tags":              full("", "{% "),
		"closed tags":       full("", "{% a %}"),
		"HTML":              full("", "<a "),
		"angles":            full("", "<"),
		"hiding":            most("", "<a hidden>\n\n"),
		"open values":       full("", "<a b="),
		"spaced values":     full("<a b", " '"),
		"torn comments":     most("", "a <!-- b\n\n")[:maxLines] + "-->\n",
		"references":        most("", "[a]: b\n"),
		"entities":          full("# ", "&#x41;"),
		"braces":            full("1. a ", "{a=b} "),
		"one brace":         full("1. a {", "a=b ")[:maxBytes-9] + "}",
		"open braces":       full("1. a ", "{")[:maxBytes-9] + "}",
		"asides":            most("", ":::note\n"),
		"indented asides":   most("", "!!! note\n    a\n"),
		"shortcodes":        most("", "{{< note >}}\n"),
		"notes":             most("", "NOTE: a\n\n"),
		"one condition":     full("1. If ", "if a, "),
		"conditions":        numbered("1. a\n", "   - If a%, b\n"),
		"items":             numbered("", "1. a%\n"),
		"steps of one name": most("", "1. a\n")[:24_000*5],
		"terminals":         numbered("", "```sh\nssh a\n```\n")[:160_000],
		"contacts":          numbered(scenario+"| Team Member | Position | Relevant Services |\n|-|-|-|\n", "| b | a | s% |\n"),
		"dependencies":      numbered(scenario+"| Dependency | RTO | Child Dependencies |\n|-|-|-|\n", "| A% b | 1 | c% |\n"),
		"leads":             most(scenario+"## Disaster Recovery Leads\n\n", "- Primary: Bob\n"),
		"long availability": full(scenario+"| Team Member | Availability | Email |\n|-|-|-|\n| A | ", "9-5,M-F;"),
		"long objective":    full(scenario+"## Recovery Time Objective\n", "1h "),
		"one long exec":     full("```sh\nkubectl exec ", "-it a "),
		"carriage returns":  most("", "a\r\n"),
		"tabs":              most("", "\t- a\n"),
		"front matter":      full("---\nplaybook: x\ntools: ", "[")[:maxBytes-8] + "\n---\n",
	}
}

// TestHostileMarkdown: either problems or a playbook, of whatever text.
func TestHostileMarkdown(t *testing.T) {
	t.Parallel()
	for name, text := range hostileMarkdown() {
		if testing.Short() && len(text) > 200_000 {
			continue
		}
		if len(text) > maxBytes {
			t.Errorf("%s is %d bytes, which no file can have", name, len(text))
		}
		book, problems := markdowned("a.md", text)
		if book == nil {
			wellFormed(t, text, problems)
			continue
		}
		sound(t, book)
	}
}

func BenchmarkHostileMarkdown(b *testing.B) {
	costs(b, hostileMarkdown(), func(text string) { markdowned("a.md", text) })
}

func FuzzMarkdown(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add([]byte(text))
	}
	for _, text := range hostileMarkdown() {
		f.Add([]byte(text[:min(len(text), 500)]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 64<<10 {
			t.Skip("larger ones are slow to mutate, and nothing else")
		}
		book, problems := markdowned("a.md", string(text))
		if book == nil {
			wellFormed(t, string(text), problems)
			return
		}
		if len(problems) > 0 {
			t.Fatalf("both a playbook and problems: %v", problems)
		}
		sound(t, book)
		converted(t, book)
		if bound := 4*len(text) + 4096; weight(book) > bound*(1+maxNested) {
			t.Errorf("%d bytes became %d", len(text), weight(book))
		}
	})
}

// weight is how much text a playbook holds. It may not grow faster than what
// was read: of bounded work the result is bounded too.
func weight(b *runbook.Playbook) (n int) {
	n = len(b.Title) + len(b.Purpose)
	for _, s := range b.Scenarios {
		n += len(s.Overview)
		for _, st := range s.Steps {
			n += len(st.Do) + len(st.Run) + len(st.Sample) + len(st.Note) + len(st.Warning) + len(st.Why) + len(st.If)
		}
	}
	return n
}
