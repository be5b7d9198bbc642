package agree

import "strings"

// maxPattern is the longest pattern in bytes that OpenSSH looks at. A longer one
// makes its list match nothing.
const maxPattern = 1022

// listed reports whether a list of patterns, parted by commas, holds a text: one
// of them matches it, and none that begins with a ! does.
func listed(text, patterns string) bool {
	found := false
	for pattern := range strings.SplitSeq(patterns, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if len(pattern) > maxPattern {
			return false
		}
		if matches(text, pattern) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found && text != ""
}

// matches reports whether a pattern, in which * is any text and ? any byte,
// matches a text. It goes back to the last * only, so it is never slow.
func matches(text, pattern string) bool {
	t, p, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			t++
			p++
		case star >= 0:
			mark++
			t, p = mark, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
