package check

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// examples hold for each check a playbook in which it finds something, and one
// in which it finds nothing.
//
//go:embed examples/*.txtar
var examples embed.FS

// Explain says of a check what it looks for, why, and what to do, with an
// example that fails and one that passes. Of a code that is none it names those
// that may have been meant.
func Explain(code string) (string, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	row, ok := Find(code)
	if !ok {
		return "", fmt.Errorf("there is no check %q; did you mean %s?", code, strings.Join(nearest(code), ", "))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n", row.Code, row.Severity)
	fmt.Fprintf(&b, "Looks for   %s\nWhy         %s\nWhat to do  %s.\n", row.Finds, row.Why, sentence(row.Mend))
	text, err := examples.ReadFile("examples/" + code + ".txtar")
	if err != nil {
		return b.String(), nil // LOAD has none
	}
	archive := txtar.Parse(text)
	if note := strings.TrimSpace(string(archive.Comment)); note != "" {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	for _, f := range archive.Files {
		title := "This fails:"
		if strings.HasPrefix(f.Name, "passes") {
			title = "This passes:"
		}
		fmt.Fprintf(&b, "\n%s\n\n%s", title, indent(string(f.Data)))
	}
	return b.String(), nil
}

func sentence(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// nearest are the three codes that are the most like one.
func nearest(code string) []string {
	codes := make([]string, len(Table))
	for i, c := range Table {
		codes[i] = c.Code
	}
	slices.SortStableFunc(codes, func(a, b string) int { return differing(a, code) - differing(b, code) })
	return codes[:min(3, len(codes))]
}

// differing counts the places at which two codes differ; family before number.
func differing(a, b string) int {
	n := 0
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			n++
		}
	}
	return n
}
