package match

import (
	"regexp"
	"strings"
)

// A row is one line of documented output.
type row struct {
	text    string         // as it is documented
	gap     bool           // any number of lines
	literal string         // without wildcards: with single blanks for runs of them
	pattern *regexp.Regexp // with wildcards
}

func checkLines(want string, s seen) Check {
	documented, lines := linesOf(strings.ReplaceAll(want, "\r\n", "\n")), linesOf(s.text)
	rows := make([]row, len(documented))
	for i, l := range documented {
		rows[i] = newRow(l, s.values)
	}
	single := make([]string, len(lines))
	for i, l := range lines {
		single[i] = singleBlanks(l)
	}
	block, ok := layout{len(rows), len(lines),
		func(r int) bool { return rows[r].gap },
		func(r, l int) bool { return rows[r].same(lines[l], single[l]) },
	}.fit()
	c := Check{Want: clip(want), OK: ok}
	if ok {
		return c
	}
	r, l := block.where()
	c.Want = nothing
	if r < len(rows) {
		c.Want = clip(rows[r].text)
	}
	c.Seen = clip(lineAt(lines, l))
	if r > 0 && r < len(rows) && rows[r-1].gap {
		c.Seen = nearest(rows[r].text, strings.Join(lines[min(l, len(lines)):], "\n"))
	}
	return c
}

// What has a meaning inside a documented line: a run of blanks, anything, a
// word, a value.
var special = regexp.MustCompile(`[ \t]+|\.{3,}|…|<[A-Za-z][A-Za-z0-9_.-]*>|\$[A-Z][A-Z0-9_]*`)

// Pieces of the regular expression that a documented line becomes.
const (
	blanks   = `[ \t]+`
	anything = `.*`
	word     = `\S+`
)

// same compares the row with an output line, which comes with single blanks too.
func (r row) same(line, single string) bool {
	if r.pattern != nil {
		return r.pattern.MatchString(line)
	}
	return r.literal == single
}

// newRow reads one documented line.
func newRow(line string, values map[string]string) row {
	line = strings.Trim(line, " \t\r")
	r := row{text: line}
	if line == "…" || len(line) >= 3 && strings.Trim(line, ".") == "" {
		r.gap = true
		return r
	}
	pieces, wild := piecesOf(line, values)
	if !wild {
		r.literal = singleBlanks(expand(line, values))
		return r
	}
	re, err := regexp.Compile(`\A[ \t]*` + strings.Join(pieces, "") + `[ \t]*\z`)
	if err != nil { // only for bytes that are no UTF-8: such a line stands for itself
		r.literal = singleBlanks(expand(line, values))
		return r
	}
	r.pattern = re
	return r
}

// piecesOf is a documented line as pieces of a regular expression, and whether
// any of them is a wildcard.
func piecesOf(line string, values map[string]string) (pieces []string, wild bool) {
	add := func(literal string) {
		if literal != "" {
			pieces = append(pieces, quoteBlanks(literal))
		}
	}
	from := 0
	for _, at := range special.FindAllStringIndex(line, -1) {
		add(line[from:at[0]])
		from = at[1]
		switch token := line[at[0]:at[1]]; token[0] {
		case ' ', '\t':
			pieces = append(pieces, blanks)
		case '<':
			pieces, wild = append(pieces, word), true
		case '$':
			if v, ok := values[token[1:]]; ok {
				add(v)
			} else {
				add(token)
			}
		default:
			pieces, wild = append(pieces, anything), true
		}
	}
	add(line[from:])
	return joinBlanks(pieces), wild
}

// joinBlanks lets `a ... b` stand for `a b` too: anything may be nothing, and
// then there is one blank, not two.
func joinBlanks(pieces []string) []string {
	var out []string
	for i := 0; i < len(pieces); i++ {
		n := len(out)
		switch {
		case pieces[i] != anything:
			out = append(out, pieces[i])
			continue
		case n > 0 && out[n-1] == blanks && i+1 < len(pieces) && pieces[i+1] == blanks:
			out[n-1] = `[ \t](?:.*[ \t])?`
		case n == 0 && i+1 < len(pieces) && pieces[i+1] == blanks:
			out = append(out, `(?:.*[ \t])?`)
		case n > 0 && out[n-1] == blanks && i+1 == len(pieces):
			out[n-1] = `(?:[ \t].*)?`
			continue
		default:
			out = append(out, anything)
			continue
		}
		i++ // the blanks behind it are in it
	}
	return out
}

// blankRun is a run of blanks.
var blankRun = regexp.MustCompile(blanks)

// quoteBlanks is a literal as a regular expression in which blanks are flexible.
func quoteBlanks(literal string) string {
	parts := blankRun.Split(literal, -1)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return strings.Join(parts, blanks)
}

// singleBlanks is a line with one blank for each run and none at its ends.
func singleBlanks(line string) string {
	return blankRun.ReplaceAllLiteralString(strings.Trim(line, " \t\r"), " ")
}
