package read

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A script is a command that a document shows, with the output shown for it.
type script struct {
	run    string
	sample string
	at     place  // of its first line
	open   string // what its block leaves open, LS05
}

// shells are the labels of blocks that a shell is meant to run. Those of a
// console hold what a terminal showed: only there `# ` can be a prompt.
var shells = []struct {
	label   string
	console bool
}{
	{"sh", false}, {"bash", false}, {"shell", false}, {"zsh", false},
	{"console", true}, {"shell-session", true}, {"", true},
}

// shell tells whether a label is one of a shell, and whether of a console.
func shell(label string) (console, ok bool) {
	for _, row := range shells {
		if row.label == label {
			return row.console, true
		}
	}
	return false, false
}

// language is the first word of what stands behind a fence. Some write it as
// {.bash}, as attributes are written.
func language(label string) string {
	label = strings.TrimSpace(label)
	if inner, found := strings.CutPrefix(label, "{"); found {
		label = strings.TrimPrefix(strings.TrimRight(strings.TrimSpace(inner), "}"), ".")
		if !strings.HasPrefix(strings.TrimSpace(inner), ".") {
			return ""
		}
	}
	end := strings.IndexAny(label, " \t{,:}")
	if end >= 0 {
		label = label[:end]
	}
	return strings.ToLower(label)
}

// scripts are the commands of a block. A labelled block without a prompt is one
// command, as it stands; an unlabelled one without a prompt is none.
func scripts(b block) []script {
	lang := language(b.label)
	console, ok := shell(lang)
	if b.form != code || !ok || strings.TrimSpace(joined(b.lines)) == "" {
		return nil
	}
	lines := outdented(b.lines)
	if prompt := promptOf(lines, console, lang); prompt != "" {
		return session(lines, prompt)
	}
	if lang == "" {
		return nil
	}
	for len(lines) > 0 && strings.TrimSpace(lines[0].text) == "" {
		lines = lines[1:]
	}
	s := script{run: strings.TrimRight(joined(lines), " \t\n"), at: lines[0].at}
	if slices.ContainsFunc(lines, func(l textLine) bool { return prompted(l.text, "$") }) {
		s.open = latePrompt
	}
	return []script{s}
}

const (
	mixed      = "the block mixes prompts, commands and output; the lines behind a prompt were read as what its command prints"
	latePrompt = "a line of the block begins with a prompt and the first does not; the whole block was read as one command"
)

// promptOf is the prompt of a block. `# ` begins a comment as well, so that it
// is one only in a console, only where no line has the other, and only where
// the first line does.
func promptOf(lines []textLine, console bool, lang string) string {
	first := slices.IndexFunc(lines, func(l textLine) bool { return strings.TrimSpace(l.text) != "" })
	dollar := slices.IndexFunc(lines, func(l textLine) bool { return prompted(l.text, "$") })
	switch {
	case first < 0:
		return ""
	case dollar == first, dollar > first && (console || strings.HasPrefix(lines[first].text, "#")):
		return "$"
	case dollar < 0 && console && lang != "" && prompted(lines[first].text, "#"):
		return "#"
	}
	return ""
}

func prompted(text, prompt string) bool { return strings.HasPrefix(text, prompt+" ") }

// outdented takes away the indentation that all lines share.
func outdented(lines []textLine) []textLine {
	least := -1
	for _, l := range lines {
		if strings.TrimSpace(l.text) != "" {
			if n := len(l.text) - len(strings.TrimLeft(l.text, " \t")); least < 0 || n < least {
				least = n
			}
		}
	}
	if least <= 0 {
		return lines
	}
	out := slices.Clone(lines)
	for i, l := range out {
		cut := min(least, len(l.text)-len(strings.TrimLeft(l.text, " \t")))
		out[i] = textLine{l.text[cut:], place{l.at.line, l.at.column + cut}}
	}
	return out
}

