package read

import (
	"slices"
	"strings"
)

// What is run must be what is read. Most people read a playbook as the page that
// a browser makes of it, so no command may stand where a browser shows nothing.

// hiding are the beginnings of tags that hide what stands in them: by what they
// are, by what they say, and by a quote that nothing ends, which makes what
// follows a part of the tag. The first group is the tag's name.
var hiding = compiled(`(?is)<(template|script|style|title|head|iframe|noembed|noframes|noscript|object|video|audio|canvas|svg|select|datalist|dialog)\b` +
	`|<([a-z][a-z0-9-]*)\s[^>]*?(?:\bhidden(?:\s*=|\s*/?>|\s+[a-z])|display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0|font-size\s*:\s*0)` +
	`|<([a-z][a-z0-9-]*)\s[^<>]*=\s*(?:"[^"]*|'[^']*)$`)

// hollow are the tags that hold nothing, and so hide nothing.
var hollow = strings.Fields("area base br col embed hr img input link meta source track wbr")

// unseen reports the commands that HTML around them keeps from being seen.
func (p *page) unseen(blocks []block) {
	var around veil
	for _, b := range blocks {
		switch {
		case b.form == markup || b.label == plainText: // what is too large is no longer told from text
			around.over(joined(b.lines))
		case around.deep > 0 && holds(b, isCommand):
			p.r.report(problem{
				place:   b.at,
				message: "a browser does not show what stands here, within <" + around.tag + ">, and there is a command in it",
				hint:    "take the HTML around it away: what is run must be what is read",
			})
		case around.deep == 0:
			p.unseen(b.children)
		}
	}
}

// A veil is a tag that hides what follows, until it has ended as often as begun.
type veil struct {
	tag  string
	deep int
}

// maxTags is how many tags of one block are looked at. No page of an honest
// author has so many that hide something.
const maxTags = 50

// over goes on over a block of HTML.
func (v *veil) over(text string) {
	text = strings.ToLower(text)
	if v.deep > 0 {
		v.deep = max(0, v.deep+unended(text, v.tag))
		return
	}
	found := hiding().FindAllStringSubmatch(text, maxTags)
	for i, m := range found {
		tag := m[1] + m[2] + m[3]
		if deep := unended(text, tag); deep > 0 && !slices.Contains(hollow, tag) || i == maxTags-1 {
			*v = veil{tag, max(1, deep)}
			return
		}
	}
}

// unended is how often a tag begins in a text more than it ends.
func unended(text, tag string) int {
	return strings.Count(text, "<"+tag) - strings.Count(text, "</"+tag)
}
