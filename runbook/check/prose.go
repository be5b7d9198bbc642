package check

import (
	"regexp"
	"slices"
	"strings"
)

// Prose is read with suspicion: a check of it speaks up only where the words
// leave little doubt, because a false alarm costs the true ones their reader.

// An instruction is the words of a step, as the checks of prose read them.
type instruction struct {
	plain     string   // without Markdown's marks
	sentences []string // and list items
}

func tell(text string) instruction {
	return instruction{plain: plain(text), sentences: sentences(text)}
}

var markup = strings.NewReplacer("**", "", "__", "", "`", "", "*", "")

// plain is Markdown text without its marks.
func plain(text string) string {
	if !strings.ContainsAny(text, "*_`") {
		return text
	}
	return markup.Replace(text)
}

// sentences are the sentences and list items of a text, without their marks.
func sentences(text string) []string {
	var all []string
	for _, part := range paragraphs(text) {
		for part = plain(part); part != ""; {
			end := sentenceEnd(part)
			if s := strings.Join(strings.Fields(part[:end]), " "); s != "" {
				all = append(all, s)
			}
			part = strings.TrimLeft(part[end:], ".!?:; ")
		}
	}
	return all
}

// paragraphs are the paragraphs and list items of a text, each on one line.
func paragraphs(text string) []string {
	var parts, lines []string
	end := func() {
		parts, lines = append(parts, strings.Join(lines, " ")), nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		mark := bullet().FindString(line)
		if mark != "" || line == "" {
			end()
		}
		lines = append(lines, line[len(mark):])
	}
	end()
	return parts
}

var bullet = compiled(`^(?:[-+*]|\d+[.)])\s+`)

// sentenceEnd is where the first sentence of a line ends.
func sentenceEnd(line string) int {
	for i := 0; i < len(line); i++ {
		if strings.IndexByte(".!?:;", line[i]) >= 0 && (i+1 == len(line) || line[i+1] == ' ') {
			return i
		}
	}
	return len(line)
}

// A pattern is looked for only where one of its words is there, because most
// text has none of them and looking for a pattern is slow.
type pattern struct {
	words []string
	form  func() *regexp.Regexp
}

// phrase is a pattern with its words, bars between.
func phrase(words, text string) pattern {
	return pattern{strings.Split(words, "|"), compiled(text)}
}

// worthIt reports whether one of a pattern's words is in a text.
func (p pattern) worthIt(text string) bool {
	small := strings.ToLower(text)
	return slices.ContainsFunc(p.words, func(w string) bool { return strings.Contains(small, w) })
}

func (p pattern) submatch(text string) []string {
	if !p.worthIt(text) {
		return nil
	}
	return p.form().FindStringSubmatch(text)
}

// in is what of the text matches, "" for nothing.
func (p pattern) in(text string) string {
	if m := p.submatch(text); m != nil {
		return m[0]
	}
	return ""
}

var leadIn = phrase("-|+|.|)|opt|then|next|now|first|finally|lastly|please", `(?i)^(?:[-+]\s+|\d+[.)]\s+|\(?optional(?:ly)?\)?[,:]?\s+|(?:then|next|now|first|finally|lastly|please)[,:]?\s+)+`)

// verb is the word that a sentence begins with, in small letters, past "then",
// "next" and their like.
func verb(sentence string) string {
	sentence = strings.TrimSpace(sentence)
	first, _, _ := strings.Cut(strings.TrimPrefix(sentence, leadIn.in(sentence)), " ")
	return strings.ToLower(strings.Trim(first, ",.:;()\""))
}