// session splits what a terminal showed into its commands, each with what it
// printed. A backslash at the end of a line and a here-document continue a
// command; the `> ` with which the shell asks for more is not part of it.
func session(lines []textLine, prompt string) []script {
	t := typist{lines: lines, prompt: prompt, last: map[string]int{}}
	for i, l := range lines {
		text := strings.TrimPrefix(l.text, "> ")
		t.last[text], t.last["-"+strings.TrimLeft(text, "\t")] = i, i
	}
	var out []script
	var ahead []string // comments, which are part of the command below them
	for i := 0; i < len(lines); {
		switch text := lines[i].text; {
		case prompted(text, prompt+" #"):
			ahead = append(ahead, text[len(prompt)+1:])
			i++
		case prompted(text, prompt):
			at := place{lines[i].at.line, lines[i].at.column + len(prompt) + 1}
			command, next := t.command(i)
			end := next
			for end < len(lines) && !prompted(lines[end].text, prompt) && lines[end].text != prompt {
				end++
			}
			sample := strings.TrimRight(strings.TrimLeft(joined(lines[next:end]), "\n"), " \t\n")
			s := script{run: strings.Join(append(ahead, command), "\n"), sample: sample, at: at}
			if sample != "" {
				s.open = mixed
			}
			out = append(out, s)
			ahead, i = nil, end
		default:
			if len(out) == 0 && strings.TrimSpace(text) != "" && text != prompt {
				ahead = append(ahead, "# "+strings.TrimLeft(text, "# "))
			}
			i++
		}
	}
	return out
}

// A typist reads what was typed at prompts.
type typist struct {
	lines  []textLine
	prompt string
	last   map[string]int // the last line that ends a here-document, by its word
}

var hereDoc = compiled(`<<(-?)\s*(?:\\?(\w+)|'([^']+)'|"([^"]+)")`)

