package read

import (
	"slices"
	"strings"

	"bythebook/runbook"

	"gopkg.in/yaml.v3"
)

// What is run must be what is read. Most people read a playbook as the page that
// a browser makes of it, so no command may stand where a browser shows nothing.

var (
	unshown = strings.Fields("template script style title head iframe noembed noframes noscript object video audio canvas svg select datalist dialog")
	hollow  = strings.Fields("area base br col embed hr img input link meta source track wbr") // they hold nothing, and so hide nothing

	hiding   = compiled(`(?i)\shidden(?:[\s=/]|$)|display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0|font-size\s*:\s*0`)
	tagName  = compiled(`^/?[A-Za-z][A-Za-z0-9-]*`)
	codeSpan = compiled("(?s)`+[^`]*`+")
)

// unseen reports the commands that HTML around them keeps from being seen.
func (p *page) unseen(blocks []block) {
	var around veil
	for _, b := range blocks {
		switch {
		case b.form == markup || b.label == plainText: // what is too large is no longer told from text
			around.over(joined(b.lines), true)
		case b.form == paragraph || b.form == heading:
			around.over(codeSpan().ReplaceAllString(joined(b.lines), ""), false)
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

// twice reports the procedures that front matter, which most pages do not show,
// would put in the place of those in the text.
func (p *page) twice(front, text *yaml.Node) {
	unseen, shown := get(front, "scenarios"), get(text, "scenarios")
	if unseen == nil || shown == nil {
		return
	}
	inText := map[string]*yaml.Node{}
	for i := 0; i+1 < len(shown.Content); i += 2 {
		inText[shown.Content[i].Value] = shown.Content[i+1]
	}
	for i := 0; i+1 < len(unseen.Content); i += 2 {
		id := unseen.Content[i].Value
		for _, name := range runbook.Procedures {
			hidden := get(unseen.Content[i+1], string(name))
			if hidden != nil && get(inText[id], string(name)) != nil {
				p.r.report(problem{
					place:   place{hidden.Line, hidden.Column},
					message: "the steps of scenarios." + id + "." + string(name) + " stand in the front matter and in the text",
					hint:    "leave them in the text alone: what is run must be what is read",
				})
			}
		}
	}
}

// A veil is a tag that hides what follows, until it has ended as often as begun.
type veil struct {
	tag  string
	deep int
}

// over goes on over the tags of a text. In a block of HTML one that does not end
// within a quote makes what follows a part of it; in a paragraph it is no tag.
func (v *veil) over(text string, html bool) {
	for at := strings.IndexByte(text, '<'); at >= 0; at = strings.IndexByte(text, '<') {
		text = text[at+1:]
		name := tagName().FindString(text)
		if name == "" {
			continue
		}
		end, quote := tagEnd(text)
		if end == len(text) {
			if html && quote && v.deep == 0 {
				*v = veil{strings.ToLower(name), 1}
			}
			return
		}
		v.tagged(strings.ToLower(name), text[len(name):end])
		text = text[end:]
	}
}

// tagged goes on over one tag.
func (v *veil) tagged(name, attributes string) {
	switch {
	case v.deep == 0 && name[0] != '/' && (slices.Contains(unshown, name) || hiding().MatchString(attributes)) && !slices.Contains(hollow, name):
		*v = veil{name, 1}
	case v.deep > 0 && name == v.tag:
		v.deep++
	case v.deep > 0 && name == "/"+v.tag:
		v.deep--
	}
}

// tagEnd is where the tag ends with which a text begins: at a > that stands in
// no value, or with the text, maybe within the quotes of a value.
func tagEnd(text string) (end int, quote bool) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '>':
			return i, false
		case (c == '"' || c == '\'') && strings.HasSuffix(strings.TrimRight(text[:i], " \t\n"), "="):
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return len(text), true
			}
			i += 1 + n
		}
	}
	return len(text), false
}
