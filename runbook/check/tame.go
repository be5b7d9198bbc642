package check

import (
	"regexp/syntax"
	"strings"
	"unicode"

	"bythebook/runbook"
)

// A tame value is the same text to every shell, with quotes or without: it holds
// nothing but letters, digits and what a shell gives no meaning to. Its pattern
// says so.

// tameInput reports whether whatever is given for an input is tame.
func tameInput(in runbook.Input) bool {
	form := formOf(in.Pattern)
	return form != nil && plainOnly(form)
}

// tameCapture reports whether whatever is captured is tame: the first group of
// the pattern, or all that it matches.
func tameCapture(c runbook.Capture) bool {
	form := formOf(c.Pattern)
	if group := firstGroup(form); group != nil {
		form = group
	}
	return form != nil && plainOnly(form)
}

// formOf is a pattern's grammar, nil where there is none.
func formOf(pattern string) *syntax.Regexp {
	form, err := syntax.Parse(pattern, syntax.Perl)
	if pattern == "" || err != nil {
		return nil
	}
	return form
}

func firstGroup(form *syntax.Regexp) *syntax.Regexp {
	if form == nil || form.Op == syntax.OpCapture {
		return form
	}
	for _, part := range form.Sub {
		if group := firstGroup(part); group != nil {
			return group
		}
	}
	return nil
}

// plainOnly reports whether a pattern matches plain characters only.
func plainOnly(form *syntax.Regexp) bool {
	switch form.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpLiteral:
		for _, r := range form.Rune {
			if !isPlain(r) {
				return false
			}
		}
	case syntax.OpCharClass:
		return plainClass(form.Rune)
	}
	for _, part := range form.Sub {
		if !plainOnly(part) {
			return false
		}
	}
	return true
}

// plainClass reports whether a class, pairs of first and last characters, holds
// plain characters only.
func plainClass(pairs []rune) bool {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] > unicode.MaxASCII {
			return false
		}
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if !isPlain(r) {
				return false
			}
		}
	}
	return true
}

func isPlain(r rune) bool {
	return r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._:/@%+,=-", r))
}
