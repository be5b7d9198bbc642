package check

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"bythebook/exec/mask"
)

// A leak is what a document should not hold besides secrets, and how it looks.
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
		// A message never repeats what leaked: findings are printed in more places
		// than playbooks.
		for _, found := range mask.Suspects(p.words) {
			s.reportIn(p, found.It, found.What+" stands in the document", "")
		}
		said := map[string]bool{}
		for _, leak := range leaks {
			if said[leak.what] || leak.outside && strings.HasPrefix(p.path, "components.") {
				continue
			}
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

// ownKey reports whether a key has a name of its own, and not the usual one.
func ownKey(value string) bool { return mask.Literal(value) && !strings.Contains(value, "id_") }

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
