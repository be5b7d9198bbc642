package check

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"bythebook/exec/clean"

	"github.com/charmbracelet/x/ansi"
)

// Sources are the texts that findings point into, by the File that they name.
type Sources map[string][]byte

// Text prints findings as good compilers print theirs, the heaviest first, and
// then a summary for whoever has to decide what to do about them. ready is the
// Readiness of the documents, together.
func Text(w io.Writer, findings []Finding, sources Sources, ready Share) error {
	p := printer{lines: map[string][]string{}, runes: map[spotted][]rune{}, sources: sources, told: map[string]bool{}}
	for _, severity := range Severities {
		for _, same := range together(findings, severity) {
			p.finding(same)
		}
	}
	p.summary(findings, ready)
	_, err := io.WriteString(w, p.String())
	return err
}

// A printer writes findings one after the other.
type printer struct {
	strings.Builder
	sources Sources
	lines   map[string][]string // of each source, once they were needed
	runes   map[spotted][]rune  // and what of them was shown: a line may be the whole file
	told    map[string]bool     // codes of which the reason was given
}

// A spotted line is one that was shown.
type spotted struct {
	file string
	line int
}

// together are the findings of one severity that stand, those that say the same of
// several places together, in the order of the first of each.
func together(findings []Finding, severity Severity) [][]Finding {
	type words struct{ code, message, hint string }
	var all [][]Finding
	at := map[words]int{}
	for _, f := range findings {
		if f.Severity != severity || f.Allowed != "" {
			continue
		}
		said := words{f.Code, messageOf(f), f.Hint}
		i, known := at[said]
		if !known {
			i = len(all)
			at[said], all = i, append(all, nil)
		}
		all[i] = append(all[i], f)
	}
	return all
}

// messageOf is what is said of a finding. What keeps a document from being read
// may begin with a verb, and is then said of its path: "tools: is an empty list".
func messageOf(f Finding) string {
	verbal := slices.ContainsFunc([]string{"is ", "has ", "must "}, func(v string) bool { return strings.HasPrefix(f.Message, v) })
	if f.Code == Load && f.Path != "" && verbal {
		return f.Path + ": " + f.Message
	}
	return f.Message
}

// finding prints the first of findings that say the same, and where the others
// are.
func (p *printer) finding(same []Finding) {
	f := same[0]
	fmt.Fprintf(p, "%s%s[%s] %s\n", position(f), f.Severity, f.Code, clean.Line(messageOf(f)))
	p.excerpt(f)
	row, _ := Find(f.Code)
	first := !p.told[f.Code]
	p.told[f.Code] = true
	if first && row.Why != "" {
		fmt.Fprintf(p, "  why: %s\n", row.Why)
	}
	if f.Hint != "" && (first || f.Hint != row.Mend) {
		fmt.Fprintf(p, "  do:  %s\n", clean.Line(f.Hint))
	}
	if f.Code != Load && f.Path != "" {
		fmt.Fprintf(p, "  at:  %s\n", clean.Line(f.Path))
	}
	for _, also := range same[1:] {
		p.also(also)
	}
	p.WriteByte('\n')
}

// also prints where the same was found once more, and what stands there.
func (p *printer) also(f Finding) {
	fmt.Fprintf(p, "  also %s", position(f))
	if runes, ok := p.line(f.File, f.Line); ok {
		const enough = 60
		at := runes[min(max(f.Column-1, 0), len(runes)):]
		p.WriteString(strings.TrimSpace(clean.Line(string(at[:min(enough, len(at))]))))
		if len(at) > enough {
			p.WriteString(" ...")
		}
	}
	p.WriteByte('\n')
}

// position is file:line:column: as editors and programs understand it.
func position(f Finding) string {
	if f.Line == 0 {
		return clean.Line(f.File) + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", clean.Line(f.File), f.Line, f.Column)
}

// excerpt shows the line of the finding with a caret below its column.
func (p *printer) excerpt(f Finding) {
	runes, ok := p.line(f.File, f.Line)
	if !ok {
		return
	}
	before, after := window(runes, f.Column)
	number := fmt.Sprintf("%5d | ", f.Line)
	caret := ansi.StringWidth(before)
	fmt.Fprintf(p, "%s%s%s\n%s| %s^\n", number, before, after, strings.Repeat(" ", len(number)-2), strings.Repeat(" ", caret))
}

// line is the characters of a source's line, counted from 1.
func (p *printer) line(file string, n int) ([]rune, bool) {
	lines, split := p.lines[file]
	if !split {
		lines = strings.Split(string(p.sources[file]), "\n")
		p.lines[file] = lines
	}
	if n < 1 || n > len(lines) {
		return nil, false
	}
	line := strings.TrimSuffix(lines[n-1], "\r")
	at := spotted{file, n}
	if p.runes[at] == nil {
		p.runes[at] = []rune(line)
	}
	return p.runes[at], strings.TrimSpace(line) != ""
}

// How much of a line is shown, in characters. Of a longer one it is the part
// around the finding.
const widest = 120

// window is what is shown of a line before a column and from it on, safe to
// show.
func window(runes []rune, column int) (before, after string) {
	at := min(max(column-1, 0), len(runes))
	from, to := 0, len(runes)
	if len(runes) > widest && at > widest/2 {
		from, before = min(at-widest/2, len(runes)-widest), "... "
	}
	if to-from > widest {
		to, after = from+widest, " ..."
	}
	return before + clean.Line(string(runes[from:at])), clean.Line(string(runes[at:to])) + after
}

// verdicts are what findings of each severity mean for the team.
var verdicts = []struct {
	severity Severity
	means    string
}{
	{Error, "Blocks agreement, lockstep and live exercises"},
	{Warning, "Must be acknowledged"},
	{Advice, "Advice"},
}

func (p *printer) summary(findings []Finding, ready Share) {
	standing := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Allowed != "" })
	if len(standing) == 0 {
		p.WriteString("Nothing found.\n")
	}
	for _, v := range verdicts {
		p.group(v.means, slices.DeleteFunc(slices.Clone(standing), func(f Finding) bool { return f.Severity != v.severity }))
	}
	if n := len(findings) - len(standing); n > 0 {
		fmt.Fprintf(p, "Silenced by the document: %d\n", n)
		for _, f := range findings {
			if f.Allowed != "" {
				fmt.Fprintf(p, "  %s %s%s\n       because %s\n", f.Code, position(f), clean.Line(f.Message), clean.Line(f.Allowed))
			}
		}
	}
	if ready.Of > 0 {
		fmt.Fprintf(p, "Ready for automation: %d of %d command steps (%d %%)\n", ready.Ready, ready.Of, 100*ready.Ready/ready.Of)
	}
}

// group lists what was found under one heading, a line for each code.
func (p *printer) group(means string, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(p, "%s: %d\n", means, len(findings))
	count := map[string]int{}
	var codes []string
	for _, f := range findings {
		if count[f.Code]++; count[f.Code] == 1 {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		row, _ := Find(code)
		fmt.Fprintf(p, "  %s %3d  %s\n", code, count[code], row.Finds)
	}
}
