package match

import (
	"regexp"
	"slices"
	"strings"

	"bythebook/runbook"
)

// volatile is what each kind looks like, and the word that stands for it. What
// comes first wins where two begin at the same place.
var volatile = [...]struct {
	kind    runbook.Volatile
	word    string
	pattern string
}{
	{runbook.UUIDs, "⟨uuid⟩", `\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b`},
	{runbook.Times, "⟨time⟩", weekday + `(?:` + date + `(?:[T ]` + clock + `)?|` + monthly + `)|\b` + clock},
	{runbook.Addresses, "⟨address⟩", `\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?\b` +
		`|\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b` +
		`|\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b|\b(?:[0-9a-fA-F]{1,4}:)+(?::[0-9a-fA-F]{1,4})+\b|::[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*\b`},
	{runbook.IDs, "⟨id⟩", `\b[0-9a-fA-F]{12,}\b`},
	{runbook.Durations, "⟨duration⟩", `\b` + length + `(?:,? ?` + length + `)*\b`},
}

// Pieces of the patterns of times and durations.
const (
	weekday = `\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?`
	date    = `[0-9]{4}-[0-9]{2}-[0-9]{2}`
	clock   = `[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z\b| ?(?:UTC|GMT)\b| ?[+-][0-9]{2}:?[0-9]{2}\b)?`
	month   = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`
	monthly = `(?:[0-9]{1,2} )?` + month + `(?: +[0-9]{1,2}\b)?(?:,? [0-9]{4})? +` + `(?:` + clock + `|[0-9]{2}:[0-9]{2}\b)(?: [0-9]{4}\b)?`
	length  = `[0-9]+(?:\.[0-9]+)? ?(?:ns|us|µs|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|years?|y)`
)

// Ignored is what was taken for the same in spite of being another text.
type Ignored struct {
	Kind    runbook.Volatile
	Count   int    // how many there were in the output
	Example string // the first of them
}

// maxVolatile is the longest volatile text, in bytes. What is longer is compared
// as it stands.
const maxVolatile = 128

// A blur puts a word in place of volatile text, whatever it is.
type blur struct {
	rows    []int          // of volatile, those that may differ
	pattern *regexp.Regexp // of them, a group each; it is tried where a word begins
	keep    *regexp.Regexp // what is left as it stands; nil for nothing
}

func newBlur(kinds []runbook.Volatile, keep *regexp.Regexp) blur {
	b := blur{keep: keep}
	var parts []string
	for i, v := range volatile {
		if slices.Contains(kinds, v.kind) {
			b.rows, parts = append(b.rows, i), append(parts, `(`+v.pattern+`)`)
		}
	}
	b.pattern = regexp.MustCompile(`\A(?:` + strings.Join(parts, "|") + `)`)
	return b
}

// over is the text with words for what is volatile; what was replaced is told to
// each.
func (b blur) over(text string, each func(row int, was string)) string {
	if b.keep == nil {
		return b.apart(text, each)
	}
	var out strings.Builder
	from := 0
	for _, at := range b.keep.FindAllStringIndex(text, -1) {
		out.WriteString(b.apart(text[from:at[0]], each) + text[at[0]:at[1]])
		from = at[1]
	}
	return out.String() + b.apart(text[from:], each)
}

// apart is over for text in which nothing is kept.
func (b blur) apart(text string, each func(row int, was string)) string {
	var out strings.Builder
	from := 0
	for i := 0; i < len(text); i++ {
		if i < from || !begins(text, i) {
			continue
		}
		row, length := b.at(text[i:])
		if length == 0 {
			continue
		}
		out.WriteString(text[from:i] + volatile[row].word)
		each(row, text[i:i+length])
		from = i + length
	}
	return out.String() + text[from:]
}

// at is the volatile text that another begins with: its row and its length.
func (b blur) at(text string) (row, length int) {
	cut := len(text) > maxVolatile
	if cut {
		text = text[:maxVolatile]
	}
	found := b.pattern.FindStringSubmatchIndex(text)
	if found == nil || cut && found[1] == len(text) {
		return 0, 0
	}
	for g, row := range b.rows {
		if found[2*g+2] >= 0 {
			return row, found[1]
		}
	}
	return 0, 0
}

// begins reports whether something may begin at a byte of the text: a word that
// has a digit in it or soon behind it, as all that is volatile does.
func begins(text string, i int) bool {
	const soon = 32
	return (inWord(text[i]) || text[i] == ':') && (i == 0 || !inWord(text[i-1])) && strings.ContainsAny(text[i:min(len(text), i+soon)], "0123456789")
}

func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// blurred is the expectation with words for what is volatile in it. Names of
// values are none of that.
func blurred(e runbook.Expect) runbook.Expect {
	b := newBlur(e.Ignore, name)
	over := func(text string) string { return b.over(text, func(int, string) {}) }
	e.Lines, e.Exact = over(e.Lines), over(e.Exact)
	e.Contains = slices.Clone(e.Contains)
	for i, text := range e.Contains {
		e.Contains[i] = over(text)
	}
	e.Table = slices.Clone(e.Table)
	for i, r := range e.Table {
		e.Table[i] = slices.Clone(r)
		for k, cell := range r {
			e.Table[i][k].Text = over(cell.Text)
		}
	}
	return e
}

// ignoring is the output with the same words, and what they stand for. A value
// that the expectation names is compared all the same.
func ignoring(e runbook.Expect, s seen) (string, []Ignored) {
	counts := [len(volatile)]Ignored{}
	text := newBlur(e.Ignore, spelled(e, s.values)).over(s.text, func(row int, was string) {
		if counts[row].Count == 0 {
			counts[row] = Ignored{Kind: volatile[row].kind, Example: clip(was)}
		}
		counts[row].Count++
	})
	var all []Ignored
	for _, i := range counts {
		if i.Count > 0 {
			all = append(all, i)
		}
	}
	return text, all
}

// spelled is a pattern of the values that an expectation names, nil for none.
func spelled(e runbook.Expect, values map[string]string) *regexp.Regexp {
	var all []string
	for _, m := range modes {
		for _, w := range m.wants(e) {
			for _, n := range name.FindAllString(w.text, -1) {
				if v := values[n[1:]]; m.blurs && v != "" {
					all = append(all, regexp.QuoteMeta(v))
				}
			}
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return nil
	}
	return regexp.MustCompile(strings.Join(slices.Compact(all), "|"))
}