// command is what was typed at the prompt on a line, and the line behind it.
func (t typist) command(i int) (command string, next int) {
	var b strings.Builder
	text := t.lines[i].text[len(t.prompt)+1:]
	for next = i + 1; ; next++ {
		b.WriteString(text)
		for _, m := range hereDoc().FindAllStringSubmatch(text, -1) {
			next = t.here(&b, next, m[1]+m[2]+m[3]+m[4], m[1] != "")
		}
		more := strings.HasSuffix(text, `\`) && !strings.HasSuffix(text, `\\`)
		if next >= len(t.lines) || !more && !strings.HasPrefix(t.lines[next].text, "> ") {
			return strings.TrimRight(b.String(), " \t"), next
		}
		b.WriteByte('\n')
		text = strings.TrimPrefix(t.lines[next].text, "> ")
	}
}

// here takes the text of a here-document up to the word that ends it, and is
// the line behind it. One that does not end takes nothing.
func (t typist) here(b *strings.Builder, from int, end string, tabs bool) int {
	last, ends := t.last[end]
	if !ends || last < from {
		return from
	}
	for i := from; i <= last; i++ {
		text := strings.TrimPrefix(t.lines[i].text, "> ")
		b.WriteString("\n" + text)
		if text == end || tabs && "-"+strings.TrimLeft(text, "\t") == end {
			return i + 1
		}
	}
	return last + 1
}

// outputs are the labels of blocks that may show what a command prints. Of the
// loud ones this must be said by the words before them.
var outputs = []struct {
	label string
	loud  bool
}{
	{"", false}, {"text", false}, {"txt", false}, {"plaintext", false}, {"output", false}, {"log", false}, {"none", false},
	{"json", true}, {"xml", true}, {"html", true}, {"csv", true}, {"yaml", true},
}

var announced = compiled(`(?i)\b(outputs?|prints?|results?|responds?|response|returns?|looks? like|should see|you see|shows?|expected|similar to|for example|e\.g\.)\b[^.]*:?\s*$`)

// output reports whether a block shows what the command before it prints.
func output(b block, before string, follows bool) bool {
	if b.form != code || before == "" && !follows {
		return false
	}
	for _, row := range outputs {
		if row.label == language(b.label) && (b.fenced || row.label == "") {
			return follows && !row.loud || announced().MatchString(before)
		}
	}
	return false
}

var exitSaid = []func() *regexp.Regexp{
	compiled(`(?m)^curl: \(([0-9]{1,3})\)`),
	compiled(`(?i)\bexit(?:ed)?(?: with)? (?:status|code):?\s+([0-9]{1,3})\b`),
}

// exitOf is the exit status that documented output names, or "".
func exitOf(s script) string {
	for i, pattern := range exitSaid {
		m := pattern().FindStringSubmatch(s.sample)
		if m == nil || i == 0 && !strings.Contains(s.run, "curl") {
			continue
		}
		if n, _ := strconv.Atoi(m[1]); n > 0 && n < 256 {
			return strconv.Itoa(n)
		}
	}
	return ""
}

// shellsIn are commands that, alone on their line, open a shell somewhere else
// and stay in it. where is the word that says where.
var shellsIn = []func() *regexp.Regexp{
	compiled(`^(?:sudo\s+)?(?:docker(?:-compose|\s+compose)?|podman|kubectl|oc|nerdctl|crictl)\s+(?:\S+\s+)*?exec\s+(?:-\S+\s+(?:[^-\s]\S*\s+)??)*?-(?:it|ti)\s+(?:-\S+\s+\S+\s+)*(?P<where>[^-\s]\S*)(?:\s+-\S+\s+\S+)*(?:\s+--)?\s+\S*(?:sh|bash|zsh|ash)\s*(?:-l|-i|--login)?$`),
	compiled(`^(?:sudo\s+)?su(?:\s+(?:-|-l|--login))?(?:\s+(?P<where>[A-Za-z_][\w.-]*))?$`),
	compiled(`^sudo\s+(?:-[isH]+\s*|-u\s+(?P<where>[\w.-]+)\s*)*(?:-[isH]*[is][isH]*)(?:\s+-u\s+[\w.-]+)?$`),
	compiled(`^sudo\s+(?:ba|z)?sh$`),
}

// sshFlags are those of ssh's options that take a word of their own.
const sshFlags = "BbcDEeFIiJLlmOopQRSWw"

// opened is the name of the terminal that a command opens, "" if it opens none.
func opened(command string) string {
	command = strings.TrimSpace(strings.ReplaceAll(command, "\\\n", " "))
	if strings.ContainsAny(command, "\n;|&<>(") {
		return ""
	}
	if host, ok := sshHost(strings.Fields(command)); ok {
		return terminal(host)
	}
	for _, pattern := range shellsIn {
		if m := pattern().FindStringSubmatch(command); m != nil {
			if i := pattern().SubexpIndex("where"); i > 0 && m[i] != "" {
				return terminal(m[i])
			}
			return "root"
		}
	}
	return ""
}

// sshHost is the host that ssh is called with, if with nothing to do there.
func sshHost(words []string) (string, bool) {
	if len(words) < 2 || words[0] != "ssh" {
		return "", false
	}
	host := ""
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case host != "" || strings.HasPrefix(w, "-") && strings.ContainsAny(w, "NfTGV"):
			return "", false
		case strings.HasPrefix(w, "-"):
			if len(w) == 2 && strings.Contains(sshFlags, w[1:]) {
				i++
			}
		default:
			host = w
		}
	}
	return host, host != ""
}

// terminal names a terminal by the host or container that it leads to.
func terminal(where string) string {
	where = strings.Trim(where[strings.LastIndex(where, "@")+1:], `"'${}<>`)
	where, _, _ = strings.Cut(strings.TrimPrefix(where, "ssh://"), ".")
	if name := slug(where); name != "step" && name != "local" {
		return name
	}
	return "remote"
}
