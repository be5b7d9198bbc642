package check

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bythebook/runbook"
)

// Links are the files beside the playbook that its text leads to: relative
// links, pictures, includes. Whoever can look passes those that are not there
// as Facts.Absent. The paths are relative to the playbook, and may lead out of
// its folder.
func Links(book *runbook.Playbook, from runbook.Copy) []string {
	var files []string
	for _, l := range linksOf(book, passagesOf(book), string(from.Files[from.Main])) {
		if l.file != "" {
			files = append(files, l.file)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// A link leads from a place in the document to a file beside it, or to an
// anchor in it.
type link struct {
	path         string        // of the text that holds it
	at           runbook.Place // where it stands in a Markdown file
	file, anchor string
}

func findDeadLinks(s *subject) {
	absent := map[string]bool{}
	for _, f := range s.facts.Absent {
		absent[f] = true
	}
	known, said := s.anchors(), map[string]bool{}
	for _, l := range linksOf(s.Playbook, s.passages(), s.text) {
		message := ""
		switch {
		case absent[l.file]:
			message = "there is no " + l.file
		case l.file == "" && !known[slug(l.anchor)]:
			message = "no heading or id is called #" + l.anchor
		default:
			continue
		}
		if said[message] {
			continue // where it leads is put right once
		}
		said[message] = true
		if at := l.at; at.Line > 0 {
			s.reportAt(s.check.Severity, at, l.path, message, "")
		} else {
			s.report(l.path, message, "")
		}
	}
}

// linksOf are all links of a document: of its whole text where that is
// Markdown, else of what in it is Markdown.
func linksOf(book *runbook.Playbook, texts []passage, text string) []link {
	if markdown(book.File) {
		return markdownLinks(text)
	}
	var all []link
	for _, p := range texts {
		switch {
		case p.kind != prose:
		case strings.Contains(p.path, ".refs["):
			if reference().MatchString(p.words) {
				all = add(all, p.words, link{path: p.path})
			}
		default:
			for _, target := range leads(p.words) {
				all = add(all, target.to, link{path: p.path})
			}
		}
	}
	for _, c := range book.Components {
		if reference().MatchString(c.Diagram) {
			all = add(all, c.Diagram, link{path: "components." + c.ID + ".diagram_ref"})
		}
	}
	return all
}

// markdown reports whether a document is in the Markdown spelling.
func markdown(file string) bool {
	ext := strings.ToLower(path.Ext(file))
	return ext == ".md" || ext == ".markdown"
}

var comment = compiled(`(?s)<!--.*?-->|\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}`)

// visible is a Markdown text without what only its authors see. Every line and
// character is still where it was.
func visible(text string) string {
	if !strings.Contains(text, "<!--") && !strings.Contains(text, "{%") {
		return text
	}
	return comment().ReplaceAllStringFunc(text, func(hidden string) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, hidden)
	})
}

// reference is what names a file or an anchor where it might as well be a
// ticket, a standard or a site.
var reference = compiled(`^(?:#[\w-]+|[\w./-]+\.(?:md|markdown|txt|pdf|png|svg|jpe?g|gif|drawio|html?|ya?ml|json|csv|sh|py|docx?|xlsx?)(?:#[\w-]+)?)$`)

// add notes a link unless it leads to another site, or where only a program that
// fills in the text can tell.
func add(all []link, target string, l link) []link {
	u, err := url.Parse(target)
	if err != nil || target == "" || u.Scheme != "" || u.Host != "" || strings.HasPrefix(target, "/") || strings.ContainsAny(target, "{}$*") {
		return all
	}
	if l.anchor = u.Fragment; u.Path != "" {
		l.file = path.Clean(u.Path)
	}
	if l.file == "" && l.anchor == "" {
		return all
	}
	return append(all, l)
}

func markdownLinks(text string) []link {
	var all []link
	fence := ""
	line := 0
	for l := range strings.SplitSeq(visible(text), "\n") {
		line++
		if fence = inFence(fence, l); fence != "" {
			continue
		}
		column, counted := 1, 0
		for _, t := range leads(l) {
			column += utf8.RuneCountInString(l[counted:t.at])
			counted = t.at
			all = add(all, t.to, link{at: runbook.Place{Line: line, Column: column}})
		}
	}
	return all
}

// inFence is the mark of the fence that a line stands in, its own marks
// included, or "".
func inFence(open, line string) string {
	mark := fenceMark().FindStringSubmatch(line)
	switch {
	case open == "" && mark != nil:
		return mark[1]
	case mark != nil && strings.HasPrefix(mark[1], open) && mark[1][0] == open[0]:
		return ""
	}
	return open
}

var fenceMark = compiled("^\\s*(`{3,}|~{3,})")

// A target is where a link leads, and the byte at which the link begins.
type target struct {
	to string
	at int
}

var (
	codeSpan = compiled("`+[^`]*`+")
	linking  = []func() *regexp.Regexp{
		compiled(`!?\[[^\]]*\]\(\s*<?([^()\s>]+)`),
		compiled(`(?m)^ {0,3}\[[^\]^][^\]]*\]:\s*<?([^\s>]+)`),
		compiled(`(?i)<(?:img|a)\s[^>]*?(?:src|href)=["']([^"']+)`),
		compiled(`\{%-?\s*(?:asset|include|include_relative|link)\s+["']?([^\s"'%]+)`),
	}
)

// leads are where the links of a Markdown text lead, in its order.
func leads(text string) []target {
	if !strings.ContainsAny(text, "[<{") {
		return nil
	}
	text = codeSpan().ReplaceAllStringFunc(text, func(code string) string { return strings.Repeat(" ", len(code)) })
	var all []target
	for _, way := range linking {
		for _, m := range way().FindAllStringSubmatchIndex(text, -1) {
			all = append(all, target{text[m[2]:m[3]], m[0]})
		}
	}
	slices.SortFunc(all, func(a, b target) int { return a.at - b.at })
	return all
}

var (
	heading = compiled(`^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$`)
	naming  = compiled(`(?:\sid|\sname|\{#|\{:\s*#)=?["']?([\w-]+)`)
)

// anchors are the slugs of everything that a link in the document may lead to.
func (s *subject) anchors() map[string]bool {
	known := map[string]bool{"": true, "top": true}
	for i := range s.Scenarios {
		known[slug(s.Scenarios[i].ID)] = true
		known[slug(s.Scenarios[i].Title)] = true
	}
	for _, at := range s.everyStep() {
		known[slug(at.ID)] = true
	}
	if !markdown(s.File) {
		for _, p := range s.passages() {
			if p.kind == prose {
				headings(known, p.words)
			}
		}
		return known
	}
	headings(known, s.text)
	return known
}

// headings notes the headings and named places of a Markdown text. A heading
// that was there before has a number behind it.
func headings(known map[string]bool, text string) {
	if !strings.ContainsAny(text, "#<{") {
		return
	}
	fence, again := "", map[string]int{}
	for line := range strings.SplitSeq(text, "\n") {
		if fence = inFence(fence, line); fence != "" {
			continue
		}
		if m := heading().FindStringSubmatch(line); m != nil {
			name := slug(m[1])
			known[name] = true
			known[fmt.Sprintf("%s-%d", name, again[name])] = true
			again[name]++
		}
		for _, m := range naming().FindAllStringSubmatch(line, -1) {
			known[slug(m[1])] = true
		}
	}
}

var unsluggable = compiled(`[^\p{L}\p{N}_ -]`)

// slug is a heading as links name it. Programs that make anchors differ in
// what they do with a number before it, so that counts for nothing.
func slug(heading string) string {
	name := unsluggable().ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
	return strings.TrimLeft(strings.ReplaceAll(name, " ", "-"), "0123456789-_")
}
