package check

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// A leak is what a document should not hold, and how it looks.
type leak struct {
	what    string
	sign    sign                  // no text without it can hold one, and it is found much faster
	looks   func() *regexp.Regexp // the last group that took part, where there is one, is the thing itself
	really  func(string) bool
	outside bool // belongs into the description of the system
	mend    string
}

// A sign reports whether a text may hold something.
type sign func(text string) bool

// credentials are parts of the names under which secrets are given, in the
// spellings that people use.
var credentials = []string{"pass", "Pass", "PASS", "token", "Token", "TOKEN", "secret", "Secret", "SECRET", "key", "Key", "KEY"}

// words is the sign that one of some words is there.
func words(any ...string) sign {
	return func(text string) bool {
		return slices.ContainsFunc(any, func(w string) bool { return strings.Contains(text, w) })
	}
}

// row is the sign that so many characters of a kind stand in a row.
func row(n int, kind func(byte) bool) sign {
	return func(text string) bool {
		found := 0
		for i := 0; i < len(text) && found < n; i++ {
			if found++; !kind(text[i]) {
				found = 0
			}
		}
		return found == n
	}
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func secretive(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '+' || c == '_' || c == '-'
}

var leaks = []leak{
	{"a private key", words("PRIVATE KEY"), compiled(`-----BEGIN [A-Z ]*PRIVATE KEY-----`), nil, false, ""},
	{"an AWS access key", words("IA"), compiled(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`), nil, false, ""},
	{"a token", words("gh", "glpat-", "xox", "hooks.slack", "k_live_", "eyJ"), compiled(`\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|hooks\.slack\.com/services/\w+/\w+/|[sr]k_live_\w{16,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)`), nil, false, ""},
	{"a password or token", words(credentials...), compiled(`(?i)(?:pass(?:word|wd)|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|token|api[_-]?key)["']?=["']?([^\s"']{4,})`), literal, false, ""},
	{"a password or token", words(credentials...), compiled(`(?i)(?:pass(?:word|wd)|token|api[_-]?key)["']?:\s*["']?([^\s"',;]{8,})`), mixed, false, ""},
	{"a password", words(credentials...), compiled(`(?i)\s--(?:password|passwd|token)\s+["']?([^\s"']{4,})`), literal, false, ""},
	{"a password", words("-u"), compiled(`(?:^|[\s;|&(])curl\s[^\n]*?-u\s*["']?[\w.-]+:([^\s"'@]+)`), literal, false, ""},
	{"a password", words("@"), compiled(`[a-z]://[^/\s:@"']+:([^/\s@"']+)@`), literal, false, ""},
	{"what looks like a secret", row(32, secretive), compiled(`(?:^|[\s"'=:,])([A-Za-z0-9+_-]{32,})`), random, false, ""},
	{"an AWS account id", row(12, digit), compiled(`arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):|\b(\d{12})\.dkr\.ecr\.|(?i:account|OwnerId)\D{0,20}\b(\d{12})\b|(?m:^)\s*(\d{12})\s+r-[0-9a-f]{8,17}\b`), nil, false, say},
	{"the name of a key", words("--key-name", "KeyName=", "-i", ".pem"), compiled(`(?:--key-name[ =]|\bKeyName=)["']?([^\s"',]+)|\b(?:ssh|scp|sftp|rsync)\s[^\n|;&]*?-i\s+["']?([^\s"']+)|([\w./~-]*(?:\.ssh/|[kK]ey)[\w.-]*\.pem)\b`), ownKey, false, say},
	{"a security group's id", words("sg-"), compiled(`\bsg-[0-9a-f]{8,17}\b`), nil, true, say},
	{"an internal address", words("10.", "192.168.", "172."), compiled(`(?:^|[^\w.])((?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3})(?:$|[^\w.]|\.(?:\s|$))`), nil, true, say},
}

// say is what to do about what is no secret, and nobody else's business.
const say = "say the name that the system is known by, or make it an input"

func findLeaks(s *subject) {
	for _, p := range s.passages() {
		said := map[string]bool{}
		for _, leak := range leaks {
			if said[leak.what] || leak.outside && strings.HasPrefix(p.path, "components.") {
				continue
			}
			// A message never repeats what leaked: findings are printed in more
			// places than playbooks.
			if it := leak.in(p.words); it != "" {
				said[leak.what] = true
				s.reportIn(p, it, leak.what+" stands in the document", leak.mend)
			}
		}
	}
}

// in is the first of its kind in a text, "" if there is none.
func (l leak) in(text string) string {
	if !l.sign(text) {
		return ""
	}
	for _, m := range l.looks().FindAllStringSubmatch(text, -1) {
		if it := thing(m); l.really == nil || l.really(it) {
			return it
		}
	}
	return ""
}

// thing is the last group of a match that took part in it, or all of it.
func thing(match []string) string {
	for i := len(match) - 1; i > 0; i-- {
		if match[i] != "" {
			return match[i]
		}
	}
	return match[0]
}

// literal reports whether a value stands there itself, and not where to get it.
func literal(value string) bool {
	return !strings.ContainsAny(value[:1], "$<{*%`([") && !strings.HasPrefix(value, "...")
}

// mixed is literal for a value in a sentence, where words follow a colon too.
func mixed(value string) bool {
	return literal(value) && strings.ContainsAny(value, "0123456789") && strings.ContainsFunc(value, letter) && !strings.Contains(value, "/")
}

// ownKey reports whether a key has a name of its own, and not the usual one.
func ownKey(value string) bool { return literal(value) && !strings.Contains(value, "id_") }

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// random reports whether a word looks drawn by chance: upper and lower case and
// digits among each other, and hardly any of them twice.
func random(word string) bool {
	count, upper, lower, digits := map[rune]float64{}, 0, 0, 0
	for _, r := range word {
		count[r]++
		switch {
		case 'A' <= r && r <= 'Z':
			upper++
		case 'a' <= r && r <= 'z':
			lower++
		case '0' <= r && r <= '9':
			digits++
		}
	}
	bits := 0.0
	for _, n := range count {
		share := n / float64(len(word))
		bits -= share * math.Log2(share)
	}
	return upper > 2 && lower > 2 && digits > 2 && bits > 4.2
}
