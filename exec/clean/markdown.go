package clean

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MD is Markdown of one line. Our own words become one by being a constant;
// foreign text only through Prose, Code and Say. So a page that takes nothing
// but MDs can't be told by somebody else's text what to be.
type MD string

// Prose makes foreign prose safe, even at the beginning of a line. Line breaks
// become blanks. Pairs of backticks stay code, **words** strong, and addresses can
// be followed, for instructions are Markdown and that much of it is harmless; everything else
// that Markdown would act upon is escaped.
func Prose(s string) MD {
	s = Line(strings.Join(strings.Fields(s), " "))
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "`")
		inner, after, closed := strings.Cut(rest, "`")
		if !ok || !closed || inner == "" {
			b.WriteString(words(s, b.Len() == 0))
			return MD(b.String())
		}
		b.WriteString(words(before, b.Len() == 0) + string(Code(inner)))
		s = after
	}
}

// Code shows foreign text of one line letter by letter, between more backticks
// than it holds in a row. A backslash before a bar can't be shown as code in a
// table, where both are needed; it is shown as prose.
func Code(s string) MD {
	s = Line(s)
	switch {
	case strings.TrimSpace(s) == "":
		return "(empty)"
	case strings.Contains(s, `\|`):
		return MD(words(strings.TrimSpace(s), true))
	}
	tick, pad := strings.Repeat("`", backticks(s)+1), ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s[0] == ' ' && s[len(s)-1] == ' ' {
		pad = " "
	}
	return MD(tick + pad + s + pad + tick)
}

// Say is fmt.Sprintf for Markdown: an argument that is no MD is foreign, and
// made safe on its way in.
func Say(format string, args ...any) MD {
	safe := make([]any, len(args))
	for i, a := range args {
		if ours, ok := a.(MD); ok {
			safe[i] = string(ours)
			continue
		}
		safe[i] = string(Prose(fmt.Sprint(a)))
	}
	return MD(fmt.Sprintf(format, safe...))
}

// Join puts parts into one, without the empty ones.
func Join(sep string, parts ...MD) MD {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, string(p))
		}
	}
	return MD(strings.Join(kept, sep))
}

// Table is a table, line by line.
func Table(head []MD, rows ...[]MD) string {
	lines := []string{row(head), "|" + strings.Repeat(" --- |", len(head))}
	for _, r := range rows {
		lines = append(lines, row(r))
	}
	return strings.Join(lines, "\n")
}

// row is one line of a table. A bar ends a cell even within code, so cells are
// the one place where it is escaped.
func row(cells []MD) string {
	var b strings.Builder
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteString(" " + strings.ReplaceAll(string(c), "|", `\|`) + " |")
	}
	return b.String()
}

// Fence shows foreign text of many lines letter by letter, tabs and all, between
// fences that are longer than any row of backticks in it. The info behind the
// first fence is ours.
func Fence(info, s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSuffix(s, "\n") {
		if r == '\n' || r == '\t' {
			b.WriteRune(r)
			continue
		}
		writeRune(&b, r)
	}
	tick := strings.Repeat("`", max(3, backticks(s)+1))
	return tick + info + "\n" + b.String() + "\n" + tick
}

// address is the form of what may be followed from a page.
var address = regexp.MustCompile(`^https?://[\w\-.~:/?#@!$'()*+,;=%&]+$`)

// words escapes word by word, and puts addresses between angles. Bare ones would
// be found by forges, together with whatever stands behind them: even the
// backslash or the backtick that keeps it from being more than text.
func words(s string, start bool) string {
	var b strings.Builder
	for {
		before, inner, after, ok := strong(s)
		if !ok {
			b.WriteString(wordByWord(s, start))
			return b.String()
		}
		b.WriteString(wordByWord(before, start) + "**" + wordByWord(inner, false) + "**")
		s, start = after, false
	}
}

func wordByWord(s string, start bool) string {
	all := strings.Split(s, " ")
	for i, w := range all {
		if url := strings.TrimRight(w, ".,;:!?)"); address.MatchString(url) {
			all[i] = "<" + url + ">" + escaped(w[len(url):], false)
			continue
		}
		all[i] = escaped(w, start && i == 0)
	}
	return strings.Join(all, " ")
}

// strong finds the first **words** that stand by themselves, which is all that
// Markdown takes for strong in any surroundings.
func strong(s string) (before, inner, after string, ok bool) {
	before, rest, _ := strings.Cut(s, "**")
	inner, after, ok = strings.Cut(rest, "**")
	switch {
	case !ok, inner == "", strings.Contains(inner, "*"), strings.TrimSpace(inner) != inner,
		before != "" && !strings.HasSuffix(before, " "),
		after != "" && !strings.ContainsRune(" .,;:!?", rune(after[0])):
		return "", "", "", false
	}
	return before, inner, after, true
}

// escaped puts a backslash before whatever Markdown would act upon in a word,
// and before nothing else, so that the source stays readable. At the start of a
// line there is more of it.
func escaped(s string, start bool) string {
	var b strings.Builder
	var before rune
	number := start // nothing but digits so far
	for i, r := range s {
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case acts(before, r, after),
			start && i == 0 && strings.ContainsRune("#>+-=", r),
			number && i > 0 && i == len(s)-1 && (r == '.' || r == ')'),
			r == '.' && strings.HasSuffix(s[:i], "www"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before, number = r, number && '0' <= r && r <= '9'
	}
	return b.String()
}

// acts says whether Markdown would act upon r between its neighbours, which are
// 0 or invalid at the ends.
func acts(before, r, after rune) bool {
	switch r {
	case '\\', '`', '*', '[', '<', '~':
		return true
	case '_':
		return !alnum(before) || !alnum(after)
	case '&':
		return alnum(after) || after == '#'
	case ':':
		return after == '/'
	}
	return false
}

func alnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// backticks is the longest row of them in a text.
func backticks(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if r != '`' {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
