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
	p := printer{lines: map[string][]string{}, sources: sources, told: map[string]bool{}}
	for _, severity := range Severities {
		for _, f := range findings {
			if f.Severity == severity && f.Allowed == "" {
				p.finding(f)
			}
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
	shown   string              // the line that was shown last,
	runes   []rune              // and its characters: a line may be the whole file
	told    map[string]bool     // codes of which the reason was given
}

func (p *printer) finding(f Finding) {
	fmt.Fprintf(p, "%s%s[%s] %s\n", position(f), f.Severity, f.Code, clean.Line(f.Message))
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
	line, ok := p.line(f.File, f.Line)
	if !ok {
		return
	}
	if line != p.shown {
		p.shown, p.runes = line, []rune(line)
	}
	before, after := window(p.runes, f.Column)
	number := fmt.Sprintf("%5d | ", f.Line)
	caret := ansi.StringWidth(before)
	fmt.Fprintf(p, "%s%s%s\n%s| %s^\n", number, before, after, strings.Repeat(" ", len(number)-2), strings.Repeat(" ", caret))
}

// line is a line of a source, counted from 1.
func (p *printer) line(file string, n int) (string, bool) {
	lines, split := p.lines[file]
	if !split {
		lines = strings.Split(string(p.sources[file]), "\n")
		p.lines[file] = lines
	}
	if n < 1 || n > len(lines) {
		return "", false
	}
	line := strings.TrimSuffix(lines[n-1], "\r")
	return line, strings.TrimSpace(line) != ""
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
