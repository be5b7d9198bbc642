// Package clean makes foreign text safe to show.
//
// Everything that this program did not write itself is foreign: titles and
// commands of a playbook, names of people, hosts and files, and above all what
// a command prints. A terminal obeys such text: it moves the cursor, renames
// the window, fills the clipboard, hides characters or turns their order round.
// So what is shown for approval could read otherwise than what is run.
//
// There are two ways to clean, because there are two kinds of text, and a third
// for pages:
//
//   - Line and Text are for what people wrote. They are an allow-list: whatever
//     Unicode doesn't call printable is spelled out, and no byte is dropped. An
//     escape character reads ^[, a right-to-left override reads <U+202E>, and a
//     byte that is no UTF-8 reads U+FFFD.
//
//   - Tail and Output are for what programs print, which is full of escape
//     sequences that nobody wants to read. They know the sequences, remove
//     those, and obey three things only: a carriage return, a backspace and
//     "erase in line", so that a progress bar is one line and not a thousand.
//     A sequence that never ends is given up and spelled out like any other
//     text: nothing a program prints can hide what it prints afterwards.
//
//   - Prose, Code and Fence are Line and Text for Markdown, which obeys text too:
//     it makes headings, links, pictures, tags and rows of tables of it. They
//     escape what would become one.
//
// The result of all of them is printable text and line feeds, and in a Fence
// tabs. It never holds an escape character, so colours around it can only be
// ours.
package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabStop is the distance of tab stops in cells.
const tabStop = 8

// Line makes one line of foreign text safe: a title, a name, a command. A tab
// becomes a blank; line feeds and carriage returns are spelled ^J and ^M, so
// that two commands never read as one. Nothing is dropped.
func Line(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			r = ' '
		}
		writeRune(&b, r)
	}
	return b.String()
}

// Text makes many lines of foreign text safe. It keeps line feeds and expands
// tabs to the next multiple of 8 characters; otherwise it is like Line.
func Text(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	col := 0
	for _, r := range s {
		switch r {
		case '\n':
			b.WriteByte('\n')
			col = 0
		case '\t':
			n := tabStop - col%tabStop
			b.WriteString(blanks[:n])
			col += n
		default:
			col += writeRune(&b, r)
		}
	}
	return b.String()
}

const blanks = "        "

// plain says whether s is printable ASCII only, as nearly all text is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// writeRune writes r, or its spelling where r can't be shown, and returns how
// many characters that took.
func writeRune(b *strings.Builder, r rune) int {
	if Printable(r) {
		b.WriteRune(r)
		return 1
	}
	s := spell(r)
	b.WriteString(s)
	return len(s)
}

// Printable says whether r may be shown as it is: a letter, mark, number, sign
// or the plain blank. Other blanks look like the plain one and are not; code
// points that draw nothing at all are not either, except the two selectors
// that choose between the text and the picture form of a sign.
func Printable(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return ' ' <= r && r <= '~'
	case r == '\uFE0E' || r == '\uFE0F':
		return true
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	}
	return unicode.IsPrint(r)
}

// spell writes what can't be shown in characters that can: ^X for the control
// characters of ASCII, <U+XXXX> for all others.
func spell(r rune) string {
	switch {
	case r < ' ':
		return string([]byte{'^', byte(r) + '@'})
	case r == 0x7f:
		return "^?"
	}
	return fmt.Sprintf("<U+%04X>", r)
}
