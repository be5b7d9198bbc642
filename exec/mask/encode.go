package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Least is how many characters a secret must have, in one of its lines at
// least: a shorter one would also be found, and hidden, in ordinary text.
const Least = 6

// Fit says whether a secret is long enough to be hidden.
func Fit(secret string) bool { return len(lines(secret)) > 0 }

// lines are the parts of a secret that are looked for, each by itself.
func lines(secret string) []string {
	var all []string
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); utf8.RuneCountInString(line) >= Least {
			all = append(all, line)
		}
	}
	return all
}

// encodings are the forms in which one line of a secret is looked for.
var encodings = []struct {
	name string
	of   func(string) []string
}{
	{"as it is", func(s string) []string { return []string{s} }},
	{"JSON", inJSON},
	{"URL", inURL},
	{"hexadecimal", inHex},
	{"shell", inShell},
	{"base64", inBase64},
}

// patterns are all forms of all lines of a secret, each once.
func patterns(secret string) []string {
	var all []string
	for _, line := range lines(secret) {
		for _, e := range encodings {
			all = append(all, e.of(line)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// inJSON is a string's inside: as most write it, with <, > and & spelled out as
// web servers do, with slashes escaped, and with nothing but ASCII.
func inJSON(s string) []string {
	plain := quoted(s, false)
	return []string{plain, quoted(s, true), strings.ReplaceAll(plain, "/", `\/`), ascii(plain)}
}

// quoted is the inside of a JSON string.
func quoted(s string, html bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(s) // a string can always be written
	return strings.TrimSuffix(b.String()[1:], "\"\n")
}

// ascii spells everything else the way JSON does.
func ascii(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if u < utf8.RuneSelf {
			b.WriteByte(byte(u))
		} else {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
	}
	return b.String()
}

// inURL is a part of a query, of a path, of the user's name or password, or
// what browsers make of it, each in both ways to write its hexadecimal digits.
func inURL(s string) []string {
	form := url.QueryEscape(s)
	all := strings.ReplaceAll(form, "+", "%20")
	browser := strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(all)
	forms := []string{form, all, browser, url.PathEscape(s), url.User(s).String()}
	for _, f := range forms {
		forms = append(forms, lowered(f))
	}
	return forms
}

// lowered writes the digits after each % in lower case.
func lowered(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], bytes.ToLower(b[i+1:i+3]))
		}
	}
	return string(b)
}

func inHex(s string) []string {
	var all []string
	for _, p := range pieces(hex.EncodeToString([]byte(s)), 2*Least) {
		all = append(all, p, strings.ToUpper(p))
	}
	return all
}

// pieces are a form in parts of a size, the last of which reaches back into the
// one before. Dumps and base64 are printed in lines, which break a long secret
// anywhere: so all that is left of it are the two halves of the part at a break.
func pieces(form string, size int) []string {
	if len(form) <= 2*size {
		return []string{form}
	}
	all := []string{form[len(form)-size:]}
	for i := 0; i+size < len(form); i += size {
		all = append(all, form[i:i+size])
	}
	return all
}

// inShell is the inside of single quotes in two ways, of double quotes, of
// $'...', and a word with backslashes in it: what people write, and what shells
// print themselves when they trace or list.
func inShell(s string) []string {
	return []string{
		strings.ReplaceAll(s, "'", `'\''`),
		strings.ReplaceAll(s, "'", `'"'"'`),
		backslashed(s, "\"\\$`"),
		backslashed(s, "\"\\$`!"),
		backslashed(s, " \t!\"#$&'()*,;<>?[\\]^`{|}~"),
		backslashed(s, " \t!\"$&'()*,;<>?[\\]^`{|}"),
		dollared(s),
	}
}

// backslashed puts a backslash before each of some characters.
func backslashed(s, special string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(special, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// dollared is the inside of $'...': what is not ASCII in octal digits.
func dollared(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03o`, c)
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// inBase64 is what every longer text's base64 has in it where the secret stands:
// those characters that rest on the secret alone, for each of the three places
// at which it can begin, in both alphabets.
func inBase64(s string) []string {
	var all []string
	for before := range 3 {
		bits := 8 * (before + len(s))
		text := base64.StdEncoding.EncodeToString(append(make([]byte, before), s...))
		for _, p := range pieces(text[(8*before+5)/6:bits/6], 8*Least/6) {
			all = append(all, p, strings.NewReplacer("+", "-", "/", "_").Replace(p))
		}
	}
	return all
}
