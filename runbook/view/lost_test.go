package view

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bythebook/runbook/read"
)

// notShown is what a Markdown playbook holds that is no text for people: what
// generators and fences are told, braces, and what the header of a known table
// says, which the page says in its own words.
var notShown = regexp.MustCompile("(?s)^---\n.*?\n---\n|^\\+\\+\\+\n.*?\n\\+\\+\\+\n" +
	`|<!--.*?-->|\{%-?\s*comment.*?endcomment\s*-?%\}|\{%[^\n]*?%\}|\{\{[<%].*?[>%]\}\}|\n[ >]*\{:[^\n]*\}|\{[#\w][^{}\n]*\}` +
	"|\n[ >]*(?:```|~~~)[^\n]*|\n[ ]*:::[^\n]*|\n[ ]*(?:!!!|\\?\\?\\?)[^\n]*|\\[![A-Z]+\\]" +
	`|\n\| *(?:Service|Dependency|Team Member) *\|[^\n]*`)

// otherwise are the words that a page says in its own way: kinds of notes, states
// of prerequisites, and amounts of time.
var otherwise = map[string][]string{
	"admonition-kinds.md": {"tip", "caution", "important"},
	"emoji.md":            {"tip"},
	"bookstore.md":        {"system", "observability", "in", "progress", "n", "align", "center"},
	"database-rows.md":    {"weekdays", "30", "day", "h", "n", "disaster", "hours"},
	"own-headings.md":     {"30", "minutes", "validation"},
	"front.md":            {"not", "title"},           // the heading, where front matter has another
	"inline-mess.md":      {"http", "example", "com"}, // where a link in the title leads
}

var anyWord = regexp.MustCompile(`[\pL\pN]+`)

// TestNothingIsLost: every word of a document's text is on its page.
func TestNothingIsLost(t *testing.T) {
	files, err := filepath.Glob("../read/testdata/markdown/*.md")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range append(files, "../../runbooks/bookstore.md", "../../runbooks/disk-full.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		frozen, book, err := read.File(file)
		if err != nil {
			t.Fatal(err)
		}
		page := map[string]bool{}
		for _, w := range anyWord.FindAllString(strings.ToLower(Markdown(book, frozen.Digest())), -1) {
			page[w] = true
		}
		for _, w := range otherwise[filepath.Base(file)] {
			page[w] = true
		}
		said := notShown.ReplaceAllString(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
		for _, w := range anyWord.FindAllString(strings.ToLower(said), -1) {
			if !page[w] {
				page[w] = true
				t.Errorf("%s: %q is on its page nowhere", filepath.Base(file), w)
			}
		}
	}
}
