package mask

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Suspect is something in a text that looks like a secret.
type Suspect struct {
	What string // "a private key"
	It   string // the thing itself, which no message should repeat
}

// Suspects are what looks like a secret in a text, the first of each kind.
// Nothing is hidden because of its looks: a guess would hide what is none, and
// what is one would only seem to be safe.
func Suspects(text string) []Suspect {
	var all []Suspect
	for _, k := range kinds {
		if slices.ContainsFunc(all, func(s Suspect) bool { return s.What == k.what }) {
			continue
		}
		if it := k.in(text); it != "" {
			all = append(all, Suspect{k.what, it})
		}
	}
	return all
}

// A kind of secret, and how it looks.
type kind struct {
	what   string
	signs  []string              // no text without one of them can hold one, and they are found much faster
	looks  func() *regexp.Regexp // the last group, where there is one, is the thing itself
	really func(string) bool     // nil: always
}

var kinds = []kind{
	{"a private key", []string{"PRIVATE KEY"}, compiled(`-----BEGIN [A-Z ]*PRIVATE KEY-----`), nil},
	{"an AWS access key", []string{"IA"}, compiled(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`), nil},
	{"a token", []string{"gh", "glpat-", "xox", "hooks.slack", "k_live_", "eyJ"}, compiled(`\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|hooks\.slack\.com/services/\w+/\w+/|[sr]k_live_\w{16,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)`), nil},
	{"a password or token", credentials, compiled(`(?i)(?:pass(?:word|wd)|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|token|api[_-]?key)["']?=["']?([^\s"']{4,})`), Literal},
	{"a password or token", credentials, compiled(`(?i)(?:pass(?:word|wd)|token|api[_-]?key)["']?:\s*["']?([^\s"',;]{8,})`), mixed},
	{"a password or token", []string{"uthorization", "UTHORIZATION"}, compiled(`(?i)authorization["']?:\s*(?:basic|bearer|token)\s+["']?([^\s"',;]{6,})`), Literal},
	{"a cookie", []string{"ookie", "OOKIE"}, compiled(`(?i)cookie["']?:\s*["']?[\w.-]+=([^\s"',;]{8,})`), Literal},
	{"a password", credentials, compiled(`(?i)\s--(?:password|passwd|token)\s+["']?([^\s"']{4,})`), Literal},
	{"a password", []string{"-u"}, compiled(`(?:^|[\s;|&(])curl\s[^\n]*?-u\s*["']?[\w.-]+:([^\s"'@]+)`), Literal},
	{"a password", []string{"@"}, compiled(`[a-z]://[^/\s:@"']+:([^/\s@"']+)@`), Literal},
}

// credentials are parts of the names under which secrets are given, in the
// spellings that people use.
var credentials = []string{"pass", "Pass", "PASS", "token", "Token", "TOKEN", "secret", "Secret", "SECRET", "key", "Key", "KEY"}

// compiled is a pattern that is compiled when it is first needed.
func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// closely is how many bytes of the lines with a sign are looked at, for each
// kind: the patterns are slow, and a log may have a token in every line.
const closely = 64 << 10

// in is the first of its kind in a text, "" if there is none.
func (k kind) in(text string) string {
	if !k.signed(text) {
		return ""
	}
	looked := 0
	for line := range strings.Lines(text) {
		if looked > closely {
			break
		}
		if !k.signed(line) {
			continue
		}
		looked += len(line)
		for _, m := range k.looks().FindAllStringSubmatch(line, -1) {
			if it := m[len(m)-1]; k.really == nil || k.really(it) {
				return it
			}
		}
	}
	return ""
}

func (k kind) signed(text string) bool {
	return slices.ContainsFunc(k.signs, func(sign string) bool { return strings.Contains(text, sign) })
}

// Literal reports whether a value stands there itself, and not where to get it,
// nor what was put in its place.
func Literal(value string) bool {
	return !strings.ContainsAny(value[:1], "$<{*%`([") && !strings.HasPrefix(value, "...")
}

// mixed is Literal for a value in a sentence, where words follow a colon too.
func mixed(value string) bool {
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
	return Literal(value) && strings.ContainsAny(value, "0123456789") && strings.ContainsFunc(value, letter) && !strings.Contains(value, "/")
}
